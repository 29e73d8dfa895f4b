use serde_json::json;

use crate::prove::Scenario;
use crate::prove::tests::fixtures::{Small, allow, found, when};

/// A user with rights and a guard under further conditions.
fn guarded(condition: serde_json::Value, not_denied: serde_json::Value) -> Small {
    let guard = json!({
        "Effect": "Deny", "NotAction": not_denied, "Resource": "*", "Condition": condition,
    });
    let rights = ["s3:GetObject", "iam:CreateAccessKey", "ec2:RunInstances"];
    Small::default()
        .user("/", "alice", &[])
        .with("own", &[allow(json!(rights), json!("*")), guard])
}

#[test]
fn a_guard_for_the_persons_own_calls_is_a_guard() {
    let mfa = "aws:MultiFactorAuthPresent";
    let own_calls = [
        json!({ "BoolIfExists": { mfa: "false", "aws:ViaAWSService": "false" } }),
        json!({ "BoolIfExists": { mfa: "false" }, "Null": { "aws:CalledVia": "true" } }),
        json!({ "BoolIfExists": { mfa: "false" }, "Null": { "aws:CalledViaFirst": "true" } }),
    ];
    let enrolment = json!([
        "iam:EnableMFADevice",
        "iam:ListUsers",
        "sts:GetSessionToken"
    ]);
    for condition in own_calls {
        let proof = guarded(condition.clone(), enrolment.clone()).prove();
        let user = proof.users.values().next().unwrap();
        let alone = user.powers(Scenario::LongTermKey);
        assert!(!alone.actions.contains("s3:GetObject"), "{condition}");
        assert!(!found(&proof, "guard/missing"), "{condition}");
        assert!(!proof.breaks_a_promise(), "{:#?}", proof.findings);
        // A call that a service forwards may be any call.
        let open = guarded(condition.clone(), json!(["s3:*", "sts:GetSessionToken"])).prove();
        let user = open.users.values().next().unwrap();
        let alone = user.powers(Scenario::LongTermKey);
        assert!(alone.undecided.contains("ec2:RunInstances"), "{condition}");
        assert!(found(&open, "guard/missing"), "{condition}");
    }
}

#[test]
fn a_right_for_forwarded_calls_alone_counts() {
    let forwarded = json!({ "Bool": { "aws:ViaAWSService": "true" } });
    let right = when(allow(json!("kms:Decrypt"), json!("*")), forwarded);
    let proof = Small::default()
        .user("/", "alice", &[])
        .with("own", &[right])
        .prove();
    let user = proof.users.values().next().unwrap();
    let alone = user.powers(Scenario::LongTermKey);
    assert!(alone.undecided.contains("kms:Decrypt"));
    assert!(proof.breaks_a_promise());
}
