//! The next step after a write that the disk refused: the variable, or the word of the command, that
//! names another place.

use std::fmt;
use std::io;
use std::path::Path;

use keyward_ready::locations::Locations;

use crate::environment as env;

/// The variable of the folder in which keyward notes what it last saw of its vaults.
const STATE: &str = "XDG_STATE_HOME";

/// The meaning of a path that the person gave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Given {
    /// A file to write.
    File,
    /// A folder to write in.
    Folder,
}

/// The next step, if another place or more room helps.
pub(crate) fn elsewhere(path: &Path, given: Given, error: &io::Error) -> Option<String> {
    use io::ErrorKind as Kind;
    let other = other_place(path, given, Locations::find().ok().as_ref());
    match error.kind() {
        Kind::ReadOnlyFilesystem | Kind::PermissionDenied => {
            Some(format!("{other} that you may write"))
        }
        Kind::StorageFull | Kind::QuotaExceeded => {
            Some(format!("make room on that disk, or {other} on another"))
        }
        _ => None,
    }
}

/// The next step for a folder that no variable moves, such as a cache that other tools share.
pub(crate) fn make_writable(folder: impl fmt::Display, error: &io::Error) -> Option<String> {
    use io::ErrorKind as Kind;
    match error.kind() {
        Kind::ReadOnlyFilesystem | Kind::PermissionDenied => Some(format!(
            "let yourself write in `{folder}`: `ls -ld` shows its owner and mode"
        )),
        Kind::StorageFull | Kind::QuotaExceeded => {
            Some(format!("make room on the disk of `{folder}`"))
        }
        _ => None,
    }
}

/// Returns how to name another place.
fn other_place(path: &Path, given: Given, locations: Option<&Locations>) -> String {
    let is_in = |folder: &Path| path.starts_with(folder);
    let Some(locations) = locations else {
        return words(given).to_owned();
    };
    if path == locations.aws_config {
        format!("set {} to a file in a folder", env::AWS_CONFIG_FILE)
    } else if path == locations.aws_credentials {
        format!(
            "set {} to a file in a folder",
            env::AWS_SHARED_CREDENTIALS_FILE
        )
    } else if path == locations.settings || is_in(&locations.data) {
        format!("set {} to a folder", env::HOME)
    } else if locations.pins.as_deref().is_some_and(is_in) {
        format!("set {STATE} to a folder")
    } else {
        words(given).to_owned()
    }
}

fn words(given: Given) -> &'static str {
    match given {
        Given::File => "name a file in a folder",
        Given::Folder => "name a folder",
    }
}

#[cfg(test)]
mod tests;
