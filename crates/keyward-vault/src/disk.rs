//! Reading and replacing files so that others cannot read them and a crash cannot halve them.
//!
//! A file is either its old or its new content at every instant: the new one is written beside
//! it under another name with mode 0600, brought to the disk, and renamed. Files and folders
//! that others may read are refused with the command that fixes them.

mod folders;

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use keyward_core::Timestamp;
use tempfile::NamedTempFile;

use crate::link::target_of;
use folders::check_private;
pub(crate) use folders::{check_folder, check_root, make_folder, make_root, may_be_closed};

/// No file of a vault comes near this; a larger one is some other file.
const LARGEST: u64 = 64 * 1024 * 1024;

/// The age at which a crashed writer's file is deleted from a folder that others may be writing to; a
/// write never takes an hour.
pub(crate) const LEFTOVER_AGE: Duration = Duration::from_secs(3600);

const TEMPORARY_PREFIX: &str = ".keyward-";
const TEMPORARY_SUFFIX: &str = ".tmp";

/// The reasons why a file or folder of the vault could not be used.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    /// The operating system refused.
    #[error("cannot {action} `{}`", path.display())]
    Io {
        /// A verb phrase: `read`, `write`, …
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The error of the operating system.
        source: io::Error,
    },
    /// The folder contains other files and is open to other users. keyward writes nothing there,
    /// and does not ask the user to close it.
    #[error("`{}` is open to other users (mode {mode:04o}); name a folder that only keyward uses", path.display())]
    OtherFolder {
        /// The folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
    /// Other users may read it, so it cannot be trusted to be secret.
    #[error("`{}` is open to other users (mode {mode:04o}); {}", path.display(), self.way())]
    TooOpen {
        /// The file or folder.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
    },
}

impl DiskError {
    pub(crate) fn io(action: &'static str, path: &Path, source: io::Error) -> Self {
        Self::Io {
            action,
            path: path.to_owned(),
            source,
        }
    }

    /// The kind of the operating system's error.
    #[must_use]
    pub fn kind(&self) -> Option<io::ErrorKind> {
        match self {
            Self::Io { source, .. } => Some(source.kind()),
            Self::TooOpen { .. } | Self::OtherFolder { .. } => None,
        }
    }

    /// The way out for what is open to others.
    fn way(&self) -> String {
        match self.fix() {
            Some(fix) => format!("run `{fix}`"),
            None => "it is a link: replace it with a file or folder of its own".to_owned(),
        }
    }

    /// The command that fixes it, if one does. A command would close what a link leads to, which may be
    /// `/etc` or another program's.
    #[must_use]
    pub fn fix(&self) -> Option<String> {
        match self {
            Self::Io { .. } | Self::OtherFolder { .. } => None,
            Self::TooOpen { path, .. } if is_foreign_link(path) => None,
            Self::TooOpen { path, mode: _ } => {
                let shown = path.display().to_string();
                let plain = |c: char| c.is_ascii_alphanumeric() || "/._-+@".contains(c);
                if shown.chars().all(plain) {
                    Some(format!("chmod go-rwx {shown}"))
                } else {
                    Some(format!("chmod go-rwx '{}'", shown.replace('\'', r"'\''")))
                }
            }
        }
    }
}

/// Whether a path is a link, and not to a folder with a vault.
fn is_foreign_link(path: &Path) -> bool {
    path.is_symlink() && !path.join("vault.age").is_file()
}

/// The data that a crash of the machine may cost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Nothing: the content is on the disk before the rename, the rename before the return.
    Lasting,
    /// Do not wait for the disk: this content can be obtained again.
    Cache,
}

/// The points of a write between which a process may die, and the end of a read, after which
/// others may write. Tests stop, fail or write there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    /// The content is in memory.
    Read,
    /// The temporary file exists.
    Created,
    /// Half of the content is in it.
    HalfWritten,
    /// All of the content is in it.
    Written,
    /// It is on the disk.
    Synced,
    /// It bears the file's name.
    Renamed,
    /// So it does on the disk.
    FolderSynced,
    /// The file is gone.
    Removed,
}

/// The contents of a private file; `None` if the file does not exist.
pub(crate) fn read_private(path: &Path) -> Result<Option<Vec<u8>>, DiskError> {
    read_if(path, |found| check_private(path, found))
}

/// The contents of a file whatever its mode; `None` if it does not exist.
pub(crate) fn read_as_it_is(path: &Path) -> Result<Option<Vec<u8>>, DiskError> {
    read_if(path, |_| Ok(()))
}

/// The contents of a regular file that `check` accepts.
fn read_if(
    path: &Path,
    check: impl FnOnce(&fs::Metadata) -> Result<(), DiskError>,
) -> Result<Option<Vec<u8>>, DiskError> {
    let fail = |e| DiskError::io("read", path, e);
    let file = match open_at_once(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(fail(e)),
    };
    let found = file.metadata().map_err(fail)?;
    if !found.is_file() {
        let message = "it is not a regular file";
        return Err(fail(io::Error::new(io::ErrorKind::InvalidInput, message)));
    }
    check(&found)?;
    let content = whole(file, found.len()).map_err(fail)?;
    reached(Step::Read, path).map_err(fail)?;
    Ok(Some(content))
}

/// The rest of a file that states this size. It may grow meanwhile, and some files of the system state
/// none.
fn whole(file: impl io::Read, size: u64) -> io::Result<Vec<u8>> {
    let too_large = || io::Error::new(io::ErrorKind::FileTooLarge, "it is larger than 64 MiB");
    if size > LARGEST {
        return Err(too_large());
    }
    let mut content = Vec::with_capacity(usize::try_from(size).unwrap_or(0) + 1);
    file.take(LARGEST + 1).read_to_end(&mut content)?;
    match content.len() as u64 > LARGEST {
        true => Err(too_large()),
        false => Ok(content),
    }
}

/// Opens a file for reading, without blocking on a pipe that has no writer.
pub(crate) fn open_at_once(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    options.open(path)
}

/// The time of the last write to a file, if it exists.
pub(crate) fn modified(path: &Path) -> Option<Timestamp> {
    let since = fs::metadata(path)
        .ok()?
        .modified()
        .ok()?
        .duration_since(SystemTime::UNIX_EPOCH)
        .ok()?;
    Some(Timestamp::from_second(i64::try_from(since.as_secs()).ok()?))
}

/// Replaces a file's contents atomically. A symbolic link keeps its target, even if the target does not
/// exist yet.
pub(crate) fn replace(
    path: &Path,
    content: &[u8],
    durability: Durability,
) -> Result<(), DiskError> {
    let fail = |e| DiskError::io("write", path, e);
    let target = target_of(path).map_err(fail)?;
    // Root may replace a device, and every program of the machine would lose it.
    if path.is_symlink() && target.exists() && !target.is_file() {
        let message = "it is a symbolic link to something that is not a regular file";
        return Err(fail(io::Error::new(io::ErrorKind::InvalidInput, message)));
    }
    let folder = folder_of(&target);
    let mut temporary = tempfile::Builder::new()
        .prefix(TEMPORARY_PREFIX)
        .suffix(TEMPORARY_SUFFIX)
        .tempfile_in(folder)
        .map_err(fail)?;
    reached(Step::Created, path).map_err(fail)?;
    let (first, second) = content.split_at(content.len() / 2);
    temporary.write_all(first).map_err(fail)?;
    reached(Step::HalfWritten, path).map_err(fail)?;
    temporary.write_all(second).map_err(fail)?;
    reached(Step::Written, path).map_err(fail)?;
    if durability == Durability::Lasting {
        temporary.as_file().sync_all().map_err(fail)?;
    }
    reached(Step::Synced, path).map_err(fail)?;
    put_in_place(temporary, &target).map_err(fail)?;
    reached(Step::Renamed, path).map_err(fail)?;
    if durability == Durability::Lasting {
        sync_folder(folder)?;
    }
    reached(Step::FolderSynced, path).map_err(fail)?;
    Ok(())
}

/// The longest time that Windows may refuse the new name of a file.
const REFUSED_NAME: Duration = Duration::from_secs(2);

/// Gives a temporary file the name of the file that it replaces. Windows refuses that while any program
/// has that file open, such as another keyward that reads it, so there it is tried again for two
/// seconds.
///
/// Source: <https://learn.microsoft.com/en-us/windows/win32/api/winbase/nf-winbase-movefileexw>
///
/// # Errors
/// The system does not allow it.
pub fn put_in_place(mut temporary: NamedTempFile, target: &Path) -> io::Result<()> {
    let begun = Instant::now();
    loop {
        let refused = match temporary.persist(target) {
            Ok(_) => return Ok(()),
            Err(refused) => refused,
        };
        let passes = cfg!(windows) && refused.error.kind() == io::ErrorKind::PermissionDenied;
        if !passes || begun.elapsed() > REFUSED_NAME {
            return Err(refused.error);
        }
        temporary = refused.file;
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Renames a file or folder within its folder, and syncs the name to the disk.
pub(crate) fn rename(from: &Path, to: &Path) -> Result<(), DiskError> {
    fs::rename(from, to).map_err(|e| DiskError::io("rename", from, e))?;
    reached(Step::Renamed, to).map_err(|e| DiskError::io("rename", from, e))?;
    sync_folder(folder_of(to))
}

/// Whether there is a regular file of this name, not a link to one.
pub(crate) fn is_file(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|found| found.is_file())
}

/// The name itself where nothing has it, else with a number.
pub(crate) fn free_name(wanted: PathBuf) -> PathBuf {
    let numbered = |number: u32| {
        let mut name = wanted.clone().into_os_string();
        name.push(format!(".{number}"));
        PathBuf::from(name)
    };
    let taken = |path: &PathBuf| path.symlink_metadata().is_ok();
    if !taken(&wanted) {
        return wanted;
    }
    (2..)
        .map(numbered)
        .find(|path| !taken(path))
        .expect("a folder has fewer files than there are numbers")
}

/// Removes a file; a missing one is as good.
pub(crate) fn remove(path: &Path, durability: Durability) -> Result<(), DiskError> {
    match fs::remove_file(path) {
        Ok(()) => {}
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(DiskError::io("remove", path, e)),
    }
    reached(Step::Removed, path).map_err(|e| DiskError::io("remove", path, e))?;
    if durability == Durability::Lasting {
        sync_folder(folder_of(path))?;
    }
    Ok(())
}

/// Removes what crashed writers left in a folder and is older than `age`. Nothing depends on
/// it, so what cannot be removed stays.
pub(crate) fn sweep(folder: &Path, age: Duration) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        if is_temporary(&entry) && older_than(&entry, age) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

/// Whether a file belongs to a write in progress, or to one that was interrupted.
pub(crate) fn is_temporary(entry: &fs::DirEntry) -> bool {
    let name = entry.file_name();
    let name = name.to_string_lossy();
    name.starts_with(TEMPORARY_PREFIX) && name.ends_with(TEMPORARY_SUFFIX)
}

/// Whether a file was last written longer than `age` ago.
pub(crate) fn older_than(entry: &fs::DirEntry, age: Duration) -> bool {
    let written = entry.metadata().and_then(|found| found.modified());
    written.is_ok_and(|at| at.elapsed().is_ok_and(|elapsed| elapsed >= age))
}

fn folder_of(path: &Path) -> &Path {
    path.parent()
        .filter(|p| !p.as_os_str().is_empty())
        .unwrap_or(Path::new("."))
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> Result<(), DiskError> {
    File::open(folder)
        .and_then(|f| f.sync_all())
        .map_err(|e| DiskError::io("sync", folder, e))
}

/// Windows has no such call; the rename is journalled there.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "the Unix form can fail")]
fn sync_folder(_: &Path) -> Result<(), DiskError> {
    Ok(())
}

/// Outside tests every step goes well.
#[cfg(not(test))]
#[allow(clippy::unnecessary_wraps, reason = "tests let steps fail")]
const fn reached(_: Step, _: &Path) -> io::Result<()> {
    Ok(())
}
#[cfg(test)]
use steps::reached;

#[cfg(test)]
pub(crate) mod steps;
#[cfg(test)]
mod tests;
