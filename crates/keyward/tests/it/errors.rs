//! The page of error messages is generated from the source. `INSTA_UPDATE=always` regenerates it.

mod scan;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use scan::Found;

/// Crates whose errors no user sees: the practice account imitates AWS.
const WITHOUT: [&str; 2] = ["keyward-sandbox", "keyward-testkit"];

const HEAD: &str = "\
# Error messages

This page lists the messages that keyward's source spells out, so that you can search for one. `…` means a value.

An error has three parts: `error:` says what failed, `caused by:` says why, `hint:` names a next step. The exit codes
are in [Settings, variables and exit codes](settings.md#exit-codes). Messages of the argument parser, such as those
about an unknown flag, are not listed. Problems of a blueprint and of a plan name the line and the fix themselves.

";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Everything that the sources say.
fn found() -> Found {
    let mut found = Found::default();
    let crates = std::fs::read_dir(root().join("crates")).unwrap();
    for entry in crates {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if WITHOUT.contains(&name.as_str()) {
            continue;
        }
        let source = entry.path().join("src");
        let mut folders = vec![source.clone()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                let is_test = path.file_stem().is_some_and(|stem| stem == "tests");
                if is_test {
                    continue;
                }
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|ending| ending == "rs") {
                    let inside = path.strip_prefix(&source).unwrap();
                    let text = std::fs::read_to_string(&path).unwrap();
                    found.read(&name, &inside.display().to_string(), &text);
                }
            }
        }
    }
    found
}

fn page(found: &Found) -> String {
    let mut errors: BTreeMap<&str, (BTreeSet<u8>, BTreeSet<&str>)> = BTreeMap::new();
    for message in &found.errors {
        let (codes, hints) = errors.entry(&message.text).or_default();
        codes.extend(message.exit);
        hints.extend(message.hints.iter().map(String::as_str));
    }
    let mut page = format!("{HEAD}## Errors of commands\n\n");
    for (text, (codes, hints)) in errors.iter().filter(|(text, _)| can_be_searched(text)) {
        let codes: Vec<String> = codes.iter().map(ToString::to_string).collect();
        let exit = match codes.as_slice() {
            [] => String::new(),
            codes => format!(" (exit {})", codes.join(" or ")),
        };
        page.push_str(&format!("- {}{exit}\n", escaped(text)));
        page.extend(
            hints
                .iter()
                .map(|hint| format!("  - {}\n", as_command(hint))),
        );
    }
    page.push_str("\n## Errors of the libraries\n\n");
    page.push_str("These texts follow `error:` or `caused by:`. The exit code and the hint depend on the command.\n\n");
    let causes: BTreeSet<&str> = found.causes.iter().map(String::as_str).collect();
    let causes = causes.into_iter().filter(|text| can_be_searched(text));
    page.extend(causes.map(|text| format!("- {}\n", escaped(text))));
    page
}

/// Whether a text has three words of its own.
fn can_be_searched(text: &str) -> bool {
    let mut words = text.split_whitespace();
    let own = |word: &&str| {
        word.len() > 1
            && word
                .chars()
                .all(|c| c.is_alphabetic() || "-',.:;".contains(c))
    };
    words.by_ref().filter(own).count() >= 3
}

/// A hint, with its command in backquotes.
fn as_command(hint: &str) -> String {
    let (command, rest) = hint.split_once("   ").unwrap_or((hint, ""));
    let mut words = command.split(' ');
    let is_command = words.next() == Some("keyward")
        && words.next().is_some_and(is_verb)
        && !command.contains(['`', ',', ';']);
    match (is_command, rest) {
        (false, _) => escaped(hint),
        (true, "") => format!("`{command}`"),
        (true, rest) => format!("`{command}` {}", escaped(rest)),
    }
}

/// Whether the program has a command of this name.
fn is_verb(word: &str) -> bool {
    let commands = root().join("crates/keyward/src/commands");
    let name = word.replace('-', "_");
    commands.join(format!("{name}.rs")).exists() || commands.join(name).is_dir()
}

/// Text for Markdown; the text in backquotes is kept.
fn escaped(text: &str) -> String {
    let mut out = String::new();
    for (index, part) in text.split('`').enumerate() {
        if index > 0 {
            out.push('`');
        }
        for c in part.chars() {
            if index % 2 == 0 && "<>*_[]|\\".contains(c) {
                out.push('\\');
            }
            out.push(if c == '\n' { ' ' } else { c });
        }
    }
    out
}

#[test]
fn the_page_of_error_messages_is_what_the_source_says() {
    let page = page(&found());
    let path = root().join("docs/errors.md");
    if std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let written = written.replace("\r\n", "\n");
    let (has, wants): (BTreeSet<&str>, BTreeSet<&str>) =
        (written.lines().collect(), page.lines().collect());
    let missing: Vec<_> = wants.difference(&has).collect();
    let gone: Vec<_> = has.difference(&wants).collect();
    assert!(
        written == page,
        "docs/errors.md is not what the source says; `INSTA_UPDATE=always` writes it.\nmissing: {missing:#?}\ngone: {gone:#?}"
    );
}

#[test]
fn the_scan_finds_messages_their_exit_codes_and_hints() {
    let mut found = Found::default();
    found.read(
        "keyward",
        "commands/exec.rs",
        r#"
        fn a(name: &str) -> CliError {
            CliError::usage(format!("there is no profile `{name}`")).hint("keyward list").hint(format!("or `{}`", name))
        }
        impl From<Broken> for CliError {
            fn from(error: Broken) -> Self { Self::new(ErrorKind::VaultClosed, error.to_string()) }
        }
        #[derive(thiserror::Error)]
        enum Broken { #[error("the file is broken: {}", list(.0))] One(u8), #[error("{0} of {1}")] Short(u8, u8), #[error(transparent)] Other(Io) }
        #[cfg(test)]
        mod tests { fn b() { CliError::failed("this is never listed"); } }
        "#,
    );
    let page = page(&found);
    assert!(
        page.contains("\n- there is no profile `…` (exit 2)\n  - `keyward list`\n  - or `…`\n\n"),
        "{page}"
    );
    assert!(page.ends_with("\n\n- the file is broken: …\n"), "{page}");
    assert!(!page.contains("never"), "{page}");
}
