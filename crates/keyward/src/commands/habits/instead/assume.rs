//! The commands for granted's `assume`. Its options decide whether it opens the console, writes a
//! file, starts a program or sets the shell's variables.

use super::{Words, rewritten};

/// The options of `assume` that decide what it does, and the profile with all other options.
#[derive(Default)]
struct Assume<'a> {
    unset: bool,
    console: bool,
    link: bool,
    dotenv: bool,
    export: bool,
    service: Option<&'a str>,
    command: Vec<&'a str>,
    rest: Vec<&'a str>,
}

/// Returns what may be meant, most likely first.
pub(super) fn assume(root: &clap::Command, rest: &[&str]) -> Vec<Words> {
    let rest: Vec<String> = rest.iter().flat_map(|word| apart(word)).collect();
    let rest: Vec<&str> = rest.iter().map(String::as_str).collect();
    let Some(given) = Assume::read(&rest) else {
        return Vec::new();
    };
    let verb = |verb: &[&str]| rewritten(root, &[verb, given.rest.as_slice()].concat());
    if given.unset {
        return vec![vec!["env".to_owned(), "--unset".to_owned()]];
    }
    if !given.command.is_empty() {
        let mut words = verb(&["exec"]);
        words.push("--".to_owned());
        words.extend(given.command.iter().map(ToString::to_string));
        return vec![words];
    }
    if given.dotenv {
        return vec![
            [
                verb(&["env"]),
                vec!["--format".to_owned(), "dotenv".to_owned()],
            ]
            .concat(),
        ];
    }
    if given.link || given.console || given.service.is_some() {
        let mut words = match given.link {
            true => verb(&["login", "--print"]),
            false => verb(&["login"]),
        };
        let service = given.service.map(|service| ["-s", service]);
        words.extend(service.into_iter().flatten().map(str::to_owned));
        return vec![words];
    }
    if given.export {
        return vec![verb(&["refresh"])];
    }
    vec![verb(&["assume"]), verb(&["exec"])]
}

impl<'a> Assume<'a> {
    /// `None` where an option has no value, or if the words have more than one meaning.
    fn read(words: &[&'a str]) -> Option<Self> {
        let mut given = Self::default();
        let mut words = words.iter().copied();
        let mut profiles = 0;
        let mut doubtful = false;
        while let Some(word) = words.next() {
            let (name, joined) = match word.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (word, None),
            };
            match name {
                "--unset" | "--un" | "-un" => given.unset = true,
                "-c" | "--console" | "-con" | "-cn" => given.console = true,
                "-u" | "--url" => given.link = true,
                "-e" | "--env" => given.dotenv = true,
                "--export" | "--ex" | "-ex" => given.export = true,
                // The console and the shell at once.
                "-t" | "--terminal" => {}
                "-s" | "--service" => given.service = Some(joined.or_else(|| words.next())?),
                "--exec" if joined.is_some() => given.command = program(joined?),
                "--exec" => {
                    given.read_command(&words.by_ref().collect::<Vec<_>>(), profiles)?;
                }
                "-r" | "--region" => {
                    let value = joined.or_else(|| words.next())?;
                    match is_region(value) {
                        true => given.rest.extend(["--region", value]),
                        // awsume's `-r` has no value: the next word is the profile.
                        false => {
                            doubtful = true;
                            profiles += 1;
                            given.rest.push(value);
                        }
                    }
                }
                "-d" | "--duration" => {
                    given.rest.push(word);
                    given
                        .rest
                        .extend(if joined.is_none() { words.next() } else { None });
                }
                _ => {
                    profiles += usize::from(!word.starts_with('-'));
                    given.rest.push(word);
                }
            }
        }
        (!doubtful || profiles == 1).then_some(given)
    }

    /// `--exec`: the command is behind `--`, or all words behind the profile, or the first word.
    fn read_command(&mut self, words: &[&'a str], profiles: usize) -> Option<()> {
        let dashes = words.iter().position(|word| *word == "--");
        let (before, command) = match dashes {
            Some(at) => (&words[..at], words[at + 1..].to_vec()),
            None if profiles > 0 => match words {
                [one] => (&words[..0], program(one)),
                words => (&words[..0], words.to_vec()),
            },
            None => {
                let (first, after) = words.split_first()?;
                (after, program(first))
            }
        };
        let more = before.iter().filter(|word| !word.starts_with('-')).count();
        self.rest.extend(before);
        self.command = command;
        (profiles + more == 1 && !self.command.is_empty()).then_some(())
    }
}

/// The words of a command in one text.
fn program(text: &str) -> Vec<&str> {
    match text.contains(|c: char| "'\"\\$`|&;<>()*?~#".contains(c)) {
        true => vec!["sh", "-c", text],
        false => text.split_whitespace().collect(),
    }
}

/// Whether a word has the form of a region, such as `eu-west-1`.
fn is_region(word: &str) -> bool {
    let parts: Vec<&str> = word.split('-').collect();
    let number = parts.last().is_some_and(|last| last.parse::<u8>().is_ok());
    number && parts.len() > 2 && word == word.to_lowercase()
}

/// Joined letters of granted's options, such as `-cs`, one by one.
fn apart(word: &str) -> Vec<String> {
    let letters = word.strip_prefix('-').unwrap_or_default();
    let known = letters.chars().all(|letter| "ceust".contains(letter));
    // Only the last may have a value. `-es` is an option of its own.
    let one_value = !letters.trim_end_matches('s').contains('s');
    if letters.len() < 2 || !known || !one_value || letters == "es" {
        return vec![word.to_owned()];
    }
    letters.chars().map(|letter| format!("-{letter}")).collect()
}
