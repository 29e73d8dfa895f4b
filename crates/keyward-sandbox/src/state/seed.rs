//! The secret that a virtual MFA device and the server share. Only seeds make codes.

use std::fmt;

use data_encoding::{BASE32_NOPAD, BASE32_NOPAD_NOCASE};
use totp_rs::{Builder, Secret, Totp};

/// The shared secret of a device: at least 16 bytes, as RFC 4226 asks. It wipes itself and is
/// never printed. It is bytes and not text, hence not one of core's secrets.
#[derive(Clone)]
pub struct Seed(Totp);

/// A text or length that makes no seed. The text is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a seed is base32 text of at least 16 bytes")]
pub struct InvalidSeed;

impl Seed {
    /// From raw bytes.
    ///
    /// # Errors
    /// There are fewer than sixteen.
    pub fn new(bytes: Vec<u8>) -> Result<Self, InvalidSeed> {
        let secret = Secret::new(bytes.into_boxed_slice());
        Builder::new()
            .with_secret(secret)
            .build()
            .map(Self)
            .map_err(|_| InvalidSeed)
    }

    /// From the base32 text that AWS shows beside a QR code.
    ///
    /// # Errors
    /// The text is not base32 or too short.
    pub fn from_base32(text: &str) -> Result<Self, InvalidSeed> {
        let text = text.trim_end_matches('=');
        Self::new(
            BASE32_NOPAD_NOCASE
                .decode(text.as_bytes())
                .map_err(|_| InvalidSeed)?,
        )
    }

    /// The base32 text, for enrolment.
    #[must_use]
    pub fn to_base32(&self) -> String {
        BASE32_NOPAD.encode(self.0.secret().as_bytes())
    }

    pub(crate) fn generator(&self) -> &Totp {
        &self.0
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(***)")
    }
}
