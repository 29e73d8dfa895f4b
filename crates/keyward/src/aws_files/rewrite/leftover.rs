//! Removes the temporary file of a rewrite that was killed. Refuses to touch any file that is not
//! certainly one of these, or that a living process may still be writing.

use std::fs::{self, Metadata};
use std::path::Path;
use std::time::{Duration, SystemTime};

/// The beginning of a temporary file's name.
pub(super) const PREFIX: &str = ".keyward-";
/// The number of random letters and digits that follow; nothing comes after them.
pub(super) const RANDOM: usize = 6;
/// A rewrite never takes this long, even if it waited for a stalled disk.
const AGE: Duration = Duration::from_secs(3600);

/// Removes leftovers from a folder. Nothing depends on it: a file that cannot be removed stays.
pub(super) fn sweep(folder: &Path, now: SystemTime) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let ours = entry.file_name().to_str().is_some_and(is_temporary);
        // The name itself, not a link's target.
        if ours && entry.metadata().is_ok_and(|found| is_left(&found, now)) {
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn is_temporary(name: &str) -> bool {
    name.strip_prefix(PREFIX).is_some_and(|random| {
        random.len() == RANDOM && random.bytes().all(|byte| byte.is_ascii_alphanumeric())
    })
}

fn is_left(found: &Metadata, now: SystemTime) -> bool {
    let old = found
        .modified()
        .is_ok_and(|at| now.duration_since(at).is_ok_and(|age| age > AGE));
    found.is_file() && old && is_own(found)
}

#[cfg(unix)]
fn is_own(found: &Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    found.uid() == rustix::process::geteuid().as_raw() && found.nlink() == 1
}

#[cfg(not(unix))]
fn is_own(_found: &Metadata) -> bool {
    true
}

#[cfg(all(test, unix))]
mod tests;
