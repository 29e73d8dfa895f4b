//! The console password and the account's rules for it.

use keyward_core::Credentials;
use keyward_core::secret::Passphrase;

use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError};
use crate::read::present;

/// The account's rules for passwords.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// The fewest characters.
    pub minimum_length: u32,
    /// The kinds of characters that must appear.
    pub required: RequiredCharacters,
    /// The number of days after which a password expires.
    pub max_age_days: Option<u32>,
    /// The number of earlier passwords that AWS refuses.
    pub reuse_prevention: Option<u32>,
    /// Whether users may change their own password.
    pub users_may_change: bool,
    /// Whether only an administrator can renew an expired password.
    pub hard_expiry: bool,
}

/// Kinds of characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RequiredCharacters {
    /// Capital letters.
    pub uppercase: bool,
    /// Small letters.
    pub lowercase: bool,
    /// Digits.
    pub numbers: bool,
    /// `! @ # $ % ^ & * ( ) _ + - = [ ] { } | '`.
    pub symbols: bool,
}

impl Aws {
    /// `iam:ChangePassword`, for the owner of the credentials.
    ///
    /// # Errors
    /// See [`CallError`]. Never sent twice when its fate is unknown: the second would be refused
    /// for the old password and look like a typing error.
    pub fn change_password(
        &self,
        credentials: &Credentials,
        old: &Passphrase,
        new: &Passphrase,
    ) -> Result<(), CallError> {
        // Both are exposed because the request carries them, and to be struck out of answers.
        let (old, new) = (old.expose(), new.expose());
        let call = Call::new(Action::iam("ChangePassword"), credentials)
            .once()
            .hiding(old)
            .hiding(new);
        self.iam(&call, |iam| {
            iam.change_password()
                .old_password(old)
                .new_password(new)
                .send()
        })?;
        Ok(())
    }

    /// `iam:GetAccountPasswordPolicy`; `None` when the account has set no rules and AWS's own
    /// apply.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn get_account_password_policy(
        &self,
        credentials: &Credentials,
    ) -> Result<Option<PasswordPolicy>, CallError> {
        let action = Action::iam("GetAccountPasswordPolicy");
        let call = Call::new(action, credentials);
        let answer = match self.iam(&call, |iam| iam.get_account_password_policy().send()) {
            Err(CallError::NoSuchEntity { .. }) => return Ok(None),
            answer => answer?,
        };
        let policy = present(action, "PasswordPolicy", answer.password_policy)?;
        let count = |number: i32| u32::try_from(number).ok().filter(|number| *number > 0);
        Ok(Some(PasswordPolicy {
            minimum_length: policy.minimum_password_length.and_then(count).unwrap_or(8),
            required: RequiredCharacters {
                uppercase: policy.require_uppercase_characters,
                lowercase: policy.require_lowercase_characters,
                numbers: policy.require_numbers,
                symbols: policy.require_symbols,
            },
            max_age_days: policy.max_password_age.and_then(count),
            reuse_prevention: policy.password_reuse_prevention.and_then(count),
            users_may_change: policy.allow_users_to_change_password,
            hard_expiry: policy.hard_expiry.unwrap_or(false),
        }))
    }
}
