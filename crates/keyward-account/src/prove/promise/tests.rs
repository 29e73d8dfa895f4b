use serde_json::json;

use crate::prove::finding::Promise;
use crate::prove::tests::world::{Small, allow, arn, found, trust, when, with_mfa};

fn guard() -> serde_json::Value {
    json!({
        "Effect": "Deny", "NotAction": ["iam:EnableMFADevice", "sts:GetSessionToken"],
        "Resource": "*",
        "Condition": { "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } },
    })
}

#[test]
fn what_a_key_can_turn_into_something_longer_lived_is_named() {
    let keys = allow(
        json!("iam:CreateAccessKey"),
        json!(arn("user/${aws:username}")),
    );
    let proof = Small::default()
        .user("/", "alice", &[])
        .with("own", std::slice::from_ref(&keys))
        .prove();
    let finding = proof
        .findings
        .iter()
        .find(|finding| finding.id == "longer-lived/iam:CreateAccessKey")
        .unwrap();
    assert_eq!(finding.subject, "alice");
    let guarded = Small::default()
        .user("/", "alice", &[])
        .with("own", &[when(keys, with_mfa())])
        .prove();
    assert!(!found(&guarded, "longer-lived/iam:CreateAccessKey"));
}

#[test]
fn a_user_who_can_detach_the_guard_lifts_it() {
    let own = when(
        allow(json!("iam:DeleteUserPolicy"), json!(arn("user/alice"))),
        with_mfa(),
    );
    let elsewhere = when(
        allow(json!("iam:DeleteUserPolicy"), json!(arn("user/robot"))),
        with_mfa(),
    );
    for (statement, lifts) in [(own, true), (elsewhere, false)] {
        let proof = Small::default()
            .user("/", "alice", &[])
            .with("own", &[statement, guard()])
            .prove();
        assert_eq!(found(&proof, "lift-guard/iam:DeleteUserPolicy"), lifts);
    }
}

#[test]
fn the_hole_of_a_guard_with_plain_bool_is_found() {
    let mut deny = guard();
    deny["Condition"] = json!({ "Bool": { "aws:MultiFactorAuthPresent": "false" } });
    let small = |guard| {
        let user = Small::default().user("/", "alice", &[]);
        user.with("own", &[allow(json!("s3:GetObject"), json!("*")), guard])
            .prove()
    };
    let open = small(deny);
    assert!(found(&open, "guard/missing") && found(&open, "without-mfa/s3:GetObject"));
    let closed = small(guard());
    assert!(!found(&closed, "guard/missing") && !closed.breaks_a_promise());
    // As AWS writes it, the guard leaves enrolment open on other users.
    assert!(found(&closed, "guard/others"));
}

#[test]
fn administrators_have_a_lesser_role() {
    let small = |roles: &[&str]| {
        let mut grants = Vec::new();
        let mut small = Small::default();
        for role in roles {
            small = small.role(role, &[trust(with_mfa())], &[role], &[]);
            grants.push(allow(
                json!("sts:AssumeRole"),
                json!(arn(&format!("role/{role}"))),
            ));
        }
        grants.push(guard());
        small.user("/", "alice", &[]).with("own", &grants).prove()
    };
    let both = small(&["AdministratorAccess", "ReadOnlyAccess"]);
    let broken = |proof: &crate::prove::Proof| {
        let mut findings = proof.findings.iter();
        findings.any(|f| f.breaks == Some(Promise::AdministratorsReadByDefault))
    };
    assert!(!broken(&both), "{:#?}", both.findings);
    assert!(broken(&small(&["AdministratorAccess"])));
}

#[test]
fn a_policy_that_cannot_be_judged_is_named() {
    let proof = Small::default()
        .role(
            "Ops",
            &[trust(with_mfa())],
            &["AmazonMacieFullAccess", "NoSuchPolicy"],
            &[],
        )
        .user("/", "alice", &[])
        .prove();
    assert!(found(&proof, "unknown-policy/AmazonMacieFullAccess"));
    let gone = proof
        .findings
        .iter()
        .find(|finding| finding.id == "unknown-policy/NoSuchPolicy")
        .unwrap();
    assert_eq!(gone.subject, "Ops");
    assert!(gone.message.contains("AWS has no such policy"), "{gone}");
    let mut unread = Small::default().role("Ops", &[trust(with_mfa())], &[], &[]);
    unread.roles[0]["AssumeRolePolicyDocument"] = json!("{");
    let proof = unread.user("/", "alice", &[]).prove();
    assert!(found(&proof, "unreadable-policy/trust"));
}
