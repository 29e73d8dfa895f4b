//! Reads the SDK's loose answers into exact types. What does not fit is an error that names the
//! field and never its value, which may be a secret.

use std::str::FromStr;

use aws_smithy_types::DateTime;
use keyward_core::Timestamp;

use crate::error::{Action, CallError};

/// A field that AWS always sends.
pub(crate) fn present<T>(
    action: Action,
    field: &'static str,
    value: Option<T>,
) -> Result<T, CallError> {
    value.ok_or_else(|| CallError::Unreadable {
        action,
        what: format!("`{field}` is missing"),
    })
}

/// A field with a shape.
pub(crate) fn parse<T: FromStr>(
    action: Action,
    field: &'static str,
    text: &str,
) -> Result<T, CallError> {
    text.parse().map_err(|_| CallError::Unreadable {
        action,
        what: format!("`{field}` has an unknown shape"),
    })
}

/// A time, in whole seconds.
pub(crate) fn time(time: DateTime) -> Timestamp {
    Timestamp::from_second(time.secs())
}
