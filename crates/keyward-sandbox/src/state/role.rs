//! Roles.

use std::collections::BTreeMap;
use std::time::Duration;

use keyward_core::Timestamp;
use keyward_core::id::{AccountId, RoleArn};
use keyward_iam::Policy;

use super::{Grants, LastUsed, ids};

/// An IAM role.
#[derive(Debug, Clone)]
pub struct Role {
    /// The name, without the path.
    pub name: String,
    /// `/`, or `/division/`.
    pub path: String,
    /// The unique id, `AROA…`.
    pub id: String,
    /// The time of its creation.
    pub created: Timestamp,
    /// A text for people.
    pub description: Option<String>,
    /// The trust policy: its callers and their conditions.
    pub trust: Policy,
    /// Its rights.
    pub grants: Grants,
    /// The ARN of the permissions boundary.
    pub boundary: Option<String>,
    /// The longest session of the role; one to twelve hours.
    pub max_session: Duration,
    /// Tags, which conditions see as `aws:PrincipalTag/…`.
    pub tags: BTreeMap<String, String>,
    /// The last call that a session of it signed.
    pub last_used: Option<LastUsed>,
}

impl Role {
    /// A role that may do nothing yet, with sessions of one hour.
    #[must_use]
    pub fn new(account: &AccountId, name: &str, trust: Policy, created: Timestamp) -> Self {
        Self {
            name: name.to_owned(),
            path: "/".to_owned(),
            id: ids::derived("AROA", account, &format!("role/{name}")),
            created,
            description: None,
            trust,
            grants: Grants::default(),
            boundary: None,
            max_session: Duration::from_secs(3600),
            tags: BTreeMap::new(),
            last_used: None,
        }
    }

    /// `arn:aws:iam::ACCOUNT:role/PATH/NAME`.
    #[must_use]
    pub fn arn(&self, account: &AccountId) -> RoleArn {
        format!("arn:aws:iam::{account}:role{}{}", self.path, self.name)
            .parse()
            .expect("an account id and a role name without blanks make a role ARN")
    }
}
