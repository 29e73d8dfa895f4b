//! The users, groups, roles and policies that a blueprint describes. References between them are
//! names here; that the names exist is checked before a blueprint is handed out.

use std::collections::BTreeMap;
use std::time::Duration;

use keyward_core::id::{EntityPath, GroupName, PolicyArn, PolicyName, RoleName};
use keyward_iam::Policy;
use keyward_iam::model::Tags;

use super::{AccountName, At, GithubSubject, Origin, Position, ServicePrincipal};
use crate::hand_out::HandOut;

/// A managed policy as an entity names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ManagedRef {
    /// A policy of this blueprint.
    Own(PolicyName),
    /// A policy that AWS manages: its path and name, such as `job-function/Billing`.
    Aws(String),
    /// A full ARN.
    Arn(PolicyArn),
}

/// The policies of a user, group or role.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct GrantSpec {
    /// Managed policies to attach.
    pub managed: Vec<At<ManagedRef>>,
    /// Policies to embed.
    pub inline: BTreeMap<PolicyName, At<Policy>>,
    /// The permissions boundary.
    pub boundary: Option<At<ManagedRef>>,
}

impl GrantSpec {
    /// Whether AWS's policy for reading everything is attached.
    #[must_use]
    pub fn reads_everything(&self) -> bool {
        self.attaches(&["ReadOnlyAccess"])
    }

    /// Whether a policy is attached whose purpose includes reading secrets.
    #[must_use]
    pub fn is_broad(&self) -> bool {
        self.attaches(&[
            "AdministratorAccess",
            "PowerUserAccess",
            "SecretsManagerReadWrite",
        ])
    }

    fn attaches(&self, names: &[&str]) -> bool {
        self.managed.iter().any(|managed| match &managed.value {
            ManagedRef::Aws(name) => names.contains(&name.as_str()),
            ManagedRef::Arn(arn) => arn.is_aws_managed() && names.contains(&arn.policy_name()),
            ManagedRef::Own(_) => false,
        })
    }
}

/// A user.
#[derive(Debug, Clone, PartialEq)]
pub struct UserSpec {
    /// The place in the blueprint that describes it.
    pub at: Position,
    /// The path.
    pub path: EntityPath,
    /// The groups.
    pub groups: Vec<At<GroupName>>,
    /// The policies.
    pub grants: GrantSpec,
    /// The initial secrets, and the keys that open them.
    pub hand_out: HandOut,
    /// The place of each recipient of `hand_out`.
    pub recipients_at: Vec<Position>,
    /// Tags beside the one that marks it.
    pub tags: Tags,
    /// Its owner.
    pub origin: Origin,
}

/// A role that a group may assume.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct AssumeTarget {
    /// The account; `None` means every account of the blueprint that has the role.
    pub account: Option<AccountName>,
    /// The role.
    pub role: RoleName,
}

/// A group.
#[derive(Debug, Clone, PartialEq)]
pub struct GroupSpec {
    /// The place in the blueprint that describes it.
    pub at: Position,
    /// The path.
    pub path: EntityPath,
    /// The roles that its members may assume, with MFA.
    pub assume: Vec<At<AssumeTarget>>,
    /// The policies.
    pub grants: GrantSpec,
    /// Its owner.
    pub origin: Origin,
}

/// Whether a role may read the values of secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Secrets {
    /// Not stated: a role whose rights come from `ReadOnlyAccess` may not.
    Default,
    /// Its policies decide.
    Readable,
    /// It may not, whatever its policies allow.
    Denied,
}

/// The source that states the callers of a role.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Callers {
    /// The role itself, by `trust`, `github` or `services`, even if their values are wrong.
    Role,
    /// The groups alone.
    Groups,
}

/// A role.
#[derive(Debug, Clone, PartialEq)]
pub struct RoleSpec {
    /// The place in the blueprint that describes it.
    pub at: Position,
    /// The path.
    pub path: EntityPath,
    /// A text for people.
    pub description: Option<String>,
    /// The policies.
    pub grants: GrantSpec,
    /// A trust policy in the owner's own words, in place of one that keyward writes.
    pub trust: Option<At<Policy>>,
    /// The greatest age of the code at the assumption of the role.
    pub mfa_max_age: Option<At<Duration>>,
    /// The longest session.
    pub max_session: Option<At<Duration>>,
    /// The accounts that have the role; empty means all that hold roles.
    pub accounts: Vec<At<AccountName>>,
    /// Workflows of GitHub Actions that may assume it.
    pub github: Vec<At<GithubSubject>>,
    /// AWS services that may assume it.
    pub services: Vec<At<ServicePrincipal>>,
    /// The source that states its callers.
    pub callers: Callers,
    /// Whether it may read secrets.
    pub secrets: Secrets,
    /// Tags beside the one that marks it.
    pub tags: Tags,
    /// Its owner.
    pub origin: Origin,
}

/// A customer-managed policy.
#[derive(Debug, Clone, PartialEq)]
pub struct PolicySpec {
    /// The place in the blueprint that describes it.
    pub at: Position,
    /// The path.
    pub path: EntityPath,
    /// The document.
    pub document: At<Policy>,
    /// The accounts that have it; empty means all if something uses it.
    pub accounts: Vec<At<AccountName>>,
    /// Tags beside the one that marks it.
    pub tags: Tags,
    /// Its owner.
    pub origin: Origin,
}
