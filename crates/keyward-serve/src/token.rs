//! The bearer token: what a program must show to get credentials. It can be compared only in
//! constant time.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, Zeroizing};

/// Bytes of randomness in a token.
const RANDOM_BYTES: usize = 32;

/// A token of 32 random bytes, written as 43 characters of base64url.
#[derive(Clone)]
pub struct BearerToken(Zeroizing<String>);

impl BearerToken {
    /// A new token from the system's random numbers.
    ///
    /// # Errors
    /// The system provides none.
    pub fn random() -> std::io::Result<Self> {
        let mut bytes = [0_u8; RANDOM_BYTES];
        getrandom::fill(&mut bytes).map_err(std::io::Error::other)?;
        let text = Zeroizing::new(BASE64URL_NOPAD.encode(&bytes));
        bytes.zeroize();
        Ok(Self(text))
    }

    /// Returns the token. The caller says in a comment why it must.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether a text could be a token that this crate made.
    #[must_use]
    pub fn has_shape(text: &[u8]) -> bool {
        let wanted = BASE64URL_NOPAD.encode_len(RANDOM_BYTES);
        text.len() == wanted && BASE64URL_NOPAD.decode(text).is_ok()
    }

    /// Whether this is what was shown, in a time that depends on the lengths only.
    pub(crate) fn is(&self, shown: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(shown).into()
    }
}

impl fmt::Debug for BearerToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("BearerToken(***)")
    }
}

#[cfg(test)]
mod tests;
