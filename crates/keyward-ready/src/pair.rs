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
/// in `PATH`. Refuses a file of another user, who could have put it into a folder that is open to
/// all, and the front itself.
#[cfg(target_os = "linux")]
pub(crate) fn whole_beside(own: &std::path::Path) -> Option<PathBuf> {
    use std::os::unix::fs::MetadataExt as _;
    let whole = own.with_file_name(WHOLE);
    let front = std::fs::metadata(own).ok()?;
    let found = std::fs::metadata(&whole).ok()?;
    let owners = [0, front.uid(), rustix::process::geteuid().as_raw()];
    let is_front =
        own == whole.as_path() || (found.dev(), found.ino()) == (front.dev(), front.ino());
    (found.is_file() && owners.contains(&found.uid()) && !is_front).then_some(whole)
}

#[cfg(test)]
mod tests;
