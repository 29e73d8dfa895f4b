//! Key slots: each wraps the vault's identity for one way of opening it. Adding, listing and
//! removing a slot touches the slot's own files only; the last slot cannot be removed.
//!
//! A slot `NAME` is `slots/NAME.json`, which says what it is, and for most kinds
//! `slots/NAME.age`, which holds the wrapped identity. The JSON file is written last and
//! removed first, so a slot that is listed is whole.

pub(crate) mod passphrase;
mod wire;

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use keyward_core::Timestamp;

use crate::disk::{self, DiskError, Durability};
use crate::lock::LockError;
use crate::paths::Paths;

pub use passphrase::{InvalidWorkFactor, WorkFactor};

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

/// What opens a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlotKind {
    /// A passphrase, through age's scrypt recipient.
    Passphrase,
    /// Something that a newer program knows.
    Other(String),
}

impl fmt::Display for SlotKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passphrase => f.write_str("passphrase"),
            Self::Other(kind) => f.write_str(kind),
        }
    }
}

/// Why the slots could not be listed or changed.
#[derive(Debug, thiserror::Error)]
pub enum SlotError {
    /// A file could not be read or written, or others may read it.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The vault's lock could not be had.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A slot's JSON file is not as it should be.
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

/// Every slot, by name.
pub(crate) fn list(paths: &Paths) -> Result<Vec<Slot>, SlotError> {
    let mut slots = Vec::new();
    for name in names(paths)? {
        slots.push(read(paths, &name)?.ok_or(SlotError::Missing(name))?);
    }
    Ok(slots)
}

/// The names of the slots, whether their files can be read or not.
pub(crate) fn names(paths: &Paths) -> Result<Vec<SlotName>, SlotError> {
    let folder = paths.slots();
    if folder.exists() {
        disk::check_folder(paths.root())?;
        disk::check_folder(&folder)?;
    }
    let entries = match std::fs::read_dir(&folder) {
        Ok(entries) => entries,
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(e) => return Err(DiskError::io("read", &folder, e).into()),
    };
    let mut names: Vec<SlotName> = entries
        .flatten()
        .filter_map(|entry| {
            entry
                .file_name()
                .to_str()?
                .strip_suffix(".json")?
                .parse()
                .ok()
        })
        .collect();
    names.sort();
    Ok(names)
}

fn read(paths: &Paths, name: &SlotName) -> Result<Option<Slot>, SlotError> {
    let path = paths.slot_metadata(name);
    let Some(bytes) = disk::read_private(&path)? else {
        return Ok(None);
    };
    match wire::read(name, &bytes) {
        Some(slot) => Ok(Some(slot)),
        None => Err(SlotError::Damaged { path }),
    }
}

/// Writes a slot's files, or gives an existing slot a new secret. The caller holds the lock.
pub(crate) fn write(paths: &Paths, slot: &Slot, secret: Option<&[u8]>) -> Result<(), DiskError> {
    disk::make_folder(&paths.slots())?;
    if let Some(secret) = secret {
        disk::replace(&paths.slot_secret(&slot.name), secret, Durability::Lasting)?;
    }
    disk::replace(
        &paths.slot_metadata(&slot.name),
        &wire::write(slot),
        Durability::Lasting,
    )
}

/// Removes a slot's files. The caller holds the lock.
pub(crate) fn remove(paths: &Paths, name: &SlotName) -> Result<(), SlotError> {
    let names = names(paths)?;
    if !names.contains(name) {
        return Err(SlotError::Missing(name.clone()));
    }
    // A slot that cannot be read would not open the vault, so it is not one to rely on.
    let whole = |other: &SlotName| matches!(read(paths, other), Ok(Some(slot)) if secret_is_there(paths, &slot));
    if !names.iter().any(|other| other != name && whole(other)) {
        return Err(SlotError::Last(name.clone()));
    }
    disk::remove(&paths.slot_metadata(name), Durability::Lasting)?;
    disk::remove(&paths.slot_secret(name), Durability::Lasting)?;
    Ok(())
}

fn secret_is_there(paths: &Paths, slot: &Slot) -> bool {
    match slot.kind {
        SlotKind::Passphrase => paths.slot_secret(&slot.name).exists(),
        SlotKind::Other(_) => true,
    }
}

/// Removes what a creation that died left behind. The caller holds the lock and knows that
/// there is no vault which these slots could open.
pub(crate) fn remove_orphans(paths: &Paths) -> Result<(), SlotError> {
    for name in names(paths)? {
        disk::remove(&paths.slot_metadata(&name), Durability::Lasting)?;
        disk::remove(&paths.slot_secret(&name), Durability::Lasting)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
