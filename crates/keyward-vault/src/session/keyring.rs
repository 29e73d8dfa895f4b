//! An identity in the kernel keyring of the user: in no file, never swapped, gone with the
//! machine's run or after its timeout.

use std::time::Duration;

use keyward_ready::kernel_keyring;
use linux_keyutils::{Key, KeyError, KeyPermissionsBuilder, Permission};
use zeroize::Zeroizing;

use crate::identity::Identity;

use super::SessionTier;
use super::tier::{Failure, Keeper};

#[derive(Debug)]
pub(super) struct KernelKeyring {
    description: String,
    lasts: Duration,
}

impl KernelKeyring {
    /// The place of a vault's session identity, which outlives the longest session by an hour.
    pub(super) fn new(vault: &str) -> Self {
        Self {
            description: kernel_keyring::of_sessions(vault),
            lasts: keyward_core::LONGEST_SESSION + Duration::from_secs(3600),
        }
    }

    /// The place of a vault's own identity, for as long as its owner allows.
    pub(super) fn of_vault(vault: &str, lasts: Duration) -> Self {
        Self {
            description: format!("keyward:vault:{vault}"),
            lasts,
        }
    }

    fn timeout(&self) -> usize {
        usize::try_from(self.lasts.as_secs()).unwrap_or(usize::MAX)
    }

    fn find(&self) -> Option<Key> {
        kernel_keyring::find(&self.description)
    }
}

/// A public text in the kernel keyring.
pub(crate) fn read_text(description: &str) -> Option<Vec<u8>> {
    let text = kernel_keyring::text(kernel_keyring::find(description)?)?;
    Some(text.to_vec())
}

/// Stores a public text, and returns whether it can be read back.
pub(crate) fn write_text(description: &str, text: &[u8]) -> bool {
    let kept = || -> Result<(), KeyError> {
        let key = kernel_keyring::ring()?.add_key(description, text)?;
        let permissions = KeyPermissionsBuilder::builder()
            .posessor(Permission::ALL)
            .user(Permission::ALL.difference(Permission::LINK))
            .build();
        key.set_perms(permissions)
    };
    kept().is_ok() && read_text(description).is_some_and(|read| read == text)
}

impl Keeper for KernelKeyring {
    fn load(&self) -> Option<Identity> {
        let text = self.quick_text()?;
        std::str::from_utf8(&text).ok()?.parse().ok()
    }

    fn quick_text(&self) -> Option<Zeroizing<Vec<u8>>> {
        kernel_keyring::read(&self.description)
    }

    fn store(&self, identity: &Identity) -> bool {
        let kept = || -> Result<(), KeyError> {
            // The identity is exposed to the kernel, which is where it is kept.
            let key = kernel_keyring::ring()?
                .add_key(self.description.as_str(), identity.expose().as_bytes())?;
            let all_but_link = Permission::ALL.difference(Permission::LINK);
            let permissions = KeyPermissionsBuilder::builder()
                .posessor(Permission::ALL)
                .user(all_but_link)
                .build();
            key.set_timeout(self.timeout())?;
            key.set_perms(permissions)
        };
        if kept().is_err() {
            // A key without its timeout would stay forever.
            let _ = self.forget();
            return false;
        }
        self.load()
            .is_some_and(|read| read.recipient() == identity.recipient())
    }

    fn keep_alive(&self) {
        if let Some(key) = self.find() {
            // Refused only if the key is gone, and then the next session gets a new one.
            let _ = key.set_timeout(self.timeout());
        }
    }

    fn forget(&self) -> Result<(), Failure> {
        let Some(key) = self.find() else {
            return Ok(());
        };
        // Invalidating also removes it from every keyring, so that a new one can be added.
        key.invalidate()
            .or_else(|_| key.revoke())
            .map_err(Into::into)
    }

    /// Containers often forbid every call of this kind.
    fn place(&self) -> Option<SessionTier> {
        kernel_keyring::ring().ok().map(|_| SessionTier::Keyring)
    }
}
