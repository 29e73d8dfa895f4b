//! The policies of a caller: those of its identity and those that limit it.

use std::borrow::Cow;

use super::decision::PolicySource;
use crate::language::{Effect, Policy};

/// A policy that grants, and where it comes from.
#[derive(Debug, Clone, PartialEq)]
pub struct GrantedPolicy<'a> {
    /// Its origin, for reports.
    pub source: PolicySource,
    /// The document, borrowed where the account holds it.
    pub policy: Cow<'a, Policy>,
}

impl<'a> GrantedPolicy<'a> {
    /// A policy borrowed from the caller.
    #[must_use]
    pub fn new(source: PolicySource, policy: &'a Policy) -> Self {
        Self {
            source,
            policy: Cow::Borrowed(policy),
        }
    }

    /// A policy with only a known name.
    #[must_use]
    pub fn named(name: &str, policy: Policy) -> Self {
        Self {
            source: PolicySource::Named(name.to_owned()),
            policy: Cow::Owned(policy),
        }
    }
}

/// All policies on the caller's side. Without any, nothing is allowed.
#[derive(Debug, Clone, Copy, Default)]
pub struct Permissions<'a> {
    /// Attached and inline policies of the user, its groups, or the role.
    pub identity: &'a [GrantedPolicy<'a>],
    /// The permissions boundary, if the user or role has one.
    pub boundary: Option<&'a Policy>,
    /// The policies passed when the session was made. They grant together; empty means none.
    pub session: &'a [Policy],
    /// The service control policies of the organization, from its root down to the account, if
    /// they apply: each level must allow. They do not apply to the management account, nor to
    /// service-linked roles.
    ///
    /// Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html>
    pub service_control: Option<&'a [ControlLevel]>,
}

/// The service control policies attached to one level of an organization: its root, an
/// organizational unit, or the account.
#[derive(Debug, Clone, PartialEq)]
pub struct ControlLevel {
    /// The root, unit or account, for reports.
    pub name: String,
    /// The policies attached there. One of them must allow.
    pub policies: Vec<ControlPolicy>,
}

/// A service control policy.
#[derive(Debug, Clone, PartialEq)]
pub struct ControlPolicy {
    /// Its name, for reports.
    pub name: String,
    /// The document.
    pub policy: Policy,
}

impl ControlLevel {
    /// Whether a statement of the level allows anything. At a level without one, every action of
    /// the account is denied.
    ///
    /// Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html>
    #[must_use]
    pub fn allows_anything(&self) -> bool {
        let policies = self.policies.iter();
        let mut statements = policies.flat_map(|attached| attached.policy.statements());
        statements.any(|statement| statement.effect() == Effect::Allow)
    }
}
