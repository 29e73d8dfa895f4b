//! The content of a ready answer, and its sealed parts. Refuses parts of another shape, because
//! each version of the program reads only its own answers.

use std::ffi::OsString;
use std::io;

use keyward_core::Timestamp;
use zeroize::Zeroizing;

use crate::{exec, output, prompt};

/// One answer.
pub enum Answer {
    /// A text for standard output.
    Text {
        /// The part of the log's line that says what is handed out.
        log: Zeroizing<String>,
        /// The text.
        text: Zeroizing<String>,
    },
    /// The variables for a command, which is of this run and not sealed.
    Variables {
        /// As above.
        log: Zeroizing<String>,
        /// The profile that the command receives.
        profile: String,
        /// Names and values.
        set: Vec<(String, Zeroizing<String>)>,
    },
    /// The piece of a shell prompt.
    Prompt {
        /// The profile.
        profile: String,
        /// The end of its session.
        end: Timestamp,
    },
}

/// The reasons why an answer did not reach its reader.
#[derive(Debug)]
pub enum Failure {
    /// Standard output accepts no data.
    Output(io::Error),
    /// The command of `exec` cannot be run.
    Command(OsString, io::Error),
}

impl Answer {
    /// Hands the answer out: as text, or to the command, which replaces this process.
    ///
    /// # Errors
    /// It did not reach its reader.
    pub fn hand_over(&self, command: &[OsString], now: Timestamp) -> Result<(), Failure> {
        match self {
            Self::Text { text, .. } => output::write(text).map_err(Failure::Output),
            Self::Prompt { profile, end } => {
                output::write(&prompt::until(profile, *end, now)).map_err(Failure::Output)
            }
            Self::Variables { profile, set, .. } => {
                let Some((program, words)) = command.split_first() else {
                    return Ok(());
                };
                let mut made = exec::command(program, words, profile);
                for (name, value) in set {
                    made.env(name, value.as_str());
                }
                Err(Failure::Command(program.clone(), exec::replace(made)))
            }
        }
    }

    /// The log's part, if something is handed out.
    pub(crate) fn logged(&self) -> Option<&str> {
        match self {
            Self::Text { log, .. } | Self::Variables { log, .. } => Some(log),
            Self::Prompt { .. } => None,
        }
    }

    /// The parts to be sealed.
    #[must_use]
    pub fn write(self) -> Vec<Zeroizing<String>> {
        let word = |text: &str| Zeroizing::new(text.to_owned());
        match self {
            Self::Text { log, text } => vec![word("text"), log, text],
            Self::Variables { log, profile, set } => {
                let mut parts = vec![word("variables"), log, word(&profile)];
                for (name, value) in set {
                    parts.extend([Zeroizing::new(name), value]);
                }
                parts
            }
            Self::Prompt { profile, end } => {
                let end = end.as_second().to_string();
                vec![word("prompt"), word(&profile), word(&end)]
            }
        }
    }

    /// The answer in these parts.
    pub(crate) fn read(parts: Vec<Zeroizing<String>>) -> Option<Self> {
        let mut parts = parts.into_iter();
        let kind = parts.next()?;
        let first = parts.next()?;
        match kind.as_str() {
            "text" => Some(Self::Text {
                log: first,
                text: parts.next()?,
            }),
            "variables" => {
                let profile = parts.next()?.to_string();
                let mut set = Vec::with_capacity(8);
                while let Some(name) = parts.next() {
                    set.push((name.to_string(), parts.next()?));
                }
                Some(Self::Variables {
                    log: first,
                    profile,
                    set,
                })
            }
            "prompt" => Some(Self::Prompt {
                profile: first.to_string(),
                end: Timestamp::from_second(parts.next()?.parse().ok()?),
            }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
