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
