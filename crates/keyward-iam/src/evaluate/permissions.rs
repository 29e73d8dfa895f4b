//! What a caller brings along: the policies of its identity and those that limit it.

use crate::language::Policy;

/// A policy with the name that reports use for it.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedPolicy {
    /// The name, or the ARN of a managed policy.
    pub name: String,
    /// The document.
    pub policy: Policy,
}

/// All policies on the caller's side.
#[derive(Debug, Clone, Copy)]
pub struct Permissions<'a> {
    /// Attached and inline policies of the user, its groups, or the role.
    pub identity: &'a [NamedPolicy],
    /// The permissions boundary, if the user or role has one.
    pub boundary: Option<&'a Policy>,
    /// The policies given when the session was made. They grant together; empty means that none
    /// was given.
    pub session: &'a [Policy],
}
