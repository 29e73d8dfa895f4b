//! The session identity in the desktop's keystore, for systems without a kernel keyring. Unlike
//! there it outlives a reboot; the sessions it opens do not outlive their day.

use crate::identity::Identity;
use crate::slot::{Access, KeystoreAccount, OpenSlotError, os};

use super::SessionTier;
use super::tier::{Failure, Keeper};

#[derive(Debug)]
pub(super) struct Keystore {
    account: KeystoreAccount,
    access: Access,
}

impl Keystore {
    pub(super) fn new(vault: &str) -> Self {
        // A cache is not worth a prompt: a locked keystore counts as missing.
        Self {
            account: KeystoreAccount::of_sessions(vault),
            access: Access::unattended(),
        }
    }
}

impl Keeper for Keystore {
    fn load(&self) -> Option<Identity> {
        os::read(&self.account, &self.access).ok()
    }

    fn store(&self, identity: &Identity) -> bool {
        os::store(&self.account, identity, &self.access).is_ok()
            && self
                .load()
                .is_some_and(|read| read.recipient() == identity.recipient())
    }

    fn keep_alive(&self) {}

    fn forget(&self) -> Result<(), Failure> {
        // An entry that is missing or out of reach cannot be read by this program either. An entry that
        // remains must be reported.
        if self.load().is_none() {
            Ok(())
        } else {
            os::forget(&self.account, &self.access).map_err(Into::into)
        }
    }

    fn answers(&self) -> bool {
        let read = os::read(&self.account, &self.access);
        matches!(
            read,
            Ok(_) | Err(OpenSlotError::NoEntry { .. } | OpenSlotError::NotAnIdentity { .. })
        )
    }

    fn place(&self) -> Option<SessionTier> {
        os::is_open(&self.access).then_some(SessionTier::Keystore)
    }
}
