//! The users and roles of this account that a trust policy names by ARN. AWS refuses a trust
//! policy that names one which does not exist.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use keyward_iam::model::Account;
use keyward_iam::{Policy, Principal};

/// A user or role of this account, by ARN.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LocalPrincipal {
    arn: String,
}

impl LocalPrincipal {
    /// The ARN as the policy has it.
    pub(crate) fn arn(&self) -> &str {
        &self.arn
    }

    /// Whether the user or role exists, path included.
    pub(crate) fn exists_in(&self, account: &Account) -> bool {
        let resource = self.arn.splitn(6, ':').nth(5).unwrap_or_default();
        let name = resource.rsplit('/').next().unwrap_or_default();
        if resource.starts_with("user/") {
            let user = name.parse().ok().and_then(|name| account.users.get(&name));
            user.is_some_and(|user| account.user_arn(user) == self.arn)
        } else {
            let role = name.parse().ok().and_then(|name| account.roles.get(&name));
            role.is_some_and(|role| account.role_arn(role).as_str() == self.arn)
        }
    }
}

/// The users and roles of `account` that a trust policy names, in the order of their ARNs.
pub(crate) fn local_principals(account: &Account, trust: &Policy) -> Vec<LocalPrincipal> {
    let prefix = format!("arn:{}:iam::{}:", account.partition, account.id);
    let mut named: Vec<LocalPrincipal> = trust
        .statements()
        .iter()
        .filter_map(|statement| statement.principals())
        .flat_map(|principals| principals.listed())
        .filter_map(|principal| match principal {
            Principal::Arn(arn) => Some(arn),
            _ => None,
        })
        .filter(|arn| {
            let resource = arn.strip_prefix(&prefix);
            resource.is_some_and(|it| it.starts_with("user/") || it.starts_with("role/"))
        })
        .map(|arn| LocalPrincipal { arn: arn.clone() })
        .collect();
    named.sort();
    named.dedup();
    named
}
