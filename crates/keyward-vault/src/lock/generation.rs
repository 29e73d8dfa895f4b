//! The mark that `keyward lock` changes, so that programs that hold something open in memory see
//! that they are to let it go. It holds random characters, no time and no count, and is compared
//! for equality only: a mark that was removed is another mark.

use std::path::PathBuf;
use std::time::Duration;

use data_encoding::HEXLOWER;

use crate::disk::{self, DiskError, Durability};
use crate::paths::Paths;

/// What a process that was killed left in the folder of the locks goes after this time.
const LEFTOVER: Duration = Duration::from_secs(3600);

/// The place of the mark of one vault.
#[derive(Debug, Clone)]
pub struct LockGeneration {
    root: PathBuf,
    path: PathBuf,
}

/// The mark as it was at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenGeneration(Seen);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Missing,
    Text(Vec<u8>),
    /// It could not be read. No mark is ever this one.
    Unread,
}

/// Why the mark could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum MarkError {
    /// The file could not be written.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The system gives no random numbers.
    #[error("the system gives no random numbers")]
    Random(#[source] getrandom::Error),
}

impl LockGeneration {
    /// The mark of the vault at `paths`. Nothing is made yet.
    #[must_use]
    pub fn of(paths: &Paths) -> Self {
        Self {
            root: paths.root().to_owned(),
            path: paths.locks().join("locked"),
        }
    }

    /// The mark as it is. A missing one is a mark too.
    ///
    /// # Errors
    /// There is a file that cannot be read, or that others may read.
    pub fn see(&self) -> Result<SeenGeneration, DiskError> {
        let text = disk::read_private(&self.path)?;
        Ok(SeenGeneration(text.map_or(Seen::Missing, Seen::Text)))
    }

    /// The same for whoever only wants to know later whether a lock came: one that cannot be read
    /// never [stands](Self::stands).
    #[must_use]
    pub fn see_or_none_stands(&self) -> SeenGeneration {
        self.see().unwrap_or(SeenGeneration(Seen::Unread))
    }

    /// Whether the mark is still the one that was seen: no lock came since.
    ///
    /// # Errors
    /// As [`see`](Self::see).
    pub fn is_current(&self, seen: &SeenGeneration) -> Result<bool, DiskError> {
        Ok(self.see()? == *seen)
    }

    /// Changes the mark, whole or not at all.
    ///
    /// # Errors
    /// The file cannot be written; then every mark that was seen is still the present one.
    pub fn change(&self) -> Result<(), MarkError> {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).map_err(MarkError::Random)?;
        disk::make_root(&self.root)?;
        disk::make_folder(self.path.parent().unwrap_or(&self.root))?;
        if let Some(folder) = self.path.parent() {
            disk::sweep(folder, LEFTOVER);
        }
        // A process that compares generations does not outlive the machine's run.
        let text = HEXLOWER.encode(&random);
        Ok(disk::replace(
            &self.path,
            text.as_bytes(),
            Durability::Cache,
        )?)
    }
}

#[cfg(test)]
mod tests;
