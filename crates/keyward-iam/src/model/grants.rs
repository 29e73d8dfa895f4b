//! The grants of a user, group or role: embedded and attached policies, a boundary, tags.

use std::collections::{BTreeMap, BTreeSet};

use keyward_core::id::{PolicyArn, PolicyName};

use super::Document;

/// Tags by key. Keys of one user or role differ without regard to case.
pub type Tags = BTreeMap<String, String>;

/// The policies of a user, group or role.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Grants {
    /// Policies embedded in the entity.
    pub inline: BTreeMap<PolicyName, Document>,
    /// Managed policies attached to it.
    pub attached: BTreeSet<PolicyArn>,
    /// The permissions boundary; groups have none.
    pub boundary: Option<PolicyArn>,
}
