//! Resolves the path that a write goes to. Symbolic links are followed even if their target does not
//! exist yet, so that a link to an unmounted disk stays a link. Refuses to create the folder of the
//! target, because a disk that is not mounted may belong there.

use std::io;
use std::path::{Path, PathBuf};

/// The kernel follows as many.
const MOST_LINKS: usize = 40;

/// The file that a path means, through every link, whether it exists or not.
///
/// # Errors
/// A link leads into a folder that does not exist, or back to itself.
pub fn target_of(path: &Path) -> io::Result<PathBuf> {
    if let Ok(real) = path.canonicalize() {
        return Ok(real);
    }
    let mut target = path.to_owned();
    for _ in 0..MOST_LINKS {
        match std::fs::read_link(&target) {
            Ok(next) => {
                // A relative link is read from the folder it is in.
                let folder = target.parent().unwrap_or(Path::new(""));
                target = folder.join(next);
            }
            // Not a link: the end of the way, or a path with nothing there at all.
            Err(_) if target == *path => return Ok(target),
            Err(_) => return check_folder(path, target),
        }
    }
    Err(io::Error::new(
        io::ErrorKind::InvalidInput,
        "it is a symbolic link that leads back to itself",
    ))
}

fn check_folder(path: &Path, target: PathBuf) -> io::Result<PathBuf> {
    let folder = target.parent().filter(|folder| *folder != Path::new(""));
    match folder {
        Some(folder) if !folder.is_dir() => Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!(
                "`{}` is a symbolic link to `{}`, whose folder does not exist: mount its disk, or remove the link",
                path.display(),
                target.display()
            ),
        )),
        _ => Ok(target),
    }
}

/// The error of making a folder, with the broken symbolic link that prevents it, if any. The
/// operating system says only that something exists.
pub fn explain_folder(path: &Path, error: io::Error) -> io::Error {
    refuse_broken_link(path).err().unwrap_or(error)
}

/// Refuses a path with a symbolic link on it that leads to nothing.
///
/// # Errors
/// There is such a link. Its disk may not be mounted.
pub fn refuse_broken_link(path: &Path) -> io::Result<()> {
    let links = path.ancestors().filter(|part| !part.exists());
    let broken = links.filter_map(|link| Some((link, std::fs::read_link(link).ok()?)));
    match broken.last() {
        Some((link, target)) => Err(io::Error::new(
            io::ErrorKind::NotFound,
            format!(
                "`{}` is a symbolic link to `{}`, which does not exist: mount its disk, or remove the link",
                link.display(),
                target.display()
            ),
        )),
        None => Ok(()),
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests;
