use keyward_iam::{ControlLevel, ControlPolicy, Policy, PolicyKind};
use serde_json::json;

use crate::prove::tests::fixtures::{Small, allow, arn, trust, when, with_mfa};
use crate::prove::{Outcome, Proof, ProvenAccount, Scenario, prove, why};

const ALL: &str = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;

fn level(name: &str, statements: &[&str]) -> ControlLevel {
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{}]}}"#,
        statements.join(",")
    );
    ControlLevel {
        name: name.to_owned(),
        policies: vec![ControlPolicy {
            name: format!("{name}-policy"),
            policy: Policy::parse_as(PolicyKind::ServiceControl, &text).unwrap(),
        }],
    }
}

fn small() -> Small {
    let assume = allow(json!("sts:AssumeRole"), json!(arn("role/Ops")));
    Small::default()
        .role("Ops", &[trust(with_mfa())], &["AdministratorAccess"], &[])
        .user("/", "alice", &[])
        .with(
            "own",
            &[allow(json!("s3:*"), json!("*")), when(assume, with_mfa())],
        )
}

fn proof(levels: &[ControlLevel]) -> Proof {
    let mut account = small().account();
    account.service_control = Some(levels.to_vec());
    prove(&[ProvenAccount::only(&account)])
}

#[test]
fn every_level_must_allow_what_users_and_roles_do() {
    let root = level("root", &[ALL]);
    let unit = level(
        "Prod",
        &[
            ALL,
            r#"{"Sid":"NoBuckets","Effect":"Deny","Action":"s3:CreateBucket","Resource":"*"}"#,
        ],
    );
    let proof = proof(&[root, unit]);
    let alice = proof.users.values().next().unwrap();
    let actions = &alice.powers(Scenario::LongTermKey).actions;
    assert!(actions.contains("s3:PutObject"));
    assert!(!actions.contains("s3:CreateBucket"));
    let ops = proof.roles.values().next().unwrap();
    assert!(ops.contains("ec2:RunInstances") && !ops.contains("s3:CreateBucket"));
    let counted: Vec<_> = proof.controls.iter().map(|c| c.level.as_str()).collect();
    assert_eq!(counted, ["root", "Prod"]);
}

#[test]
fn a_level_that_forbids_assuming_roles_closes_them() {
    let closed = level(
        "root",
        &[
            ALL,
            r#"{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*"}"#,
        ],
    );
    let proof = proof(&[closed]);
    let alice = proof.users.values().next().unwrap();
    assert!(alice.powers(Scenario::Mfa).roles.is_empty());
}

#[test]
fn the_deciding_policy_of_the_organization_is_named() {
    let mut account = small().account();
    account.service_control = Some(vec![level(
        "root",
        &[
            ALL,
            r#"{"Sid":"NoBuckets","Effect":"Deny","Action":"s3:CreateBucket","Resource":"*"}"#,
        ],
    )]);
    let answer = why(
        &[ProvenAccount::only(&account)],
        "alice",
        "s3:CreateBucket",
        "*",
    )
    .unwrap();
    let first = &answer.answers[0];
    assert_eq!(first.outcome, Outcome::ExplicitlyDenied);
    assert_eq!(
        first.by[0].statement.to_string(),
        "statement `NoBuckets` of the service control policy `root-policy` of `root`"
    );
}

#[test]
fn a_policy_above_that_names_one_user_says_nothing_about_the_others() {
    let alice_only = level(
        "root",
        &[
            ALL,
            r#"{"Effect":"Deny","Action":"sts:AssumeRole","Resource":"*",
                "Condition":{"ArnEquals":{"aws:PrincipalArn":"arn:aws:iam::123456789012:user/alice"}}}"#,
        ],
    );
    let mut small = Small::default().role("Ops", &[trust(json!({}))], &[], &[]);
    for name in ["alice", "bob"] {
        small = small.user("/", name, &["all"]);
    }
    let assume = allow(json!("sts:AssumeRole"), json!("*"));
    let mut account = small.group("all", &[("own", vec![assume])]).account();
    account.service_control = Some(vec![alice_only]);
    let proof = prove(&[ProvenAccount::only(&account)]);
    let reach = |name: &str| {
        let mut users = proof.users.iter();
        let (_, user) = users.find(|(key, _)| key.name.as_str() == name).unwrap();
        user.powers(Scenario::LongTermKey).roles.len()
    };
    assert_eq!((reach("alice"), reach("bob")), (0, 1));
}
