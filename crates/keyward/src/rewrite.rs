//! Replacing the AWS files: whole or not at all, through symlinks, with the mode they had, and
//! only if nobody else changed them meanwhile.

mod leftover;

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use tempfile::NamedTempFile;

/// Replaces `path` by `new`, provided that it still holds `old` (`None`: does not exist).
/// A new file gets mode 0600 and its folder, when missing, 0700.
///
/// # Errors
/// The file changed since it was read, or cannot be written; then it is as it was.
pub(crate) fn replace(path: &Path, old: Option<&str>, new: &str) -> io::Result<()> {
    replace_with(path, old, new, keep_mode)
}

/// The same for a file of secrets: whatever mode it had, it is its owner's alone afterwards.
///
/// # Errors
/// The file changed since it was read, or cannot be written; then it is as it was.
pub(crate) fn replace_secret(path: &Path, old: Option<&str>, new: &str) -> io::Result<()> {
    // The temporary file is made with mode 0600 and stays so.
    replace_with(path, old, new, |_, _| Ok(()))
}

fn replace_with(
    path: &Path,
    old: Option<&str>,
    new: &str,
    mode: impl Fn(&Path, &File) -> io::Result<()>,
) -> io::Result<()> {
    // A symlinked dot file keeps being one: the file it points at is replaced.
    let target = match path.canonicalize() {
        Ok(target) => target,
        Err(e) if e.kind() == io::ErrorKind::NotFound => path.to_path_buf(),
        Err(e) => return Err(e),
    };
    let folder = target
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .map_or_else(|| PathBuf::from("."), Path::to_path_buf);
    make_folder(&folder)?;
    let mut temporary = temporary_in(&folder)?;
    temporary.write_all(new.as_bytes())?;
    mode(&target, temporary.as_file())?;
    temporary.as_file().sync_all()?;
    if read(&target)?.as_deref() != old {
        return Err(io::Error::other(
            "another program changed the file meanwhile; run the command again",
        ));
    }
    temporary.persist(&target).map_err(|e| e.error)?;
    sync_folder(&folder)
}

/// Writes a new file, 0600, whole or not at all.
///
/// # Errors
/// It exists already, or cannot be written.
pub(crate) fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or_else(|| Path::new("."));
    let mut temporary = temporary_in(folder)?;
    temporary.write_all(content)?;
    temporary.as_file().sync_all()?;
    temporary.persist_noclobber(path).map_err(|e| e.error)?;
    sync_folder(folder)
}

/// A file beside the one that is to be replaced. What earlier ones that were killed left there
/// goes.
fn temporary_in(folder: &Path) -> io::Result<NamedTempFile> {
    leftover::sweep(folder, SystemTime::now());
    tempfile::Builder::new()
        .prefix(leftover::PREFIX)
        .rand_bytes(leftover::RANDOM)
        .tempfile_in(folder)
}

/// The file's text, `None` when there is none.
pub(crate) fn read(path: &Path) -> io::Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

/// Makes a folder and what is missing above it, for its owner alone.
pub(crate) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(unix)]
fn keep_mode(target: &Path, temporary: &File) -> io::Result<()> {
    use std::os::unix::fs::MetadataExt;
    let Ok(metadata) = std::fs::metadata(target) else {
        return Ok(());
    };
    temporary.set_permissions(metadata.permissions())?;
    // Only root can give a file away; anyone else replaces a file of another owner by one's own.
    let _ = std::os::unix::fs::fchown(temporary, Some(metadata.uid()), Some(metadata.gid()));
    Ok(())
}

#[cfg(not(unix))]
fn keep_mode(_target: &Path, _temporary: &File) -> io::Result<()> {
    Ok(())
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
