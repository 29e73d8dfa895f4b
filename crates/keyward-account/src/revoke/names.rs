//! The names of the inline policies that deny old sessions. They distinguish users of the same name
//! in different accounts, so that each can be revoked and restored separately.

use keyward_core::id::{AccountId, PolicyName, UserName};
use keyward_iam::model::User;

use crate::plan::PrincipalName;

/// The beginning of the names of inline policies that deny old sessions.
pub const REVOCATION_POLICY: &str = "keyward-revoked";

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
        let rest = name.as_str().strip_prefix(REVOCATION_POLICY)?;
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
        PrincipalName::User(_) => *name == of_user() || *name == of_note(),
        PrincipalName::Group(_) => false,
        PrincipalName::Role(_) => RevokedUser::of(name).is_some(),
    }
}

/// The policy of a user that denies its own sessions.
pub(super) fn of_user() -> PolicyName {
    named(REVOCATION_POLICY.to_owned())
}

/// The policy of a user that lists its keys, if the user cannot have tags.
pub(super) fn of_note() -> PolicyName {
    named(format!("{REVOCATION_POLICY}.keys"))
}

/// The policy of a role in the user's account.
pub(super) fn of_role(user: &User) -> PolicyName {
    named(format!("{REVOCATION_POLICY}.{}", user.name))
}

/// The policy of a role in another account than the user's, `home`.
pub(super) fn of_role_elsewhere(user: &User, home: &AccountId) -> PolicyName {
    named(format!("{REVOCATION_POLICY}.{}@{home}", user.name))
}

fn named(text: String) -> PolicyName {
    text.parse()
        .expect("a user name has at most 64 characters, and all of them are valid in a policy name")
}
