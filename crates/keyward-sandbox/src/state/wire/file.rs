//! The members of the state file, as serde sees them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

type Map<T> = BTreeMap<String, T>;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) version: u32,
    pub(super) accounts: Vec<Account>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Account {
    pub(super) id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) alias: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) password_policy: Option<PasswordPolicy>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) managed_policies: Vec<Managed>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) groups: Vec<Group>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) users: Vec<User>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) roles: Vec<Role>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) mfa_devices: Vec<Device>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) oidc_providers: Vec<OidcProvider>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) instance_profiles: Vec<InstanceProfile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) quotas: Option<Quotas>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) root: Option<Root>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Root {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) access_keys: Vec<Key>,
    #[serde(default)]
    pub(super) hardware_mfa: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) password_last_used: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PasswordPolicy {
    #[serde(default = "six")]
    pub(super) minimum_length: u32,
    #[serde(default)]
    pub(super) symbols: bool,
    #[serde(default)]
    pub(super) numbers: bool,
    #[serde(default)]
    pub(super) uppercase: bool,
    #[serde(default)]
    pub(super) lowercase: bool,
    #[serde(default)]
    pub(super) users_may_change: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) max_age_days: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) reuse_prevention: Option<u32>,
    #[serde(default)]
    pub(super) hard_expiry: bool,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Managed {
    pub(super) name: String,
    #[serde(default = "root")]
    pub(super) path: String,
    pub(super) document: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) updated: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) tags: Map<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) default_version: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) versions: Map<Version>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Version {
    pub(super) document: Value,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Quotas {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) users: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) groups: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) roles: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) policies: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) instance_profiles: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) oidc_providers: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) attached_per_user: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) attached_per_group: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) attached_per_role: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) trust_size: Option<usize>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Group {
    pub(super) name: String,
    #[serde(default = "root")]
    pub(super) path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) policies: Map<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) attached_policies: Vec<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct User {
    pub(super) name: String,
    #[serde(default = "root")]
    pub(super) path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) groups: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) password: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) earlier_passwords: Vec<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) password_reset_required: bool,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) access_keys: Vec<Key>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) password_changed: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) password_last_used: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) ssh_keys: Vec<Upload>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) signing_certificates: Vec<Upload>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) service_credentials: Vec<ServiceCredential>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) policies: Map<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) attached_policies: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) permissions_boundary: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) tags: Map<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Key {
    pub(super) id: String,
    pub(super) secret: String,
    #[serde(default = "active")]
    pub(super) status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_used: Option<LastUsed>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LastUsed {
    pub(super) at: String,
    pub(super) service: String,
    pub(super) region: String,
}

/// An SSH key or a signing certificate.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Upload {
    pub(super) id: String,
    pub(super) body: String,
    #[serde(default = "active")]
    pub(super) status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) uploaded: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ServiceCredential {
    pub(super) id: String,
    pub(super) service: String,
    pub(super) user_name: String,
    #[serde(default = "active")]
    pub(super) status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) expires: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct OidcProvider {
    pub(super) issuer: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) audiences: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) thumbprints: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) tags: Map<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct InstanceProfile {
    pub(super) name: String,
    #[serde(default = "root")]
    pub(super) path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) role: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) tags: Map<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Role {
    pub(super) name: String,
    #[serde(default = "root")]
    pub(super) path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) created: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) description: Option<String>,
    pub(super) trust: Value,
    #[serde(default = "hour")]
    pub(super) max_session_duration: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_used: Option<LastUsed>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) policies: Map<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(super) attached_policies: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) permissions_boundary: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) tags: Map<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Device {
    pub(super) serial: String,
    pub(super) seed: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) user: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(super) root: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) enabled: Option<String>,
    #[serde(default, skip_serializing_if = "Map::is_empty")]
    pub(super) tags: Map<String>,
}

fn six() -> u32 {
    6
}

fn hour() -> u64 {
    3600
}

fn root() -> String {
    "/".to_owned()
}

fn active() -> String {
    "Active".to_owned()
}
