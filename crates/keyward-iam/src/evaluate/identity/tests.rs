//! Policies together: denies, boundaries, session policies, and the pitfalls of MFA conditions.

mod guard;
mod laws;

use super::{evaluate, is_allowed};
use crate::evaluate::{
    ControlLevel, ControlPolicy, Decision, GrantedPolicy, ImplicitDeny, Permissions, PolicySource,
    Ruleset, StatementRef,
};
use crate::language::Policy;
use crate::request::{Context, Mfa, Request};
use crate::testing::{action, aged, alice, named, policy, resource};

fn ask(
    identity: &[GrantedPolicy<'_>],
    action: &str,
    resource: &str,
    context: &Context,
) -> Decision {
    let permissions = Permissions {
        identity,
        ..Permissions::default()
    };
    let request = Request {
        action: &self::action(action),
        resource: &self::resource(resource),
        context,
    };
    let decision = evaluate(&permissions, &request);
    assert_eq!(decision.is_allowed(), is_allowed(&permissions, &request));
    decision
}

/// The decision of the evaluator, which is that of the proof.
fn ask_both(
    identity: &[GrantedPolicy<'_>],
    action: &str,
    resource: &str,
    context: &Context,
) -> Decision {
    let decision = ask(identity, action, resource, context);
    let permissions = Permissions {
        identity,
        ..Permissions::default()
    };
    let rules = Ruleset::new(&permissions);
    let bound = rules.bind(context);
    let proved = bound.allows(&self::action(action), &self::resource(resource));
    assert_eq!(proved.decision(), decision, "{action} on {resource}");
    decision
}

/// The outcome in one word, for tables.
fn word(decision: &Decision) -> &'static str {
    match decision {
        Decision::Allowed { .. } | Decision::NeedsNoPermission => "allowed",
        Decision::ExplicitlyDenied { .. } => "denied",
        Decision::ImplicitlyDenied { .. } => "not allowed",
    }
}

#[test]
fn the_deciding_statement_is_named() {
    let identity = [
        GrantedPolicy::named(
            "read",
            policy(
                r#"[{"Effect":"Deny","Action":"s3:*","Resource":"*"},{"Sid":"Users","Effect":"Allow","Action":"iam:Get*","Resource":"*"}]"#,
            ),
        ),
        GrantedPolicy::named(
            "no",
            policy(r#"{"Effect":"Deny","Action":"iam:GetRole","Resource":"*"}"#),
        ),
    ];
    let context = Context::new();
    let by = |policy: &str, sid: Option<&str>, index| StatementRef {
        policy: PolicySource::Named(policy.into()),
        sid: sid.map(str::to_owned),
        index,
    };
    let allowed = by("read", Some("Users"), 1);
    assert_eq!(allowed.to_string(), "statement `Users` of `read`");
    assert_eq!(
        ask_both(&identity, "iam:GetUser", "*", &context),
        Decision::Allowed {
            by: allowed,
            doubt: None
        }
    );
    let denied = by("no", None, 0);
    assert_eq!(denied.to_string(), "statement 1 of `no`");
    assert_eq!(
        ask_both(&identity, "iam:GetRole", "*", &context),
        Decision::ExplicitlyDenied { by: denied }
    );
    let because = ImplicitDeny::IdentityAllow;
    assert_eq!(
        ask_both(&identity, "ec2:RunInstances", "*", &context),
        Decision::ImplicitlyDenied { because }
    );
}

#[test]
fn no_policy_allows_nothing() {
    let because = ImplicitDeny::IdentityAllow;
    assert_eq!(
        ask_both(&[], "iam:GetUser", "*", &Context::new()),
        Decision::ImplicitlyDenied { because }
    );
}

#[test]
fn a_statement_with_a_principal_says_nothing_about_an_identity() {
    let identity = [named(
        r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"*"}}"#,
    )];
    assert_eq!(
        word(&ask_both(&identity, "iam:GetUser", "*", &Context::new())),
        "not allowed"
    );
}

#[test]
fn boundary_and_session_policies_limit_and_never_grant() {
    let all = policy(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let get = policy(r#"{"Effect":"Allow","Action":"iam:Get*","Resource":"*"}"#);
    let no_get = policy(
        r#"[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"iam:Get*","Resource":"*"}]"#,
    );
    let s3 = policy(r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#);
    let missing = |because| Decision::ImplicitlyDenied { because };
    let check = |identity: &Policy,
                 boundary: Option<&Policy>,
                 session: &[Policy],
                 expect: Result<(), Decision>| {
        let identity = [GrantedPolicy::named("p", identity.clone())];
        let permissions = Permissions {
            identity: &identity,
            boundary,
            session,
            ..Permissions::default()
        };
        let context = Context::new();
        let decision = evaluate(
            &permissions,
            &Request {
                action: &action("iam:GetUser"),
                resource: &resource("*"),
                context: &context,
            },
        );
        match expect {
            Ok(()) => assert!(decision.is_allowed(), "{decision:?}"),
            Err(expect) => assert_eq!(decision, expect),
        }
    };
    let denied = |policy| Decision::ExplicitlyDenied {
        by: StatementRef {
            policy,
            sid: None,
            index: 1,
        },
    };
    check(&all, None, &[], Ok(()));
    check(&all, Some(&get), &[], Ok(()));
    check(&all, Some(&s3), &[], Err(missing(ImplicitDeny::Boundary)));
    check(
        &s3,
        Some(&all),
        &[],
        Err(missing(ImplicitDeny::IdentityAllow)),
    );
    check(
        &s3,
        None,
        std::slice::from_ref(&all),
        Err(missing(ImplicitDeny::IdentityAllow)),
    );
    check(
        &all,
        None,
        std::slice::from_ref(&s3),
        Err(missing(ImplicitDeny::SessionPolicy)),
    );
    check(&all, Some(&all), &[s3.clone(), get.clone()], Ok(()));
    check(
        &all,
        Some(&s3),
        std::slice::from_ref(&s3),
        Err(missing(ImplicitDeny::Boundary)),
    );
    check(
        &all,
        Some(&no_get),
        &[],
        Err(denied(PolicySource::Boundary)),
    );
    check(
        &s3,
        Some(&s3),
        &[get, no_get],
        Err(denied(PolicySource::Session)),
    );
}

#[test]
fn resources_and_actions_may_be_listed_or_excepted() {
    let own = "arn:aws:iam::123456789012:user/alice";
    let bob = "arn:aws:iam::123456789012:user/bob";
    let context = alice(Mfa::LongTermKey);
    for (statement, action, resource, expect) in [
        (
            r#""Action":"iam:*","Resource":"arn:aws:iam::*:user/${aws:username}""#,
            "iam:GetUser",
            own,
            true,
        ),
        (
            r#""Action":"iam:*","Resource":"arn:aws:iam::*:user/${aws:username}""#,
            "iam:GetUser",
            bob,
            false,
        ),
        (
            r#""Action":"iam:*","Resource":"arn:aws:iam::*:user/${aws:username}""#,
            "iam:ListUsers",
            "*",
            false,
        ),
        (
            r#""NotAction":"iam:*","Resource":"*""#,
            "iam:GetUser",
            own,
            false,
        ),
        (
            r#""NotAction":"iam:*","Resource":"*""#,
            "s3:GetObject",
            "arn:aws:s3:::b/k",
            true,
        ),
        (
            r#""NotAction":["iam:*","sts:*"],"Resource":"*""#,
            "sts:AssumeRole",
            "*",
            false,
        ),
        (
            r#""Action":"iam:*","NotResource":"arn:aws:iam::*:user/${aws:username}""#,
            "iam:GetUser",
            own,
            false,
        ),
        (
            r#""Action":"iam:*","NotResource":"arn:aws:iam::*:user/${aws:username}""#,
            "iam:GetUser",
            bob,
            true,
        ),
        (
            r#""Action":"iam:*","NotResource":"arn:aws:iam::*:user/${aws:username}""#,
            "iam:ListUsers",
            "*",
            true,
        ),
        // A variable without a value excepts nothing.
        (
            r#""Action":"iam:*","NotResource":"arn:aws:iam::*:user/${aws:SourceIdentity}""#,
            "iam:GetUser",
            own,
            true,
        ),
        (
            r#""Action":"iam:*","Resource":"arn:aws:iam::*:user/${aws:SourceIdentity, 'alice'}""#,
            "iam:GetUser",
            own,
            true,
        ),
        (
            r#""Action":"iam:*","Resource":["arn:aws:iam::*:user/a?ice","arn:aws:s3:::*"]"#,
            "iam:GetUser",
            own,
            true,
        ),
    ] {
        let identity = [GrantedPolicy::named(
            "p",
            policy(&format!(r#"{{"Effect":"Allow",{statement}}}"#)),
        )];
        let decision = ask_both(&identity, action, resource, &context);
        assert_eq!(
            decision.is_allowed(),
            expect,
            "{statement} for {action} on {resource}"
        );
    }
}

#[test]
fn the_older_version_takes_variables_for_text() {
    let identity = [named(
        r#"{"Version":"2008-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":["arn:aws:iam::*:user/${aws:username}","arn:aws:s3:::home/${aws:username}"]}}"#,
    )];
    let context = alice(Mfa::LongTermKey);
    let allowed =
        |action: &str, resource: &str| ask_both(&identity, action, resource, &context).is_allowed();
    assert!(!allowed("s3:GetObject", "arn:aws:s3:::home/alice"));
    assert!(allowed("s3:GetObject", "arn:aws:s3:::home/${aws:username}"));
    // No user has such a name.
    for name in ["alice", "${aws:username}"] {
        let user = format!("arn:aws:iam::123456789012:user/{name}");
        assert!(!allowed("iam:GetUser", &user), "{name}");
    }
}

#[test]
fn mfa_conditions_differ_for_keys_and_sessions() {
    for (effect, condition, long_term_key, session_without, session_with) in [
        (
            "Deny",
            r#"{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#,
            "allowed",
            "denied",
            "allowed",
        ),
        (
            "Deny",
            r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#,
            "denied",
            "denied",
            "allowed",
        ),
        (
            "Deny",
            r#"{"Null":{"aws:MultiFactorAuthPresent":"true"}}"#,
            "denied",
            "allowed",
            "allowed",
        ),
        (
            "Deny",
            r#"{"StringNotEquals":{"aws:MultiFactorAuthPresent":"true"}}"#,
            "denied",
            "denied",
            "allowed",
        ),
        (
            "Allow",
            r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
            "not allowed",
            "not allowed",
            "allowed",
        ),
        (
            "Allow",
            r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"true"}}"#,
            "allowed",
            "not allowed",
            "allowed",
        ),
        (
            "Allow",
            r#"{"Bool":{"aws:MultiFactorAuthPresent":true},"NumericLessThan":{"aws:MultiFactorAuthAge":3600}}"#,
            "not allowed",
            "not allowed",
            "allowed",
        ),
        (
            "Allow",
            r#"{"NumericLessThanIfExists":{"aws:MultiFactorAuthAge":"3600"}}"#,
            "allowed",
            "allowed",
            "allowed",
        ),
    ] {
        let grant = if effect == "Deny" {
            r#"{"Effect":"Allow","Action":"*","Resource":"*"},"#
        } else {
            ""
        };
        let statements = format!(
            r#"[{grant}{{"Effect":"{effect}","Action":"*","Resource":"*","Condition":{condition}}}]"#
        );
        let identity = [GrantedPolicy::named("p", policy(&statements))];
        for (mfa, expect) in [
            (Mfa::LongTermKey, long_term_key),
            (Mfa::SessionWithout, session_without),
            (aged(60), session_with),
        ] {
            let decision = ask_both(&identity, "ec2:RunInstances", "*", &alice(mfa));
            assert_eq!(word(&decision), expect, "{effect} {condition} for {mfa:?}");
        }
    }
}

/// A level of an organization with these service control policies.
fn level(name: &str, policies: &[&Policy]) -> ControlLevel {
    let policies = policies.iter().map(|policy| ControlPolicy {
        name: "p".into(),
        policy: (*policy).clone(),
    });
    ControlLevel {
        name: name.into(),
        policies: policies.collect(),
    }
}

/// Whether an administrator may call `iam:GetUser` under these levels.
fn under(levels: &[ControlLevel], context: &Context) -> Decision {
    let all = policy(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let permissions = Permissions {
        identity: &[GrantedPolicy::named("p", all)],
        service_control: Some(levels),
        ..Permissions::default()
    };
    let request = Request {
        action: &action("iam:GetUser"),
        resource: &resource("*"),
        context,
    };
    evaluate(&permissions, &request)
}

#[test]
fn an_unknown_condition_of_a_level_is_named() {
    let all = policy(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let inside = r#""Condition":{"StringEquals":{"aws:SourceVpc":"vpc-1"}}"#;
    let allow = policy(&format!(
        r#"{{"Effect":"Allow","Action":"*","Resource":"*",{inside}}}"#
    ));
    let deny = policy(&format!(
        r#"{{"Effect":"Deny","Action":"*","Resource":"*",{inside}}}"#
    ));
    for levels in [
        vec![level("root", &[&allow])],
        vec![level("root", &[&all, &deny])],
        vec![level("root", &[&all]), level("unit", &[&allow])],
    ] {
        let decision = under(&levels, &Context::partial());
        assert!(
            matches!(decision, Decision::Allowed { doubt: Some(_), .. }),
            "{decision:?}"
        );
    }
}

#[test]
fn every_level_of_an_organization_must_allow() {
    let all = policy(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#);
    let s3 = policy(r#"{"Effect":"Allow","Action":"s3:*","Resource":"*"}"#);
    let no_iam = policy(r#"{"Effect":"Deny","Action":"iam:*","Resource":"*"}"#);
    let because = ImplicitDeny::ServiceControl;
    let denied = Decision::ExplicitlyDenied {
        by: StatementRef {
            policy: PolicySource::ServiceControl {
                level: "unit".into(),
                policy: "p".into(),
            },
            sid: None,
            index: 0,
        },
    };
    for (levels, expect) in [
        (
            vec![level("root", &[&all]), level("unit", &[&s3, &all])],
            None,
        ),
        (
            vec![level("root", &[&all]), level("unit", &[&s3])],
            Some(Decision::ImplicitlyDenied { because }),
        ),
        (
            vec![level("root", &[&all]), level("unit", &[])],
            Some(Decision::ImplicitlyDenied { because }),
        ),
        (
            vec![level("root", &[&s3]), level("unit", &[&no_iam, &all])],
            Some(denied),
        ),
    ] {
        let decision = under(&levels, &Context::new());
        match expect {
            None => assert!(decision.is_allowed(), "{decision:?}"),
            Some(expect) => assert_eq!(decision, expect),
        }
    }
}

#[test]
fn what_the_context_leaves_open_counts_as_allowed_and_is_named() {
    let identity = [GrantedPolicy::named(
        "p",
        policy(
            r#"[{"Sid":"FromOffice","Effect":"Allow","Action":"s3:*","Resource":"*",
                 "Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}},
                {"Sid":"Always","Effect":"Allow","Action":"iam:*","Resource":"*"},
                {"Sid":"NotAbroad","Effect":"Deny","Action":"iam:*","Resource":"*",
                 "Condition":{"StringNotEquals":{"aws:RequestedRegion":"eu-central-1"}}},
                {"Sid":"Never","Effect":"Deny","Action":"iam:DeleteUser","Resource":"*"}]"#,
        ),
    )];
    let check = |text: &str, context: &Context, expect: Option<(&str, Option<&str>)>| {
        let sids = match ask_both(&identity, text, "*", context) {
            Decision::Allowed { by, doubt } => Some((by.sid, doubt.and_then(|d| d.sid))),
            _ => None,
        };
        let expect = expect.map(|(by, doubt)| (Some(by.to_owned()), doubt.map(str::to_owned)));
        assert_eq!(sids, expect, "{text}");
    };
    let open = Context::partial();
    check(
        "s3:GetObject",
        &open,
        Some(("FromOffice", Some("FromOffice"))),
    );
    check("iam:GetUser", &open, Some(("Always", Some("NotAbroad"))));
    check("iam:DeleteUser", &open, None);
    check("ec2:RunInstances", &open, None);
    let mut known = Context::partial();
    known
        .set("aws:SourceIp", "203.0.113.9")
        .set("aws:RequestedRegion", "eu-central-1");
    check("s3:GetObject", &known, Some(("FromOffice", None)));
    check("iam:GetUser", &known, Some(("Always", None)));
}

#[test]
fn two_actions_are_answered_against_every_policy() {
    let identity = [GrantedPolicy::named(
        "p",
        policy(r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#),
    )];
    let decision = ask_both(&identity, "sts:GetCallerIdentity", "*", &Context::new());
    assert_eq!(decision, Decision::NeedsNoPermission);
}

#[test]
fn a_resource_of_another_account_is_not_ours_to_allow() {
    let identity = [GrantedPolicy::named(
        "p",
        policy(r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#),
    )];
    let context = alice(Mfa::LongTermKey);
    let elsewhere = "arn:aws:sqs:eu-central-1:111122223333:jobs";
    let because = ImplicitDeny::OtherAccount;
    assert_eq!(
        ask_both(&identity, "sqs:SendMessage", elsewhere, &context),
        Decision::ImplicitlyDenied { because }
    );
    for on in [
        "arn:aws:sqs:eu-central-1:123456789012:jobs",
        "arn:aws:s3:::bucket",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
    ] {
        let decision = ask_both(&identity, "sqs:SendMessage", on, &context);
        assert!(decision.is_allowed(), "{on}");
    }
    // An organization admits its management account without a policy of the member.
    let (root, member) = (
        "arn:aws:iam::111122223333:root",
        "arn:aws:organizations::111122223333:account/o-exampleorgid/444455556666",
    );
    for (text, on, alone) in [
        ("sts:AssumeRoot", root, true),
        (
            "sts:AssumeRole",
            "arn:aws:iam::111122223333:role/Ops",
            false,
        ),
        ("s3:AssumeRoot", root, false),
        ("organizations:DescribeAccount", member, true),
        ("account:GetContactInformation", member, true),
    ] {
        let decision = ask_both(&identity, text, on, &context);
        assert_eq!(decision.is_allowed(), alone, "{text}");
    }
}
