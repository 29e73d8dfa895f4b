//! Keys that are written down, in the files or in the environment.

use crate::chain::error::{Place, ResolveError};
use crate::id::{AccessKeyId, KeyIdFault, QUOTES};

/// Refuses a secret in quotes: AWS tools read them as part of it, and no secret of AWS has any.
///
/// # Errors
/// The value is in quotes.
pub fn without_quotes(
    key: &'static str,
    value: &str,
    place: impl FnOnce() -> Place,
) -> Result<(), ResolveError> {
    match value.len() > 1 && value.starts_with(QUOTES) && value.ends_with(QUOTES) {
        true => Err(ResolveError::QuotedSecret {
            key,
            place: place(),
        }),
        false => Ok(()),
    }
}

/// The id of a pair of halves.
pub(super) fn key_id(
    (id, secret): (&str, &str),
    place: Place,
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
