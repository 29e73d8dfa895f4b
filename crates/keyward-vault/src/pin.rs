//! The state in which this machine last saw a vault, kept outside the vault's folder: a pin. It
//! holds digests and a counter, no secret. An older `vault.age`, another identity, or a slot that
//! keyward did not make here differs from the pin, and the vault then stays closed.
//!
//! A missing or damaged slot opens nothing, so it does not count as a difference.

mod wire;

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use crate::digest::StateDigest;
use crate::disk::{self, DiskError, Durability, LEFTOVER_AGE, free_name};
use crate::document::{Descent, Document, Generation};
use crate::identity::Identity;
use crate::paths::Paths;
use crate::slot::{self, SlotError, SlotName};
use wire::PinFault;

/// The last seen state. During a write, the states before and after it both agree with the pin, so
/// that a crash leaves no difference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pin {
    /// The vault's identity.
    pub(crate) identity: StateDigest,
    /// The highest generation that was seen.
    pub(crate) generation: Generation,
    /// The vault files that agree.
    pub(crate) vault: Vec<StateDigest>,
    /// The index files that belong to these vault files. An empty list, as from early versions, agrees
    /// with every index.
    pub(crate) index: Vec<StateDigest>,
    /// The states of each slot that agree.
    pub(crate) slots: BTreeMap<SlotName, Vec<StateDigest>>,
}

/// The result of a comparison of an opened vault with its pin.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum PinComparison {
    /// Nothing is pinned yet, or pins are not kept.
    Unpinned,
    /// The vault is in the last seen state.
    Agrees,
    /// It is a later state of the same vault: another machine wrote it, or keyward crashed before it
    /// wrote the pin.
    Newer,
    /// It is something else.
    Differs(Vec<VaultChange>),
}

/// One difference between a vault and its pin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VaultChange {
    /// A slot that this machine has not seen before.
    SlotAdded(SlotName),
    /// A slot whose files have changed.
    SlotChanged(SlotName),
    /// The vault is encrypted to another identity.
    OtherIdentity,
    /// `vault.age` is an older state.
    Older {
        /// The state that is there.
        found: Generation,
        /// The last one that was seen.
        seen: Generation,
    },
    /// `vault.age` differs from the last one that was seen, and is not a later one.
    OtherState {
        /// The generation of both.
        generation: Generation,
    },
    /// `vault.age` was made from an earlier state than the last one that was seen, so it lacks what was
    /// written here.
    Diverged {
        /// The state that is there.
        found: Generation,
        /// The last one that was seen.
        seen: Generation,
    },
    /// The pin itself cannot be read as one.
    PinDamaged(PathBuf),
    /// A newer program wrote the pin.
    PinNewer {
        /// The pin.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
}

impl VaultChange {
    /// Whether the file that is there lacks changes of this machine.
    #[must_use]
    pub fn loses_changes(&self) -> bool {
        matches!(self, Self::Diverged { .. })
    }

    /// Whether it is about this slot.
    pub(crate) fn concerns(&self, slot: &SlotName) -> bool {
        match self {
            Self::SlotAdded(name) | Self::SlotChanged(name) => name == slot,
            Self::OtherIdentity
            | Self::Older { .. }
            | Self::OtherState { .. }
            | Self::Diverged { .. }
            | Self::PinDamaged(_)
            | Self::PinNewer { .. } => false,
        }
    }
}

impl fmt::Display for VaultChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::SlotAdded(name) => write!(f, "the slot `{name}` was added"),
            Self::SlotChanged(name) => write!(f, "the slot `{name}` was changed"),
            Self::OtherIdentity => f.write_str("`vault.age` is encrypted to another identity"),
            Self::Older { found, seen } => write!(
                f,
                "`vault.age` is an older state (generation {found}; this machine last saw {seen})"
            ),
            Self::OtherState { generation } => write!(
                f,
                "`vault.age` is not the file of generation {generation} that this machine last saw"
            ),
            Self::Diverged { found, seen } => write!(
                f,
                "`vault.age` (generation {found}) was written on another machine without the last changes \
                 of this one (generation {seen})"
            ),
            Self::PinDamaged(path) => write!(f, "`{}` is damaged", path.display()),
            Self::PinNewer { path, found } => write!(
                f,
                "`{}` has version {found} and this program reads up to {}; use the newer keyward that wrote it",
                path.display(),
                wire::VERSION
            ),
        }
    }
}

/// A vault that differs from its pin.
#[derive(Debug, thiserror::Error)]
#[error("the vault in `{}` was changed outside keyward: {}", folder.display(), list(changes))]
pub struct ChangedOutside {
    /// The vault's folder.
    pub folder: PathBuf,
    /// The differences, at least one.
    pub changes: Vec<VaultChange>,
}

fn list(changes: &[VaultChange]) -> String {
    let shown: Vec<String> = changes.iter().map(ToString::to_string).collect();
    shown.join("; ")
}

/// The reasons why a pin could not be read.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PinError {
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// This keyward did not write the file, or cannot read it.
    #[error("{0}")]
    Unusable(VaultChange),
}

/// The file of a vault's pin; `None` without a folder for pins.
#[derive(Debug, Clone, Default)]
pub(crate) struct PinFile(Option<PathBuf>);

impl PinFile {
    /// The pin of the vault at `paths` in a folder of pins, which may hold those of other vaults.
    pub(crate) fn in_folder(folder: &Path, paths: &Paths) -> Self {
        Self(Some(
            folder.join(format!("vault-{}.json", paths.short_hash())),
        ))
    }

    /// The file.
    pub(crate) fn path(&self) -> Option<&Path> {
        self.0.as_deref()
    }

    /// The pin, if the vault is pinned.
    pub(crate) fn read(&self) -> Result<Option<Pin>, PinError> {
        let Some(path) = &self.0 else {
            return Ok(None);
        };
        let damaged = || PinError::Unusable(VaultChange::PinDamaged(path.clone()));
        let bytes = match disk::read_private(path) {
            Ok(Some(bytes)) => bytes,
            // A link to nothing is not the same as no pin.
            Ok(None) if is_broken(path) => return Err(damaged()),
            Ok(None) => return Ok(None),
            Err(error) if error.kind().is_some_and(is_no_file) || is_broken(path) => {
                return Err(damaged());
            }
            Err(error) => return Err(error.into()),
        };
        wire::read(&bytes).map(Some).map_err(|fault| match fault {
            PinFault::Damaged => damaged(),
            PinFault::Newer(found) => PinError::Unusable(VaultChange::PinNewer {
                path: path.clone(),
                found,
            }),
        })
    }

    /// Whether an index file belongs to a vault file, as far as the pin knows that vault file.
    pub(crate) fn agrees_on_index(&self, vault: &[u8], index: &[u8]) -> bool {
        let Ok(Some(pin)) = self.read() else {
            return true;
        };
        !pin.vault.contains(&StateDigest::of_vault(vault))
            || pin.index.is_empty()
            || pin.index.contains(&StateDigest::of_index(index))
    }

    /// Pins something. Without a folder for pins, this does nothing.
    pub(crate) fn write(&self, pin: &Pin, paths: &Paths) -> Result<(), DiskError> {
        let Some(path) = &self.0 else {
            return Ok(());
        };
        if let Some(folder) = path.parent() {
            disk::make_folder(folder)?;
            // The folder has the pins of all vaults, and another process may be writing one.
            disk::sweep(folder, LEFTOVER_AGE);
        }
        // A device, a pipe, a folder or a link to one is not a pin, and a write must not go through it.
        if path.symlink_metadata().is_ok() && !path.is_file() {
            let mut aside = path.clone().into_os_string();
            aside.push(".damaged");
            disk::rename(path, &free_name(aside.into()))?;
        }
        disk::replace(path, &wire::write(pin, paths.root()), Durability::Lasting)
    }

    /// Forgets the pin.
    pub(crate) fn remove(&self) -> Result<(), DiskError> {
        match &self.0 {
            Some(path) => disk::remove(path, Durability::Lasting),
            None => Ok(()),
        }
    }

    /// Changes the pin if there is one.
    pub(crate) fn change(
        &self,
        paths: &Paths,
        change: impl FnOnce(&mut Pin),
    ) -> Result<(), DiskError> {
        match self.read() {
            // The next opening reports a pin that cannot be used.
            Ok(None) | Err(PinError::Unusable(_)) => Ok(()),
            Ok(Some(mut pin)) => {
                change(&mut pin);
                self.write(&pin, paths)
            }
            Err(PinError::Disk(error)) => Err(error),
        }
    }
}

impl Pin {
    /// Everything as it is now.
    pub(crate) fn of(
        paths: &Paths,
        identity: &Identity,
        generation: Generation,
        vault: &[u8],
        index: &[u8],
    ) -> Result<Self, DiskError> {
        let SeenSlots(slots) = SeenSlots::of(paths)?;
        Ok(Self {
            identity: StateDigest::of_identity(identity),
            generation,
            vault: vec![StateDigest::of_vault(vault)],
            index: vec![StateDigest::of_index(index)],
            slots,
        })
    }

    /// The differences among the slots. It can be seen without opening one.
    pub(crate) fn compare_slots(&self, paths: &Paths) -> Result<Vec<VaultChange>, DiskError> {
        differences(&self.slots, paths)
    }

    /// Narrows each slot to the state on the disk, and drops the slots without a file. A change that
    /// died between its files and the pin leaves an old state that would agree for ever.
    pub(crate) fn narrow_slots(&mut self, paths: &Paths) {
        let Ok(present) = slot_digests(paths) else {
            return;
        };
        self.slots
            .retain(|name, _| paths.slot_metadata(name).exists());
        for (name, digest) in present {
            if let Some(seen) = self.slots.get_mut(&name)
                && seen.contains(&digest)
            {
                *seen = vec![digest];
            }
        }
    }

    /// Compares an opened vault file. The slots are compared before one is opened.
    pub(crate) fn compare_vault(
        &self,
        identity: &Identity,
        document: &Document,
        vault: &[u8],
    ) -> PinComparison {
        let generation = document.generation();
        let change = if self.identity != StateDigest::of_identity(identity) {
            VaultChange::OtherIdentity
        } else if self.vault.contains(&StateDigest::of_vault(vault)) {
            return PinComparison::Agrees;
        } else if generation > self.generation {
            match document.descent(self.generation, &self.vault) {
                Descent::Descends | Descent::Unknown => return PinComparison::Newer,
                Descent::Diverged => VaultChange::Diverged {
                    found: generation,
                    seen: self.generation,
                },
            }
        } else if generation == self.generation {
            VaultChange::OtherState { generation }
        } else {
            VaultChange::Older {
                found: generation,
                seen: self.generation,
            }
        };
        PinComparison::Differs(vec![change])
    }

    /// Lets one more state of a slot agree, before it is written.
    pub(crate) fn allow_slot(&mut self, name: &SlotName, digest: StateDigest) {
        let seen = self.slots.entry(name.clone()).or_default();
        if !seen.contains(&digest) {
            seen.push(digest);
        }
    }
}

/// The slots of a vault at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenSlots(BTreeMap<SlotName, Vec<StateDigest>>);

impl SeenSlots {
    /// The slots as they are now.
    pub(crate) fn of(paths: &Paths) -> Result<Self, DiskError> {
        let digests = slot_digests(paths)?.into_iter();
        Ok(Self(
            digests.map(|(name, digest)| (name, vec![digest])).collect(),
        ))
    }

    /// The slots that were added or changed since.
    pub(crate) fn changes(&self, paths: &Paths) -> Result<Vec<VaultChange>, DiskError> {
        differences(&self.0, paths)
    }
}

fn differences(
    seen: &BTreeMap<SlotName, Vec<StateDigest>>,
    paths: &Paths,
) -> Result<Vec<VaultChange>, DiskError> {
    let mut changes = Vec::new();
    for (name, digest) in slot_digests(paths)? {
        match seen.get(&name) {
            Some(seen) if seen.contains(&digest) => {}
            Some(_) => changes.push(VaultChange::SlotChanged(name)),
            None => changes.push(VaultChange::SlotAdded(name)),
        }
    }
    Ok(changes)
}

/// Errors that say of a path that it is not a file which this user can read. The folder of the pins
/// is the user's own, so such a pin can be replaced.
fn is_no_file(kind: std::io::ErrorKind) -> bool {
    use std::io::ErrorKind;
    matches!(
        kind,
        ErrorKind::InvalidInput
            | ErrorKind::IsADirectory
            | ErrorKind::PermissionDenied
            | ErrorKind::FileTooLarge
    )
}

/// Whether a symbolic link leads to nothing, or back to itself.
fn is_broken(path: &Path) -> bool {
    path.is_symlink() && !path.exists()
}

/// The digest of each slot that could open the vault.
fn slot_digests(paths: &Paths) -> Result<Vec<(SlotName, StateDigest)>, DiskError> {
    let names = match slot::names(paths) {
        Err(SlotError::Disk(error)) => return Err(error),
        names => names.unwrap_or_default(),
    };
    let mut digests = Vec::new();
    for look in names.into_iter().map(|name| slot::look_at(paths, name)) {
        let (name, Some(slot), None) = (look.name, look.slot, look.fault) else {
            continue;
        };
        let Some(described) = disk::read_private(&paths.slot_metadata(&name))? else {
            continue;
        };
        let secret = match slot::secret_path(paths, &slot) {
            Some(path) => disk::read_private(&path)?,
            None => None,
        };
        let digest = slot_digest(&described, secret.as_deref());
        digests.push((name, digest));
    }
    Ok(digests)
}

/// The digest of a slot's two files.
pub(crate) fn slot_digest(described: &[u8], secret: Option<&[u8]>) -> StateDigest {
    StateDigest::of(&[described, secret.unwrap_or_default()])
}

#[cfg(test)]
mod tests;
