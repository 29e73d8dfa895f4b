//! One next step for the user: text, and commands that may need the name of a profile. The name is
//! filled in as data, so that a hint never prints a placeholder for a known profile.

use std::borrow::Cow;
use std::fmt;

use keyward_core::id::ProfileName;

/// The profile that a command needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Whose {
    /// The profile of the caller.
    Caller,
    /// The profile that holds the long-lived key.
    KeyHolder,
}

/// A part of a hint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Part {
    /// Plain text.
    Text(Cow<'static, str>),
    /// A command whose last argument is a profile: its words, and the profile if known.
    Command(&'static str, Whose, Option<ProfileName>),
}

/// The command that forgets the sessions of a profile.
pub(super) const FORGET: &str = "keyward remove --sessions-only";

/// A next step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hint(Vec<Part>);

impl Hint {
    /// Makes a hint from its parts, in order.
    pub(crate) fn of(parts: impl IntoIterator<Item = Part>) -> Self {
        Self(parts.into_iter().collect())
    }

    /// Whether a command in it still lacks its profile.
    pub(super) fn lacks_profile(&self) -> bool {
        self.0
            .iter()
            .any(|part| matches!(part, Part::Command(_, _, None)))
    }

    /// Whether it tells the user to forget a cached session.
    pub(super) fn forgets_session(&self) -> bool {
        let mut parts = self.0.iter();
        parts.any(|part| matches!(part, Part::Command(FORGET, _, _)))
    }

    /// Fills in the known profiles. A command that already has one keeps it.
    pub(super) fn fill(&mut self, caller: &ProfileName, key_holder: Option<&ProfileName>) {
        for part in &mut self.0 {
            if let Part::Command(_, whose, name @ None) = part {
                *name = match whose {
                    Whose::Caller => Some(caller.clone()),
                    Whose::KeyHolder => key_holder.cloned(),
                };
            }
        }
    }
}

impl From<&'static str> for Hint {
    fn from(text: &'static str) -> Self {
        Self::of([Part::Text(text.into())])
    }
}

impl From<String> for Hint {
    fn from(text: String) -> Self {
        Self::of([Part::Text(text.into())])
    }
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|part| match part {
            Part::Text(text) => f.write_str(text),
            Part::Command(words, _, Some(name)) => write!(f, "`{words} {}`", name.argument()),
            Part::Command(words, _, None) => write!(f, "`{words} PROFILE`"),
        })
    }
}
