//! Findings of a proof: a broken promise, or something that people should know.

use std::fmt;

use keyward_iam::{Holder, PolicySource, StatementRef};

/// The end of a sentence about something that may be allowed and cannot be decided.
pub(crate) const DOUBT: &str = ", if a condition holds that depends on the request";

/// The severity of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It does not work as meant, or is untidy.
    Low,
    /// It weakens the protection, or cannot be judged.
    Medium,
    /// A stolen key, or a person alone, can do what must not be possible.
    High,
}

impl Severity {
    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
        }
    }
}

/// The promises of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Promise {
    /// Without MFA a user can enrol a device, change its own password, and nothing else.
    OnlyEnrolmentWithoutMfa,
    /// No role is assumed without MFA.
    NoRoleWithoutMfa,
    /// No user can remove the policies that guard it.
    NoLiftingOfOwnGuard,
    /// Administrators have no such rights until they assume a role for it, and have a lesser role.
    AdministratorsReadByDefault,
}

impl Promise {
    /// All of them.
    pub const ALL: [Self; 4] = [
        Self::OnlyEnrolmentWithoutMfa,
        Self::NoRoleWithoutMfa,
        Self::NoLiftingOfOwnGuard,
        Self::AdministratorsReadByDefault,
    ];

    /// The promise in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::OnlyEnrolmentWithoutMfa => "without MFA, users only enrol a device",
            Self::NoRoleWithoutMfa => "no role is assumed without MFA",
            Self::NoLiftingOfOwnGuard => "no user can lift their own guard",
            Self::AdministratorsReadByDefault => "administrators read by default",
        }
    }

    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::OnlyEnrolmentWithoutMfa => "only-enrolment-without-mfa",
            Self::NoRoleWithoutMfa => "no-role-without-mfa",
            Self::NoLiftingOfOwnGuard => "no-lifting-of-own-guard",
            Self::AdministratorsReadByDefault => "administrators-read-by-default",
        }
    }
}

/// The kind of entity that a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubjectKind {
    /// A user.
    User,
    /// A group.
    Group,
    /// A role.
    Role,
    /// A managed policy.
    Policy,
}

impl SubjectKind {
    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
            Self::Policy => "policy",
        }
    }
}

impl From<&Holder> for SubjectKind {
    fn from(holder: &Holder) -> Self {
        match holder {
            Holder::User(_) => Self::User,
            Holder::Group(_) => Self::Group,
            Holder::Role(_) => Self::Role,
        }
    }
}

/// Something found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The id, the same in every run: `without-mfa/iam:DeactivateMFADevice`.
    pub id: String,
    /// The severity.
    pub severity: Severity,
    /// The kind of the subject.
    pub kind: SubjectKind,
    /// The user, group, role or policy, by its name; `ACCOUNT/NAME` if there are several
    /// accounts.
    pub subject: String,
    /// The statement behind it, if there is one.
    pub statement: Option<StatementRef>,
    /// The reason in words.
    pub message: String,
    /// Whether nothing that depends on the request can prevent it. Otherwise the message says so.
    pub certain: bool,
    /// The promise that it breaks, if it breaks one.
    pub breaks: Option<Promise>,
    /// Edited lines of the blueprint with which the finding goes away.
    pub fix: Option<String>,
}

/// The end of the id of a finding about outsiders who need a device, which may be their own.
pub(super) const WITH_OWN_DEVICE: &str = "-with-own-device";

impl Finding {
    /// Whether two findings have the same id and the same entity.
    #[must_use]
    pub fn is_of_same_kind(&self, other: &Self) -> bool {
        (&self.id, self.kind, &self.subject) == (&other.id, other.kind, &other.subject)
    }

    /// Whether an earlier finding of the same id and entity is at least as severe and as certain. A role
    /// that was open without any MFA is no worse once outsiders need their own device.
    #[must_use]
    pub fn is_no_worse_than(&self, earlier: &Self) -> bool {
        let eased = self.id.strip_suffix(WITH_OWN_DEVICE) == Some(&earlier.id)
            && (self.kind, &self.subject) == (earlier.kind, &earlier.subject);
        (eased || self.is_of_same_kind(earlier))
            && earlier.severity >= self.severity
            && (earlier.certain || !self.certain)
    }

    /// Returns the policy and statement behind it. A managed policy counts once for all its
    /// holders.
    pub(super) fn evidence(&self) -> String {
        match &self.statement {
            Some(at) => match &at.policy {
                PolicySource::Attached { arn, .. } => format!("{arn} {}", at.index),
                policy => format!("{policy} {}", at.index),
            },
            None => self.message.clone(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.subject, self.message)?;
        match &self.statement {
            Some(statement) => write!(f, " ({statement})"),
            None => Ok(()),
        }
    }
}
