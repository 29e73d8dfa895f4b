//! The cache of short sessions: one small age file each, under a separate session identity that needs no
//! prompt and does not outlive a reboot. An unreadable session is a cache miss, never an error.

mod entry;
mod forget;
mod keepers;
#[cfg(target_os = "linux")]
pub(crate) mod keyring;
mod keystore;
mod open_for;
mod purge;
#[cfg(target_os = "linux")]
mod ready;
#[cfg(target_os = "linux")]
pub(crate) mod runtime;
mod tier;

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use keyward_core::chain::CacheKey;
use keyward_core::id::AccessKeyId;
use keyward_core::{Credentials, Timestamp};

use crate::disk::{self, DiskError, Durability};
use crate::identity::Identity;
use crate::lock::{LockError, LockGeneration, LockGuard, LockHolder, SeenGeneration};
use crate::paths::Paths;

pub use entry::{SessionCall, SessionEntry, SessionMeta, SessionOrigin, UnknownCall};
pub use forget::{ForgetAllError, forget_all};
pub use keyward_ready::tier::{Tier, TierChoice, UnknownTier};
pub use open_for::OpenFor;
#[cfg(target_os = "linux")]
pub use ready::Reused;
pub use tier::SessionTier;

use entry::{Opened, Sidecar};
use keepers::Keepers;

/// The time that a process waits to store a session. Others hold the lock for milliseconds, or for
/// seconds while a keystore hangs; only a stopped process holds it longer.
const PATIENCE: Duration = Duration::from_secs(5);

/// The sessions of one vault.
#[derive(Debug)]
pub struct SessionStore {
    paths: Paths,
    keepers: Keepers,
    /// If no identity can be kept, sessions live as long as this process.
    here_only: Mutex<HashMap<CacheKey, (SessionMeta, Credentials)>>,
    /// A wait for the lock failed. keyward does not wait again for the next session of a chain.
    gave_up: AtomicBool,
}

/// The reasons why sessions could not be stored or forgotten.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// A file could not be written or removed.
    #[error(transparent)]
    Disk(#[from] DiskError),
    /// A lock is unavailable.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// Another process holds the lock for too long.
    #[error("another keyward is saving a session and does not finish{}", shown(*holder))]
    Busy {
        /// The process, if the system reports it.
        holder: Option<LockHolder>,
    },
    /// The vault was locked since the mark was seen, and nothing from before it may be kept.
    #[error("`keyward lock` ran in the meantime")]
    Locked,
    /// The session identity is still there: sessions in a copy of the files can be read.
    #[error("cannot remove the session key from {place}")]
    Forget {
        /// Such as `the kernel keyring`.
        place: String,
        /// The error of the operating system.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

fn shown(holder: Option<LockHolder>) -> String {
    holder.map_or_else(String::new, |holder| format!(" ({holder})"))
}

impl SessionStore {
    /// The sessions of the vault at `paths`. Nothing is read or made yet.
    #[must_use]
    pub fn open(paths: &Paths, tier: Tier) -> Self {
        Self::with(paths, Keepers::choose(paths, tier))
    }

    fn with(paths: &Paths, keepers: Keepers) -> Self {
        Self {
            keepers,
            paths: paths.clone(),
            here_only: Mutex::new(HashMap::new()),
            gave_up: AtomicBool::new(false),
        }
    }

    /// The store of the session identity.
    #[must_use]
    pub fn tier(&self) -> SessionTier {
        self.keepers.tier()
    }

    /// The session of a cache key, if it was made from `origin` and is good for at least `margin`
    /// from `now`.
    #[must_use]
    pub fn get(
        &self,
        key: &CacheKey,
        origin: &SessionOrigin,
        now: Timestamp,
        margin: Duration,
    ) -> Option<Credentials> {
        self.read(key, origin, now)
            .filter(|credentials| credentials.usable_for(margin, now))
    }

    fn read(&self, key: &CacheKey, origin: &SessionOrigin, now: Timestamp) -> Option<Credentials> {
        if let Some((meta, credentials)) = self.memory().get(key) {
            let entry = SessionEntry::of(key, meta, credentials);
            let usable = !entry.has_ended(now) && meta.origin.serves(origin);
            return usable.then(|| credentials.clone());
        }
        let (_, opened) = self.read_file(key, origin, now)?;
        Some(opened.credentials)
    }

    /// The session in its file, and the identity that opened it.
    fn read_file(
        &self,
        key: &CacheKey,
        origin: &SessionOrigin,
        now: Timestamp,
    ) -> Option<(Identity, Opened)> {
        // The file first: on a miss the keyring need not be asked.
        let file = disk::read_private(&self.paths.session(key)).ok()??;
        self.keepers.load().find_map(|identity| {
            let content = identity.open(&file).ok()?;
            let opened = entry::credentials_from_json(key, origin, &identity, now, &content)?;
            Some((identity, opened))
        })
    }

    /// Stores a session and deletes expired ones. `since` is the lock generation from before anything was
    /// read or asked that the session was made from.
    ///
    /// # Errors
    /// The files cannot be written, another process holds the lock too long, or the vault was
    /// locked since. The session is valid, but not stored.
    pub fn put(
        &self,
        key: &CacheKey,
        meta: &SessionMeta,
        credentials: &Credentials,
        now: Timestamp,
        since: &SeenGeneration,
    ) -> Result<(), SessionError> {
        let patience = match self.gave_up.load(Ordering::Relaxed) {
            true => Duration::ZERO,
            false => PATIENCE,
        };
        self.put_within(patience, key, meta, credentials, now, since)
    }

    fn put_within(
        &self,
        patience: Duration,
        key: &CacheKey,
        meta: &SessionMeta,
        credentials: &Credentials,
        now: Timestamp,
        since: &SeenGeneration,
    ) -> Result<(), SessionError> {
        if self.keepers.are_none() {
            not_locked(&self.paths, since)?;
            self.keep_here(key, meta, credentials);
            return Ok(());
        }
        // `keyward lock` holds the lock from before the first deletion until after the last.
        let alone = alone(&self.paths, patience);
        let busy = matches!(alone, Err(SessionError::Busy { .. }));
        self.gave_up.store(busy, Ordering::Relaxed);
        let alone = alone?;
        not_locked(&self.paths, since)?;
        match self.keepers.load_or_make(&alone) {
            Some(identity) => self.write(key, meta, credentials, &identity)?,
            None => self.keep_here(key, meta, credentials),
        }
        drop(alone);
        self.purge(key, now);
        Ok(())
    }

    fn keep_here(&self, key: &CacheKey, meta: &SessionMeta, credentials: &Credentials) {
        self.memory()
            .insert(*key, (meta.clone(), credentials.clone()));
    }

    fn write(
        &self,
        key: &CacheKey,
        meta: &SessionMeta,
        credentials: &Credentials,
        identity: &Identity,
    ) -> Result<(), SessionError> {
        disk::make_root(self.paths.root())?;
        disk::make_folder(&self.paths.sessions())?;
        let content = entry::credentials_to_json(key, meta, credentials, identity);
        let sealed = identity.seal(&content);
        let entry = SessionEntry::of(key, meta, credentials);
        disk::replace(&self.paths.session(key), &sealed, Durability::Cache)?;
        let sidecar = entry::to_json(&entry, identity);
        disk::replace(
            &self.paths.session_sidecar(key),
            &sidecar,
            Durability::Cache,
        )?;
        Ok(())
    }

    /// The sessions that can be used at `now`, soonest end first. Decrypts nothing.
    #[must_use]
    pub fn list(&self, now: Timestamp) -> Vec<SessionEntry> {
        self.usable(self.sidecars(), |_| true, now)
    }

    /// Those of [`list`](Self::list) with one of these keys. Reads no other session's file.
    #[must_use]
    pub fn list_of(&self, keys: &[CacheKey], now: Timestamp) -> Vec<SessionEntry> {
        let paths = keys.iter().map(|key| self.paths.session_sidecar(key));
        let sidecars = paths.filter_map(|path| self.sidecar(&path)).collect();
        self.usable(sidecars, |key| keys.contains(key), now)
    }

    /// The sessions of these files and of this process's memory that can be used at `now`, soonest end
    /// first.
    fn usable(
        &self,
        sidecars: Vec<Sidecar>,
        wanted: impl Fn(&CacheKey) -> bool,
        now: Timestamp,
    ) -> Vec<SessionEntry> {
        let identities: Vec<Identity> = match sidecars.is_empty() {
            true => Vec::new(),
            false => self.keepers.load().collect(),
        };
        let readable = |sidecar: &Sidecar| identities.iter().any(|held| sidecar.is_of(held));
        let memory = self.memory();
        let here = memory.iter().filter(|(key, _)| wanted(key));
        let mut entries: Vec<SessionEntry> = sidecars
            .into_iter()
            // After a reboot the identity is another one, and these are only files.
            .filter(readable)
            .map(|sidecar| sidecar.entry)
            .chain(here.map(|(key, (meta, creds))| SessionEntry::of(key, meta, creds)))
            .filter(|entry| !entry.has_ended(now))
            .collect();
        entries.sort_by(|a, b| (a.expires_at, &a.key).cmp(&(b.expires_at, &b.key)));
        entries
    }

    /// Forgets one session.
    ///
    /// # Errors
    /// Its files cannot be removed.
    pub fn remove(&self, key: &CacheKey) -> Result<(), SessionError> {
        self.memory().remove(key);
        disk::remove(&self.paths.session(key), Durability::Cache)?;
        disk::remove(&self.paths.session_sidecar(key), Durability::Cache)?;
        Ok(())
    }

    /// Forgets every session that was made with a key, directly or through roles, or that is
    /// that key itself, and says how many there were.
    ///
    /// # Errors
    /// Files cannot be removed.
    pub fn remove_for(&self, access_key_id: &AccessKeyId) -> Result<usize, SessionError> {
        let concerned = |entry: &SessionEntry| {
            entry.meta.origin.key.as_ref() == Some(access_key_id)
                || entry.access_key_id == *access_key_id
        };
        let here = self
            .memory()
            .iter()
            .map(|(key, (meta, creds))| SessionEntry::of(key, meta, creds))
            .collect();
        let mut removed = 0;
        for entries in [
            here,
            self.sidecars()
                .into_iter()
                .map(|sidecar| sidecar.entry)
                .collect::<Vec<_>>(),
        ] {
            for entry in entries.iter().filter(|entry| concerned(entry)) {
                self.remove(&entry.key)?;
                removed += 1;
            }
        }
        Ok(removed)
    }

    /// Forgets every session and the identity that opens them.
    ///
    /// # Errors
    /// A file stays, or the identity does. What can be removed is removed first.
    pub fn clear(&self) -> Result<(), SessionError> {
        self.clear_all().into_iter().next().map_or(Ok(()), Err)
    }

    /// The same, with everything that went wrong.
    fn clear_all(&self) -> Vec<SessionError> {
        self.memory().clear();
        // The identity first: without it the files are noise, whatever happens next.
        let mut failed = self.keepers.forget();
        for path in self.files(|name| name.starts_with(".keyward-") || has_session_name(name)) {
            failed.extend(
                disk::remove(&path, Durability::Lasting)
                    .err()
                    .map(Into::into),
            );
        }
        // Without the identity these files cannot be opened, so a leftover file is harmless.
        self.remove_ready();
        self.remove_idle_locks();
        failed
    }

    fn sidecars(&self) -> Vec<Sidecar> {
        let paths = self.files(|name| name.ends_with(".json"));
        paths
            .into_iter()
            .filter_map(|path| self.sidecar(&path))
            .collect()
    }

    fn sidecar(&self, path: &Path) -> Option<Sidecar> {
        let key: CacheKey = path.file_stem()?.to_str()?.parse().ok()?;
        let bytes = disk::read_private(path).ok()??;
        entry::from_json(&key, &bytes)
    }

    fn files(&self, wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
        let Ok(entries) = fs::read_dir(self.paths.sessions()) else {
            return Vec::new();
        };
        entries
            .flatten()
            .filter(|entry| entry.file_name().to_str().is_some_and(&wanted))
            .map(|entry| entry.path())
            .collect()
    }

    fn memory(&self) -> std::sync::MutexGuard<'_, HashMap<CacheKey, (SessionMeta, Credentials)>> {
        // A panic elsewhere leaves the map whole, so it is used on.
        self.here_only
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// The session identity's lock, unless another process holds it for all of `patience`.
fn alone(paths: &Paths, patience: Duration) -> Result<LockGuard, SessionError> {
    let file = paths.session_identity_lock();
    file.lock_within(patience)?
        .ok_or_else(|| SessionError::Busy {
            holder: file.holder(),
        })
}

/// Refuses a process that began before the last `keyward lock`. The caller holds the session identity's
/// lock, or keeps the session in its own memory.
fn not_locked(paths: &Paths, since: &SeenGeneration) -> Result<(), SessionError> {
    match LockGeneration::of(paths).is_current(since)? {
        true => Ok(()),
        false => Err(SessionError::Locked),
    }
}

fn has_session_name(name: &str) -> bool {
    let stem = name
        .strip_suffix(".age")
        .or_else(|| name.strip_suffix(".json"));
    stem.is_some_and(|stem| stem.parse::<CacheKey>().is_ok())
}

/// Reads any bytes as everything that is stored of a session, for the fuzzer.
pub(crate) fn read_bytes(key: &CacheKey, identity: &Identity, bytes: &[u8]) {
    let _ = entry::from_json(key, bytes);
    let (origin, now) = (SessionOrigin::default(), Timestamp::from_second(0));
    let _ = entry::credentials_from_json(key, &origin, identity, now, bytes);
    #[cfg(target_os = "linux")]
    keyward_ready::sealed::read_bytes(bytes, now);
}

#[cfg(test)]
mod tests;
