//! The mark that `keyward lock` changes, so that programs see when to drop what they hold in
//! memory. It holds random characters, no time and no count, and is compared for equality only: a
//! mark that was removed is another mark.

use std::io::Write as _;
use std::path::PathBuf;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::disk::{self, DiskError, Durability, LEFTOVER_AGE};
use crate::paths::Paths;

/// The place of the mark of one vault, and a name for marks in memory. Those are made only if
/// the mark's file cannot be written, as on a full disk.
#[derive(Debug, Clone)]
pub struct LockGeneration {
    root: PathBuf,
    path: PathBuf,
    #[cfg(target_os = "linux")]
    in_memory: String,
}

/// The mark as it was at a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeenGeneration {
    file: Seen,
    /// The marks in memory, each place in its turn.
    memory: Vec<Option<Vec<u8>>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Seen {
    Missing,
    Text(Vec<u8>),
    /// It could not be read. No mark is ever this one.
    Unread,
}

impl SeenGeneration {
    /// A name of this mark, which reveals nothing about the mark itself: 16 hex digits.
    pub(super) fn name(&self) -> String {
        let mut digest = Sha256::new();
        let mut part = |kind: u8, text: &[u8]| {
            digest.update([kind]);
            digest.update(text.len().to_le_bytes());
            digest.update(text);
        };
        match &self.file {
            Seen::Missing => part(0, b""),
            Seen::Text(text) => part(1, text),
            Seen::Unread => part(2, b""),
        }
        for place in &self.memory {
            match place {
                None => part(3, b""),
                Some(text) => part(4, text),
            }
        }
        HEXLOWER.encode(&digest.finalize()[..8])
    }
}

/// The reasons why the mark could not be changed.
#[derive(Debug, thiserror::Error)]
pub enum MarkError {
    /// The file could not be written.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// The system provides no random numbers.
    #[error("the system provides no random numbers")]
    Random(#[source] getrandom::Error),
}

impl LockGeneration {
    /// The mark of the vault at `paths`. Nothing is made yet.
    #[must_use]
    pub fn of(paths: &Paths) -> Self {
        Self {
            root: paths.root().to_owned(),
            path: paths.lock_mark(),
            #[cfg(target_os = "linux")]
            in_memory: paths.shared_mark(),
        }
    }

    /// The mark as it is. A missing one is a mark too.
    ///
    /// # Errors
    /// There is a file that cannot be read, or that others may read.
    pub fn see(&self) -> Result<SeenGeneration, DiskError> {
        let text = disk::read_private(&self.path)?;
        Ok(SeenGeneration {
            file: text.map_or(Seen::Missing, Seen::Text),
            memory: self.see_memory(),
        })
    }

    /// Like `see`, but an unreadable file yields a generation that is never [current](Self::is_current)
    /// later.
    #[must_use]
    pub fn see_or_never_current(&self) -> SeenGeneration {
        self.see().unwrap_or_else(|_| SeenGeneration {
            file: Seen::Unread,
            memory: self.see_memory(),
        })
    }

    /// Whether the mark is still the one that was seen: no lock came since.
    ///
    /// # Errors
    /// As [`see`](Self::see).
    pub fn is_current(&self, seen: &SeenGeneration) -> Result<bool, DiskError> {
        // A lock that left its mark in memory counts, even if the file could not change.
        if self.see_memory() != seen.memory {
            return Ok(false);
        }
        Ok(self.see()?.file == seen.file)
    }

    /// Changes the mark: by a new file, else in the old one, which needs no room on the disk, else
    /// in memory.
    ///
    /// # Errors
    /// keyward can write no mark. Every mark that a program has read is then still current.
    pub fn change(&self) -> Result<(), MarkError> {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).map_err(MarkError::Random)?;
        // No process that compares marks survives a restart of the machine.
        let text = HEXLOWER.encode(&random);
        let refused = match self.replace(&text) {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        match self.overwrite(&text) || self.change_memory(&text) {
            true => Ok(()),
            false => Err(refused.into()),
        }
    }

    fn replace(&self, text: &str) -> Result<(), DiskError> {
        disk::make_root(&self.root)?;
        disk::make_folder(self.path.parent().unwrap_or(&self.root))?;
        if let Some(folder) = self.path.parent() {
            disk::sweep(folder, LEFTOVER_AGE);
        }
        disk::replace(&self.path, text.as_bytes(), Durability::Cache)
    }

    /// Writes over a mark of the same length. A crash in between leaves another mark too.
    fn overwrite(&self, text: &str) -> bool {
        let old = disk::read_private(&self.path).ok().flatten();
        if old.is_none_or(|old| old.len() != text.len()) {
            return false;
        }
        let file = std::fs::OpenOptions::new().write(true).open(&self.path);
        let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
        let now = disk::read_private(&self.path).ok().flatten();
        written.is_ok() && now.is_some_and(|now| now == text.as_bytes())
    }

    #[cfg(target_os = "linux")]
    fn see_memory(&self) -> Vec<Option<Vec<u8>>> {
        let mut seen = crate::session::runtime::read_texts(&self.in_memory);
        seen.push(crate::session::keyring::read_text(&self.keyring_mark()));
        seen
    }

    #[cfg(target_os = "linux")]
    fn change_memory(&self, text: &str) -> bool {
        let in_files = crate::session::runtime::write_texts(&self.in_memory, text.as_bytes());
        let in_keyring = crate::session::keyring::write_text(&self.keyring_mark(), text.as_bytes());
        in_files || in_keyring
    }

    #[cfg(target_os = "linux")]
    fn keyring_mark(&self) -> String {
        format!("keyward:{}", self.in_memory)
    }

    /// Other systems have no place in memory that every program finds.
    #[cfg(not(target_os = "linux"))]
    fn see_memory(&self) -> Vec<Option<Vec<u8>>> {
        let _ = self;
        Vec::new()
    }

    #[cfg(not(target_os = "linux"))]
    fn change_memory(&self, _text: &str) -> bool {
        let _ = self;
        false
    }
}

#[cfg(test)]
mod tests;
