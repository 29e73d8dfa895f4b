//! Helpers for the tests of several modules: requests, permissions, and random policies.

use std::time::Duration;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Value, json};

use crate::evaluate::GrantedPolicy;
use crate::language::Policy;
use crate::request::{Action, Context, Mfa, Resource};

/// A policy under the name `p`.
pub(crate) fn named(json: &str) -> GrantedPolicy<'static> {
    GrantedPolicy::named("p", Policy::parse(json).unwrap())
}

/// A version 2012-10-17 document with these statements.
pub(crate) fn policy(statements: &str) -> Policy {
    Policy::parse(&format!(
        r#"{{"Version":"2012-10-17","Statement":{statements}}}"#
    ))
    .unwrap()
}

/// A session made with a code this many seconds ago.
pub(crate) const fn aged(seconds: u64) -> Mfa {
    Mfa::Session {
        age: Duration::from_secs(seconds),
    }
}

/// The action of a request.
pub(crate) fn action(text: &str) -> Action {
    text.parse().unwrap()
}

/// The resource of a request.
pub(crate) fn resource(text: &str) -> Resource {
    text.parse().unwrap()
}

/// The facts of a request by the user alice.
pub(crate) fn alice(mfa: Mfa) -> Context {
    let mut context = Context::new();
    context
        .set("aws:username", "alice")
        .set("aws:PrincipalArn", "arn:aws:iam::123456789012:user/alice")
        .set("aws:PrincipalAccount", "123456789012");
    mfa.set_keys(&mut context);
    context
}

pub(crate) const ACTIONS: &[&str] = &[
    "*",
    "iam:*",
    "iam:Get*",
    "iam:GetUser",
    "sts:AssumeRole",
    "s3:?etObject",
    "iam:*AccessKey",
];
pub(crate) const REQUESTED: &[&str] = &[
    "iam:GetUser",
    "iam:CreateAccessKey",
    "sts:AssumeRole",
    "s3:GetObject",
    "ec2:RunInstances",
];
const RESOURCES: &[&str] = &[
    "*",
    "arn:aws:iam::*:user/${aws:username}",
    "arn:aws:iam::123456789012:role/*",
    "arn:aws:s3:::bucket/${aws:PrincipalTag/team, 'none'}/*",
    "arn:aws:iam::123456789012:user/${aws:SourceIdentity}",
];
pub(crate) const TARGETS: &[&str] = &[
    "*",
    "arn:aws:iam::123456789012:user/alice",
    "arn:aws:iam::123456789012:role/Admin",
    "arn:aws:s3:::bucket/none/x",
    "arn:aws:iam::111122223333:user/alice",
];
const PRINCIPALS: &[&str] = &[
    "*",
    "123456789012",
    "arn:aws:iam::111122223333:root",
    "arn:aws:iam::123456789012:user/alice",
    "arn:aws:iam::123456789012:role/Ops",
    "AIDACKCEVSQ6C2EXAMPLE",
];
const CONDITIONS: &[(&str, &str, &[&str])] = &[
    ("Bool", "aws:MultiFactorAuthPresent", &["true", "false"]),
    (
        "BoolIfExists",
        "aws:MultiFactorAuthPresent",
        &["true", "false"],
    ),
    ("Null", "aws:multifactorauthpresent", &["true", "false"]),
    (
        "NumericLessThan",
        "aws:MultiFactorAuthAge",
        &["3600", "1e2"],
    ),
    (
        "StringEquals",
        "aws:username",
        &["alice", "bob", "${aws:username}"],
    ),
    ("StringNotLike", "aws:username", &["b*", "a?ice"]),
    (
        "ForAllValues:StringEquals",
        "aws:TagKeys",
        &["team", "cost"],
    ),
    ("ForAnyValue:StringLikeIfExists", "aws:TagKeys", &["t*"]),
    (
        "NotIpAddress",
        "aws:SourceIp",
        &["203.0.113.0/24", "2001:db8::/32"],
    ),
    (
        "DateGreaterThan",
        "aws:CurrentTime",
        &["2026-01-01T00:00:00Z", "1767225600"],
    ),
    (
        "ArnLike",
        "aws:PrincipalArn",
        &["arn:aws:iam::*:user/*", "*"],
    ),
];

/// The place for a random statement.
#[derive(Debug, Clone, Copy)]
pub(crate) enum DocumentKind {
    Identity,
    Trust,
}

fn listed(pool: &'static [&'static str]) -> impl Strategy<Value = Value> {
    subsequence(pool, 1..pool.len()).prop_map(|texts| match texts[..] {
        [one] => json!(one),
        _ => json!(texts),
    })
}

fn condition() -> impl Strategy<Value = (String, String, Value)> {
    select(CONDITIONS).prop_flat_map(|(operator, key, values)| {
        subsequence(values, 1..=values.len())
            .prop_map(move |chosen| (operator.to_owned(), key.to_owned(), json!(chosen)))
    })
}

/// A random statement.
pub(crate) fn statement(place: DocumentKind) -> impl Strategy<Value = Value> {
    let head = (any::<bool>(), any::<bool>(), listed(ACTIONS));
    let target = match place {
        DocumentKind::Identity => (any::<bool>(), listed(RESOURCES)).boxed(),
        DocumentKind::Trust => (any::<bool>(), listed(PRINCIPALS)).boxed(),
    };
    (head, target, prop::collection::vec(condition(), 0..3)).prop_map(
        move |((allow, not_action, actions), (negated, target), conditions)| {
            let mut statement = json!({ "Effect": if allow { "Allow" } else { "Deny" } });
            statement[if not_action { "NotAction" } else { "Action" }] = actions;
            match (place, negated) {
                (DocumentKind::Identity, false) => statement["Resource"] = target,
                (DocumentKind::Identity, true) => statement["NotResource"] = target,
                (DocumentKind::Trust, false) => statement["Principal"] = json!({ "AWS": target }),
                (DocumentKind::Trust, true) => statement["NotPrincipal"] = json!({ "AWS": target }),
            }
            for (operator, key, values) in conditions {
                statement["Condition"][operator][key] = values;
            }
            statement
        },
    )
}

/// Random statements of one document.
pub(crate) fn statements(place: DocumentKind) -> impl Strategy<Value = Vec<Value>> {
    prop::collection::vec(statement(place), 0..5)
}

/// The document with these statements.
pub(crate) fn document(statements: &[Value]) -> Policy {
    policy(&json!(statements).to_string())
}

/// A random request of alice.
pub(crate) fn facts() -> impl Strategy<Value = Context> {
    let mfa = select(vec![
        Mfa::LongTermKey,
        Mfa::SessionWithout,
        aged(60),
        aged(9000),
    ]);
    let tags = subsequence(&["team", "cost", "other"][..], 0..=3);
    let address = select(&[None, Some("203.0.113.9"), Some("198.51.100.9")][..]);
    (mfa, tags, address).prop_map(|(mfa, tags, address)| {
        let mut context = alice(mfa);
        context.set_many("aws:TagKeys", tags.into_iter().map(str::to_owned).collect());
        if let Some(address) = address {
            context.set("aws:SourceIp", address);
        }
        context.set("aws:CurrentTime", "2026-06-01T00:00:00Z");
        context
    })
}

const TIME: &str = "aws:CurrentTime";

/// A random kind of request of alice: some keys are known, the others may be anything.
pub(crate) fn partial_facts() -> impl Strategy<Value = Context> {
    let known = subsequence(
        &[
            ("aws:username", Some("alice")),
            (
                "aws:PrincipalArn",
                Some("arn:aws:iam::123456789012:user/alice"),
            ),
            ("aws:MultiFactorAuthPresent", Some("true")),
            ("aws:MultiFactorAuthAge", Some("60")),
            ("aws:SourceIp", Some("203.0.113.9")),
            ("aws:PrincipalTag/team", None),
            ("aws:SourceIdentity", None),
            ("aws:TagKeys", None),
            (TIME, Some("2026-01-01T00:00:00Z")),
        ][..],
        0..=9,
    );
    known.prop_map(|known| {
        let mut context = Context::partial();
        for (key, value) in known {
            match value {
                Some(value) if key == TIME => context.set_not_before(key, value.parse().unwrap()),
                Some(value) => context.set(key, value),
                None => context.remove(key),
            };
        }
        context
    })
}
