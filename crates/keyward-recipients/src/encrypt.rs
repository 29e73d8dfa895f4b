//! Encrypts one secret to every recipient of one person. Keys were checked when they were read;
//! nothing is chosen here.
//!
//! A person may have several keys, and any one of them opens the secret: all PGP keys share one
//! message, and all age and SSH keys share one age file, because the `age` program opens both. So
//! there are at most two texts.

use std::io::Write;

use age::armor::{ArmoredWriter, Format};
use bytes::Bytes;
use data_encoding::BASE64;
use pgp::composed::MessageBuilder;
use pgp::crypto::sym::SymmetricKeyAlgorithm;
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

use crate::openpgp::{EncryptionKey, PgpKey};
use crate::plaintext::InitialSecret;
use crate::recipient::Recipient;

/// A secret that only its recipients can open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Its format, which decides what opens it.
    pub format: SealedFormat,
    /// The ciphertext, in printable ASCII. Base64 of a PGP message is one line without a line
    /// break at its end; an age file has several lines, each with its line break.
    pub text: String,
}

/// The format of a text, which decides what opens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SealedFormat {
    /// One line of base64 of a binary OpenPGP message: `base64 --decode | gpg --decrypt`.
    Pgp,
    /// An armored age file: `age --decrypt -i KEYFILE`, where KEYFILE is an age key file or an SSH
    /// private key.
    Age,
}

/// The reasons why a secret could not be encrypted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum EncryptError {
    /// The list is empty.
    #[error("there is no key to encrypt the secret to")]
    NoRecipient,
    /// The crate refused a key that had passed the checks.
    #[error("the secret could not be encrypted to a {0:?} key")]
    Failed(SealedFormat),
}

/// Encrypts a secret to all keys of one person: one text for PGP keys, one for age and SSH keys.
///
/// `rng` makes the PGP message; the age crate gets random bytes from the operating system.
///
/// # Errors
/// There is no recipient, or a key is refused that had been read. See [`rehearse`].
pub fn encrypt(
    secret: &InitialSecret<'_>,
    recipients: &[Recipient],
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<Vec<Sealed>, EncryptError> {
    seal(&secret.plaintext(), recipients, rng)
}

/// Encrypts a placeholder to all keys of one person and drops the result. Called before anything is
/// created at AWS, so that [`encrypt`] cannot fail afterwards.
///
/// # Errors
/// As for [`encrypt`].
pub fn rehearse(
    recipients: &[Recipient],
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<(), EncryptError> {
    seal(b"placeholder", recipients, rng).map(|_| ())
}

fn seal(
    plaintext: &[u8],
    recipients: &[Recipient],
    rng: &mut (impl RngCore + CryptoRng),
) -> Result<Vec<Sealed>, EncryptError> {
    let mut pgp_keys: Vec<&PgpKey> = Vec::new();
    let mut age_keys: Vec<&dyn age::Recipient> = Vec::new();
    for recipient in recipients {
        match recipient {
            Recipient::Pgp(key) => pgp_keys.push(key),
            Recipient::Age(key) => age_keys.push(key.recipient()),
            Recipient::Ssh(key) => age_keys.push(key.recipient()),
        }
    }
    let mut sealed = Vec::new();
    if !pgp_keys.is_empty() {
        let text = pgp_message(plaintext, &pgp_keys, rng)
            .ok_or(EncryptError::Failed(SealedFormat::Pgp))?;
        sealed.push(Sealed {
            format: SealedFormat::Pgp,
            text,
        });
    }
    if !age_keys.is_empty() {
        let text = age_file(plaintext, &age_keys).ok_or(EncryptError::Failed(SealedFormat::Age))?;
        sealed.push(Sealed {
            format: SealedFormat::Age,
            text,
        });
    }
    match sealed.is_empty() {
        true => Err(EncryptError::NoRecipient),
        false => Ok(sealed),
    }
}

/// Version 3 session keys and integrity-protected data of version 1 with AES-256: what GnuPG 2.2
/// reads. No signature and no compression.
fn pgp_message(
    plaintext: &[u8],
    keys: &[&PgpKey],
    rng: &mut (impl RngCore + CryptoRng),
) -> Option<String> {
    // `Bytes` wipes its owner when the crate drops it.
    let content = Bytes::from_owner(Zeroizing::new(plaintext.to_vec()));
    let mut message =
        MessageBuilder::from_bytes("", content).seipd_v1(&mut *rng, SymmetricKeyAlgorithm::AES256);
    for key in keys {
        match key.key() {
            EncryptionKey::Primary(key) => message.encrypt_to_key(&mut *rng, &**key).ok()?,
            EncryptionKey::Subkey(key) => message.encrypt_to_key(&mut *rng, &**key).ok()?,
        };
    }
    message.to_vec(rng).ok().map(|bytes| BASE64.encode(&bytes))
}

fn age_file(plaintext: &[u8], keys: &[&dyn age::Recipient]) -> Option<String> {
    let encryptor = age::Encryptor::with_recipients(keys.iter().copied()).ok()?;
    let armor = ArmoredWriter::wrap_output(Vec::new(), Format::AsciiArmor).ok()?;
    let mut file = encryptor.wrap_output(armor).ok()?;
    file.write_all(plaintext).ok()?;
    let bytes = file.finish().and_then(ArmoredWriter::finish).ok()?;
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests;
