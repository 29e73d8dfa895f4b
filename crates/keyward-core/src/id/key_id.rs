//! Distinguishes the id of an access key from other texts. Refuses mistyped ids of AWS: as ids of
//! another maker, their secret would be handed out unchanged.

use super::{may_hold_secret, named};

/// The prefixes of AWS's unique ids.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes>
const PREFIXES: [&str; 12] = [
    "ABIA", "ACCA", "AGPA", "AIDA", "AIPA", "AKIA", "ANPA", "ANVA", "APKA", "AROA", "ASCA", "ASIA",
];

/// The prefixes of access keys.
const KEY_PREFIXES: [&str; 2] = ["AKIA", "ASIA"];

/// The quotation marks of keyboards and of programs that replace them.
pub(crate) const QUOTES: [char; 16] = [
    '"', '\'', '`', '\u{b4}', '\u{ab}', '\u{bb}', '\u{2018}', '\u{2019}', '\u{201a}', '\u{201b}',
    '\u{201c}', '\u{201d}', '\u{201e}', '\u{201f}', '\u{2039}', '\u{203a}',
];

/// From this length on, a text that begins like an id is a spoilt id and not a name.
const SPOILT_LENGTH: usize = 12;

/// The length of AWS's ids. A shorter name in small letters may be another maker's.
const USUAL_LENGTH: usize = 20;

/// The least length of an id of AWS.
const LEAST_LENGTH: usize = 16;

/// Whether AWS may have issued an id of this shape.
pub(super) fn has_aws_shape(text: &str) -> bool {
    (LEAST_LENGTH..=128).contains(&text.len())
        && PREFIXES.iter().any(|prefix| text.starts_with(prefix))
        && text
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

/// The reasons why a text is not the id of an access key. The text itself is not in it: a secret
/// may be in the id's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyIdFault {
    /// The text is empty.
    #[error("it is empty")]
    Empty,
    /// The quotes would be part of the id.
    #[error("it is in quotes, which are part of the value to every AWS tool")]
    Quoted,
    /// A character that no id has, and that is hard to see.
    #[error("it contains {}", named(*.0))]
    Character(char),
    /// An id of AWS with another character in it or at its ends.
    #[error("it contains `{0}`, and an id of AWS has only capital letters and digits")]
    Sign(char),
    /// An id of AWS in small letters.
    #[error("it has small letters, and an id of AWS has only capital letters and digits")]
    SmallLetters,
    /// The beginning of an id of AWS.
    #[error("it is shorter than an id of AWS")]
    TooShort,
    /// It looks like the secret half.
    #[error("it looks like a secret access key")]
    LikeSecret,
    /// Over 128 characters.
    #[error("it is longer than 128 characters")]
    TooLong,
}

impl KeyIdFault {
    /// The fault of the first half of a key, judged together with the second: if only the second has the
    /// shape of an access key's id, the two are swapped.
    #[must_use]
    pub fn of_pair(id: &str, secret: &str) -> Option<Self> {
        let is_id =
            KEY_PREFIXES.iter().any(|prefix| secret.starts_with(prefix)) && has_aws_shape(secret);
        match is_id && !has_aws_shape(id) {
            true => Some(Self::LikeSecret),
            false => Self::of(id),
        }
    }

    /// The fault of a text as an access key id; `None` if it has none.
    #[must_use]
    pub fn of(text: &str) -> Option<Self> {
        if text.is_empty() {
            return Some(Self::Empty);
        }
        if text.starts_with(QUOTES) || text.ends_with(QUOTES) {
            return Some(Self::Quoted);
        }
        if has_aws_shape(text) {
            return None;
        }
        if let Some(other) = text.chars().find(|c| !c.is_ascii_graphic()) {
            return Some(match is_like_secret(text) {
                true => Self::LikeSecret,
                false => Self::Character(other),
            });
        }
        if let Some(fault) = Self::of_mistyped(text) {
            return Some(fault);
        }
        if is_like_secret(text) {
            return Some(Self::LikeSecret);
        }
        (text.len() > 128).then_some(Self::TooLong)
    }

    /// The fault of a text that was meant to be an id of AWS.
    fn of_mistyped(text: &str) -> Option<Self> {
        let core = text.trim_matches(|c: char| !c.is_ascii_alphanumeric());
        let begins = |text: &str| KEY_PREFIXES.iter().any(|prefix| text.starts_with(prefix));
        // Names such as `asia-northeast1-backup` are ids of other makers.
        let is_word = core.bytes().all(|b| b.is_ascii_alphanumeric());
        let spoilt = match begins(core) {
            true => core.len() >= if is_word { SPOILT_LENGTH } else { LEAST_LENGTH },
            false => is_word && core.len() >= USUAL_LENGTH && begins(&core.to_ascii_uppercase()),
        };
        if !spoilt {
            return None;
        }
        let sign = text.chars().find(|c| !c.is_ascii_alphanumeric());
        Some(match sign {
            Some(sign) => Self::Sign(sign),
            None if text.len() > 128 => Self::TooLong,
            None if text.bytes().any(|b| b.is_ascii_lowercase()) => Self::SmallLetters,
            None => Self::TooShort,
        })
    }
}

/// Whether the text contains something like an AWS secret: of the same length, with capital and
/// small letters. A secret without either is as likely as a lucky guess, and other makers have ids
/// of hexadecimal digits.
fn is_like_secret(text: &str) -> bool {
    may_hold_secret(text)
        && text.bytes().any(|b| b.is_ascii_uppercase())
        && text.bytes().any(|b| b.is_ascii_lowercase())
}
