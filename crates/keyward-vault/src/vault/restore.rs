//! Restores an older copy of the vault file: it looks first, works under the lock, and loses no
//! file. What is replaced is kept under a name that nothing had before.

use std::path::{Path, PathBuf};

use keyward_core::Timestamp;

use crate::disk::{self, Durability, free_name};
use crate::document::Document;
use crate::identity::{Identity, OpenError, has_age_header};
use crate::index::Index;
use crate::slot::{Access, SlotName};

use super::{OpenAnyError, ReadError, RestoreError, UnlockSlotError, Vault, read_document};

/// The effect of going back. It holds for the files that were looked at, and for no others.
#[derive(Debug)]
pub struct LookBack {
    /// The copy's file.
    pub copy: PathBuf,
    /// The time of the last write to the copy.
    pub from: Option<Timestamp>,
    /// The content of the copy.
    pub then: Index,
    /// The document of the present file; `None` if the file is lost or does not open.
    pub now: Option<Index>,
    copied: Vec<u8>,
    present: Option<Vec<u8>>,
}

impl Vault {
    /// Checks the vault file without opening it: it exists, only its owner may read it, and its header is
    /// valid.
    ///
    /// # Errors
    /// The vault does not exist, or its file is lost, damaged, or open to other users.
    pub fn look(&self) -> Result<(), ReadError> {
        let path = self.paths().vault();
        match disk::read_private(&path)? {
            Some(file) if has_age_header(&file) => Ok(()),
            Some(_) => Err(self.damage()),
            None => match self.lost() {
                None => Err(ReadError::Missing(path)),
                // A copy that can be restored is the shortest way back.
                Some(lost) if lost.has_copy_alone() => Err(self.damage()),
                Some(lost) => Err(lost.into()),
            },
        }
    }

    fn damage(&self) -> ReadError {
        ReadError::Damaged(super::Damage {
            path: self.paths().vault(),
            previous: self.previous(),
            source: None,
        })
    }

    /// Inspects a copy and the present vault, opened by the first slot that opens either. Nothing changes.
    /// `order`, `access` and `skipped` are those of [`unlock`](Self::unlock).
    ///
    /// # Errors
    /// The copy does not exist or is damaged; no slot opens anything; or the present file was written by a
    /// newer program, or other users may read it.
    pub fn look_back(
        &self,
        copy: &Path,
        order: &[SlotName],
        access: &Access,
        skipped: impl FnMut(&SlotName, &UnlockSlotError),
    ) -> Result<LookBack, RestoreError> {
        // Before the user is asked for a passphrase.
        let copied = disk::read_private(copy)?;
        let copied = copied.ok_or_else(|| RestoreError::NoCopy(copy.to_owned()))?;
        if !has_age_header(&copied) {
            return Err(RestoreError::DamagedToo(copy.to_owned()));
        }
        let read = |identity: Identity| -> Result<_, ReadError> {
            self.check_identity(&identity)?;
            let then = read_copy(copy, &copied, &identity)?;
            // If it does not open, its contents from before the attempt serve as well: any later write makes
            // another file.
            let unopened = disk::read_as_it_is(&self.paths().vault()).ok().flatten();
            let (now, present) = match read_document(self.paths(), &identity) {
                // The very bytes that were opened: what another program stores from here on has
                // not been looked at.
                Ok((document, file)) => (Some(document), Some(file)),
                Err(ReadError::Damaged(_) | ReadError::Missing(_)) => (None, unopened),
                // If the copy opens, this file belongs to another vault.
                Err(ReadError::OtherKey(_)) if then.is_some() => (None, unopened),
                Err(error) => return Err(error),
            };
            Ok((then, now, present))
        };
        let (_, (then, now, present), _) = match self.by_first_slot(order, access, skipped, read) {
            Err(OpenAnyError::Read(ReadError::Disk(error))) => return Err(error.into()),
            other => other?,
        };
        let Some(then) = then else {
            return Err(RestoreError::DamagedToo(copy.to_owned()));
        };
        Ok(LookBack {
            copy: copy.to_owned(),
            from: disk::modified(copy),
            then: Index::of(&then),
            now: now.as_ref().map(Index::of),
            copied,
            present,
        })
    }

    /// Puts the copy in the vault's place, and says under which name the present file is kept.
    ///
    /// # Errors
    /// The files have changed since the look, or cannot be written.
    pub fn go_back(&self, look: &LookBack) -> Result<Option<PathBuf>, RestoreError> {
        let _lock = self.lock()?;
        let path = self.paths().vault();
        // A damaged file may have lost its mode too, so it is read whatever its mode is. A file that cannot
        // be read could not be kept under another name.
        let present = disk::read_as_it_is(&path)?;
        if present != look.present || disk::read_private(&look.copy)?.as_ref() != Some(&look.copied)
        {
            return Err(RestoreError::Changed(path));
        }
        let aside = present.map(|present| -> Result<PathBuf, RestoreError> {
            let kept = free_name(match look.now {
                Some(_) => self.paths().replaced(),
                None => self.paths().damaged(),
            });
            disk::replace(&kept, &present, Durability::Lasting)?;
            Ok(kept)
        });
        let aside = aside.transpose()?;
        // The slots belong to a vault from here on.
        disk::remove(&self.paths().unfinished(), Durability::Lasting)?;
        let index = look.then.content(&look.copied);
        self.allow_vault(&look.copied, &index)?;
        disk::replace(&path, &look.copied, Durability::Lasting)?;
        let _ = self.settle_vault(&look.copied, &index);
        // The index must not list keys that are gone. If the process dies here, the next opening rewrites it.
        look.then.write(self.paths(), &look.copied)?;
        Ok(aside)
    }
}

/// The document of a copy, or `None` if it is damaged.
fn read_copy(path: &Path, file: &[u8], identity: &Identity) -> Result<Option<Document>, ReadError> {
    let content = match identity.open(file) {
        Ok(content) => content,
        Err(OpenError::OtherKey) => return Err(ReadError::OtherKey(path.to_owned())),
        Err(OpenError::Damaged(_)) => return Ok(None),
    };
    Ok(Document::from_json(&content).ok())
}
