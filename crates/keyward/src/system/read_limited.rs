//! Files that people and variables name, read up to a size. Refuses a named pipe, which would be
//! waited for without end, and whatever has no end.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use zeroize::Zeroizing;

use crate::screen::error::CliError;
use crate::system::locations;

/// The most that an AWS file, a settings file or a copy of a vault may hold: a few hundred thousand
/// profiles.
pub(crate) const SETTINGS: u64 = 64 << 20;
/// The most that a printed proof may hold: all the users of an account, 5,000, each of whom may do
/// anything, fill 20 GiB. It is never in memory as a whole.
pub(crate) const PROOF: u64 = 32 << 30;
/// The most that a report of an account may hold: a few thousand users who may do anything.
pub(crate) const REPORT: u64 = 1 << 30;
/// The most that a file of one passphrase or one identity may hold.
pub(crate) const PASSPHRASE: u64 = 64 << 10;

/// The most that a file of one token, one sign-in or one policy may hold.
pub(crate) const DOCUMENT: u64 = 1 << 20;

/// The byte order mark.
const MARK: char = '\u{feff}';

/// The file's contents as text. They may be a secret, so the buffer is wiped.
///
/// # Errors
/// As [`read`], or the contents are not UTF-8.
pub(crate) fn text(path: &Path, most: u64) -> io::Result<Zeroizing<String>> {
    let bytes = Zeroizing::new(read(path, most)?);
    let text = std::str::from_utf8(&bytes)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text"))?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Like [`text`], without the byte order mark that editors and shells on Windows put first. Parsers of
/// JSON refuse it, and a person does not type it.
///
/// # Errors
/// As [`text`].
pub(crate) fn text_without_mark(path: &Path, most: u64) -> io::Result<Zeroizing<String>> {
    let text = text(path, most)?;
    Ok(match text.strip_prefix(MARK) {
        Some(rest) => Zeroizing::new(rest.to_owned()),
        None => text,
    })
}

/// Returns the content of the file.
///
/// # Errors
/// It cannot be read, is a named pipe, or holds more than `most` bytes.
pub(crate) fn read(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    if is_named_pipe(path) {
        return Err(refused(PIPE));
    }
    let file = File::open(path)?;
    let size = file.metadata().map_or(0, |found| found.len());
    whole(file, size, most)
}

/// Opens a file that is too large for memory.
///
/// # Errors
/// It cannot be opened, or is a named pipe. Reading fails after `most` bytes.
pub(crate) fn open(path: &Path, most: u64) -> io::Result<Limited<File>> {
    if is_named_pipe(path) {
        return Err(refused(PIPE));
    }
    Ok(Limited {
        from: File::open(path)?,
        left: most,
        most,
    })
}

/// A source that fails where it exceeds its limit.
#[derive(Debug)]
pub(crate) struct Limited<R> {
    from: R,
    left: u64,
    most: u64,
}

impl<R: io::Read> io::Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(buffer)?;
        match self.left.checked_sub(read as u64) {
            Some(left) => self.left = left,
            None => return Err(too_long(self.most)),
        }
        Ok(read)
    }
}

/// Returns the content of standard input.
///
/// # Errors
/// It cannot be read, or has more than `most` bytes.
pub(crate) fn input(most: u64) -> io::Result<Vec<u8>> {
    whole(io::stdin().lock(), 0, most)
}

fn whole(from: impl io::Read, size: u64, most: u64) -> io::Result<Vec<u8>> {
    // Room for all of it from the start: a growing buffer leaves copies of a secret behind.
    let room = usize::try_from(size.max(4096).min(most) + 1).unwrap_or_default();
    let mut bytes = Vec::with_capacity(room);
    from.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(too_long(most));
    }
    Ok(bytes)
}

/// The error for an unreadable file, with the fix if it is not a regular file.
pub(crate) fn unreadable(path: &Path, error: io::Error) -> CliError {
    let refused = error.kind() == io::ErrorKind::InvalidInput;
    let converted =
        CliError::usage(format!("`{}` cannot be read", locations::show(path))).because(error);
    match refused {
        true => converted.hint("name a regular file"),
        false => converted,
    }
}

const PIPE: &str = "it is a pipe, where a regular file is wanted";

fn too_long(most: u64) -> io::Error {
    refused(&format!(
        "it holds more than {} KiB, where a regular file is wanted",
        most >> 10
    ))
}

fn refused(why: &str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidInput, why)
}

/// Whether reading waits for another process to open the pipe. A pipe that a shell passes as
/// `/dev/fd/N` is open already.
#[cfg(unix)]
fn is_named_pipe(path: &Path) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    let handed_over = ["/dev/fd", "/proc/self/fd", "/dev/stdin"]
        .iter()
        .any(|folder| path.starts_with(folder));
    !handed_over && std::fs::metadata(path).is_ok_and(|found| found.file_type().is_fifo())
}

#[cfg(not(unix))]
fn is_named_pipe(_path: &Path) -> bool {
    false
}

#[cfg(all(test, unix))]
mod tests;
