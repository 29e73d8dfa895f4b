//! The hit path: answers a repeated hand-out from one sealed file, before the rest of the program
//! starts. Any other command line goes the usual way, which also keeps the answer for the next run.
//!
//! This file and `session::ready` of `keyward_vault` are the whole path. It reads no AWS file, index
//! or session. It compares facts of these files with the facts under which the answer was made. Like
//! every hand-out, it closes the process to others first and writes a line into the log.

mod answer;

use std::ffi::{OsStr, OsString};

use keyward_core::chain::{Base, Chain};
use keyward_core::id::ProfileName;
use keyward_core::{Credentials, Timestamp};
use keyward_vault::{Conditions, Paths, ReadyAnswers, SessionStore, Unknown};
use zeroize::Zeroizing;

use crate::log::{self, How};
use crate::screen::output;
use crate::session::{self, session_tier};
use crate::state::local_state::{LocalState, now};
use crate::system::crash_point;
use crate::system::locations::Locations;

pub(crate) use answer::Answer;

/// The command line of this run: answers it, and keeps an answer for the next run.
pub(crate) struct ThisRun {
    known: Option<Known>,
}

/// A command line of a kind that may be answered.
struct Known {
    verb: Verb,
    /// The command that `exec` is given after `--`.
    command: Vec<OsString>,
    locations: Locations,
    conditions: Conditions,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Verb {
    CredentialProcess,
    Env,
    Exec,
    StatusPrompt,
}

impl ThisRun {
    /// Notes the conditions of this run, before anything is read.
    pub(crate) fn begin() -> Self {
        let known = || {
            let arguments: Vec<_> = std::env::args_os().skip(1).collect();
            let (verb, words) = Verb::of(&arguments)?;
            let locations = Locations::find().ok()?;
            let conditions = conditions(verb, words, &locations).ok()?;
            Some(Known {
                verb,
                command: arguments
                    .get(words.len() + 1..)
                    .unwrap_or_default()
                    .to_vec(),
                locations,
                conditions,
            })
        };
        Self { known: known() }
    }

    /// The answer that holds, if there is one. Its hand-out is in the log then.
    pub(crate) fn answer(&self) -> Option<Answer> {
        let known = self.known.as_ref()?;
        let paths = Paths::as_named(&known.locations.data);
        let answers = ReadyAnswers::open(paths, session_tier());
        let parts = answers.get(&known.conditions, now())?;
        let answer = Answer::read(parts, &known.command)?;
        // The usual way warns of a log that cannot be written.
        if let Some(what) = answer.logged() {
            log::record_again(&known.locations, what).ok()?;
        }
        crash_point::note("ready answer");
        Some(answer)
    }

    /// Leaves the answer of a `credential-process` for the next run.
    pub(crate) fn keep_document(&self, local: &LocalState, chain: &Chain) {
        self.keep(Verb::CredentialProcess, local, chain, |credentials| {
            Answer::Text {
                log: log::what(local, How::CredentialProcess, chain, credentials).into(),
                text: output::process_document(credentials),
            }
        });
    }

    /// Leaves the answer of an `env` for the next run.
    pub(crate) fn keep_text(
        &self,
        local: &LocalState,
        chain: &Chain,
        render: impl FnOnce(&Credentials) -> Zeroizing<String>,
    ) {
        self.keep(Verb::Env, local, chain, |credentials| Answer::Text {
            log: log::what(local, How::Env, chain, credentials).into(),
            text: render(credentials),
        });
    }

    /// Leaves the answer of an `exec` of that command for the next run.
    pub(crate) fn keep_variables(
        &self,
        local: &LocalState,
        chain: &Chain,
        profile: &ProfileName,
        command: &[OsString],
    ) {
        // The parser may have split the words into options and command at another place.
        if self
            .known
            .as_ref()
            .is_none_or(|known| known.command != command)
        {
            return;
        }
        self.keep(Verb::Exec, local, chain, |credentials| Answer::Variables {
            log: log::what(local, How::Exec, chain, credentials).into(),
            command: command.to_vec(),
            profile: profile.clone(),
            set: output::variables(credentials, chain.region.as_ref()).owned(),
        });
    }

    fn keep(
        &self,
        verb: Verb,
        local: &LocalState,
        chain: &Chain,
        make: impl FnOnce(&Credentials) -> Answer,
    ) {
        let Some(known) = self.known.as_ref().filter(|known| known.verb == verb) else {
            return;
        };
        // keyward cannot compare a program's answer like a file. An opened vault may differ from
        // its index. A warning must appear in every run.
        let by_program = matches!(chain.base, Base::Process { .. });
        let opened = !matches!(local.identity_cache.get(), Ok(None));
        if by_program || opened || local.index_error.is_some() || !chain.warnings.is_empty() {
            return;
        }
        session::keep_ready(local, chain, &known.conditions, |credentials| {
            let answer = make(credentials);
            answer.is_plain().then(|| answer.write())
        });
    }

    /// Leaves the prompt of a profile whose session ends then for the next run.
    pub(crate) fn keep_prompt(&self, local: &LocalState, profile: &ProfileName, end: Timestamp) {
        let prompt = self.known.as_ref();
        let Some(known) = prompt.filter(|known| known.verb == Verb::StatusPrompt) else {
            return;
        };
        let answer = Answer::Prompt {
            profile: profile.clone(),
            end,
        };
        if local.index_error.is_some() || !answer.is_plain() {
            return;
        }
        let until = end.before(std::time::Duration::from_secs(1));
        SessionStore::open(&local.paths, session_tier()).keep_ready_until(
            &known.conditions,
            now(),
            until,
            &answer.write(),
        );
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
                // Without `--`, any word may begin the command. Without a command, a shell opens, and
                // its opening line is of this run.
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
/// like one goes the usual way.
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
    let mut conditions = Conditions::of(env!("CARGO_PKG_VERSION"), words);
    let mut variables: Vec<_> = std::env::vars_os()
        .filter(|(name, _)| decides(name))
        .collect();
    variables.sort_unstable();
    for (name, value) in &variables {
        conditions.variable(name, value);
    }
    let paths = Paths::as_named(&locations.data);
    conditions.folder(paths.root())?;
    for file in [
        &locations.settings,
        &locations.aws_config,
        &locations.aws_credentials,
        &paths.index(),
        &paths.vault(),
        &paths.lock_mark(),
    ] {
        conditions.file(file)?;
    }
    if verb == Verb::StatusPrompt {
        // A session that comes or goes changes its folder.
        conditions.file(&paths.sessions())?;
    }
    Ok(conditions)
}

/// Whether a variable may decide the chain of a profile or the place of a file: every variable of AWS
/// and keyward, and these.
fn decides(name: &OsStr) -> bool {
    const OTHERS: [&str; 8] = [
        "HOME",
        "USER",
        "USERNAME",
        "SHELL",
        "REQUESTS_CA_BUNDLE",
        "XDG_CONFIG_HOME",
        "XDG_DATA_HOME",
        "XDG_RUNTIME_DIR",
    ];
    let name = name.as_encoded_bytes();
    let prefixes: [&[u8]; 3] = [b"AWS_", b"KEYWARD_", b"_KEYWARD_"];
    prefixes.iter().any(|prefix| name.starts_with(prefix))
        || OTHERS.iter().any(|other| other.as_bytes() == name)
}

#[cfg(test)]
mod tests;
