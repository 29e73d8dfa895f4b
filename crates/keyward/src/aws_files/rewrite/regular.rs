//! The file types that keyward may replace: never a device or a folder.

use std::fs::FileType;
use std::io;
use std::path::Path;

/// Refuses a device and a folder. Many scripts use `/dev/null` as an empty file, and if root
/// replaced it, every program of the machine would lose it. A pipe or a socket is only a name in
/// its folder.
///
/// # Errors
/// The path is a device or a folder, or its kind cannot be read.
pub(super) fn refuse_device(path: &Path) -> io::Result<()> {
    let found = match std::fs::metadata(path) {
        Ok(found) => found.file_type(),
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(e) => return Err(e),
    };
    let what = match found {
        found if found.is_file() || is_pipe_or_socket(found) => return Ok(()),
        found if found.is_dir() => "folder",
        _ => "device",
    };
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        format!("it is a {what}, where a regular file is wanted"),
    ))
}

/// Refuses a pipe and a socket too.
///
/// # Errors
/// The path is one of them.
pub(super) fn refuse_pipe(path: &Path) -> io::Result<()> {
    match std::fs::metadata(path) {
        Ok(found) if is_pipe_or_socket(found.file_type()) => Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it is a pipe or a socket, where a regular file is wanted",
        )),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn is_pipe_or_socket(found: FileType) -> bool {
    use std::os::unix::fs::FileTypeExt as _;
    found.is_fifo() || found.is_socket()
}

#[cfg(not(unix))]
fn is_pipe_or_socket(_found: FileType) -> bool {
    false
}
