//! Texts in files of mode 0600 that live in memory. Refuses a folder that is not ours alone, is a
//! symbolic link, or is on a disk: after a reboot no part of it may be readable.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use rustix::fs::{CWD, FileType, Mode, OFlags, fstat, fstatfs, mkdirat, open, openat};
use rustix::process::geteuid;
use zeroize::Zeroizing;

/// `TMPFS_MAGIC` and `RAMFS_MAGIC` of statfs(2).
const IN_MEMORY: [u64; 2] = [0x0102_1994, 0x8584_58f6];

/// The name of the file of the session identity of the vault of that short name.
#[must_use]
pub fn of_sessions(vault: &str) -> String {
    ["session-", vault, ".key"].concat()
}

/// The folders that may hold such a file, best first.
#[must_use]
pub fn folders(runtime_dir: Option<PathBuf>) -> Vec<PathBuf> {
    let given = runtime_dir
        .filter(|dir| dir.is_absolute())
        .map(|dir| dir.join("keyward"));
    given.into_iter().chain(well_known()).collect()
}

/// The folders in memory that need no variable of the environment to be found.
#[must_use]
pub fn well_known() -> [PathBuf; 2] {
    let uid = geteuid().as_raw();
    [
        PathBuf::from(format!("/run/user/{uid}/keyward")),
        PathBuf::from(format!("/dev/shm/keyward-{uid}")),
    ]
}

/// The text of that name in the first folder that has it.
#[must_use]
pub fn read(folders: &[PathBuf], name: &str) -> Option<Zeroizing<Vec<u8>>> {
    folders
        .iter()
        .find_map(|folder| read_in(&open_folder(folder, Missing::Keep).ok()?, name))
}

/// The treatment of a folder that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Make it, for its owner alone.
    Make,
    /// Leave it missing.
    Keep,
}

/// Opens a folder and checks the opened one, not the one with that name later.
///
/// # Errors
/// It cannot be opened, or may not hold such a file.
pub fn open_folder(path: &Path, missing: Missing) -> io::Result<File> {
    if missing == Missing::Make {
        match mkdirat(CWD, path, Mode::RWXU) {
            Ok(()) | Err(rustix::io::Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let folder = File::from(open(path, flags, Mode::empty())?);
    let ours = is_private(&folder, FileType::Directory)?;
    if ours && is_in_memory(&folder)? {
        Ok(folder)
    } else {
        Err(io::ErrorKind::PermissionDenied.into())
    }
}

/// Whether an open file is of that type, and this user's alone.
fn is_private(file: &File, wanted: FileType) -> io::Result<bool> {
    let found = fstat(file)?;
    let ours = found.st_uid == geteuid().as_raw();
    Ok(ours && found.st_mode & 0o077 == 0 && FileType::from_raw_mode(found.st_mode) == wanted)
}

/// Whether an open folder lives in memory.
///
/// # Errors
/// The system does not report it.
#[allow(
    clippy::cast_sign_loss,
    reason = "the magic number is a bit pattern; its type varies by platform"
)]
pub fn is_in_memory(folder: &File) -> io::Result<bool> {
    let kind = fstatfs(folder)?.f_type as u64 & 0xffff_ffff;
    Ok(IN_MEMORY.contains(&kind))
}

/// The text of that name in an open folder.
#[must_use]
pub fn read_in(folder: &File, name: &str) -> Option<Zeroizing<Vec<u8>>> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC | OFlags::NONBLOCK;
    let file = File::from(openat(folder, name, flags, Mode::empty()).ok()?);
    if !is_private(&file, FileType::RegularFile).ok()? {
        return None;
    }
    let mut text = Zeroizing::new(Vec::with_capacity(256));
    file.take(256).read_to_end(&mut text).ok()?;
    Some(text)
}
