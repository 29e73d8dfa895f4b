//! The rules for reading a document: the kind of the policy, and whether AWS has it already.

/// The purpose of a policy, which decides about `Principal` and `Resource`.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKind {
    /// Attached to a user, group or role, or used as a boundary: resources, no principals.
    Identity,
    /// Passed when a session is made. Like an identity's, with whole ARNs only.
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
    /// AWS stores it: what has no documented meaning is kept, and undecided.
    Stored,
}

/// The rules for reading a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rules {
    /// Its kind; `None` if the rules of no kind apply.
    pub(crate) kind: Option<PolicyKind>,
    pub(crate) form: Form,
}
