use serde_json::json;

use super::{Block, blocks};
use crate::prove::Finding;
use crate::prove::tests::fixtures::{Small, allow, arn};

/// The subjects and the ids' actions of each block about one kind of finding.
fn shape(findings: &[Finding], family: &str) -> Vec<(String, String)> {
    let blocks = blocks(findings);
    let own = blocks
        .iter()
        .filter(|block| block.first.id.starts_with(family));
    own.map(
        |Block {
             subjects, actions, ..
         }| (subjects.join(" "), actions.join(" ")),
    )
    .collect()
}

fn check(small: &Small, family: &str, expect: &[(&str, &str)]) {
    let proof = small.prove();
    let found = shape(&proof.findings, family);
    let found: Vec<(&str, &str)> = found
        .iter()
        .map(|(a, b)| (a.as_str(), b.as_str()))
        .collect();
    assert_eq!(found, expect);
}

#[test]
fn findings_about_one_statement_are_one_block() {
    let both = allow(json!(["s3:GetObject", "s3:PutObject"]), json!("*"));
    let other = allow(json!("sqs:SendMessage"), json!("*"));
    let small = Small::default()
        .group("people", &[("own", vec![both, other])])
        .user("/", "alice", &["people"])
        .user("/", "bob", &["people"]);
    check(
        &small,
        "without-mfa/",
        &[
            ("alice bob", "s3:GetObject s3:PutObject"),
            ("alice bob", ""),
        ],
    );
    check(&small, "guard/", &[("alice bob", "")]);
}

#[test]
fn each_user_of_a_policy_of_its_own_is_a_block() {
    let grants = [allow(json!("s3:GetObject"), json!("*"))];
    let small = Small::default()
        .user("/", "alice", &[])
        .with("own", &grants)
        .user("/", "bob", &[])
        .with("own", &grants);
    check(&small, "without-mfa/", &[("alice", ""), ("bob", "")]);
}

#[test]
fn actions_with_reasons_of_their_own_are_blocks() {
    let grants = [allow(
        json!(["iam:CreateAccessKey", "iam:UploadSSHPublicKey"]),
        json!(arn("user/${aws:username}")),
    )];
    let small = Small::default()
        .user("/", "alice", &[])
        .with("own", &grants);
    check(&small, "longer-lived/", &[("alice", ""), ("alice", "")]);
}

#[test]
fn many_longer_lived_secrets_are_two_blocks() {
    let small = Small::default()
        .user("/", "alice", &[])
        .with("own", &[allow(json!("*"), json!("*"))]);
    let proof = small.prove();
    let found = shape(&proof.findings, "longer-lived/");
    assert_eq!(found.len(), 2, "{found:?}");
    assert!(
        found
            .iter()
            .any(|(_, actions)| actions.contains("iam:CreateAccessKey"))
    );
}

#[test]
fn an_edit_of_one_finding_only_keeps_it_apart() {
    let grants = [allow(json!(["s3:GetObject", "s3:PutObject"]), json!("*"))];
    let small = Small::default()
        .user("/", "alice", &[])
        .with("own", &grants);
    let mut proof = small.prove();
    let is_of = |finding: &&mut Finding| finding.id == "without-mfa/s3:PutObject";
    proof.findings.iter_mut().find(is_of).unwrap().fix = Some("- line".to_owned());
    let found = shape(&proof.findings, "without-mfa/");
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn the_name_of_one_of_several_users_is_left_out_of_the_reason() {
    let grants = allow(
        json!(["iam:EnableMFADevice", "iam:CreateVirtualMFADevice"]),
        json!([arn("user/${aws:username}"), arn("mfa/${aws:username}")]),
    );
    let small = Small::default()
        .group("people", &[("own", vec![grants])])
        .user("/", "alice", &["people"]);
    let reason = |small: &Small| {
        let proof = small.prove();
        let blocks = blocks(&proof.findings);
        let own = |block: &&Block<'_>| block.first.id == "enrolment/path";
        blocks.iter().find(own).unwrap().message.clone()
    };
    assert!(reason(&small).contains("`user/alice` only"));
    let two = small.user("/", "bob", &["people"]);
    assert!(
        reason(&two).contains("`user/NAME` only"),
        "{}",
        reason(&two)
    );
}

#[test]
fn every_finding_is_in_one_block() {
    let small = Small::default()
        .group("admins", &[("all", vec![allow(json!("*"), json!("*"))])])
        .user("/", "alice", &["admins"])
        .user("/", "bob", &["admins"])
        .user("/", "carol", &[])
        .with("own", &[allow(json!(["s3:*", "iam:*"]), json!("*"))]);
    let proof = small.prove();
    let counted = blocks(&proof.findings)
        .iter()
        .map(|block| block.subjects.len() * block.actions.len().max(1))
        .sum::<usize>();
    assert_eq!(counted, proof.findings.len());
}
