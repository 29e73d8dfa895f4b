//! Digests of the states of a vault's files, by which a later run recognises them.

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::identity::Identity;

/// The SHA-256 of something in a vault's folder: 64 lower-case hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct StateDigest(String);

impl StateDigest {
    /// The digest of some parts. A length precedes each part, so two parts cannot run together.
    pub(crate) fn of(parts: &[&[u8]]) -> Self {
        let mut digest = Sha256::new();
        for part in parts {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part);
        }
        Self(HEXLOWER.encode(&digest.finalize()))
    }

    /// A part of the digest that is long enough to distinguish the states of one vault.
    pub(crate) fn short(&self) -> &str {
        self.0.get(..16).unwrap_or(&self.0)
    }

    /// A digest as it was written.
    pub(crate) fn as_written(text: String) -> Self {
        Self(text)
    }

    /// The digest as it is written.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The digest of the bytes of `vault.age`.
    pub(crate) fn of_vault(file: &[u8]) -> Self {
        Self::of(&[file])
    }

    /// The digest of the bytes of `index.json`.
    pub(crate) fn of_index(file: &[u8]) -> Self {
        Self::of(&[file])
    }

    /// The digest of the public half of the vault's identity. The pin does not store that half itself:
    /// with it, anyone can make a file that the identity opens.
    pub(crate) fn of_identity(identity: &Identity) -> Self {
        Self::of(&[identity.recipient().as_bytes()])
    }
}
