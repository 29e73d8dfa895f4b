//! What `keyward lock` does to a vault: the mark is changed, and everything that opens anything
//! without a question is forgotten, wherever it may be kept. Refuses to stop at what fails.

use std::path::PathBuf;
use std::time::Duration;

use crate::lock::{LockError, LockGeneration, MarkError};
use crate::paths::Paths;

use super::tier::{Failure, Keepers};
use super::{OpenFor, SessionError, SessionStore};

/// How long it waits for whoever is just writing a session down, which takes milliseconds, and
/// some seconds where a keystore hangs; only a process that was stopped in the middle takes longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What could not be done.
#[derive(Debug, thiserror::Error)]
pub enum ForgetAllError {
    /// The mark could not be changed.
    #[error(
        "what is running cannot be told: a server hands out what it holds, and a session that is being made is kept"
    )]
    Mark(#[source] MarkError),
    /// The vault's identity is still kept.
    #[error("the vault is still open")]
    Vault(#[source] Failure),
    /// A session or its identity is still there.
    #[error(transparent)]
    Sessions(SessionError),
    /// Who keeps a session just now could not be kept out.
    #[error("whoever is keeping a session just now cannot be kept from it")]
    Lock(#[source] LockError),
    /// Another process holds the lock for too long.
    #[error("another keyward has stopped while it keeps a session, and holds `{}`", lock.display())]
    Busy {
        /// The lock file.
        lock: PathBuf,
    },
}

/// Forgets the vault's identity and every session, in each place that any [`Tier`](super::Tier)
/// could have used, and tells whatever is under way to keep nothing. Gives what failed.
#[must_use = "what failed is still there"]
pub fn forget_all(paths: &Paths, runtime_dir: Option<PathBuf>) -> Vec<ForgetAllError> {
    forget_within(paths, runtime_dir, PATIENCE)
}

fn forget_within(
    paths: &Paths,
    runtime_dir: Option<PathBuf>,
    patience: Duration,
) -> Vec<ForgetAllError> {
    let generation = LockGeneration::of(paths);
    // First, so that a server lets go at once, whatever takes long below.
    let told = generation.change();
    // What is worth most goes first, and once more below, when nobody can keep it anew.
    let vault = OpenFor::of(paths);
    let _ = vault.forget();
    // A keystore that hangs is waited for here, where nobody waits for the lock meanwhile.
    let store = SessionStore::with(paths, Keepers::all(paths, runtime_dir));
    let file = paths.session_identity_lock();
    let alone = file.lock_within(patience);
    let mut failed = Vec::new();
    failed.extend(vault.forget().err().map(ForgetAllError::Vault));
    failed.extend(store.clear_all().into_iter().map(ForgetAllError::Sessions));
    // Again, because a process that began after the first change may have read what was only
    // then forgotten. Nobody keeps anything meanwhile.
    let told = told.and_then(|()| generation.change());
    failed.extend(told.err().map(ForgetAllError::Mark));
    match alone {
        Ok(Some(_alone)) => {}
        Ok(None) => failed.push(ForgetAllError::Busy {
            lock: file.path().to_owned(),
        }),
        Err(error) => failed.push(ForgetAllError::Lock(error)),
    }
    failed
}

#[cfg(test)]
mod tests;
