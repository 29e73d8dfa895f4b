use serde_json::{Value, json};

use super::IN_SESSION;
use crate::prove::tests::fixtures::{Small, allow, found, when};
use crate::prove::{Powers, Proof, Scenario};

fn proof(condition: Value, more: &[Value]) -> Proof {
    let deny = json!({ "Effect": "Deny", "Action": "s3:*", "Resource": "*" });
    let own = allow(json!(["s3:GetObject", "iam:GetUser"]), json!("*"));
    let all: Vec<Value> = [own, when(deny, condition)]
        .iter()
        .chain(more)
        .cloned()
        .collect();
    Small::default()
        .user("/", "alice", &[])
        .with("own", &all)
        .prove()
}

fn with_key(proof: &Proof) -> &Powers {
    let user = proof.users.values().next().unwrap();
    user.powers(Scenario::LongTermKey)
}

#[test]
fn a_deny_by_the_name_of_the_user_spares_a_federated_session() {
    const OPEN: &str = "s3:GetObject";
    let federate = [allow(json!("sts:GetFederationToken"), json!("*"))];
    let by_name = json!({ "StringLike": { "aws:username": "a*" } });
    let open = proof(by_name.clone(), &federate);
    assert!(with_key(&open).actions.contains(OPEN));
    assert!(!with_key(&open).undecided.contains(OPEN));
    let finding = open
        .findings
        .iter()
        .find(|one| one.id == "without-mfa/s3:GetObject")
        .unwrap();
    let message = "can call `s3:GetObject` with a long-term key, in a session that \
                   `sts:GetFederationToken` makes";
    assert_eq!(finding.message, message);
    assert!(finding.statement.is_some());
    assert!(!found(&proof(by_name, &[]), "without-mfa/s3:GetObject"));
    // The session has no MFA either.
    let guard = json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } });
    assert!(!found(&proof(guard, &federate), "without-mfa/s3:GetObject"));
    // The caller chooses the name in its ARN.
    let by_arn = json!({ "ArnLike": { "aws:PrincipalArn": "arn:aws:iam::*:user/alice" } });
    assert!(with_key(&proof(by_arn, &federate)).undecided.contains(OPEN));
}

/// The proof of a user with these rights, all denied by its name, who may make a federated session.
fn denied_by_name(rights: &Value, denied: Value) -> Proof {
    let deny = when(denied, json!({ "StringLike": { "aws:username": "a*" } }));
    let federate = allow(json!("sts:GetFederationToken"), json!("*"));
    Small::default()
        .user("/", "alice", &[])
        .with("own", &[allow(rights.clone(), json!("*"))])
        .with("deny", &[deny])
        .with("federate", &[federate])
        .user("/", "bob", &[])
        .prove()
}

fn deny(actions: Value) -> Value {
    json!({ "Effect": "Deny", "Action": actions, "Resource": "*" })
}

fn message<'p>(proof: &'p Proof, id: &str) -> &'p str {
    let mut findings = proof.findings.iter();
    let finding = findings.find(|one| one.id == id && one.subject == "alice");
    &finding.unwrap_or_else(|| panic!("{id}")).message
}

#[test]
fn a_federated_session_calls_iam_in_the_console() {
    let rights = json!([
        "iam:CreateAccessKey",
        "iam:PutUserPolicy",
        "iam:TagUser",
        "sts:AssumeRole"
    ]);
    let proof = denied_by_name(&rights, deny(json!(["iam:*", "sts:AssumeRole"])));
    let actions = &with_key(&proof).actions;
    assert!(actions.contains("iam:CreateAccessKey"));
    assert!(actions.contains("iam:PutUserPolicy"));
    assert!(!actions.contains("sts:AssumeRole"));
    assert!(with_key(&proof).others.contains("iam:CreateAccessKey"));
    assert!(with_key(&proof).undecided_others.is_empty());
    for id in [
        "without-mfa/iam:CreateAccessKey",
        "longer-lived/iam:CreateAccessKey",
        "lift-guard/iam:PutUserPolicy",
    ] {
        let message = message(&proof, id);
        assert!(message.contains(IN_SESSION), "{id}: {message}");
    }
    let bob = proof.users.values().nth(1).unwrap();
    assert!(
        !bob.powers(Scenario::LongTermKey)
            .actions
            .contains("iam:CreateAccessKey")
    );
}

#[test]
fn the_advice_is_to_make_no_such_session() {
    let rights = json!(["s3:GetObject", "iam:PutUserPolicy"]);
    let proof = denied_by_name(&rights, deny(json!(["s3:*", "iam:*"])));
    let advice = |id: &str| {
        let mut findings = proof.findings.iter();
        findings.find(|one| one.id == id).unwrap().advice()
    };
    let expected = "remove `sts:GetFederationToken` from statement 1 of `federate` of user `alice`, \
                    or deny it in another policy: its session has no user name, so that denials by \
                    name spare it";
    assert!(advice("without-mfa/s3:GetObject").starts_with(expected));
    assert_eq!(advice("lift-guard/iam:PutUserPolicy"), expected);
}

#[test]
fn a_guard_that_spares_the_session_by_name_guards_nothing() {
    let guard = json!({
        "Effect": "Deny", "NotAction": "sts:GetFederationToken", "Resource": "*",
    });
    let proof = denied_by_name(&json!("*"), guard);
    let message = message(&proof, "guard/missing");
    assert!(
        message.starts_with("the guard lets through `sts:GetFederationToken`: "),
        "{message}"
    );
    assert!(!found(&proof, "guard/gaps"));
    assert!(found(&proof, "without-mfa/many"));
}

/// A service that is denied to the key by the name of its user, and not to its session, forwards the
/// session's calls.
#[test]
fn what_a_service_forwards_for_the_session_is_undecided() {
    let guard = json!({
        "Effect": "Deny",
        "NotAction": ["sts:GetFederationToken", "athena:*"],
        "Resource": "*",
        "Condition": { "BoolIfExists": {
            "aws:MultiFactorAuthPresent": "false",
            "aws:ViaAWSService": "false",
        } },
    });
    let by_name = json!({ "StringLike": { "aws:username": "a*" } });
    let proof = |more: &[Value]| {
        let all = [&[allow(json!("*"), json!("*")), guard.clone()], more].concat();
        Small::default()
            .user("/", "alice", &[])
            .with("own", &all)
            .prove()
    };
    const FORWARDED: &str = "s3:GetObject";
    let open = proof(&[]);
    assert!(with_key(&open).undecided.contains(FORWARDED));
    let by_name = proof(&[when(deny(json!("athena:*")), by_name)]);
    assert!(with_key(&by_name).actions.contains(FORWARDED));
    assert!(with_key(&by_name).undecided.contains(FORWARDED));
    let closed = proof(&[deny(json!("athena:*"))]);
    assert!(!with_key(&closed).actions.contains(FORWARDED));
}
