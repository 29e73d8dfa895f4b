//! The time at which a sign-in last failed, for the processes that waited for it: each would
//! otherwise open one more browser.

use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use keyward_core::chain::CacheKey;
use keyward_vault::Paths;

use crate::system::read_limited;

/// The stamp of one sign-in.
pub(super) struct LastFailure(PathBuf);

impl LastFailure {
    /// The stamp beside the lock of `key`.
    pub(super) fn of(paths: &Paths, key: &CacheKey) -> Self {
        Self(paths.locks().join(format!("{key}.failed")))
    }

    /// The time at which it failed, in milliseconds since 1970. A stamp in the future is of a clock
    /// that was set back since, so it does not count.
    pub(super) fn at(&self) -> Option<u128> {
        let text = read_limited::text(&self.0, read_limited::DOCUMENT).ok()?;
        text.trim().parse().ok().filter(|at| *at <= millis())
    }

    /// Whether it failed at `since` or later.
    pub(super) fn is_since(&self, since: u128) -> bool {
        self.at().is_some_and(|at| at >= since)
    }

    /// Stamps a failure.
    pub(super) fn note(&self) {
        // Losing the stamp costs the next one a prompt.
        let _ = std::fs::write(&self.0, millis().to_string());
    }

    /// Removes the stamp, after a success. A stamp that cannot be removed is older than the new
    /// sign-in.
    pub(super) fn forget(self) {
        let _ = std::fs::remove_file(self.0);
    }
}

/// Now, in milliseconds since 1970.
pub(super) fn millis() -> u128 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default()
        .as_millis()
}

#[cfg(test)]
mod tests;
