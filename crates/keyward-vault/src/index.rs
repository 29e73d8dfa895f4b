//! The list of keys without their secrets, in the clear beside the vault, so that the warm path
//! and `list` open nothing. It is a copy: what the vault says wins, and rebuilds it. It carries
//! the digest of the vault file that it was made from, so that an index that is older or newer
//! than the vault is recognized without opening anything. The pin knows the index that belongs to
//! the last seen vault, so that an edited one is recognized too.

mod wire;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use data_encoding::HEXLOWER;

use keyward_core::Timestamp;
use keyward_core::chain::{KeyHolder, StoredKey, StoredKeys};
use keyward_core::id::{AccessKeyId, AccountId, MfaSerial, PrincipalArn, ProfileName, UserName};
use sha2::{Digest as _, Sha256};

use crate::disk::{self, DiskError, Durability};
use crate::document::{ConsoleSignIn, Document, KeyDate, LongLivedKey, Rotation, RotationState};
use crate::identity::has_age_header;
use crate::paths::Paths;
use crate::pin::PinFile;
use wire::{VERSION, WireError};

/// A writer replaces the vault and its index within milliseconds. A reader that sees the one
/// without the other waits this long for the writer's lock.
const WRITE_IN_PROGRESS: Duration = Duration::from_secs(1);

/// The digest of an encrypted vault file: 64 lower-case hexadecimal digits of its SHA-256.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct VaultDigest(String);

impl VaultDigest {
    /// The digest of the bytes of `vault.age`.
    pub(crate) fn of(file: &[u8]) -> Self {
        Self(HEXLOWER.encode(&Sha256::digest(file)))
    }
}

impl fmt::Display for VaultDigest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The keys that the vault holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Index {
    /// In the order they were added.
    pub keys: Vec<IndexedKey>,
    /// Rotations that are not finished.
    pub rotations: Vec<IndexedRotation>,
    /// The devices whose seeds it holds, for which no code is asked.
    pub seeds: Vec<MfaSerial>,
    /// The principals of its console sign-ins.
    pub sign_ins: Vec<IndexedSignIn>,
}

/// A console sign-in without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedSignIn {
    /// The principal that signed in: the value of `login_session`.
    pub session: PrincipalArn,
    /// The time of the sign-in.
    pub signed_in: Timestamp,
}

/// An unfinished rotation without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedRotation {
    /// Its name in the journal: the profile, if the key is kept here.
    pub profile: ProfileName,
    /// The key that is replaced.
    pub old_access_key_id: AccessKeyId,
    /// Its progress.
    pub state: RotationState,
    /// The time of its beginning.
    pub started: Timestamp,
    /// The time until which the old key stays active.
    pub grace_until: Option<Timestamp>,
    /// The owner of the key, if it is not kept here.
    pub user: Option<UserName>,
    /// The workflow that must succeed with the new key.
    pub dispatch: Option<String>,
}

/// A key without its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IndexedKey {
    /// The name it is stored under.
    pub profile: ProfileName,
    /// `AKIA…`.
    pub access_key_id: AccessKeyId,
    /// The owner of the key.
    pub user_arn: Option<PrincipalArn>,
    /// The account.
    pub account_id: Option<AccountId>,
    /// The device recorded with the key.
    pub mfa_serial: Option<MfaSerial>,
    /// The time at which the key was made, or stored where that is not known.
    pub created: Timestamp,
    /// The meaning of that date.
    pub dated: KeyDate,
    /// The time at which AWS last confirmed it.
    pub verified: Option<Timestamp>,
}

/// The reasons why the index could not be read.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
    /// The file could not be read, or others may read it.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// There is a vault and no list of its keys. Nothing is lost.
    #[error("`{}`, the vault's key index, is missing; the next opening of the vault rebuilds it", path.display())]
    Missing {
        /// Its expected path.
        path: PathBuf,
    },
    /// Something else is in its place, or it cannot be read. Nothing is lost.
    #[error("`{}`, the vault's key index, cannot be read ({source}); move it away, and the next opening of the vault rebuilds it", path.display())]
    Unreadable {
        /// The index file.
        path: PathBuf,
        /// The error of the operating system.
        source: std::io::Error,
    },
    /// It is invalid. Nothing is lost.
    #[error("`{}`, the vault's key index, is damaged; the next opening of the vault rebuilds it", path.display())]
    Damaged {
        /// The index file.
        path: PathBuf,
    },
    /// It lists an earlier or later content of the vault, because a write was interrupted or one of
    /// the two files was replaced. Nothing is lost.
    #[error("`{}`, the vault's key index, does not belong to the vault as it is now; the next opening of the vault rebuilds it", path.display())]
    Outdated {
        /// The index file.
        path: PathBuf,
        /// The index in the file.
        listed: Box<Index>,
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
    /// There is a vault without an index; the index belongs to another content of the vault; or
    /// the file cannot be read, is damaged or too new, or other users may read it.
    pub fn load(paths: &Paths) -> Result<Self, IndexError> {
        Self::load_pinned(paths, &PinFile::default())
    }

    /// The same, with the pin as one more witness.
    pub(crate) fn load_pinned(paths: &Paths, pin: &PinFile) -> Result<Self, IndexError> {
        match Self::load_once(paths, pin) {
            Err(IndexError::Outdated { .. }) => {}
            loaded => return loaded,
        }
        // A writer may be between its two files, which takes milliseconds. A folder that cannot be
        // locked has no such writer.
        let _writers = paths.vault_lock().lock_within(WRITE_IN_PROGRESS);
        Self::load_once(paths, pin)
    }

    fn load_once(paths: &Paths, pin: &PinFile) -> Result<Self, IndexError> {
        let path = paths.index();
        let read = disk::read_private(&path).map_err(|error| match error {
            DiskError::Io { source, .. } if paths.vault().exists() => {
                let path = path.clone();
                IndexError::Unreadable { path, source }
            }
            error => error.into(),
        });
        let Some(bytes) = read? else {
            return match paths.vault().exists() {
                true => Err(IndexError::Missing { path }),
                false => Ok(Self::default()),
            };
        };
        disk::check_root(paths.root())?;
        let (index, listed_vault) = wire::read(&bytes).map_err(|error| match error {
            WireError::Damaged => IndexError::Damaged { path: path.clone() },
            WireError::Newer(found) => IndexError::Newer {
                path: path.clone(),
                found,
            },
        })?;
        let belongs = match openable_vault(paths) {
            None => true,
            // Early versions did not name the vault, so nothing shows that the two belong together.
            Some(vault) => {
                listed_vault == Some(VaultDigest::of(&vault)) && pin.agrees_on_index(&vault, &bytes)
            }
        };
        match belongs {
            true => Ok(index),
            false => Err(IndexError::Outdated {
                path,
                listed: Box::new(index),
            }),
        }
    }

    /// The content of the index file for the vault file that has these bytes.
    pub(crate) fn content(&self, vault: &[u8]) -> Vec<u8> {
        wire::write(self, &VaultDigest::of(vault))
    }

    /// Writes the index of the vault file that has these bytes.
    pub(crate) fn write(&self, paths: &Paths, vault: &[u8]) -> Result<(), DiskError> {
        disk::replace(&paths.index(), &self.content(vault), Durability::Lasting)
    }

    /// Whether the index file is exactly this one, for the vault file that has these bytes.
    pub(crate) fn is_written(&self, paths: &Paths, vault: &[u8]) -> bool {
        let written = disk::read_private(&paths.index()).ok().flatten();
        written == Some(self.content(vault))
    }

    /// The keys in the resolver's form.
    #[must_use]
    pub fn stored_keys(&self) -> StoredKeys {
        self.keys
            .iter()
            .map(|key| StoredKey {
                profile: key.profile.clone(),
                access_key_id: key.access_key_id.clone(),
                account_id: key.account_id.clone(),
                mfa_serial: key.mfa_serial.clone(),
                owner: match key.user_arn.as_ref().map(PrincipalArn::resource) {
                    Some("root") => KeyHolder::Root,
                    _ => KeyHolder::User,
                },
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
}

/// The vault file, if it could be opened. A vault that cannot be read, or is not an age file, cannot
/// be opened either: opening it reports that, and the index stays the best answer.
fn openable_vault(paths: &Paths) -> Option<Vec<u8>> {
    let file = disk::read_private(&paths.vault()).ok()??;
    has_age_header(&file).then_some(file)
}

impl IndexedRotation {
    fn of(rotation: &Rotation) -> Self {
        Self {
            profile: rotation.profile.clone(),
            old_access_key_id: rotation.old_access_key_id.clone(),
            state: rotation.state.clone(),
            started: rotation.started,
            grace_until: rotation.grace_until,
            user: rotation
                .delivery
                .as_ref()
                .map(|delivery| delivery.user.clone()),
            dispatch: rotation
                .delivery
                .as_ref()
                .and_then(|delivery| delivery.dispatch.clone()),
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
    /// The age of the key, if it is known.
    #[must_use]
    pub fn age(&self, now: Timestamp) -> Option<Duration> {
        (self.dated == KeyDate::Made).then(|| self.created.elapsed(now))
    }

    fn of(key: &LongLivedKey) -> Self {
        Self {
            profile: key.profile.clone(),
            access_key_id: key.access_key_id.clone(),
            user_arn: key.user_arn.clone(),
            account_id: key.account_id.clone(),
            mfa_serial: key.mfa_serial.clone(),
            created: key.created,
            dated: key.dated,
            verified: key.verified,
        }
    }
}

/// Reads any bytes as an index, for the fuzzer.
pub(crate) fn read_bytes(bytes: &[u8]) {
    let _ = wire::read(bytes);
}

#[cfg(test)]
mod tests;
