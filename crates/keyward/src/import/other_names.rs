//! Other names (hard links) of a file whose keys are removed. An edit replaces the file under one
//! name, so the keys stay under every other name. keyward does not search the disk: it prints the
//! command.

use std::path::Path;

/// A file that has other names.
pub(super) struct OtherNames {
    /// The consequence, as a sentence.
    pub(super) message: String,
    /// The command that lists all names of the file.
    pub(super) search: String,
}

/// The other names of a file, if it has any.
#[cfg(unix)]
pub(super) fn of(path: &Path) -> Option<OtherNames> {
    use std::os::unix::fs::MetadataExt as _;

    use crate::system::locations;

    let found = std::fs::metadata(path).ok()?;
    if found.nlink() < 2 {
        return None;
    }
    // A hard link never leaves its file system.
    let whole = std::fs::canonicalize(path).ok()?;
    let top = whole
        .ancestors()
        .skip(1)
        .take_while(|folder| std::fs::metadata(folder).is_ok_and(|it| it.dev() == found.dev()))
        .last()
        .unwrap_or(&whole);
    Some(OtherNames {
        message: format!(
            "{} has another name (a hard link), under which the original file stays, with the keys in the clear",
            locations::show(path)
        ),
        search: format!(
            "find {} -xdev -inum {}   (it lists every name)",
            locations::word(top),
            found.ino()
        ),
    })
}

/// The standard library does not report them.
#[cfg(not(unix))]
pub(super) fn of(_: &Path) -> Option<OtherNames> {
    None
}
