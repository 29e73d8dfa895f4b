//! Cache keys: a digest of everything that changes the credentials, so that an edited profile
//! never gets what was made for the old one.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::id::AccessKeyId;

/// A digest of everything that changes the credentials of a hop: 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CacheKey([u8; DIGITS]);

/// The length of a cache key.
const DIGITS: usize = 64;

impl CacheKey {
    /// The digest as text, fit for a file name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).expect("hexadecimal digits are ASCII")
    }

    /// The digest of a list of fields. Each is preceded by its length, so that `["ab", "c"]`
    /// and `["a", "bc"]` differ.
    #[must_use]
    pub fn of(fields: &[&str]) -> Self {
        let mut fingerprint = Fingerprint::new();
        for field in fields {
            fingerprint.text(field);
        }
        fingerprint.finish()
    }
}

/// A text that is not a cache key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("that is not a cache key (64 lower-case hex digits)")]
pub struct InvalidCacheKey;

impl FromStr for CacheKey {
    type Err = InvalidCacheKey;

    fn from_str(text: &str) -> Result<Self, InvalidCacheKey> {
        let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        let digits = text.as_bytes().try_into();
        let digits: [u8; DIGITS] = digits.map_err(|_| InvalidCacheKey)?;
        match digits.into_iter().all(hex) {
            true => Ok(Self(digits)),
            false => Err(InvalidCacheKey),
        }
    }
}

impl fmt::Display for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CacheKey({self})")
    }
}

/// A digest in the making. Absent and empty fields differ, and so do fields that only run
/// together.
pub(super) struct Fingerprint(Sha256);

impl Fingerprint {
    pub(super) fn new() -> Self {
        Self(Sha256::new())
    }

    pub(super) fn text(&mut self, text: &str) {
        self.0.update((text.len() as u64).to_be_bytes());
        self.0.update(text.as_bytes());
    }

    pub(super) fn option(&mut self, text: Option<&str>) {
        match text {
            None => self.0.update([0]),
            Some(text) => {
                self.0.update([1]);
                self.text(text);
            }
        }
    }

    pub(super) fn number(&mut self, number: u64) {
        self.0.update(number.to_be_bytes());
    }

    /// A long-lived key, which is known by its id alone.
    pub(super) fn key(&mut self, id: &AccessKeyId) {
        self.text("key");
        self.text(id.as_str());
    }

    pub(super) fn list<'t>(&mut self, texts: impl ExactSizeIterator<Item = &'t str>) {
        self.number(texts.len() as u64);
        texts.for_each(|text| self.text(text));
    }

    pub(super) fn finish(self) -> CacheKey {
        // The library would fill a new array twice, which takes as long as a sixth of resolving.
        let mut digest = [0; 32];
        self.0.finalize_into((&mut digest).into());
        let mut digits = [0; DIGITS];
        HEXLOWER.encode_mut(&digest, &mut digits);
        CacheKey(digits)
    }
}
