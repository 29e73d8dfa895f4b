//! The names of the policies that deny old sessions. They distinguish users of the same name
//! in different accounts, so that each can be revoked and restored separately.

use std::collections::BTreeSet;

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
    /// The kind of managed policy.
    beginning: &'static str,
    /// The user, with its account if that is another one.
    rest: String,
}

impl Names {
    /// The name of a managed policy that an account does not have. No other user shares it. Another policy
    /// can have the usual name, or one that differs by its path or by capital letters only; then a number
    /// follows the beginning.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names>
    pub(super) fn free(&self, account: &Account) -> (PolicyArn, PolicyName) {
        let own = account.policies.values();
        let own = own.filter(|policy| !policy.arn.is_aws_managed());
        let taken: BTreeSet<String> = own
            .map(|policy| policy.name.as_str().to_ascii_lowercase())
            .collect();
        let Self {
            beginning, rest, ..
        } = self;
        let mut name = format!("{beginning}.{rest}");
        let mut number = 2_usize;
        while taken.contains(&name.to_ascii_lowercase()) {
            name = format!("{beginning}-{number}.{rest}");
            number += 1;
        }
        let name = named(name);
        (account.policy_arn(&managed_path(), &name), name)
    }

    /// Whether a managed policy is this one, with or without a number.
    pub(super) fn is_managed(&self, arn: &PolicyArn) -> bool {
        is_managed(arn) && behind(self.beginning, arn.policy_name()) == Some(&self.rest)
    }
}

/// The part of the name of a managed policy that follows its beginning and its number, if it has one.
fn behind<'n>(beginning: &str, name: &'n str) -> Option<&'n str> {
    let rest = name.strip_prefix(beginning)?;
    let (number, rest) = rest.split_once('.')?;
    let digits = |number: &str| number.bytes().all(|byte| byte.is_ascii_digit());
    let numbered = |number: &str| number.strip_prefix('-').is_some_and(digits);
    (number.is_empty() || numbered(number)).then_some(rest)
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
        let rest = name.as_str().strip_prefix(REVOCATION_POLICY)?;
        Self::named(rest.strip_prefix('.')?)
    }

    /// The user whose revocation made a managed policy; `None` for any other policy.
    #[must_use]
    pub fn of_managed(arn: &PolicyArn) -> Option<Self> {
        let name = arn.policy_name();
        let mut beginnings = [USER, KEYS, ROLE].into_iter();
        let rest = beginnings.find_map(|beginning| behind(beginning, name))?;
        Self::named(rest).filter(|_| is_managed(arn))
    }

    fn named(rest: &str) -> Option<Self> {
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
    is_managed(arn) && behind(ROLE, arn.policy_name()).is_some()
}

const USER: &str = "keyward-revoked-user";
const KEYS: &str = "keyward-revoked-keys";
const ROLE: &str = "keyward-revoked-role";

/// The policy of a user that denies its own sessions.
pub(super) fn of_user(user: &UserName) -> Names {
    Names {
        inline: named(REVOCATION_POLICY.to_owned()),
        beginning: USER,
        rest: format!("{user}"),
    }
}

/// The policy of a user that lists its keys, if the user cannot have tags.
pub(super) fn of_note(user: &UserName) -> Names {
    Names {
        inline: named(format!("{REVOCATION_POLICY}.keys")),
        beginning: KEYS,
        rest: format!("{user}"),
    }
}

/// The policy of a role in the user's account.
pub(super) fn of_role(user: &User) -> Names {
    Names {
        inline: named(format!("{REVOCATION_POLICY}.{}", user.name)),
        beginning: ROLE,
        rest: format!("{}", user.name),
    }
}

/// The policy of a role in another account than the user's, `home`.
pub(super) fn of_role_elsewhere(user: &User, home: &AccountId) -> Names {
    Names {
        inline: named(format!("{REVOCATION_POLICY}.{}@{home}", user.name)),
        beginning: ROLE,
        rest: format!("{}@{home}", user.name),
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
