//! A vault whose file is missing although there was one: recognized by what is left of it, and set
//! aside only when a person asks for that. Nothing here deletes a file of a vault.

use std::path::{Path, PathBuf};

use crate::disk::{self, free_name};
use crate::index::Index;
use crate::link::target_of;
use crate::slot;

use super::{Leftover, LostVault, SetAsideError, Vault};

impl LostVault {
    /// Whether a copy is left that can be restored: no file is on a disk that is missing.
    pub(super) fn has_copy_alone(&self) -> bool {
        let link = |left: &Leftover| matches!(left, Leftover::Link { .. });
        let copy = |left: &Leftover| matches!(left, Leftover::Copy(_));
        self.left.iter().any(copy) && !self.left.iter().any(link)
    }
}

impl Vault {
    /// Returns the leftovers of a vault whose file is missing; `None` if there is a vault, or never
    /// was one.
    #[must_use]
    pub fn lost(&self) -> Option<LostVault> {
        if self.exists() {
            return None;
        }
        let left = self.leftovers();
        // Another process may have finished a creation while this one looked at the leftovers.
        (!left.is_empty() && !self.exists()).then(|| LostVault {
            path: self.paths().vault(),
            left,
        })
    }

    fn leftovers(&self) -> Vec<Leftover> {
        let paths = self.paths();
        let files = [
            paths.vault(),
            paths.previous(),
            paths.index(),
            paths.slots(),
        ];
        let mut left = Vec::new();
        if paths.previous().exists() {
            left.push(Leftover::Copy(paths.previous()));
        }
        if Index::load(paths).map_or(true, |index| index != Index::default()) {
            left.push(Leftover::Index(paths.index()));
        }
        let pin = self.pin.path();
        let pin = pin.filter(|pin| pin.symlink_metadata().is_ok());
        // A creation that died leaves its slots, an empty list and its mark. If there is more, the
        // mark is an old one, and the slots open a vault.
        let died = disk::is_file(&paths.unfinished()) && left.is_empty() && pin.is_none();
        let has_slots = || slot::names(paths).map_or(true, |names| !names.is_empty());
        if !died && has_slots() {
            left.push(Leftover::Slots(paths.slots()));
        }
        if let Some(pin) = pin {
            left.push(Leftover::Pin(pin.to_owned()));
        }
        // A link may have been made for a vault that does not exist yet. Where its folder is missing,
        // or something else is left, it led to one.
        let links: Vec<Leftover> = files.iter().filter_map(|path| broken_link(path)).collect();
        if !left.is_empty() || files.iter().any(|path| target_of(path).is_err()) {
            left.splice(..0, links);
        }
        left
    }

    /// Renames the leftovers of a missing vault, so that a new vault can be made, and returns these
    /// names. Only the pin is deleted: it is not part of the vault.
    ///
    /// # Errors
    /// The vault exists, or a file cannot be renamed.
    pub fn set_aside(&self) -> Result<Vec<PathBuf>, SetAsideError> {
        let _lock = self.lock()?;
        if self.exists() {
            return Err(SetAsideError::Exists(self.paths().vault()));
        }
        let mut kept = Vec::new();
        for left in self.leftovers() {
            match left {
                Leftover::Link { path, target: _ }
                | Leftover::Copy(path)
                | Leftover::Index(path)
                | Leftover::Slots(path) => {
                    let mut name = path.clone().into_os_string();
                    name.push(".replaced");
                    let name = free_name(name.into());
                    disk::rename(&path, &name)?;
                    kept.push(name);
                }
                // Last in the list: until then, a run that dies here can be repeated.
                Leftover::Pin(_) => self.pin.remove()?,
            }
        }
        Ok(kept)
    }
}

/// A symbolic link to something that does not exist.
fn broken_link(path: &Path) -> Option<Leftover> {
    let target = std::fs::read_link(path).ok()?;
    (!path.exists()).then(|| Leftover::Link {
        path: path.to_owned(),
        target,
    })
}
