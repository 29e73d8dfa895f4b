//! Configured addresses that the user sees and a browser opens. Refuses those that could command the
//! terminal or that hold a name and password.

use crate::error::{Action, Because, CallError};

/// The address without a slash at the end.
///
/// # Errors
/// The address is not a plain one.
pub(crate) fn browser_address(given: &str, action: Action) -> Result<&str, CallError> {
    let plain = |byte: u8| byte.is_ascii_graphic() && byte != b'@';
    match given.bytes().all(plain) {
        true => Ok(given.trim_end_matches('/')),
        false => Err(CallError::Request {
            action,
            because: Because::text("the configured sign-in endpoint is not a plain address"),
        }),
    }
}
