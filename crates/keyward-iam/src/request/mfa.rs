//! The second factor of a request. The condition keys about MFA are filled in here and nowhere
//! else, so that the practice account, the proof and the tests agree.

use std::time::Duration;

use super::context::Context;

const PRESENT: &str = "aws:MultiFactorAuthPresent";
const AGE: &str = "aws:MultiFactorAuthAge";

/// The MFA of a request's credentials.
///
/// AWS says what a user's session has. It does not say what a role session has if the call that
/// made it carried no code, so the proof of roles tries both an absent key and `false`.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mfa {
    /// A long-term key: both keys are absent.
    LongTermKey,
    /// Temporary credentials made without a code: the key says `false`, and there is no age.
    SessionWithout,
    /// Temporary credentials made with a code.
    Session {
        /// The age of the code; AWS counts whole seconds.
        age: Duration,
    },
}

impl Mfa {
    /// Sets the keys in a request, in place of its earlier MFA keys.
    pub fn set_keys(self, context: &mut Context) {
        context.remove(PRESENT);
        context.remove(AGE);
        match self {
            Self::LongTermKey => {}
            Self::SessionWithout => {
                context.set(PRESENT, "false");
            }
            Self::Session { age } => {
                context
                    .set(PRESENT, "true")
                    .set(AGE, age.as_secs().to_string());
            }
        }
    }
}

#[cfg(test)]
mod tests;
