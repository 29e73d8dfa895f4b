//! Key slots: each wraps the vault's identity for one way of opening it. Adding, listing and
//! removing a slot touches the slot's own files only; the last slot cannot be removed.

mod access;
mod age_file;
mod command;
mod error;
mod files;
mod gpg;
mod kind;
mod look;
mod name;
mod new;
mod open;
pub(crate) mod os;
mod pass;
pub(crate) mod passphrase;
mod plugin;
mod program;
mod same_passphrase;
pub(crate) mod ssh;
mod wire;

use std::path::PathBuf;

use keyward_core::Timestamp;

use crate::disk::DiskError;
use crate::lock::LockError;

pub use access::{Access, NoPrompts, Plugins, Programs, Prompter, Question};
pub use error::{AddSlotError, OpenSlotError};
pub(crate) use files::{described, list, names, read, remove, remove_orphans, secret_path, write};
pub use kind::{
    CommandLine, GpgFingerprint, InvalidSlotParameter, KeystoreAccount, PassEntry, PluginIdentity,
    SlotKind,
};
pub use look::SlotLook;
pub(crate) use look::{look, look_at, removable};
pub use name::{InvalidSlotName, SlotName};
pub(crate) use new::Made;
pub use new::NewSlot;
pub(crate) use open::{forget, open};
pub use passphrase::{InvalidWorkFactor, NoMemory, WorkFactor};
pub use plugin::host_plugin;

/// One way of opening the vault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slot {
    /// Its name.
    pub name: SlotName,
    /// The means to open it.
    pub kind: SlotKind,
    /// The time at which it was added.
    pub created: Timestamp,
}

/// The reasons why the slots could not be listed or changed.
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
    /// The process may not have the memory for a passphrase.
    #[error(transparent)]
    Memory(#[from] NoMemory),
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
