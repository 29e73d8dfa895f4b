//! Fingerprints of version 4 PGP keys. Refuses key ids, which are too short to pin a key.

use std::fmt;
use std::str::FromStr;

use data_encoding::{HEXUPPER, HEXUPPER_PERMISSIVE};

/// The fingerprint of a version 4 key: 20 bytes, shown as 40 upper-case hex digits.
///
/// Source: RFC 9580, section 5.5.4.2.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PgpFingerprint([u8; 20]);

/// The reasons why a text is not a fingerprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidFingerprint {
    /// A short or long key id.
    #[error(
        "a key id of {digits} digits is too short to identify a key; give the fingerprint of 40 hex digits that `gpg --fingerprint` prints"
    )]
    KeyId {
        /// The number of its hex digits.
        digits: usize,
    },
    /// Neither.
    #[error("a PGP fingerprint has 40 hex digits; `gpg --fingerprint` prints it")]
    Malformed,
}

impl PgpFingerprint {
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl FromStr for PgpFingerprint {
    type Err = InvalidFingerprint;

    /// Accepts upper and lower case, `0x` in front, and the blanks that GnuPG prints.
    fn from_str(text: &str) -> Result<Self, InvalidFingerprint> {
        let digits: String = text.split_whitespace().collect();
        let digits = digits
            .strip_prefix("0x")
            .or_else(|| digits.strip_prefix("0X"))
            .unwrap_or(&digits);
        if !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
            return Err(InvalidFingerprint::Malformed);
        }
        match digits.len() {
            40 => HEXUPPER_PERMISSIVE
                .decode(digits.as_bytes())
                .ok()
                .and_then(|bytes| Self::from_bytes(&bytes))
                .ok_or(InvalidFingerprint::Malformed),
            digits @ (8 | 16) => Err(InvalidFingerprint::KeyId { digits }),
            _ => Err(InvalidFingerprint::Malformed),
        }
    }
}

impl fmt::Display for PgpFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&HEXUPPER.encode(&self.0))
    }
}

impl fmt::Debug for PgpFingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PgpFingerprint({self})")
    }
}
