//! Customer managed policies and their versions.

use std::collections::BTreeMap;

use keyward_core::Timestamp;
use keyward_core::id::{AccountId, PolicyName};
use keyward_iam::Policy;

use super::{Document, ids};

/// A customer managed policy. One of its versions is in force.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html>
#[derive(Debug, Clone)]
pub struct ManagedPolicy {
    /// The name, without the path.
    pub name: String,
    /// `/`, or `/division/`.
    pub path: String,
    /// Its ARN.
    pub arn: String,
    /// The unique id, `ANPA…`.
    pub id: String,
    /// The time of its creation.
    pub created: Timestamp,
    /// The time at which its default version was last chosen.
    pub updated: Timestamp,
    /// A text for people.
    pub description: Option<String>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    default: u32,
    newest: u32,
    versions: BTreeMap<u32, PolicyVersion>,
}

/// One version of a managed policy.
#[derive(Debug, Clone)]
pub struct PolicyVersion {
    /// Its document.
    pub document: Document,
    /// The time of its creation.
    pub created: Timestamp,
}

/// Whether a new version takes effect at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InForce {
    /// It becomes the default version.
    Now,
    /// It is only kept.
    Later,
}

impl ManagedPolicy {
    /// A policy with one version, `v1`, whose unique id is derived from its ARN.
    #[must_use]
    pub fn new(
        account: &AccountId,
        path: &str,
        name: &PolicyName,
        document: Document,
        created: Timestamp,
    ) -> Self {
        let arn = format!("arn:aws:iam::{account}:policy{path}{name}");
        let first = PolicyVersion { document, created };
        Self {
            name: name.to_string(),
            path: path.to_owned(),
            id: ids::derived("ANPA", account, &arn),
            arn,
            created,
            updated: created,
            description: None,
            tags: BTreeMap::new(),
            default: 1,
            newest: 1,
            versions: BTreeMap::from([(1, first)]),
        }
    }

    /// The policy that is in force.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        self.default_version().document.policy()
    }

    /// The version that is in force.
    #[must_use]
    pub fn default_version(&self) -> &PolicyVersion {
        self.versions
            .get(&self.default)
            .expect("the default version is never removed")
    }

    /// The number in the default version's id.
    #[must_use]
    pub fn default_number(&self) -> u32 {
        self.default
    }

    /// The versions by number, oldest first.
    pub fn versions(&self) -> impl DoubleEndedIterator<Item = (u32, &PolicyVersion)> + '_ {
        self.versions.iter().map(|(number, v)| (*number, v))
    }

    /// The version with this number.
    #[must_use]
    pub fn version(&self, number: u32) -> Option<&PolicyVersion> {
        self.versions.get(&number)
    }

    /// Adds a version. Numbers are never used twice.
    pub fn add(&mut self, version: PolicyVersion, in_force: InForce) -> u32 {
        self.newest += 1;
        if in_force == InForce::Now {
            self.default = self.newest;
            self.updated = version.created;
        }
        self.versions.insert(self.newest, version);
        self.newest
    }

    /// Makes a version the default; `false` if there is no version with this number.
    #[must_use]
    pub fn choose(&mut self, number: u32, at: Timestamp) -> bool {
        let known = self.versions.contains_key(&number);
        if known {
            self.default = number;
            self.updated = at;
        }
        known
    }

    /// Removes a version that is not in force.
    pub fn remove(&mut self, number: u32) -> Option<PolicyVersion> {
        match number == self.default {
            true => None,
            false => self.versions.remove(&number),
        }
    }

    /// Puts all versions in place of those that are there; `None` if the default version is
    /// not among them.
    pub(super) fn with_versions(
        mut self,
        versions: BTreeMap<u32, PolicyVersion>,
        default: u32,
    ) -> Option<Self> {
        if !versions.contains_key(&default) {
            return None;
        }
        self.newest = versions.keys().copied().max().unwrap_or(default);
        self.versions = versions;
        self.default = default;
        Some(self)
    }
}
