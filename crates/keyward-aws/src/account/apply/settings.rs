//! Settings of the account: the alias and the password policy.

use keyward_account::plan::Operation;
use keyward_core::Credentials;
use keyward_iam::model::PasswordPolicy;

use super::send;
use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError};

impl Aws {
    pub(super) fn apply_settings(
        &self,
        credentials: &Credentials,
        operation: &Operation,
    ) -> Result<(), CallError> {
        match operation {
            Operation::UpdatePasswordPolicy(policy) => {
                self.update_password_policy(credentials, policy)
            }
            Operation::CreateAlias(alias) => {
                send!(self, credentials, "CreateAccountAlias", |iam| iam
                    .create_account_alias()
                    .account_alias(alias.as_str()))
            }
            Operation::DeleteAlias(alias) => {
                send!(self, credentials, "DeleteAccountAlias", |iam| iam
                    .delete_account_alias()
                    .account_alias(alias.as_str()))
            }
            _ => send!(self, credentials, "DeleteAccountPasswordPolicy", |iam| iam
                .delete_account_password_policy()),
        }
    }

    pub(super) fn update_password_policy(
        &self,
        credentials: &Credentials,
        policy: &PasswordPolicy,
    ) -> Result<(), CallError> {
        let count = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
        send!(self, credentials, "UpdateAccountPasswordPolicy", |iam| iam
            .update_account_password_policy()
            .minimum_password_length(count(policy.minimum_length))
            .require_symbols(policy.symbols.is_on())
            .require_numbers(policy.numbers.is_on())
            .require_uppercase_characters(policy.uppercase.is_on())
            .require_lowercase_characters(policy.lowercase.is_on())
            .allow_users_to_change_password(policy.users_may_change.is_on())
            .hard_expiry(policy.hard_expiry.is_on())
            .set_max_password_age(policy.max_age_days.map(count))
            .set_password_reuse_prevention(
                policy.reuse_prevention.map(count)
            ))
    }
}
