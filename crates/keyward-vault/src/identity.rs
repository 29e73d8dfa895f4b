//! The age X25519 identities that the vault and the sessions are encrypted to. Refuses to show
//! itself: the text form leaves only through [`Identity::expose`].

use std::fmt;
use std::io::{Read as _, Write as _};
use std::str::FromStr;

use age::secrecy::ExposeSecret as _;
use data_encoding::HEXLOWER;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The purpose of an authentication code. A code for one purpose is invalid for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Authenticity {
    /// The content of a session's file.
    Session,
    /// The file in the clear beside it.
    SessionSidecar,
}

impl Authenticity {
    const fn label(self) -> &'static str {
        match self {
            Self::Session => "keyward session v1",
            Self::SessionSidecar => "keyward session sidecar v1",
        }
    }
}

/// An age identity (`AGE-SECRET-KEY-1…`): what it seals, only it opens.
#[derive(Clone)]
pub struct Identity(age::x25519::Identity);

/// A text that holds no age identity. The text is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is not an age identity (one line beginning with AGE-SECRET-KEY-1)")]
pub struct InvalidIdentity;

/// The reasons why an age file could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The age file is complete but encrypted to another recipient.
    #[error("it is encrypted to another key")]
    OtherKey,
    /// The bytes are not an age file, or not a complete one.
    #[error("it is not a whole age file")]
    Damaged(#[source] Box<age::DecryptError>),
}

impl Identity {
    /// A new one, from the operating system's randomness.
    #[must_use]
    pub fn generate() -> Self {
        Self(age::x25519::Identity::generate())
    }

    /// Returns the text form: 74 characters. The caller says in a comment why it must.
    #[must_use]
    pub fn expose(&self) -> Zeroizing<String> {
        Zeroizing::new(self.0.to_string().expose_secret().to_owned())
    }

    /// The public half (`age1…`), which is not secret.
    #[must_use]
    pub fn recipient(&self) -> String {
        self.0.to_public().to_string()
    }

    /// Encrypts to this identity: a binary age file with one X25519 recipient.
    #[must_use]
    pub fn seal(&self, content: &[u8]) -> Vec<u8> {
        seal_to(&self.0.to_public(), content).expect("X25519 recipients and memory do not fail")
    }

    /// A code over some fields that only the holder of this identity can make: 64 hexadecimal
    /// digits of HMAC-SHA256. Encryption to a public key does not identify the sender.
    pub(crate) fn authenticate(&self, about: Authenticity, fields: &[&[u8]]) -> String {
        HEXLOWER.encode(&self.code(about, fields).finalize().into_bytes())
    }

    /// Whether the holder of this identity made that code over these fields.
    pub(crate) fn is_authentic(&self, code: &str, about: Authenticity, fields: &[&[u8]]) -> bool {
        // Compared in a time that does not depend on where they differ.
        HEXLOWER
            .decode(code.as_bytes())
            .is_ok_and(|code| self.code(about, fields).verify_slice(&code).is_ok())
    }

    fn code(&self, about: Authenticity, fields: &[&[u8]]) -> Hmac<Sha256> {
        // Exposed as the key of the authentication code.
        let mut mac = Hmac::<Sha256>::new_from_slice(self.expose().as_bytes())
            .expect("HMAC takes keys of every length");
        for field in [about.label().as_bytes()].iter().chain(fields) {
            // Each field is preceded by its length, so that none runs into the next.
            mac.update(&(field.len() as u64).to_be_bytes());
            mac.update(field);
        }
        mac
    }

    /// Decrypts a binary age file.
    ///
    /// # Errors
    /// It is for another identity, or damaged.
    pub fn open(&self, file: &[u8]) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        open_with(&self.0, file).map_err(|error| match error {
            age::DecryptError::NoMatchingKeys => OpenError::OtherKey,
            other => OpenError::Damaged(Box::new(other)),
        })
    }
}

/// Encrypts to any age recipient.
pub(crate) fn seal_to(
    recipient: &dyn age::Recipient,
    content: &[u8],
) -> Result<Vec<u8>, age::EncryptError> {
    let encryptor = age::Encryptor::with_recipients(std::iter::once(recipient))?;
    let mut file = Vec::with_capacity(content.len() + 512);
    let mut writer = encryptor.wrap_output(&mut file)?;
    writer.write_all(content)?;
    writer.finish()?;
    Ok(file)
}

/// Decrypts with any age identity.
pub(crate) fn open_with(
    identity: &dyn age::Identity,
    file: &[u8],
) -> Result<Zeroizing<Vec<u8>>, age::DecryptError> {
    let mut reader = age::Decryptor::new_buffered(file)?.decrypt(std::iter::once(identity))?;
    // The content is shorter than the file, so the buffer never moves and leaves no copy.
    let mut content = Zeroizing::new(Vec::with_capacity(file.len()));
    reader.read_to_end(&mut content)?;
    Ok(content)
}

/// Whether the header of an age file can be parsed, for any recipient.
pub(crate) fn has_age_header(file: &[u8]) -> bool {
    age::Decryptor::new_buffered(file).is_ok()
}

impl FromStr for Identity {
    type Err = InvalidIdentity;

    /// Reads an identity file as `age-keygen` writes it: comments, blank lines and one identity.
    fn from_str(text: &str) -> Result<Self, InvalidIdentity> {
        let mut lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        let (Some(line), None) = (lines.next(), lines.next()) else {
            return Err(InvalidIdentity);
        };
        line.parse().map(Self).map_err(|_| InvalidIdentity)
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(***)")
    }
}

#[cfg(test)]
mod tests;
