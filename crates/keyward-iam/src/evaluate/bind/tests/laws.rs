//! Bound statements agree with the evaluator, and an answer about some resource covers every
//! single one.

use proptest::prelude::*;
use proptest::sample::select;

use super::{account, targets};
use crate::catalogue::Catalogue;
use crate::evaluate::{
    Caller, ControlLevel, ControlPolicy, Decision, GrantedPolicy, Permissions, Ruleset, evaluate,
    evaluate_assume_role,
};
use crate::request::{Context, Request};
use crate::testing::{
    DocumentKind, REQUESTED, TARGETS, action, document, facts, partial_facts, resource, statements,
};

/// Resources of their own types, for the actions of the random policies.
const OWN: &[(&str, &str)] = &[
    ("iam:GetUser", "arn:aws:iam::123456789012:user/alice"),
    ("iam:GetUser", "arn:aws:iam::123456789012:user/team/bob"),
    (
        "iam:CreateAccessKey",
        "arn:aws:iam::123456789012:user/alice",
    ),
    ("sts:AssumeRole", "arn:aws:iam::123456789012:role/Admin"),
    ("s3:GetObject", "arn:aws:s3:::bucket/none/x"),
    ("s3:GetObject", "arn:aws:s3:::bucket/none/x:y"),
    (
        "ec2:RunInstances",
        "arn:aws:ec2:eu-central-1:123456789012:instance/i-1",
    ),
];

/// Whether a decision allows, whether something casts doubt on it, and whether it is a deny.
fn shape(decision: &Decision) -> (bool, bool, bool) {
    match decision {
        Decision::NeedsNoPermission => (true, false, false),
        Decision::Allowed { doubt, .. } => (true, doubt.is_some(), false),
        Decision::ExplicitlyDenied { .. } => (false, false, true),
        Decision::ImplicitlyDenied { .. } => (false, false, false),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn a_bound_answer_is_the_evaluators(
        layers in prop::collection::vec(statements(DocumentKind::Identity), 4),
        limits in 0usize..8,
        context in prop_oneof![facts(), partial_facts()],
        name in select(REQUESTED),
        on in select(TARGETS),
    ) {
        let [own, boundary, session, control] = [0, 1, 2, 3].map(|at| document(&layers[at]));
        let identity = [GrantedPolicy::named("p", own)];
        let session = [session];
        let levels = [ControlLevel { name: "root".into(), policies: vec![ControlPolicy { name: "c".into(), policy: control }] }];
        let permissions = Permissions {
            identity: &identity,
            boundary: (limits & 1 > 0).then_some(&boundary),
            session: if limits & 2 > 0 { &session } else { &[] },
            service_control: (limits & 4 > 0).then_some(&levels),
        };
        let (action, on) = (action(name), resource(on));
        let request = Request { action: &action, resource: &on, context: &context };
        let expect = evaluate(&permissions, &request);
        let rules = Ruleset::new(&permissions);
        let answer = rules.bind(&context).allows(&action, &on).decision();
        prop_assert_eq!(shape(&answer), shape(&expect), "{:?} and {:?}", answer, expect);
    }

    #[test]
    fn some_resource_covers_every_single_one(
        own in statements(DocumentKind::Identity),
        boundary in statements(DocumentKind::Identity),
        context in prop_oneof![facts(), partial_facts()],
        (name, on) in select(OWN),
    ) {
        let identity = [GrantedPolicy::named("p", document(&own))];
        let boundary = document(&boundary);
        for boundary in [None, Some(&boundary)] {
            let permissions = Permissions { identity: &identity, boundary, ..Permissions::default() };
            let rules = Ruleset::new(&permissions);
            let bound = rules.bind(&context);
            if bound.allows(&action(name), &resource(on)).is_allowed() {
                let entry = Catalogue::built_in().find(name).unwrap();
                prop_assert!(bound.allows_some(entry, &targets()).is_allowed());
            }
        }
    }

    #[test]
    fn a_bound_caller_assumes_what_the_evaluator_lets_it_assume(
        trust in statements(DocumentKind::Trust),
        layers in prop::collection::vec(statements(DocumentKind::Identity), 4),
        limits in 0usize..8,
        context in prop_oneof![facts(), partial_facts()],
        session_of_a_role in any::<bool>(),
        home in any::<bool>(),
    ) {
        let [own, boundary, session, control] = [0, 1, 2, 3].map(|at| document(&layers[at]));
        let identity = [GrantedPolicy::named("p", own)];
        let session = [session];
        let levels = [ControlLevel { name: "root".into(), policies: vec![ControlPolicy { name: "c".into(), policy: control }] }];
        let permissions = Permissions {
            identity: &identity,
            boundary: (limits & 1 > 0).then_some(&boundary),
            session: if limits & 2 > 0 { &session } else { &[] },
            service_control: (limits & 4 > 0).then_some(&levels),
        };
        let trust = document(&trust);
        let (arn, behind) = if session_of_a_role {
            ("arn:aws:sts::123456789012:assumed-role/Ops/alice", Some("arn:aws:iam::123456789012:role/Ops"))
        } else {
            ("arn:aws:iam::123456789012:user/alice", None)
        };
        let behind = behind.map(|arn| arn.parse().unwrap());
        let caller = Caller {
            arn: &arn.parse().unwrap(),
            role: behind.as_ref(),
            account: &account(),
        };
        let role = if home {
            "arn:aws:iam::123456789012:role/Admin"
        } else {
            "arn:aws:iam::111122223333:role/Admin"
        };
        let role = role.parse().unwrap();
        let expect = evaluate_assume_role(&trust, &role, &caller, &permissions, &context);
        let rules = Ruleset::new(&permissions);
        let bound = rules.bind(&context);
        let answer = bound.roles().may_assume(&role, &trust, &caller).decision();
        prop_assert_eq!(shape(&answer), shape(&expect), "{:?} and {:?}", answer, expect);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn a_sweep_is_the_answer_for_each_action(
        own in statements(DocumentKind::Identity),
        context in prop_oneof![facts(), partial_facts()],
    ) {
        let identity = [GrantedPolicy::named("p", document(&own))];
        let permissions = Permissions { identity: &identity, ..Permissions::default() };
        let rules = Ruleset::new(&permissions);
        let bound = rules.bind(&context);
        let targets = targets();
        let mut swept = bound.sweep(&targets).peekable();
        for entry in Catalogue::built_in().actions() {
            let answer = swept.next_if(|(next, _)| *next == entry).map(|(_, answer)| answer);
            let single = bound.allows_some(entry, &targets);
            prop_assert_eq!(
                (answer.is_some(), answer.is_some_and(|answer| answer.is_undecided())),
                (single.is_allowed(), single.is_undecided()),
                "{}", entry
            );
        }
        prop_assert!(swept.next().is_none());
    }
}

#[test]
fn an_empty_ruleset_allows_nothing() {
    let rules = Ruleset::new(&Permissions::default());
    let context = Context::new();
    let bound = rules.bind(&context);
    let targets = targets();
    let allowed: Vec<String> = bound
        .sweep(&targets)
        .map(|(entry, _)| entry.to_string())
        .collect();
    assert_eq!(allowed, ["sts:GetCallerIdentity", "sts:GetSessionToken"]);
}
