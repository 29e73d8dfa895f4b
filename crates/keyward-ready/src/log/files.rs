//! The files of the log: the current one, and older ones beside it with a number after the name. A file
//! of full size gets the next number, and the oldest numbered files are deleted. Refuses anything but a
//! regular file: reading a pipe would never end.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// The greatest size of the written file, give or take a line.
pub const LARGEST: u64 = 8 << 20;
/// Of a file that is larger, only so much of its end is read.
pub const READ_AT_MOST: u64 = 4 * LARGEST;
/// The number of older files that are kept: together some hundred thousand hand-outs.
const KEPT: u64 = 16;

/// Opens the written file, and makes it where it is missing.
///
/// # Errors
/// It cannot be opened.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    at_once(&mut options);
    match options.open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let mut folder = std::fs::DirBuilder::new();
            folder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
            folder.create(path.parent().unwrap_or(path))?;
            options.open(path)
        }
        other => other,
    }
}

/// Opens a file to read it; `None` if it is missing.
///
/// # Errors
/// It cannot be opened, or is not a regular file.
pub fn open_to_read(path: &Path) -> io::Result<Option<File>> {
    let mut options = OpenOptions::new();
    options.read(true);
    at_once(&mut options);
    match options.open(path) {
        Ok(file) => regular(&file).map(|_| Some(file)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(e) => Err(e),
    }
}

/// Makes files private, and opens a pipe without waiting for its other end.
pub(super) fn at_once(options: &mut OpenOptions) {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options
            .mode(0o600)
            .custom_flags(rustix::fs::OFlags::NONBLOCK.bits().cast_signed());
    }
    #[cfg(not(unix))]
    let _ = options;
}

/// Returns the metadata of an open file. Refuses anything but a regular one.
pub(super) fn regular(file: &File) -> io::Result<Metadata> {
    let found = file.metadata()?;
    match found.is_file() {
        true => Ok(found),
        false => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is not a regular file",
        )),
    }
}

/// Reads from there until the buffer is full or the file ends, and returns the length.
///
/// # Errors
/// The file cannot be read.
pub(super) fn read_at(file: &File, room: &mut [u8], from: u64) -> io::Result<usize> {
    let mut read = 0;
    while read < room.len() {
        match read_part(file, &mut room[read..], from + read as u64) {
            Ok(0) => break,
            Ok(more) => read += more,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(read)
}

#[cfg(unix)]
fn read_part(file: &File, room: &mut [u8], from: u64) -> io::Result<usize> {
    std::os::unix::fs::FileExt::read_at(file, room, from)
}

#[cfg(not(unix))]
fn read_part(mut file: &File, room: &mut [u8], from: u64) -> io::Result<usize> {
    use std::io::{Read as _, Seek as _};
    file.seek(io::SeekFrom::Start(from))?;
    file.read(room)
}

/// Writes at the start of a file.
///
/// # Errors
/// The file cannot be written.
#[cfg(unix)]
pub(super) fn write_at_start(file: &File, bytes: &[u8]) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, 0)
}

/// Writes at the start of a file.
///
/// # Errors
/// The file cannot be written.
#[cfg(not(unix))]
pub(super) fn write_at_start(mut file: &File, bytes: &[u8]) -> io::Result<()> {
    use std::io::{Seek as _, Write as _};
    file.rewind()?;
    file.write_all(bytes)
}

/// Whether a file that was opened still bears the name: another process may have numbered it.
#[cfg(unix)]
pub(super) fn is_still_named(_: &File, held: &Metadata, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    let named = std::fs::metadata(path);
    named.is_ok_and(|named| (held.dev(), held.ino()) == (named.dev(), named.ino()))
}

/// Whether a file that was opened still bears the name: another process may have numbered it.
#[cfg(windows)]
pub(super) fn is_still_named(held: &File, _: &Metadata, path: &Path) -> bool {
    use same_file::Handle;
    let held = held.try_clone().and_then(Handle::from_file);
    let named = Handle::from_path(path);
    held.is_ok_and(|held| named.is_ok_and(|named| held == named))
}

/// The numbers of the older files, oldest first.
#[must_use]
pub fn numbers(path: &Path) -> Vec<u64> {
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|n| n.to_str()))
    else {
        return Vec::new();
    };
    let Ok(entries) = std::fs::read_dir(folder) else {
        return Vec::new();
    };
    let number = |entry: std::fs::DirEntry| -> Option<u64> {
        let found = entry.file_name();
        let number = found.to_str()?.strip_prefix(name)?.strip_prefix('.')?;
        number.parse().ok().filter(|number| *number > 0)
    };
    let mut numbers: Vec<u64> = entries.flatten().filter_map(number).collect();
    numbers.sort_unstable();
    numbers
}

/// The oldest of these numbers, if files before it were removed because there were enough.
#[must_use]
pub fn oldest_after_a_removal(numbers: &[u64]) -> Option<u64> {
    let (oldest, newest) = (*numbers.first()?, *numbers.last()?);
    (oldest > 1 && newest - oldest + 1 >= KEPT).then_some(oldest)
}

/// The older file of a number.
#[must_use]
pub fn numbered(path: &Path, number: u64) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{number}"));
    PathBuf::from(name)
}

/// Renames the written file to the next number, and removes those that are too old. The caller
/// holds its lock. If it cannot be renamed, appending to it continues.
pub(super) fn number(path: &Path) -> io::Result<()> {
    let numbers = numbers(path);
    let next = numbers.last().copied().unwrap_or_default() + 1;
    std::fs::rename(path, numbered(path, next))?;
    for old in numbers.into_iter().filter(|old| old + KEPT <= next) {
        let _ = std::fs::remove_file(numbered(path, old));
    }
    Ok(())
}
