//! A policy document, read once and compiled. What it holds is what AWS would have accepted as
//! far as the document alone shows; quotas and the existence of names are not judged here.

use super::statement::Statement;
use super::version::Version;

/// What a policy is for, which decides about `Principal` and `Resource`.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKind {
    /// Attached to a user, group or role, or used as a boundary: resources, no principals.
    Identity,
    /// Given when a session is made. Like an identity's, with whole ARNs only.
    Session,
    /// A service control policy of an organization: resources, no principals.
    ServiceControl,
    /// The trust policy of a role: principals, no resources, actions of STS.
    Trust,
}

/// Whether AWS has a document already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// It is to be sent: what AWS refuses is a problem.
    New,
    /// AWS stores it: what means nothing is kept, and matches nothing.
    Stored,
}

/// How a document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Its kind; `None` where the rules of no kind apply.
    pub(crate) kind: Option<PolicyKind>,
    pub(crate) form: Form,
}

/// A policy document.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    pub(crate) version: Option<Version>,
    pub(crate) id: Option<String>,
    pub(crate) statements: Vec<Statement>,
}

impl Policy {
    /// The statements, in their order.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// The document's own id, if it has one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The version whose rules hold.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version.unwrap_or(Version::V2008)
    }
}
