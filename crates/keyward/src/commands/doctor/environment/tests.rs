//! Environments and what is found in them.

use super::{Surroundings, Unknown, check};

fn found(variables: &[(&str, &str)], expect: &[&str]) {
    let get = |name: &str| {
        variables
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, value)| (*value).to_owned())
    };
    let now = "2026-01-31T12:00:00Z".parse().unwrap();
    let surroundings = Surroundings {
        get: &|name| get(name).filter(|value| !value.is_empty()),
        is_empty: &|name| get(name).is_some_and(|value| value.is_empty()),
        read: &|path| Some(path.as_bytes().to_vec()),
        readable: &|path| !path.starts_with("/nope"),
    };
    let unknown = |name: &str| match name {
        "known" => None,
        _ => Some(Unknown::to_all("keyward list")),
    };
    let findings = check(&surroundings, &unknown, now);
    let ids: Vec<&str> = findings.iter().map(|finding| finding.id).collect();
    assert_eq!(ids, expect, "{variables:?}");
}

#[test]
fn variables_that_contradict_one_another() {
    const ID: (&str, &str) = ("AWS_ACCESS_KEY_ID", "ASIAIOSFODNN7EXAMPLE");
    const LONG: (&str, &str) = ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE");
    const SECRET: (&str, &str) = ("AWS_SECRET_ACCESS_KEY", "s");
    const TOKEN: (&str, &str) = ("AWS_SESSION_TOKEN", "t");
    found(&[], &[]);
    found(&[("AWS_PROFILE", "known")], &[]);
    found(&[("AWS_PROFILE", "other")], &["unknown-profile"]);
    found(&[("AWS_PROFILE", " ")], &["unknown-profile"]);
    found(&[("KEYWARD_HOME", "here")], &["relative-home"]);
    found(&[("KEYWARD_HOME", "~/keyward")], &[]);
    let whole = if cfg!(windows) {
        "C:/keyward"
    } else {
        "/keyward"
    };
    found(&[("KEYWARD_HOME", whole)], &[]);
    found(&[ID, SECRET, TOKEN], &[]);
    found(&[ID, SECRET], &["no-token"]);
    found(&[ID, TOKEN], &["half-key"]);
    found(&[LONG, SECRET], &["long-lived-key"]);
    found(
        &[ID, SECRET, TOKEN, ("AWS_PROFILE", "known")],
        &["keys-beside-profile"],
    );
    let web = [
        ("AWS_WEB_IDENTITY_TOKEN_FILE", "/token"),
        ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/R"),
        ("AWS_PROFILE", "known"),
    ];
    found(&web, &["web-identity-beside-profile"]);
    found(&web[..2], &[]);
    found(
        &[ID, SECRET, TOKEN, ("AWS_SECURITY_TOKEN", "u")],
        &["two-tokens"],
    );
    const OLD: (&str, &str) = ("AWS_SECURITY_TOKEN", "t");
    found(&[ID, SECRET, OLD], &[]);
    found(&[LONG, SECRET, OLD], &["token-left-behind"]);
    let past = ("AWS_CREDENTIAL_EXPIRATION", "2026-01-31T11:00:00Z");
    found(&[ID, SECRET, TOKEN, past], &["expired"]);
    found(
        &[("AWS_PROFILE", "known"), ("AWS_DEFAULT_PROFILE", "else")],
        &["two-profiles"],
    );
    found(
        &[("AWS_REGION", "a"), ("AWS_DEFAULT_REGION", "b")],
        &["two-regions"],
    );
    found(&[("AWS_ENDPOINT_URL", "http://127.0.0.1:1")], &["endpoint"]);
}

#[test]
fn files_that_are_not_there_are_problems() {
    for name in [
        "AWS_CONFIG_FILE",
        "AWS_SHARED_CREDENTIALS_FILE",
        "AWS_CA_BUNDLE",
        "AWS_WEB_IDENTITY_TOKEN_FILE",
    ] {
        found(&[(name, "/nope/x")], &["unreadable-path"]);
    }
    found(&[("AWS_CA_BUNDLE", "/there")], &[]);
    let token = ("AWS_WEB_IDENTITY_TOKEN_FILE", "/there");
    found(&[token], &["web-identity"]);
    let role = ("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/R");
    found(&[token, role], &[]);
    let nowhere = ("AWS_WEB_IDENTITY_TOKEN_FILE", "/nope");
    found(&[nowhere, role], &["unreadable-path"]);
}

#[test]
fn variables_that_are_set_and_empty_divide_the_sdks() {
    found(&[("AWS_PROFILE", "")], &["empty-profile"]);
    found(&[("AWS_CONFIG_FILE", "")], &["empty-file"]);
    found(&[("AWS_SHARED_CREDENTIALS_FILE", "")], &["empty-file"]);
    let full = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/");
    let relative = ("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "");
    found(&[full, relative], &["empty-container"]);
    found(&[full], &[]);
    found(&[relative], &[]);
}

#[test]
fn a_token_file_that_ends_in_a_line_end_is_found() {
    // The test's files hold their own names.
    found(
        &[("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "token\n")],
        &["token-line-end"],
    );
    found(&[("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", "token")], &[]);
}

#[test]
fn a_token_that_fits_no_header_is_found() {
    const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
    const FILE: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE";
    for name in [TOKEN, FILE] {
        found(&[(name, "two\nlines")], &["token-character"]);
        found(&[(name, "\u{feff}token")], &["token-character"]);
        found(&[(name, "t\u{f6}ken")], &["token-character"]);
        found(&[(name, "token")], &[]);
    }
    // The file counts where both are set.
    found(&[(TOKEN, "two\nlines"), (FILE, "token")], &[]);
    let full = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://127.0.0.1/");
    found(&[(FILE, ""), full], &["empty-file"]);
    found(&[(FILE, "")], &[]);
}

#[test]
fn a_container_endpoint_that_sdks_refuse_is_named() {
    const URL: &str = "AWS_CONTAINER_CREDENTIALS_FULL_URI";
    const TOKEN: &str = "AWS_CONTAINER_AUTHORIZATION_TOKEN";
    found(&[(URL, "http://example.com/x")], &["container-host"]);
    found(&[(URL, "https://example.com/x")], &[]);
    found(&[(URL, "http://127.0.0.1/x")], &[]);
    found(&[(URL, "http://localhost/x"), (TOKEN, "t")], &[]);
    found(&[(TOKEN, "t\n")], &["token-line-end"]);
}
