//! The page of all error messages: it is made of the source, and complete. Where the source changes,
//! `INSTA_UPDATE=always` writes the page anew.

mod scan;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use scan::{Found, Message};

/// The crates whose errors reach a person. The practice account speaks for AWS.
const CRATES: &[&str] = &[
    "keyward-account",
    "keyward-aws",
    "keyward-core",
    "keyward-iam",
    "keyward-ready",
    "keyward-recipients",
    "keyward-serve",
    "keyward-vault",
    "keyward",
];

const HEAD: &str = "\
# Error messages

This page lists the messages of keyward, so that you can search for one. It is generated from the source. `…` stands
for a value.

An error has three parts: `error:` says what failed, `caused by:` says why, `hint:` names a next step. The exit codes
are in [Settings, variables and exit codes](settings.md#exit-codes). Messages of a wrong command line, which end with
exit code 2, are not listed. Problems of a blueprint and of a plan name the line and the fix themselves.

";

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Everything that the sources say.
fn found() -> Found {
    let mut found = Found::default();
    for name in CRATES {
        let source = root().join("crates").join(name).join("src");
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
                    found.read(name, &inside.display().to_string(), &text);
                }
            }
        }
    }
    found
}

fn page(found: &Found) -> String {
    let mut page = HEAD.to_owned();
    page.push_str("## Errors of commands\n\n");
    let mut rooms: BTreeMap<&str, BTreeSet<&Message>> = BTreeMap::new();
    for message in &found.errors {
        rooms.entry(&message.place).or_default().insert(message);
    }
    for (room, messages) in rooms {
        page.push_str(&format!("### {room}\n\n"));
        page.extend(messages.into_iter().map(shown));
        page.push('\n');
    }
    page.push_str("## Errors of the libraries\n\n");
    page.push_str(
        "A message with an exit code follows `error:`. The others follow `caused by:`.\n\n",
    );
    let mut crates: BTreeMap<&str, BTreeSet<Message>> = BTreeMap::new();
    for message in &found.causes {
        let mut message = message.clone();
        let codes = found.codes.get(&message.kind);
        message.exit = codes.cloned().unwrap_or_default();
        message.kind = String::new();
        crates
            .entry(
                CRATES[CRATES
                    .iter()
                    .position(|name| *name == message.place)
                    .unwrap()],
            )
            .or_default()
            .insert(message);
    }
    for (name, messages) in crates {
        page.push_str(&format!("### {name}\n\n"));
        page.extend(messages.iter().map(shown));
        page.push('\n');
    }
    page.truncate(page.trim_end().len());
    page.push('\n');
    page
}

/// One message as items of a list.
fn shown(message: &Message) -> String {
    let codes: Vec<String> = message.exit.iter().map(ToString::to_string).collect();
    let exit = match codes.as_slice() {
        [] => String::new(),
        codes => format!(" (exit {})", codes.join(" or ")),
    };
    let mut item = format!("- {}{exit}\n", escaped(&message.text));
    for hint in &message.hints {
        item.push_str(&format!("  - {}\n", as_command(hint)));
    }
    item
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
fn the_page_of_error_messages_is_complete() {
    let page = page(&found());
    let path = root().join("docs/errors.md");
    if std::env::var("INSTA_UPDATE").is_ok_and(|how| how == "always") {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
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
            CliError::usage(format!("no profile `{name}`")).hint("keyward list").hint(format!("or `{}`", name))
        }
        impl From<Broken> for CliError {
            fn from(error: Broken) -> Self { Self::new(ErrorKind::VaultClosed, error.to_string()) }
        }
        #[derive(thiserror::Error)]
        enum Broken { #[error("broken {}", list(.0))] One(u8), #[error(transparent)] Other(Io) }
        #[cfg(test)]
        mod tests { fn b() { CliError::failed("never"); } }
        "#,
    );
    let errors: Vec<_> = found.errors.iter().map(shown).collect();
    assert_eq!(
        errors,
        ["- no profile `…` (exit 2)\n  - `keyward list`\n  - or `…`\n"]
    );
    let causes: Vec<_> = found
        .causes
        .iter()
        .map(|cause| cause.text.as_str())
        .collect();
    assert_eq!(causes, ["broken …"]);
    assert_eq!(found.codes["Broken"], BTreeSet::from([4]));
}
