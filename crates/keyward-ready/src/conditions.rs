//! The conditions of an answer: the command line, variables, and facts of files. It reads no file; the
//! inode, the size and two times show an edit.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use data_encoding::HEXLOWER;
use rustix::fs::{AtFlags, CWD, Statx, StatxFlags, StatxTimestamp, statx};
use rustix::io::Errno;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

/// Two changes within one tick of the file system's clock may show the same time. The longest tick of
/// a kernel is 10 ms.
const TICK: Duration = Duration::from_millis(100);
/// The same for file systems that count whole seconds, or two.
const COARSE_TICK: Duration = Duration::from_secs(3);

/// Room for the variables and facts of nearly every run. Some variables are secrets, and a growing
/// buffer leaves copies.
const ROOM: usize = 2048;

/// The conditions of one answer.
#[derive(Debug, Clone)]
pub struct Conditions {
    name: String,
    data: Zeroizing<Vec<u8>>,
    /// The time at which the first of them was noted.
    seen: SystemTime,
    settled: bool,
}

/// The metadata of a file is unknown, so no answer may depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown;

impl Conditions {
    /// The conditions of a command line for one version of the program. The caller notes files here
    /// before it reads any of them.
    #[must_use]
    pub fn of<'w>(version: &str, command_line: impl IntoIterator<Item = &'w OsStr>) -> Self {
        let mut data = Zeroizing::new(Vec::with_capacity(ROOM));
        field(&mut data, version.as_bytes());
        for word in command_line {
            field(&mut data, word.as_bytes());
        }
        Self {
            name: HEXLOWER.encode(&Sha256::digest(&**data)),
            data,
            seen: SystemTime::now(),
            settled: true,
        }
    }

    /// Treats the files as seen that much later, for tests.
    #[doc(hidden)]
    pub fn seen_later(&mut self, after: Duration) {
        self.seen += after;
    }

    /// A variable of the environment. The caller keeps to one order.
    pub fn variable(&mut self, name: &OsStr, value: &OsStr) {
        field(&mut self.data, name.as_bytes());
        field(&mut self.data, value.as_bytes());
    }

    /// A file, or its absence.
    ///
    /// # Errors
    /// The operating system does not report it.
    pub fn file(&mut self, path: &Path) -> Result<(), Unknown> {
        let found = look(path)?;
        if let Some(found) = &found {
            self.settled &= has_settled(since_epoch(found.stx_ctime), self.seen);
        }
        self.fact(found.map(|found| {
            let [mtime, ctime] = [found.stx_mtime, found.stx_ctime].map(time);
            [
                &id(&found)[..],
                &found.stx_size.to_be_bytes(),
                &mtime,
                &ctime,
            ]
            .concat()
        }));
        Ok(())
    }

    /// A folder, or its absence. The condition covers its identity and its permissions, and ignores
    /// its content.
    ///
    /// # Errors
    /// The operating system does not report it.
    pub fn folder(&mut self, path: &Path) -> Result<(), Unknown> {
        let found = look(path)?;
        self.fact(found.map(|found| id(&found).to_vec()));
        Ok(())
    }

    /// The fixed beginning of the answer's file.
    pub fn header(&mut self, header: &[u8]) {
        field(&mut self.data, header);
    }

    /// The number of noted bytes, and whether they are settled.
    pub(crate) fn len(&self) -> (usize, bool) {
        (self.data.len(), self.settled)
    }

    /// Forgets what was noted after that.
    pub(crate) fn back_to(&mut self, (length, settled): (usize, bool)) {
        self.data.truncate(length);
        self.settled = settled;
    }

    /// The name of the answer's file: a digest of the version and the command line.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    pub(crate) fn associated_data(&self) -> &[u8] {
        &self.data
    }

    /// Whether every file was left alone for so long before it was looked at that a later change
    /// shows.
    #[must_use]
    pub fn have_settled(&self) -> bool {
        self.settled
    }

    fn fact(&mut self, fact: Option<Vec<u8>>) {
        field(&mut self.data, &fact.unwrap_or_default());
    }
}

/// A length precedes each field, so two fields cannot run together.
fn field(data: &mut Vec<u8>, field: &[u8]) {
    data.extend_from_slice(&(field.len() as u64).to_be_bytes());
    data.extend_from_slice(field);
}

/// The facts as they are on the server too, if the file system is a remote one.
fn look(path: &Path) -> Result<Option<Statx>, Unknown> {
    let flags = AtFlags::STATX_FORCE_SYNC;
    match statx(CWD, path, flags, StatxFlags::BASIC_STATS) {
        Ok(found) => Ok(Some(found)),
        Err(Errno::NOENT | Errno::NOTDIR) => Ok(None),
        Err(_) => Err(Unknown),
    }
}

/// The identity of a file or folder, its owner, and its mode.
fn id(found: &Statx) -> [u8; 26] {
    let mut bytes = [0; 26];
    bytes[0..4].copy_from_slice(&found.stx_dev_major.to_be_bytes());
    bytes[4..8].copy_from_slice(&found.stx_dev_minor.to_be_bytes());
    bytes[8..16].copy_from_slice(&found.stx_ino.to_be_bytes());
    bytes[16..20].copy_from_slice(&found.stx_uid.to_be_bytes());
    bytes[20..24].copy_from_slice(&found.stx_gid.to_be_bytes());
    bytes[24..26].copy_from_slice(&found.stx_mode.to_be_bytes());
    bytes
}

fn time(time: StatxTimestamp) -> [u8; 12] {
    let mut bytes = [0; 12];
    bytes[0..8].copy_from_slice(&time.tv_sec.to_be_bytes());
    bytes[8..12].copy_from_slice(&time.tv_nsec.to_be_bytes());
    bytes
}

/// Whether a later change of a file would show a different time.
fn has_settled(changed: Duration, seen: SystemTime) -> bool {
    let tick = match changed.subsec_nanos() {
        0 => COARSE_TICK,
        _ => TICK,
    };
    let age = seen.duration_since(SystemTime::UNIX_EPOCH + changed);
    age.is_ok_and(|age| age >= tick)
}

/// The time since 1970; an earlier time counts as 1970.
fn since_epoch(time: StatxTimestamp) -> Duration {
    Duration::new(u64::try_from(time.tv_sec).unwrap_or_default(), time.tv_nsec)
}

#[cfg(test)]
mod tests;
