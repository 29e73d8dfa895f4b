//! The vault's identity, kept for a time if its owner wants that (`unlock_for`): opening the vault again
//! then needs no prompt. Only the kernel keyring may hold it, because entries expire there; other
//! systems do not keep it.

use std::time::Duration;

use crate::identity::Identity;
use crate::lock::SeenGeneration;
use crate::paths::Paths;

use super::SessionError;

/// The place where the vault's identity stays between two openings.
#[derive(Debug, Clone)]
pub struct OpenFor {
    paths: Paths,
}

impl OpenFor {
    /// The place for the vault at `paths`. Nothing is kept yet.
    #[must_use]
    pub fn of(paths: &Paths) -> Self {
        Self {
            paths: paths.clone(),
        }
    }
}

#[cfg(target_os = "linux")]
impl OpenFor {
    fn place(&self, lasts: Duration) -> impl super::tier::Keeper {
        super::keyring::KernelKeyring::of_vault(&self.paths.short_hash(), lasts)
    }

    /// Keeps the identity for `lasts`, and returns whether it can be read back. `since` is the lock
    /// generation from before the vault was opened.
    ///
    /// # Errors
    /// The vault was locked since, or the generation cannot be read; then nothing is kept.
    pub fn keep(
        &self,
        identity: &Identity,
        lasts: Duration,
        since: &SeenGeneration,
    ) -> Result<bool, SessionError> {
        let _alone = super::alone(&self.paths, super::PATIENCE)?;
        super::not_locked(&self.paths, since)?;
        Ok(super::tier::Keeper::store(&self.place(lasts), identity))
    }

    /// The identity, while it is kept.
    #[must_use]
    pub fn recall(&self) -> Option<Identity> {
        super::tier::Keeper::load(&self.place(Duration::ZERO))
    }

    /// Forgets it.
    ///
    /// # Errors
    /// The keyring does not remove it.
    pub fn forget(&self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        super::tier::Keeper::forget(&self.place(Duration::ZERO))
    }
}

#[cfg(not(target_os = "linux"))]
impl OpenFor {
    /// Says that nothing is kept on this system.
    ///
    /// # Errors
    /// None.
    pub fn keep(
        &self,
        _identity: &Identity,
        _lasts: Duration,
        _since: &SeenGeneration,
    ) -> Result<bool, SessionError> {
        let _ = &self.paths;
        Ok(false)
    }

    /// Nothing.
    #[must_use]
    pub fn recall(&self) -> Option<Identity> {
        None
    }

    /// There is nothing to forget.
    ///
    /// # Errors
    /// None.
    pub fn forget(&self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Ok(())
    }
}

#[cfg(all(test, target_os = "linux"))]
mod tests;
