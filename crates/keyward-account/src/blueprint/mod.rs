//! The blueprint: one TOML file that says what one or several AWS accounts should be. Reading it
//! finds every problem at once, each with its line; what comes out is whole and consistent.
//! Nothing here looks at a real account.

mod accounts;
mod check;
mod entities;
mod origin;
mod parse;
mod principals;
mod problem;
mod providers;
mod read;
pub mod schema;
mod settings;

use std::collections::BTreeMap;

use keyward_core::id::{GroupName, OidcIssuer, PolicyName, RoleName, UserName};
use keyward_iam::model::PasswordPolicy;

pub use accounts::{AccountName, AccountSpec, Holds, InvalidAccountName};
pub use entities::{
    AssumeTarget, Callers, GrantSpec, GroupSpec, ManagedRef, PolicySpec, RoleSpec, Secrets,
    UserSpec,
};
pub use origin::Origin;
pub use principals::{
    GithubSubject, InvalidGithubSubject, InvalidServicePrincipal, ServicePrincipal,
};
pub use problem::{At, InvalidBlueprint, Position, Problem, Severity};
pub use providers::{Audience, InvalidAudience, InvalidThumbprint, ProviderSpec, Thumbprint};
pub use settings::{
    BucketName, Cidr, ConfigSpec, Guard, InvalidBucketName, InvalidCidr, Nat, SelfService, VpcSpec,
};

use crate::ownership::BlueprintName;

/// A blueprint that was read and checked: every name in it is defined, and nothing in it exceeds
/// what AWS accepts as far as the file alone shows.
#[derive(Debug, Clone, PartialEq)]
pub struct Blueprint {
    /// The name that marks what the blueprint makes.
    pub name: BlueprintName,
    /// The accounts, in the order of their names. Exactly one of several holds the users.
    pub accounts: Vec<AccountSpec>,
    /// The rules for passwords in every account; `None` leaves them alone.
    pub password_policy: Option<PasswordPolicy>,
    /// The changes that users may make to their own credentials.
    pub self_service: SelfService,
    /// The users.
    pub users: BTreeMap<UserName, UserSpec>,
    /// The groups.
    pub groups: BTreeMap<GroupName, GroupSpec>,
    /// The roles.
    pub roles: BTreeMap<RoleName, RoleSpec>,
    /// The customer-managed policies.
    pub policies: BTreeMap<PolicyName, PolicySpec>,
    /// The OpenID Connect providers that the blueprint describes. The one of GitHub Actions is
    /// made for the roles that need it, described or not.
    pub oidc_providers: BTreeMap<OidcIssuer, ProviderSpec>,
    /// The network.
    pub vpc: Option<VpcSpec>,
    /// AWS Config.
    pub config: Option<ConfigSpec>,
    /// Probable mistakes, in the order of the file.
    pub warnings: Vec<Problem>,
}

impl Blueprint {
    /// Whether the blueprint names its accounts, so that reports must name them too.
    #[must_use]
    pub fn has_several_accounts(&self) -> bool {
        self.accounts.iter().any(|account| account.name.is_some())
    }

    /// The account that holds users and groups.
    #[must_use]
    pub fn users_account(&self) -> &AccountSpec {
        self.accounts
            .iter()
            .find(|account| account.holds == Holds::Users)
            .expect("reading a blueprint makes sure that one account holds the users")
    }

    /// The accounts that something is in which lists `accounts`, such as a role: those listed,
    /// or all that hold roles.
    pub fn accounts_of<'b>(
        &'b self,
        listed: &'b [At<AccountName>],
    ) -> impl Iterator<Item = &'b AccountSpec> {
        let only = self.accounts.len() == 1;
        self.accounts.iter().filter(move |account| {
            if listed.is_empty() {
                only || account.holds == Holds::Roles
            } else {
                let mut listed = listed.iter();
                listed.any(|name| Some(&name.value) == account.name.as_ref())
            }
        })
    }
}

#[cfg(test)]
mod tests;
