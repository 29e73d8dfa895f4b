//! Decisions and their reasons: which statement decided, in which policy, or what is missing
//! where no statement denies.

use std::fmt;

use keyward_core::id::{GroupName, PolicyArn, PolicyName, RoleName, UserName};

use crate::language::Statement;

/// The user, group or role that a policy is put on.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Holder {
    /// A user.
    User(UserName),
    /// A group.
    Group(GroupName),
    /// A role.
    Role(RoleName),
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) => write!(f, "user `{name}`"),
            Self::Group(name) => write!(f, "group `{name}`"),
            Self::Role(name) => write!(f, "role `{name}`"),
        }
    }
}

/// The policy that a statement is in.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PolicySource {
    /// An identity's policy with only a known name.
    Named(String),
    /// A policy that its holder embeds.
    Inline {
        /// Whose it is.
        holder: Holder,
        /// Its name.
        name: PolicyName,
    },
    /// A managed policy.
    Attached {
        /// The entity that it is attached to.
        holder: Holder,
        /// Its ARN.
        arn: PolicyArn,
    },
    /// The permissions boundary.
    Boundary,
    /// A session policy.
    Session,
    /// A service control policy.
    ServiceControl {
        /// The root, unit or account that it is attached to.
        level: String,
        /// Its name.
        policy: String,
    },
    /// The trust policy of the role.
    Trust,
}

impl PolicySource {
    /// Whether the policy is one of the identity, and not one that limits it.
    #[must_use]
    pub fn is_identity(&self) -> bool {
        match self {
            Self::Named(_) | Self::Inline { .. } | Self::Attached { .. } => true,
            Self::Boundary | Self::Session | Self::ServiceControl { .. } | Self::Trust => false,
        }
    }
}

impl fmt::Display for PolicySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => write!(f, "`{name}`"),
            Self::Inline { holder, name } => write!(f, "`{name}` of {holder}"),
            Self::Attached { holder, arn } => write!(f, "`{}` of {holder}", arn.policy_name()),
            Self::Boundary => f.write_str("the permissions boundary"),
            Self::Session => f.write_str("the session policy"),
            Self::ServiceControl { level, policy } => {
                write!(f, "the service control policy `{policy}` of `{level}`")
            }
            Self::Trust => f.write_str("the trust policy"),
        }
    }
}

/// The statement that decided.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StatementRef {
    /// The policy it is in.
    pub policy: PolicySource,
    /// The statement's id, if it has one.
    pub sid: Option<String>,
    /// The statement's position in its policy, from 0.
    pub index: usize,
}

/// The reason of a denial that no statement makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ImplicitDeny {
    /// No policy of the identity allows it.
    IdentityAllow,
    /// The permissions boundary does not allow it.
    Boundary,
    /// The session policies do not allow it.
    SessionPolicy,
    /// The service control policies of some level of the organization do not allow it.
    ServiceControl,
    /// The role's trust policy does not let the caller in.
    Trust,
    /// The resource is in another account. The resource policy there must allow the request too,
    /// and is unknown.
    OtherAccount,
    /// The caller is the root user of an account, which no role lets in.
    RootMayNotAssume,
}

/// The outcome for one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// AWS answers it whatever policies say.
    NeedsNoPermission,
    /// It is allowed, by this statement among others.
    Allowed {
        /// The statement.
        by: StatementRef,
        /// The statement that may still prevent it, if the context does not say enough: one
        /// that grants under a condition that is not known, or one that may deny. `None` where
        /// the context holds all that is asked for.
        doubt: Option<StatementRef>,
    },
    /// It is denied whatever else allows it.
    ExplicitlyDenied {
        /// The statement.
        by: StatementRef,
    },
    /// Nothing denies it, and something is missing.
    ImplicitlyDenied {
        /// The missing part.
        because: ImplicitDeny,
    },
}

impl Decision {
    /// Whether the request goes through.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed { .. } | Self::NeedsNoPermission)
    }
}

/// A decision that still borrows the statement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Verdict<'a> {
    Free,
    Allowed(Grant<'a>),
    Denied(Cited<'a>),
    Missing(ImplicitDeny),
}

/// A statement that grants, and the one that casts doubt on it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Grant<'a> {
    pub(crate) by: Cited<'a>,
    pub(crate) doubt: Option<Cited<'a>>,
}

impl<'a> Grant<'a> {
    pub(crate) fn certain(by: Cited<'a>) -> Self {
        Self { by, doubt: None }
    }

    /// A grant whose own condition may not hold.
    pub(crate) fn doubtful(by: Cited<'a>) -> Self {
        Self {
            by,
            doubt: Some(by),
        }
    }

    /// The grant with a further reason for doubt, if there is one.
    pub(crate) fn doubted(self, doubt: Option<Cited<'a>>) -> Self {
        Self {
            doubt: self.doubt.or(doubt),
            ..self
        }
    }
}

/// The place of a cited statement, borrowed.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Source<'a> {
    Known(&'a PolicySource),
    Boundary,
    Session,
    ServiceControl { level: &'a str, policy: &'a str },
    Trust,
}

impl From<Source<'_>> for PolicySource {
    fn from(source: Source<'_>) -> Self {
        match source {
            Source::Known(source) => source.clone(),
            Source::Boundary => Self::Boundary,
            Source::Session => Self::Session,
            Source::ServiceControl { level, policy } => Self::ServiceControl {
                level: level.to_owned(),
                policy: policy.to_owned(),
            },
            Source::Trust => Self::Trust,
        }
    }
}

/// A statement with its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cited<'a> {
    pub(crate) source: Source<'a>,
    pub(crate) index: usize,
    pub(crate) statement: &'a Statement,
}

impl From<Cited<'_>> for StatementRef {
    fn from(cited: Cited<'_>) -> Self {
        Self {
            policy: cited.source.into(),
            sid: cited.statement.sid().map(str::to_owned),
            index: cited.index,
        }
    }
}

impl From<Verdict<'_>> for Decision {
    fn from(verdict: Verdict<'_>) -> Self {
        match verdict {
            Verdict::Free => Self::NeedsNoPermission,
            Verdict::Allowed(Grant { by, doubt }) => Self::Allowed {
                by: by.into(),
                doubt: doubt.map(Into::into),
            },
            Verdict::Denied(by) => Self::ExplicitlyDenied { by: by.into() },
            Verdict::Missing(because) => Self::ImplicitlyDenied { because },
        }
    }
}

/// Its id, or its number from 1.
impl fmt::Display for StatementRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sid.as_deref().filter(|sid| !sid.is_empty()) {
            Some(sid) => write!(f, "statement `{sid}` of {}", self.policy),
            None => write!(f, "statement {} of {}", self.index + 1, self.policy),
        }
    }
}

impl fmt::Display for ImplicitDeny {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::IdentityAllow => "no identity-based policy allows it",
            Self::Boundary => "no permissions boundary allows it",
            Self::SessionPolicy => "no session policy allows it",
            Self::ServiceControl => {
                "a level of the organization has no service control policy that allows it"
            }
            Self::Trust => "the trust policy does not allow the caller",
            Self::OtherAccount => {
                "the resource is in another account, and its policy there is not known"
            }
            Self::RootMayNotAssume => "roles may not be assumed by the root user",
        })
    }
}
