//! The command line of a run, and what decides its answer.

use std::ffi::{OsStr, OsString};

use crate::conditions::{Conditions, Unknown};
use crate::locations::Locations;
use crate::tier::Tier;
use crate::{Answer, Failure, log, now, sealed, trace, vault_files};

/// A command line of a kind that may be answered.
pub struct FrontRequest {
    /// The kind.
    pub verb: Verb,
    /// The files of this run.
    pub locations: Locations,
    /// The conditions that decide its answer.
    pub conditions: Conditions,
    arguments: Vec<OsString>,
    /// The number of arguments before the `--` of `exec`.
    words: usize,
}

/// The kinds of command lines that may be answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// `credential-process PROFILE`
    CredentialProcess,
    /// `env`
    Env,
    /// `exec` with a command after `--`
    Exec,
    /// `status --prompt`
    StatusPrompt,
}

impl FrontRequest {
    /// Notes the conditions of this run, before anything is read. `None` for a run that cannot have
    /// an answer.
    #[must_use]
    pub fn begin() -> Option<Self> {
        let arguments: Vec<_> = std::env::args_os().skip(1).collect();
        let (verb, words) = Verb::of(&arguments)?;
        let locations = Locations::find().ok()?;
        let conditions = conditions(verb, words, &locations).ok()?;
        Some(Self {
            verb,
            locations,
            conditions,
            words: words.len(),
            arguments,
        })
    }

    /// The command of `exec` after `--`; empty for other kinds.
    #[must_use]
    pub fn command(&self) -> &[OsString] {
        self.arguments.get(self.words + 1..).unwrap_or_default()
    }

    /// Writes the log line of the valid answer, if there is one, and hands the answer out.
    #[must_use]
    pub fn answer(&mut self) -> Option<Result<(), Failure>> {
        let now = now();
        let tier = Tier::of_environment();
        let parts = sealed::open(&self.locations.data, tier, &mut self.conditions, now)?;
        let answer = Answer::read(parts)?;
        // If the log cannot be written, the whole program runs and warns.
        if let Some(what) = answer.logged() {
            log::record_again(&self.locations, what, now).ok()?;
        }
        trace::note("ready answer");
        Some(answer.hand_over(self.command(), now))
    }
}

impl Verb {
    /// The verb, and the words that the answer depends on: all of them but the command of `exec`,
    /// which is whatever follows `--`.
    fn of(arguments: &[OsString]) -> Option<(Self, &[OsString])> {
        let verb = match arguments.first()?.to_str()? {
            "credential-process" if arguments.len() == 2 => Self::CredentialProcess,
            "env" if !arguments.iter().any(|word| is_global(word)) => Self::Env,
            "status" if arguments.get(1)? == "--prompt" && arguments.len() == 2 => {
                Self::StatusPrompt
            }
            "exec" => {
                // Without `--`, any word may begin the command. Without a command, keyward opens a shell,
                // whose opening line is specific to this run.
                let dashes = arguments.iter().position(|word| word == "--")?;
                let has_command = arguments.len() > dashes + 1
                    && !arguments[..dashes].iter().any(|word| is_global(word));
                return has_command.then(|| (Self::Exec, &arguments[..dashes]));
            }
            _ => return None,
        };
        Some((verb, arguments))
    }
}

/// Whether a word may be `-v` or `--color`, which change what this run says. A word that only looks
/// like one counts as one.
fn is_global(word: &OsStr) -> bool {
    let word = word.as_encoded_bytes();
    let is_short = word.first() == Some(&b'-') && word.get(1) != Some(&b'-');
    (is_short && word.contains(&b'v'))
        || word.starts_with(b"--verbose")
        || word.starts_with(b"--color")
}

/// Everything that decides a hand-out from the cache.
fn conditions(
    verb: Verb,
    words: &[OsString],
    locations: &Locations,
) -> Result<Conditions, Unknown> {
    let words = words.iter().map(OsString::as_os_str);
    // Both programs of one release have this version.
    let mut conditions = Conditions::of(env!("CARGO_PKG_VERSION"), words);
    let mut variables: Vec<_> = std::env::vars_os()
        .filter(|(name, _)| decides(name))
        .collect();
    variables.sort_unstable();
    for (name, value) in &variables {
        conditions.variable(name, value);
    }
    let data = &locations.data;
    conditions.folder(data)?;
    for file in [
        &locations.settings,
        &locations.aws_config,
        &locations.aws_credentials,
        &data.join(vault_files::INDEX),
        &data.join(vault_files::VAULT),
        &data.join(vault_files::LOCK_MARK),
    ] {
        conditions.file(file)?;
    }
    if verb == Verb::StatusPrompt {
        // A new or deleted session changes its folder.
        conditions.file(&data.join(vault_files::SESSIONS))?;
    }
    Ok(conditions)
}

/// Whether a variable may decide the chain of a profile or the place of a file: every variable of AWS
/// and keyward, and these.
fn decides(name: &OsStr) -> bool {
    const OTHERS: [&str; 9] = [
        "HOME",
        "USER",
        "USERNAME",
        "SHELL",
        "REQUESTS_CA_BUNDLE",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_RUNTIME_DIR",
        // The pin is there, and the pin decides whether an index counts.
        "XDG_STATE_HOME",
    ];
    let name = name.as_encoded_bytes();
    let prefixes: [&[u8]; 3] = [b"AWS_", b"KEYWARD_", b"_KEYWARD_"];
    prefixes.iter().any(|prefix| name.starts_with(prefix))
        || OTHERS.iter().any(|other| other.as_bytes() == name)
}

#[cfg(test)]
mod tests;
