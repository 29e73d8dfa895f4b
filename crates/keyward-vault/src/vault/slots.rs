//! Opening by slots, and slots that come and go without the secrets being rewritten.

use std::time::Duration;

use keyward_core::Timestamp;
use keyward_core::secret::Passphrase;

use crate::disk::{self, Durability};
use crate::identity::Identity;
use crate::pin::slot_digest;
use crate::slot::{
    self, Access, AddSlotError, NewSlot, OpenSlotError, Slot, SlotError, SlotKind, SlotName,
    WorkFactor, passphrase,
};

use super::{OpenAnyError, OpenVault, ReadError, RemoveSlotError, UnlockSlotError, Vault};

/// The slot that opened, what was read with it, and the slots that did not open before it.
type BySlot<T> = (SlotName, T, Vec<(SlotName, UnlockSlotError)>);

/// A vault that some slot opened.
#[derive(Debug)]
pub struct Unlocked {
    /// The vault.
    pub vault: OpenVault,
    /// The slot that opened it.
    pub slot: SlotName,
    /// The slots that were tried before and did not, with the reason.
    pub skipped: Vec<(SlotName, UnlockSlotError)>,
}

impl Vault {
    /// Opens the vault with one slot.
    ///
    /// # Errors
    /// The slot does not exist or does not open, or the vault cannot be read with its identity.
    pub fn unlock_slot(
        &self,
        name: &SlotName,
        access: &Access,
    ) -> Result<OpenVault, UnlockSlotError> {
        self.check_slots()?;
        let slot = slot::read(self.paths(), name).map_err(OpenSlotError::from)?;
        let slot = slot.ok_or_else(|| OpenSlotError::from(SlotError::Missing(name.clone())))?;
        let identity = slot::open(self.paths(), &slot, access)?;
        Ok(self.load(identity)?)
    }

    /// Opens the vault with the first slot that works: those in `order` first, then the others,
    /// from the least to the most trouble for the user. A passphrase is tried on every slot that
    /// needs one. `skipped` learns at once why a slot is skipped.
    ///
    /// # Errors
    /// No slot opens the vault; a passphrase was wrong, so that the caller can ask again; or the vault
    /// itself cannot be read.
    pub fn unlock(
        &self,
        order: &[SlotName],
        access: &Access,
        skipped: impl FnMut(&SlotName, &UnlockSlotError),
    ) -> Result<Unlocked, OpenAnyError> {
        let load = |identity| self.load(identity);
        let (slot, vault, skipped) = self.by_first_slot(order, access, skipped, load)?;
        Ok(Unlocked {
            vault,
            slot,
            skipped,
        })
    }

    /// Returns what `read` makes of the identity of the first slot with a fitting one, with that
    /// slot's name and the skipped ones.
    pub(super) fn by_first_slot<T>(
        &self,
        order: &[SlotName],
        access: &Access,
        mut skipped: impl FnMut(&SlotName, &UnlockSlotError),
        read: impl Fn(Identity) -> Result<T, ReadError>,
    ) -> Result<BySlot<T>, OpenAnyError> {
        // Before a slot's program runs or receives a passphrase.
        self.check_slots()?;
        let mut slots = self.readable_slots()?;
        let place = |name: &SlotName| {
            order
                .iter()
                .position(|wanted| wanted == name)
                .unwrap_or(usize::MAX)
        };
        slots.sort_by_key(|slot| (place(&slot.name), slot.kind.trouble()));
        if slots.is_empty() && !self.exists() {
            return Err(ReadError::Missing(self.paths().vault()).into());
        }
        let access = &access.with_same_passphrase();
        let mut passed = Vec::new();
        let mut wrong = None;
        for slot in slots {
            // A person who mistyped is asked again before another kind of slot is tried.
            if wrong.is_some() && slot.kind != SlotKind::Passphrase {
                continue;
            }
            let opened = slot::open(self.paths(), &slot, access).map_err(UnlockSlotError::from);
            match opened.and_then(|identity| Ok(read(identity)?)) {
                Ok(read) => return Ok((slot.name, read, passed)),
                // The slot has worked, so another one would fail too.
                Err(UnlockSlotError::Read(error)) if !matches!(error, ReadError::OtherKey(_)) => {
                    return Err(error.into());
                }
                Err(UnlockSlotError::Slot(OpenSlotError::WrongPassphrase { what })) => {
                    let error = OpenAnyError::WrongPassphrase {
                        slot: slot.name,
                        what,
                    };
                    // It may be the passphrase of another slot.
                    if slot.kind != SlotKind::Passphrase {
                        return Err(error);
                    }
                    wrong.get_or_insert(error);
                }
                Err(error) => {
                    skipped(&slot.name, &error);
                    passed.push((slot.name, error));
                }
            }
        }
        Err(wrong.unwrap_or(OpenAnyError::NoneOpens { tried: passed }))
    }

    /// The slots whose files can be read: a damaged one must not keep the others closed.
    fn readable_slots(&self) -> Result<Vec<Slot>, SlotError> {
        let mut slots = Vec::new();
        for name in slot::names(self.paths())? {
            match slot::read(self.paths(), &name) {
                Ok(slot) => slots.extend(slot),
                Err(SlotError::Damaged { .. }) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(slots)
    }

    /// Whether a slot could be removed now, for a caller that asks the user first. Only a slot that
    /// this machine has seen as it is counts as another way to open the vault.
    ///
    /// # Errors
    /// The slot does not exist; no other slot could open the vault; or other slots than this one
    /// differ from what this machine last saw.
    pub fn removable(&self, name: &SlotName) -> Result<(), RemoveSlotError> {
        let changes = self.changes()?;
        let differs = |slot: &SlotName| changes.iter().any(|change| change.concerns(slot));
        // A slot from elsewhere may be removed. Before another slot is removed, the person must
        // know about it.
        if !differs(name) {
            self.refuse(changes.clone())?;
        }
        Ok(slot::removable(self.paths(), name, |other| {
            !differs(other)
        })?)
    }

    /// Removes a slot and, if this machine has seen the slot as it is, its entry in a keystore or in
    /// `pass`. If only the latter fails, the slot is gone and the failure is returned.
    ///
    /// # Errors
    /// As for [`removable`](Self::removable), or the files cannot be removed.
    pub fn remove_slot(
        &self,
        name: &SlotName,
        access: &Access,
    ) -> Result<Option<OpenSlotError>, RemoveSlotError> {
        let kind = {
            let _lock = self.lock()?;
            self.removable(name)?;
            // A slot from elsewhere may name anything of the user's in a keystore or in `pass`, so
            // it stays there.
            let own = !self.changes()?.iter().any(|change| change.concerns(name));
            let kind = slot::remove(self.paths(), name)?;
            // A pin that keeps the slot would only let it come back.
            let _ = self.forget_slot(name);
            kind.filter(|_| own)
        };
        Ok(kind.and_then(|kind| slot::forget(&kind, access).err()))
    }
}

impl OpenVault {
    /// Adds a slot.
    ///
    /// # Errors
    /// The name is taken, what opens the slot cannot be reached, or its files cannot be
    /// written.
    pub fn add_slot(
        &self,
        name: SlotName,
        new: NewSlot<'_>,
        access: &Access,
        now: Timestamp,
    ) -> Result<Slot, AddSlotError> {
        let taken = || -> Result<(), SlotError> {
            let taken = slot::names(self.paths())?.contains(&name);
            if taken {
                Err(SlotError::Exists(name.clone()))
            } else {
                Ok(())
            }
        };
        // Before anything is stored elsewhere or the user is asked.
        taken()?;
        let made = new.make(&name, self.identity(), access)?;
        let slot = Slot {
            name: name.clone(),
            kind: made.kind,
            created: now,
        };
        let written = || -> Result<(), SlotError> {
            let _lock = self.vault().lock()?;
            taken()?;
            disk::sweep(&self.paths().slots(), Duration::ZERO);
            let secret = made.secret.as_deref();
            // No slot has the name, so an earlier one of that name no longer agrees.
            self.vault()
                .settle_slot(&name, slot_digest(&slot::described(&slot), secret))?;
            Ok(slot::write(self.paths(), &slot, secret)?)
        };
        if let Err(error) = written() {
            // An entry that was stored elsewhere would open no listed slot.
            let _ = slot::forget(&slot.kind, access);
            return Err(error.into());
        }
        Ok(slot)
    }

    /// Changes the passphrase of a passphrase slot. The old passphrase then opens only copies of the slot's
    /// old file.
    ///
    /// # Errors
    /// The passphrase slot does not exist, or its file cannot be written.
    pub fn change_passphrase(
        &self,
        name: &SlotName,
        passphrase: &Passphrase,
        work: WorkFactor,
    ) -> Result<(), SlotError> {
        let _lock = self.vault().lock()?;
        disk::sweep(&self.paths().slots(), Duration::ZERO);
        let slot = slot::read(self.paths(), name)?.filter(|slot| slot.kind == SlotKind::Passphrase);
        let slot = slot.ok_or_else(|| SlotError::Missing(name.clone()))?;
        let path = slot::secret_path(self.paths(), &slot).expect("a passphrase slot has a file");
        let secret = passphrase::wrap(self.identity(), passphrase, work)?;
        let described = disk::read_private(&self.paths().slot_metadata(name))?.unwrap_or_default();
        let digest = slot_digest(&described, Some(&secret));
        self.vault().allow_slot(name, digest.clone())?;
        disk::replace(&path, &secret, Durability::Lasting)?;
        // From here on, a file with the old passphrase counts as an older file that was put back.
        let _ = self.vault().settle_slot(name, digest);
        Ok(())
    }
}
