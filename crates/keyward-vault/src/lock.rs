//! Locks that the kernel holds for a process and drops when it dies, however it dies. The lock
//! files themselves are empty and stay; their content is never trusted.

mod generation;
mod holder;
mod servers;
mod wait;

use std::fs::{File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::disk::{self, DiskError};

pub use generation::{LockGeneration, MarkError, SeenGeneration};
pub use holder::{HolderState, LockHolder};
pub use servers::{AnnouncedServer, RunningServer, running_servers};
pub use wait::{LockWaiter, Patient};

/// The system waits for a lock without end, so a waiter with a limit polls.
const BETWEEN_TRIES: Duration = Duration::from_millis(5);

/// A lock that any number of processes and threads may ask for.
#[derive(Debug, Clone)]
pub struct LockFile {
    root: PathBuf,
    path: PathBuf,
    purpose: LockPurpose,
}

/// The purpose of a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LockPurpose {
    /// Writing. Who could write beside it must not do so without it.
    Writes,
    /// A run that one process does for all, and that others would only do twice. Its result is
    /// written under another lock.
    SingleFlight,
}

/// A held lock; dropping it releases it. On a read-only file system the guard is empty, because no
/// process can leave anything for another. A single-flight lock is also empty if this user may
/// not create or lock the file.
#[derive(Debug)]
#[must_use = "the lock is given back at once when the guard is dropped"]
pub struct LockGuard {
    _file: Option<File>,
    path: PathBuf,
}

/// The reasons why a lock is unavailable, as opposed to held by another process.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// The lock file could not be opened or made.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// Another process held it for too long.
    #[error("another keyward holds `{}`{}", path.display(), show_holder(*holder))]
    Held {
        /// The lock file.
        path: PathBuf,
        /// The process, if the system reports it.
        holder: Option<LockHolder>,
    },
    /// The file system does not lock.
    #[error("cannot lock `{}`", path.display())]
    Lock {
        /// The lock file.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
}

fn show_holder(holder: Option<LockHolder>) -> String {
    holder.map_or_else(String::new, |holder| format!(" ({holder})"))
}

impl LockFile {
    pub(crate) fn new(root: PathBuf, path: PathBuf, purpose: LockPurpose) -> Self {
        Self {
            root,
            path,
            purpose,
        }
    }

    /// The file that is locked.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Acquires the lock if it is free.
    ///
    /// # Errors
    /// The lock file cannot be created, or the file system does not support locks.
    pub fn try_lock(&self) -> Result<Option<LockGuard>, LockError> {
        loop {
            let Some(file) = self.open()? else {
                return Ok(Some(self.guard(None)));
            };
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Ok(None),
                Err(TryLockError::Error(source)) => return self.without(source).map(Some),
            }
            if is_still_named(&file, &self.path) {
                return Ok(Some(self.guard(Some(file))));
            }
        }
    }

    /// Waits until the lock is free and acquires it.
    ///
    /// # Errors
    /// As [`try_lock`](Self::try_lock).
    pub fn lock(&self) -> Result<LockGuard, LockError> {
        loop {
            let Some(file) = self.open()? else {
                return Ok(self.guard(None));
            };
            match file.lock() {
                Ok(()) => {}
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(source) => return self.without(source),
            }
            if is_still_named(&file, &self.path) {
                return Ok(self.guard(Some(file)));
            }
        }
    }

    /// Waits for the lock for as long as `waiter` allows, and calls it when that takes long.
    ///
    /// # Errors
    /// Another process holds the lock for all that time, or as [`try_lock`](Self::try_lock).
    pub fn lock_as(&self, waiter: &dyn LockWaiter) -> Result<LockGuard, LockError> {
        wait::lock(self, waiter)
    }

    /// The process that holds the lock, if the system says.
    #[must_use]
    pub fn holder(&self) -> Option<LockHolder> {
        holder::of(&self.path)
    }

    /// Acquires the lock, unless another process holds it for all of `patience`.
    ///
    /// # Errors
    /// As [`try_lock`](Self::try_lock).
    pub(crate) fn lock_within(&self, patience: Duration) -> Result<Option<LockGuard>, LockError> {
        let begun = Instant::now();
        loop {
            if let Some(guard) = self.try_lock()? {
                return Ok(Some(guard));
            }
            if begun.elapsed() >= patience {
                return Ok(None);
            }
            std::thread::sleep(BETWEEN_TRIES);
        }
    }

    fn guard(&self, file: Option<File>) -> LockGuard {
        LockGuard {
            _file: file,
            path: self.path.clone(),
        }
    }

    /// Handles a file that keyward cannot lock. Network file systems refuse to lock a read-only
    /// file, as if they had no locks. The run then continues without a lock.
    fn without(&self, source: io::Error) -> Result<LockGuard, LockError> {
        if self.purpose == LockPurpose::SingleFlight && wants_writing(&source) {
            return Ok(self.guard(None));
        }
        Err(LockError::Lock {
            path: self.path.clone(),
            source,
        })
    }

    /// The lock file, made if it is missing; `None` if there can be none.
    fn open(&self) -> Result<Option<File>, LockError> {
        let error = match self.make() {
            Ok(file) => return Ok(Some(file)),
            Err(error) => error,
        };
        match error.kind() {
            Some(io::ErrorKind::ReadOnlyFilesystem) => Ok(None),
            Some(io::ErrorKind::PermissionDenied) => self.open_unwritable(error),
            _ => Err(error.into()),
        }
    }

    /// Opens a lock file that must not be written. On a local disk a lock needs only read access, so it
    /// still excludes other processes. A missing file is a free lock.
    fn open_unwritable(&self, refused: DiskError) -> Result<Option<File>, LockError> {
        match disk::open_at_once(&self.path) {
            Ok(file) => Ok(Some(file)),
            Err(e)
                if e.kind() == io::ErrorKind::NotFound
                    && self.purpose == LockPurpose::SingleFlight =>
            {
                Ok(None)
            }
            // It may be there and held, which cannot be seen; or what it guards can be written.
            Err(_) => Err(refused.into()),
        }
    }

    fn make(&self) -> Result<File, DiskError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let fail = |e| DiskError::io("open the lock", &self.path, e);
        match options.open(&self.path) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {
                disk::make_root(&self.root)?;
                disk::make_folder(self.path.parent().unwrap_or(&self.root))?;
                options.open(&self.path).map_err(fail)
            }
            other => other.map_err(fail),
        }
    }
}

impl LockGuard {
    /// Removes the lock file while it is held. Those who wait for it find that the file they
    /// hold has lost its name, and start over with the new one.
    pub(crate) fn remove_file(self) {
        // Windows refuses to remove an open file, and an empty one does no harm.
        #[cfg(unix)]
        let _ = std::fs::remove_file(&self.path);
        #[cfg(not(unix))]
        let _ = &self.path;
    }
}

/// Whether a lock was refused because the file was not opened to be written.
#[cfg(unix)]
fn wants_writing(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::BADF.raw_os_error())
}

#[cfg(not(unix))]
fn wants_writing(_: &io::Error) -> bool {
    false
}

/// Whether the locked file is the one that other processes will open. It is not if a process removed it
/// between our opening and our locking.
#[cfg(unix)]
fn is_still_named(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let (Ok(held), Ok(named)) = (file.metadata(), std::fs::metadata(path)) else {
        return false;
    };
    (held.dev(), held.ino()) == (named.dev(), named.ino())
}

#[cfg(not(unix))]
fn is_still_named(_: &File, _: &Path) -> bool {
    true
}

#[cfg(test)]
mod tests;
