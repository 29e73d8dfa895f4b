//! The exact command for words of aws-vault, granted and awsume that keyward does not know. It only
//! advises: keyward's own parser accepts each command that it names.

use std::ffi::OsString;

use keyward_core::shell::quoted;

use super::{wants_value, with_dashes};
use crate::cli::Cli;

/// The command that does what was meant, ready to paste. None where no command does.
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
    root.clone().try_get_matches_from(arguments).is_ok()
}

/// An option of another tool.
struct Foreign {
    names: &'static [&'static str],
    takes: Takes,
    becomes: Becomes,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Takes {
    Nothing,
    Value,
}

#[derive(Clone, Copy)]
enum Becomes {
    /// It has no meaning here.
    Nothing,
    /// Another option.
    Option(&'static str),
    /// The first argument: the profile.
    Profile,
}

const fn dropped(names: &'static [&'static str], takes: Takes) -> Foreign {
    Foreign {
        names,
        takes,
        becomes: Becomes::Nothing,
    }
}

const fn renamed(names: &'static [&'static str], takes: Takes, name: &'static str) -> Foreign {
    Foreign {
        names,
        takes,
        becomes: Becomes::Option(name),
    }
}

/// Only where keyward's own command has no option of that name.
const OPTIONS: [Foreign; 14] = [
    renamed(&["--debug", "--verbose"], Takes::Nothing, "-v"),
    renamed(&["-n"], Takes::Nothing, "--no-session"),
    renamed(&["-t", "--mfa-token", "--mfa"], Takes::Value, "--mfa-code"),
    renamed(
        &["-s", "--ecs-server", "--ec2-server", "-a", "--auto-refresh"],
        Takes::Nothing,
        "--server",
    ),
    renamed(&["-f", "--force"], Takes::Nothing, "--yes"),
    renamed(&["--no-add-config"], Takes::Nothing, "--no-config"),
    renamed(&["-r"], Takes::Value, "--region"),
    Foreign {
        names: &["-p", "--profile"],
        takes: Takes::Value,
        becomes: Becomes::Profile,
    },
    // keyward has one vault with slots in the place of backends, and one way to ask.
    dropped(
        &[
            "--backend",
            "--prompt",
            "--keychain",
            "--secret-service-collection",
            "--pass-dir",
            "--pass-cmd",
            "--pass-prefix",
            "--file-dir",
        ],
        Takes::Value,
    ),
    dropped(&["--op-"], Takes::Value),
    dropped(&["--proton-pass-"], Takes::Value),
    dropped(
        &[
            "--biometrics",
            "--lazy",
            "--stdout",
            "--profile-env",
            "--add-config",
        ],
        Takes::Nothing,
    ),
    dropped(
        &["--profiles", "--sessions", "--credentials"],
        Takes::Nothing,
    ),
    dropped(&["--no-session", "--auto-logout"], Takes::Nothing),
];

/// The option of another tool with that name.
fn foreign(name: &str) -> Option<&'static Foreign> {
    OPTIONS.iter().find(|option| {
        let mut names = option.names.iter();
        names.any(|known| *known == name || (known.ends_with('-') && name.starts_with(known)))
    })
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

/// What may be meant, most likely first.
fn candidates(root: &clap::Command, words: &[&str]) -> Vec<Vec<String>> {
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
    match (*verb, after) {
        ("-l" | "--list" | "--list-profiles" | "-k", _) => fixed("list"),
        ("-u" | "--unset" | "unset", _) => fixed("env --unset"),
        ("exec", Some("-l" | "--list")) => fixed("list"),
        ("exec", _) if rest.iter().any(|word| ["-j", "--json"].contains(word)) => {
            let rest = rest.iter().filter(|word| !["-j", "--json"].contains(word));
            let rest: Vec<&str> = rest.copied().collect();
            let plain = [&["credential-process"], rest.as_slice()].concat();
            let formed = [&["env", "--format", "json"], rest.as_slice()].concat();
            vec![rewritten(root, &plain), rewritten(root, &formed)]
        }
        ("export", _) => vec![with_format(rest, root), with("env", 0)],
        ("logout", Some(_)) => vec![with("clear", 0)],
        ("logout", None) | ("cache", _) => fixed("lock"),
        ("tokens" | "sso-tokens", Some("list") | None) => fixed("list"),
        ("tokens" | "sso-tokens", _) => fixed("lock"),
        ("credentials", Some(what)) => match what {
            "import" => fixed("import credentials"),
            "update" => vec![[with("add", 1), vec!["--force".to_owned()]].concat()],
            "export-plaintext" => {
                vec![[with("env", 1), vec!["--no-session".to_owned()]].concat()]
            }
            what => vec![with(what, 1)],
        },
        ("sso", Some("populate" | "generate")) => {
            vec![set_up(rest)]
        }
        ("migrate-backend", _) => fixed("import aws-vault"),
        ("proxy" | "server", _) => vec![with("serve", 0)],
        ("completion", _) => vec![with("completions", 0)],
        ("assume", _) => assume(root, rest),
        (verb, _) => vec![with(verb, 0)],
    }
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

/// What granted's `assume` does by its options: without them it opens credentials for one profile.
fn assume(root: &clap::Command, rest: &[&str]) -> Vec<Vec<String>> {
    let has = |names: &[&str]| rest.iter().any(|word| names.contains(word));
    let without = |names: &[&str]| -> Vec<&str> {
        let kept = rest.iter().filter(|word| !names.contains(word));
        kept.copied().collect()
    };
    const CONSOLE: [&str; 4] = ["-c", "--console", "-con", "-cn"];
    const UNSET: [&str; 3] = ["--unset", "-un", "--un"];
    const EXPORT: [&str; 3] = ["--export", "-ex", "-e"];
    let verb = |verb: &str, names: &[&str]| {
        rewritten(root, &[&[verb], without(names).as_slice()].concat())
    };
    if has(&UNSET) {
        return vec![vec!["env".to_owned(), "--unset".to_owned()]];
    }
    if has(&CONSOLE) {
        return vec![verb("login", &CONSOLE)];
    }
    if has(&EXPORT) {
        return vec![verb("refresh", &EXPORT)];
    }
    vec![verb("assume", &[]), verb("exec", &[])]
}

/// aws-vault's `export --format F`.
fn with_format(rest: &[&str], root: &clap::Command) -> Vec<String> {
    let format = |name: &str| match name {
        "env" => "dotenv".to_owned(),
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

/// The words without another tool's options before the verb. One that says more is put behind the verb.
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
        match foreign(name) {
            Some(option) => {
                if option.takes == Takes::Value && value.is_none() {
                    rest.next();
                }
                if let Becomes::Option("-v") = option.becomes {
                    before.push("-v".to_owned());
                }
            }
            None => before.push((*word).to_owned()),
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
    let (mut profile, mut options) = (None, Vec::new());
    let mut rest = rest.iter();
    let mut seen = 0;
    while let Some(word) = rest.next() {
        let (name, value) = match word.split_once('=') {
            Some((name, value)) => (name, Some(value)),
            None => (*word, None),
        };
        if *word == "--" || !name.starts_with('-') || name.len() == 1 {
            options.push((*word).to_owned());
            seen += 1;
            // The command of `exec` is not keyward's.
            if *word == "--" || (*verb == "exec" && seen > 1) {
                options.extend(rest.map(ToString::to_string));
                break;
            }
            continue;
        }
        let option = match foreign(name) {
            Some(option) if !is_own(root, command, name) => option,
            _ => {
                options.push((*word).to_owned());
                if value.is_none() && wants_value(command, name) {
                    options.extend(rest.next().map(ToString::to_string));
                }
                continue;
            }
        };
        let value = match option.takes {
            Takes::Nothing => None,
            Takes::Value => value.or_else(|| rest.next().copied()),
        };
        match option.becomes {
            Becomes::Option(name) if is_own(root, command, name) => {
                options.push(name.to_owned());
                options.extend(value.map(str::to_owned));
            }
            Becomes::Profile => profile = value,
            Becomes::Option(_) | Becomes::Nothing => {}
        }
    }
    let mut all = vec![(*verb).to_owned()];
    all.extend(profile.map(str::to_owned));
    all.extend(options);
    all
}

#[cfg(test)]
mod tests;
