//! The profile that an error is about: commands in its hints get that name.

use keyward_core::chain::{Base, Chain};
use keyward_core::id::ProfileName;

use super::CliError;

impl CliError {
    /// The error with a profile for the commands in its hints.
    pub(crate) fn about(self, profile: &ProfileName) -> Self {
        self.fill(profile, None)
    }

    /// The error with a profile that holds a key.
    pub(crate) fn about_key(self, profile: &ProfileName) -> Self {
        self.fill(profile, Some(profile))
    }

    /// The error with the profile of a chain and the profile that holds its key.
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

<<<<<<< HEAD
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
=======
    fn fill(mut self, profile: &ProfileName, key_holder: Option<&ProfileName>) -> Self {
>>>>>>> db63516 (errors: the program words the next step after a failed call)
        for hint in &mut self.hints {
            hint.fill(profile, key_holder);
        }
        self
    }
}

#[cfg(test)]
mod tests;
