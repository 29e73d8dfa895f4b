//! Key slots: each wraps the vault's identity for one way of opening it. Adding, listing and
//! removing a slot touches the slot's own files only; the last slot cannot be removed.

mod access;
mod command;
mod error;
mod files;
mod gpg;
mod kind;
mod look;
mod new;
mod open;
pub(crate) mod os;
mod pass;
pub(crate) mod passphrase;
mod plugin;
mod program;
pub(crate) mod ssh;
mod wire;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use keyward_core::Timestamp;

use crate::disk::DiskError;
use crate::lock::LockError;

pub use access::{Access, Nobody, Person, Plugins, Programs, Question};
pub use error::{AddSlotError, OpenSlotError};
pub(crate) use files::{
    described, list, names, read, removable, remove, remove_orphans, secret_path, write,
};
pub use kind::{
    CommandLine, GpgFingerprint, InvalidSlotParameter, KeystoreAccount, PassEntry, PluginIdentity,
    SlotKind,
};
pub use look::SlotLook;
pub(crate) use look::{look, look_at};
pub(crate) use new::Made;
pub use new::NewSlot;
use open::{age_error, slot_identity};
pub(crate) use open::{forget, open};
pub use passphrase::{InvalidWorkFactor, WorkFactor};
pub use plugin::host_plugin;

/// The name of a slot: 1 to 32 lower-case letters, digits, `-` or `_`, beginning with a letter
/// or digit. It becomes a file name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotName(String);

/// A text that cannot name a slot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("that is not the name of a slot (1 to 32 lower-case letters, digits, - or _)")]
pub struct InvalidSlotName;

impl SlotName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SlotName {
    type Err = InvalidSlotName;

    fn from_str(text: &str) -> Result<Self, InvalidSlotName> {
        let fits = (1..=32).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidSlotName)
        }
    }
}

impl fmt::Display for SlotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// One way of opening the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Its name.
    pub name: SlotName,
    /// What opens it.
    pub kind: SlotKind,
    /// When it was added.
    pub created: Timestamp,
}

/// Why the slots could not be listed or changed.
#[derive(Debug, thiserror::Error)]
pub enum SlotError {
    /// A file could not be read or written, or others may read it.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The vault's lock is unavailable.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A slot's JSON file is invalid.
    #[error("`{}` is damaged; open the vault by another slot, then remove this one", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// The name is taken.
    #[error("there is a slot `{0}` already")]
    Exists(SlotName),
    /// No such slot.
    #[error("there is no slot `{0}`")]
    Missing(SlotName),
    /// Without it nothing would open the vault.
    #[error("`{0}` is the last slot; add another before removing it")]
    Last(SlotName),
}

/// Reads any bytes as everything that belongs to a slot, for the fuzzer.
pub(crate) fn read_bytes(name: &SlotName, bytes: &[u8]) {
    let _ = wire::read(name, bytes);
    let _ = gpg::listing::secret_keys(&String::from_utf8_lossy(bytes));
    let _ = age::ssh::Identity::from_buffer(bytes, None);
    let _ = program::identity_in(bytes, "the fuzzer");
}

#[cfg(test)]
mod tests;
