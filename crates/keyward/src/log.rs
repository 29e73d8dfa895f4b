//! The local log of hand-outs: one line of JSON each, every line with the digest of the one
//! before it, so that a line that was changed or taken out shows. It holds no secret, and a log
//! that cannot be written never stands in the way of credentials.

mod chain;
mod entry;

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use keyward_core::Credentials;
use keyward_core::id::{AccessKeyId, ProfileName};
use keyward_core::plan::{Call, Plan};

use crate::places::Places;
use crate::session::session_name;
use crate::ui::Ui;
use crate::world::{World, now};

#[cfg(test)]
pub(crate) use chain::Break;
pub(crate) use chain::Story;
pub(crate) use entry::{Entry, How};

/// How long an append waits for another one. Each holds the lock for microseconds.
const PATIENCE: Duration = Duration::from_millis(250);
/// No line is longer; the end of the file is read back this far to find the last one.
const LONGEST_LINE: u64 = 16 * 1024;
/// How much of the log is looked at where only habits are asked for.
const RECENT: u64 = 1024 * 1024;

/// Notes a hand-out. What goes wrong is a warning.
pub(crate) fn record(world: &World, ui: &Ui, how: How, plan: &Plan, credentials: &Credentials) {
    let role = plan.hops.iter().rev().find_map(|hop| match &hop.call {
        Call::AssumeRole(role) => Some(role),
        Call::GetSessionToken => None,
    });
    let entry = Entry {
        time: now(),
        profile: plan.profile.clone(),
        role: role.map(|role| role.role_arn.clone()),
        session: role
            .map(|role| session_name(world, plan, role.role_session_name.as_ref()).to_string()),
        access_key_id: credentials.access_key_id.clone(),
        expires_at: credentials.expires_at,
        how,
        pid: std::process::id(),
        parent: parent(),
    };
    if let Err(error) = append(&path(&world.places), &entry) {
        ui.warn(format!(
            "this hand-out could not be written to the log: {error}"
        ));
    }
}

/// Notes a step in the life of a long-lived key. What goes wrong is a warning.
pub(crate) fn key_step(
    world: &World,
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
    if let Err(error) = append(&path(&world.places), &entry) {
        ui.warn(format!(
            "this step could not be written to the log: {error}"
        ));
    }
}

/// Where the log lies.
pub(crate) fn path(places: &Places) -> PathBuf {
    places.data.join("log.jsonl")
}

/// The whole log, and where its chain breaks.
pub(crate) fn read(places: &Places) -> io::Result<Story> {
    match std::fs::read(path(places)) {
        Ok(bytes) => Ok(chain::read(&bytes)),
        Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Story::default()),
        Err(e) => Err(e),
    }
}

/// The latest entries, for what people use most; nothing where there is no log.
pub(crate) fn recent(places: &Places) -> Vec<Entry> {
    let read = || -> io::Result<Vec<u8>> {
        let mut file = File::open(path(places))?;
        let length = file.metadata()?.len();
        file.seek(SeekFrom::Start(length.saturating_sub(RECENT)))?;
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes)?;
        Ok(bytes)
    };
    let bytes = read().unwrap_or_default();
    bytes
        .split(|byte| *byte == b'\n')
        .filter_map(|line| Entry::read(line).ok())
        .map(|(entry, _)| entry)
        .collect()
}

/// Appends one line under the file's lock, which the kernel drops with its holder.
fn append(path: &Path, entry: &Entry) -> io::Result<()> {
    let mut file = open(path)?;
    lock(&file)?;
    let mut line = Vec::with_capacity(512);
    let previous = match last_line(&mut file)? {
        Some(Last { digest, ended }) => {
            // What a crash left without its end gets one, so that this line stands alone.
            if !ended {
                line.push(b'\n');
            }
            digest
        }
        None => chain::START.to_owned(),
    };
    line.extend_from_slice(entry.to_line(&previous).as_bytes());
    line.push(b'\n');
    file.write_all(&line)
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => {
            let mut folder = std::fs::DirBuilder::new();
            folder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
            folder.create(path.parent().unwrap_or(path))?;
            options.open(path)
        }
        other => other,
    }
}

fn lock(file: &File) -> io::Result<()> {
    let start = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(()),
            Err(TryLockError::Error(e)) => return Err(e),
            // A stopped process may hold the lock for ever; credentials do not wait for it.
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

fn last_line(file: &mut File) -> io::Result<Option<Last>> {
    let length = file.metadata()?.len();
    if length == 0 {
        return Ok(None);
    }
    file.seek(SeekFrom::Start(length.saturating_sub(LONGEST_LINE)))?;
    let mut tail = Vec::new();
    file.read_to_end(&mut tail)?;
    let ended = tail.last() == Some(&b'\n');
    let lines = tail.strip_suffix(b"\n").unwrap_or(&tail);
    let last = lines
        .rsplit(|byte| *byte == b'\n')
        .next()
        .unwrap_or_default();
    Ok(Some(Last {
        digest: chain::digest(last),
        ended,
    }))
}

/// The name of the program that asked, where the system tells: after `exec` this process becomes
/// the command, but behind `credential-process` stands the SDK's own program.
#[cfg(target_os = "linux")]
fn parent() -> Option<String> {
    let pid = rustix::process::getppid()?;
    let name = std::fs::read_to_string(format!("/proc/{}/comm", pid.as_raw_nonzero())).ok()?;
    Some(name.trim_end().to_owned())
}

#[cfg(not(target_os = "linux"))]
fn parent() -> Option<String> {
    None
}

#[cfg(test)]
mod tests;
