//! The session identity in a file of mode 0600 that lives in memory, for machines that forbid the
//! kernel keyring. Refuses a folder that is not ours alone, is a symbolic link, or is on a disk:
//! after a reboot no part of it may be readable.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use keyward_ready::memory_file::{
    self, Missing, folders, is_in_memory, open_folder, read_in as read_text_in, well_known,
};
use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, open, openat, statat, unlinkat};
use rustix::process::geteuid;
use zeroize::Zeroizing;

use crate::identity::Identity;

use super::SessionTier;
use super::tier::{Failure, Keeper};

#[derive(Debug)]
pub(super) struct RuntimeFile {
    folders: Vec<PathBuf>,
    name: String,
}

impl RuntimeFile {
    pub(super) fn new(runtime_dir: Option<PathBuf>, vault: &str) -> Self {
        Self::in_folders(folders(runtime_dir), vault)
    }

    pub(super) fn in_folders(folders: Vec<PathBuf>, vault: &str) -> Self {
        Self {
            folders,
            name: memory_file::of_sessions(vault),
        }
    }
}

/// Reads the file of a name in each of the well-known folders.
pub(crate) fn read_texts(name: &str) -> Vec<Option<Vec<u8>>> {
    let read = |folder: PathBuf| {
        let folder = open_folder(&folder, Missing::Keep).ok()?;
        read_text_in(&folder, name).map(|text| text.to_vec())
    };
    well_known().map(read).into()
}

/// Writes the file of a name in each available well-known folder. Returns whether at least one
/// write succeeded.
pub(crate) fn write_texts(name: &str, text: &[u8]) -> bool {
    let mut written = false;
    for folder in well_known() {
        let stored =
            open_folder(&folder, Missing::Make).and_then(|f| write_text_in(&f, name, text));
        written |= stored.is_ok();
    }
    written
}

impl Keeper for RuntimeFile {
    fn load(&self) -> Option<Identity> {
        self.folders
            .iter()
            .find_map(|folder| read_in(&open_folder(folder, Missing::Keep).ok()?, &self.name))
    }

    fn quick_text(&self) -> Option<Zeroizing<Vec<u8>>> {
        memory_file::read(&self.folders, &self.name)
    }

    /// In the first usable folder.
    fn store(&self, identity: &Identity) -> bool {
        self.folders.iter().any(|folder| {
            let stored =
                open_folder(folder, Missing::Make).and_then(|f| write_in(&f, &self.name, identity));
            stored.is_ok()
        })
    }

    /// The file does not expire; it is lost when the machine stops.
    fn keep_alive(&self) {}

    /// In every folder, even if one fails.
    fn forget(&self) -> Result<(), Failure> {
        let mut failed = None;
        for folder in &self.folders {
            if is_ours(folder)
                && let Err(error) = remove_in(folder, &self.name)
            {
                failed.get_or_insert(error);
            }
        }
        failed.map_or(Ok(()), |error| Err(error.into()))
    }

    /// The file that is there, or would be.
    fn place(&self) -> Option<SessionTier> {
        let mut free = None;
        for folder in &self.folders {
            let opened = open_folder(folder, Missing::Keep);
            if opened
                .as_ref()
                .is_ok_and(|opened| read_in(opened, &self.name).is_some())
            {
                return Some(SessionTier::File(folder.join(&self.name)));
            }
            if opened.is_ok() || could_make(folder) {
                free.get_or_insert_with(|| folder.join(&self.name));
            }
        }
        free.map(SessionTier::File)
    }
}

/// Whether there is such a folder and it belongs to this user, whatever others may do in it. No
/// identity was ever kept in another, nor in one that cannot be reached.
fn is_ours(folder: &Path) -> bool {
    statat(CWD, folder, AtFlags::SYMLINK_NOFOLLOW).is_ok_and(|found| {
        found.st_uid == geteuid().as_raw()
            && FileType::from_raw_mode(found.st_mode) == FileType::Directory
    })
}

/// Removes the file from a folder that may have been opened to others after the file was made.
fn remove_in(folder: &Path, name: &str) -> io::Result<()> {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let removed = open(folder, flags, Mode::empty())
        .and_then(|opened| unlinkat(&opened, name, AtFlags::empty()));
    match removed {
        Err(rustix::io::Errno::NOENT) => Ok(()),
        other => other.map_err(Into::into),
    }
}

/// Whether a folder that does not exist yet could be made in a place that lives in memory.
fn could_make(folder: &Path) -> bool {
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
    let missing =
        std::fs::symlink_metadata(folder).is_err_and(|e| e.kind() == io::ErrorKind::NotFound);
    let above = folder
        .parent()
        .and_then(|above| open(above, flags, Mode::empty()).ok());
    missing && above.is_some_and(|above| is_in_memory(&File::from(above)).unwrap_or(false))
}

fn read_in(folder: &File, name: &str) -> Option<Identity> {
    std::str::from_utf8(&read_text_in(folder, name)?)
        .ok()?
        .parse()
        .ok()
}

fn write_in(folder: &File, name: &str, identity: &Identity) -> io::Result<()> {
    // The identity is exposed to the file that keeps it.
    write_text_in(folder, name, identity.expose().as_bytes())
}

fn write_text_in(folder: &File, name: &str, text: &[u8]) -> io::Result<()> {
    match unlinkat(folder, name, AtFlags::empty()) {
        Ok(()) | Err(rustix::io::Errno::NOENT) => {}
        Err(error) => return Err(error.into()),
    }
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let mut file = File::from(openat(folder, name, flags, Mode::RUSR | Mode::WUSR)?);
    // It lives in memory: no fsync. One write, so that a reader finds the whole of it or nothing.
    file.write_all(text)
}

#[cfg(test)]
mod tests;
