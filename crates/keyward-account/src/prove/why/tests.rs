use serde_json::{Value, json};

use super::*;
use crate::prove::tests::fixtures::{Small, allow, arn, trust, when, with_mfa};

fn small() -> Small {
    let mut keys = when(
        allow(
            json!("iam:CreateAccessKey"),
            json!(arn("user/${aws:username}")),
        ),
        with_mfa(),
    );
    keys["Sid"] = json!("OwnKeys");
    Small::default()
        .role("Ops", &[trust(with_mfa())], &[], &[])
        .user("/", "alice", &[])
        .with(
            "own",
            &[keys, allow(json!("sts:AssumeRole"), json!(arn("role/Ops")))],
        )
        .with(
            "guard",
            &[json!({
                "Sid": "Guard", "Effect": "Deny", "NotAction": "iam:*", "Resource": "*",
                "Condition": { "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } },
            })],
        )
}

fn ask(action: &str, resource: &str) -> Value {
    let account = small().account();
    let why = why(&[ProvenAccount::only(&account)], "alice", action, resource);
    serde_json::from_str(&why.unwrap().json()).unwrap()
}

#[test]
fn the_deciding_statements_are_named() {
    let answer = ask("iam:createaccesskey", "*");
    assert_eq!(answer["action"], "iam:CreateAccessKey");
    assert_eq!(answer["resource"], "*");
    let alone = &answer["contexts"]["long_term_key"];
    assert_eq!(alone["allowed"], false);
    assert_eq!(alone["decision"], "implicit_deny");
    let code = &answer["contexts"]["mfa"];
    assert_eq!(code["allowed"], true);
    assert_eq!(
        code["by"],
        json!([{ "policy": "own", "sid": "OwnKeys", "effect": "Allow" }])
    );
    let other = ask("iam:CreateAccessKey", &arn("user/bob"));
    assert_eq!(other["contexts"]["mfa"]["allowed"], false);
}

#[test]
fn a_deny_is_named_too() {
    let alone = &ask("sts:AssumeRole", &arn("role/Ops"))["contexts"]["session_without_mfa"];
    assert_eq!(alone["decision"], "explicit_deny");
    assert_eq!(alone["by"][0]["sid"], "Guard");
    let code = &ask("sts:AssumeRole", &arn("role/Ops"))["contexts"]["mfa"];
    assert_eq!(code["allowed"], true);
}

#[test]
fn an_unknown_user_or_action_is_refused() {
    let account = small().account();
    let accounts = [ProvenAccount::only(&account)];
    assert!(matches!(
        why(&accounts, "mallory", "iam:GetUser", "*"),
        Err(UnknownQuestion::User(_))
    ));
    let error = why(&accounts, "alice", "iam:GetUsr", "*").unwrap_err();
    assert!(error.to_string().contains("iam:GetUser"), "{error}");
    assert!(matches!(
        why(&accounts, "alice", "iam:GetUser", "bucket"),
        Err(UnknownQuestion::Resource(_))
    ));
}

#[test]
fn what_is_not_judged_is_said_and_not_guessed() {
    let account = small().account();
    let accounts = [ProvenAccount::only(&account)];
    let not_judged = |action: &str, resource: &str| {
        let why = why(&accounts, "alice", action, resource).unwrap();
        why.not_judged.unwrap_or_default()
    };
    assert!(not_judged("s3:GetObject", "*").starts_with("policies of resources"));
    assert!(not_judged("kms:Decrypt", "*").starts_with("key policies"));
    assert!(not_judged("sts:AssumeRole", "*").starts_with("the trust policy"));
    let assume = not_judged("sts:AssumeRole", &arn("role/Ops"));
    assert!(assume.starts_with("resource control policies"));
    for (action, resource) in [("iam:GetUser", "*"), ("s3:ListAllMyBuckets", "*")] {
        assert_eq!(not_judged(action, resource), "", "{action}");
    }
}

#[test]
fn a_resource_of_an_unknown_account_is_never_allowed() {
    for (action, resource) in [
        ("sts:AssumeRole", "arn:aws:iam::111122223333:role/Ops"),
        (
            "iam:CreateAccessKey",
            "arn:aws:iam::111122223333:user/alice",
        ),
    ] {
        let code = &ask(action, resource)["contexts"]["mfa"];
        assert_eq!(code["allowed"], false, "{action}: {code}");
    }
}

#[test]
fn a_role_that_does_not_exist_is_refused() {
    let account = small().account();
    let accounts = [ProvenAccount::only(&account)];
    let error = why(&accounts, "alice", "sts:AssumeRole", &arn("role/Opps")).unwrap_err();
    assert_eq!(error, UnknownQuestion::Role(arn("role/Opps")));
}

#[test]
fn a_trust_policy_that_cannot_be_read_is_said() {
    let mut small = small();
    small.roles[0]["AssumeRolePolicyDocument"] = json!("{");
    let account = small.account();
    let accounts = [ProvenAccount::only(&account)];
    let answers = why(&accounts, "alice", "sts:AssumeRole", &arn("role/Ops")).unwrap();
    for answer in answers.answers {
        let limit = answer.limit.unwrap_or_default();
        let is_said = limit.contains("the trust policy cannot be read");
        let denied = answer.outcome == Outcome::ExplicitlyDenied;
        assert_eq!(is_said, !denied, "{:?}: {limit}", answer.scenario);
    }
    let account = self::small().account();
    let accounts = [ProvenAccount::only(&account)];
    let tag = why(&accounts, "alice", "sts:TagSession", &arn("role/Ops")).unwrap();
    assert!(tag.not_judged.unwrap().starts_with("the trust policy"));
}

#[test]
fn a_federated_session_of_the_key_counts_for_the_key() {
    let by_name = json!({ "StringLike": { "aws:username": "a*" } });
    let deny = json!({ "Effect": "Deny", "Action": "s3:*", "Resource": "*" });
    let rights = json!(["s3:GetObject", "sts:GetFederationToken"]);
    let account = Small::default()
        .user("/", "alice", &[])
        .with("own", &[allow(rights, json!("*")), when(deny, by_name)])
        .account();
    let why = why(
        &[ProvenAccount::only(&account)],
        "alice",
        "s3:GetObject",
        "*",
    )
    .unwrap();
    let [alone, without, ..] = &why.answers[..] else {
        panic!()
    };
    assert_eq!(alone.outcome, Outcome::Allowed);
    let note =
        "only in a session that `sts:GetFederationToken` makes: that session has no user name";
    assert_eq!(alone.limit.as_deref(), Some(note));
    assert_eq!(without.outcome, Outcome::ExplicitlyDenied);
}

#[test]
fn a_resource_that_the_action_does_not_take_is_told() {
    let note = |action: &str, resource: &str| ask(action, resource)["resource_note"].clone();
    let bucket = note("s3:DeleteBucket", "arn:aws:s3:::bucket/key");
    let bucket = bucket.as_str().unwrap();
    assert!(
        bucket.starts_with("no request for `s3:DeleteBucket` names this resource"),
        "{bucket}"
    );
    assert!(
        bucket.ends_with("`arn:${Partition}:s3:::${BucketName}`"),
        "{bucket}"
    );
    let list = note("iam:ListUsers", &arn("user/alice"));
    assert!(
        list.as_str().unwrap().ends_with("it takes `*` only"),
        "{list}"
    );
    for (action, resource) in [
        ("s3:DeleteBucket", "*"),
        ("s3:DeleteBucket", "arn:aws:s3:::bucket"),
        ("s3:GetObject", "arn:aws:s3:::bucket/*"),
        ("s3:GetObject", "arn:aws:s3:::bucket/a:b/c"),
        ("iam:GetUser", &arn("user/team/bob")),
        ("iam:CreateAccessKey", "arn:aws:iam::111122223333:user/bob"),
        ("iam:GetPolicy", "arn:aws:iam::aws:policy/ReadOnlyAccess"),
        (
            "ssm:GetParameter",
            "arn:aws:ssm:us-east-1::parameter/aws/service/x",
        ),
        (
            "lambda:InvokeFunction",
            "arn:aws:lambda:eu-central-1:123456789012:function:f:live",
        ),
        (
            "logs:DeleteLogGroup",
            "arn:aws:logs:eu-central-1:123456789012:log-group:g:*",
        ),
        ("sts:AssumeRole", &arn("role/Ops")),
    ] {
        assert_eq!(note(action, resource), Value::Null, "{action} {resource}");
    }
}

#[test]
fn a_role_that_is_reached_through_other_roles_only_has_its_chain() {
    let assume = |role: &str| allow(json!("sts:AssumeRole"), json!(arn(&format!("role/{role}"))));
    let mut account = small().role("Deploy", &[trust(json!({}))], &[], &[]).role(
        "Other",
        &[trust(json!({}))],
        &[],
        &[],
    );
    account.roles[0]["RolePolicyList"] = json!([{ "PolicyName": "next", "PolicyDocument": {
        "Version": "2012-10-17", "Statement": [assume("Deploy")] } }]);
    let account = account.account();
    let accounts = [ProvenAccount::only(&account)];
    let ask = |role: &str| {
        let role = arn(&format!("role/{role}"));
        why(&accounts, "alice", "sts:AssumeRole", &role).unwrap()
    };
    for answer in &ask("Deploy").answers {
        assert_ne!(answer.outcome, Outcome::Allowed);
        let chain = answer.chain.as_ref().map(ToString::to_string);
        let known = format!(
            "reached through other roles: {}, then {}",
            arn("role/Ops"),
            arn("role/Deploy")
        );
        let with_code = matches!(answer.scenario, Scenario::Mfa | Scenario::StaleMfa);
        assert_eq!(chain, with_code.then_some(known), "{:?}", answer.scenario);
    }
    let json: Value = serde_json::from_str(&ask("Deploy").json()).unwrap();
    assert_eq!(
        json["contexts"]["mfa"]["chain"],
        json!({ "roles": [arn("role/Ops"), arn("role/Deploy")], "certain": true })
    );
    for role in ["Ops", "Other"] {
        let answers = ask(role).answers;
        assert!(
            answers.iter().all(|answer| answer.chain.is_none()),
            "{role}"
        );
    }
}
