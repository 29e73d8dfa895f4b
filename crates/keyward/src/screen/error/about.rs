//! The profile that an error is about: commands in its hints get that name.

use keyward_core::chain::{Base, Chain, StaticKey, VaultKey};
use keyward_core::id::ProfileName;

use super::CliError;

/// The fix if AWS refuses the credentials of the environment.
pub(crate) const NEW_ENVIRONMENT: &str = "set new credentials in the environment, or unset AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN";

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
            Base::VaultKey(VaultKey { profile, .. })
            | Base::Static(StaticKey {
                profile,
                temporary: false,
                ..
            }) => Some(profile),
            _ => None,
        };
        self.fill(&chain.profile, holder)
    }

    /// The error about keys in the environment, which belong to no profile. Replaces hints that need a
    /// profile with one that helps.
    pub(crate) fn about_environment(mut self) -> Self {
        let before = self.hints.len();
        self.hints.retain(|hint| !hint.lacks_profile());
        if self.hints.len() < before {
            self.hints.push(NEW_ENVIRONMENT.into());
        }
        self
    }

    /// The error about credentials that keyward does not keep. Replaces hints to forget a session with
    /// `step`.
    pub(crate) fn about_source(mut self, step: String) -> Self {
        let before = self.hints.len();
        self.hints.retain(|hint| !hint.forgets_session());
        if self.hints.len() < before {
            self.hints.insert(0, step.into());
        }
        self
    }

    fn fill(mut self, profile: &ProfileName, key_holder: Option<&ProfileName>) -> Self {
        for hint in &mut self.hints {
            hint.fill(profile, key_holder);
        }
        self
    }
}

#[cfg(test)]
mod tests;
