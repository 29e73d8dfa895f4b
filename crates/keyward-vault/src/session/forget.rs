//! `keyward lock` for a vault: changes the lock generation and deletes everything that opens anything
//! without a prompt, in every store. A failure does not stop the rest.

use std::path::PathBuf;
use std::time::Duration;

use crate::lock::{LockError, LockFile, LockGeneration, LockHolder, LockWaiter, MarkError};
use crate::paths::Paths;

use super::keepers::Keepers;
use super::tier::Failure;
use super::{OpenFor, SessionError, SessionStore};

/// The time to wait for a process that is storing a session. That takes milliseconds, or seconds
/// while a keystore hangs; only a stopped process takes longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// The parts that failed.
#[derive(Debug, thiserror::Error)]
pub enum ForgetAllError {
    /// The mark could not be changed.
    #[error(
        "keyward cannot tell what is running: a server keeps handing out its credentials, and a session in progress is stored"
    )]
    Mark(#[source] MarkError),
    /// The vault's identity is still kept.
    #[error("the vault is still open")]
    Vault(#[source] Failure),
    /// A session or its identity is still there.
    #[error(transparent)]
    Sessions(SessionError),
    /// Another process that keeps a session just now could not be kept out.
    #[error("cannot stop another process from saving a session")]
    Lock(#[source] LockError),
    /// Another process holds the lock for too long. Everything is forgotten nevertheless.
    #[error("another keyward is saving a session and may still do so{}", super::shown(*holder))]
    Busy {
        /// The process, if the system reports it.
        holder: Option<LockHolder>,
    },
}

/// Forgets the vault's identity and every session, in each place that any [`Tier`](super::Tier)
/// could have used, and prevents running commands from keeping any. Waits for a process that is storing a
/// session, for ten seconds at most. Returns what failed.
#[must_use = "what failed is still there"]
pub fn forget_all(
    paths: &Paths,
    runtime_dir: Option<PathBuf>,
    notice: &dyn LockWaiter,
) -> Vec<ForgetAllError> {
    forget_within(paths, runtime_dir, &Bounded(PATIENCE, notice))
}

/// One that waits no longer than this.
#[derive(Debug)]
struct Bounded<'a>(Duration, &'a dyn LockWaiter);

impl LockWaiter for Bounded<'_> {
    fn limit(&self) -> Option<Duration> {
        let limit = self.1.limit();
        Some(limit.map_or(self.0, |limit| limit.min(self.0)))
    }

    fn waits(&self, lock: &LockFile, holder: Option<LockHolder>) {
        self.1.waits(lock, holder);
    }
}

fn forget_within(
    paths: &Paths,
    runtime_dir: Option<PathBuf>,
    waiter: &dyn LockWaiter,
) -> Vec<ForgetAllError> {
    let generation = LockGeneration::of(paths);
    // First, so that servers drop their credentials before the slow steps below.
    let told = generation.change();
    // The most valuable entries are deleted first, and again below, when no process can store new
    // ones.
    let vault = OpenFor::of(paths);
    let _ = vault.forget();
    // A keystore that hangs is waited for here, while no process waits for the lock.
    let store = SessionStore::with(paths, Keepers::all(paths, runtime_dir));
    let file = paths.session_identity_lock();
    let alone = file.lock_as(waiter);
    let mut failed = Vec::new();
    failed.extend(vault.forget().err().map(ForgetAllError::Vault));
    failed.extend(store.clear_all().into_iter().map(ForgetAllError::Sessions));
    // Again, because a process that began after the first change may have read an entry that was
    // deleted later. No process can store anything during this.
    let told = told.and_then(|()| generation.change());
    failed.extend(told.err().map(ForgetAllError::Mark));
    match alone {
        Ok(_alone) => {}
        Err(LockError::Held { holder, .. }) => failed.push(ForgetAllError::Busy { holder }),
        Err(error) => failed.push(ForgetAllError::Lock(error)),
    }
    failed
}

#[cfg(test)]
mod tests;
