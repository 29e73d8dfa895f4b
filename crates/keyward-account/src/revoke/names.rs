//! The names of the policies that deny old sessions. They distinguish users of the same name
//! in different accounts, so that each can be revoked and restored separately.

use keyward_core::id::{AccountId, EntityPath, PolicyArn, PolicyName, UserName};
use keyward_iam::model::{Account, User};

use crate::plan::PrincipalName;

/// The beginning of the names of inline policies that deny old sessions.
pub const REVOCATION_POLICY: &str = "keyward-revoked";

/// The path of the managed policies that deny old sessions.
const MANAGED_PATH: &str = "/keyward-revoked/";

/// What a policy of a revocation is called: inline, and as a managed policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Names {
    /// As an inline policy. Other holders may have one of this name.
    pub(super) inline: PolicyName,
    /// As a managed policy, which no other user shares.
    pub(super) managed: PolicyName,
}

impl Names {
    /// The ARN of the managed policy.
    pub(super) fn arn(&self, account: &Account) -> PolicyArn {
        account.policy_arn(&managed_path(), &self.managed)
    }

    /// Whether a managed policy is this one.
    pub(super) fn is_managed(&self, arn: &PolicyArn) -> bool {
        is_managed(arn) && arn.policy_name() == self.managed.as_str()
    }
}

/// The user whose sessions of a role an inline policy denies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RevokedUser {
    /// The user's name.
    pub name: UserName,
    /// The account that holds the user; `None` if that is the account of the role.
    pub account: Option<AccountId>,
}

impl RevokedUser {
    /// The user that the name of an inline policy of a role names; `None` for any other policy.
    #[must_use]
    pub fn of(name: &PolicyName) -> Option<Self> {
        Self::behind(REVOCATION_POLICY, name.as_str())
    }

    /// The user whose revocation made a managed policy; `None` for any other policy.
    #[must_use]
    pub fn of_managed(arn: &PolicyArn) -> Option<Self> {
        let name = arn.policy_name();
        let mut beginnings = [USER, KEYS, ROLE].into_iter();
        let found = beginnings.find_map(|beginning| Self::behind(beginning, name));
        found.filter(|_| is_managed(arn))
    }

    fn behind(beginning: &str, name: &str) -> Option<Self> {
        let rest = name.strip_prefix(beginning)?;
        let rest = rest.strip_prefix('.')?;
        let elsewhere = rest
            .rsplit_once('@')
            .and_then(|(name, account)| Some((name, account.parse::<AccountId>().ok()?)));
        let (name, account) = match elsewhere {
            Some((name, account)) => (name, Some(account)),
            None => (rest, None),
        };
        Some(Self {
            name: name.parse().ok()?,
            account,
        })
    }
}

/// Whether a revocation gives an inline policy of this name to this holder.
pub(super) fn is_of_revocation(holder: &PrincipalName, name: &PolicyName) -> bool {
    match holder {
        PrincipalName::User(user) => [of_user(user), of_note(user)]
            .iter()
            .any(|names| names.inline == *name),
        PrincipalName::Group(_) => false,
        PrincipalName::Role(_) => RevokedUser::of(name).is_some(),
    }
}

/// Whether a revocation attaches a managed policy of this name to this holder.
pub(super) fn is_attached_by_revocation(holder: &PrincipalName, arn: &PolicyArn) -> bool {
    match holder {
        PrincipalName::User(user) => [of_user(user), of_note(user)]
            .iter()
            .any(|names| names.is_managed(arn)),
        PrincipalName::Group(_) => false,
        PrincipalName::Role(_) => is_of_roles(arn),
    }
}

/// Whether a managed policy denies the sessions of roles.
pub(super) fn is_of_roles(arn: &PolicyArn) -> bool {
    is_managed(arn) && RevokedUser::behind(ROLE, arn.policy_name()).is_some()
}

const USER: &str = "keyward-revoked-user";
const KEYS: &str = "keyward-revoked-keys";
const ROLE: &str = "keyward-revoked-role";

/// The policy of a user that denies its own sessions.
pub(super) fn of_user(user: &UserName) -> Names {
    Names {
        inline: named(REVOCATION_POLICY.to_owned()),
        managed: named(format!("{USER}.{user}")),
    }
}

/// The policy of a user that lists its keys, if the user cannot have tags.
pub(super) fn of_note(user: &UserName) -> Names {
    Names {
        inline: named(format!("{REVOCATION_POLICY}.keys")),
        managed: named(format!("{KEYS}.{user}")),
    }
}

/// The policy of a role in the user's account.
pub(super) fn of_role(user: &User) -> Names {
    Names {
        inline: named(format!("{REVOCATION_POLICY}.{}", user.name)),
        managed: named(format!("{ROLE}.{}", user.name)),
    }
}

/// The policy of a role in another account than the user's, `home`.
pub(super) fn of_role_elsewhere(user: &User, home: &AccountId) -> Names {
    Names {
        inline: named(format!("{REVOCATION_POLICY}.{}@{home}", user.name)),
        managed: named(format!("{ROLE}.{}@{home}", user.name)),
    }
}

/// The path of every managed policy of a revocation.
pub(super) fn managed_path() -> EntityPath {
    MANAGED_PATH
        .parse()
        .expect("letters and a hyphen between slashes make a path")
}

fn is_managed(arn: &PolicyArn) -> bool {
    arn.as_str().contains(&format!(":policy{MANAGED_PATH}"))
}

fn named(text: String) -> PolicyName {
    text.parse()
        .expect("a user name has at most 64 characters, and all of them are valid in a policy name")
}
