//! The identity that opened the vault in this run, so that the passphrase is asked for once. A server
//! empties it after each renewal that needed a person. After `keyward lock` it stays empty.

use std::sync::{Mutex, MutexGuard, PoisonError};

use keyward_vault::Identity;

/// The vault's identity, while it is remembered.
#[derive(Debug, Default)]
pub(crate) struct IdentityCache(Mutex<State>);

#[derive(Debug, Default)]
enum State {
    #[default]
    Nothing,
    Identity(Identity),
    Locked,
}

/// The vault was locked, and this run must not open it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Locked;

impl IdentityCache {
    /// Returns the identity that opens the vault, if it was opened already.
    pub(crate) fn get(&self) -> Result<Option<Identity>, Locked> {
        match &*self.state() {
            State::Nothing => Ok(None),
            State::Identity(identity) => Ok(Some(identity.clone())),
            State::Locked => Err(Locked),
        }
    }

    /// Remembers what has just opened the vault.
    pub(crate) fn put(&self, identity: &Identity) -> Result<(), Locked> {
        let mut state = self.state();
        if matches!(*state, State::Locked) {
            return Err(Locked);
        }
        *state = State::Identity(identity.clone());
        Ok(())
    }

    /// Forgets it: the next opening asks again.
    pub(crate) fn forget(&self) {
        let mut state = self.state();
        if matches!(*state, State::Identity(_)) {
            *state = State::Nothing;
        }
    }

    /// Forgets it permanently, also during a renewal that waits for something.
    pub(crate) fn lock(&self) {
        *self.state() = State::Locked;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Each state is set whole, so a panic elsewhere leaves a whole one.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
