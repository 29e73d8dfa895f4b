//! The vault against its pin: compared before a slot is opened and again when the vault is, and
//! written after each change. A pin that cannot be written never stops a change that it need not
//! allow: the next opening then finds a newer vault, and pins that.

use std::time::Duration;

use crate::digest::StateDigest;
use crate::disk::DiskError;
use crate::document::{Document, Generation};
use crate::identity::Identity;
use crate::index::Index;
use crate::pin::{ChangedOutside, Pin, PinComparison, PinError, SeenSlots, VaultChange};
use crate::slot::SlotName;

use super::{OpenVault, ReadError, UpdateError, Vault, read_document};

/// The time that an opening waits for a writer that is between the vault and its pin, which takes
/// milliseconds.
const WRITE_IN_PROGRESS: Duration = Duration::from_secs(1);

impl Vault {
    /// The differences from the last seen state that are visible without opening the vault. Another
    /// `vault.age` alone does not count as a difference, because it may be a later state.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn changes(&self) -> Result<Vec<VaultChange>, ReadError> {
        match self.pinned()? {
            Pinned::Nothing => Ok(Vec::new()),
            Pinned::Unusable(change) => Ok(vec![change]),
            Pinned::Pin(pin) => Ok(pin.compare_slots(&self.paths)?),
        }
    }

    /// Whether `vault.age` is exactly the file that this machine last saw; also true where nothing
    /// is pinned.
    #[must_use]
    pub fn is_as_pinned(&self) -> bool {
        let Ok(Some(pin)) = self.pin.read() else {
            return true;
        };
        let file = crate::disk::read_private(&self.paths.vault());
        file.is_ok_and(|file| {
            file.is_none_or(|file| pin.vault.contains(&StateDigest::of_vault(&file)))
        })
    }

    /// The same vault without its pin: an opening compares it with nothing. For the person who has
    /// looked at the changes and [accepts](OpenVault::accept) them.
    #[must_use]
    pub fn without_pin(&self) -> Self {
        Self {
            pin: crate::pin::PinFile::default(),
            ..self.clone()
        }
    }

    fn pinned(&self) -> Result<Pinned, DiskError> {
        match self.pin.read() {
            Ok(None) => Ok(Pinned::Nothing),
            Ok(Some(pin)) => Ok(Pinned::Pin(pin)),
            Err(PinError::Unusable(change)) => Ok(Pinned::Unusable(change)),
            Err(PinError::Disk(error)) => Err(error),
        }
    }

    pub(super) fn refuse(&self, changes: Vec<VaultChange>) -> Result<(), ReadError> {
        match changes.is_empty() {
            true => Ok(()),
            false => Err(ChangedOutside {
                folder: self.paths.root().to_owned(),
                changes,
            }
            .into()),
        }
    }

    /// Refuses slots that this machine has not seen.
    pub(super) fn check_slots(&self) -> Result<(), ReadError> {
        if self.changes()?.is_empty() {
            return Ok(());
        }
        // A writer may be between a slot and its pin. A folder that cannot be locked has none.
        let _writers = self.paths.vault_lock().lock_within(WRITE_IN_PROGRESS);
        self.refuse(self.changes()?)
    }

    /// Refuses an identity that is not the vault's.
    pub(super) fn check_identity(&self, identity: &Identity) -> Result<(), ReadError> {
        match self.pinned()? {
            Pinned::Pin(pin) if pin.identity != StateDigest::of_identity(identity) => {
                self.refuse(vec![VaultChange::OtherIdentity])
            }
            _ => Ok(()),
        }
    }

    fn compare(
        &self,
        identity: &Identity,
        document: &Document,
        file: &[u8],
    ) -> Result<PinComparison, ReadError> {
        let pin = match self.pinned()? {
            Pinned::Nothing => return Ok(PinComparison::Unpinned),
            Pinned::Unusable(change) => return Ok(PinComparison::Differs(vec![change])),
            Pinned::Pin(pin) => pin,
        };
        let mut changes = pin.compare_slots(&self.paths)?;
        match pin.compare_vault(identity, document, file) {
            PinComparison::Differs(more) => changes.extend(more),
            standing if changes.is_empty() => return Ok(standing),
            _ => {}
        }
        Ok(PinComparison::Differs(changes))
    }

    /// Reads the present vault, and refuses a state that this machine has not seen. Pins a later
    /// state.
    pub(super) fn read_checked(
        &self,
        identity: &Identity,
    ) -> Result<(Document, Vec<u8>), ReadError> {
        let (document, file) = read_document(&self.paths, identity)?;
        if self.compare(identity, &document, &file)? == PinComparison::Agrees
            || self.pin.path().is_none()
        {
            return Ok((document, file));
        }
        // A writer may be between the vault and its pin.
        let writers = self.paths.vault_lock().lock_within(WRITE_IN_PROGRESS);
        let (document, file) = read_document(&self.paths, identity)?;
        let standing = self.compare(identity, &document, &file)?;
        match (standing, writers) {
            (PinComparison::Differs(changes), _) => self.refuse(changes)?,
            (PinComparison::Newer, Ok(Some(_alone))) => self.pin_vault(identity, &document, &file),
            (PinComparison::Unpinned, Ok(Some(_alone))) => self.pin_all(identity, &document, &file),
            _ => {}
        }
        Ok((document, file))
    }

    /// All differences of a vault that was opened [without](Self::without_pin) its pin.
    ///
    /// # Errors
    /// The vault cannot be read again.
    pub fn changes_of(&self, open: &OpenVault) -> Result<Vec<VaultChange>, ReadError> {
        let (document, file) = read_document(&self.paths, open.identity())?;
        Ok(match self.compare(open.identity(), &document, &file)? {
            PinComparison::Differs(changes) => changes,
            PinComparison::Unpinned | PinComparison::Agrees | PinComparison::Newer => Vec::new(),
        })
    }

    /// Whether a vault that was just read does not differ from the pin.
    pub(super) fn agrees(&self, identity: &Identity, document: &Document, file: &[u8]) -> bool {
        !matches!(
            self.compare(identity, document, file),
            Ok(PinComparison::Differs(_)) | Err(_)
        )
    }

    /// The generation of the next write. The caller holds the lock and has just read the vault.
    pub(super) fn next_generation(
        &self,
        identity: &Identity,
        document: &Document,
        file: &[u8],
    ) -> Result<Generation, ReadError> {
        if let PinComparison::Differs(changes) = self.compare(identity, document, file)? {
            self.refuse(changes)?;
        }
        let seen = match self.pinned()? {
            Pinned::Pin(pin) => pin.generation,
            Pinned::Nothing | Pinned::Unusable(_) => Generation::default(),
        };
        Ok(seen.max(document.generation()).next())
    }

    /// The slots as they are now, to be shown before they are accepted.
    ///
    /// # Errors
    /// A file of a slot cannot be read.
    pub fn seen_slots(&self) -> Result<SeenSlots, DiskError> {
        SeenSlots::of(&self.paths)
    }

    /// Refuses slots that were added or changed since they were seen.
    ///
    /// # Errors
    /// There is such a slot, or a file of a slot cannot be read.
    pub fn refuse_unseen(&self, seen: &SeenSlots) -> Result<(), ReadError> {
        self.refuse(seen.changes(&self.paths)?)
    }

    /// Pins the vault and the slots as they are. The caller holds the lock.
    pub(super) fn pin_all(&self, identity: &Identity, document: &Document, file: &[u8]) {
        let _ = self.try_pin_all(identity, document, document.generation(), file);
    }

    fn try_pin_all(
        &self,
        identity: &Identity,
        document: &Document,
        generation: Generation,
        file: &[u8],
    ) -> Result<(), DiskError> {
        let index = Index::of(document).content(file);
        let pin = Pin::of(&self.paths, identity, generation, file, &index)?;
        self.pin.write(&pin, &self.paths)
    }

    /// Pins a vault that was just written or found to be newer. The slots are pinned where nothing
    /// was. The caller holds the lock.
    pub(super) fn pin_vault(&self, identity: &Identity, document: &Document, file: &[u8]) {
        if matches!(self.pin.read(), Ok(None)) {
            self.pin_all(identity, document, file);
            return;
        }
        let _ = self.pin.change(&self.paths, |pin| {
            pin.generation = pin.generation.max(document.generation());
            pin.vault = vec![StateDigest::of_vault(file)];
            pin.index = vec![StateDigest::of_index(&Index::of(document).content(file))];
            pin.narrow_slots(&self.paths);
        });
    }

    /// Pins a vault file and its index in addition, before they are written.
    pub(super) fn allow_vault(&self, file: &[u8], index: &[u8]) -> Result<(), DiskError> {
        self.pin.change(&self.paths, |pin| {
            pin.vault.push(StateDigest::of_vault(file));
            if !pin.index.is_empty() {
                pin.index.push(StateDigest::of_index(index));
            }
        })
    }

    /// Pins only this vault file and its index.
    pub(super) fn settle_vault(&self, file: &[u8], index: &[u8]) -> Result<(), DiskError> {
        self.pin.change(&self.paths, |pin| {
            pin.vault = vec![StateDigest::of_vault(file)];
            pin.index = vec![StateDigest::of_index(index)];
            pin.narrow_slots(&self.paths);
        })
    }

    /// Whether the pin knows this index as the one of the last seen vault; also true where nothing
    /// is pinned.
    pub(super) fn index_is_settled(&self, index: &[u8]) -> bool {
        match self.pin.read() {
            Ok(Some(pin)) => pin.index == [StateDigest::of_index(index)],
            Ok(None) | Err(_) => true,
        }
    }

    /// Pins only this index. The vault was read under the lock and agrees.
    pub(super) fn settle_index(&self, index: &[u8]) {
        let _ = self.pin.change(&self.paths, |pin| {
            pin.index = vec![StateDigest::of_index(index)];
        });
    }

    /// Lets a state of a slot agree that is about to be written.
    pub(super) fn allow_slot(&self, name: &SlotName, digest: StateDigest) -> Result<(), DiskError> {
        self.pin
            .change(&self.paths, |pin| pin.allow_slot(name, digest))
    }

    /// Lets only this state of a slot agree.
    pub(super) fn settle_slot(
        &self,
        name: &SlotName,
        digest: StateDigest,
    ) -> Result<(), DiskError> {
        self.pin.change(&self.paths, |pin| {
            pin.slots.insert(name.clone(), vec![digest]);
        })
    }

    /// Lets no state of a slot agree.
    pub(super) fn forget_slot(&self, name: &SlotName) -> Result<(), DiskError> {
        self.pin.change(&self.paths, |pin| {
            pin.slots.remove(name);
        })
    }
}

/// The content of a pin's file.
enum Pinned {
    Nothing,
    Unusable(VaultChange),
    Pin(Pin),
}

impl OpenVault {
    /// Pins the vault and its slots as they are now, whatever was pinned before. `vault` has the
    /// pin; this one was opened [without](Vault::without_pin).
    ///
    /// # Errors
    /// The vault cannot be read again, a slot was added or changed since `seen`, or the pin cannot be
    /// written.
    pub fn accept(&self, vault: &Vault, seen: &SeenSlots) -> Result<(), UpdateError> {
        let _lock = vault.lock()?;
        vault.refuse_unseen(seen)?;
        let (document, file) = read_document(vault.paths(), self.identity())?;
        let seen = match vault.pinned() {
            Ok(Pinned::Pin(pin)) if pin.identity == StateDigest::of_identity(self.identity()) => {
                pin.generation
            }
            _ => Generation::default(),
        };
        // A later state that was seen before must not pass for a new one.
        let generation = seen.max(document.generation());
        Ok(vault.try_pin_all(self.identity(), &document, generation, &file)?)
    }
}
