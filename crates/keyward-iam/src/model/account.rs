//! The account itself and the ARNs of what is in it.

use std::collections::BTreeMap;

use keyward_core::Timestamp;
use keyward_core::id::{
    AccountAlias, AccountId, EntityPath, GroupName, OidcIssuer, PolicyArn, PolicyName, RoleArn,
    RoleName, UserName,
};

use crate::evaluate::ControlLevel;

use super::{Group, ManagedPolicy, OidcProvider, PasswordPolicy, Role, User};

/// One account.
#[derive(Debug, Clone, PartialEq)]
pub struct Account {
    /// Twelve digits.
    pub id: AccountId,
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: String,
    /// The alias in the sign-in URL. `None` if there is none, or where it is not known.
    pub alias: Option<AccountAlias>,
    /// The account's own rules for console passwords; `None` if it has none.
    pub password_policy: Option<PasswordPolicy>,
    /// The users.
    pub users: BTreeMap<UserName, User>,
    /// The groups.
    pub groups: BTreeMap<GroupName, Group>,
    /// The roles.
    pub roles: BTreeMap<RoleName, Role>,
    /// The managed policies whose documents are known: the account's own, and AWS's.
    pub policies: BTreeMap<PolicyArn, ManagedPolicy>,
    /// The OpenID Connect providers.
    pub oidc_providers: BTreeMap<OidcIssuer, OidcProvider>,
    /// The service control policies of the organization, from its root down to the account.
    /// `None` where none apply, or where they are not known. IAM does not list them.
    pub service_control: Option<Vec<ControlLevel>>,
    /// When AWS listed it. `None` for an account of a file or a blueprint.
    pub read_at: Option<Timestamp>,
}

impl Account {
    /// An account of the partition `aws` with nothing in it.
    #[must_use]
    pub fn empty(id: AccountId) -> Self {
        Self {
            id,
            partition: "aws".to_owned(),
            alias: None,
            password_policy: None,
            users: BTreeMap::new(),
            groups: BTreeMap::new(),
            roles: BTreeMap::new(),
            policies: BTreeMap::new(),
            oidc_providers: BTreeMap::new(),
            service_control: None,
            read_at: None,
        }
    }

    /// `arn:PARTITION:iam::ACCOUNT:user/PATH/NAME`.
    #[must_use]
    pub fn user_arn(&self, user: &User) -> String {
        self.arn("user", &user.path, user.name.as_str())
    }

    /// `arn:PARTITION:iam::ACCOUNT:group/PATH/NAME`.
    #[must_use]
    pub fn group_arn(&self, group: &Group) -> String {
        self.arn("group", &group.path, group.name.as_str())
    }

    /// `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`.
    #[must_use]
    pub fn role_arn(&self, role: &Role) -> RoleArn {
        self.arn("role", &role.path, role.name.as_str())
            .parse()
            .expect("a partition, an account id, a path and a role name make a role ARN")
    }

    /// The ARN of a customer-managed policy of this account.
    #[must_use]
    pub fn policy_arn(&self, path: &EntityPath, name: &PolicyName) -> PolicyArn {
        PolicyArn::of_account(&self.partition, &self.id, path, name)
            .expect("a partition, an account id, a path and a policy name make a policy ARN")
    }

    /// `arn:PARTITION:iam::ACCOUNT:oidc-provider/ISSUER`.
    #[must_use]
    pub fn oidc_provider_arn(&self, issuer: &OidcIssuer) -> String {
        format!(
            "arn:{}:iam::{}:oidc-provider/{issuer}",
            self.partition, self.id
        )
    }

    /// The role with this ARN, path included.
    #[must_use]
    pub fn role(&self, arn: &RoleArn) -> Option<&Role> {
        let name: RoleName = arn.role_name().parse().ok()?;
        self.roles
            .get(&name)
            .filter(|role| self.role_arn(role) == *arn)
    }

    fn arn(&self, kind: &str, path: &EntityPath, name: &str) -> String {
        format!("arn:{}:iam::{}:{kind}{path}{name}", self.partition, self.id)
    }
}
