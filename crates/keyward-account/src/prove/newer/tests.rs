use serde_json::{Value, json};

use crate::prove::Scenario;
use crate::prove::tests::fixtures::{Small, allow, when, with_mfa};

/// The wildcards through which alice's key, or alice with a code, is allowed newer actions.
fn check(statements: &[Value], scenario: Scenario, expect: Option<&str>) {
    let proof = Small::default()
        .user("/", "alice", &[])
        .with("own", statements)
        .prove();
    let user = proof.users.values().next().unwrap();
    let words = user.powers(scenario).newer.in_words();
    let words = words.map(|words| {
        let (_, wildcards) = words.split_once(" through ").unwrap();
        wildcards.to_owned()
    });
    assert_eq!(words.as_deref(), expect, "{statements:?}");
}

fn deny(actions: Value) -> Value {
    json!({ "Effect": "Deny", "Action": actions, "Resource": "*" })
}

#[test]
fn a_wildcard_stands_for_newer_actions() {
    let key = Scenario::LongTermKey;
    let everything = || allow(json!("*"), json!("*"));
    for (statements, expect) in [
        (vec![allow(json!("s3:GetObject"), json!("*"))], None),
        (
            vec![allow(json!(["s3:Get*", "s3:GetObject"]), json!("*"))],
            Some("`s3:Get*`"),
        ),
        (
            vec![allow(
                json!(["ec2:Describe*", "s3:*", "s3:Get*"]),
                json!("*"),
            )],
            Some("`s3:*` and `ec2:Describe*`"),
        ),
        (
            vec![allow(
                json!(["a4b:*", "s3:*", "sqs:*", "sns:*"]),
                json!("*"),
            )],
            Some("`s3:*`, `a4b:*`, `sns:*` and others"),
        ),
        (
            vec![everything(), allow(json!("s3:*"), json!("*"))],
            Some("`*`"),
        ),
        (vec![everything(), deny(json!("*"))], None),
        (
            vec![allow(json!("s3:*"), json!("*")), deny(json!("s3:*"))],
            None,
        ),
    ] {
        check(&statements, key, expect);
    }
}

#[test]
fn everything_but_some_names_covers_newer_actions() {
    let but = |names: Value| json!({ "Effect": "Allow", "NotAction": names, "Resource": "*" });
    let key = Scenario::LongTermKey;
    check(
        &[but(json!(["iam:*", "organizations:*"]))],
        key,
        Some("everything but `iam:*` and `organizations:*`"),
    );
    let many = json!(["iam:*", "a4b:*", "s3:*", "ec2:*"]);
    check(&[but(many)], key, Some("everything but 4 names"));
}

/// A guard denies newer actions but those of the names that it spares.
#[test]
fn a_guard_denies_newer_actions_until_there_is_a_code() {
    let guard = |spared: Value| {
        json!({
            "Effect": "Deny", "NotAction": spared, "Resource": "*",
            "Condition": { "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } },
        })
    };
    let everything = || allow(json!("*"), json!("*"));
    let guarded = [everything(), guard(json!(["iam:GetUser"]))];
    check(&guarded, Scenario::LongTermKey, None);
    check(&guarded, Scenario::Mfa, Some("`*`"));
    let spared = [everything(), guard(json!(["iam:Get*"]))];
    check(&spared, Scenario::SessionWithoutMfa, Some("`iam:Get*`"));
    let with_code = [when(allow(json!("s3:*"), json!("*")), with_mfa())];
    check(&with_code, Scenario::LongTermKey, None);
    check(&with_code, Scenario::StaleMfa, Some("`s3:*`"));
}
