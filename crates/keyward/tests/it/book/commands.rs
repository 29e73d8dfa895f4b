//! The commands that the pages show: the program accepts each of them. What a command does is
//! tested elsewhere; here a renamed flag or verb shows.

use std::collections::BTreeSet;
use std::process::{Command, Stdio};

use super::{markdown_in, root};

/// Code that begins with the program's name but is not one of its commands.
const TEXTS: &[&str] = &["keyward session v1", "keyward session sidecar v1"];

/// Languages of blocks that are not read by a shell.
const DATA: &[&str] = &["toml", "yaml", "json", "hcl", "ini", "dockerfile", "rust"];

/// The lines that a page shows for a shell: of code blocks, and inline code in its text.
fn lines(page: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (index, part) in page.split("```").enumerate() {
        if index % 2 == 0 {
            let inline = part.split('`').skip(1).step_by(2);
            let commands = inline.filter(|code| code.starts_with("keyward "));
            found.extend(commands.map(|code| code.replace("\\|", "|")));
            continue;
        }
        let (language, block) = part.split_once('\n').unwrap_or(("", part));
        if DATA.contains(&language) {
            continue;
        }
        let whole = block.replace("\\\n", " ");
        found.extend(
            whole
                .lines()
                .filter_map(|line| match (language, line.strip_prefix("$ ")) {
                    (_, Some(typed)) => Some(typed.to_owned()),
                    ("console", None) => None,
                    _ => Some(line.to_owned()),
                }),
        );
    }
    found
}

/// The commands of keyward in a line, each without what the shell or another program reads.
fn commands(line: &str) -> Vec<String> {
    let line = line.split(" #").next().unwrap_or(line);
    let mut found = Vec::new();
    for (at, _) in line.match_indices("keyward ") {
        let before = line[..at].trim_end();
        let starts = ["", "|", "(", ";", "--", "ProxyCommand"];
        if !starts.iter().any(|start| match *start {
            "" => before.is_empty(),
            start => before.ends_with(start),
        }) {
            continue;
        }
        let rest = &line[at..];
        let ends = [" | ", ")", ";", " > ", " < ", "&&", " -- "];
        let end = ends.iter().filter_map(|end| rest.find(end)).min();
        found.push(rest[..end.unwrap_or(rest.len())].trim().to_owned());
    }
    found
}

/// The words of a command, quotes taken off. None where it is a form and not a command: choices
/// and parts left out.
fn words(command: &str) -> Option<Vec<String>> {
    if command.contains(['…', '[', '|']) || command.contains("COMMAND") {
        return None;
    }
    let (mut words, mut word, mut quote) = (Vec::new(), String::new(), None);
    for c in command.chars().chain([' ']) {
        match (c, quote) {
            ('\'' | '"', None) => quote = Some(c),
            (c, Some(open)) if c == open => quote = None,
            (' ', None) if word.is_empty() => {}
            (' ', None) => words.push(std::mem::take(&mut word)),
            _ => word.push(c),
        }
    }
    quote.is_none().then_some(words)
}

#[test]
fn every_command_of_the_pages_is_one_of_the_program() {
    let mut pages = markdown_in(&root());
    pages.extend(markdown_in(&root().join("docs")));
    let mut shown = BTreeSet::new();
    // The generated page quotes the program, and some of that is the beginning of a command.
    for page in pages.iter().filter(|page| !page.ends_with("errors.md")) {
        let text = std::fs::read_to_string(page).unwrap();
        shown.extend(lines(&text).iter().flat_map(|line| commands(line)));
    }
    let mut refused = Vec::new();
    let mut count = 0;
    for command in shown
        .iter()
        .filter(|shown| !TEXTS.contains(&shown.as_str()))
    {
        let Some(words) = words(command) else {
            continue;
        };
        count += 1;
        let ran = Command::new(env!("CARGO_BIN_EXE_keyward"))
            .args(&words[1..])
            .arg("--help")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        if !ran.status.success() {
            let said = String::from_utf8_lossy(&ran.stderr).into_owned();
            refused.push((command, said.lines().next().unwrap_or("").to_owned()));
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
    assert!(count > 150, "only {count} commands were found");
}

#[test]
fn commands_are_found_where_a_shell_finds_them() {
    let page = "see `keyward list` and `keyward vault slot add`\n```console\n$ keyward env a | sh # x\nkeyward is\n```\n";
    assert_eq!(
        lines(page),
        [
            "keyward list",
            "keyward vault slot add",
            "keyward env a | sh # x"
        ]
    );
    assert_eq!(commands("keyward env a | sh # x"), ["keyward env a"]);
    assert_eq!(
        commands("eval \"$(keyward exec b -- keyward whoami)\""),
        ["keyward exec b", "keyward whoami"]
    );
    assert_eq!(words("keyward login --browser 'a b'").unwrap()[3], "a b");
}
