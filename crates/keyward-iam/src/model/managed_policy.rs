//! Managed policies with their versions.

use keyward_core::Timestamp;
use keyward_core::id::{EntityPath, PolicyArn, PolicyName, PolicyVersionId};

use super::{Document, Tags};

/// A managed policy: the account's own, or one that AWS manages.
#[derive(Debug, Clone, PartialEq)]
pub struct ManagedPolicy {
    /// Its ARN.
    pub arn: PolicyArn,
    /// The name, without the path.
    pub name: PolicyName,
    /// `/`, or `/division/`.
    pub path: EntityPath,
    /// The document of the default version.
    pub document: Document,
    /// The versions that exist, at most five.
    pub versions: Vec<PolicyVersion>,
    /// Its tags; a policy that AWS manages has none.
    pub tags: Tags,
}

/// A version of a managed policy, without its document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PolicyVersion {
    /// `v1`, `v2`, …
    pub id: PolicyVersionId,
    /// Whether it is the version in force.
    pub is_default: bool,
    /// The time of its creation.
    pub created: Option<Timestamp>,
}
