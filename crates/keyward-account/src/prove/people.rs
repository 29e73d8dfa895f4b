//! The users and roles of all accounts that a proof looks at, each with the policies that hold
//! for it.

use keyward_core::id::{PrincipalArn, RoleArn, UserName};
use keyward_iam::Context;
use keyward_iam::model::{Account, Gathered, Role, User};

use super::ProvenAccount;
use super::scenario::{RoleTags, role_contexts};

/// A user with its policies.
pub(super) struct Person<'a> {
    pub(super) account: &'a Account,
    pub(super) key: UserKey,
    pub(super) user: &'a User,
    pub(super) arn: PrincipalArn,
    pub(super) gathered: Gathered<'a>,
}

/// A role with its policies.
pub(super) struct Position<'a> {
    pub(super) account: &'a Account,
    pub(super) role: &'a Role,
    pub(super) arn: RoleArn,
    pub(super) gathered: Gathered<'a>,
    /// The condition keys of every request of its sessions.
    pub(super) contexts: [Context; 2],
}

/// A user, with its account's name if there are several accounts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserKey {
    /// The account's name in the blueprint.
    pub account: Option<String>,
    /// The user.
    pub name: UserName,
}

impl UserKey {
    /// A role by its name, or by its ARN if there are several accounts.
    pub(super) fn role_name(&self, role: &RoleArn) -> String {
        match self.account {
            Some(_) => role.to_string(),
            None => role.role_name().to_owned(),
        }
    }
}

impl std::fmt::Display for UserKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match &self.account {
            Some(account) => write!(f, "{account}/{}", self.name),
            None => write!(f, "{}", self.name),
        }
    }
}

/// All users, in the order of the accounts.
pub(super) fn people<'a>(accounts: &[ProvenAccount<'a>]) -> Vec<Person<'a>> {
    let users = accounts.iter().flat_map(|proven| {
        let users = proven.account.users.values();
        users.map(move |user| (proven, user))
    });
    users
        .filter_map(|(proven, user)| {
            let account = proven.account;
            Some(Person {
                account,
                key: UserKey {
                    account: proven.name.clone(),
                    name: user.name.clone(),
                },
                user,
                arn: account.user_arn(user).parse().ok()?,
                gathered: Gathered::of_user(account, user),
            })
        })
        .collect()
}

/// All roles, in the order of the accounts.
pub(super) fn positions<'a>(accounts: &[ProvenAccount<'a>]) -> Vec<Position<'a>> {
    let roles = accounts.iter().flat_map(|proven| {
        let tags = RoleTags::of(proven.account);
        let roles = proven.account.roles.values();
        roles.map(move |role| (proven.account, role, tags))
    });
    roles
        .map(|(account, role, tags)| Position {
            account,
            role,
            arn: account.role_arn(role),
            gathered: Gathered::of_role(account, role),
            contexts: role_contexts(account, role, tags),
        })
        .collect()
}
