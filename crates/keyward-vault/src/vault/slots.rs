//! Slots come and go without the secrets being rewritten.

use keyward_core::Timestamp;
use keyward_core::secret::Passphrase;

use crate::disk::{self, Durability};
use crate::slot::{self, Slot, SlotError, SlotKind, SlotName, WorkFactor, passphrase};

use super::{OpenVault, Vault};

impl Vault {
    /// Removes a slot.
    ///
    /// # Errors
    /// There is no such slot, or no other that could open the vault; or its files cannot be
    /// removed.
    pub fn remove_slot(&self, name: &SlotName) -> Result<(), SlotError> {
        let _lock = self.paths().vault_lock().lock()?;
        slot::remove(self.paths(), name)
    }
}

impl OpenVault {
    /// Adds a passphrase slot.
    ///
    /// # Errors
    /// The name is taken, or its files cannot be written.
    pub fn add_passphrase_slot(
        &self,
        name: SlotName,
        passphrase: &Passphrase,
        work: WorkFactor,
        now: Timestamp,
    ) -> Result<(), SlotError> {
        let secret = passphrase::wrap(self.identity(), passphrase, work);
        self.add_slot(
            &Slot {
                name,
                kind: SlotKind::Passphrase,
                created: now,
            },
            Some(&secret),
        )
    }

    fn add_slot(&self, slot: &Slot, secret: Option<&[u8]>) -> Result<(), SlotError> {
        let _lock = self.paths().vault_lock().lock()?;
        disk::sweep(&self.paths().slots(), std::time::Duration::ZERO);
        if slot::names(self.paths())?.contains(&slot.name) {
            return Err(SlotError::Exists(slot.name.clone()));
        }
        Ok(slot::write(self.paths(), slot, secret)?)
    }

    /// Gives a passphrase slot a new passphrase. The old one opens nothing from then on, except
    /// copies of the slot's old file.
    ///
    /// # Errors
    /// There is no such passphrase slot, or its file cannot be written.
    pub fn change_passphrase(
        &self,
        name: &SlotName,
        passphrase: &Passphrase,
        work: WorkFactor,
    ) -> Result<(), SlotError> {
        let _lock = self.paths().vault_lock().lock()?;
        let known = slot::list(self.paths())?;
        if !known
            .iter()
            .any(|slot| slot.name == *name && slot.kind == SlotKind::Passphrase)
        {
            return Err(SlotError::Missing(name.clone()));
        }
        let secret = passphrase::wrap(self.identity(), passphrase, work);
        Ok(disk::replace(
            &self.paths().slot_secret(name),
            &secret,
            Durability::Lasting,
        )?)
    }
}
