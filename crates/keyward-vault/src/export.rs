//! A copy of the vault for a backup or a new machine: a separate age file, for a passphrase or a
//! recipient, independent of the slots. An import merges the copy and overwrites nothing.

use std::path::Path;

use keyward_core::id::ProfileName;
use keyward_core::secret::Passphrase;

use crate::document::{Document, DocumentError};
use crate::identity::{self, Identity, OpenError};
use crate::slot::{Access, NoMemory, OpenSlotError, WorkFactor, passphrase, ssh};

/// The people who can open the copy.
#[derive(Debug)]
pub enum ExportTo<'a> {
    /// The holder of the passphrase.
    Passphrase(&'a Passphrase, WorkFactor),
    /// The owner of the identity of an age recipient (`age1…`).
    Age(&'a age::x25519::Recipient),
    /// The owner of an SSH key.
    Ssh(&'a age::ssh::Recipient),
}

/// The means to open a copy.
#[derive(Debug)]
pub enum ImportWith<'a> {
    /// Its passphrase.
    Passphrase(&'a Passphrase),
    /// The recipient's identity.
    Identity(&'a Identity),
    /// The private key of an SSH key, whose passphrase `access` may ask for.
    SshKey(&'a Path, &'a Access),
}

/// The reasons why a copy cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The passphrase is not the copy's.
    #[error("that passphrase does not open the copy")]
    WrongPassphrase,
    /// A passphrase was given for a copy that has a recipient.
    #[error("the copy was made for a recipient, not for a passphrase")]
    ForRecipient,
    /// The identity is not that of the copy's recipient.
    #[error("that identity does not open the copy")]
    OtherIdentity,
    /// The SSH key cannot be used.
    #[error(transparent)]
    SshKey(OpenSlotError),
    /// The process may not have the memory for the passphrase.
    #[error(transparent)]
    Memory(#[from] NoMemory),
    /// The bytes are not a complete age file.
    #[error("the copy is not a whole age file")]
    Damaged(#[source] Option<Box<dyn std::error::Error + Send + Sync>>),
    /// It opens but holds something other than a vault.
    #[error("the copy does not hold a vault")]
    Document(#[from] DocumentError),
}

/// The outcome of each key of a copy.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merged {
    /// Keys that the vault did not have.
    pub added: Vec<ProfileName>,
    /// Keys that the vault already had.
    pub same: Vec<ProfileName>,
    /// Names under which the vault has another key, which it kept.
    pub kept: Vec<ProfileName>,
}

/// The document as an age file for a recipient, without entries that work in one place only.
///
/// # Errors
/// The process may not have the memory for a passphrase.
pub fn export(document: &Document, to: &ExportTo<'_>) -> Result<Vec<u8>, NoMemory> {
    let content = document.for_elsewhere().to_json();
    let seal_to = |recipient: &dyn age::Recipient| {
        identity::seal_to(recipient, &content)
            .expect("X25519 and SSH recipients and memory do not fail")
    };
    match to {
        ExportTo::Passphrase(phrase, work) => passphrase::seal(&content, phrase, *work),
        ExportTo::Age(recipient) => Ok(seal_to(*recipient)),
        ExportTo::Ssh(recipient) => Ok(seal_to(*recipient)),
    }
}

/// The document in a copy.
///
/// # Errors
/// The passphrase or key does not open it, or it contains no vault.
pub fn read_export(file: &[u8], with: &ImportWith<'_>) -> Result<Document, ImportError> {
    let content = match with {
        ImportWith::Passphrase(_) if is_for_recipient(file) => {
            return Err(ImportError::ForRecipient);
        }
        ImportWith::Passphrase(phrase) => {
            passphrase::open(file, phrase).map_err(|refused| match refused {
                passphrase::Refused::WrongPassphrase => ImportError::WrongPassphrase,
                passphrase::Refused::Damaged(cause) => {
                    ImportError::Damaged(cause.map(|cause| cause as _))
                }
                passphrase::Refused::TooMuchWork => ImportError::Damaged(None),
                passphrase::Refused::NoMemory(error) => error.into(),
            })?
        }
        ImportWith::SshKey(key_file, access) => ssh::decrypt(key_file, file, access)
            .map_err(ImportError::SshKey)?
            .map_err(|error| match error {
                age::DecryptError::NoMatchingKeys => ImportError::OtherIdentity,
                other => ImportError::Damaged(Some(Box::new(other))),
            })?,
        ImportWith::Identity(identity) => identity.open(file).map_err(|error| match error {
            OpenError::OtherKey => ImportError::OtherIdentity,
            OpenError::Damaged(cause) => ImportError::Damaged(Some(cause)),
        })?,
    };
    Ok(Document::from_json(&content)?)
}

/// Whether the header of an age file has recipients and no passphrase.
///
/// Source: <https://github.com/C2SP/C2SP/blob/main/age.md>
#[must_use]
pub fn is_for_recipient(file: &[u8]) -> bool {
    let mut stanzas = Vec::new();
    for line in file.split(|byte| *byte == b'\n') {
        if line.starts_with(b"---") {
            return !stanzas.is_empty() && !stanzas.contains(&&b"scrypt"[..]);
        }
        if let Some(stanza) = line.strip_prefix(b"-> ") {
            stanzas.extend(stanza.split(|byte| *byte == b' ').next());
        }
    }
    // A header without its end is that of a damaged file.
    false
}

impl Document {
    /// Adds the entries of `other` that this lacks. A key of the same name and another id is kept
    /// as it is here.
    pub fn merge(&mut self, other: &Self) -> Merged {
        let mut merged = Merged::default();
        for key in other.keys() {
            match self.key(&key.profile) {
                None => {
                    self.put_key(key.clone());
                    merged.added.push(key.profile.clone());
                }
                Some(here) if here.access_key_id == key.access_key_id => {
                    merged.same.push(key.profile.clone())
                }
                Some(_) => merged.kept.push(key.profile.clone()),
            }
        }
        for serial in other.totp_serials() {
            if let (None, Some(seed)) = (self.totp_seed(serial), other.totp_seed(serial)) {
                self.put_totp_seed(serial.clone(), seed.clone());
            }
        }
        merged
    }
}

#[cfg(test)]
mod tests;
