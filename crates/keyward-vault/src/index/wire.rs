//! The index as JSON: entries that are plain text, and what they must parse to.

use keyward_core::id::MfaSerial;
use serde::{Deserialize, Serialize};

use crate::document::KeyDate;

use super::{Index, IndexedKey, IndexedRotation, IndexedSignIn, VaultDigest};

/// The version this program writes and the highest it reads.
pub(super) const VERSION: u32 = 1;

pub(super) fn write(index: &Index, vault: &VaultDigest) -> Vec<u8> {
    let wire = IndexWire {
        version: VERSION,
        vault: Some(vault.to_string()),
        keys: index.keys.iter().map(KeyWire::of).collect(),
        rotations: index.rotations.iter().map(RotationWire::of).collect(),
        seeds: index.seeds.iter().map(ToString::to_string).collect(),
        sign_ins: index.sign_ins.iter().map(SignInWire::of).collect(),
    };
    serde_json::to_vec_pretty(&wire).expect("plain structs become JSON")
}

#[derive(Serialize, Deserialize)]
struct IndexWire {
    version: u32,
    /// The digest of the vault file that this is the list of. Early versions wrote none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    vault: Option<String>,
    #[serde(default)]
    keys: Vec<KeyWire>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    rotations: Vec<RotationWire>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    seeds: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    sign_ins: Vec<SignInWire>,
}

#[derive(Serialize, Deserialize)]
struct SignInWire {
    session: String,
    signed_in: String,
}

#[derive(Serialize, Deserialize)]
struct RotationWire {
    profile: String,
    old_access_key_id: String,
    state: String,
    started: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    grace_until: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    dispatch: Option<String>,
}

#[derive(Serialize, Deserialize)]
struct KeyWire {
    profile: String,
    access_key_id: String,
    user_arn: Option<String>,
    account_id: Option<String>,
    mfa_serial: Option<String>,
    created: String,
    /// `true` where `created` is when the key was stored.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    age_unknown: bool,
    verified: Option<String>,
}

/// The reasons why bytes are not an index.
#[derive(Debug, PartialEq)]
pub(super) enum WireError {
    Damaged,
    Newer(u32),
}

impl KeyWire {
    fn of(key: &IndexedKey) -> Self {
        let IndexedKey {
            profile,
            access_key_id,
            user_arn,
            account_id,
            mfa_serial,
            created,
            dated,
            verified,
        } = key;
        Self {
            profile: profile.to_string(),
            access_key_id: access_key_id.to_string(),
            user_arn: user_arn.as_ref().map(ToString::to_string),
            account_id: account_id.as_ref().map(ToString::to_string),
            mfa_serial: mfa_serial.as_ref().map(ToString::to_string),
            created: created.to_string(),
            age_unknown: *dated == KeyDate::Stored,
            verified: verified.map(|at| at.to_string()),
        }
    }

    fn into_key(self) -> Option<IndexedKey> {
        Some(IndexedKey {
            profile: self.profile.parse().ok()?,
            access_key_id: self.access_key_id.parse().ok()?,
            user_arn: self.user_arn.map(|text| text.parse()).transpose().ok()?,
            account_id: self.account_id.map(|text| text.parse()).transpose().ok()?,
            mfa_serial: self
                .mfa_serial
                .map(|text| MfaSerial::stored(&text))
                .transpose()
                .ok()?,
            created: self.created.parse().ok()?,
            dated: match self.age_unknown {
                true => KeyDate::Stored,
                false => KeyDate::Made,
            },
            verified: self.verified.map(|text| text.parse()).transpose().ok()?,
        })
    }
}

impl RotationWire {
    fn of(rotation: &IndexedRotation) -> Self {
        let IndexedRotation {
            profile,
            old_access_key_id,
            state,
            started,
            grace_until,
            user,
            dispatch,
        } = rotation;
        Self {
            profile: profile.to_string(),
            old_access_key_id: old_access_key_id.to_string(),
            state: state.to_string(),
            started: started.to_string(),
            grace_until: grace_until.map(|at| at.to_string()),
            user: user.as_ref().map(ToString::to_string),
            dispatch: dispatch.clone(),
        }
    }

    fn into_rotation(self) -> Option<IndexedRotation> {
        Some(IndexedRotation {
            profile: self.profile.parse().ok()?,
            old_access_key_id: self.old_access_key_id.parse().ok()?,
            state: self.state.parse().ok()?,
            started: self.started.parse().ok()?,
            grace_until: self.grace_until.map(|text| text.parse()).transpose().ok()?,
            user: self.user.map(|text| text.parse()).transpose().ok()?,
            dispatch: self.dispatch,
        })
    }
}

impl SignInWire {
    fn of(sign_in: &IndexedSignIn) -> Self {
        let IndexedSignIn { session, signed_in } = sign_in;
        Self {
            session: session.to_string(),
            signed_in: signed_in.to_string(),
        }
    }

    fn into_sign_in(self) -> Option<IndexedSignIn> {
        Some(IndexedSignIn {
            session: self.session.parse().ok()?,
            signed_in: self.signed_in.parse().ok()?,
        })
    }
}

/// An index, and the digest of the vault file that it was made from, if it names one.
pub(super) fn read(bytes: &[u8]) -> Result<(Index, Option<VaultDigest>), WireError> {
    #[derive(Deserialize)]
    struct VersionOnly {
        version: u32,
    }
    let wire: IndexWire = match serde_json::from_slice(bytes) {
        Ok(wire) => wire,
        Err(_) => {
            // A newer form need not have the same shape, so its version is looked for alone.
            let newer = serde_json::from_slice(bytes)
                .ok()
                .filter(|v: &VersionOnly| v.version > VERSION);
            return Err(newer.map_or(WireError::Damaged, |v| WireError::Newer(v.version)));
        }
    };
    if wire.version > VERSION {
        return Err(WireError::Newer(wire.version));
    }
    let keys: Option<Vec<_>> = wire.keys.into_iter().map(KeyWire::into_key).collect();
    let seeds: Option<Vec<_>> = wire.seeds.iter().map(|text| text.parse().ok()).collect();
    let rotations: Option<Vec<_>> = wire
        .rotations
        .into_iter()
        .map(RotationWire::into_rotation)
        .collect();
    let sign_ins: Option<Vec<_>> = wire
        .sign_ins
        .into_iter()
        .map(SignInWire::into_sign_in)
        .collect();
    let index = Index {
        keys: keys.ok_or(WireError::Damaged)?,
        rotations: rotations.ok_or(WireError::Damaged)?,
        seeds: seeds.ok_or(WireError::Damaged)?,
        sign_ins: sign_ins.ok_or(WireError::Damaged)?,
    };
    Ok((index, wire.vault.map(VaultDigest)))
}
