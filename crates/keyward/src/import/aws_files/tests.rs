use std::path::Path;

use keyward_core::config::FileKind;

use super::{AwsFile, harvest};
use crate::import::Loss;

const KEY: &str = "aws_access_key_id = AKIAIOSFODNN7EXAMPLE\n\
    aws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n";
const BOB: &str = "aws_access_key_id = AKIAI44QH8DHBEXAMPLE\n\
    aws_secret_access_key = je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY\n";

/// The keys found, as `profile id: files`, then what stays, as `! what: why` where it matters.
#[track_caller]
fn check(credentials: &str, config: &str, expect: &[&str]) {
    let file = |name: &str, kind, text: &str| AwsFile::parse(Path::new(name), kind, text).unwrap();
    let found = harvest(&[
        file("/credentials", FileKind::Credentials, credentials),
        file("/config", FileKind::Config, config),
    ]);
    let keys = found.keys.iter().map(|key| {
        let files: Vec<String> = key
            .removals
            .iter()
            .map(|removal| format!("{} {}", removal.path.display(), removal.keys.len()))
            .collect();
        format!(
            "{} {}: {}",
            key.profile,
            key.given.access_key_id,
            files.join(", ")
        )
    });
    let left = found.left.iter().map(|left| {
        let mark = if left.loss == Loss::Key { "!" } else { "-" };
        format!("{mark} {}: {}", left.what, left.why)
    });
    assert_eq!(keys.chain(left).collect::<Vec<_>>(), expect);
}

#[test]
fn long_lived_keys_are_found_in_both_files() {
    check("", "", &[]);
    check(
        &format!("[default]\n{KEY}region = eu-west-1\n"),
        &format!("[default]\noutput = json\n[profile bob]\n{BOB}"),
        &[
            "default AKIAIOSFODNN7EXAMPLE: /credentials 2",
            "bob AKIAI44QH8DHBEXAMPLE: /config 2",
        ],
    );
    // The same key in both goes from both.
    check(
        &format!("[a]\n{KEY}"),
        &format!("[profile a]\n{KEY}"),
        &["a AKIAIOSFODNN7EXAMPLE: /credentials 2, /config 2"],
    );
}

#[test]
fn two_different_keys_of_one_profile_both_stay() {
    check(
        &format!("[a]\n{KEY}"),
        &format!("[profile a]\n{BOB}"),
        &[
            "! profile `a`: /credentials:1 and /config:1 give it two different keys; take out the one it does not need",
        ],
    );
}

#[test]
fn what_is_no_long_lived_key_stays() {
    let temporary = KEY.replace("AKIA", "ASIA");
    check(
        &format!(
            "[saml]\n{temporary}aws_session_token = t\n[old]\n{KEY}aws_security_token = t\n\
             [torn]\n{temporary}[none]\nregion = x\n[a-long-term]\n{BOB}"
        ),
        "",
        &[
            "- profile `saml` at /credentials:1: temporary credentials end by themselves",
            "! profile `old` at /credentials:5: a session token is set beside it, which a long-lived key never has; remove that line",
            "- profile `torn` at /credentials:9: temporary credentials end by themselves",
            "- profile `a-long-term` at /credentials:14: it is aws-mfa's; `keyward import aws-mfa` takes it",
        ],
    );
}

#[test]
fn spoilt_keys_are_missed_and_never_repeated() {
    check(
        "[half]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\n[other]\naws_secret_access_key = x\n\
         [swapped]\naws_access_key_id = wJalrXUtnFEMI/K7MDENG\naws_secret_access_key = AKIAIOSFODNN7EXAMPLE\n\
         [cut]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI\n",
        &format!("[Acme]\n{KEY}"),
        &[
            "! profile `half` at /credentials:1: the secret access key is missing",
            "! profile `other` at /credentials:3: the access key id is missing",
            "! profile `swapped` at /credentials:5: the id and the secret are swapped",
            "! profile `cut` at /credentials:8: a secret access key has 40 characters; this one does not",
            "! section `[Acme]` of /config: the AWS tools ignore a section of that name; rename it to `[profile NAME]` first",
        ],
    );
    check(
        &format!("[imp two]\n{KEY}"),
        "",
        &[
            "! section `[imp two]` of /credentials: boto3 and the AWS CLI read a section of that name, other SDKs do not; rename it to `[NAME]` of letters, digits and `_-/.%@:+` first",
        ],
    );
}
