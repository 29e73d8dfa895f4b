//! The accounts of a blueprint: one, or users in one and roles in the others.

use std::fmt;
use std::str::FromStr;

use keyward_core::id::{AccountAlias, AccountId, ProfileName};

use super::{At, Origin, Position};

/// The name that a blueprint gives to one of several accounts.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AccountName(String);

/// A text that names no account.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a name for an account (1 to 64 letters, digits, `-` or `_`)")]
pub struct InvalidAccountName(String);

impl AccountName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for AccountName {
    type Err = InvalidAccountName;

    fn from_str(text: &str) -> Result<Self, InvalidAccountName> {
        let fits = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
        if (1..=64).contains(&text.len()) && text.bytes().all(fits) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidAccountName(text.chars().take(40).collect()))
        }
    }
}

impl fmt::Display for AccountName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Whether an account holds the users and groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// Users, groups, and the roles that name it.
    Users,
    /// Roles only.
    Roles,
}

/// One account.
#[derive(Debug, Clone, PartialEq)]
pub struct AccountSpec {
    /// `None` for the only account of a blueprint.
    pub name: Option<AccountName>,
    /// Its twelve digits.
    pub id: At<AccountId>,
    /// `aws`, `aws-cn`, …
    pub partition: String,
    /// The place that says so; `None` if no place does, and it is `aws`.
    pub partition_at: Option<Position>,
    /// The alias it should have; `None` leaves it alone.
    pub alias: Option<At<AccountAlias>>,
    /// The profile by which keyward reaches it.
    pub profile: Option<ProfileName>,
    /// The kind of content.
    pub holds: Holds,
    /// The owner of its alias and password policy.
    pub settings: Origin,
}
