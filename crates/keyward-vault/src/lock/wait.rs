//! Waiting for a lock that another process holds: the waiting process sets a limit, and is called
//! if it takes longer than a moment. The lock is looked at again and again, because a thread that
//! waits for it would stay behind when its time is over.

use std::fmt::Debug;
use std::time::{Duration, Instant};

use super::{LockError, LockFile, LockGuard, LockHolder};

/// The time that a process waits before it reports the holder.
const QUIET: Duration = Duration::from_secs(1);
/// The pauses between two looks at the lock: short at first, since most are held for a moment.
const PACE: (Duration, Duration) = (Duration::from_millis(1), Duration::from_millis(25));

/// One that waits for locks.
pub trait LockWaiter: Debug + Send + Sync {
    /// The time that it waits from now on; `None` for as long as it takes.
    fn limit(&self) -> Option<Duration>;

    /// Called once for each lock after a moment of waiting, with the holder if the system knows it.
    fn waits(&self, lock: &LockFile, holder: Option<LockHolder>);
}

/// Waits without a limit and without a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patient;

impl LockWaiter for Patient {
    fn limit(&self) -> Option<Duration> {
        None
    }

    fn waits(&self, _: &LockFile, _: Option<LockHolder>) {}
}

pub(super) fn lock(file: &LockFile, waiter: &dyn LockWaiter) -> Result<LockGuard, LockError> {
    if let Some(guard) = file.try_lock()? {
        return Ok(guard);
    }
    let (begun, limit) = (Instant::now(), waiter.limit());
    let (mut pace, slowest) = PACE;
    let mut told = false;
    loop {
        let left = limit.map(|limit| limit.saturating_sub(begun.elapsed()));
        let over = left.is_some_and(|left| left.is_zero());
        if !told && (over || begun.elapsed() >= QUIET) {
            told = true;
            waiter.waits(file, file.holder());
        }
        if over {
            return Err(LockError::Held {
                path: file.path().to_owned(),
                holder: file.holder(),
            });
        }
        std::thread::sleep(left.map_or(pace, |left| pace.min(left)));
        pace = (pace * 2).min(slowest);
        if let Some(guard) = file.try_lock()? {
            return Ok(guard);
        }
    }
}

#[cfg(test)]
mod tests;
