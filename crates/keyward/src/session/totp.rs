//! One-time codes from a seed (RFC 6238 as AWS uses it: SHA-1, six digits, thirty seconds) and the URI
//! from which a phone reads a seed. This file neither stores a seed nor prompts.

use data_encoding::BASE32_NOPAD_NOCASE;
use keyward_core::Timestamp;
use keyward_core::id::{AccountId, UserName};
use keyward_core::secret::{MfaCode, TotpSeed};
use totp_rs::{Builder, Secret, Totp};
use zeroize::Zeroizing;

/// The length of a code's window in seconds. Source: RFC 6238.
pub(crate) const WINDOW: i64 = 30;

/// A seed from which no codes can be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the kept seed is not base32 text of at least 16 bytes")]
pub(crate) struct UnusableSeed;

/// The code that a device with this seed shows at a moment.
pub(crate) fn code_at(seed: &TotpSeed, at: Timestamp) -> Result<MfaCode, UnusableSeed> {
    let second = u64::try_from(at.as_second()).unwrap_or(0);
    let code = Zeroizing::new(generator(seed)?.generate(second).to_string());
    code.parse().map_err(|_| UnusableSeed)
}

/// The start of the window `by` places after the one that holds `at`.
pub(crate) fn window(at: Timestamp, by: i64) -> Timestamp {
    Timestamp::from_second((at.as_second().div_euclid(WINDOW) + by) * WINDOW)
}

/// Seconds until the next code.
pub(crate) fn seconds_left(at: Timestamp) -> i64 {
    WINDOW - at.as_second().rem_euclid(WINDOW)
}

/// The contents of the picture: the owner of the device, and the seed. The label has the form by which
/// authenticator apps group entries, and is short so that the picture fits a small terminal.
///
/// Source: <https://github.com/google/google-authenticator/wiki/Key-Uri-Format>
pub(crate) fn address(seed: &TotpSeed, user: &UserName, account: &AccountId) -> Zeroizing<String> {
    let user = user
        .as_str()
        .replace('+', "%2B")
        .replace('=', "%3D")
        .replace(',', "%2C");
    // Exposed because handing the seed to the phone is what the address is for.
    let seed = seed.expose().trim_end_matches('=');
    Zeroizing::new(format!(
        "otpauth://totp/AWS:{user}@{account}?secret={seed}&issuer=AWS"
    ))
}

fn generator(seed: &TotpSeed) -> Result<Totp, UnusableSeed> {
    // Exposed to be decoded; what is decoded wipes itself.
    let text = seed.expose().trim_end_matches('=');
    let bytes = BASE32_NOPAD_NOCASE
        .decode(text.as_bytes())
        .map_err(|_| UnusableSeed)?;
    Builder::new()
        .with_secret(Secret::new(bytes.into_boxed_slice()))
        .build()
        .map_err(|_| UnusableSeed)
}

#[cfg(test)]
mod tests;
