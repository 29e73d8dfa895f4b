use keyward_iam::{GrantedPolicy, Policy, Request, evaluate};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use super::*;
use crate::prove::tests::fixtures::Small;

const ACTIONS: &[&str] = &[
    "*",
    "iam:*",
    "iam:Get*",
    "iam:PassRole",
    "iam:EnableMFADevice",
    "s3:?etObject",
    "sts:AssumeRole",
];
const RESOURCES: &[&str] = &[
    "*",
    "arn:aws:iam::*:user/${aws:username}",
    "arn:aws:iam::123456789012:role/*",
    "arn:aws:iam::123456789012:role/team/*",
    "arn:aws:s3:::bucket/${aws:PrincipalTag/team, 'none'}/*",
    "arn:aws:iam::123456789012:user/*",
];
const TARGETS: &[(&str, &str)] = &[
    ("iam:GetUser", "arn:aws:iam::123456789012:user/alice"),
    ("iam:GetUser", "arn:aws:iam::123456789012:user/bob"),
    (
        "iam:EnableMFADevice",
        "arn:aws:iam::123456789012:user/alice",
    ),
    ("iam:PassRole", "arn:aws:iam::123456789012:role/team/x"),
    ("iam:PassRole", "arn:aws:iam::123456789012:role/Admin"),
    ("s3:GetObject", "arn:aws:s3:::bucket/none/x"),
    ("sts:AssumeRole", "arn:aws:iam::123456789012:role/Admin"),
];

fn statement() -> impl Strategy<Value = Value> {
    let conditions = select(vec![
        json!({}),
        json!({ "Bool": { "aws:MultiFactorAuthPresent": "true" } }),
        json!({ "BoolIfExists": { "aws:MultiFactorAuthPresent": "false" } }),
        json!({ "StringLike": { "aws:username": ["a*", "x"] } }),
    ]);
    let listed = |pool: &'static [&'static str]| subsequence(pool, 1..3);
    (
        any::<[bool; 3]>(),
        listed(ACTIONS),
        listed(RESOURCES),
        conditions,
    )
        .prop_map(
            |([deny, not_action, not_resource], actions, resources, condition)| {
                let mut statement = json!({
                    "Effect": if deny { "Deny" } else { "Allow" }, "Condition": condition,
                });
                statement[if not_action { "NotAction" } else { "Action" }] = json!(actions);
                statement[if not_resource {
                    "NotResource"
                } else {
                    "Resource"
                }] = json!(resources);
                statement
            },
        )
}

fn policy() -> impl Strategy<Value = Policy> {
    prop::collection::vec(statement(), 1..4).prop_map(|statements| {
        let document = json!({ "Version": "2012-10-17", "Statement": statements });
        Policy::parse(&document.to_string()).unwrap()
    })
}

fn context(mfa: Option<&str>) -> Context {
    let mut context = Context::new();
    context.set("aws:username", "alice");
    if let Some(mfa) = mfa {
        context.set("aws:MultiFactorAuthPresent", mfa);
    }
    context
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// On one resource, the sweep decides as the evaluator does; over all resources, it allows
    /// whatever the evaluator allows on one.
    #[test]
    fn a_sweep_agrees_with_the_evaluator(
        own in policy(),
        boundary in prop::option::of(policy()),
        mfa in select(vec![None, Some("true"), Some("false")]),
    ) {
        let account = Small::default().user("/", "alice", &[]).account();
        let context = context(mfa);
        let identity = [GrantedPolicy::named("p", own)];
        let permissions = Permissions {
            identity: &identity,
            boundary: boundary.as_ref(),
            ..Permissions::default()
        };
        let targets = targets(&account);
        let rules = Rules::new(&permissions, &targets);
        let sweep = rules.bind(&context);
        let allowed = sweep.over_all().allowed;
        for (action, resource) in TARGETS {
            let request = Request {
                action: &action.parse().unwrap(),
                resource: &resource.parse().unwrap(),
                context: &context,
            };
            let decided = evaluate(&permissions, &request).is_allowed();
            let swept = sweep.grant_on(action, &ArnSet::one(resource)).is_some();
            prop_assert_eq!(decided, swept, "{} on {}", action, resource);
            if decided {
                prop_assert!(allowed.contains(action), "{} on {}", action, resource);
            }
        }
    }
}

fn allowed(statements: &str) -> ActionSet {
    let policy = Policy::parse(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{statements}]}}"#
    ));
    let account = Small::default().user("/", "alice", &[]).account();
    let identity = [GrantedPolicy::named("p", policy.unwrap())];
    let permissions = Permissions {
        identity: &identity,
        ..Permissions::default()
    };
    let targets = targets(&account);
    let rules = Rules::new(&permissions, &targets);
    rules.bind(&context(None)).over_all().allowed
}

#[test]
fn every_action_is_allowed_by_everything() {
    let all = allowed(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    assert_eq!(all.len(), Catalogue::built_in().actions().len());
}

#[test]
fn a_resource_of_another_type_grants_nothing() {
    let set = allowed(
        r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::123456789012:user/alice"}"#,
    );
    assert!(set.contains("iam:GetUser") && set.contains("iam:EnableMFADevice"));
    assert!(!set.contains("iam:PassRole") && !set.contains("iam:ListUsers"));
    let elsewhere =
        allowed(r#"{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::111122223333:*"}"#);
    // One whose resource types are not known may be allowed anywhere.
    let known = elsewhere
        .names()
        .filter(|name| name != "iam:GetRequestAuthorizationDetails");
    assert_eq!(known.collect::<Vec<_>>(), FREE);
}

#[test]
fn a_deny_of_some_resources_leaves_the_others() {
    let some = allowed(
        r#"{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"},
           {"Effect":"Deny","Action":"*","Resource":"arn:aws:iam::123456789012:role/Admin"}"#,
    );
    assert!(some.contains("iam:PassRole"));
    let none = allowed(
        r#"{"Effect":"Allow","Action":"iam:PassRole","Resource":"*"},
           {"Effect":"Deny","Action":"*","Resource":"arn:aws:iam::*:role/*"}"#,
    );
    assert!(!none.contains("iam:PassRole"));
}

#[test]
fn an_action_that_no_list_has_is_not_dropped() {
    let set = allowed(r#"{"Effect":"Allow","Action":"iam:FlyToTheMoon","Resource":"*"}"#);
    assert!(set.names().any(|name| name == "iam:FlyToTheMoon"));
    let denied = allowed(
        r#"{"Effect":"Allow","Action":"iam:FlyToTheMoon","Resource":"*"},
           {"Effect":"Deny","Action":"iam:*","Resource":"*"}"#,
    );
    assert_eq!(denied.len(), FREE.len());
}
