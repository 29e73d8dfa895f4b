//! The local log of hand-outs: one line of JSON each, every line with the digest of the one
//! before it, so that a line that was changed or taken out shows. It holds no secret, and a log
//! that cannot be written never is in the way of credentials.

mod anchor;
mod chain;
mod entry;
mod files;

use std::fs::{File, TryLockError};
use std::io::{self, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use keyward_core::Credentials;
use keyward_core::chain::{Call, Chain};
use keyward_core::id::{AccessKeyId, ProfileName};

use crate::screen::ui::Ui;
use crate::state::local_state::{LocalState, now};
use crate::state::session_name::session_name;
use crate::system::locations::Locations;

pub(crate) use anchor::Anchor;
use anchor::{Lines, Mark};
use chain::Before;
pub(crate) use chain::Break;
#[cfg(target_os = "linux")]
use entry::Line;
pub(crate) use entry::{Entry, How};

/// How long an append waits for another one. Each holds the lock for microseconds.
const PATIENCE: Duration = Duration::from_millis(250);
/// No line is longer; the end of the file is read back this far to find the last one.
const LONGEST_LINE: u64 = 16 * 1024;
/// Most lines are shorter.
const USUAL_LINE: u64 = 1024;
/// How much of the log is looked at where only habits are asked for.
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

/// The part of a hand-out's line that [`record_again`] takes.
#[cfg(target_os = "linux")]
pub(crate) fn what(
    local: &LocalState,
    how: How,
    chain: &Chain,
    credentials: &Credentials,
) -> String {
    entry_of(local, how, chain, credentials).what()
}

/// Notes a hand-out of the same as before, in the same way.
#[cfg(target_os = "linux")]
pub(crate) fn record_again(locations: &Locations, what: &str) -> io::Result<()> {
    let parent = parent();
    let line = Line {
        time: now(),
        what,
        pid: std::process::id(),
        parent: parent.as_deref(),
    };
    let anchor = Anchor::of(locations);
    append_to(&path(locations), &anchor, files::LARGEST, |previous| {
        line.to_text(previous)
    })
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

/// The path of the log.
pub(crate) fn path(locations: &Locations) -> PathBuf {
    locations.data.join("log.jsonl")
}

/// Where the chain of the log breaks first.
#[derive(Debug)]
pub(crate) struct Broken {
    /// The file.
    pub(crate) path: PathBuf,
    /// The line, and what is wrong there.
    pub(crate) what: Break,
}

/// Every file of the log as it was at one moment, open to be read as often as is needed.
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
    /// Whether something before it was removed.
    is_cut: bool,
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
        // Without the lock, the end may be that of a line which is only being written.
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
            parts.push(Part {
                length: file.metadata()?.len(),
                is_cut: oldest == Some(number),
                path,
                file,
            });
        }
        if let Some(file) = written {
            parts.push(Part {
                path: path.to_owned(),
                length: file.metadata()?.len(),
                is_cut: false,
                file,
            });
        }
        Ok(Self {
            path: path.to_owned(),
            parts,
            mark,
        })
    }

    /// Gives each entry to `each`, oldest first, and says where the chain first breaks. Nothing of
    /// it stays in memory.
    pub(crate) fn read(
        &mut self,
        each: &mut dyn FnMut(Entry) -> io::Result<()>,
    ) -> io::Result<Option<Broken>> {
        let mut before = Before::Digest(chain::START.to_owned());
        let mut broken = None;
        let mut end_seen = self.mark.is_none();
        for part in &mut self.parts {
            if part.is_cut {
                before = Before::Gone;
            }
            part.file.seek(SeekFrom::Start(0))?;
            let lines = BufReader::with_capacity(256 << 10, (&part.file).take(part.length));
            let what = chain::read(lines, &mut before, &mut |entry, digest| {
                end_seen |= self.mark.as_ref().is_some_and(|mark| mark.last == digest);
                entry.map_or(Ok(()), &mut *each)
            })?;
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

    /// Takes the log as it is for whole from now on.
    pub(crate) fn accept(mut self, locations: &Locations) -> io::Result<()> {
        let mut last = chain::START.to_owned();
        for part in &mut self.parts {
            part.file.seek(SeekFrom::Start(0))?;
            let lines = BufReader::with_capacity(256 << 10, (&part.file).take(part.length));
            chain::read(lines, &mut Before::Gone, &mut |_, digest| {
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
    append_to(path, anchor, files::LARGEST, |previous| {
        entry.to_line(previous)
    })
}

/// Appends what `line` makes of the digest of the line before it.
fn append_to(
    path: &Path,
    anchor: &Anchor,
    largest: u64,
    line: impl FnOnce(&str) -> String,
) -> io::Result<()> {
    let (mut file, length) = written(path)?;
    let mut text = String::new();
    let previous = match last_line(&file, length)? {
        Some(Last { digest, ended }) => {
            // What a crash left without its end gets one, so that this line stands alone.
            if !ended {
                text.push('\n');
            }
            digest
        }
        // A new file goes on after the one that was numbered last.
        None => match files::numbers(path).last() {
            Some(number) => last_digest(&files::numbered(path, *number))?,
            None => chain::START.to_owned(),
        },
    };
    let line = line(&previous);
    text.push_str(&line);
    text.push('\n');
    let mut anchor_file = anchor.open();
    let state = match anchor_file.as_mut().and_then(anchor::AnchorFile::read) {
        Some(mark) if mark.last != previous && !has_line(path, &mark.last)? => Lines::Missing,
        Some(mark) => mark.state,
        None => Lines::Whole,
    };
    file.write_all(text.as_bytes())?;
    // An end that cannot be remembered is looked for at the next line.
    let _ = anchor_file.map(|mut file| {
        file.write(&Mark {
            last: chain::digest(line.as_bytes()),
            state,
        })
    });
    if length + text.len() as u64 >= largest {
        // The line is written: what keeps the file from being numbered is tried again at the next.
        let _ = files::number(path);
    }
    Ok(())
}

/// Whether the current file or the one before it has a line of this digest. It is asked for where a
/// crash came between a line and its mark, or where lines are missing. A mark is a few lines late at
/// most, and a hand-out waits for this. The caller holds the log's lock.
fn has_line(path: &Path, digest: &str) -> io::Result<bool> {
    if digest == chain::START {
        return Ok(true);
    }
    let numbers = files::numbers(path);
    let older = numbers
        .iter()
        .rev()
        .take(1)
        .map(|number| files::numbered(path, *number));
    for path in std::iter::once(path.to_owned()).chain(older) {
        let Some(file) = files::open_to_read(&path)? else {
            continue;
        };
        let mut found = false;
        chain::read(BufReader::new(file), &mut Before::Gone, &mut |_, line| {
            found |= line == digest;
            Ok(())
        })?;
        if found {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The file that is written, with its lock held, and its length.
fn written(path: &Path) -> io::Result<(File, u64)> {
    loop {
        let file = files::open(path)?;
        lock(&file)?;
        let found = file.metadata()?;
        // Another process may have numbered it while this one waited.
        if files::is_still_named(&found, path) {
            return Ok((file, found.len()));
        }
    }
}

fn last_digest(path: &Path) -> io::Result<String> {
    let last = match files::open_to_read(path)? {
        Some(file) => last_line(&file, file.metadata()?.len())?,
        None => None,
    };
    Ok(last.map_or_else(|| chain::START.to_owned(), |last| last.digest))
}

fn lock(file: &File) -> io::Result<()> {
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(e)) => return Err(e),
            // A stopped process may hold the lock without end; a hand-out does not wait for it.
            Err(TryLockError::WouldBlock) if start.elapsed() > PATIENCE => {
                return Err(io::Error::other("another process holds it"));
            }
            Err(TryLockError::WouldBlock) => std::thread::sleep(Duration::from_millis(1)),
        }
    }
}

/// The last line of the file: its digest, and whether its end was written.
struct Last {
    digest: String,
    ended: bool,
}

fn last_line(mut file: &File, length: u64) -> io::Result<Option<Last>> {
    if length == 0 {
        return Ok(None);
    }
    // Nearly every line is short, and this is done at each hand-out.
    for room in [USUAL_LINE, LONGEST_LINE] {
        let room = room.min(length);
        file.seek(SeekFrom::Start(length - room))?;
        let mut tail = vec![0; usize::try_from(room).unwrap_or_default()];
        file.read_exact(&mut tail)?;
        let ended = tail.last() == Some(&b'\n');
        let lines = tail.strip_suffix(b"\n").unwrap_or(&tail);
        let before = lines.iter().rposition(|byte| *byte == b'\n');
        if before.is_none() && room < length.min(LONGEST_LINE) {
            continue;
        }
        let digest = chain::digest(&lines[before.map_or(0, |at| at + 1)..]);
        return Ok(Some(Last { digest, ended }));
    }
    Ok(None)
}

/// The name of the program that asked, where the system tells: after `exec` this process becomes
/// the command, but behind `credential-process` stands the SDK's own program.
#[cfg(target_os = "linux")]
fn parent() -> Option<String> {
    let pid = rustix::process::getppid()?;
    let mut file = File::open(format!("/proc/{}/comm", pid.as_raw_nonzero())).ok()?;
    // The kernel cuts such a name after 15 bytes, and gives it at once.
    let mut name = [0; 64];
    let length = file.read(&mut name).ok()?;
    Some(
        std::str::from_utf8(&name[..length])
            .ok()?
            .trim_end()
            .to_owned(),
    )
}

#[cfg(not(target_os = "linux"))]
fn parent() -> Option<String> {
    None
}

#[cfg(test)]
mod tests;
