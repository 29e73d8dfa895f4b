use serde_json::{Value, json};

use crate::prove::tests::world::{Small, allow, found, when};
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

#[test]
fn a_federated_session_calls_no_iam() {
    let deny = json!({ "Effect": "Deny", "Action": "iam:*", "Resource": "*",
        "Condition": { "StringLike": { "aws:username": "a*" } } });
    let federate = allow(json!("sts:GetFederationToken"), json!("*"));
    let proof = proof(json!({}), &[deny, federate]);
    assert!(!with_key(&proof).actions.contains("iam:GetUser"));
}
