//! Any text as policies: nothing panics, what is read is written and read again the same, and a
//! decision keeps the laws of IAM: the same question has the same answer, a deny or a limit never
//! allows more, and an unknown fact never hides what may be allowed.
#![no_main]

use keyward_iam::{
    Caller, Context, Decision, GrantedPolicy, Permissions, Policy, PolicyKind, PolicyProblem,
    PolicyProblems, Request, Ruleset, evaluate, evaluate_assume_role, is_allowed,
};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

/// Separates the caller's policy, a limit and the trust policy of one input.
const SEPARATOR: char = '\u{1}';

const KINDS: [PolicyKind; 4] = [
    PolicyKind::Identity,
    PolicyKind::Session,
    PolicyKind::ServiceControl,
    PolicyKind::Trust,
];

const REQUESTS: [(&str, &str); 6] = [
    ("iam:GetUser", "arn:aws:iam::123456789012:user/alice"),
    (
        "iam:CreateAccessKey",
        "arn:aws:iam::123456789012:user/team/bob",
    ),
    ("sts:AssumeRole", "arn:aws:iam::123456789012:role/Admin"),
    ("s3:GetObject", "arn:aws:s3:::bucket/none/x"),
    ("ec2:RunInstances", "*"),
    ("sts:GetCallerIdentity", "*"),
];

fuzz_target!(|input: &str| {
    let mut parts = input.splitn(3, SEPARATOR);
    let mut next = || parts.next().unwrap_or_default();
    let (own, limit, trust) = (next(), next(), next());
    for text in [own, limit, trust] {
        read(text);
    }
    let Ok(policy) = Policy::parse_stored(PolicyKind::Identity, own) else {
        return;
    };
    let limit = Policy::parse_stored(PolicyKind::Identity, limit).ok();
    let identity = [GrantedPolicy::named("own", policy)];
    for context in contexts() {
        for (action, resource) in REQUESTS {
            decide(
                &identity,
                limit.as_ref(),
                &Request {
                    action: &action.parse().expect("an action"),
                    resource: &resource.parse().expect("a resource"),
                    context: &context,
                },
            );
        }
        if let Ok(trust) = Policy::parse_stored(PolicyKind::Trust, trust) {
            assume(&identity, &trust, &context);
        }
    }
});

/// As each kind, new and stored.
fn read(text: &str) {
    judged(text, Policy::parse(text), Policy::parse);
    for kind in KINDS {
        let new = Policy::parse_as(kind, text);
        let stored = Policy::parse_stored(kind, text);
        if let Ok(new) = &new {
            let stored = stored.as_ref().expect("AWS stores what it takes");
            assert_eq!(new, stored, "stored, it means something else");
        }
        judged(text, new, |text| Policy::parse_as(kind, text));
        judged(text, stored, |text| Policy::parse_stored(kind, text));
    }
}

/// A policy survives writing, and a problem says what it is and where.
fn judged(
    text: &str,
    read: Result<Policy, PolicyProblems>,
    again: impl Fn(&str) -> Result<Policy, PolicyProblems>,
) {
    match read {
        Ok(policy) => {
            let written = policy.to_json();
            let second = again(&written).expect("a written policy is read");
            assert_eq!(second, policy);
            assert_eq!(second.to_json(), written);
        }
        Err(problems) => {
            assert!(problems.iter().count() > 0);
            for problem in &problems {
                assert!(!problem.to_string().is_empty());
                if let PolicyProblem::Json(error) = problem {
                    let lines = text.split('\n').count();
                    assert!(error.line() <= lines.max(1), "{error}");
                } else {
                    // A place is within the document, so the text is JSON.
                    serde_json::from_str::<Value>(text).expect("JSON with a problem");
                }
            }
        }
    }
}

/// A code just now, a code some time ago, none, and nothing known beyond the user.
fn contexts() -> [Context; 4] {
    let known = |context: &mut Context| {
        context
            .set("aws:username", "alice")
            .set("aws:PrincipalArn", "arn:aws:iam::123456789012:user/alice")
            .set("aws:PrincipalAccount", "123456789012");
    };
    let mut contexts = [
        Context::new(),
        Context::new(),
        Context::new(),
        Context::partial(),
    ];
    contexts.iter_mut().for_each(known);
    for (context, age) in contexts.iter_mut().zip(["60", "90000"]) {
        context
            .set("aws:MultiFactorAuthPresent", "true")
            .set("aws:MultiFactorAuthAge", age);
    }
    contexts
}

fn decide(identity: &[GrantedPolicy<'_>], limit: Option<&Policy>, request: &Request<'_>) {
    let alone = Permissions {
        identity,
        ..Permissions::default()
    };
    let decision = evaluate(&alone, request);
    assert_eq!(evaluate(&alone, request), decision);
    assert_eq!(is_allowed(&alone, request), decision.is_allowed());
    let rules = Ruleset::new(&alone);
    let bound = rules.bind(request.context);
    assert_eq!(
        bound.allows(request.action, request.resource).is_allowed(),
        decision.is_allowed(),
        "the sweep and the evaluator disagree"
    );
    let mut wider = Context::partial();
    wider.set("aws:username", "alice");
    let unsure = Request {
        context: &wider,
        ..*request
    };
    if decision.is_allowed() {
        assert!(
            is_allowed(&alone, &unsure),
            "an unknown fact hides a permission"
        );
    }
    let Some(limit) = limit else {
        return;
    };
    let session = std::slice::from_ref(limit);
    for limited in [
        Permissions {
            boundary: Some(limit),
            ..alone
        },
        Permissions { session, ..alone },
    ] {
        never_more(&decision, &evaluate(&limited, request));
    }
    let mut both = identity.to_vec();
    both.push(GrantedPolicy::named("deny", denying(limit)));
    let with_deny = Permissions {
        identity: &both,
        ..Permissions::default()
    };
    never_more(&decision, &evaluate(&with_deny, request));
}

fn never_more(before: &Decision, after: &Decision) {
    assert!(
        before.is_allowed() || !after.is_allowed(),
        "{before:?}, but with a limit {after:?}"
    );
}

/// The same statements, each as a deny.
fn denying(policy: &Policy) -> Policy {
    let mut json: Value = serde_json::from_str(&policy.to_json()).expect("a policy is JSON");
    let statements = match json.get_mut("Statement") {
        Some(Value::Array(list)) => list.iter_mut().collect(),
        Some(one) => vec![one],
        None => Vec::new(),
    };
    for statement in statements {
        statement["Effect"] = "Deny".into();
    }
    Policy::parse_stored(PolicyKind::Identity, &json.to_string()).expect("only an effect changed")
}

fn assume(identity: &[GrantedPolicy<'_>], trust: &Policy, context: &Context) {
    let permissions = Permissions {
        identity,
        ..Permissions::default()
    };
    let caller = Caller {
        arn: &"arn:aws:iam::123456789012:user/alice"
            .parse()
            .expect("a user"),
        role: None,
        account: &"123456789012".parse().expect("an account"),
    };
    for role in [
        "arn:aws:iam::123456789012:role/Admin",
        "arn:aws:iam::111122223333:role/Admin",
    ] {
        let role = role.parse().expect("a role");
        let ask =
            |trust: &Policy| evaluate_assume_role(trust, &role, &caller, &permissions, context);
        let decision = ask(trust);
        assert_eq!(ask(trust), decision);
        let rules = Ruleset::new(&permissions);
        let bound = rules.bind(context);
        let swept = bound.roles().may_assume(&role, trust, &caller).is_allowed();
        assert_eq!(
            swept,
            decision.is_allowed(),
            "the sweep and the evaluator disagree"
        );
    }
}
