//! Documents, good and bad.

use super::*;

const NOW: i64 = 1_800_000_000;

fn check(form: Form, text: &str, expect: &str) {
    let now = Timestamp::from_second(NOW);
    let said = match read(text.as_bytes(), form, now) {
        Ok(credentials) => format!(
            "{} {} {} {}",
            credentials.access_key_id,
            credentials.secret_access_key.expose(),
            credentials
                .session_token
                .as_ref()
                .map_or("-", |token| token.expose()),
            credentials
                .expires_at
                .map_or_else(|| "-".to_owned(), |end| end.to_string()),
        ),
        Err(error) => error.to_string(),
    };
    assert_eq!(said, expect, "{text}");
}

#[test]
fn a_process_document_is_read_or_its_fault_named() {
    let good =
        r#"{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"s","Extra":[]}"#;
    check(Form::Process, good, "AKIAIOSFODNN7EXAMPLE s - -");
    check(
        Form::Process,
        r#"{"Version":1,"AccessKeyId":"ASIAIOSFODNN7EXAMPLE","SecretAccessKey":"s","SessionToken":"t","Expiration":"2030-01-01T00:00:00+01:00"}"#,
        "ASIAIOSFODNN7EXAMPLE s t 2029-12-31T23:00:00Z",
    );
    for (text, expect) in [
        ("", "it is not a JSON object"),
        ("[]", "it is not a JSON object"),
        ("{}", "its `Version` is not 1"),
        (r#"{"Version":"1"}"#, "its `Version` is not 1"),
        (r#"{"Version":2}"#, "its `Version` is not 1"),
        (
            r#"{"Version":1}"#,
            "it lacks `AccessKeyId` and `SecretAccessKey`",
        ),
        (
            r#"{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE"}"#,
            "it lacks `SecretAccessKey`",
        ),
        (
            r#"{"Version":1,"AccessKeyId":"a b","SecretAccessKey":"s"}"#,
            "its `AccessKeyId` is not what it should be",
        ),
        (
            r#"{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"s","Expiration":"soon"}"#,
            "its `Expiration` is not what it should be",
        ),
        (
            r#"{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"s","Expiration":"2020-01-01T00:00:00Z"}"#,
            "its credentials ended at 2020-01-01T00:00:00Z",
        ),
    ] {
        check(Form::Process, text, expect);
    }
}

#[test]
fn an_endpoint_document_needs_a_token_and_an_end() {
    check(
        Form::Endpoint,
        r#"{"Code":"Success","AccessKeyId":"ASIAIOSFODNN7EXAMPLE","SecretAccessKey":"s","Token":"t","Expiration":"2030-01-01T00:00:00Z"}"#,
        "ASIAIOSFODNN7EXAMPLE s t 2030-01-01T00:00:00Z",
    );
    check(
        Form::Endpoint,
        r#"{"AccessKeyId":"ASIAIOSFODNN7EXAMPLE","SecretAccessKey":"s"}"#,
        "it lacks `Token` and `Expiration`",
    );
    check(
        Form::Endpoint,
        r#"{"Code":"AssumeRoleUnauthorizedAccess","Message":"…"}"#,
        "it says `AssumeRoleUnauthorizedAccess`",
    );
}
