//! A long-lived key in the vault. The vault's index lists it.

use serde_json::{Value, json};

use super::{Lifetime, Source};
use crate::chain::Endpoints;
use crate::chain::cache_key::Fingerprint;
use crate::id::{AccessKeyId, ProfileName};

/// A long-lived key in the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VaultKey {
    /// The name it is stored under.
    pub profile: ProfileName,
    /// Its id.
    pub access_key_id: AccessKeyId,
}

impl Source for VaultKey {
    fn kind(&self) -> &'static str {
        "vault_key"
    }

    fn noun(&self) -> &'static str {
        "a key in the vault"
    }

    fn show(&self) -> String {
        let Self {
            profile,
            access_key_id,
        } = self;
        format!("key {access_key_id} in the vault, stored as {profile}")
    }

    fn to_json(&self) -> Value {
        let Self {
            profile,
            access_key_id,
        } = self;
        json!({ "profile": profile.as_str(), "access_key_id": access_key_id.as_str() })
    }

    fn fingerprint(&self, out: &mut Fingerprint, _: &Endpoints) {
        let Self {
            profile: _,
            access_key_id,
        } = self;
        out.key(access_key_id);
    }

    fn lifetime(&self) -> Option<Lifetime> {
        Some(Lifetime::LongLived)
    }

    fn key_id(&self) -> Option<&AccessKeyId> {
        Some(&self.access_key_id)
    }

    fn profile(&self) -> Option<&ProfileName> {
        Some(&self.profile)
    }
}
