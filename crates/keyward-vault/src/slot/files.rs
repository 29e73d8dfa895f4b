//! The files of the slots: `NAME.json`, which says what the slot is, and for some kinds
//! `NAME.age` or `NAME.gpg`, which holds the wrapped identity. The JSON file is written last and
//! removed first, so a slot that is listed is whole.

use std::path::PathBuf;

use super::{Slot, SlotError, SlotKind, SlotName, wire};
use crate::disk::{self, DiskError, Durability};
use crate::paths::Paths;

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
        disk::check_root(paths.root())?;
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

pub(crate) fn read(paths: &Paths, name: &SlotName) -> Result<Option<Slot>, SlotError> {
    let path = paths.slot_metadata(name);
    let Some(bytes) = disk::read_private(&path)? else {
        return Ok(None);
    };
    match wire::read(name, &bytes) {
        Some(slot) => Ok(Some(slot)),
        None => Err(SlotError::Damaged { path }),
    }
}

/// The content of a slot's JSON file.
pub(crate) fn described(slot: &Slot) -> Vec<u8> {
    wire::write(slot)
}

/// Writes a slot's files, or sets a new secret for an existing slot. The caller holds the lock.
pub(crate) fn write(paths: &Paths, slot: &Slot, secret: Option<&[u8]>) -> Result<(), DiskError> {
    disk::make_folder(&paths.slots())?;
    if let (Some(secret), Some(path)) = (secret, secret_path(paths, slot)) {
        disk::replace(&path, secret, Durability::Lasting)?;
    }
    disk::replace(
        &paths.slot_metadata(&slot.name),
        &wire::write(slot),
        Durability::Lasting,
    )
}

/// Removes a slot's files, and says what kind it was if that could be read. The caller holds
/// the lock and knows that the slot is [`removable`](super::removable).
pub(crate) fn remove(paths: &Paths, name: &SlotName) -> Result<Option<SlotKind>, SlotError> {
    let kind = read(paths, name).ok().flatten().map(|slot| slot.kind);
    remove_files(paths, name)?;
    Ok(kind)
}

fn remove_files(paths: &Paths, name: &SlotName) -> Result<(), DiskError> {
    disk::remove(&paths.slot_metadata(name), Durability::Lasting)?;
    for extension in ["age", "gpg"] {
        disk::remove(&paths.slot_file(name, extension), Durability::Lasting)?;
    }
    Ok(())
}

/// The path of the wrapped identity, if the slot's kind has a file.
pub(crate) fn secret_path(paths: &Paths, slot: &Slot) -> Option<PathBuf> {
    Some(paths.slot_file(&slot.name, slot.kind.secret_extension()?))
}

/// Removes the files of a creation that died. The caller holds the lock and knows that these slots open
/// no vault.
pub(crate) fn remove_orphans(paths: &Paths) -> Result<(), SlotError> {
    for name in names(paths)? {
        remove_files(paths, &name)?;
    }
    Ok(())
}
