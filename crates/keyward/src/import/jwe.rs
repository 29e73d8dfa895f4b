//! Opens what aws-vault and granted seal with a passphrase: a compact JSON Web Encryption with
//! the key wrapped by `PBES2-HS256+A128KW` and the content by `A256GCM` (RFC 7516, RFC 7518
//! §4.8 and §5.3). It opens no other kind and seals nothing.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use aes_kw::KekAes128;
use data_encoding::BASE64URL_NOPAD;
use serde::Deserialize;
use sha2::Sha256;
use zeroize::Zeroizing;

/// The key-wrapping algorithm; its name is part of the salt.
const ALGORITHM: &str = "PBES2-HS256+A128KW";
/// The content's encryption.
const ENCRYPTION: &str = "A256GCM";
/// aws-vault writes 8192 rounds. A file with far more is meant to hang the program that opens it.
const MOST_ROUNDS: u32 = 1_500_000;

/// The reasons why a text was not opened. No message repeats any part of it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum JweError {
    /// Some other file.
    #[error("it is not an item sealed with a passphrase")]
    NotJwe,
    /// Sealed in a way aws-vault does not use.
    #[error("it is sealed in a way that is not known here")]
    Unsupported,
    /// The work factor is absurd.
    #[error(
        "it asks for {rounds} rounds of key derivation, and more than {MOST_ROUNDS} are refused"
    )]
    TooMuchWork {
        /// The rounds that it asks for.
        rounds: u64,
    },
    /// The key does not unwrap.
    #[error("it is sealed with another passphrase")]
    WrongPassphrase,
    /// The key unwraps, and the content does not open with it.
    #[error("it is damaged")]
    Damaged,
}

/// The protected header.
#[derive(Deserialize)]
struct Header {
    alg: String,
    enc: String,
    p2s: String,
    p2c: u64,
    crit: Option<serde::de::IgnoredAny>,
    zip: Option<serde::de::IgnoredAny>,
}

/// A text that has the form of such an item, not opened yet.
pub(crate) struct Jwe<'a> {
    /// The first part unchanged: the content is bound to it.
    protected: &'a str,
    salt: Vec<u8>,
    rounds: u32,
    wrapped_key: Vec<u8>,
    nonce: [u8; 12],
    /// The content, then its tag.
    sealed: Vec<u8>,
}

impl<'a> Jwe<'a> {
    /// Reads the five parts.
    pub(crate) fn parse(text: &'a str) -> Result<Self, JweError> {
        let parts: Vec<&str> = text.trim().splitn(6, '.').collect();
        let [protected, key, nonce, content, tag] = parts[..] else {
            return Err(JweError::NotJwe);
        };
        let decode = |part: &str| {
            BASE64URL_NOPAD
                .decode(part.as_bytes())
                .map_err(|_| JweError::NotJwe)
        };
        let header: Header =
            serde_json::from_slice(&decode(protected)?).map_err(|_| JweError::NotJwe)?;
        let known = header.alg == ALGORITHM && header.enc == ENCRYPTION;
        if !known || header.crit.is_some() || header.zip.is_some() {
            return Err(JweError::Unsupported);
        }
        let rounds = u32::try_from(header.p2c)
            .ok()
            .filter(|rounds| (1..=MOST_ROUNDS).contains(rounds))
            .ok_or(JweError::TooMuchWork { rounds: header.p2c })?;
        let mut salt = ALGORITHM.as_bytes().to_vec();
        salt.push(0);
        salt.extend(decode(&header.p2s)?);
        let tag = decode(tag)?;
        let mut sealed = decode(content)?;
        if tag.len() != 16 {
            return Err(JweError::NotJwe);
        }
        sealed.extend(tag);
        Ok(Self {
            protected,
            salt,
            rounds,
            wrapped_key: decode(key)?,
            nonce: decode(nonce)?.try_into().map_err(|_| JweError::NotJwe)?,
            sealed,
        })
    }

    /// Opens it.
    pub(crate) fn open(&self, passphrase: &str) -> Result<Zeroizing<Vec<u8>>, JweError> {
        let mut wrapping = Zeroizing::new([0; 16]);
        pbkdf2::pbkdf2_hmac::<Sha256>(
            passphrase.as_bytes(),
            &self.salt,
            self.rounds,
            wrapping.as_mut_slice(),
        );
        let mut key = Zeroizing::new([0; 32]);
        if self.wrapped_key.len() != key.len() + 8 {
            return Err(JweError::NotJwe);
        }
        KekAes128::from(*wrapping)
            .unwrap(&self.wrapped_key, key.as_mut_slice())
            .map_err(|_| JweError::WrongPassphrase)?;
        let payload = Payload {
            msg: &self.sealed,
            aad: self.protected.as_bytes(),
        };
        Aes256Gcm::new_from_slice(key.as_slice())
            .expect("the key has 32 bytes")
            .decrypt(Nonce::from_slice(&self.nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| JweError::Damaged)
    }
}

#[cfg(test)]
mod tests;
