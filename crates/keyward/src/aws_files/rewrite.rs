//! Replaces the AWS files: atomically, through symlinks, with their mode, one keyward at a time,
//! and only if no other program changed them in the meantime.

mod folder_lock;
mod leftover;
mod regular;

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use keyward_vault::{LockError, explain_folder, put_in_place, refuse_broken_link, target_of};
use tempfile::NamedTempFile;
use zeroize::Zeroizing;

use crate::prompt::deadline::{Deadline, Patience};
use crate::screen::error::{CliError, ErrorKind, Given, elsewhere, how_to_go_on};
use crate::system::locations;
use crate::system::read_limited;

use regular::refuse_device;

/// The treatment of a file's mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Holds {
    /// It stays; a new file is its owner's alone.
    Settings,
    /// Whatever it was, the file is its owner's alone afterwards.
    Secrets,
}

/// The number of attempts of an update when another program wrote the file in between.
const ATTEMPTS: u8 = 5;

/// The reasons why an update was not made.
#[derive(Debug)]
pub(crate) enum UpdateError<E> {
    /// The file cannot be read.
    Read(io::Error),
    /// It cannot be written; it is as it was.
    Write(io::Error),
    /// The change itself was refused.
    Change(E),
}

/// Updates a file from its present contents: `change` receives the text (`None`: no file) and returns
/// the new text, or `None` to leave the file alone. Several keyward processes wait for one another, without
/// a terminal until `deadline`. If another program wrote the file in between, `change` runs again on
/// the new contents.
///
/// # Errors
/// See [`UpdateError`].
pub(crate) fn update<E>(
    path: &Path,
    holds: Holds,
    deadline: Deadline,
    mut change: impl FnMut(Option<&str>) -> Result<Option<String>, E>,
) -> Result<(), UpdateError<E>> {
    let before = read(path).map_err(UpdateError::Read)?.map(Zeroizing::new);
    // A change that does nothing, or is refused, makes no folder and acquires no lock.
    let first = change(before.as_ref().map(|text| text.as_str())).map_err(UpdateError::Change)?;
    if first.map(Zeroizing::new).is_none() {
        return Ok(());
    }
    let place = ReplaceTarget::of(path).map_err(UpdateError::Write)?;
    let _lock = folder_lock::acquire(&place.folder, Patience::OfRun(deadline))
        .map_err(UpdateError::Write)?;
    for attempt in 1.. {
        let old = read(&place.target)
            .map_err(UpdateError::Read)?
            .map(Zeroizing::new);
        let old = old.as_ref().map(|text| text.as_str());
        let Some(new) = change(old).map_err(UpdateError::Change)? else {
            return Ok(());
        };
        let new = Zeroizing::new(new);
        match place.put(old, &new, holds) {
            Ok(Put::Done) => return Ok(()),
            Ok(Put::Changed) if attempt < ATTEMPTS => {}
            Ok(Put::Changed) => return Err(UpdateError::Write(changed())),
            Err(e) => return Err(UpdateError::Write(e)),
        }
    }
    unreachable!("the last attempt returns")
}

/// Replaces `path` by `new`, provided that it still holds `old` (`None`: does not exist).
/// A new file gets mode 0600 and its folder, when missing, 0700.
///
/// # Errors
/// The file changed since it was read, or cannot be written; then it is as it was.
pub(crate) fn replace(
    path: &Path,
    old: Option<&str>,
    new: &str,
    deadline: Deadline,
) -> io::Result<()> {
    let place = ReplaceTarget::of(path)?;
    let _lock = folder_lock::acquire(&place.folder, Patience::OfRun(deadline))?;
    match place.put(old, new, Holds::Settings)? {
        Put::Done => Ok(()),
        Put::Changed => Err(changed()),
    }
}

/// Puts a file of secrets in the place of whatever is there, which is not read: its owner's alone.
///
/// # Errors
/// It cannot be written; then it is as it was.
pub(crate) fn put_secret(path: &Path, new: &str, deadline: Deadline) -> io::Result<()> {
    reserve_secret(path, deadline)?.put(new)
}

/// Writes a report to a file that the person named and that only its owner may read. It replaces nothing
/// but an earlier report, which `is_report` recognises, or an empty file. A pipe or a socket has another
/// program at its other end.
///
/// # Errors
/// The file is another one, or cannot be written; then it is as it was.
pub(crate) fn put_report(
    path: &Path,
    text: &str,
    is_report: impl FnOnce(&str) -> bool,
    deadline: Deadline,
) -> Result<(), CliError> {
    if path.is_file() {
        let before = read_limited::text(path, read_limited::REPORT);
        if !before.is_ok_and(|before| before.is_empty() || is_report(&before)) {
            return Err(CliError::usage(format!(
                "`{}` exists and is not an earlier report of this command",
                locations::show(path)
            ))
            .hint("the file is unchanged; name a new one"));
        }
    }
    regular::refuse_pipe(path)
        .and_then(|()| put_secret(path, text, deadline))
        .map_err(|e| unwritten(path, e))
}

/// Checks whether a file of secrets can be written, before the request for its content: a
/// single-use grant must not be spent if its answer cannot be saved. The folder is there
/// afterwards, and the room on the disk is taken.
///
/// # Errors
/// It cannot be written.
pub(crate) fn reserve_secret(path: &Path, deadline: Deadline) -> io::Result<Reserved> {
    let place = ReplaceTarget::of(path)?;
    refuse_fixed(&place.target)?;
    // In a folder that only grows, a file can be made but not moved.
    temporary_in(&place.folder)?.close()?;
    let mut temporary = temporary_in(&place.folder)?;
    temporary.write_all(&[b' '; ROOM])?;
    // Some disks refuse only the write itself.
    temporary.as_file().sync_all()?;
    Ok(Reserved {
        place,
        written: Written(temporary),
        deadline,
    })
}

/// Refuses a file that its own attributes keep from being replaced (`chattr +i`, `+a`). A file that only
/// its mode closes can be replaced.
#[cfg(unix)]
fn refuse_fixed(target: &Path) -> io::Result<()> {
    if !target.is_file() {
        return Ok(());
    }
    let fixed =
        |error: &io::Error| error.raw_os_error() == Some(rustix::io::Errno::PERM.raw_os_error());
    match std::fs::File::options().write(true).open(target) {
        Err(error) if fixed(&error) => Err(error),
        _ => Ok(()),
    }
}

#[cfg(not(unix))]
fn refuse_fixed(_target: &Path) -> io::Result<()> {
    Ok(())
}

/// More than the files hold that are written after a grant.
const ROOM: usize = 32 * 1024;

/// A file of secrets that can be written.
#[derive(Debug)]
#[must_use = "the room is given back when this is dropped"]
pub(crate) struct Reserved {
    place: ReplaceTarget,
    written: Written,
    deadline: Deadline,
}

impl Reserved {
    /// Puts the file in the place of whatever is there, which is not read: its owner's alone.
    ///
    /// # Errors
    /// It cannot be written after all; then it is as it was.
    pub(crate) fn put(self, new: &str) -> io::Result<()> {
        let Self {
            place,
            mut written,
            deadline,
        } = self;
        // This content cannot be obtained again, so write it even without the folder lock.
        let _lock = folder_lock::acquire(&place.folder, Patience::Short(deadline)).ok();
        let file = written.0.as_file_mut();
        file.seek(SeekFrom::Start(0))?;
        file.write_all(new.as_bytes())?;
        file.set_len(new.len() as u64)?;
        file.sync_all()?;
        written.take_its_place(&place)
    }
}

fn changed() -> io::Error {
    io::Error::other("another program changed the file in the meantime; run the command again")
}

/// The result of a replacement.
enum Put {
    Done,
    /// The file holds something else than was thought.
    Changed,
}

/// A file that is to be replaced, and its folder, which exists.
#[derive(Debug)]
struct ReplaceTarget {
    target: PathBuf,
    folder: PathBuf,
}

impl ReplaceTarget {
    fn of(path: &Path) -> io::Result<Self> {
        // A symlinked dot file keeps being one: the file it points at is replaced, or made.
        let target = target_of(path)?;
        refuse_device(&target)?;
        let folder = target
            .parent()
            .filter(|folder| !folder.as_os_str().is_empty())
            .map_or_else(|| PathBuf::from("."), Path::to_path_buf);
        make_folder(&folder)?;
        Ok(Self { target, folder })
    }

    /// Replaces the file if it still holds `old`. The caller holds the folder lock.
    fn put(&self, old: Option<&str>, new: &str, holds: Holds) -> io::Result<Put> {
        let written = self.write(new, holds)?;
        if read(&self.target)?
            .map(Zeroizing::new)
            .as_ref()
            .map(|text| text.as_str())
            != old
        {
            return Ok(Put::Changed);
        }
        written.take_its_place(self)?;
        Ok(Put::Done)
    }

    /// The new content beside the file, on the disk.
    fn write(&self, new: &str, holds: Holds) -> io::Result<Written> {
        let mut temporary = temporary_in(&self.folder)?;
        temporary.write_all(new.as_bytes())?;
        match holds {
            Holds::Settings => keep_mode(&self.target, temporary.as_file())?,
            // The temporary file is made with mode 0600 and stays so.
            Holds::Secrets => {}
        }
        temporary.as_file().sync_all()?;
        Ok(Written(temporary))
    }
}

/// A new content that has no name yet.
#[derive(Debug)]
struct Written(NamedTempFile);

impl Written {
    fn take_its_place(self, place: &ReplaceTarget) -> io::Result<()> {
        put_in_place(self.0, &place.target)?;
        // The file has its new content, so this must not report a failure. If the folder cannot be synced, a
        // crash of the machine can bring the complete old content back.
        let _ = sync_folder(&place.folder);
        Ok(())
    }
}

/// Writes a new file, 0600, whole or not at all.
///
/// # Errors
/// It exists already, or cannot be written.
pub(crate) fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = folder_of(path);
    let mut temporary = temporary_in(folder)?;
    temporary.write_all(content)?;
    temporary.as_file().sync_all()?;
    temporary.persist_noclobber(path).map_err(|e| e.error)?;
    // A failed write must leave no file behind for the next run.
    sync_folder(folder).inspect_err(|_| drop(std::fs::remove_file(path)))
}

/// A file beside the one that is to be replaced. Deletes the leftovers of killed runs.
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    leftover::sweep(folder, SystemTime::now());
    tempfile::Builder::new()
        .prefix(leftover::PREFIX)
        .rand_bytes(leftover::RANDOM)
        .tempfile_in(folder)
}

/// Refuses a path that cannot be written because it is not a file, or because its folder is a
/// broken symbolic link. Called before any work that ends in writing it.
pub(crate) fn take_files_only(path: &Path) -> Result<(), CliError> {
    let writable = || {
        refuse_device(path)?;
        let target = target_of(path)?;
        refuse_broken_link(target.parent().unwrap_or(&target))
    };
    writable().map_err(|e| unwritten(path, e))
}

/// The error about a file that was not written: a usage error if the path can never be a file.
pub(crate) fn unwritten(path: &Path, error: io::Error) -> CliError {
    let told = format!("`{}` could not be written", locations::show(path));
    let held = error.get_ref().and_then(|cause| cause.downcast_ref());
    if let Some(LockError::Held { holder, .. }) = held {
        let hint = how_to_go_on(*holder);
        return CliError::new(ErrorKind::PersonNeeded, told)
            .because(error)
            .hint(hint);
    }
    match error.kind() {
        io::ErrorKind::InvalidInput => CliError::usage(told)
            .because(error)
            .hint("name a regular file"),
        // Only a new file is made under the condition that there is none.
        io::ErrorKind::AlreadyExists => CliError::failed(told)
            .because(error)
            .hint("an existing file is never overwritten: name another, or move it away"),
        io::ErrorKind::NotFound if is_missing(folder_of(path)) => {
            CliError::failed(told).because(error).hint(format!(
                "make the folder first: mkdir -p {}",
                locations::word(folder_of(path))
            ))
        }
        _ => {
            let next = elsewhere(path, Given::File, &error);
            CliError::failed(told).because(error).hint_all(next)
        }
    }
}

/// Whether a folder can be made if there is none.
fn is_missing(folder: &Path) -> bool {
    !folder.exists() && refuse_broken_link(folder).is_ok()
}

/// The folder that a file is in.
fn folder_of(path: &Path) -> &Path {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    folder.unwrap_or(Path::new("."))
}

/// The file's text; `None` without a file.
pub(crate) fn read(path: &Path) -> io::Result<Option<String>> {
    match read_limited::read(path, read_limited::SETTINGS) {
        Ok(bytes) => String::from_utf8(bytes)
            .map(Some)
            .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text")),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

/// Makes a folder and what is missing above it, for its owner alone.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    if let Some(home) = locations::missing_home(folder) {
        return Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!("the home folder `{}` does not exist", home.display()),
        ));
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder
        .create(folder)
        .map_err(|error| explain_folder(folder, error))
}

#[cfg(unix)]
fn keep_mode(target: &Path, temporary: &File) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let Ok(metadata) = std::fs::metadata(target) else {
        return Ok(());
    };
    temporary.set_permissions(metadata.permissions())?;
    // Only root can change the owner of a file; other users replace another owner's file with their
    // own.
    let _ = std::os::unix::fs::fchown(temporary, Some(metadata.uid()), Some(metadata.gid()));
    Ok(())
}

#[cfg(not(unix))]
fn keep_mode(_target: &Path, _temporary: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    #[cfg(test)]
    tests::sync_refused()?;
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
