//! What opened the vault in this run, so that the passphrase is asked once. A server empties it
//! after each renewal that a person takes part in; after `keyward lock` it stays empty.

use std::sync::{Mutex, MutexGuard, PoisonError};

use keyward_vault::Identity;

/// The vault's identity, while it is remembered.
#[derive(Debug, Default)]
pub(crate) struct Opened(Mutex<State>);

#[derive(Debug, Default)]
enum State {
    #[default]
    Nothing,
    Identity(Identity),
    Shut,
}

/// The vault was locked, and this run opens it no more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shut;

impl Opened {
    /// What opens the vault, where it was opened already.
    pub(crate) fn get(&self) -> Result<Option<Identity>, Shut> {
        match &*self.state() {
            State::Nothing => Ok(None),
            State::Identity(identity) => Ok(Some(identity.clone())),
            State::Shut => Err(Shut),
        }
    }

    /// Remembers what has just opened the vault.
    pub(crate) fn put(&self, identity: &Identity) -> Result<(), Shut> {
        let mut state = self.state();
        if matches!(*state, State::Shut) {
            return Err(Shut);
        }
        *state = State::Identity(identity.clone());
        Ok(())
    }

    /// Forgets it: the next opening asks again.
    pub(crate) fn let_go(&self) {
        let mut state = self.state();
        if matches!(*state, State::Identity(_)) {
            *state = State::Nothing;
        }
    }

    /// Forgets it for good, also under the hands of a renewal that waits for something.
    pub(crate) fn shut(&self) {
        *self.state() = State::Shut;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each state is set whole, so a panic elsewhere leaves a whole one.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
