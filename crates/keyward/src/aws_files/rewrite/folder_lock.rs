//! A lock per folder: of all keyward processes that rewrite files of one folder, one at a time reads and
//! renames. It locks a file of keyward's own, because other users can hold a lock on a folder that they
//! may open. Waiting names the holder, and has a limit without a terminal.

use std::io;
use std::path::{Path, PathBuf};

use keyward_vault::{LockError, LockGuard, LockWaiter, Paths};

use crate::prompt::deadline::{ForFolder, Patience};

/// The right to rewrite files of a folder. Dropping it releases the right.
#[derive(Debug)]
#[must_use = "the turn is over when this is dropped"]
pub(super) struct FolderLock {
    /// None if keyward's own folder is missing or cannot be locked: then only the comparison before the
    /// rename protects.
    _lock: Option<LockGuard>,
}

/// Waits for the lock of a folder that exists.
///
/// # Errors
/// Another keyward has had it for longer than `patience`; the cause is [`LockError::Held`].
pub(super) fn acquire(folder: &Path, patience: Patience) -> io::Result<FolderLock> {
    take_as(folder, &ForFolder(patience))
}

fn take_as(folder: &Path, waiter: &dyn LockWaiter) -> io::Result<FolderLock> {
    let Some(own) = own_folder() else {
        return Ok(FolderLock { _lock: None });
    };
    // However the folder is reached, it has one name.
    let folder = folder.canonicalize()?;
    let lock = Paths::new(own).folder_lock(&folder);
    match lock.lock_as(waiter) {
        Ok(guard) => Ok(FolderLock { _lock: Some(guard) }),
        Err(held @ LockError::Held { .. }) => Err(io::Error::new(io::ErrorKind::TimedOut, held)),
        // A full disk, a home that is not ours, a network file system without locks: none of
        // them is a reason to leave the file as it is.
        Err(_) => Ok(FolderLock { _lock: None }),
    }
}

/// The folder of keyward's own files. A lock does not create a missing home.
#[cfg(not(test))]
fn own_folder() -> Option<PathBuf> {
    use crate::system::locations::{Locations, missing_home};
    let own = Locations::find().ok()?.data;
    missing_home(&own).is_none().then_some(own)
}

/// Beside the tests, so that none touches the home of the person who runs them.
#[cfg(test)]
fn own_folder() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    Some(program.with_file_name("own-folder-of-tests"))
}

#[cfg(all(test, unix))]
mod tests;
