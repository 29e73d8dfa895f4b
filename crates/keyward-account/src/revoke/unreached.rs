//! The credentials that a revocation does not reach. A person must check them.

use std::collections::BTreeSet;
use std::fmt;

use keyward_core::id::{AccountId, RoleName};
use keyward_iam::model::{Account, Gathered, User};
use keyward_iam::{Action, Effect, Selection, Truth};

use super::Whom;
use super::calls::roles_once_in_reach;

/// Something that may still be in foreign hands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreached {
    /// Sessions of roles that bear another name than the user's.
    OtherNames(BTreeSet<RoleName>),
    /// Roles that AWS owns, which IAM does not allow users to change.
    AwsOwned(BTreeSet<RoleName>),
    /// Roles of other accounts that the user's policies name, as they name them.
    OtherAccounts(Vec<String>),
    /// Credentials that IAM keeps beside access keys and the password.
    OtherCredentials,
}

/// Everything that a revocation of the user in these accounts does not reach.
#[must_use]
pub fn unreached(whom: Whom<'_>) -> Vec<Unreached> {
    let Whom { user, home, others } = whom;
    let (mut named, mut owned) = (BTreeSet::new(), BTreeSet::new());
    for (_, role) in roles_once_in_reach(whom) {
        let names = if role.is_aws_owned() {
            &mut owned
        } else {
            &mut named
        };
        names.insert(role.name.clone());
    }
    let mut found = Vec::new();
    if !named.is_empty() {
        found.push(Unreached::OtherNames(named));
    }
    if !owned.is_empty() {
        found.push(Unreached::AwsOwned(owned));
    }
    let mut elsewhere = roles_elsewhere(home, user);
    elsewhere.retain(|resource| {
        let mut known = others.iter();
        !known.any(|known| is_within(resource, &known.id))
    });
    if !elsewhere.is_empty() {
        found.push(Unreached::OtherAccounts(elsewhere));
    }
    found.push(Unreached::OtherCredentials);
    found
}

/// The resources outside the account on which the user's policies allow `sts:AssumeRole`. It
/// ignores trust policies and conditions, so it reports too much rather than too little.
fn roles_elsewhere(account: &Account, user: &User) -> Vec<String> {
    let assume: Action = "sts:AssumeRole".parse().expect("this is an action");
    let gathered = Gathered::of_user(account, user);
    let permissions = gathered.permissions();
    let statements = permissions
        .identity
        .iter()
        .flat_map(|granted| granted.policy.statements());
    let mut found: Vec<String> = statements
        .filter(|statement| statement.effect() == Effect::Allow)
        .filter(|statement| statement.covers(&assume) != Truth::No)
        .flat_map(|statement| match statement.resources() {
            Some(Selection::Only(listed)) => listed.iter().map(|r| r.as_str()).collect(),
            _ => vec!["*"],
        })
        .filter(|resource| !is_within(resource, &account.id))
        .map(str::to_owned)
        .collect();
    found.sort_unstable();
    found.dedup();
    found
}

fn is_within(resource: &str, account: &AccountId) -> bool {
    resource.split(':').nth(4) == Some(account.as_str())
}

impl fmt::Display for Unreached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherNames(roles) => write!(
                f,
                "sessions of {} under another session name: they end within 12 hours, or by `Revoke sessions` of the role in the IAM console, which also ends the sessions of colleagues",
                listed(roles)
            ),
            Self::AwsOwned(roles) => {
                write!(f, "sessions of {}: AWS owns them", listed(roles))
            }
            Self::OtherAccounts(resources) => {
                let named = resources.iter().take(NAMED);
                let named: Vec<String> = named.map(|it| format!("`{it}`")).collect();
                let named = named.join(", ");
                let more = match resources.len().saturating_sub(NAMED) {
                    0 => String::new(),
                    more => format!(" and {more} more"),
                };
                write!(
                    f,
                    "sessions of roles in other accounts (the policies allow {named}{more})"
                )
            }
            Self::OtherCredentials => f.write_str(
                "SSH keys, signing certificates and service-specific credentials of the user",
            ),
        }
    }
}

/// The number of roles of other accounts that are named.
const NAMED: usize = 3;

/// Roles in words.
fn listed(roles: &BTreeSet<RoleName>) -> String {
    let names: Vec<String> = roles.iter().map(|role| format!("`{role}`")).collect();
    match names.as_slice() {
        [one] => format!("role {one}"),
        names => format!("roles {}", names.join(", ")),
    }
}
