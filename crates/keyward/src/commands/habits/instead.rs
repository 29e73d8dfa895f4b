//! The exact command for words of aws-vault, granted, awsume and others that keyward does not know. It only
//! advises: keyward's own parser accepts each command that it names.

mod assume;
mod options;
mod synonyms;

use std::collections::VecDeque;
use std::ffi::OsString;

use clap::error::ErrorKind;
use keyward_core::shell::quoted;

use self::assume::assume;
use self::options::{Becomes, Foreign, Takes, foreign};
use self::synonyms::synonyms;
use super::{wants_value, with_dashes};
use crate::cli::Cli;

/// The words of a command.
type Words = Vec<String>;

/// The command that does what was meant, ready to paste. None if no command does.
pub(crate) fn instead(arguments: &[OsString]) -> Option<String> {
    let words: Option<Vec<&str>> = arguments.iter().skip(1).map(|word| word.to_str()).collect();
    let root = Cli::definition();
    let found = candidates(&root, &words?)
        .into_iter()
        .find(|words| is_command(&root, words))?;
    let shown: Vec<String> = found.iter().map(|word| quoted(word)).collect();
    Some(format!("keyward {}", shown.join(" ")))
}

/// Whether the parser accepts these words.
fn is_command(root: &clap::Command, words: &[String]) -> bool {
    let arguments = std::iter::once("keyward").chain(words.iter().map(String::as_str));
    let arguments = with_dashes(arguments.map(OsString::from).collect());
    let read = root.clone().try_get_matches_from(arguments);
    read.map_or_else(|error| error.kind() == ErrorKind::DisplayHelp, |_| true)
}

/// Whether keyward has the option, for every command or for this one.
fn is_own(root: &clap::Command, command: &clap::Command, option: &str) -> bool {
    let has = |command: &clap::Command| {
        command.get_arguments().any(|argument| {
            let aliases = argument.get_all_aliases().unwrap_or_default();
            match option.strip_prefix("--") {
                Some(long) => argument.get_long() == Some(long) || aliases.contains(&long),
                None => option[1..]
                    .chars()
                    .all(|letter| argument.get_short() == Some(letter)),
            }
        })
    };
    has(command) || has(root)
}

/// Returns what may be meant, most likely first.
fn candidates(root: &clap::Command, words: &[&str]) -> Vec<Words> {
    let words = without_foreign_globals(root, words);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let Some((verb, rest)) = words.split_first() else {
        return Vec::new();
    };
    let after = rest.first().copied();
    let with = |verb: &str, from: usize| {
        let mut renamed = vec![verb];
        renamed.extend(rest.get(from..).unwrap_or_default());
        rewritten(root, &renamed)
    };
    let fixed = |words: &str| vec![words.split(' ').map(str::to_owned).collect::<Vec<_>>()];
    // The command of `exec` is not keyward's.
    let dashes = rest.iter().position(|word| *word == "--");
    let own = &rest[..dashes.unwrap_or(rest.len())];
    match (*verb, after) {
        ("-l" | "--list" | "--list-profiles" | "-k", _) => fixed("list"),
        ("-u" | "--unset" | "unset", _) => fixed("env --unset"),
        ("exec", Some("-l" | "--list")) => fixed("list"),
        ("exec", _) if own.iter().any(|word| ["-j", "--json"].contains(word)) => {
            let rest = rest.iter().filter(|word| !["-j", "--json"].contains(word));
            let rest: Vec<&str> = rest.copied().collect();
            let plain = [&["credential-process"], rest.as_slice()].concat();
            let formed = [&["env", "--format", "json"], rest.as_slice()].concat();
            vec![rewritten(root, &plain), rewritten(root, &formed)]
        }
        ("export", _) => vec![with_format(rest, root), with("env", 0)],
        ("logout", Some(_)) => vec![with("clear", 0)],
        ("logout", None) => fixed("lock"),
        // `lock` forgets everything, so only what forgets everything becomes it.
        ("cache" | "tokens" | "sso-tokens", _) => match rest {
            ["clear"] | ["clear", "--all"] => fixed("lock"),
            [] | ["list" | "expiry", ..] => fixed("list"),
            _ => Vec::new(),
        },
        ("credentials", Some(what)) => match what {
            "import" => fixed("import credentials"),
            "update" => vec![[with("add", 1), vec!["--force".to_owned()]].concat()],
            "export-plaintext" => {
                vec![[with("env", 1), vec!["--no-session".to_owned()]].concat()]
            }
            "add" | "list" | "remove" | "rotate" => vec![with(what, 1)],
            _ => Vec::new(),
        },
        ("sso", Some("populate" | "generate")) => {
            vec![set_up(rest)]
        }
        // awsume keeps its keys in the AWS files.
        ("import", Some("awsume")) => {
            let words = [&["import", "credentials"], &rest[1..]].concat();
            vec![words.into_iter().map(str::to_owned).collect()]
        }
        ("migrate-backend", _) => fixed("import aws-vault"),
        ("proxy" | "server", _) => vec![with("serve", 0)],
        ("completion", _) => vec![with("completions", 0)],
        ("delete", _) => vec![with("remove", 0)],
        ("assume" | "awsume", _) => assume(root, rest),
        ("login" | "console", _) => [with(verb, 0)]
            .into_iter()
            .chain(link(root, rest))
            .collect(),
        ("sts", Some("get-caller-identity")) => vec![with("whoami", 1)],
        ("configure", Some("list" | "list-profiles")) => fixed("list"),
        ("configure", Some("sso")) => fixed("setup --sso SESSION"),
        ("status", Some(_)) => [with(verb, 0)].into_iter().chain(fixed("list")).collect(),
        (verb, _) => {
            let mut found = vec![with(verb, 0)];
            found.extend(synonyms(root, verb, rest));
            found
        }
    }
}

/// aws-vault's `login -s`, which prints the link. keyward's `-s` has a value: the service.
fn link(root: &clap::Command, rest: &[&str]) -> Option<Words> {
    let at = rest.iter().position(|word| {
        let letters = word
            .strip_prefix('-')
            .and_then(|word| word.strip_suffix('s'));
        letters.is_some_and(|others| others.chars().all(|letter| "na".contains(letter)))
    })?;
    let kept = rest[..at].iter().chain(&rest[at + 1..]).copied();
    // aws-vault's long form of the same.
    let kept = kept.filter(|word| *word != "--stdout");
    let words: Vec<&str> = ["login", "--print"].into_iter().chain(kept).collect();
    Some(rewritten(root, &words))
}

/// granted's `sso populate --sso-region REGION URL`.
fn set_up(rest: &[&str]) -> Vec<String> {
    let mut words = vec!["setup", "--sso", "SESSION"];
    if let Some(url) = rest.iter().find(|word| word.starts_with("https://")) {
        words.extend(["--start-url", url]);
    }
    let apart = rest.windows(2).find(|pair| pair[0] == "--sso-region");
    let joined = rest
        .iter()
        .find_map(|word| word.strip_prefix("--sso-region="));
    if let Some(region) = apart.map(|pair| pair[1]).or(joined) {
        words.extend(["--sso-region", region]);
    }
    words.into_iter().map(str::to_owned).collect()
}

/// aws-vault's `export --format F`.
fn with_format(rest: &[&str], root: &clap::Command) -> Vec<String> {
    let format = |name: &str| match name {
        "env" => "docker".to_owned(),
        "export-env" => "bash".to_owned(),
        other => other.to_owned(),
    };
    let mut words = vec!["env".to_owned()];
    let mut rest = rest.iter();
    while let Some(word) = rest.next() {
        if let Some(name) = word.strip_prefix("--format=") {
            words.push(format!("--format={}", format(name)));
        } else {
            words.push((*word).to_owned());
            if *word == "--format" {
                words.extend(rest.next().map(|name| format(name)));
            }
        }
    }
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    rewritten(root, &words)
}

/// The words without another tool's options before the verb. One with a further meaning goes after
/// the verb.
fn without_foreign_globals(root: &clap::Command, words: &[&str]) -> Vec<String> {
    let mut before = Vec::new();
    let mut rest = words.iter().peekable();
    while let Some(word) = rest.next_if(|word| word.len() > 1 && word.starts_with('-')) {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (*word, None),
        };
        if is_own(root, root, name) {
            before.push((*word).to_owned());
            if value.is_none() && wants_value(root, name) {
                before.extend(rest.next().map(ToString::to_string));
            }
            continue;
        }
        let Some(option) = foreign(None, name) else {
            before.push((*word).to_owned());
            continue;
        };
        let has_value = option.takes == Takes::Value && value.is_none();
        let value = if has_value { rest.next() } else { None };
        if !matches!(option.becomes, Becomes::Nothing) {
            before.push((*word).to_owned());
            before.extend(value.map(ToString::to_string));
        }
    }
    let mut words: Vec<String> = rest.map(ToString::to_string).collect();
    match words.is_empty() {
        true => words = before,
        // Behind the verb, where every command accepts them too.
        false => drop(words.splice(1..1, before)),
    }
    words
}

/// A command with keyward's own options in the place of another tool's. The first word is the verb.
fn rewritten(root: &clap::Command, words: &[&str]) -> Vec<String> {
    let owned = |words: &[&str]| words.iter().map(ToString::to_string).collect();
    let Some((verb, rest)) = words.split_first() else {
        return Vec::new();
    };
    let Some(command) = root.find_subcommand(verb) else {
        return owned(words);
    };
    let mut words = vec![(*verb).to_owned()];
    words.extend(arguments_for(root, command, rest));
    words
}

/// The arguments of a command, with keyward's own options in the place of another tool's.
fn arguments_for(root: &clap::Command, command: &clap::Command, rest: &[&str]) -> Words {
    let (mut profile, mut options) = (None, Vec::new());
    let mut rest: VecDeque<String> = rest.iter().map(ToString::to_string).collect();
    let mut seen = 0;
    while let Some(word) = rest.pop_front() {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value.to_owned())),
            None => (word.as_str(), None),
        };
        if word == "--" || !name.starts_with('-') || name.len() == 1 {
            seen += 1;
            // The command of `exec` is not keyward's.
            let ends = word == "--" || (command.get_name() == "exec" && seen > 1);
            options.push(word);
            if ends {
                options.extend(rest);
                break;
            }
            continue;
        }
        let Some(option) = counterpart(root, command, name) else {
            if let Some(letters) = letters(root, command, name) {
                letters
                    .into_iter()
                    .rev()
                    .for_each(|letter| rest.push_front(letter));
                continue;
            }
            let valued = value.is_none() && wants_value(command, name);
            options.push(word);
            options.extend(valued.then(|| rest.pop_front()).flatten());
            continue;
        };
        let value = match option.takes {
            Takes::Nothing => None,
            Takes::Value => value.or_else(|| rest.pop_front()),
        };
        match option.becomes {
            Becomes::Option(name) => {
                options.push(name.to_owned());
                options.extend(value);
            }
            Becomes::Profile => profile = value,
            Becomes::Nothing => {}
        }
    }
    profile.into_iter().chain(options).collect()
}

/// The counterpart of an option that the command lacks. Without one, the option stays, and the parser
/// refuses it.
fn counterpart(
    root: &clap::Command,
    command: &clap::Command,
    name: &str,
) -> Option<&'static Foreign> {
    if is_own(root, command, name) {
        return None;
    }
    foreign(Some(command.get_name()), name).filter(|option| match option.becomes {
        Becomes::Option(name) => is_own(root, command, name),
        Becomes::Profile | Becomes::Nothing => true,
    })
}

/// Joined letters such as `-sf`, one by one, if each is an option without a value.
fn letters(root: &clap::Command, command: &clap::Command, word: &str) -> Option<Words> {
    let letters = word.strip_prefix('-').filter(|letters| letters.len() > 1)?;
    let words: Words = letters.chars().map(|letter| format!("-{letter}")).collect();
    let simple = |word: &String| match is_own(root, command, word) {
        true => !wants_value(command, word),
        false => {
            counterpart(root, command, word).is_some_and(|option| option.takes == Takes::Nothing)
        }
    };
    words.iter().all(simple).then_some(words)
}

#[cfg(test)]
mod tests;
