use serde_json::{Value, json};

use crate::prove::tests::fixtures::{Small, allow, arn, found, trust, when, with_mfa};
use crate::prove::{Proof, ProvenAccount, Scenario, prove};

/// The roles that alice reaches, each with its way.
fn reached(proof: &Proof, scenario: Scenario) -> Vec<String> {
    let alice = proof.users.values().next().unwrap();
    let paths = alice.powers(scenario).roles.values();
    paths
        .map(|path| {
            let way: Vec<&str> = path.roles.iter().map(|role| role.role_name()).collect();
            way.join(">")
        })
        .collect()
}

fn trusting(principal: Value, condition: Value) -> Value {
    json!({
        "Effect": "Allow", "Principal": { "AWS": principal }, "Action": "sts:AssumeRole",
        "Condition": condition,
    })
}

fn assume(role: &str) -> Value {
    allow(json!("sts:AssumeRole"), json!(arn(&format!("role/{role}"))))
}

#[test]
fn a_trust_with_if_exists_lets_in_a_key_and_no_session() {
    let condition = json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "true" } });
    let proof = Small::default()
        .role("Ops", &[trust(condition)], &[], &[])
        .user("/", "alice", &[])
        .with("own", &[assume("Ops")])
        .prove();
    assert_eq!(reached(&proof, Scenario::LongTermKey), ["Ops"]);
    assert!(reached(&proof, Scenario::SessionWithoutMfa).is_empty());
    assert!(found(&proof, "role-without-mfa/Ops"));
}

#[test]
fn every_chain_is_followed_and_the_way_is_told() {
    let proof = Small::default()
        .role("A", &[trust(with_mfa())], &[], &[assume("B")])
        .role("B", &[trust(json!({}))], &[], &[assume("C"), assume("A")])
        .role("C", &[trusting(json!(arn("role/B")), json!({}))], &[], &[])
        .role("D", &[trust(with_mfa())], &[], &[])
        .user("/", "alice", &[])
        .with("own", &[assume("A"), assume("D")])
        .prove();
    let with_code = reached(&proof, Scenario::Mfa);
    assert_eq!(with_code, ["A", "A>B", "A>B>C", "D"]);
    assert!(reached(&proof, Scenario::LongTermKey).is_empty());
    // A session of a role has no MFA key, so it cannot assume a role that demands MFA.
    let through = Small::default()
        .role("A", &[trust(json!({}))], &[], &[assume("D")])
        .role("D", &[trust(with_mfa())], &[], &[])
        .user("/", "alice", &[])
        .with("own", &[assume("A")])
        .prove();
    assert_eq!(reached(&through, Scenario::Mfa), ["A"]);
}

#[test]
fn a_trust_that_names_the_user_needs_no_grant() {
    let small = |principal: Value| {
        Small::default()
            .role("Ops", &[trusting(principal, json!({}))], &[], &[])
            .user("/", "alice", &[])
            .user("/", "bob", &[])
            .prove()
    };
    let named = small(json!(arn("user/alice")));
    assert_eq!(reached(&named, Scenario::LongTermKey), ["Ops"]);
    let bob = named.users.values().nth(1).unwrap();
    assert!(bob.powers(Scenario::LongTermKey).roles.is_empty());
    assert_eq!(reached(&small(json!("*")), Scenario::LongTermKey), ["Ops"]);
    assert!(reached(&small(json!(arn("root"))), Scenario::LongTermKey).is_empty());
}

#[test]
fn an_external_id_is_no_secret_and_cannot_be_decided() {
    let condition = json!({ "StringEquals": { "sts:ExternalId": "42" } });
    let proof = Small::default()
        .role("Ops", &[trust(condition)], &[], &[])
        .user("/", "alice", &[])
        .with("own", &[assume("Ops")])
        .prove();
    let alice = proof.users.values().next().unwrap();
    let path = alice
        .powers(Scenario::LongTermKey)
        .roles
        .values()
        .next()
        .unwrap();
    assert!(!path.certain);
}

#[test]
fn whoever_assumes_a_role_chooses_the_name_of_the_session() {
    let session = format!("arn:aws:sts::{}:assumed-role/A/bob", "123456789012");
    let proof = Small::default()
        .role("A", &[trust(json!({}))], &[], &[])
        .role("B", &[trusting(json!(session), json!({}))], &[], &[])
        .user("/", "alice", &[])
        .with("own", &[assume("A")])
        .prove();
    assert_eq!(reached(&proof, Scenario::LongTermKey), ["A", "A>B"]);
}

#[test]
fn another_account_needs_both_sides() {
    let role = |condition: Value| {
        let mut other = Small::default().role("Ops", &[trust(condition)], &[], &[]);
        other.roles[0]["Arn"] = json!("arn:aws:iam::111122223333:role/Ops");
        other.account()
    };
    let people = |statements: &[Value]| {
        let user = Small::default().user("/", "alice", &[]);
        user.with("own", statements).account()
    };
    let reach = |people: &_, other: &_| {
        let accounts = [("people", people), ("work", other)].map(|(name, account)| ProvenAccount {
            name: Some(name.to_owned()),
            account,
        });
        reached(&prove(&accounts), Scenario::LongTermKey)
    };
    let granted = allow(
        json!("sts:AssumeRole"),
        json!("arn:aws:iam::111122223333:role/Ops"),
    );
    let granted = people(&[granted]);
    let silent = people(&[allow(json!("s3:*"), json!("*"))]);
    assert_eq!(reach(&granted, &role(json!({}))), ["Ops"]);
    assert!(reach(&granted, &role(with_mfa())).is_empty());
    assert!(reach(&silent, &role(json!({}))).is_empty());
}

#[test]
fn a_longer_way_that_is_certain_counts_more() {
    let office = json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } });
    let proof = Small::default()
        .role("A", &[trust(json!({}))], &[], &[assume("B")])
        .role("B", &[trust(json!({}))], &[], &[assume("C")])
        .role("C", &[trust(json!({}))], &[], &[])
        .user("/", "alice", &[])
        .with("own", &[assume("A"), when(assume("B"), office)])
        .prove();
    let alice = proof.users.values().next().unwrap();
    let paths = alice.powers(Scenario::LongTermKey).roles.values();
    assert!(paths.clone().all(|path| path.certain));
    assert_eq!(
        reached(&proof, Scenario::LongTermKey),
        ["A", "A>B", "A>B>C"]
    );
}

#[test]
fn a_session_without_further_tags_has_only_those_of_its_role() {
    let red = json!({ "StringEquals": { "aws:PrincipalTag/team": "Red" } });
    let mut small = Small::default()
        .role(
            "Q",
            &[trusting(json!(arn("user/alice")), json!({}))],
            &[],
            &[assume("R")],
        )
        .role("R", &[trust(red)], &[], &[])
        .user("/", "alice", &[]);
    assert_eq!(reached(&small.prove(), Scenario::Mfa), ["Q"]);
    small.roles[0]["Tags"] = json!([{ "Key": "team", "Value": "Red" }]);
    assert_eq!(reached(&small.prove(), Scenario::Mfa), ["Q", "Q>R"]);
    small.roles[0]["Tags"] = json!([]);
    let mut tagging = trusting(json!(arn("user/alice")), json!({}));
    tagging["Action"] = json!(["sts:AssumeRole", "sts:TagSession"]);
    small.roles[0]["AssumeRolePolicyDocument"]["Statement"] = json!([tagging]);
    assert_eq!(reached(&small.prove(), Scenario::Mfa), ["Q", "Q>R"]);
}

#[test]
fn a_role_that_someone_may_tag_may_get_further_tags() {
    let red = json!({ "StringEquals": { "aws:PrincipalTag/team": "Red" } });
    let of_q = [trusting(json!(arn("user/alice")), json!({}))];
    let small = |more: Value| {
        Small::default()
            .role("Q", &of_q, &[], &[assume("R"), more])
            .role("R", &[trust(red.clone())], &[], &[])
            .user("/", "alice", &[])
    };
    let q = json!(arn("role/Q"));
    let mut tags = small(allow(json!("iam:Tag*"), q.clone()));
    assert_eq!(reached(&tags.prove(), Scenario::Mfa), ["Q", "Q>R"]);
    tags.roles[0]["Tags"] = json!([{ "Key": "team", "Value": "Blue" }]);
    assert_eq!(reached(&tags.prove(), Scenario::Mfa), ["Q", "Q>R"]);
    let reads = small(allow(json!("iam:Get*"), q.clone()));
    assert_eq!(reached(&reads.prove(), Scenario::Mfa), ["Q"]);
    let another = reads.with("own", &[allow(json!("iam:TagRole"), q)]);
    assert_eq!(reached(&another.prove(), Scenario::Mfa), ["Q", "Q>R"]);
    let unknown = small(allow(json!("iam:Get*"), json!("*")));
    let mut unknown = unknown.user("/", "bob", &[]);
    unknown.users[1]["AttachedManagedPolicies"] =
        json!([{ "PolicyName": "lost", "PolicyArn": arn("policy/lost") }]);
    assert_eq!(reached(&unknown.prove(), Scenario::Mfa), ["Q", "Q>R"]);
}

#[test]
fn the_statement_that_lets_a_user_in_is_the_one_that_is_named() {
    let name = |mut statement: Value, sid: &str| {
        statement["Sid"] = json!(sid);
        statement
    };
    let account = || name(trust(json!({})), "Account");
    let alice = |condition| name(trusting(json!(arn("user/alice")), condition), "Alice");
    let named = |trusts: &[Value], own: &[Value]| {
        let small = Small::default().role("Ops", trusts, &[], &[]);
        let proof = small.user("/", "alice", &[]).with("own", own).prove();
        let mut findings = proof.findings.into_iter();
        let open = findings.find(|finding| finding.id == "role-without-mfa/Ops");
        open.unwrap().statement.unwrap().sid.unwrap()
    };
    let nothing = [allow(json!("s3:GetObject"), json!("*"))];
    let office = json!({ "IpAddress": { "aws:SourceIp": "203.0.113.0/24" } });
    // The account leaves the decision to her own policies, which allow nothing.
    assert_eq!(named(&[account(), alice(json!({}))], &nothing), "Alice");
    assert_eq!(
        named(&[alice(office), account()], &[assume("Ops")]),
        "Account"
    );
}
