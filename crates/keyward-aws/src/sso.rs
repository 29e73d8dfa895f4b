//! The portal of the Identity Center: which accounts and roles a signed-in person has, and the
//! roles' credentials. Nothing is signed; the access token says who asks.

use keyward_core::id::AccountId;
use keyward_core::secret::AccessToken;
use keyward_core::{Credentials, Timestamp};

use crate::aws::Aws;
use crate::call::Call;
use crate::error::{Action, CallError, Service, plain};
use crate::pages::Pages;
use crate::read::{parse, present};
use crate::sts::said_end;

/// An account that a person may enter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SsoAccount {
    /// Its id.
    pub id: AccountId,
    /// Its name, as its organisation calls it.
    pub name: String,
}

/// A role that a person may use in an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SsoRole {
    /// The permission set's name.
    pub name: String,
}

impl Aws {
    /// `sso:GetRoleCredentials`.
    ///
    /// # Errors
    /// See [`CallError`]; [`CallError::ends_sign_in`] tells a token that is over.
    pub fn get_role_credentials(
        &self,
        token: &AccessToken,
        account: &AccountId,
        role: &str,
    ) -> Result<Credentials, CallError> {
        let action = Action::sso("GetRoleCredentials");
        // Exposed in all three calls because the token is what the portal asks for.
        let call = Call::unsigned(action).hiding(token.expose());
        let answer = self.sso(&call, |sso| {
            sso.get_role_credentials()
                .access_token(token.expose())
                .account_id(account.as_str())
                .role_name(role)
                .send()
        })?;
        let given = present(action, "roleCredentials", answer.role_credentials)?;
        let field = |name, value: Option<String>| present(action, name, value);
        said_end(action, given.expiration)?;
        self.of_aws(
            action,
            Credentials {
                access_key_id: parse(
                    action,
                    "accessKeyId",
                    &field("accessKeyId", given.access_key_id)?,
                )?,
                secret_access_key: parse(
                    action,
                    "secretAccessKey",
                    &field("secretAccessKey", given.secret_access_key)?,
                )?,
                session_token: Some(parse(
                    action,
                    "sessionToken",
                    &field("sessionToken", given.session_token)?,
                )?),
                // The portal counts in milliseconds.
                expires_at: Some(self.local(Timestamp::from_second(given.expiration / 1000))),
                account_id: Some(account.clone()),
            },
        )
    }

    /// `sso:ListAccounts`, every page.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn sso_accounts(&self, token: &AccessToken) -> Result<Vec<SsoAccount>, CallError> {
        let action = Action::sso("ListAccounts");
        let call = Call::unsigned(action).hiding(token.expose());
        let mut accounts = Vec::new();
        let (mut pages, mut page) = (Pages::default(), None::<String>);
        loop {
            let answer = self.sso(&call, |sso| {
                sso.list_accounts()
                    .access_token(token.expose())
                    .set_next_token(page.clone())
                    .send()
            })?;
            for found in answer.account_list.unwrap_or_default() {
                let id = present(action, "accountId", found.account_id)?;
                accounts.push(SsoAccount {
                    id: parse(action, "accountId", &id)?,
                    name: plain(&found.account_name.unwrap_or(id)),
                });
            }
            page = pages.next(action, answer.next_token)?;
            if page.is_none() {
                return Ok(accounts);
            }
        }
    }

    /// `sso:ListAccountRoles`, every page.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn sso_roles(
        &self,
        token: &AccessToken,
        account: &AccountId,
    ) -> Result<Vec<SsoRole>, CallError> {
        let action = Action::sso("ListAccountRoles");
        let call = Call::unsigned(action).hiding(token.expose());
        let mut roles = Vec::new();
        let (mut pages, mut page) = (Pages::default(), None::<String>);
        loop {
            let answer = self.sso(&call, |sso| {
                sso.list_account_roles()
                    .access_token(token.expose())
                    .account_id(account.as_str())
                    .set_next_token(page.clone())
                    .send()
            })?;
            for found in answer.role_list.unwrap_or_default() {
                let name = plain(&present(action, "roleName", found.role_name)?);
                roles.push(SsoRole { name });
            }
            page = pages.next(action, answer.next_token)?;
            if page.is_none() {
                return Ok(roles);
            }
        }
    }

    /// `sso:Logout`: the Identity Center forgets the sign-in behind the token.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn sso_logout(&self, token: &AccessToken) -> Result<(), CallError> {
        let call = Call::unsigned(Action::sso("Logout")).hiding(token.expose());
        self.sso(&call, |sso| {
            sso.logout().access_token(token.expose()).send()
        })?;
        Ok(())
    }
}

impl CallError {
    /// Whether the Identity Center says that the sign-in is over or unknown: a new one fixes that,
    /// repeating the call does not.
    #[must_use]
    pub fn ends_sign_in(&self) -> bool {
        match self {
            Self::ExpiredToken { action, .. } => of_identity_center(action.service),
            Self::Other { action, code, .. } => {
                of_identity_center(action.service)
                    && matches!(
                        code.as_str(),
                        "UnauthorizedException"
                            | "InvalidGrantException"
                            | "InvalidClientException"
                            | "UnauthorizedClientException"
                    )
            }
            _ => false,
        }
    }
}

fn of_identity_center(service: Service) -> bool {
    matches!(service, Service::Sso | Service::SsoOidc)
}
