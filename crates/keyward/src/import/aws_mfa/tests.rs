use std::path::Path;

use keyward_core::config::FileKind;

use super::harvest;
use crate::import::{AwsFile, Loss};

const KEY: &str = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
    aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";
const BOB: &str = "aws_access_key_id = AKIAI44QH8DHBEXAMPLE\n\
    aws_secret_access_key = je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY\n";
const DEVICE: &str = "aws_mfa_device = arn:aws:iam::123456789012:mfa/alice\n";

/// The keys found, as `profile id device: section keys, …`, then what stays.
#[track_caller]
fn check(credentials: &str, expect: &[&str]) {
    let file = AwsFile::parse(Path::new("/c"), FileKind::Credentials, credentials).unwrap();
    let found = harvest(&file);
    let keys = found.keys.iter().map(|key| {
        let lines: Vec<String> = key
            .removals
            .iter()
            .map(|removal| format!("{:?} {}", removal.section, removal.keys.join(" ")))
            .collect();
        let device = key
            .mfa_serial
            .as_ref()
            .map_or("-", |serial| serial.as_str());
        format!(
            "{} {} {device}: {}",
            key.profile,
            key.given.access_key_id,
            lines.join(", ")
        )
    });
    let left = found.left.iter().map(|left| {
        let mark = if left.loss == Loss::Key { "!" } else { "-" };
        format!("{mark} {}: {}", left.what, left.why)
    });
    assert_eq!(keys.chain(left).collect::<Vec<_>>(), expect);
}

#[test]
fn the_key_goes_under_the_plain_name_and_takes_its_session_along() {
    let session = KEY.replace("AKIA", "ASIA");
    check(
        &format!(
            "[default-long-term]\n{KEY}{DEVICE}\n[default]\nassumed_role = False\n{session}\
             aws_session_token = t\naws_security_token = t\nexpiration = 2026-01-31 12:00:00\nregion = eu-west-1\n"
        ),
        &[
            "default AKIAIOSFODNN7EXAMPLE arn:aws:iam::123456789012:mfa/alice: \
             Profile(ProfileName(\"default-long-term\")) aws_access_key_id aws_secret_access_key aws_mfa_device, \
             Profile(ProfileName(\"default\")) aws_access_key_id aws_secret_access_key aws_session_token \
             aws_security_token expiration assumed_role",
        ],
    );
    check(
        &format!("[dev-long-term]\n{KEY}[unrelated]\n{BOB}"),
        &[
            "dev AKIAIOSFODNN7EXAMPLE -: Profile(ProfileName(\"dev-long-term\")) aws_access_key_id aws_secret_access_key",
        ],
    );
}

#[test]
fn a_second_key_under_the_plain_name_is_not_overwritten() {
    check(
        &format!("[a-long-term]\n{KEY}[a]\n{BOB}"),
        &[
            "! section `[a-long-term]` at /c:1: `[a]` holds a long-lived key of its own; import that first, or take it out",
        ],
    );
}

#[test]
fn devices_that_sts_does_not_take_are_told() {
    check(
        &format!(
            "[a-long-term]\n{KEY}aws_mfa_device = arn:aws:iam::123456789012:u2f/user/alice/k\n"
        ),
        &[
            "! section `[a-long-term]` at /c:1: its device is a security key, and STS accepts no codes from one",
        ],
    );
    check(
        &format!("[a-long-term]\n{KEY}aws_mfa_device = x\n"),
        &["! section `[a-long-term]` at /c:1: its `aws_mfa_device` is not an MFA serial"],
    );
}

#[test]
fn a_role_of_aws_mfa_is_pointed_out() {
    check(
        &format!("[a-long-term]\n{KEY}assume_role = arn:aws:iam::123456789012:role/Admin\n"),
        &[
            "a AKIAIOSFODNN7EXAMPLE -: Profile(ProfileName(\"a-long-term\")) aws_access_key_id aws_secret_access_key",
            "- `assume_role` of `[a-long-term]`: a role is a profile of its own: `role_arn`, and `source_profile = a`",
        ],
    );
}
