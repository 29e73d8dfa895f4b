use serde_json::{Value, json};

use super::has_grown;
use crate::prove::tests::fixtures::{Small, allow, arn, trust, when};
use crate::prove::{Proof, ProvenAccount, prove};

/// Whether some finding of the later proof that was there before has grown.
fn grown(before: &Proof, after: &Proof) -> bool {
    let mut findings = after.findings.iter();
    findings.any(|finding| {
        let mut earlier = before.findings.iter();
        earlier.any(|old| finding.is_of_same_kind(old)) && has_grown(before, after, finding)
    })
}

#[test]
fn more_of_many_actions_is_more() {
    let with = |actions: Value, condition: Value| {
        let right = when(allow(actions, json!("*")), condition);
        let small = Small::default().user("/", "alice", &[]);
        small.with("own", &[right]).prove()
    };
    let some = with(json!(["s3:*"]), json!({}));
    let more = with(json!(["s3:*", "dynamodb:*"]), json!({}));
    assert!(grown(&some, &more));
    assert!(!grown(&more, &some) && !grown(&more, &more));
    let endpoint = json!({ "StringEquals": { "aws:SourceVpce": "vpce-1" } });
    let under = with(json!(["s3:*"]), endpoint);
    assert!(grown(&under, &some));
    assert!(!grown(&some, &under));
}

#[test]
fn more_of_an_open_role_is_more() {
    let with = |actions: &str| {
        let rights = [allow(json!(actions), json!("*"))];
        Small::default()
            .role("Open", &[trust(json!({}))], &[], &rights)
            .user("/", "alice", &[])
            .with("own", &[allow(json!("sts:AssumeRole"), json!("*"))])
            .prove()
    };
    let (some, more) = (with("s3:Get*"), with("s3:*"));
    assert!(grown(&some, &more));
    assert!(!grown(&more, &some) && !grown(&some, &some));
}

fn trust_partner() -> Value {
    json!({
        "Effect": "Allow", "Principal": { "AWS": "arn:aws:iam::999999999999:root" },
        "Action": "sts:AssumeRole",
    })
}

#[test]
fn more_of_a_role_that_outsiders_open_is_more() {
    let with = |actions: Value, further: Value| {
        let rights = [
            allow(actions, json!("*")),
            allow(json!("sts:AssumeRole"), further),
        ];
        Small::default()
            .role("Partner", &[trust_partner()], &[], &rights)
            .role(
                "Next",
                &[trust(json!({}))],
                &[],
                &[allow(json!("sqs:*"), json!("*"))],
            )
            .user("/", "alice", &[])
            .with(
                "own",
                &[allow(json!("sts:AssumeRole"), json!(arn("role/Next")))],
            )
            .prove()
    };
    let nowhere = json!(arn("role/None"));
    let some = with(json!("s3:GetObject"), nowhere.clone());
    let more = with(json!(["s3:*", "dynamodb:*", "ec2:*"]), nowhere);
    assert!(grown(&some, &more));
    assert!(!grown(&more, &some) && !grown(&some, &some));
    let further = with(json!("s3:GetObject"), json!(arn("role/Next")));
    assert!(grown(&some, &further) && !grown(&further, &some));
}

#[test]
fn a_role_of_the_same_name_elsewhere_is_another() {
    let with = |actions: &str| {
        let rights = |actions: &str| [allow(json!(actions), json!("*"))];
        let own = Small::default()
            .role("Open", &[trust(json!({}))], &[], &rights("s3:Get*"))
            .user("/", "alice", &[])
            .with("own", &[allow(json!("sts:AssumeRole"), json!("*"))]);
        let mut other = Small::default().role("Open", &[trust(json!({}))], &[], &rights(actions));
        other.roles[0]["Arn"] = json!("arn:aws:iam::210987654321:role/Open");
        let [own, other] = [own, other].map(|small| small.account());
        prove(
            &[("one", &own), ("two", &other)].map(|(name, account)| ProvenAccount {
                name: Some(name.to_owned()),
                account,
            }),
        )
    };
    let (some, more) = (with("s3:Get*"), with("s3:*"));
    let mut findings = more.findings.iter();
    let mut of = |id: &str| findings.find(|finding| finding.id == id).unwrap();
    let here = of("role-without-mfa/one/Open");
    let there = of("role-without-mfa/two/Open");
    assert!(!has_grown(&some, &more, here));
    assert!(has_grown(&some, &more, there));
}
