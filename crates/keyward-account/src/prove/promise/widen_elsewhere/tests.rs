use serde_json::{Value, json};

use crate::prove::tests::fixtures::{Small, allow, arn, trust, when, with_mfa};
use crate::prove::{Proof, ProvenAccount, prove};

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
fn a_service_that_a_trust_policy_denies_takes_no_role() {
    const UPDATE: &str = "lambda:UpdateFunctionCode";
    let mut denied = for_service("lambda.amazonaws.com");
    denied["Effect"] = json!("Deny");
    let trust = [denied, for_service("ec2.amazonaws.com")];
    let everything = allow(json!("*"), json!("*"));
    let small = small(&json!([UPDATE])).role("Worker", &trust, &[], &[everything]);
    assert!(subjects(&small.prove(), UPDATE).is_empty());
}

/// Only a denial that always holds, of the service itself, shuts it out.
#[test]
fn a_service_that_a_trust_policy_allows_and_denies_takes_no_role() {
    const UPDATE: &str = "lambda:UpdateFunctionCode";
    let deny = |service: &str| {
        let mut denied = for_service(service);
        denied["Effect"] = json!("Deny");
        denied
    };
    let of_one = when(
        deny("lambda.amazonaws.com"),
        json!({ "StringEquals": { "aws:SourceAccount": "210987654321" } }),
    );
    let mut tags = deny("lambda.amazonaws.com");
    tags["Action"] = json!("sts:TagSession");
    for (denied, widens) in [
        (deny("lambda.amazonaws.com"), false),
        (deny("Lambda.amazonaws.com"), true),
        (deny("ec2.amazonaws.com"), true),
        (of_one, true),
        (tags, true),
    ] {
        let trust = [for_service("lambda.amazonaws.com"), denied.clone()];
        let everything = [allow(json!("*"), json!("*"))];
        let changes = small(&json!([UPDATE])).role("Worker", &trust, &[], &everything);
        let found = !subjects(&changes.prove(), UPDATE).is_empty();
        assert_eq!(found, widens, "{denied}");
        let pass = allow(json!("iam:PassRole"), json!(arn("role/Worker")));
        let passes = Small::default()
            .user("/", "alice", &[])
            .with("own", &[when(pass, with_mfa())])
            .role("Worker", &trust, &[], &everything);
        let mut findings = passes.prove().findings.into_iter();
        let found = findings.any(|finding| finding.id == "widen/iam:PassRole");
        assert_eq!(found, widens, "{denied}");
    }
}

#[test]
fn commands_on_nodes_outside_ec2_run_with_roles_of_systems_manager() {
    for action in ["ssm:SendCommand", "ssm:StartSession"] {
        let trust = [for_service("ssm.amazonaws.com")];
        let everything = allow(json!("*"), json!("*"));
        let small = small(&json!([action])).role("Hybrid", &trust, &[], &[everything]);
        assert_eq!(subjects(&small.prove(), action).len(), 2, "{action}");
    }
}

#[test]
fn a_service_may_take_another_role_than_the_one_that_asks() {
    const UPDATE: &str = "lambda:UpdateFunctionCode";
    let powerful = |small: Small, name: &str| {
        let trust = [for_service("lambda.amazonaws.com"), trust(with_mfa())];
        let rights = allow(json!(["iam:PutRolePolicy", UPDATE]), json!("*"));
        small.role(name, &trust, &[], &[rights])
    };
    let reached = |small: Small| {
        let assume = when(allow(json!("sts:AssumeRole"), json!("*")), with_mfa());
        let own = when(allow(json!(UPDATE), json!("*")), with_mfa());
        let small = small.user("/", "alice", &[]).with("own", &[assume, own]);
        subjects(&small.prove(), UPDATE)
    };
    let one = powerful(Small::default(), "First");
    assert_eq!(reached(one.clone()), ["alice"]);
    let mut both = reached(powerful(one, "Second"));
    both.sort();
    assert_eq!(both, ["First", "Second", "alice"]);
}

#[test]
fn permission_sets_widen_rights_where_there_are_some() {
    const CENTER: &str = "identity-center";
    let plain = small(&json!("sso:*"));
    assert!(subjects(&plain.prove(), CENTER).is_empty());
    // The id is the same for one action and for all.
    for actions in ["sso:*", "sso:CreateAccountAssignment"] {
        let managed = small(&json!(actions)).role(
            "AWSReservedSSO_Admin_0123456789abcdef",
            &[trust(with_mfa())],
            &[],
            &[allow(json!("s3:*"), json!("*"))],
        );
        let proof = managed.prove();
        assert_eq!(subjects(&proof, CENTER).len(), 2, "{actions}");
        let mut findings = proof.findings.iter();
        let found = findings.find(|finding| finding.id == "widen/identity-center");
        let found = found.unwrap();
        let named = found.message.contains("`sso:CreateAccountAssignment`");
        assert!(named, "{found}");
        assert!(found.advice().contains("actions of IAM Identity Center"));
        assert!(!proof.findings.iter().any(|f| f.id.starts_with("widen/sso")));
    }
}

#[test]
fn power_is_followed_through_every_way_from_role_to_role() {
    let everything = allow(json!("*"), json!("*"));
    let update = || allow(json!("lambda:UpdateFunctionCode"), json!("*"));
    let pass = |role: &str| allow(json!("iam:PassRole"), json!(arn(role)));
    let assume = |role: &str| allow(json!("sts:AssumeRole"), json!(arn(role)));
    let function = || for_service("lambda.amazonaws.com");
    let machine = || for_service("ec2.amazonaws.com");
    // What the passed role may do, and whether that surely leads to every right.
    for (rights, certain) in [
        (assume("role/Admin"), Some(true)),
        (pass("role/Admin"), Some(true)),
        (update(), Some(false)),
        (assume("role/Second"), Some(false)),
        (assume("role/Nothing"), None),
    ] {
        let proof = Small::default()
            .user("/", "alice", &[])
            .with("own", &[when(pass("role/First"), with_mfa())])
            .role("First", &[machine()], &[], std::slice::from_ref(&rights))
            .role("Second", &[trust(json!({}))], &[], &[update()])
            .role("Nothing", &[trust(json!({}))], &[], &[])
            .role(
                "Admin",
                &[trust(json!({})), function()],
                &[],
                std::slice::from_ref(&everything),
            )
            .prove();
        let mut findings = proof.findings.iter();
        let found = findings.find(|f| f.id == "widen/iam:PassRole" && f.subject == "alice");
        assert_eq!(found.map(|found| found.certain), certain, "{rights}");
    }
}

#[test]
fn code_that_runs_with_a_role_behind_a_role_widens_rights() {
    const UPDATE: &str = "lambda:UpdateFunctionCode";
    let assume = allow(json!("sts:AssumeRole"), json!(arn("role/Admin")));
    let small = small(&json!([UPDATE]))
        .role(
            "Worker",
            &[for_service("lambda.amazonaws.com")],
            &[],
            &[assume],
        )
        .role(
            "Admin",
            &[trust(json!({}))],
            &[],
            &[allow(json!("*"), json!("*"))],
        );
    let mut subjects = subjects(&small.prove(), UPDATE);
    subjects.sort_by_key(|name| name == "Work");
    assert_eq!(subjects, ["alice", "Work"]);
}

#[test]
fn an_organization_is_a_way_where_the_account_has_one() {
    const ID: &str = "organization";
    let all = json!(["sts:AssumeRoot", "organizations:*"]);
    assert_eq!(subjects(&small(&all).prove(), ID), [""; 0]);
    let of_aws = || for_service("organizations.amazonaws.com");
    let within = |actions: &Value| {
        small(actions).role("AWSServiceRoleForOrganizations", &[of_aws()], &[], &[])
    };
    for actions in [
        all,
        json!("sts:AssumeRoot"),
        json!("organizations:DetachPolicy"),
    ] {
        let mut subjects = subjects(&within(&actions).prove(), ID);
        subjects.sort_by_key(|name| name == "Work");
        assert_eq!(subjects, ["alice", "Work"], "{actions}");
    }
    let reads = json!(["organizations:List*", "organizations:Describe*"]);
    assert_eq!(subjects(&within(&reads).prove(), ID), [""; 0]);
    // Policies of an organization show that there is one.
    let mut account = small(&json!("sts:AssumeRoot")).account();
    account.service_control = Some(Vec::new());
    let proof = prove(&[ProvenAccount::only(&account)]);
    assert_eq!(subjects(&proof, ID).len(), 2);
}
