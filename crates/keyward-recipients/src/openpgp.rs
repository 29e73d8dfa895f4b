//! PGP keys: reads a certificate in every form that people paste, decides by a written policy which
//! of its keys receives a secret, and refuses the rest by name.
//!
//! The `pgp` crate parses and verifies single packets. It has no key policy: its own check of all
//! bindings passes revoked and expired keys and fails on signatures by other people. Its error texts
//! hold input bytes, so no error here carries one.

mod algorithm;
mod certificate;
mod decode;
mod error;
mod fingerprint;
mod packets;
mod policy;
mod statement;
#[cfg(test)]
pub(crate) mod testing;

use std::fmt;

use keyward_core::Timestamp;
use pgp::packet::{PublicKey, PublicSubkey};

pub use error::{KeyProblem, PgpError, UnusableKey};
pub use fingerprint::{InvalidFingerprint, PgpFingerprint};

/// A PGP key that could receive secrets when it was read.
#[derive(Debug, Clone)]
pub struct PgpKey {
    primary: PgpFingerprint,
    encryption: PgpFingerprint,
    algorithm: String,
    user_id: Option<String>,
    expires: Option<Timestamp>,
    key: EncryptionKey,
}

/// The key that a message is encrypted to.
#[derive(Debug, Clone)]
pub(crate) enum EncryptionKey {
    Primary(Box<PublicKey>),
    Subkey(Box<PublicSubkey>),
}

impl PgpKey {
    /// Reads one certificate: armored, binary, or base64 of either, with any line length.
    ///
    /// # Errors
    /// The content is not one public certificate, or GnuPG could not decrypt what is encrypted to
    /// it at `now`.
    pub fn read(content: &[u8], now: Timestamp) -> Result<Self, PgpError> {
        let bytes = decode::certificate_bytes(content)?;
        policy::choose(certificate::read(&bytes)?, now)
    }

    /// The fingerprint of the primary key, which identifies the certificate.
    #[must_use]
    pub fn fingerprint(&self) -> PgpFingerprint {
        self.primary
    }

    /// The fingerprint of the key that secrets are encrypted to: the newest usable subkey, else the
    /// primary key.
    #[must_use]
    pub fn encryption_fingerprint(&self) -> PgpFingerprint {
        self.encryption
    }

    /// The algorithm of that key, in GnuPG's words: `rsa3072`, `cv25519`, `nistp256`.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        &self.algorithm
    }

    /// The primary user id, for display: control characters are replaced.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        self.user_id.as_deref()
    }

    /// The expiry of the certificate or the chosen key, if any.
    #[must_use]
    pub fn expires(&self) -> Option<Timestamp> {
        self.expires
    }

    pub(crate) fn key(&self) -> &EncryptionKey {
        &self.key
    }
}

impl fmt::Display for PgpKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PGP {}", self.primary)
    }
}

#[cfg(test)]
mod tests;
