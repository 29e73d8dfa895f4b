//! Groups. IAM has no tags for them.

use keyward_core::Timestamp;
use keyward_core::id::{EntityPath, GroupName};

use super::Grants;

/// An IAM group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The name, without the path.
    pub name: GroupName,
    /// `/`, or `/division/`.
    pub path: EntityPath,
    /// The unique id, `AGPA…`, once it exists.
    pub id: Option<String>,
    /// The time of its creation, once it exists.
    pub created: Option<Timestamp>,
    /// Its policies.
    pub grants: Grants,
}

impl Group {
    /// A group with nothing but a name.
    #[must_use]
    pub fn new(name: GroupName) -> Self {
        Self {
            name,
            path: EntityPath::root(),
            id: None,
            created: None,
            grants: Grants::default(),
        }
    }
}
