//! The token that says who signed in. Its signature is not checked: it comes straight from the
//! service over TLS, which is what OpenID Connect asks for then. Nothing but the subject is read.
//!
//! Source: OpenID Connect Core 1.0, section 3.1.3.7, point 6.

use data_encoding::BASE64URL_NOPAD;
use keyward_core::id::{AccountId, PrincipalArn};
use serde::Deserialize;

#[derive(Deserialize)]
struct Claims {
    sub: String,
}

/// Returns the principal that signed in, if the token names a principal of an account.
pub(super) fn subject(token: &str) -> Option<PrincipalArn> {
    let mut parts = token.split('.');
    let (_, claims, _) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() {
        return None;
    }
    let json = BASE64URL_NOPAD
        .decode(claims.trim_end_matches('=').as_bytes())
        .ok()?;
    let Claims { sub } = serde_json::from_slice(&json).ok()?;
    let account = sub.split(':').nth(4)?;
    account.parse::<AccountId>().ok()?;
    // It becomes a value in the config file.
    let plain = sub.bytes().all(|byte| byte.is_ascii_graphic());
    plain.then(|| sub.parse().ok()).flatten()
}

#[cfg(test)]
mod tests;
