//! The holder of a lock, as far as the system says. The answer is for people: it may be out of date
//! when it arrives, and no decision depends on it.

use std::fmt;
use std::path::Path;

/// A process that holds a lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockHolder {
    /// Its number.
    pub pid: u32,
    /// Whether it can continue by itself.
    pub state: HolderState,
}

/// Whether a process runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HolderState {
    /// It runs, or waits for something.
    Running,
    /// It was stopped, by Ctrl-Z or a debugger, and holds the lock until it is continued or ended.
    Stopped,
}

impl fmt::Display for LockHolder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.state {
            HolderState::Running => write!(f, "process {}", self.pid),
            HolderState::Stopped => write!(f, "process {}, which is stopped", self.pid),
        }
    }
}

/// The holder of the lock on a file.
///
/// Source: <https://man7.org/linux/man-pages/man5/proc_locks.5.html>
#[cfg(target_os = "linux")]
pub(super) fn of(path: &Path) -> Option<LockHolder> {
    use std::os::unix::fs::MetadataExt as _;
    let file = std::fs::metadata(path).ok()?;
    let (major, minor) = (rustix::fs::major(file.dev()), rustix::fs::minor(file.dev()));
    let locks = std::fs::read_to_string("/proc/locks").ok()?;
    let pid = read(&locks, (major, minor), file.ino())?;
    Some(LockHolder {
        pid,
        state: state(pid),
    })
}

/// Other systems do not report the holder of such a lock.
#[cfg(not(target_os = "linux"))]
pub(super) fn of(_: &Path) -> Option<LockHolder> {
    None
}

/// The process that holds the lock of a file, in the text of `/proc/locks`. File systems that give
/// each volume a device number of its own are listed under another one: there the number of the
/// file decides, if only one has it.
#[cfg(any(target_os = "linux", test))]
fn read(locks: &str, device: (u32, u32), inode: u64) -> Option<u32> {
    let of_file = |line: &str| -> Option<((u32, u32), u32)> {
        let words: Vec<&str> = line.split_whitespace().collect();
        // Those who wait for a lock are marked with an arrow, which makes another column.
        let [_, "FLOCK", _, _, pid, place, ..] = words.as_slice() else {
            return None;
        };
        let mut parts = place.split(':');
        let mut number = |radix| u64::from_str_radix(parts.next()?, radix).ok();
        let (major, minor, found) = (number(16)?, number(16)?, number(10)?);
        let pid = pid.parse().ok().filter(|pid| *pid > 0)?;
        let device = (u32::try_from(major).ok()?, u32::try_from(minor).ok()?);
        (found == inode).then_some((device, pid))
    };
    let found: Vec<((u32, u32), u32)> = locks.lines().filter_map(of_file).collect();
    let exact = found.iter().find(|(listed, _)| *listed == device);
    let only = match found.as_slice() {
        [only] => Some(only),
        _ => None,
    };
    exact.or(only).map(|(_, pid)| *pid)
}

#[cfg(target_os = "linux")]
fn state(pid: u32) -> HolderState {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // The name in parentheses may hold anything, so the last one ends it.
    let after_name = stat.rsplit_once(") ").map(|(_, rest)| rest);
    match after_name.and_then(|rest| rest.chars().next()) {
        Some('T' | 't') => HolderState::Stopped,
        _ => HolderState::Running,
    }
}

#[cfg(test)]
mod tests;
