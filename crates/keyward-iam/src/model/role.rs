//! Roles.

use std::time::Duration;

use keyward_core::Timestamp;
use keyward_core::id::{EntityPath, RoleName};

use super::{Document, Grants, Tags};

/// An IAM role.
#[derive(Debug, Clone, PartialEq)]
pub struct Role {
    /// The name, without the path.
    pub name: RoleName,
    /// `/`, or `/division/`.
    pub path: EntityPath,
    /// The unique id, `AROA…`, once it exists.
    pub id: Option<String>,
    /// The time of its creation, once it exists.
    pub created: Option<Timestamp>,
    /// A text for people.
    pub description: Option<String>,
    /// The trust policy: its callers and their conditions.
    pub trust: Document,
    /// Its rights.
    pub grants: Grants,
    /// The longest session of the role, one to twelve hours. `None` if it is not known: the
    /// authorization details do not say it.
    pub max_session: Option<Duration>,
    /// Tags, which conditions see as `aws:PrincipalTag/…`.
    pub tags: Tags,
    /// The time of its last use, if AWS reports it.
    pub last_used: Option<Timestamp>,
    /// The instance profiles that hold it, by name.
    pub instance_profiles: Vec<String>,
}

impl Role {
    /// A role that may do nothing yet.
    #[must_use]
    pub fn new(name: RoleName, trust: Document) -> Self {
        Self {
            name,
            path: EntityPath::root(),
            id: None,
            created: None,
            description: None,
            trust,
            grants: Grants::default(),
            max_session: None,
            tags: Tags::new(),
            last_used: None,
            instance_profiles: Vec::new(),
        }
    }

    /// Whether AWS owns the role: no principal of the account can change the permissions of a role
    /// below the path `/aws-service-role/`, or one below `/aws-reserved/`, such as those of IAM
    /// Identity Center.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html>
    #[must_use]
    pub fn is_aws_owned(&self) -> bool {
        self.is_service_linked() || self.path.as_str().starts_with("/aws-reserved/")
    }

    /// Whether the role is linked to a service of AWS, which made it.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html>
    #[must_use]
    pub fn is_service_linked(&self) -> bool {
        self.path.as_str().starts_with("/aws-service-role/")
    }
}
