use serde_json::{Value, json};

use crate::prove::Proof;
use crate::prove::tests::world::{Small, allow, arn, trust, when, with_mfa};

/// The trust of a role that a service takes.
fn for_service(name: &str) -> Value {
    json!({ "Effect": "Allow", "Principal": { "Service": name }, "Action": "sts:AssumeRole" })
}

/// Alice may do these with a code. A role that reads may do them, too.
fn small(actions: &Value) -> Small {
    let assume = allow(json!("sts:AssumeRole"), json!(arn("role/Work")));
    let own = allow(actions.clone(), json!("*"));
    Small::default()
        .user("/", "alice", &[])
        .with(
            "own",
            &[when(own.clone(), with_mfa()), when(assume, with_mfa())],
        )
        .role("Work", &[trust(with_mfa())], &[], &[own])
}

/// The subjects of a finding, none of which is certain.
fn subjects(proof: &Proof, action: &str) -> Vec<String> {
    let id = format!("widen/{action}");
    let found = proof.findings.iter().filter(|finding| finding.id == id);
    found
        .map(|finding| {
            assert!(!finding.certain && finding.statement.is_some(), "{finding}");
            finding.subject.clone()
        })
        .collect()
}

#[test]
fn the_code_of_a_function_with_a_powerful_role_widens_rights() {
    const UPDATE: &str = "lambda:UpdateFunctionCode";
    let everything = allow(json!("*"), json!("*"));
    let little = allow(json!("s3:GetObject"), json!("*"));
    for (service, rights, widens) in [
        ("lambda.amazonaws.com", &everything, true),
        ("lambda.amazonaws.com", &little, false),
        ("ec2.amazonaws.com", &everything, false),
        ("lambdas.amazonaws.com", &everything, false),
    ] {
        let small = small(&json!([UPDATE, "lambda:Get*"])).role(
            "Worker",
            &[for_service(service)],
            &[],
            std::slice::from_ref(rights),
        );
        let expected: &[&str] = if widens { &["alice", "Work"] } else { &[] };
        let mut subjects = subjects(&small.prove(), UPDATE);
        subjects.sort_by_key(|name| name == "Work");
        assert_eq!(subjects, expected, "{service}");
    }
}

#[test]
fn a_way_that_takes_several_actions_takes_them_all() {
    const CHANGE: &str = "ec2:ModifyInstanceAttribute";
    let proof = |actions: Value| {
        let everything = allow(json!("*"), json!("*"));
        let trust = [for_service("ec2.amazonaws.com.cn")];
        let small = small(&actions).role("Worker", &trust, &[], &[everything]);
        subjects(&small.prove(), CHANGE).len()
    };
    assert_eq!(proof(json!([CHANGE, "ec2:StopInstances"])), 0);
    assert_eq!(proof(json!([CHANGE, "ec2:St*Instances"])), 2);
}

#[test]
fn permission_sets_widen_rights_where_there_are_some() {
    const ASSIGN: &str = "sso:CreateAccountAssignment";
    let plain = small(&json!("sso:*"));
    assert!(subjects(&plain.prove(), ASSIGN).is_empty());
    let managed = plain.role(
        "AWSReservedSSO_Admin_0123456789abcdef",
        &[trust(with_mfa())],
        &[],
        &[allow(json!("s3:*"), json!("*"))],
    );
    assert_eq!(subjects(&managed.prove(), ASSIGN).len(), 2);
}
