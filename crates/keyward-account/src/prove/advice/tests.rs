use keyward_iam::{Holder, PolicySource};
use serde_json::json;

use crate::prove::Finding;
use crate::prove::tests::fixtures::{Small, allow, arn, trust, when, with_mfa};

fn finding(small: &Small, id: &str) -> Finding {
    let proof = small.prove();
    let found = proof.findings.iter().find(|finding| finding.id == id);
    found
        .unwrap_or_else(|| panic!("{:#?}", proof.findings))
        .clone()
}

#[test]
fn a_statement_of_the_account_is_named_with_its_action() {
    let grant = when(allow(json!("iam:PassRole"), json!("*")), with_mfa());
    let small = Small::default()
        .user("/", "alice", &[])
        .with("own", &[grant]);
    assert_eq!(
        finding(&small, "widen/iam:PassRole").advice(),
        "remove `iam:PassRole` from statement 1 of `own` of user `alice`, or deny it in another \
         policy"
    );
}

#[test]
fn a_policy_that_aws_owns_is_replaced() {
    let assume = allow(json!("sts:AssumeRole"), json!(arn("role/Ops")));
    let small = Small::default()
        .role(
            "Ops",
            &[trust(with_mfa())],
            &[],
            &[allow(json!("iam:PassRole"), json!("*"))],
        )
        .user("/", "alice", &[])
        .with("own", &[when(assume, with_mfa())]);
    let mut found = finding(&small, "widen/iam:PassRole");
    let statement = found.statement.as_mut().unwrap();
    statement.policy = PolicySource::Attached {
        holder: Holder::Role("Ops".parse().unwrap()),
        arn: "arn:aws:iam::aws:policy/Example".parse().unwrap(),
    };
    assert_eq!(
        found.advice(),
        "detach `Example`, which AWS owns, from role `Ops` and attach a narrower policy; or deny \
         `iam:PassRole` in another policy"
    );
}

#[test]
fn the_calls_that_enrolment_lacks_are_named() {
    let own = arn("user/${aws:username}");
    let grants = allow(
        json!(["iam:EnableMFADevice", "iam:CreateVirtualMFADevice"]),
        json!([own, arn("mfa/${aws:username}")]),
    );
    let small = Small::default()
        .user("/", "alice", &[])
        .with("own", &[grants]);
    let advice = finding(&small, "enrolment/iam:GetUser").advice();
    assert!(
        advice.starts_with("allow `iam:GetUser` to `alice`"),
        "{advice}"
    );
    let advice = finding(&small, "enrolment/second-device").advice();
    assert!(advice.contains("`mfa/${aws:username}-*`"), "{advice}");
}
