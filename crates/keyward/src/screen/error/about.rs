//! Fills in the profile of a hint. AWS's errors know no profiles, so their hints say `PROFILE` where a
//! command wants one.

use keyward_core::chain::{Base, Chain};
use keyward_core::id::ProfileName;

use super::CliError;

/// A place to fill in, always the end of a command.
const PLACE: &str = " PROFILE`";
/// The one that wants the profile which holds the key, not one that starts from it.
const PLACE_OF_KEY: &str = "keyward add PROFILE`";

impl CliError {
    /// The same about a profile.
    pub(crate) fn about(self, profile: &ProfileName) -> Self {
        self.fill(profile, None)
    }

    /// The same about a profile that holds a key.
    pub(crate) fn about_key(self, profile: &ProfileName) -> Self {
        self.fill(profile, Some(profile))
    }

    /// The same for the profile of a chain.
    pub(crate) fn about_chain(self, chain: &Chain) -> Self {
        let holder = match &chain.base {
            Base::VaultKey { profile, .. }
            | Base::Static {
                profile,
                temporary: false,
                ..
            } => Some(profile),
            _ => None,
        };
        self.fill(&chain.profile, holder)
    }

    /// The same about keys in the environment, which belong to no profile: hints that name one
    /// give way to the one that helps.
    pub(crate) fn about_environment(mut self) -> Self {
        let before = self.hints.len();
        self.hints.retain(|hint| !hint.contains(PLACE));
        if self.hints.len() < before {
            self.hints.push("set new credentials in the environment, or unset AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN".to_owned());
        }
        self
    }

    fn fill(mut self, profile: &ProfileName, holder: Option<&ProfileName>) -> Self {
        let place = format!(" {}`", profile.argument());
        let of_key = match holder {
            Some(holder) => format!("keyward add {}`", holder.argument()),
            None => PLACE_OF_KEY.to_owned(),
        };
        for hint in &mut self.hints {
            let parts = hint.split(PLACE_OF_KEY);
            let filled: Vec<String> = parts.map(|part| part.replace(PLACE, &place)).collect();
            *hint = filled.join(&of_key);
        }
        self
    }
}

#[cfg(test)]
mod tests;
