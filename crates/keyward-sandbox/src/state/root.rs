//! The root user of an account. Policies do not bind it, and it has no name.

use std::fmt;

use keyward_core::Timestamp;
use keyward_core::id::{AccountId, UserName};

use super::AccessKey;

/// The credentials of an account's root user.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html>
#[derive(Debug, Clone)]
pub struct Root {
    /// The time at which the account was opened.
    pub created: Timestamp,
    /// The time of the root user's last sign-in to the console, if any.
    pub password_last_used: Option<Timestamp>,
    /// At most two access keys. There should be none.
    pub keys: Vec<AccessKey>,
    /// A hardware MFA device, which no list of virtual devices shows.
    pub hardware_mfa: HardwareMfa,
}

/// Whether the root user has a hardware MFA device.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HardwareMfa {
    /// It has one.
    Present,
    /// It has none.
    Absent,
}

impl Root {
    /// A root user as it should be: no keys, and a hardware device.
    #[must_use]
    pub fn guarded(created: Timestamp) -> Self {
        Self {
            created,
            password_last_used: None,
            keys: Vec::new(),
            hardware_mfa: HardwareMfa::Present,
        }
    }

    /// `arn:aws:iam::ACCOUNT:root`.
    #[must_use]
    pub fn arn(account: &AccountId) -> String {
        format!("arn:aws:iam::{account}:root")
    }
}

/// The owner of a key or a device.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The account's root user.
    Root,
    /// An IAM user.
    User(UserName),
}

impl Owner {
    /// The user, where it is one.
    #[must_use]
    pub fn user(&self) -> Option<&UserName> {
        match self {
            Self::Root => None,
            Self::User(name) => Some(name),
        }
    }
}

/// As the credential report writes it: the user's name, or `<root_account>`.
impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => f.write_str("<root_account>"),
            Self::User(name) => name.fmt(f),
        }
    }
}
