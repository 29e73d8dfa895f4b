//! Keys that are written down, in the files or in the environment.

use crate::chain::error::{ResolveError, ValueOrigin};
use crate::id::{AccessKeyId, KeyIdFault, QUOTES};

/// Refuses a secret or token in quotes, which AWS tools read as part of it, and one with a blank or
/// another character that cannot be seen. No secret of AWS has any.
///
/// # Errors
/// The value is in quotes, or contains such a character.
pub fn usable_secret(
    key: &'static str,
    value: &str,
    place: impl FnOnce() -> ValueOrigin,
) -> Result<(), ResolveError> {
    if value.len() > 1 && value.starts_with(QUOTES) && value.ends_with(QUOTES) {
        return Err(ResolveError::QuotedSecret {
            key,
            place: place(),
        });
    }
    match value.chars().find(|c| is_unseen(*c)) {
        Some(character) => Err(ResolveError::SpoiltSecret {
            key,
            place: place(),
            character,
        }),
        None => Ok(()),
    }
}

/// Whether a character is a blank or takes no place on the screen.
fn is_unseen(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// The id of a pair of halves.
pub(super) fn key_id(
    (id, secret): (&str, &str),
    place: ValueOrigin,
) -> Result<AccessKeyId, ResolveError> {
    match KeyIdFault::of_pair(id, secret) {
        Some(source) => Err(ResolveError::InvalidKeyId { place, source }),
        None => Ok(id.parse().expect("a text without a fault is an id")),
    }
}

/// The kind of a key, for people.
pub(super) fn kind_of(temporary: bool) -> &'static str {
    match temporary {
        true => "temporary key",
        false => "key",
    }
}
