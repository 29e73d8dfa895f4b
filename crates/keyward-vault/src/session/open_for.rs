//! The vault's own identity, kept for a time where its owner wants that (`unlock_for`): opening
//! the vault again then asks nobody. Only the kernel keyring may hold it, because only there it
//! ends by itself; elsewhere it is not kept.

use std::time::Duration;

use crate::identity::Identity;
use crate::paths::Paths;

/// Where the vault's identity stays between two openings.
#[derive(Debug, Clone)]
pub struct OpenFor {
    vault: String,
}

impl OpenFor {
    /// The place for the vault at `paths`. Nothing is kept yet.
    #[must_use]
    pub fn of(paths: &Paths) -> Self {
        Self {
            vault: paths.short_hash(),
        }
    }
}

#[cfg(target_os = "linux")]
impl OpenFor {
    fn place(&self, lasts: Duration) -> impl super::tier::Keeper {
        super::keyring::KernelKeyring::of_vault(&self.vault, lasts)
    }

    /// Keeps the identity for `lasts`, and says whether it can be read back.
    #[must_use]
    pub fn keep(&self, identity: &Identity, lasts: Duration) -> bool {
        super::tier::Keeper::store(&self.place(lasts), identity)
    }

    /// The identity, while it is kept.
    #[must_use]
    pub fn recall(&self) -> Option<Identity> {
        super::tier::Keeper::load(&self.place(Duration::ZERO))
    }

    /// Forgets it.
    ///
    /// # Errors
    /// The keyring holds it and does not let it go.
    pub fn forget(&self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        super::tier::Keeper::forget(&self.place(Duration::ZERO))
    }
}

#[cfg(not(target_os = "linux"))]
impl OpenFor {
    /// Says that nothing is kept on this system.
    #[must_use]
    pub fn keep(&self, _identity: &Identity, _lasts: Duration) -> bool {
        let _ = &self.vault;
        false
    }

    /// Nothing.
    #[must_use]
    pub fn recall(&self) -> Option<Identity> {
        None
    }

    /// Nothing is there to forget.
    ///
    /// # Errors
    /// None.
    pub fn forget(&self) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
        Ok(())
    }
}
