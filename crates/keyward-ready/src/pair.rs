//! The two programs of one installation, in one folder: the front, by the name that people use, and
//! the whole program.

use std::path::PathBuf;

/// The name of the front.
pub const FRONT: &str = "keyward";
/// The name of the whole program.
pub const WHOLE: &str = "keyward-full";

/// The path by which others start this program: the front if it is in the folder of the whole
/// program.
///
/// # Errors
/// The system does not report the path of this program.
pub fn own_path() -> std::io::Result<PathBuf> {
    std::env::current_exe().map(front_beside)
}

fn front_beside(own: PathBuf) -> PathBuf {
    let name = |name| [name, std::env::consts::EXE_SUFFIX].concat();
    if own.file_name() != Some(name(WHOLE).as_ref()) {
        return own;
    }
    let front = own.with_file_name(name(FRONT));
    match front.is_file() {
        true => front,
        false => own,
    }
}

/// The whole program of this front: the file beside the front's own one, which is never looked for
/// in `PATH`. Refuses a link, the front itself, and a file of another user, who could have put it into a
/// folder that is open to all.
#[cfg(target_os = "linux")]
pub(crate) fn whole_beside(own: &std::path::Path) -> Option<PathBuf> {
    use std::os::unix::fs::MetadataExt as _;
    let whole = own.with_file_name(WHOLE);
    // An upgrade may have replaced the front since it started. Linux then names a path that does not
    // exist.
    let front = std::fs::metadata(own).ok();
    // A link says nothing about the file behind it: anyone can link to a file of root.
    let found = std::fs::symlink_metadata(&whole).ok()?;
    let owner = front.as_ref().map_or(0, |front| front.uid());
    let owners = [0, owner, rustix::process::geteuid().as_raw()];
    let is_front = own == whole.as_path()
        || front.is_some_and(|front| (found.dev(), found.ino()) == (front.dev(), front.ino()));
    (found.is_file() && owners.contains(&found.uid()) && !is_front).then_some(whole)
}

#[cfg(test)]
mod tests;
