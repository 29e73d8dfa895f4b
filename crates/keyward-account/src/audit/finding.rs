//! Findings of an audit: each is one departure from one check, about one thing of the account.

use std::fmt;

use keyward_core::id::{GroupName, PolicyArn, RoleName, UserName};
use keyward_iam::StatementRef;

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It is untidy, or a second defect is needed before it does harm.
    Low,
    /// It weakens the protection, or cannot be judged.
    Medium,
    /// A stolen key or password can do what must not be possible.
    High,
}

impl Severity {
    /// All of them, worst first.
    pub const ALL: [Self; 3] = [Self::High, Self::Medium, Self::Low];

    /// The name in JSON and on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// The subject of a finding.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Subject {
    /// The account as a whole.
    Account,
    /// The root user.
    Root,
    /// A user.
    User(UserName),
    /// A group.
    Group(GroupName),
    /// A role.
    Role(RoleName),
    /// A managed policy.
    Policy(PolicyArn),
    /// A virtual MFA device, by its serial.
    Device(String),
    /// A server certificate, by its name.
    Certificate(String),
}

impl Subject {
    /// The kind in JSON.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Root => "root",
            Self::User(_) => "user",
            Self::Group(_) => "group",
            Self::Role(_) => "role",
            Self::Policy(_) => "policy",
            Self::Device(_) => "device",
            Self::Certificate(_) => "certificate",
        }
    }

    /// The name, ARN or serial; empty for the account and its root user.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Account | Self::Root => "",
            Self::User(name) => name.as_str(),
            Self::Group(name) => name.as_str(),
            Self::Role(name) => name.as_str(),
            Self::Policy(arn) => arn.as_str(),
            Self::Device(name) | Self::Certificate(name) => name,
        }
    }
}

impl fmt::Display for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account => f.write_str("the account"),
            Self::Root => f.write_str("the root user"),
            named => write!(f, "{} `{}`", named.kind(), named.name()),
        }
    }
}

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The check's id, the same in every run and every version.
    pub id: &'static str,
    /// The severity here.
    pub severity: Severity,
    /// The subject.
    pub subject: Subject,
    /// The part of the subject, such as `access key 1`, where one check may find several.
    pub part: Option<String>,
    /// The statement behind it, if there is one.
    pub statement: Option<StatementRef>,
    /// The finding in words.
    pub message: String,
    /// The fix.
    pub fix: String,
}

/// A statement in words: its policy, and its id or its number from 1.
#[must_use]
pub fn in_words(statement: &StatementRef) -> String {
    statement.to_string()
}
