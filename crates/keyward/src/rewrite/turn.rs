//! Turns: of all keywards that rewrite files of one folder, one is between reading and renaming.
//! Refuses to wait for ever, and to leave a lock file in a folder that is not keyward's where the
//! folder itself can be locked.

use std::fs::{File, TryLockError};
use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

/// A turn takes milliseconds; this is a hundred of them on a slow disk.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long until the next look.
const PAUSE: Duration = Duration::from_millis(3);

/// The right to rewrite files of a folder, given back when this is dropped.
#[derive(Debug)]
#[must_use = "the turn is over when this is dropped"]
pub(super) struct Turn {
    /// None where the file system has no locks: then the comparison before the rename is all
    /// there is.
    _file: Option<File>,
}

/// Waits for the turn in a folder that exists.
pub(super) fn take(folder: &Path) -> io::Result<Turn> {
    let file = match handle(folder) {
        Ok(file) => file,
        // What can be neither read nor made says so when it is written.
        Err(_) => return Ok(Turn { _file: None }),
    };
    let until = Instant::now() + PATIENCE;
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Turn { _file: Some(file) }),
            Err(TryLockError::WouldBlock) if Instant::now() < until => std::thread::sleep(PAUSE),
            Err(TryLockError::WouldBlock) => {
                return Err(io::Error::new(
                    io::ErrorKind::TimedOut,
                    "another program holds the lock of its folder",
                ));
            }
            Err(TryLockError::Error(e)) if e.kind() == io::ErrorKind::Interrupted => {}
            // Network file systems lock no folders.
            Err(TryLockError::Error(_)) => return Ok(Turn { _file: None }),
        }
    }
}

#[cfg(unix)]
fn handle(folder: &Path) -> io::Result<File> {
    File::open(folder)
}

/// A folder cannot be locked here, so a file in it is, which stays.
#[cfg(not(unix))]
fn handle(folder: &Path) -> io::Result<File> {
    std::fs::OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(folder.join(".keyward-lock"))
}
