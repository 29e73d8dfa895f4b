//! The writing of the log of hand-outs: one line for each, which holds the digest of the line
//! before it. Any process appends under the file's lock.

pub mod anchor;
pub mod files;

use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use data_encoding::HEXLOWER;
use keyward_core::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::locations::Locations;
use crate::vault_files;
use anchor::{Anchor, AnchorFile, Lines, Mark};

/// The digest of the line before in the first line.
pub const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";
/// No line is longer; the end of the file is read back this far to find the last one.
pub const LONGEST_LINE: u64 = 16 * 1024;
/// Most lines are shorter.
const USUAL_LINE: u64 = 1024;
/// The time that an append waits for another one. Each holds the lock for microseconds.
const PATIENCE: Duration = Duration::from_millis(250);

/// A line before its place in the chain is known.
#[derive(Debug)]
pub struct NextLine<'l> {
    /// The time.
    pub time: Timestamp,
    /// The hand-out and its form: the same text whenever these are the same.
    pub what: &'l str,
    /// The process that hands out.
    pub pid: u32,
    /// The name of the program that started it.
    pub parent: Option<&'l str>,
}

impl NextLine<'_> {
    /// The line after the one of this digest, without its end.
    #[must_use]
    pub fn to_text(&self, previous: &str) -> String {
        let Self {
            time,
            what,
            pid,
            parent,
        } = self;
        let parent = parent.map_or_else(|| "null".to_owned(), quoted);
        format!(
            "{{\"time\":\"{time}\",{what},\"pid\":{pid},\"parent\":{parent},\"previous\":\"{previous}\"}}"
        )
    }
}

/// A text as JSON.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\0'..='\u{1f}' => quoted.push_str(&format!("\\u{:04x}", u32::from(c))),
            _ => quoted.push(c),
        }
    }
    quoted.push('"');
    quoted
}

/// The path of the log.
#[must_use]
pub fn path(locations: &Locations) -> PathBuf {
    locations.data.join(vault_files::LOG)
}

/// Notes a hand-out of the same as before, in the same way.
///
/// # Errors
/// The log cannot be written.
#[cfg(target_os = "linux")]
pub fn record_again(locations: &Locations, what: &str, now: Timestamp) -> io::Result<()> {
    let parent = parent();
    let line = NextLine {
        time: now,
        what,
        pid: std::process::id(),
        parent: parent.as_deref(),
    };
    let anchor = Anchor::of(locations);
    append(&path(locations), &anchor, files::LARGEST, |previous| {
        line.to_text(previous)
    })
}

/// The name of the program that asked, if the system reports it. After `exec` this process becomes
/// the command, but behind `credential-process` is the SDK's own program.
#[cfg(target_os = "linux")]
#[must_use]
pub fn parent() -> Option<String> {
    use std::io::Read as _;
    let pid = rustix::process::getppid()?;
    let mut file = File::open(format!("/proc/{}/comm", pid.as_raw_nonzero())).ok()?;
    // The kernel cuts such a name after 15 bytes, and returns it at once.
    let mut name = [0; 64];
    let length = file.read(&mut name).ok()?;
    let name = std::str::from_utf8(&name[..length]).ok()?;
    Some(name.trim_end().to_owned())
}

/// Other systems do not report it.
#[cfg(not(target_os = "linux"))]
#[must_use]
pub fn parent() -> Option<String> {
    None
}

/// The digest of a line without its end.
#[must_use]
pub fn digest(line: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(line))
}

/// Appends what `line` makes of the digest of the line before it, under the file's lock, which the
/// kernel drops with its holder.
///
/// # Errors
/// The log cannot be written, or another process holds its lock.
pub fn append(
    path: &Path,
    anchor: &Anchor,
    largest: u64,
    line: impl FnOnce(&str) -> String,
) -> io::Result<()> {
    let (mut file, length) = written(path)?;
    let mut text = String::new();
    let previous = match last_line(&file, length)? {
        Some(Last { digest, ended }) => {
            // A line that a crash left without its end gets one, so that this line is separate.
            if !ended {
                text.push('\n');
            }
            digest
        }
        // A new file continues the one that was numbered last.
        None => match files::numbers(path).last() {
            Some(number) => last_digest(&files::numbered(path, *number))?,
            None => START.to_owned(),
        },
    };
    let line = line(&previous);
    text.push_str(&line);
    text.push('\n');
    let mut anchor_file = anchor.open();
    let state = match anchor_file.as_mut().and_then(AnchorFile::read) {
        Some(mark) if mark.last != previous && !has_line(path, &file, &mark.last)? => {
            Lines::Missing
        }
        Some(mark) => mark.state,
        None => Lines::Whole,
    };
    file.write_all(text.as_bytes())?;
    // If the end cannot be remembered, the next line searches for it.
    let _ = anchor_file.map(|mut file| {
        file.write(&Mark {
            last: digest(line.as_bytes()),
            state,
        })
    });
    if length + text.len() as u64 >= largest {
        // The line is written. If the file could not be numbered, the next line tries again.
        let _ = files::number(path);
    }
    Ok(())
}

/// Whether the current file or the one before it has a line of this digest. This is called if a crash came
/// between a line and its mark, or if lines are missing. A mark is a few lines late at most, and a hand-out
/// waits for this. It therefore looks at the end of a file that is larger than keyward makes one.
/// The caller holds the log's lock. Windows lets only the holder read a locked file, so `current` is the
/// open file.
fn has_line(path: &Path, current: &File, digest: &str) -> io::Result<bool> {
    if digest == START {
        return Ok(true);
    }
    let numbers = files::numbers(path);
    let older = numbers.last().map(|number| files::numbered(path, *number));
    let older = older.map(|path| files::open_to_read(&path)).transpose()?;
    for mut file in std::iter::once(current.try_clone()?).chain(older.flatten()) {
        let excess = file.metadata()?.len().saturating_sub(2 * files::LARGEST);
        file.seek(io::SeekFrom::Start(excess))?;
        let mut from = BufReader::new(file);
        let mut line = StoredLine::default();
        while line.fill(&mut from)? {
            if line.digest() == digest {
                return Ok(true);
            }
        }
    }
    Ok(false)
}

/// One line without its end. Only the digest is kept of a line that is too long to be an entry.
#[derive(Debug, Default)]
pub struct StoredLine {
    bytes: Vec<u8>,
    length: u64,
    digest: Sha256,
}

impl StoredLine {
    /// The next line; nothing at the end of the file.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn fill(&mut self, from: &mut impl BufRead) -> io::Result<bool> {
        self.bytes.clear();
        self.length = 0;
        self.digest = Sha256::new();
        let mut any = false;
        loop {
            let chunk = match from.fill_buf() {
                Ok(chunk) => chunk,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => continue,
                Err(e) => return Err(e),
            };
            if chunk.is_empty() {
                return Ok(any);
            }
            any = true;
            let end = chunk.iter().position(|byte| *byte == b'\n');
            let part = &chunk[..end.unwrap_or(chunk.len())];
            self.digest.update(part);
            self.length += part.len() as u64;
            if self.length <= LONGEST_LINE {
                self.bytes.extend_from_slice(part);
            }
            let read = part.len() + usize::from(end.is_some());
            from.consume(read);
            if end.is_some() {
                return Ok(true);
            }
        }
    }

    /// Whether it has no bytes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.length == 0
    }

    /// Its bytes, unless it is too long to be an entry.
    #[must_use]
    pub fn bytes(&self) -> Option<&[u8]> {
        (self.length <= LONGEST_LINE).then_some(&self.bytes)
    }

    /// Its digest.
    #[must_use]
    pub fn digest(&self) -> String {
        HEXLOWER.encode(&self.digest.clone().finalize())
    }
}

/// The file that is written, with its lock held, and its length.
fn written(path: &Path) -> io::Result<(File, u64)> {
    loop {
        let file = files::open(path)?;
        lock(&file)?;
        let found = files::regular(&file)?;
        // Another process may have numbered it while this one waited.
        if files::is_still_named(&file, &found, path) {
            return Ok((file, found.len()));
        }
    }
}

fn last_digest(path: &Path) -> io::Result<String> {
    let last = match files::open_to_read(path)? {
        Some(file) => last_line(&file, file.metadata()?.len())?,
        None => None,
    };
    Ok(last.map_or_else(|| START.to_owned(), |last| last.digest))
}

/// Acquires the lock of the log.
///
/// # Errors
/// Another process holds it for too long, or the system refuses it.
pub fn lock(file: &File) -> io::Result<()> {
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(e)) => return Err(e),
            // A stopped process may hold the lock forever; a hand-out does not wait for it.
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

fn last_line(file: &File, length: u64) -> io::Result<Option<Last>> {
    if length == 0 {
        return Ok(None);
    }
    // Nearly every line is short, and this is done at each hand-out.
    for room in [USUAL_LINE, LONGEST_LINE] {
        let room = room.min(length);
        let mut tail = vec![0; usize::try_from(room).unwrap_or_default()];
        if files::read_at(file, &mut tail, length - room)? < tail.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let ended = tail.last() == Some(&b'\n');
        let lines = tail.strip_suffix(b"\n").unwrap_or(&tail);
        let before = lines.iter().rposition(|byte| *byte == b'\n');
        if before.is_none() && room < length.min(LONGEST_LINE) {
            continue;
        }
        let digest = digest(&lines[before.map_or(0, |at| at + 1)..]);
        return Ok(Some(Last { digest, ended }));
    }
    Ok(None)
}
