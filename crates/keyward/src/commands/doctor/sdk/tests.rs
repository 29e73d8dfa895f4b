//! Profiles, and what the four SDKs make of them.

use keyward_core::config::ConfigSet;

use super::{ALL, Files};

/// The outcomes of profile `p`: botocore, JavaScript, Go, Rust.
fn check(config: &str, credentials: &str, expect: [&str; 4]) {
    let set = ConfigSet::load(Some(("config", config)), Some(("credentials", credentials)));
    let set = set.unwrap();
    let message = ALL.map(|sdk| {
        let name = "p".parse().unwrap();
        let files = Files {
            config: &set,
            now: "2026-11-21T09:00:00Z".parse().unwrap(),
        };
        files.outcome(sdk, &name).says()
    });
    assert_eq!(message, expect, "{config}");
}

const KEYS: &str = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = x\n";
const LINE: &str = "credential_process = /usr/bin/keyward credential-process p\n";

#[test]
fn keyward_answers_everybody() {
    check(&format!("[profile p]\n{LINE}"), "", ["keyward"; 4]);
    check("[profile p]\nregion = x\n", "", ["nothing"; 4]);
}

#[test]
fn keys_beside_a_line_divide_the_sdks() {
    let config = format!("[profile p]\n{LINE}");
    check(
        &config,
        &format!("[p]\n{KEYS}"),
        ["clear key", "clear key", "clear key", "keyward"],
    );
    check(
        &format!("{config}{KEYS}"),
        "",
        ["keyward", "clear key", "clear key", "keyward"],
    );
}

#[test]
fn mfa_beside_a_role_divides_the_sdks() {
    let source = format!(
        "[profile s]\n{LINE}[profile p]\nsource_profile = s\nrole_arn = arn:aws:iam::123456789012:role/R\n"
    );
    check(&source, "", ["role, keyward"; 4]);
    check(
        &format!("{source}mfa_serial = arn:aws:iam::123456789012:mfa/alice\n"),
        "",
        ["asks a code", "fails: MFA", "fails: MFA", "role, no MFA"],
    );
    const SERIAL: &str = "mfa_serial = arn:aws:iam::123456789012:mfa/alice\n";
    let both = source.replace("[profile p]", &format!("{SERIAL}[profile p]"));
    check(
        &format!("{both}{SERIAL}"),
        "",
        ["asks a code", "fails: MFA", "fails: MFA", "role, keyward"],
    );
}

#[test]
fn chains_end_where_the_keys_are() {
    let config = "[profile p]\nsource_profile = q\nrole_arn = a\n[profile q]\nsource_profile = r\nrole_arn = b\n[profile r]\n";
    check(&format!("{config}{KEYS}"), "", ["role, clear key"; 4]);
    check(&format!("{config}{LINE}"), "", ["role, keyward"; 4]);
    check(config, "", ["nothing"; 4]);
    check(
        "[profile p]\nsource_profile = q\nrole_arn = a\n[profile q]\nsource_profile = p\nrole_arn = b\n",
        "",
        ["nothing"; 4],
    );
}

#[test]
fn a_section_or_a_key_that_stands_twice_costs_botocore_every_profile() {
    let fails = ["fails: file", "keyward", "keyward", "keyward"];
    let config = format!("[profile p]\n{LINE}");
    for twice in [
        "[profile q]\nregion = x\n[profile q]\noutput = json\n",
        "[profile q]\nregion = x\nregion = y\n",
    ] {
        check(&format!("{config}{twice}"), "", fails);
    }
    check(&config, "[q]\n[q]\n", fails);
    // Two writings of one name are two sections to Python.
    let config = format!("[default]\nregion = x\n[profile default]\nregion = x\n{config}");
    check(&config, "", ["keyward"; 4]);
}

#[test]
fn temporary_keys_that_ended_fail() {
    let keys =
        |end: &str| format!("[s]\n{KEYS}aws_session_token = t\nx_security_token_expires = {end}\n");
    let role = "[profile p]\nsource_profile = s\nrole_arn = arn:aws:iam::123456789012:role/R\n";
    check(role, &keys("2026-11-21T09:00:01Z"), ["role, session"; 4]);
    check(role, &keys("2026-11-21T09:00:00Z"), ["fails: ended"; 4]);
}
