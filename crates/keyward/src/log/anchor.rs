//! The end of the log, remembered outside the log's folder, so that lines which were cut off there
//! show. Once lines are missing, that is remembered too: a later line would hide it. Without a
//! state folder nothing is remembered.

use std::fs::{File, OpenOptions};
use std::io::{self, Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::files;
use crate::system::locations::Locations;

/// How long a mark is: a digest, a blank, one letter, a line end.
const LENGTH: usize = 67;

/// The file that remembers the end of one log.
#[derive(Debug, Clone, Default)]
pub(crate) struct Anchor(Option<PathBuf>);

/// What is remembered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// The digest of the last line that was written.
    pub(super) last: String,
    /// Whether lines before it are known to be missing.
    pub(super) state: Lines,
}

/// The state of the lines before the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lines {
    /// No line was missing when the last one was written.
    Whole,
    /// Some earlier lines were missing then.
    Missing,
}

impl Anchor {
    /// The anchor of the log in the data folder.
    pub(crate) fn of(locations: &Locations) -> Self {
        let folder = locations.data.as_os_str().as_encoded_bytes();
        let name = HEXLOWER.encode(&Sha256::digest(folder)[..8]);
        let path = |pins: &PathBuf| pins.join(format!("log-{name}"));
        Self(locations.pins.as_ref().map(path))
    }

    #[cfg(test)]
    pub(super) fn at(path: &Path) -> Self {
        Self(Some(path.to_owned()))
    }

    /// The file, made where it is missing. No file means that nothing can be remembered.
    pub(super) fn open(&self) -> Option<AnchorFile> {
        let path = self.0.as_ref()?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        files::at_once(&mut options);
        let file = options.open(path).or_else(|_| {
            make_folder(path.parent().unwrap_or(path))?;
            options.open(path)
        });
        file.and_then(files::regular).ok().map(AnchorFile)
    }

    /// What is remembered, if anything is.
    pub(super) fn read(&self) -> Option<Mark> {
        AnchorFile(files::open_to_read(self.0.as_ref()?).ok()??).read()
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The open file of an anchor. The log's lock guards it.
pub(super) struct AnchorFile(File);

impl AnchorFile {
    pub(super) fn read(&mut self) -> Option<Mark> {
        let mut text = String::with_capacity(LENGTH);
        (&self.0).take(256).read_to_string(&mut text).ok()?;
        let (last, state) = text.strip_suffix('\n')?.split_once(' ')?;
        let state = match state {
            "w" => Lines::Whole,
            "m" => Lines::Missing,
            _ => return None,
        };
        (last.len() == 64).then(|| Mark {
            last: last.to_owned(),
            state,
        })
    }

    /// Remembers a mark, in one write of the same length as ever.
    pub(super) fn write(&mut self, mark: &Mark) -> io::Result<()> {
        let state = match mark.state {
            Lines::Whole => 'w',
            Lines::Missing => 'm',
        };
        self.0.rewind()?;
        self.0
            .write_all(format!("{} {state}\n", mark.last).as_bytes())
    }
}
