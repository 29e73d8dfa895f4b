//! A copy of a file before keys are removed from it: beside the file, readable only by the owner,
//! on the disk before the file changes.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use keyward_core::Timestamp;

/// Writes the copy and returns its path. A name that is taken is never overwritten.
pub(super) fn write(path: &Path, text: &str, now: Timestamp) -> io::Result<PathBuf> {
    let stamp: String = now
        .to_string()
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .collect();
    for attempt in 0..100_u8 {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".keyward-backup-{stamp}"));
        if attempt > 0 {
            name.push(format!("-{attempt}"));
        }
        let backup = PathBuf::from(name);
        match create(&backup) {
            Ok(mut file) => {
                file.write_all(text.as_bytes())
                    .and_then(|()| file.sync_all())?;
                return Ok(backup);
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => {}
            Err(e) => return Err(e),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn create(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}
