//! Users, without their secrets.

use std::collections::BTreeSet;

use keyward_core::Timestamp;
use keyward_core::id::{EntityPath, GroupName, UserName};

use super::{Grants, Tags};

/// An IAM user.
#[derive(Debug, Clone, PartialEq)]
pub struct User {
    /// The name, without the path.
    pub name: UserName,
    /// `/`, or `/division/`.
    pub path: EntityPath,
    /// The unique id, `AIDA…`, once it exists.
    pub id: Option<String>,
    /// The time of its creation, once it exists.
    pub created: Option<Timestamp>,
    /// Names of the groups it is in.
    pub groups: BTreeSet<GroupName>,
    /// Its own policies.
    pub grants: Grants,
    /// Tags, which conditions see as `aws:PrincipalTag/…`.
    pub tags: Tags,
}

impl User {
    /// A user with nothing but a name.
    #[must_use]
    pub fn new(name: UserName) -> Self {
        Self {
            name,
            path: EntityPath::root(),
            id: None,
            created: None,
            groups: BTreeSet::new(),
            grants: Grants::default(),
            tags: Tags::new(),
        }
    }
}
