//! The vault itself: made, opened, changed, fixed. One age file holds the secrets; the slots
//! beside it hold the identity that opens it.

mod error;
mod lost;
mod open;
mod pinned;
mod restore;
mod slots;

use std::path::Path;
use std::sync::Arc;

use keyward_core::Timestamp;
use keyward_core::secret::Passphrase;
use zeroize::Zeroizing;

use crate::disk::{self, Durability};
use crate::document::{Document, DocumentError};
use crate::identity::{Identity, OpenError};
use crate::index::{Index, IndexError};
use crate::lock::{LockError, LockGuard, LockWaiter, Patient};
use crate::paths::Paths;
use crate::pin::PinFile;
use crate::slot::{
    self, Access, Made, NewSlot, Slot, SlotError, SlotKind, SlotLook, SlotName, WorkFactor,
    passphrase,
};

pub use error::{
    CreateError, Damage, Leftover, LostVault, OpenAnyError, ReadError, RemoveSlotError,
    RestoreError, SetAsideError, UnlockError, UnlockSlotError, UpdateError,
};
pub use open::OpenVault;
pub use restore::LookBack;
pub use slots::Unlocked;

/// A vault, closed.
#[derive(Debug, Clone)]
pub struct Vault {
    paths: Paths,
    waiter: Arc<dyn LockWaiter>,
    pin: PinFile,
}

impl Vault {
    /// The vault at some place, whether it exists or not.
    #[must_use]
    pub fn at(paths: Paths) -> Self {
        Self {
            paths,
            waiter: Arc::new(Patient),
            pin: PinFile::default(),
        }
    }

    /// The same with another waiter for the lock that writers hold.
    #[must_use]
    pub fn with_waiter(self, waiter: Arc<dyn LockWaiter>) -> Self {
        Self { waiter, ..self }
    }

    /// The same vault, with a pin. Each opening compares the vault with its last seen state. The
    /// pin is in `folder`, which must differ from the vault's folder.
    #[must_use]
    pub fn with_pins(self, folder: &Path) -> Self {
        Self {
            pin: PinFile::in_folder(folder, &self.paths),
            ..self
        }
    }

    /// The lock that every change holds.
    fn lock(&self) -> Result<LockGuard, LockError> {
        self.paths.vault_lock().lock_as(self.waiter.as_ref())
    }

    fn opened(&self, identity: Identity, document: Document) -> OpenVault {
        OpenVault::new(self.clone(), identity, document)
    }

    /// The paths of the vault.
    #[must_use]
    pub fn paths(&self) -> &Paths {
        &self.paths
    }

    /// Whether there is one.
    #[must_use]
    pub fn exists(&self) -> bool {
        self.paths.vault().exists()
    }

    /// Makes a new vault, empty, with one passphrase slot.
    ///
    /// # Errors
    /// There is one already, or what is left of one; or the files cannot be written.
    pub fn create(
        &self,
        passphrase: &Passphrase,
        work: WorkFactor,
        now: Timestamp,
    ) -> Result<OpenVault, CreateError> {
        let first = NewSlot::Passphrase { passphrase, work };
        self.create_with(passphrase_slot(), first, &Access::unattended(), now)
    }

    /// Makes a new vault, empty, with one slot of any kind.
    ///
    /// # Errors
    /// There is a vault already, or what is left of one; the slot cannot be made; or the files
    /// cannot be written.
    pub fn create_with(
        &self,
        name: SlotName,
        first: NewSlot<'_>,
        access: &Access,
        now: Timestamp,
    ) -> Result<OpenVault, CreateError> {
        // Before anything is written: the folder may be the place of a disk that is not mounted.
        self.refuse_another()?;
        let _lock = self.lock()?;
        disk::make_root(self.paths.root())?;
        self.refuse_another()?;
        // A creation that died left these slots. They open no vault.
        if disk::is_file(&self.paths.unfinished()) {
            slot::remove_orphans(&self.paths)?;
        }
        let identity = Identity::generate();
        let mut document = Document::default();
        document.set_generation(document.generation().next());
        let file = identity.seal(&document.to_json());
        // While this file exists, the slots beside it are those of an unfinished creation.
        disk::replace(&self.paths.unfinished(), &file, Durability::Lasting)?;
        let made = first.make(&name, &identity, access);
        let Made { kind, secret } = made.inspect_err(|_| {
            let _ = disk::remove(&self.paths.unfinished(), Durability::Lasting);
        })?;
        let slot = Slot {
            name,
            kind,
            created: now,
        };
        slot::write(&self.paths, &slot, secret.as_deref())?;
        Index::of(&document).write(&self.paths, &file)?;
        // The vault comes after its slot: a vault that nothing opens must never exist. The same
        // rename removes the mark of an unfinished creation.
        match self.paths.vault().is_symlink() {
            false => disk::rename(&self.paths.unfinished(), &self.paths.vault())?,
            // A link stays a link. After this creation, the mark would be wrong.
            true => {
                disk::remove(&self.paths.unfinished(), Durability::Lasting)?;
                disk::replace(&self.paths.vault(), &file, Durability::Lasting)?;
            }
        }
        self.pin_all(&identity, &document, &file);
        Ok(self.opened(identity, document))
    }

    /// Refuses a creation if there is a vault, or was one.
    fn refuse_another(&self) -> Result<(), CreateError> {
        if self.exists() {
            return Err(CreateError::Exists(self.paths.vault()));
        }
        match self.look() {
            // Another run was faster.
            Ok(()) => Err(CreateError::Exists(self.paths.vault())),
            Err(ReadError::Missing(_)) => Ok(()),
            Err(ReadError::Lost(lost)) => Err(lost.into()),
            Err(ReadError::Disk(error)) => Err(error.into()),
            Err(_) => Err(CreateError::PreviousExists(self.paths.previous())),
        }
    }

    /// Reads the list of the vault's keys, and compares it with the vault and with the pin.
    ///
    /// # Errors
    /// As for [`Index::load`]; or the index of this very vault is not the one that this machine
    /// last saw.
    pub fn index(&self) -> Result<Index, IndexError> {
        Index::load_pinned(&self.paths, &self.pin)
    }

    /// Every slot, by name.
    ///
    /// # Errors
    /// A slot's file cannot be read or is damaged, or others may read it.
    pub fn slots(&self) -> Result<Vec<Slot>, SlotError> {
        slot::list(&self.paths)
    }

    /// Every slot as it looks from outside, by name. A damaged one hides no other.
    ///
    /// # Errors
    /// The folder cannot be read, or others may.
    pub fn look_at_slots(&self) -> Result<Vec<SlotLook>, SlotError> {
        slot::look(&self.paths)
    }

    /// Opens the vault with a passphrase. Nothing on disk changes unless it opens, and then at
    /// most a stale index.
    ///
    /// # Errors
    /// It opens no passphrase slot; or the vault is missing, damaged, too new, or open to other
    /// users.
    pub fn unlock_with_passphrase(
        &self,
        passphrase: &Passphrase,
    ) -> Result<OpenVault, UnlockError> {
        self.check_slots()?;
        let slots = self.slots()?;
        if slots.is_empty() && !self.exists() {
            return Err(ReadError::Missing(self.paths.vault()).into());
        }
        let mut tried = None;
        for slot in self
            .slots()?
            .iter()
            .filter(|slot| slot.kind == SlotKind::Passphrase)
        {
            match self.open_passphrase_slot(&slot.name, passphrase) {
                Ok(identity) => return self.unlock_with_identity(identity),
                // A wrong passphrase says more than a damaged slot beside it.
                Err(UnlockError::WrongPassphrase) => tried = Some(UnlockError::WrongPassphrase),
                Err(other) => {
                    tried.get_or_insert(other);
                }
            }
        }
        Err(tried.unwrap_or(UnlockError::NoSlot(SlotKind::Passphrase)))
    }

    fn open_passphrase_slot(
        &self,
        name: &SlotName,
        passphrase: &Passphrase,
    ) -> Result<Identity, UnlockError> {
        let path = self.paths.slot_file(name, "age");
        let damaged = |source| UnlockError::SlotDamaged {
            path: path.clone(),
            source,
        };
        let file = disk::read_private(&path)
            .map_err(SlotError::from)?
            .ok_or_else(|| damaged(None))?;
        passphrase::unwrap(&file, passphrase).map_err(|refused| match refused {
            passphrase::Refused::WrongPassphrase => UnlockError::WrongPassphrase,
            passphrase::Refused::TooMuchWork => damaged(None),
            passphrase::Refused::NoMemory(error) => SlotError::from(error).into(),
            passphrase::Refused::Damaged(source) => damaged(source),
        })
    }

    /// Opens the vault with its identity, as a backup on paper or another store keeps it.
    ///
    /// # Errors
    /// The vault is missing, damaged, too new, open to other users, or another identity's.
    pub fn unlock_with_identity(&self, identity: Identity) -> Result<OpenVault, UnlockError> {
        Ok(self.load(identity)?)
    }

    fn load(&self, identity: Identity) -> Result<OpenVault, ReadError> {
        let (document, file) = self.read_checked(&identity)?;
        let open = self.opened(identity, document);
        open.fix_index(&file);
        Ok(open)
    }

    /// The time at which the previous copy was the present one, if there is a copy.
    #[must_use]
    pub fn previous(&self) -> Option<Timestamp> {
        disk::modified(&self.paths.previous())
    }
}

/// The name of the slot that a vault is made with.
fn passphrase_slot() -> SlotName {
    "passphrase".parse().expect("it is a slot name")
}

/// Reads the vault as it is now, with its encrypted form.
fn read_document(paths: &Paths, identity: &Identity) -> Result<(Document, Vec<u8>), ReadError> {
    let path = paths.vault();
    let damage = |source: Option<Box<dyn std::error::Error + Send + Sync>>| {
        ReadError::Damaged(Damage {
            path: paths.vault(),
            previous: disk::modified(&paths.previous()),
            source,
        })
    };
    let Some(file) = disk::read_private(&path)? else {
        return Err(if paths.previous().exists() {
            damage(None)
        } else {
            ReadError::Missing(path)
        });
    };
    disk::check_root(paths.root())?;
    let content: Zeroizing<Vec<u8>> = identity.open(&file).map_err(|error| match error {
        OpenError::OtherKey => ReadError::OtherKey(paths.vault()),
        OpenError::Damaged(source) => damage(Some(source)),
    })?;
    match Document::from_json(&content) {
        Ok(document) => Ok((document, file)),
        Err(DocumentError::Newer { found }) => Err(ReadError::Newer { path, found }),
        Err(error) => Err(damage(Some(Box::new(error)))),
    }
}

#[cfg(test)]
mod tests;
