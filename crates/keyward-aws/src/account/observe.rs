//! Reads an account: seven calls for a small one, made at the same time.

use std::collections::BTreeMap;
use std::thread::ScopedJoinHandle;

use keyward_account::snapshot::{LastUse, Snapshot, UserCredentials};
use keyward_core::Credentials;
use keyward_core::id::{AccountAlias, OidcIssuer, UserName};
use keyward_iam::model::{Account, OidcProvider, PasswordPolicy, Requirement};

use super::managed::add_known;
use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError};
use crate::read::{parse, present};
use crate::sts::CallerIdentity;

fn empty(caller: &CallerIdentity) -> Account {
    let mut account = Account::empty(caller.account.clone());
    account.partition = caller.arn.partition().to_owned();
    account
}

/// The result of a thread; its panic continues here.
pub(super) fn joined<T>(thread: ScopedJoinHandle<'_, T>) -> T {
    thread
        .join()
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic))
}

impl Aws {
    /// Reads the account that the credentials belong to. The calls run at the same time; the
    /// first that fails decides.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn observe(&self, credentials: &Credentials) -> Result<Snapshot, CallError> {
        let caller = self.get_caller_identity(credentials)?;
        let mut account = empty(&caller);
        let (details, roles, rules, alias, summary, providers) = std::thread::scope(|scope| {
            let details = scope.spawn(|| self.read_details(credentials, &mut account));
            let roles = scope.spawn(|| self.list_roles(credentials));
            let rules = scope.spawn(|| self.read_password_policy(credentials));
            let alias = scope.spawn(|| self.get_account_alias(credentials));
            let summary = scope.spawn(|| self.get_account_summary(credentials));
            let providers = scope.spawn(|| self.list_oidc_providers(credentials));
            (
                joined(details),
                joined(roles),
                joined(rules),
                joined(alias),
                joined(summary),
                joined(providers),
            )
        });
        details?;
        add_known(&mut account);
        for role in roles? {
            let known = role
                .arn
                .role_name()
                .parse()
                .ok()
                .and_then(|name| account.roles.get_mut(&name));
            if let Some(known) = known {
                known.max_session = Some(role.max_session);
                known.description = role.description;
            }
        }
        account.password_policy = rules?;
        account.alias = alias?;
        account.oidc_providers = providers?
            .into_iter()
            .map(|provider| (provider.issuer.clone(), provider))
            .collect();
        let taken = self.aws_time();
        account.read_at = Some(taken);
        Ok(Snapshot {
            account,
            summary: summary?,
            credentials: BTreeMap::new(),
            stacks: BTreeMap::new(),
            regions: BTreeMap::new(),
            caller: caller.arn,
            taken,
        })
    }

    /// Reads the console password and the access keys of one user, with their last use, for
    /// [`Snapshot::credentials`]. Two calls, one for each access key, and one for a password.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn observe_credentials(
        &self,
        credentials: &Credentials,
        user: &UserName,
    ) -> Result<UserCredentials, CallError> {
        let used = |at: Option<_>| at.map_or(LastUse::Never, LastUse::At);
        let mut held = UserCredentials::default();
        for key in self.list_access_keys(credentials, Some(user))? {
            let at = self.get_access_key_last_used(credentials, &key.id)?.at;
            held.access_keys.insert(key.id, used(at));
        }
        let call = Call::new(Action::iam("GetLoginProfile"), credentials);
        let profile = self.iam(&call, |iam| {
            iam.get_login_profile().user_name(user.as_str()).send()
        });
        match profile {
            Err(CallError::NoSuchEntity { .. }) => {}
            Err(error) => return Err(error),
            Ok(_) => {
                let live = self.get_user(credentials, Some(user))?;
                held.password = Some(used(live.password_last_used));
            }
        }
        Ok(held)
    }

    pub(super) fn read_password_policy(
        &self,
        credentials: &Credentials,
    ) -> Result<Option<PasswordPolicy>, CallError> {
        let policy = self.get_account_password_policy(credentials)?;
        Ok(policy.map(|policy| PasswordPolicy {
            minimum_length: policy.minimum_length,
            symbols: Requirement::from_flag(policy.required.symbols),
            numbers: Requirement::from_flag(policy.required.numbers),
            uppercase: Requirement::from_flag(policy.required.uppercase),
            lowercase: Requirement::from_flag(policy.required.lowercase),
            users_may_change: Requirement::from_flag(policy.users_may_change),
            max_age_days: policy.max_age_days,
            reuse_prevention: policy.reuse_prevention,
            hard_expiry: Requirement::from_flag(policy.hard_expiry),
        }))
    }

    /// `iam:ListAccountAliases`; an account has one alias at most.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn get_account_alias(
        &self,
        credentials: &Credentials,
    ) -> Result<Option<AccountAlias>, CallError> {
        let action = Action::iam("ListAccountAliases");
        let call = Call::new(action, credentials);
        let answer = self.iam(&call, |iam| iam.list_account_aliases().send())?;
        answer
            .account_aliases
            .first()
            .map(|alias| parse(action, "AccountAlias", alias))
            .transpose()
    }

    /// `iam:GetAccountSummary`: counts and quotas by AWS's name for them.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn get_account_summary(
        &self,
        credentials: &Credentials,
    ) -> Result<BTreeMap<String, i64>, CallError> {
        let action = Action::iam("GetAccountSummary");
        let call = Call::new(action, credentials);
        let answer = self.iam(&call, |iam| iam.get_account_summary().send())?;
        let summary = present(action, "SummaryMap", answer.summary_map)?;
        Ok(summary
            .into_iter()
            .map(|(key, number)| (key.as_str().to_owned(), i64::from(number)))
            .collect())
    }

    /// `iam:ListOpenIDConnectProviders`, and `GetOpenIDConnectProvider` for each.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn list_oidc_providers(
        &self,
        credentials: &Credentials,
    ) -> Result<Vec<OidcProvider>, CallError> {
        let action = Action::iam("ListOpenIDConnectProviders");
        let call = Call::new(action, credentials);
        let answer = self.iam(&call, |iam| iam.list_open_id_connect_providers().send())?;
        answer
            .open_id_connect_provider_list
            .unwrap_or_default()
            .into_iter()
            .filter_map(|entry| entry.arn)
            .map(|arn| self.get_oidc_provider(credentials, &arn))
            .collect()
    }

    pub(super) fn get_oidc_provider(
        &self,
        credentials: &Credentials,
        arn: &str,
    ) -> Result<OidcProvider, CallError> {
        let action = Action::iam("GetOpenIDConnectProvider");
        let call = Call::new(action, credentials);
        let provider = self.iam(&call, |iam| {
            iam.get_open_id_connect_provider()
                .open_id_connect_provider_arn(arn)
                .send()
        })?;
        let issuer = arn
            .split_once("oidc-provider/")
            .map(|(_, issuer)| issuer)
            .unwrap_or_default();
        let issuer: OidcIssuer = parse(action, "Arn", issuer)?;
        Ok(OidcProvider {
            issuer,
            audiences: provider
                .client_id_list
                .unwrap_or_default()
                .into_iter()
                .collect(),
            thumbprints: provider
                .thumbprint_list
                .unwrap_or_default()
                .into_iter()
                .collect(),
            tags: provider
                .tags
                .unwrap_or_default()
                .into_iter()
                .map(|tag| (tag.key, tag.value))
                .collect(),
        })
    }
}
