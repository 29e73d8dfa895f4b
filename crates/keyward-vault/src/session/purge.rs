//! Deletes leftovers: expired sessions, old ready answers, files of crashed writers, and free locks.
//! It never fails; the next run looks at the rest.

use std::ffi::OsStr;
use std::fs::{self, DirEntry};
use std::path::Path;

use keyward_core::chain::CacheKey;
use keyward_core::{LONGEST_SESSION, Timestamp};

use crate::disk;

use super::SessionStore;

/// The files of a folder that one portion of the cleaning looks at.
const PORTION: usize = 256;
/// The files of a folder that one run looks at, at most.
const MOST: usize = 128 * PORTION;

impl SessionStore {
    /// Removes the free locks of sessions and folders, as far as possible. They are empty files.
    pub(super) fn remove_idle_locks(&self) {
        for entry in entries(&self.paths.locks()) {
            self.remove_lock(&entry.path());
        }
    }

    /// Removes every ready answer.
    pub(super) fn remove_ready(&self) {
        for entry in entries(&self.paths.ready()) {
            let _ = fs::remove_file(entry.path());
        }
    }

    /// Removes sessions that have ended, except `fresh`, which was just written, and files that
    /// belong to no session. It cleans each folder [`in_portions`].
    pub(super) fn purge(&self, fresh: &CacheKey, now: Timestamp) {
        in_portions(&self.paths.sessions(), now, |entry| {
            self.purge_session(entry, fresh, now)
        });
        in_portions(&self.paths.locks(), now, |entry| {
            let path = entry.path();
            let key = stem(&path).and_then(|stem| stem.parse::<CacheKey>().ok());
            let idle = key.is_some_and(|key| key != *fresh && !self.paths.session(&key).exists());
            idle && self.remove_lock(&path)
        });
        in_portions(&self.paths.ready(), now, |entry| {
            disk::older_than(entry, LONGEST_SESSION) && fs::remove_file(entry.path()).is_ok()
        });
    }

    /// Removes a useless file of the sessions' folder, and says whether it is gone. The file may
    /// have gone with the other file of its session.
    fn purge_session(&self, entry: &DirEntry, fresh: &CacheKey, now: Timestamp) -> bool {
        let path = entry.path();
        match path.extension().and_then(OsStr::to_str) {
            Some("json") => self.purge_ended(&path, fresh, now),
            // A session without a sidecar is removed once it is older than any session lives.
            Some("age") if path.with_extension("json").exists() => false,
            Some("age") if disk::older_than(entry, LONGEST_SESSION) => {
                fs::remove_file(&path).is_ok()
            }
            Some("age") => !path.exists(),
            _ => {
                disk::is_temporary(entry)
                    && disk::older_than(entry, disk::LEFTOVER_AGE)
                    && fs::remove_file(&path).is_ok()
            }
        }
    }

    fn purge_ended(&self, sidecar: &Path, fresh: &CacheKey, now: Timestamp) -> bool {
        let Some(entry) = self.sidecar(sidecar).map(|sidecar| sidecar.entry) else {
            return false;
        };
        if entry.key == *fresh || !entry.has_ended(now) {
            return false;
        }
        // A process that renews this session holds its lock, and may have replaced the sidecar since
        // it was read. Read it again under the lock.
        let Ok(Some(lock)) = self.paths.session_lock(&entry.key).try_lock() else {
            return false;
        };
        let again = self.sidecar(sidecar);
        let ended = again.is_none_or(|sidecar| sidecar.entry.has_ended(now));
        if ended && self.remove(&entry.key).is_ok() {
            lock.remove_file();
            return true;
        }
        false
    }

    /// Removes the lock of a session or folder if it is free, and says whether it did.
    fn remove_lock(&self, path: &Path) -> bool {
        let lock = stem(path).and_then(|stem| self.paths.passing_lock(stem));
        match lock.map(|lock| lock.try_lock()) {
            Some(Ok(Some(guard))) => {
                guard.remove_file();
                true
            }
            _ => false,
        }
    }
}

/// Offers a folder's entries to `remove`, which returns whether an entry is gone. The next portion
/// follows while at least a quarter of the last one is gone, so the cost depends on the leftovers and
/// not on the folder. It is a quarter, because a session has two files, and the one that comes first may
/// wait for the other. The first portion differs from second to second, so every entry has its turn.
fn in_portions(folder: &Path, now: Timestamp, mut remove: impl FnMut(&DirEntry) -> bool) {
    let mut entries = entries(folder);
    if entries.len() > PORTION {
        let turn = usize::try_from(now.as_second().unsigned_abs()).unwrap_or_default();
        let first = turn.wrapping_mul(PORTION) % entries.len();
        entries.rotate_left(first);
    }
    entries.truncate(MOST);
    for portion in entries.chunks(PORTION) {
        let removed = portion.iter().filter(|entry| remove(entry)).count();
        if removed * 4 < portion.len() {
            return;
        }
    }
}

fn entries(folder: &Path) -> Vec<DirEntry> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries.flatten().collect()
}

fn stem(path: &Path) -> Option<&str> {
    path.file_stem().and_then(OsStr::to_str)
}
