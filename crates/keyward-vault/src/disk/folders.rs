//! Folders of a vault: made for their owner alone, and refused if other users may enter them.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::{DiskError, TEMPORARY_PREFIX};
use crate::link::explain_folder;

/// Makes a folder that only its owner may enter, and what is missing above it.
pub(crate) fn make_folder(path: &Path) -> Result<(), DiskError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder
        .create(path)
        .map_err(|e| DiskError::io("make the folder", path, explain_folder(path, e)))?;
    check_folder(path)
}

/// Makes the root folder of a vault. An existing folder, made by `mkdir` and so readable by
/// everyone, is closed to others if it contains only keyward's own files. A folder with anything
/// else in it, or with a vault in it, is refused.
pub(crate) fn make_root(path: &Path) -> Result<(), DiskError> {
    match make_folder(path) {
        Err(DiskError::TooOpen { path, mode }) => match root_use(&path) {
            RootUse::Ours => close_to_others(&path),
            found => Err(too_open(found, path, mode)),
        },
        other => other,
    }
}

/// Refuses a root folder that other users may enter; a missing one is accepted. The error advises to close
/// the folder only if it is for keyward alone.
pub(crate) fn check_root(path: &Path) -> Result<(), DiskError> {
    match check_folder(path) {
        Err(DiskError::TooOpen { path, mode }) => Err(too_open(root_use(&path), path, mode)),
        other => other,
    }
}

fn too_open(found: RootUse, path: PathBuf, mode: u32) -> DiskError {
    match found {
        RootUse::Ours | RootUse::Vault => DiskError::TooOpen { path, mode },
        RootUse::Other => DiskError::OtherFolder { path, mode },
    }
}

/// Whether a root folder may be closed to other users without a loss to other programs.
pub(crate) fn may_be_closed(path: &Path) -> bool {
    root_use(path) != RootUse::Other
}

/// The settings, which users write themselves.
const SETTINGS: &str = "config.toml";

/// The entries that keyward may make in a root folder before there is a vault. It closes each of them to
/// other users.
const EARLY_NAMES: [&str; 7] = [
    "vault.age.new",
    "log.jsonl",
    "ready",
    "sessions",
    "locks",
    "slots",
    "index.json",
];

/// The use of a folder that is open to others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RootUse {
    /// It is empty, or holds the files that keyward writes before the first vault.
    Ours,
    /// It holds a vault.
    Vault,
    /// It holds other files.
    Other,
}

fn root_use(folder: &Path) -> RootUse {
    if is_shared(folder) {
        return RootUse::Other;
    }
    let Ok(entries) = fs::read_dir(folder) else {
        return RootUse::Other;
    };
    let mut all_early = true;
    for entry in entries {
        let Ok(entry) = entry else {
            return RootUse::Other;
        };
        let name = entry.file_name();
        let name = name.to_string_lossy();
        if name == "vault.age" {
            return RootUse::Vault;
        }
        let early = EARLY_NAMES.iter().any(|ours| name == *ours)
            || name.starts_with(TEMPORARY_PREFIX)
            || name.starts_with("log.jsonl.");
        all_early &= name == SETTINGS || (early && is_private(&entry));
    }
    match all_early {
        true => RootUse::Ours,
        false => RootUse::Other,
    }
}

/// Whether an entry is closed to other users. Programs of other makers have folders called `sessions` and
/// `locks` too, and seldom close them.
fn is_private(entry: &fs::DirEntry) -> bool {
    entry
        .metadata()
        .is_ok_and(|found| check_private(&entry.path(), &found).is_ok())
}

/// Whether a folder is the machine's or the whole home, whatever is in it: `/`, `/tmp`, the home folder and
/// those above it, and what belongs to another user.
fn is_shared(folder: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let folder = real(folder);
    let of_home = std::env::home_dir().is_some_and(|home| real(&home).starts_with(&folder));
    folder.parent().is_none() || of_home || is_for_several_users(&folder)
}

#[cfg(unix)]
fn is_for_several_users(folder: &Path) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    /// All users may write there, and none may remove the files of others.
    const STICKY: u32 = 0o1000;
    let of_others = |found: fs::Metadata| {
        found.mode() & STICKY != 0 || found.uid() != rustix::process::geteuid().as_raw()
    };
    fs::metadata(folder).is_ok_and(of_others)
}

#[cfg(not(unix))]
fn is_for_several_users(_: &Path) -> bool {
    false
}

#[cfg(unix)]
fn close_to_others(folder: &Path) -> Result<(), DiskError> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
        .map_err(|e| DiskError::io("close to others", folder, e))
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "the Unix form can fail")]
fn close_to_others(_: &Path) -> Result<(), DiskError> {
    Ok(())
}

/// Refuses a folder that other users may enter. A missing folder is accepted.
pub(crate) fn check_folder(path: &Path) -> Result<(), DiskError> {
    match fs::metadata(path) {
        // Its mode is not keyward's business: everyone may use a device.
        Ok(found) if !found.is_dir() => Err(DiskError::io(
            "use",
            path,
            io::ErrorKind::NotADirectory.into(),
        )),
        Ok(found) => check_private(path, &found),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(DiskError::io("look at", path, e)),
    }
}

#[cfg(unix)]
pub(super) fn check_private(path: &Path, found: &fs::Metadata) -> Result<(), DiskError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = found.permissions().mode() & 0o7777;
    if mode & 0o077 == 0 {
        Ok(())
    } else {
        Err(DiskError::TooOpen {
            path: path.to_owned(),
            mode,
        })
    }
}

/// Elsewhere the profile folder's access list keeps others out.
#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "the Unix form can fail")]
pub(super) fn check_private(_: &Path, _: &fs::Metadata) -> Result<(), DiskError> {
    Ok(())
}
