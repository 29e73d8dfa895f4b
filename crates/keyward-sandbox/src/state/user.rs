//! Users, groups, their keys and their permissions as stored.

use std::collections::{BTreeMap, BTreeSet};

use keyward_core::Timestamp;
use keyward_core::id::{AccessKeyId, AccountId, UserName};
use keyward_core::secret::{ConsolePassword, SecretAccessKey};

use super::{InlinePolicy, KeyStatus, ServiceCredential, SigningCertificate, SshKey, ids};

/// The policies of a user, group or role.
#[derive(Debug, Clone, Default)]
pub struct Grants {
    /// Policies embedded in the entity.
    pub inline: Vec<InlinePolicy>,
    /// ARNs of managed policies attached to it.
    pub attached: Vec<String>,
}

/// An IAM user.
#[derive(Debug, Clone)]
pub struct User {
    /// The name, without the path.
    pub name: UserName,
    /// `/`, or `/division/`.
    pub path: String,
    /// The unique id, `AIDA…`.
    pub id: String,
    /// The time of its creation.
    pub created: Timestamp,
    /// The console password, if the user may sign in.
    pub login: Option<LoginProfile>,
    /// The time of the password's last use, if any.
    pub password_last_used: Option<Timestamp>,
    /// At most two access keys.
    pub keys: Vec<AccessKey>,
    /// At most five SSH public keys.
    pub ssh_keys: Vec<SshKey>,
    /// At most two signing certificates.
    pub certificates: Vec<SigningCertificate>,
    /// At most two credentials for each service.
    pub service_credentials: Vec<ServiceCredential>,
    /// Names of the groups it is in.
    pub groups: BTreeSet<String>,
    /// Its own policies.
    pub grants: Grants,
    /// The ARN of the permissions boundary.
    pub boundary: Option<String>,
    /// Tags, which conditions see as `aws:PrincipalTag/…`.
    pub tags: BTreeMap<String, String>,
}

impl User {
    /// A user with nothing but a name, whose unique id is derived from account and name so that the
    /// same file results in the same ids.
    #[must_use]
    pub fn new(account: &AccountId, name: UserName, created: Timestamp) -> Self {
        let id = ids::derived("AIDA", account, &format!("user/{name}"));
        Self {
            name,
            path: "/".to_owned(),
            id,
            created,
            login: None,
            password_last_used: None,
            keys: Vec::new(),
            ssh_keys: Vec::new(),
            certificates: Vec::new(),
            service_credentials: Vec::new(),
            groups: BTreeSet::new(),
            grants: Grants::default(),
            boundary: None,
            tags: BTreeMap::new(),
        }
    }

    /// `arn:aws:iam::ACCOUNT:user/PATH/NAME`.
    #[must_use]
    pub fn arn(&self, account: &AccountId) -> String {
        format!("arn:aws:iam::{account}:user{}{}", self.path, self.name)
    }
}

/// A long-lived access key.
#[derive(Debug, Clone)]
pub struct AccessKey {
    /// `AKIA…`.
    pub id: AccessKeyId,
    /// The secret half.
    pub secret: SecretAccessKey,
    /// Whether it may be used.
    pub status: KeyStatus,
    /// The time of its creation.
    pub created: Timestamp,
    /// The last call signed with it.
    pub last_used: Option<LastUsed>,
    /// A new key can be unknown for a while, as it is on AWS until it has spread.
    pub known_from: Timestamp,
}

/// The last use of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastUsed {
    /// The time.
    pub at: Timestamp,
    /// `sts` or `iam`.
    pub service: String,
    /// The region of the signature.
    pub region: String,
}

/// A console password.
#[derive(Debug, Clone)]
pub struct LoginProfile {
    /// The password.
    pub password: ConsolePassword,
    /// Earlier passwords, newest first, for the rule against reuse.
    pub earlier: Vec<ConsolePassword>,
    /// The time of the profile's creation.
    pub created: Timestamp,
    /// The time of the password's last change.
    pub changed: Timestamp,
    /// Whether the next sign-in must change it.
    pub reset: PasswordReset,
}

/// Whether a password must be changed at the next sign-in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PasswordReset {
    /// It must.
    Required,
    /// It need not.
    NotRequired,
}

/// An IAM group.
#[derive(Debug, Clone)]
pub struct Group {
    /// The name, without the path.
    pub name: String,
    /// `/`, or `/division/`.
    pub path: String,
    /// The unique id, `AGPA…`.
    pub id: String,
    /// The time of its creation.
    pub created: Timestamp,
    /// Its policies.
    pub grants: Grants,
}

impl Group {
    /// A group with nothing but a name.
    #[must_use]
    pub fn new(account: &AccountId, name: &str, created: Timestamp) -> Self {
        Self {
            name: name.to_owned(),
            path: "/".to_owned(),
            id: ids::derived("AGPA", account, &format!("group/{name}")),
            created,
            grants: Grants::default(),
        }
    }

    /// `arn:aws:iam::ACCOUNT:group/PATH/NAME`.
    #[must_use]
    pub fn arn(&self, account: &AccountId) -> String {
        format!("arn:aws:iam::{account}:group{}{}", self.path, self.name)
    }
}
