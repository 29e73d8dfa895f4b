//! Initial console passwords: random, of all character classes that a policy can require, without
//! characters that people confuse. Random bytes are an argument.

use keyward_core::secret::ConsolePassword;
use rand_core::{CryptoRng, RngCore};
use zeroize::Zeroizing;

/// Upper case without `I` and `O`, lower case without `l` and `o`, digits without `0` and `1`, and
/// eight symbols that IAM counts as such: 64 characters, so that six random bits choose one evenly.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html>
const ALPHABET: &[u8; 64] = b"ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz23456789!#%+-=@_";

/// 24 characters of six bits are 144 bits.
const SHORTEST: usize = 24;

/// The minimum length of an account's password policy: 6 to 128 characters.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html>
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct MinimumLength(u8);

/// A length that no policy has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a password policy has a minimum length of 6 to 128, not {0}")]
pub struct InvalidMinimumLength(u32);

impl MinimumLength {
    /// Without a policy AWS asks for eight characters.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html>
    pub const AWS_DEFAULT: Self = Self(8);
}

impl TryFrom<u32> for MinimumLength {
    type Error = InvalidMinimumLength;

    fn try_from(length: u32) -> Result<Self, InvalidMinimumLength> {
        u8::try_from(length)
            .ok()
            .filter(|length| (6..=128).contains(length))
            .map(Self)
            .ok_or(InvalidMinimumLength(length))
    }
}

/// A password that satisfies every policy of this minimum length: at least 24 characters, and
/// always an upper-case letter, a lower-case letter, a digit and a symbol. All such passwords are
/// equally likely.
pub fn initial_password(
    minimum: MinimumLength,
    rng: &mut (impl RngCore + CryptoRng),
) -> ConsolePassword {
    let length = usize::from(minimum.0).max(SHORTEST);
    let mut bytes = Zeroizing::new(vec![0_u8; length]);
    loop {
        rng.fill_bytes(&mut bytes);
        let password: Zeroizing<String> = Zeroizing::new(
            bytes
                .iter()
                .map(|byte| char::from(ALPHABET[usize::from(byte & 63)]))
                .collect(),
        );
        // Drawing all of it again keeps the rest even.
        if has_all_classes(&password) {
            return password
                .parse()
                .expect("24 to 128 characters are a console password");
        }
    }
}

fn has_all_classes(password: &str) -> bool {
    let has = |class: fn(&u8) -> bool| password.as_bytes().iter().any(class);
    has(u8::is_ascii_uppercase)
        && has(u8::is_ascii_lowercase)
        && has(u8::is_ascii_digit)
        && has(u8::is_ascii_punctuation)
}

#[cfg(test)]
mod tests;
