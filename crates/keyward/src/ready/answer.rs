//! The content of a ready answer, and its sealed parts. Refuses parts of another shape, because
//! each version of the program reads only its own answers.

#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "elsewhere no answer is made or read")
)]

use std::ffi::OsString;

use keyward_core::Timestamp;
use keyward_core::id::ProfileName;
use zeroize::Zeroizing;

use crate::screen::ui::shown;

/// One answer.
pub(crate) enum Answer {
    /// A text for standard output.
    Text {
        /// The part of the log's line that says what is handed out.
        log: Zeroizing<String>,
        /// The text.
        text: Zeroizing<String>,
    },
    /// The variables for a command.
    Variables {
        /// As above.
        log: Zeroizing<String>,
        /// The command and its arguments, which are not sealed: they are of this run.
        command: Vec<OsString>,
        /// The profile that the command receives.
        profile: ProfileName,
        /// Names and values.
        set: Vec<(String, Zeroizing<String>)>,
    },
    /// The piece of a shell prompt.
    Prompt {
        /// The profile.
        profile: ProfileName,
        /// When its session ends.
        end: Timestamp,
    },
}

impl Answer {
    /// The log's part, where something is handed out.
    pub(super) fn logged(&self) -> Option<&str> {
        match self {
            Self::Text { log, .. } | Self::Variables { log, .. } => Some(log),
            Self::Prompt { .. } => None,
        }
    }

    /// Whether a terminal may be sent it as it is.
    pub(super) fn is_plain(&self) -> bool {
        let text = match self {
            Self::Text { text, .. } => text,
            Self::Prompt { profile, .. } => profile.as_str(),
            Self::Variables { .. } => return true,
        };
        shown(text) == text
    }

    /// The parts to be sealed.
    pub(super) fn write(self) -> Vec<Zeroizing<String>> {
        let word = |text: &str| Zeroizing::new(text.to_owned());
        match self {
            Self::Text { log, text } => vec![word("text"), log, text],
            Self::Variables {
                log,
                command: _,
                profile,
                set,
            } => {
                let mut parts = vec![word("variables"), log, word(profile.as_str())];
                for (name, value) in set {
                    parts.extend([Zeroizing::new(name), value]);
                }
                parts
            }
            Self::Prompt { profile, end } => {
                let end = end.as_second().to_string();
                vec![word("prompt"), word(profile.as_str()), word(&end)]
            }
        }
    }

    /// The answer in these parts, for a run with that command.
    pub(super) fn read(parts: Vec<Zeroizing<String>>, command: &[OsString]) -> Option<Self> {
        let mut parts = parts.into_iter();
        let kind = parts.next()?;
        let first = parts.next()?;
        match kind.as_str() {
            "text" => Some(Self::Text {
                log: first,
                text: parts.next()?,
            }),
            "variables" => {
                let profile = parts.next()?.parse().ok()?;
                let mut set = Vec::with_capacity(8);
                while let Some(name) = parts.next() {
                    set.push((String::clone(&name), parts.next()?));
                }
                Some(Self::Variables {
                    log: first,
                    command: command.to_vec(),
                    profile,
                    set,
                })
            }
            "prompt" => Some(Self::Prompt {
                profile: first.parse().ok()?,
                end: Timestamp::from_second(parts.next()?.parse().ok()?),
            }),
            _ => None,
        }
    }
}
