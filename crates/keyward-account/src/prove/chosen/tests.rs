use serde_json::{Value, json};

use crate::prove::tests::fixtures::{Small, allow, arn, trust, when};
use crate::prove::{ProvenAccount, Scenario, why};

/// Whether the way of a key to a role is certain, if these trust statements decide.
fn is_certain(trusts: &[Value]) -> bool {
    is_certain_with(trusts, allow(json!("sts:AssumeRole"), json!("*")))
}

fn is_certain_with(trusts: &[Value], own: Value) -> bool {
    let small = Small::default()
        .role("Ops", trusts, &[], &[])
        .user("/", "alice", &[])
        .with("own", &[own]);
    let proof = small.prove();
    let alice = proof.users.values().next().unwrap();
    let mut paths = alice.powers(Scenario::LongTermKey).roles.values();
    let certain = paths.next().unwrap().certain;
    let account = small.account();
    let accounts = [ProvenAccount::only(&account)];
    let why = why(&accounts, "alice", "sts:AssumeRole", &arn("role/Ops")).unwrap();
    assert_eq!(why.answers[0].limit.is_none(), certain, "{trusts:?}");
    certain
}

fn deny(condition: Value) -> Value {
    json!({ "Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Condition": condition })
}

#[test]
fn what_the_caller_chooses_keeps_no_caller_out() {
    for condition in [
        json!({ "StringEquals": { "sts:RoleSessionName": "${aws:username}" } }),
        json!({ "StringLike": { "sts:RoleSessionName": "team-*" } }),
        json!({ "StringEquals": { "aws:RequestedRegion": ["eu-west-1", "eu-west-3"] } }),
        json!({ "StringLike": { "aws:UserAgent": "*console*" } }),
        json!({ "Bool": { "aws:SecureTransport": "true" } }),
        json!({ "NumericLessThanEquals": { "sts:DurationSeconds": "3600" } }),
        json!({ "Null": { "aws:RequestTag/team": "true", "sts:SourceIdentity": "true" } }),
        json!({ "DateGreaterThan": { "aws:CurrentTime": "2020-01-01T00:00:00Z" } }),
    ] {
        assert!(is_certain(&[trust(condition.clone())]), "{condition}");
    }
    let open = || trust(json!({}));
    for condition in [
        json!({ "Bool": { "aws:SecureTransport": "false" } }),
        json!({ "StringNotLike": { "sts:RoleSessionName": "${aws:username}" } }),
        json!({ "StringNotEquals": { "aws:RequestedRegion": "eu-west-1" } }),
    ] {
        assert!(
            is_certain(&[open(), deny(condition.clone())]),
            "{condition}"
        );
    }
}

#[test]
fn what_the_caller_does_not_choose_stays_undecided() {
    for condition in [
        json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } }),
        json!({ "StringEquals": { "sts:ExternalId": "example" } }),
        json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" } }),
        json!({ "StringEquals": { "sts:SourceIdentity": "alice" } }),
        json!({ "DateLessThan": { "aws:CurrentTime": "2090-01-01T00:00:00Z" } }),
        // Both at once are met by no name.
        json!({
            "StringEquals": { "sts:RoleSessionName": "a1" }, "StringLike": { "sts:RoleSessionName": "b*" },
        }),
    ] {
        assert!(!is_certain(&[trust(condition.clone())]), "{condition}");
    }
}

#[test]
fn a_caller_tries_each_value_that_is_asked_for() {
    let named = |value: Value| json!({ "StringEquals": { "sts:RoleSessionName": value } });
    // A deny takes the first.
    let but_first = deny(json!({ "StringEquals": { "sts:RoleSessionName": "first" } }));
    let either = trust(named(json!(["first", "second"])));
    assert!(is_certain(&[either, but_first.clone()]));
    assert!(!is_certain(&[trust(named(json!("first"))), but_first]));
    // Statements about other roles or actions ask for nothing here.
    let mut elsewhere = allow(json!("sts:AssumeRole"), json!(arn("role/Other")));
    elsewhere["Condition"] = named(json!(["a", "b", "c", "d", "e", "f", "g", "h", "i"]));
    let other_action = when(
        allow(json!("s3:*"), json!("*")),
        elsewhere["Condition"].clone(),
    );
    let own = allow(json!("sts:AssumeRole"), json!(arn("role/Ops")));
    let wanted = when(own, named(json!("wanted")));
    let small = Small::default()
        .role("Ops", &[trust(json!({}))], &[], &[])
        .user("/", "alice", &[])
        .with("own", &[elsewhere, other_action, wanted]);
    let proof = small.prove();
    let alice = proof.users.values().next().unwrap();
    let roles = &alice.powers(Scenario::LongTermKey).roles;
    assert!(roles.values().next().unwrap().certain);
}

#[test]
fn a_source_identity_is_chosen_by_those_who_may_set_one() {
    let asks = |actions: Value| {
        let mut asks = trust(json!({ "StringLike": { "sts:SourceIdentity": "${aws:username}" } }));
        asks["Action"] = actions;
        [asks]
    };
    let both = json!(["sts:AssumeRole", "sts:SetSourceIdentity"]);
    let own = |actions: &str| allow(json!(actions), json!("*"));
    assert!(is_certain_with(&asks(both.clone()), own("sts:*")));
    assert!(!is_certain_with(&asks(both), own("sts:AssumeRole")));
    assert!(!is_certain_with(
        &asks(json!("sts:AssumeRole")),
        own("sts:*")
    ));
}

#[test]
fn a_deny_without_tls_leaves_no_doubt() {
    let insecure = json!({ "Bool": { "aws:SecureTransport": "false" } });
    let doubts = |statements: &[Value]| {
        let small = Small::default().user("/", "alice", &[]);
        let proof = small.with("own", statements).prove();
        let alice = proof.users.values().next().unwrap();
        let powers = alice.powers(Scenario::LongTermKey);
        assert!(powers.actions.contains("s3:GetObject"));
        powers.undecided.contains("s3:GetObject")
    };
    let read = || allow(json!("s3:GetObject"), json!("*"));
    let denied = json!({
        "Effect": "Deny", "Action": "*", "Resource": "*", "Condition": insecure.clone(),
    });
    assert!(!doubts(&[read(), denied.clone()]));
    // A caller may prefer to call without TLS.
    assert!(doubts(&[when(read(), insecure)]));
    let secure = json!({ "Bool": { "aws:SecureTransport": "true" } });
    assert!(!doubts(&[when(read(), secure), denied]));
}
