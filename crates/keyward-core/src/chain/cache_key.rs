//! Cache keys: a digest of everything that changes the credentials, so that an edited profile
//! never gets what was made for the old one.

use std::fmt;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use crate::id::AccessKeyId;

/// A digest of everything that changes the credentials of a hop. As text it has 64 lower-case hex
/// digits, fit for a file name.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CacheKey([u8; BYTES]);

/// The length of a cache key.
const BYTES: usize = 32;

impl CacheKey {
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
        let digest = HEXLOWER.decode(text.as_bytes());
        let digest = digest.ok().and_then(|digest| digest.try_into().ok());
        digest.map(Self).ok_or(InvalidCacheKey)
    }
}

impl fmt::Display for CacheKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut digits = [0; 2 * BYTES];
        HEXLOWER.encode_mut(&self.0, &mut digits);
        f.write_str(str::from_utf8(&digits).expect("hexadecimal digits are ASCII"))
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

    /// The digest of what comes before.
    pub(super) fn before(&mut self, key: &CacheKey) {
        self.0.update(key.0);
    }

    pub(super) fn text(&mut self, text: &str) {
        self.length(text.len());
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
        self.length(texts.len());
        texts.for_each(|text| self.text(text));
    }

    pub(super) fn finish(self) -> CacheKey {
        // The library would fill a new array twice, which takes as long as a sixth of resolving.
        let mut digest = [0; BYTES];
        self.0.finalize_into((&mut digest).into());
        CacheKey(digest)
    }

    /// A length in one byte, since nearly all are short and a digest takes as long as its blocks; a
    /// longer one follows the byte that no short one has.
    fn length(&mut self, length: usize) {
        match u8::try_from(length) {
            Ok(short) if short < u8::MAX => self.0.update([short]),
            _ => {
                self.0.update([u8::MAX]);
                self.number(length as u64);
            }
        }
    }
}
