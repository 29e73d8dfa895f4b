//! The end of the log, remembered outside the log's folder, so that lines which were cut off there
//! show. Once lines are missing, that is remembered too: a later line would hide it. Without a
//! state folder nothing is remembered.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::files;
use crate::locations::Locations;

/// The length of a mark: a digest, a blank, one letter, a line end.
const LENGTH: usize = 67;

/// The file that remembers the end of one log.
#[derive(Debug, Clone, Default)]
pub struct Anchor(Option<PathBuf>);

/// The remembered end of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    /// The digest of the last line that was written.
    pub last: String,
    /// Whether lines before it are known to be missing.
    pub state: Lines,
}

/// The state of the lines before the last one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lines {
    /// No line was missing when the last one was written.
    Whole,
    /// Some earlier lines were missing then.
    Missing,
}

impl Anchor {
    /// The anchor of the log in the data folder.
    #[must_use]
    pub fn of(locations: &Locations) -> Self {
        let folder = locations.data.as_os_str().as_encoded_bytes();
        let name = HEXLOWER.encode(&Sha256::digest(folder)[..8]);
        let path = |pins: &PathBuf| pins.join(format!("log-{name}"));
        Self(locations.pins.as_ref().map(path))
    }

    /// The anchor that is that file.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self(Some(path.to_owned()))
    }

    /// The file, made where it is missing. No file means that nothing can be remembered.
    #[must_use]
    pub fn open(&self) -> Option<AnchorFile> {
        let path = self.0.as_ref()?;
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        files::at_once(&mut options);
        let file = options.open(path).or_else(|_| {
            make_folder(path.parent().unwrap_or(path))?;
            options.open(path)
        });
        let file = file.ok()?;
        files::regular(&file).ok()?;
        Some(AnchorFile(file))
    }

    /// Reads the mark, if there is one.
    #[must_use]
    pub fn read(&self) -> Option<Mark> {
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
#[derive(Debug)]
pub struct AnchorFile(File);

impl AnchorFile {
    /// Reads the mark, if there is one.
    #[must_use]
    pub fn read(&mut self) -> Option<Mark> {
        let mut text = [0; LENGTH];
        (files::read_at(&self.0, &mut text, 0).ok()? == LENGTH).then_some(())?;
        let text = std::str::from_utf8(&text).ok()?;
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

    /// Remembers a mark, in one write of the same length as always.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn write(&mut self, mark: &Mark) -> io::Result<()> {
        let state = match mark.state {
            Lines::Whole => " w\n",
            Lines::Missing => " m\n",
        };
        files::write_at_start(&self.0, [mark.last.as_str(), state].concat().as_bytes())
    }
}
