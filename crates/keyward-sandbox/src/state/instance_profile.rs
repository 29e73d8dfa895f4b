//! Instance profiles, which hand a role to a virtual machine.

use std::collections::BTreeMap;

use keyward_core::Timestamp;
use keyward_core::id::AccountId;

/// An instance profile.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_switch-role-ec2_instance-profiles.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstanceProfile {
    /// The name, without the path.
    pub name: String,
    /// `/`, or `/division/`.
    pub path: String,
    /// The unique id, `AIPA…`.
    pub id: String,
    /// The time of its creation.
    pub created: Timestamp,
    /// The name of the one role that it may hold.
    pub role: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
}

impl InstanceProfile {
    /// `arn:aws:iam::ACCOUNT:instance-profile/PATH/NAME`.
    #[must_use]
    pub fn arn(&self, account: &AccountId) -> String {
        format!(
            "arn:aws:iam::{account}:instance-profile{}{}",
            self.path, self.name
        )
    }
}
