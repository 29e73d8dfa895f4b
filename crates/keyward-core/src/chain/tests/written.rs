//! Keys in the files, and the settings beside them.

use super::*;

const SECRET: &str = "aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
const ID: &str = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE";
const SESSION: &str = "aws_access_key_id = ASIAIOSFODNN7EXAMPLE";

#[test]
fn a_long_lived_key_beside_an_old_token_is_refused_with_the_tokens_line() {
    for key in TOKEN_KEYS {
        given("")
            .credentials(&format!("[p]\n{ID}\n{SECRET}\n{key} = yesterday"))
            .refuses(
                "p",
                &format!(
                    "credentials:4: `{key}` is set beside a long-lived key (credentials:2), \
                     which has no token: another session left it behind"
                ),
            );
    }
    given("[profile role]\nrole_arn = r\nsource_profile = p")
        .credentials(&format!(
            "[p]\n{ID}\n{SECRET}\naws_session_token = yesterday"
        ))
        .refuses(
            "role",
            "credentials:4: `aws_session_token` is set beside a long-lived key (credentials:2), \
             which has no token: another session left it behind",
        );
}

#[test]
fn a_long_lived_key_beside_a_token_in_the_environment_is_refused() {
    given("[profile p]\nrole_arn = r\ncredential_source = Environment")
        .env("AWS_ACCESS_KEY_ID", KEY)
        .env("AWS_SECRET_ACCESS_KEY", "s")
        .env("AWS_SESSION_TOKEN", "yesterday")
        .refuses(
            "p",
            "environment variable AWS_SESSION_TOKEN: `AWS_SESSION_TOKEN` is set beside a long-lived key \
             (environment variable AWS_ACCESS_KEY_ID), which has no token: another session left it behind",
        );
}

#[test]
fn the_old_variable_of_a_token_counts_too() {
    let of = |id: &str| {
        given("[profile p]\nrole_arn = r\ncredential_source = Environment")
            .env("AWS_ACCESS_KEY_ID", id)
            .env("AWS_SECRET_ACCESS_KEY", "s")
            .env("AWS_SECURITY_TOKEN", "t")
    };
    of(KEY).refuses(
        "p",
        "environment variable AWS_SECURITY_TOKEN: `AWS_SECURITY_TOKEN` is set beside a long-lived key \
         (environment variable AWS_ACCESS_KEY_ID), which has no token: another session left it behind",
    );
    of("ASIAIOSFODNN7EXAMPLE").gives("p", "environment temporary; Role r 3600");
}

#[test]
fn an_empty_token_is_none() {
    given("")
        .credentials(&format!("[p]\n{ID}\n{SECRET}\naws_session_token ="))
        .warns(
            "p",
            "static:p; GST 43200",
            &["in plain text", "InvalidClientTokenId"],
        );
}

#[test]
fn the_parts_of_a_key_come_from_one_file() {
    // The id of one key, the secret of another.
    given(&format!("[profile p]\n{ID}\n{SECRET}"))
        .credentials("[p]\naws_access_key_id = AKIAI44QH8DHBEXAMPLE")
        .refuses(
            "p",
            "config:3: `aws_secret_access_key` of profile `p` is in another file than its \
             `aws_access_key_id` (credentials:2)",
        );
    given(&format!("[profile p]\n{ID}"))
        .credentials(&format!("[p]\n{SECRET}"))
        .refuses(
            "p",
            "credentials:2: `aws_secret_access_key` of profile `p` is in another file than its \
             `aws_access_key_id` (config:2)",
        );
    given("[profile p]\naws_session_token = old")
        .credentials(&format!("[p]\n{SESSION}\n{SECRET}"))
        .refuses(
            "p",
            "config:2: `aws_session_token` of profile `p` is in another file than its \
             `aws_access_key_id` (credentials:2)",
        );
    // A whole key in each file: that of the credentials file, as in every SDK.
    given(&format!("[profile p]\n{SESSION}\n{SECRET}\naws_session_token = t"))
        .credentials("[p]\naws_access_key_id = ASIAI44QH8DHBEXAMPLE\naws_secret_access_key = s\naws_session_token = u")
        .gives("p", "static:p temporary");
}

#[test]
fn keys_of_other_makers_are_handed_out_as_they_are() {
    for id in [
        "test",
        "minioadmin",
        "0123456789abcdef0123456789abcdef",
        "DO00ABCDEFGHJKLMNPQR",
        "SCWXXXXXXXXXXXXXXXXX",
    ] {
        given("[profile role]\nrole_arn = r\nsource_profile = p\n[profile p]\nregion = auto")
            .credentials(&format!(
                "[p]\naws_access_key_id = {id}\naws_secret_access_key = s"
            ))
            .warns("p", "static:p", &["is not an AWS key"])
            .gives("role", "static:p; Role r 3600");
        given("[profile p]\ncredential_source = Environment")
            .env("AWS_ACCESS_KEY_ID", id)
            .env("AWS_SECRET_ACCESS_KEY", "s")
            .warns("p", "environment", &["is not an AWS key"])
            .env("AWS_SESSION_TOKEN", "t")
            .gives("p", "environment temporary");
    }
}

#[test]
fn a_program_may_print_a_key_of_another_maker() {
    let id = "minioadmin".parse().unwrap();
    given(
        "[profile p]\ncredential_process = tool\n[profile role]\nrole_arn = r\nsource_profile = p",
    )
    .prints(
        "p",
        Answer::LongLived(&id),
        "process:p `tool` key",
        &["is not an AWS key"],
    )
    .prints(
        "role",
        Answer::LongLived(&id),
        "process:p `tool` key; Role r 3600",
        &[],
    );
}

#[test]
fn a_device_for_a_key_of_another_maker_is_asked() {
    given("[profile p]\nmfa_serial = M")
        .credentials("[p]\naws_access_key_id = test\naws_secret_access_key = test")
        .gives("p", "static:p; GST mfa 43200");
}

#[test]
fn what_is_no_key_id_is_told_apart() {
    let id =
        |text: &str| given("").credentials(&format!("[p]\naws_access_key_id = {text}\n{SECRET}"));
    id("\"AKIAIOSFODNN7EXAMPLE\"").refuses(
        "p",
        "credentials:2: that is not an access key id: it is in quotes, which are part of the value to every AWS tool",
    );
    id("AKIAIOSFODNN7\u{a0}EXAMPLE").refuses(
        "p",
        "credentials:2: that is not an access key id: it contains a no-break space (U+00A0)",
    );
    id("AKIAIOSFODNN7EXAMPLE,").refuses(
        "p",
        "credentials:2: that is not an access key id: it contains `,`, and an id of AWS has only capital letters and digits",
    );
    id("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY").refuses(
        "p",
        "credentials:2: that is not an access key id: it looks like a secret access key",
    );
    let secret = |line: &str| {
        given("").credentials(&format!(
            "[p]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n{line}"
        ))
    };
    for quoted in ["'abc'", "\"abc\"", "\u{201c}abc\u{201d}", "`abc`"] {
        secret(&format!("aws_secret_access_key = {quoted}")).refuses(
            "p",
            "credentials:3: `aws_secret_access_key` is in quotes, which are part of the value to every AWS tool",
        );
    }
    given("")
        .credentials(
            "[p]\naws_access_key_id = ASIAIOSFODNN7EXAMPLE\naws_secret_access_key = abc\naws_session_token = 'abc'",
        )
        .refuses(
            "p",
            "credentials:4: `aws_session_token` is in quotes, which are part of the value to every AWS tool",
        );
    // Only the start of the secret was copied.
    given("")
        .credentials(
            "[p]\naws_access_key_id = wJalrXUtnFEMI\naws_secret_access_key = AKIAIOSFODNN7EXAMPLE",
        )
        .refuses(
            "p",
            "credentials:2: that is not an access key id: it looks like a secret access key",
        );
}

#[test]
fn a_secret_that_a_paste_has_spoilt_is_named_with_its_line() {
    for (value, name) in [
        ("wJalrXUtnFEMI/K7 MDENG", "a blank"),
        ("wJalrXUtnFEMI/K7\tMDENG", "a tab"),
        ("wJalrXUtnFEMI/K7\u{a0}MDENG", "a no-break space (U+00A0)"),
        ("wJalrXUtnFEMI/K7\u{200b}", "a zero-width space (U+200B)"),
    ] {
        given("")
            .credentials(&format!(
                "[p]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = {value}"
            ))
            .refuses(
                "p",
                &format!("credentials:3: `aws_secret_access_key` contains {name}"),
            );
        given("")
            .credentials(&format!(
                "[p]\n{SESSION}\n{SECRET}\naws_session_token = {value}"
            ))
            .refuses(
                "p",
                &format!("credentials:4: `aws_session_token` contains {name}"),
            );
    }
    given("[profile p]\ncredential_source = Environment")
        .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
        .env("AWS_SECRET_ACCESS_KEY", "one two")
        .refuses(
            "p",
            "environment variable AWS_SECRET_ACCESS_KEY: `AWS_SECRET_ACCESS_KEY` contains a blank",
        );
}

#[test]
fn temporary_credentials_of_other_tools_bring_their_end() {
    let until = |lines: &str| {
        given("").credentials(&format!(
            "[saml]\n{SESSION}\n{SECRET}\naws_session_token = token\n{lines}"
        ))
    };
    for key in END_KEYS {
        for text in [
            "2026-01-31T12:00:00Z",
            "2026-01-31T13:00:00+01:00",
            "2026-01-31T13:00:00+0100",
            "2026-01-31 12:00:00 UTC",
            "2026-01-31 12:00:00",
            "1769860800",
        ] {
            until(&format!("{key} = {text}"))
                .gives("saml", "static:saml temporary until 2026-01-31T12:00:00Z");
        }
        until(&format!("{key} = tomorrow")).warns(
            "saml",
            "static:saml temporary",
            &[&format!("credentials:5: `{key}` is not a time")],
        );
    }
    // An expiry that an earlier tool left comes first.
    until("expiration = 2020-01-01 00:00:00\naws_expiration = 2026-01-31T12:00:00.000Z")
        .gives("saml", "static:saml temporary until 2026-01-31T12:00:00Z");
}

#[test]
fn an_end_in_the_other_file_is_of_other_keys() {
    given("[profile saml]\nexpiration = 2020-01-01T00:00:00Z")
        .credentials(&format!(
            "[saml]\n{SESSION}\n{SECRET}\naws_session_token = token"
        ))
        .gives("saml", "static:saml temporary");
}

#[test]
fn the_token_key_of_old_tools_makes_a_session() {
    given("")
        .credentials(&format!(
            "[p]\n{SESSION}\n{SECRET}\naws_security_token = token"
        ))
        .gives("p", "static:p temporary");
}
