//! Single flight: if several processes need the same thing, one makes it. The others wait for its
//! lock and use its result.

use keyward_core::chain::CacheKey;
use keyward_vault::LockGuard;

use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::state::local_state::LocalState;

/// One thing that one process at a time makes.
pub(crate) struct SingleFlight<'a> {
    local: &'a LocalState,
    key: CacheKey,
    waiting: &'static str,
}

impl<'a> SingleFlight<'a> {
    /// The flight of `key`. `waiting` is the message for a waiting user. Without a terminal,
    /// waiting ends at the run's deadline.
    pub(crate) fn new(local: &'a LocalState, key: CacheKey, waiting: &'static str) -> Self {
        Self {
            local,
            key,
            waiting,
        }
    }

    /// Acquires the lock alone, for a change that needs no result.
    pub(crate) fn lock(&self, ui: &Ui) -> Result<LockGuard, CliError> {
        let file = self.local.paths.session_lock(&self.key);
        self.local.deadline.lock(ui, &file, self.waiting)
    }

    /// The thing as `look` finds it, else as `make` makes it under the lock. `make` may drop the
    /// guard as soon as `look` would find its result.
    pub(crate) fn get<T>(
        &self,
        ui: &Ui,
        look: impl Fn() -> Result<Option<T>, CliError>,
        make: impl FnOnce(LockGuard) -> Result<T, CliError>,
    ) -> Result<T, CliError> {
        let lock = || {
            // Before anything is read that a new session is made from, and before any prompt.
            self.local.lock_generation();
            self.lock(ui)
        };
        found_or_made(look, lock, make)
    }
}

fn found_or_made<T>(
    look: impl Fn() -> Result<Option<T>, CliError>,
    lock: impl FnOnce() -> Result<LockGuard, CliError>,
    make: impl FnOnce(LockGuard) -> Result<T, CliError>,
) -> Result<T, CliError> {
    if let Some(found) = look()? {
        return Ok(found);
    }
    let guard = lock()?;
    // Another process may have made it while this one waited.
    match look()? {
        Some(found) => Ok(found),
        None => make(guard),
    }
}

#[cfg(test)]
mod tests;
