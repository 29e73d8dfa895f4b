//! Roles that are open to people who are not users of the account.

use serde_json::{Value, json};

use super::fixtures::{ACCOUNT, Small, allow, found, trust, with_mfa};
use crate::prove::{Promise, Proof, Severity};

fn door(principal: Value, condition: Value) -> Value {
    json!({
        "Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole",
        "Condition": condition,
    })
}

fn open(principal: Value, condition: Value, managed: &str) -> Proof {
    Small::default()
        .role("Open", &[door(principal, condition)], &[managed], &[])
        .role("Next", &[trust(json!({}))], &[], &[])
        .user("/", "alice", &[])
        .prove()
}

fn other() -> Value {
    json!({ "AWS": "arn:aws:iam::999999999999:root" })
}

fn severity(proof: &Proof, id: &str) -> Severity {
    let mut findings = proof.findings.iter();
    let finding = findings.find(|finding| finding.id == id).unwrap();
    assert_eq!(finding.subject, "Open");
    assert_eq!(finding.breaks, Some(Promise::NoRoleWithoutMfa));
    finding.severity
}

#[test]
fn a_role_that_is_open_to_anyone_breaks_a_promise() {
    let anyone = open(json!("*"), json!({}), "AdministratorAccess");
    assert_eq!(severity(&anyone, "role-open-to/anyone"), Severity::High);
    assert!(anyone.roles.keys().any(|role| role.role_name() == "Next"));
    let reader = open(json!("*"), json!({}), "AmazonS3ReadOnlyAccess");
    assert_eq!(severity(&reader, "role-open-to/anyone"), Severity::High);
    let asks = open(json!("*"), with_mfa(), "AdministratorAccess");
    let id = "role-open-to/anyone-with-own-device";
    assert_eq!(severity(&asks, id), Severity::High);
}

#[test]
fn a_role_that_is_open_to_another_account_breaks_a_promise() {
    let id = "role-open-to/account-999999999999";
    let administrator = open(other(), json!({}), "AdministratorAccess");
    assert_eq!(severity(&administrator, id), Severity::High);
    let reader = open(other(), json!({}), "AmazonS3ReadOnlyAccess");
    assert_eq!(severity(&reader, id), Severity::Medium);
    let external = json!({ "StringEquals": { "sts:ExternalId": "42" } });
    let external = open(other(), external, "AdministratorAccess");
    assert_eq!(severity(&external, id), Severity::Medium);
    assert!(!found(
        &open(other(), with_mfa(), "AdministratorAccess"),
        id
    ));
    let own = open(json!({ "AWS": ACCOUNT }), json!({}), "AdministratorAccess");
    assert!(own.outsiders.is_empty(), "{:?}", own.outsiders);
}

#[test]
fn a_service_role_that_can_widen_its_rights_may_not_be_passed_on() {
    let service = json!({
        "Effect": "Allow", "Principal": { "Service": "lambda.amazonaws.com" },
        "Action": "sts:AssumeRole",
    });
    let prove = |actions: Value| {
        let passing = super::fixtures::when(
            allow(
                json!("iam:PassRole"),
                json!(super::fixtures::arn("role/Lam")),
            ),
            with_mfa(),
        );
        Small::default()
            .role(
                "Lam",
                std::slice::from_ref(&service),
                &[],
                &[allow(actions, json!("*"))],
            )
            .user("/", "alice", &[])
            .with("own", &[passing])
            .prove()
    };
    assert!(found(
        &prove(json!(["iam:PutUserPolicy"])),
        "widen/iam:PassRole"
    ));
    assert!(found(&prove(json!(["iam:PassRole"])), "widen/iam:PassRole"));
    assert!(!found(
        &prove(json!(["s3:GetObject"])),
        "widen/iam:PassRole"
    ));
}
