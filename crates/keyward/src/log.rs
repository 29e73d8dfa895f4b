//! The local log of hand-outs: one line of JSON each, every line with the digest of the one before
//! it, so that a line that was changed or taken out shows. It holds no secret, and a log that
//! cannot be written never blocks credentials.

mod chain;
mod entry;

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read as _, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use keyward_core::Credentials;
use keyward_core::chain::{Call, Chain};
use keyward_core::id::{AccessKeyId, ProfileName};
use keyward_ready::log::anchor::{Lines, Mark};
use keyward_ready::log::{START, StoredLine, files, lock, parent};

use crate::screen::ui::Ui;
use crate::state::local_state::{LocalState, now};
use crate::state::session_name::session_name;
use crate::system::locations::Locations;

use chain::Before;
pub(crate) use chain::Break;
pub(crate) use entry::{Entry, How};
pub(crate) use keyward_ready::log::anchor::Anchor;
pub(crate) use keyward_ready::log::path;

/// The size of the part of the log that is read where only habits are asked for.
const RECENT: u64 = 1024 * 1024;

/// Notes a hand-out. What goes wrong is a warning.
pub(crate) fn record(
    local: &LocalState,
    ui: &Ui,
    how: How,
    chain: &Chain,
    credentials: &Credentials,
) {
    let entry = entry_of(local, how, chain, credentials);
    if let Err(error) = note(&local.locations, &entry) {
        ui.warn(format!(
            "this hand-out could not be written to the log: {error}"
        ));
    }
}

/// The part of a hand-out's line that a ready answer keeps.
#[cfg(target_os = "linux")]
pub(crate) fn what(
    local: &LocalState,
    how: How,
    chain: &Chain,
    credentials: &Credentials,
) -> String {
    entry_of(local, how, chain, credentials).what()
}

fn entry_of(local: &LocalState, how: How, chain: &Chain, credentials: &Credentials) -> Entry {
    let role = chain.hops.iter().rev().find_map(|hop| match &hop.call {
        Call::AssumeRole(role) => Some(role),
        Call::GetSessionToken => None,
    });
    Entry {
        time: now(),
        profile: chain.profile.clone(),
        role: role.map(|role| role.role_arn.clone()),
        session: role
            .map(|role| session_name(local, chain, role.role_session_name.as_ref()).to_string()),
        access_key_id: credentials.access_key_id.clone(),
        expires_at: credentials.expires_at,
        how,
        pid: std::process::id(),
        parent: parent(),
    }
}

/// Notes a step in the life of a long-lived key. What goes wrong is a warning.
pub(crate) fn key_step(
    local: &LocalState,
    ui: &Ui,
    profile: &ProfileName,
    access_key_id: &AccessKeyId,
    how: How,
) {
    let entry = Entry {
        time: now(),
        profile: profile.clone(),
        role: None,
        session: None,
        access_key_id: access_key_id.clone(),
        expires_at: None,
        how,
        pid: std::process::id(),
        parent: parent(),
    };
    if let Err(error) = note(&local.locations, &entry) {
        ui.warn(format!(
            "this step could not be written to the log: {error}"
        ));
    }
}

/// The first break in the chain of the log.
#[derive(Debug)]
pub(crate) struct Broken {
    /// The file.
    pub(crate) path: PathBuf,
    /// The line, and what is wrong there.
    pub(crate) what: Break,
}

/// Every file of the log as it was at one moment, open for repeated reading.
pub(crate) struct Whole {
    path: PathBuf,
    parts: Vec<Part>,
    /// The end of the log as it is remembered elsewhere.
    mark: Option<Mark>,
}

struct Part {
    path: PathBuf,
    file: File,
    length: u64,
    /// How much of its start is not read, because the file is larger than keyward makes one.
    excess: u64,
    /// Whether something before it was removed.
    is_cut: bool,
}

impl Part {
    fn new(path: PathBuf, file: File, is_cut: bool) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self {
            path,
            file,
            length,
            excess: length.saturating_sub(files::READ_AT_MOST),
            is_cut,
        })
    }

    /// The lines from the first that is read.
    fn lines(&mut self) -> io::Result<impl BufRead> {
        self.file.seek(SeekFrom::Start(self.excess))?;
        let rest = (&self.file).take(self.length - self.excess);
        let mut lines = BufReader::with_capacity(256 << 10, rest);
        if self.excess > 0 {
            // The rest of a line.
            StoredLine::default().fill(&mut lines)?;
        }
        Ok(lines)
    }
}

impl Whole {
    /// Opens the files; a log that does not exist has none.
    pub(crate) fn open(locations: &Locations) -> io::Result<Self> {
        Self::at(&path(locations), &Anchor::of(locations))
    }

    fn at(path: &Path, anchor: &Anchor) -> io::Result<Self> {
        let Some(written) = files::open_to_read(path)? else {
            return Self::of(path, None, anchor.read());
        };
        // While the lock is held no file is renamed. A reader that cannot get the lock reads anyway.
        let locked = lock(&written).is_ok();
        // Without the lock, the end may be that of an incomplete line.
        let mark = locked.then(|| anchor.read()).flatten();
        let whole = Self::of(path, Some(written), mark)?;
        // Open files stay readable under any name, and a slow reader must not hold up writers.
        if let Some(part) = whole.parts.last() {
            let _ = part.file.unlock();
        }
        Ok(whole)
    }

    fn of(path: &Path, written: Option<File>, mark: Option<Mark>) -> io::Result<Self> {
        let mut parts = Vec::new();
        let numbers = files::numbers(path);
        let oldest = files::oldest_after_a_removal(&numbers);
        for number in numbers {
            let path = files::numbered(path, number);
            let Some(file) = files::open_to_read(&path)? else {
                continue;
            };
            parts.push(Part::new(path, file, oldest == Some(number))?);
        }
        if let Some(file) = written {
            parts.push(Part::new(path.to_owned(), file, false)?);
        }
        Ok(Self {
            path: path.to_owned(),
            parts,
            mark,
        })
    }

    /// Passes each entry to `each`, oldest first, and returns where the chain first breaks. Keeps no
    /// entry in memory. Of a file that is larger than keyward makes one, only the end is read.
    pub(crate) fn read(
        &mut self,
        each: &mut dyn FnMut(Entry) -> io::Result<()>,
    ) -> io::Result<Option<Broken>> {
        let mut before = Before::Digest(START.to_owned());
        let mut broken = None;
        let mut end_seen = self.mark.is_none();
        for part in &mut self.parts {
            let oversized = (part.excess > 0).then_some(Break::Oversized);
            if part.is_cut || oversized.is_some() {
                before = Before::Gone;
            }
            let what = chain::read(part.lines()?, &mut before, &mut |entry, digest| {
                end_seen |= self.mark.as_ref().is_some_and(|mark| mark.last == digest);
                entry.map_or(Ok(()), &mut *each)
            })?;
            let what = oversized.or(what);
            broken = broken.or(what.map(|what| Broken {
                path: part.path.clone(),
                what,
            }));
        }
        let missing = |mark: &Mark| !end_seen || mark.state == Lines::Missing;
        let cut = self.mark.as_ref().filter(|mark| missing(mark));
        Ok(broken.or(cut.map(|_| Broken {
            path: self.path.clone(),
            what: Break::Cut,
        })))
    }

    /// Accepts the present log as complete.
    pub(crate) fn accept(mut self, locations: &Locations) -> io::Result<()> {
        let mut last = START.to_owned();
        for part in &mut self.parts {
            chain::read(part.lines()?, &mut Before::Gone, &mut |_, digest| {
                last = digest.to_owned();
                Ok(())
            })?;
        }
        match Anchor::of(locations).open() {
            None => Ok(()),
            Some(mut anchor) => anchor.write(&Mark {
                last,
                state: Lines::Whole,
            }),
        }
    }
}

/// The latest entries, to find what the user uses most; empty without a log.
pub(crate) fn recent(locations: &Locations) -> Vec<Entry> {
    let read = || -> io::Result<Vec<u8>> {
        let Some(mut file) = files::open_to_read(&path(locations))? else {
            return Ok(Vec::new());
        };
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(RECENT)))?;
        let mut bytes = Vec::new();
        file.take(RECENT).read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().unwrap_or_default();
    bytes
        .split(|byte| *byte == b'\n')
        .filter_map(|line| Entry::read(line).ok())
        .map(|(entry, _)| entry)
        .collect()
}

fn note(locations: &Locations, entry: &Entry) -> io::Result<()> {
    append(&path(locations), &Anchor::of(locations), entry)
}

/// Appends one line under the file's lock, which the kernel drops with its holder.
fn append(path: &Path, anchor: &Anchor, entry: &Entry) -> io::Result<()> {
    keyward_ready::log::append(path, anchor, files::LARGEST, |previous| {
        entry.to_line(previous)
    })
}

#[cfg(test)]
mod tests;
