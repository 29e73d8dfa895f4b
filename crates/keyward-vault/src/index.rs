//! The list of keys without their secrets, in the clear beside the vault, so that the warm path
//! and `list` open nothing. It is a copy: what the vault says wins, and rebuilds it.

use std::path::PathBuf;

use keyward_core::Timestamp;
use keyward_core::id::{AccessKeyId, AccountId, MfaSerial, PrincipalArn, ProfileName, UserName};
use keyward_core::plan::StoredKey;
use serde::{Deserialize, Serialize};

use crate::disk::{self, DiskError};
use crate::document::{ConsoleSignIn, Document, LongLivedKey, Rotation, RotationState};
use crate::paths::Paths;

const VERSION: u32 = 1;

/// The keys that the vault holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Index {
    /// In the order they were added.
    pub keys: Vec<IndexedKey>,
    /// Rotations that are not finished.
    pub rotations: Vec<IndexedRotation>,
    /// The devices whose seeds it holds, so that nobody need be asked for their codes.
    pub seeds: Vec<MfaSerial>,
    /// Whose console sign-ins it holds.
    pub sign_ins: Vec<IndexedSignIn>,
}

/// What is known of a console sign-in besides the secrets in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedSignIn {
    /// Who signed in: the value of `login_session`.
    pub session: PrincipalArn,
    /// When.
    pub signed_in: Timestamp,
}

/// What is known of an unfinished rotation besides the secrets in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedRotation {
    /// Its name in the journal: the profile, where the key is kept here.
    pub profile: ProfileName,
    /// The key that is replaced.
    pub old_access_key_id: AccessKeyId,
    /// How far it has come.
    pub state: RotationState,
    /// When it began.
    pub started: Timestamp,
    /// Until when the old key is left as it is.
    pub grace_until: Option<Timestamp>,
    /// Whose key it is, where it is not kept here.
    pub user: Option<UserName>,
}

/// What is known of a key besides its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedKey {
    /// The name it is stored under.
    pub profile: ProfileName,
    /// `AKIA…`.
    pub access_key_id: AccessKeyId,
    /// Whose key it is.
    pub user_arn: Option<PrincipalArn>,
    /// The account.
    pub account_id: Option<AccountId>,
    /// The device recorded with the key.
    pub mfa_serial: Option<MfaSerial>,
    /// When the key was made, or stored where that is not known.
    pub created: Timestamp,
    /// When AWS last confirmed it.
    pub verified: Option<Timestamp>,
}

/// Why the index could not be read.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The file could not be read, or others may read it.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// There is a vault and no list of its keys. Nothing is lost.
    #[error("`{}`, the list of the vault's keys, is missing; it is made anew when the vault is next opened", path.display())]
    Missing {
        /// Where it should be.
        path: PathBuf,
    },
    /// It is not as it should be. Nothing is lost.
    #[error("`{}`, the list of the vault's keys, is damaged; it is made anew when the vault is next opened", path.display())]
    Damaged {
        /// The index file.
        path: PathBuf,
    },
    /// A newer program wrote it.
    #[error("`{}` has version {found} and this program reads up to {VERSION}; use a newer one", path.display())]
    Newer {
        /// The index file.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
}

impl Index {
    /// Reads the index. A vault that does not exist has an empty one.
    ///
    /// # Errors
    /// There is a vault without one; or the file cannot be read, is damaged or too new, or other
    /// users may read it.
    pub fn load(paths: &Paths) -> Result<Self, IndexError> {
        let path = paths.index();
        let Some(bytes) = disk::read_private(&path)? else {
            return match paths.vault().exists() {
                true => Err(IndexError::Missing { path }),
                false => Ok(Self::default()),
            };
        };
        disk::check_folder(paths.root())?;
        read(&bytes).map_err(|error| match error {
            WireError::Damaged => IndexError::Damaged { path },
            WireError::Newer(found) => IndexError::Newer { path, found },
        })
    }

    /// The keys as the resolver takes them.
    #[must_use]
    pub fn stored_keys(&self) -> Vec<StoredKey> {
        self.keys
            .iter()
            .map(|key| StoredKey {
                profile: key.profile.clone(),
                access_key_id: key.access_key_id.clone(),
                account_id: key.account_id.clone(),
                mfa_serial: key.mfa_serial.clone(),
            })
            .collect()
    }

    /// The index of a document.
    #[must_use]
    pub fn of(document: &Document) -> Self {
        Self {
            keys: document.keys().iter().map(IndexedKey::of).collect(),
            rotations: document
                .rotations()
                .iter()
                .map(IndexedRotation::of)
                .collect(),
            seeds: document.totp_serials().cloned().collect(),
            sign_ins: document.sign_ins().iter().map(IndexedSignIn::of).collect(),
        }
    }

    pub(crate) fn to_json(&self) -> Vec<u8> {
        let wire = IndexWire {
            version: VERSION,
            keys: self.keys.iter().map(KeyWire::of).collect(),
            rotations: self.rotations.iter().map(RotationWire::of).collect(),
            seeds: self.seeds.iter().map(ToString::to_string).collect(),
            sign_ins: self.sign_ins.iter().map(SignInWire::of).collect(),
        };
        serde_json::to_vec_pretty(&wire).expect("plain structs become JSON")
    }
}

impl IndexedRotation {
    fn of(rotation: &Rotation) -> Self {
        Self {
            profile: rotation.profile.clone(),
            old_access_key_id: rotation.old_access_key_id.clone(),
            state: rotation.state.clone(),
            started: rotation.started,
            grace_until: rotation.grace_until,
            user: rotation.errand.as_ref().map(|errand| errand.user.clone()),
        }
    }
}

impl IndexedSignIn {
    fn of(sign_in: &ConsoleSignIn) -> Self {
        Self {
            session: sign_in.session.clone(),
            signed_in: sign_in.signed_in,
        }
    }
}

impl IndexedKey {
    fn of(key: &LongLivedKey) -> Self {
        Self {
            profile: key.profile.clone(),
            access_key_id: key.access_key_id.clone(),
            user_arn: key.user_arn.clone(),
            account_id: key.account_id.clone(),
            mfa_serial: key.mfa_serial.clone(),
            created: key.created,
            verified: key.verified,
        }
    }
}

#[derive(Serialize, Deserialize)]
struct IndexWire {
    version: u32,
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
}

#[derive(Serialize, Deserialize)]
struct KeyWire {
    profile: String,
    access_key_id: String,
    user_arn: Option<String>,
    account_id: Option<String>,
    mfa_serial: Option<String>,
    created: String,
    verified: Option<String>,
}

#[derive(Debug, PartialEq)]
enum WireError {
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
            verified,
        } = key;
        Self {
            profile: profile.to_string(),
            access_key_id: access_key_id.to_string(),
            user_arn: user_arn.as_ref().map(ToString::to_string),
            account_id: account_id.as_ref().map(ToString::to_string),
            mfa_serial: mfa_serial.as_ref().map(ToString::to_string),
            created: created.to_string(),
            verified: verified.map(|at| at.to_string()),
        }
    }

    fn into_key(self) -> Option<IndexedKey> {
        Some(IndexedKey {
            profile: self.profile.parse().ok()?,
            access_key_id: self.access_key_id.parse().ok()?,
            user_arn: self.user_arn.map(|text| text.parse()).transpose().ok()?,
            account_id: self.account_id.map(|text| text.parse()).transpose().ok()?,
            mfa_serial: self.mfa_serial.map(|text| text.parse()).transpose().ok()?,
            created: self.created.parse().ok()?,
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
        } = rotation;
        Self {
            profile: profile.to_string(),
            old_access_key_id: old_access_key_id.to_string(),
            state: state.to_string(),
            started: started.to_string(),
            grace_until: grace_until.map(|at| at.to_string()),
            user: user.as_ref().map(ToString::to_string),
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

fn read(bytes: &[u8]) -> Result<Index, WireError> {
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
    Ok(Index {
        keys: keys.ok_or(WireError::Damaged)?,
        rotations: rotations.ok_or(WireError::Damaged)?,
        seeds: seeds.ok_or(WireError::Damaged)?,
        sign_ins: sign_ins.ok_or(WireError::Damaged)?,
    })
}

/// Reads any bytes as an index, for the fuzzer.
pub(crate) fn read_bytes(bytes: &[u8]) {
    let _ = read(bytes);
}

#[cfg(test)]
mod tests;
