//! An open vault: reads from memory, writes through the lock.

use std::convert::Infallible;
use std::time::Duration;

use crate::disk::{self, Durability};
use crate::document::Document;
use crate::identity::Identity;
use crate::index::Index;
use crate::paths::Paths;

use super::{UpdateError, Vault, read_document};

/// A vault with its identity and its document in memory.
#[derive(Debug)]
pub struct OpenVault {
    vault: Vault,
    identity: Identity,
    document: Document,
}

/// The time that an opening waits to rewrite the index. It works without, and the next opening
/// tries again.
const MENDING: Duration = Duration::from_secs(1);

impl OpenVault {
    pub(super) fn new(vault: Vault, identity: Identity, document: Document) -> Self {
        Self {
            vault,
            identity,
            document,
        }
    }

    /// The paths of the vault.
    #[must_use]
    pub fn paths(&self) -> &Paths {
        self.vault.paths()
    }

    /// The vault that was opened.
    pub(super) fn vault(&self) -> &Vault {
        &self.vault
    }

    /// The identity that opens it.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// The content of the vault when it was opened or last changed here.
    #[must_use]
    pub fn document(&self) -> &Document {
        &self.document
    }

    /// Changes the document: acquires the lock, reads what is there now, applies `change`, writes.
    /// Two programs that do this at once lose neither change.
    ///
    /// # Errors
    /// The change is not stored, but for [`UpdateError::Index`].
    pub fn update<T>(&mut self, change: impl FnOnce(&mut Document) -> T) -> Result<T, UpdateError> {
        let stored = self.try_update(|document| Ok::<T, Infallible>(change(document)))?;
        Ok(stored.unwrap_or_else(|never| match never {}))
    }

    /// As [`update`](Self::update), but a change that fails is not stored.
    ///
    /// # Errors
    /// Outside: the change could not be stored. Inside: `change` itself failed, and the vault
    /// is as it was.
    pub fn try_update<T, E>(
        &mut self,
        change: impl FnOnce(&mut Document) -> Result<T, E>,
    ) -> Result<Result<T, E>, UpdateError> {
        let _lock = self.vault.lock()?;
        for folder in [self.paths().root(), &self.paths().slots()] {
            disk::sweep(folder, Duration::ZERO);
        }
        let (mut document, file) = read_document(self.paths(), &self.identity)?;
        let generation = self
            .vault
            .next_generation(&self.identity, &document, &file)?;
        let before = document.worth_keeping();
        let done = match change(&mut document) {
            Ok(done) => done,
            Err(error) => return Ok(Err(error)),
        };
        // A sign-in that renews itself every few minutes must not use up the way back from what a
        // person removed.
        if before != document.worth_keeping() || !self.paths().previous().exists() {
            // The copy is made of bytes that were just opened, so it is known to be good.
            disk::replace(&self.paths().previous(), &file, Durability::Lasting)?;
        }
        document.succeed(&file, generation);
        let sealed = self.identity.seal(&document.to_json());
        disk::replace(&self.paths().vault(), &sealed, Durability::Lasting)?;
        self.vault.pin_vault(&self.identity, &document, &sealed);
        self.document = document;
        Index::of(&self.document)
            .write(self.paths(), &sealed)
            .map_err(UpdateError::Index)?;
        Ok(Ok(done))
    }

    /// Reads the vault again, in case another program changed it.
    ///
    /// # Errors
    /// As for opening; what is in memory stays.
    pub fn reload(&mut self) -> Result<(), super::ReadError> {
        self.document = self.vault.read_checked(&self.identity)?.0;
        Ok(())
    }

    /// Writes the index again if it does not say what the vault says. Opening must work where
    /// nothing can be written, so a failure is left for the next change to report. `file` is the
    /// vault file that was opened.
    pub(super) fn fix_index(&self, file: &[u8]) {
        let index = Index::of(&self.document);
        if index.is_written(self.paths(), file) && self.vault.index_is_settled(&index.content(file))
        {
            return;
        }
        let Ok(Some(_lock)) = self.paths().vault_lock().lock_within(MENDING) else {
            return;
        };
        // Under the lock, because the index must follow the vault as it is now.
        if let Ok((document, file)) = read_document(self.paths(), &self.identity)
            && self.vault.agrees(&self.identity, &document, &file)
        {
            let index = Index::of(&document);
            // The pin comes first, as in every write: a reader in between finds a vault and an index
            // that do not belong together, and waits.
            self.vault.settle_index(&index.content(&file));
            if !index.is_written(self.paths(), &file) {
                let _ = index.write(self.paths(), &file);
            }
        }
    }
}
