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

/// Who signed in, if the token names a principal of an account.
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
mod tests {
    //! Whom tokens name.

    use super::*;

    fn check(claims: &str, expect: Option<&str>) {
        let token = format!("e30.{}.sig", BASE64URL_NOPAD.encode(claims.as_bytes()));
        let found = subject(&token).map(|arn| arn.to_string());
        assert_eq!(found.as_deref(), expect, "{claims}");
    }

    #[test]
    fn the_subject_is_the_principal_of_an_account() {
        for good in [
            "arn:aws:iam::123456789012:user/alice",
            "arn:aws:iam::123456789012:root",
            "arn:aws-cn:sts::123456789012:assumed-role/Admin/alice@example.com",
        ] {
            check(&format!(r#"{{"iss":"x","sub":"{good}"}}"#), Some(good));
        }
        for bad in [
            r#"{"sub":"alice"}"#,
            r#"{"sub":"arn:aws:iam::aws:policy/x"}"#,
            r#"{"sub":"arn:aws:iam::123456789012:user/a\nrole_arn = x"}"#,
            r#"{"sub":7}"#,
            "{}",
            "",
        ] {
            check(bad, None);
        }
        for shape in ["", "a.b", "a.!.c", "e30.e30.e30.e30"] {
            assert_eq!(subject(shape), None, "{shape}");
        }
    }
}
