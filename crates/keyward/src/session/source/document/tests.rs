//! Documents, good and bad.

use super::*;

const NOW: i64 = 1_800_000_000;

fn check(form: Form, text: &str, expect: &str) {
    let now = Timestamp::from_second(NOW);
    let message = match read(text.as_bytes(), form, now) {
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
    assert_eq!(message, expect, "{text}");
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
        ("", "it is empty"),
        (" \n", "it is empty"),
        (
            r#"{"Version":1,"AccessKeyId":"a","AccessKeyId":"b"}"#,
            "it has `AccessKeyId` twice",
        ),
        (
            r#"{"Version":1,"SessionToken":null,"SessionToken":"b"}"#,
            "it has `SessionToken` twice",
        ),
        ("[]", "it is not a JSON object"),
        ("{}", "it lacks `Version`, which is the number 1"),
        (
            r#"{"Version":"1"}"#,
            "its `Version` is not a JSON number (write 1, without quotes)",
        ),
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
            "its `AccessKeyId` is not an access key id",
        ),
        (
            r#"{"Version":1,"AccessKeyId":12,"SecretAccessKey":"s"}"#,
            "its `AccessKeyId` is not a JSON string",
        ),
        (
            r#"{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":["s"]}"#,
            "its `SecretAccessKey` is not a JSON string",
        ),
        (
            r#"{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":""}"#,
            "its `SecretAccessKey` is empty or contains blanks",
        ),
        (
            r#"{"Version":1,"AccessKeyId":"ASIAIOSFODNN7EXAMPLE","SecretAccessKey":"s"}"#,
            "its key is temporary, but it lacks `SessionToken`",
        ),
        (
            r#"{"Version":1,"AccessKeyId":"AKIAIOSFODNN7EXAMPLE","SecretAccessKey":"s","SessionToken":"t"}"#,
            "its `SessionToken` is set beside a long-lived key, which has no token",
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
fn optional_fields_are_read_as_programs_write_them_or_left_out() {
    let with = |more: &str| {
        format!(
            r#"{{"Version":1.0,"AccessKeyId":"minioadmin","SecretAccessKey":"s","SessionToken":"t",{more}}}"#
        )
    };
    for (value, end) in [
        (r#""2030-01-01 00:00:00 UTC""#, "2030-01-01T00:00:00Z"),
        ("1893456000", "2030-01-01T00:00:00Z"),
        ("1893456000000", "2030-01-01T00:00:00Z"),
        (r#""1893456000.5""#, "2030-01-01T00:00:00Z"),
        (r#""soon""#, "-"),
        (r#""""#, "-"),
        ("null", "-"),
        ("true", "-"),
    ] {
        check(
            Form::Process,
            &with(&format!(r#""Expiration":{value}"#)),
            &format!("minioadmin s t {end}"),
        );
    }
    for (value, account) in [
        (r#""123456789012""#, Some("123456789012")),
        ("123456789012", Some("123456789012")),
        ("12345", Some("000000012345")),
        (r#""""#, None),
        (r#""none""#, None),
        ("[]", None),
    ] {
        let now = Timestamp::from_second(NOW);
        let text = with(&format!(r#""AccountId":{value}"#));
        let read = read(text.as_bytes(), Form::Process, now).unwrap();
        let found = read.account_id.as_ref().map(AccountId::as_str);
        assert_eq!(found, account, "{value}");
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
        r#"{"AccessKeyId":"ASIAIOSFODNN7EXAMPLE","SecretAccessKey":"s","Token":"t","Expiration":"soon"}"#,
        "its `Expiration` is not a time (such as 2026-01-31T12:00:00Z)",
    );
    check(
        Form::Endpoint,
        r#"{"Code":"AssumeRoleUnauthorizedAccess","Message":"…"}"#,
        "it says `AssumeRoleUnauthorizedAccess`",
    );
}
