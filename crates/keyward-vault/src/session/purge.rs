//! Deletes leftovers: expired sessions, files of crashed writers, and free locks. It never fails; the
//! next run looks at the rest.

use std::ffi::OsStr;
use std::fs;
use std::time::Duration;

use keyward_core::chain::CacheKey;
use keyward_core::{LONGEST_SESSION, Timestamp};

use crate::disk;

use super::SessionStore;

/// The age at which a crashed writer's file is deleted; storing a session never takes an hour.
const LEFTOVER_AGE: Duration = Duration::from_secs(3600);

impl SessionStore {
    /// Removes the free locks of sessions and folders, as far as possible. They are empty files.
    pub(super) fn remove_idle_locks(&self) {
        let Ok(entries) = fs::read_dir(self.paths.locks()) else {
            return;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            let lock = path
                .file_stem()
                .and_then(OsStr::to_str)
                .and_then(|stem| self.paths.passing_lock(stem));
            if let Some(Ok(Some(guard))) = lock.map(|lock| lock.try_lock()) {
                guard.remove_file();
            }
        }
    }

    /// Removes sessions that have ended, except `fresh`, which was just written.
    pub(super) fn purge(&self, fresh: &CacheKey, now: Timestamp) {
        disk::sweep(&self.paths.sessions(), LEFTOVER_AGE);
        for entry in self.sidecars().into_iter().map(|sidecar| sidecar.entry) {
            if entry.key == *fresh || !entry.has_ended(now) {
                continue;
            }
            // A process that renews this session holds its lock and may have replaced the file that was just read,
            // so look again with the lock held.
            let Ok(Some(_lock)) = self.paths.session_lock(&entry.key).try_lock() else {
                continue;
            };
            let again = self.sidecar(self.paths.session_sidecar(&entry.key));
            if again.is_none_or(|sidecar| sidecar.entry.has_ended(now)) {
                let _ = self.remove(&entry.key);
            }
        }
        self.purge_orphans();
    }

    /// Removes session files that have lost their sidecar and are too old to be any good.
    fn purge_orphans(&self) {
        let Ok(entries) = fs::read_dir(self.paths.sessions()) else {
            return;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            if path.extension() == Some(OsStr::new("age"))
                && disk::older_than(&entry, LONGEST_SESSION)
                && !path.with_extension("json").exists()
            {
                let _ = fs::remove_file(path);
            }
        }
    }
}
