//! Trust policies together with the caller's own policies.

mod laws;

use keyward_core::id::RoleArn;

use super::{Caller, evaluate_admission, evaluate_assume_role, evaluate_trust};
use crate::evaluate::{Decision, GrantedPolicy, ImplicitDeny, Permissions, PolicySource, Ruleset};
use crate::language::Policy;
use crate::request::{Context, Mfa};
use crate::testing::{action, aged, alice, policy};

const ROLE: &str = "arn:aws:iam::123456789012:role/Admin";
/// A caller, as texts.
#[derive(Clone, Copy)]
struct Who {
    arn: &'static str,
    role: Option<&'static str>,
    account: &'static str,
}

impl Who {
    fn asks<T>(self, question: impl FnOnce(&Caller<'_>) -> T) -> T {
        let role: Option<RoleArn> = self.role.map(|role| role.parse().unwrap());
        question(&Caller {
            arn: &self.arn.parse().unwrap(),
            role: role.as_ref(),
            account: &self.account.parse().unwrap(),
        })
    }
}

fn role() -> RoleArn {
    ROLE.parse().unwrap()
}

const ALICE: Who = Who {
    arn: "arn:aws:iam::123456789012:user/alice",
    role: None,
    account: "123456789012",
};
const STRANGER: Who = Who {
    arn: "arn:aws:iam::111122223333:user/eve",
    role: None,
    account: "111122223333",
};
const SESSION: Who = Who {
    arn: "arn:aws:sts::123456789012:assumed-role/Ops/alice",
    role: Some("arn:aws:iam::123456789012:role/Ops"),
    account: "123456789012",
};
const ROOT: Who = Who {
    arn: "arn:aws:iam::123456789012:root",
    role: None,
    account: "123456789012",
};

const GRANT: &str = r#"{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::123456789012:role/Admin"}"#;
const OTHER: &str = r#"{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::123456789012:role/Other"}"#;
const FORBID: &str = r#"{"Effect":"Deny","Action":"sts:*","Resource":"*"}"#;
const READ: &str = r#"{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}"#;

/// A trust policy with one allowing statement for these principals.
fn trusting(principal: &str) -> String {
    format!(r#"{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{principal}}}"#)
}

/// The policies on the caller's side.
#[derive(Clone, Copy, Default)]
struct Own<'a> {
    identity: &'a str,
    boundary: Option<&'a str>,
    session: Option<&'a str>,
}

fn own(identity: &str) -> Own<'_> {
    Own {
        identity,
        ..Own::default()
    }
}

/// The decision of the evaluator, which is that of the proof.
fn assumes(trust: &str, caller: Who, permissions: &Permissions<'_>, context: &Context) -> Decision {
    let trust_policy = policy(trust);
    let rules = Ruleset::new(permissions);
    let bound = rules.bind(context);
    caller.asks(|caller| {
        let decision = evaluate_assume_role(&trust_policy, &role(), caller, permissions, context);
        let proved = bound.roles().may_assume(&role(), &trust_policy, caller);
        assert_eq!(proved.decision(), decision, "{trust} for {}", caller.arn);
        decision
    })
}

fn check(trust: &str, caller: Who, own: Own<'_>, expect: &str) {
    let identity = [GrantedPolicy::named("own", policy(own.identity))];
    let boundary = own.boundary.map(policy);
    let session: Vec<Policy> = own.session.map(policy).into_iter().collect();
    let permissions = Permissions {
        identity: &identity,
        boundary: boundary.as_ref(),
        session: &session,
        ..Permissions::default()
    };
    let decision = assumes(trust, caller, &permissions, &alice(Mfa::LongTermKey));
    assert_eq!(
        describe(&decision),
        expect,
        "{trust} for {} with {}",
        caller.arn,
        own.identity
    );
}

fn describe(decision: &Decision) -> String {
    match decision {
        Decision::NeedsNoPermission => "needs no permission".to_owned(),
        Decision::Allowed { by, doubt } => {
            assert_eq!(*doubt, None);
            format!("allowed by {}", word(&by.policy))
        }
        Decision::ExplicitlyDenied { by } => format!("denied by {}", word(&by.policy)),
        Decision::ImplicitlyDenied { because } => because.to_string(),
    }
}

fn word(policy: &PolicySource) -> String {
    match policy {
        PolicySource::Named(name) => name.clone(),
        other => other.to_string().replace("the ", ""),
    }
}

#[test]
fn a_trust_that_names_the_account_leaves_it_to_the_caller() {
    for principal in [
        r#"{"AWS":"arn:aws:iam::123456789012:root"}"#,
        r#"{"AWS":"123456789012"}"#,
    ] {
        let trust = trusting(principal);
        check(&trust, ALICE, own(GRANT), "allowed by own");
        check(
            &trust,
            ALICE,
            own(OTHER),
            "no identity-based policy allows it",
        );
        check(
            &trust,
            ALICE,
            own("[]"),
            "no identity-based policy allows it",
        );
        check(&trust, SESSION, own(GRANT), "allowed by own");
        check(
            &trust,
            STRANGER,
            own(GRANT),
            "the trust policy does not allow the caller",
        );
    }
}

#[test]
fn a_trust_that_names_the_caller_suffices() {
    let user = trusting(r#"{"AWS":"arn:aws:iam::123456789012:user/alice"}"#);
    check(&user, ALICE, own("[]"), "allowed by trust policy");
    check(
        &user,
        SESSION,
        own(GRANT),
        "the trust policy does not allow the caller",
    );
    let role = trusting(r#"{"AWS":"arn:aws:iam::123456789012:role/Ops"}"#);
    check(&role, SESSION, own("[]"), "allowed by trust policy");
    check(
        &role,
        ALICE,
        own(GRANT),
        "the trust policy does not allow the caller",
    );
    let session = trusting(r#"{"AWS":"arn:aws:sts::123456789012:assumed-role/Ops/alice"}"#);
    check(&session, SESSION, own("[]"), "allowed by trust policy");
    let everyone = trusting(r#""*""#);
    check(&everyone, ALICE, own("[]"), "allowed by trust policy");
    check(&everyone, SESSION, own("[]"), "allowed by trust policy");
    let either = trusting(r#"{"AWS":["123456789012","arn:aws:iam::123456789012:user/alice"]}"#);
    check(&either, ALICE, own("[]"), "allowed by trust policy");
}

#[test]
fn boundary_and_session_policies_limit_what_is_granted_to_a_role() {
    let limited = [
        (
            Own {
                boundary: Some(READ),
                ..own(GRANT)
            },
            "no permissions boundary allows it",
        ),
        (
            Own {
                session: Some(READ),
                ..own(GRANT)
            },
            "no session policy allows it",
        ),
    ];
    for (own, expect) in limited {
        check(&trusting(r#"{"AWS":"123456789012"}"#), SESSION, own, expect);
        check(
            &trusting(r#"{"AWS":"arn:aws:iam::123456789012:role/Ops"}"#),
            SESSION,
            own,
            expect,
        );
        // A grant to the session itself comes after the limits.
        let session = trusting(r#"{"AWS":"arn:aws:sts::123456789012:assumed-role/Ops/alice"}"#);
        check(&session, SESSION, own, "allowed by trust policy");
    }
    let [boundary, session] = limited.map(|(own, _)| own);
    check(
        &trusting(r#""*""#),
        SESSION,
        boundary,
        "allowed by trust policy",
    );
    check(
        &trusting(r#""*""#),
        SESSION,
        session,
        "no session policy allows it",
    );
    // Only the condition on the role's ARN names it, so the limits do not apply.
    let by_arn = r#"{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*",
        "Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::123456789012:*"}}}"#;
    check(by_arn, SESSION, boundary, "allowed by trust policy");
    check(by_arn, SESSION, session, "allowed by trust policy");
    let user = trusting(r#"{"AWS":"arn:aws:iam::123456789012:user/alice"}"#);
    check(
        &user,
        ALICE,
        Own {
            boundary: Some(READ),
            ..own("[]")
        },
        "allowed by trust policy",
    );
}

#[test]
fn across_accounts_both_sides_must_allow() {
    for principal in [
        r#"{"AWS":"arn:aws:iam::111122223333:user/eve"}"#,
        r#"{"AWS":"111122223333"}"#,
        r#"{"AWS":"arn:aws:iam::111122223333:root"}"#,
        r#""*""#,
    ] {
        let trust = trusting(principal);
        check(&trust, STRANGER, own(GRANT), "allowed by own");
        check(
            &trust,
            STRANGER,
            own("[]"),
            "no identity-based policy allows it",
        );
        check(
            &trust,
            STRANGER,
            Own {
                boundary: Some(READ),
                ..own(GRANT)
            },
            "no permissions boundary allows it",
        );
    }
    check(
        &trusting(r#"{"AWS":"123456789012"}"#),
        STRANGER,
        own(GRANT),
        "the trust policy does not allow the caller",
    );
}

#[test]
fn an_explicit_deny_on_either_side_decides() {
    let named = trusting(r#"{"AWS":"arn:aws:iam::123456789012:user/alice"}"#);
    check(&named, ALICE, own(FORBID), "denied by own");
    check(
        &named,
        ALICE,
        Own {
            boundary: Some(FORBID),
            ..own(GRANT)
        },
        "denied by permissions boundary",
    );
    check(
        &named,
        ALICE,
        Own {
            session: Some(FORBID),
            ..own(GRANT)
        },
        "denied by session policy",
    );
    for principal in [
        r#""*""#,
        r#"{"AWS":"123456789012"}"#,
        r#"{"AWS":"arn:aws:iam::123456789012:user/alice"}"#,
    ] {
        let trust = format!(
            r#"[{named},{{"Effect":"Deny","Action":"sts:AssumeRole","Principal":{principal}}}]"#
        );
        check(&trust, ALICE, own(GRANT), "denied by trust policy");
    }
    let others = format!(
        r#"[{named},{{"Effect":"Deny","Action":"*","Principal":{{"AWS":"111122223333"}}}}]"#
    );
    check(&others, ALICE, own(GRANT), "allowed by trust policy");
    check("[]", ALICE, own(FORBID), "denied by own");
}

#[test]
fn a_deny_of_everyone_else_spares_who_is_named_in_full() {
    let deny = |listed: &str| {
        format!(
            r#"[{},{{"Effect":"Deny","Action":"*","NotPrincipal":{{"AWS":[{listed}]}}}}]"#,
            trusting(r#""*""#)
        )
    };
    let (account, user) = (
        r#""123456789012""#,
        r#""arn:aws:iam::123456789012:user/alice""#,
    );
    check(
        &deny(&format!("{account},{user}")),
        ALICE,
        own("[]"),
        "allowed by trust policy",
    );
    check(&deny(user), ALICE, own("[]"), "denied by trust policy");
    check(&deny(account), ALICE, own("[]"), "denied by trust policy");
    check(
        &deny(&format!("{account},{user}")),
        STRANGER,
        own(GRANT),
        "denied by trust policy",
    );
    let bounded = Own {
        boundary: Some(GRANT),
        ..own(GRANT)
    };
    let spared = deny(&format!("{account},{user}"));
    check(&spared, ALICE, bounded, "denied by trust policy");
    let role = r#""123456789012","arn:aws:iam::123456789012:role/Ops""#;
    check(&deny(role), SESSION, own("[]"), "denied by trust policy");
    let session = format!(r#"{role},"arn:aws:sts::123456789012:assumed-role/Ops/alice""#);
    check(
        &deny(&session),
        SESSION,
        own("[]"),
        "allowed by trust policy",
    );
}

#[test]
fn an_allow_of_everyone_else_leaves_out_who_is_named() {
    let allow = |listed: &str| {
        format!(r#"{{"Effect":"Allow","Action":"*","NotPrincipal":{{"AWS":[{listed}]}}}}"#)
    };
    check(
        &allow(r#""111122223333""#),
        ALICE,
        own("[]"),
        "allowed by trust policy",
    );
    check(
        &allow(r#""111122223333""#),
        STRANGER,
        own(GRANT),
        "the trust policy does not allow the caller",
    );
    check(
        &allow(r#""arn:aws:iam::123456789012:user/alice""#),
        ALICE,
        own(GRANT),
        "the trust policy does not allow the caller",
    );
}

#[test]
fn services_providers_and_deleted_identities_are_nobody() {
    for principal in [
        r#"{"Service":"ec2.amazonaws.com"}"#,
        r#"{"Federated":"arn:aws:iam::123456789012:saml-provider/idp"}"#,
        r#"{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}"#,
        r#"{"AWS":"AIDACKCEVSQ6C2EXAMPLE"}"#,
    ] {
        check(
            &trusting(principal),
            ALICE,
            own(GRANT),
            "the trust policy does not allow the caller",
        );
    }
}

#[test]
fn a_trust_about_other_actions_or_without_principals_lets_nobody_in() {
    let saml = r#"{"Effect":"Allow","Action":"sts:AssumeRoleWithSAML","Principal":"*"}"#;
    check(
        saml,
        ALICE,
        own(GRANT),
        "the trust policy does not allow the caller",
    );
    check(
        GRANT,
        ALICE,
        own(GRANT),
        "the trust policy does not allow the caller",
    );
}

#[test]
fn the_root_user_assumes_no_role() {
    check(
        &trusting(r#""*""#),
        ROOT,
        own(GRANT),
        &ImplicitDeny::RootMayNotAssume.to_string(),
    );
}

#[test]
fn what_may_stop_an_assumption_is_named() {
    let perhaps = r#""Action":"sts:*","Condition":{"StringEquals":{"aws:SourceVpc":"vpc-1"}}"#;
    let deny = format!(r#"{{"Effect":"Deny","Resource":"*",{perhaps}}}"#);
    let (either, allow) = (format!("[{GRANT},{deny}]"), deny.replace("Deny", "Allow"));
    let alice = trusting(r#"{"AWS":"arn:aws:iam::123456789012:user/alice"}"#);
    let barred = format!(r#"[{alice},{{"Effect":"Deny","Principal":"*",{perhaps}}}]"#);
    let sure = GrantedPolicy::named("own", policy(GRANT));
    let torn = GrantedPolicy::named("own", policy(&either));
    let (boundary, session) = (policy(&either), [policy(&either)]);
    let plain = Permissions {
        identity: std::slice::from_ref(&sure),
        ..Permissions::default()
    };
    let cases = [
        (&alice, plain, None),
        (&barred, plain, Some("trust policy")),
        (
            &alice,
            Permissions {
                identity: std::slice::from_ref(&torn),
                ..plain
            },
            Some("own"),
        ),
        (
            &alice,
            Permissions {
                boundary: Some(&boundary),
                ..plain
            },
            Some("permissions boundary"),
        ),
        (
            &alice,
            Permissions {
                session: &session,
                ..plain
            },
            Some("session policy"),
        ),
    ];
    let context = Context::partial();
    let ask =
        |trust: &str, permissions: &Permissions<'_>| assumes(trust, ALICE, permissions, &context);
    for (trust, permissions, expect) in cases {
        let Decision::Allowed { doubt, .. } = ask(trust, &permissions) else {
            panic!("{trust} denies");
        };
        let doubt = doubt.map(|by| word(&by.policy));
        assert_eq!(doubt.as_deref(), expect, "{trust} {permissions:?}");
    }
    // The caller's own grant decides where the trust names the account.
    let identity = [GrantedPolicy::named("own", policy(&allow))];
    let asked = Permissions {
        identity: &identity,
        ..Permissions::default()
    };
    let account = trusting(r#"{"AWS":"123456789012"}"#);
    let decision = ask(&account, &asked);
    let is_open = matches!(decision, Decision::Allowed { doubt: Some(_), .. });
    assert!(is_open, "{decision:?}");
    // A boundary may not let a role in: by a condition, or by a name that is not known.
    let named = GRANT.replace("role/Admin", "role/${aws:PrincipalTag/role}");
    let ops = trusting(r#"{"AWS":"arn:aws:iam::123456789012:role/Ops"}"#);
    for boundary in [policy(&allow), policy(&named)] {
        let permissions = Permissions {
            boundary: Some(&boundary),
            ..plain
        };
        let Decision::Allowed { doubt, .. } = assumes(&ops, SESSION, &permissions, &context) else {
            panic!("{boundary} denies");
        };
        let doubt = doubt.map(|by| by.policy);
        assert_eq!(doubt, Some(PolicySource::Boundary), "{boundary}");
    }
}

#[test]
fn the_statement_of_a_trust_that_lets_in_is_named() {
    let trust = format!(
        "[{},{}]",
        trusting(r#"{"AWS":"111122223333"}"#),
        trusting(r#"{"AWS":"123456789012"}"#)
    );
    let trust = policy(&trust);
    for (own, door) in [(GRANT, Some(1)), (OTHER, None)] {
        let identity = [GrantedPolicy::named("own", policy(own))];
        let permissions = Permissions {
            identity: &identity,
            ..Permissions::default()
        };
        let context = alice(Mfa::LongTermKey);
        let (decision, by) = ALICE
            .asks(|caller| evaluate_admission(&trust, &role(), caller, &permissions, &context));
        assert_eq!(decision.is_allowed(), door.is_some(), "{own}");
        assert_eq!(by.map(|by| by.index), door, "{own}");
    }
}

#[test]
fn mfa_is_asked_for_on_either_side() {
    let condition = r#""Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}"#;
    let plain_trust = trusting(r#"{"AWS":"123456789012"}"#);
    let mfa_trust = plain_trust.replace(r#""Effect""#, &format!("{condition},\"Effect\""));
    let mfa_grant = GRANT.replace(r#""Effect""#, &format!("{condition},\"Effect\""));
    let trust_missing = "the trust policy does not allow the caller";
    let grant_missing = "no identity-based policy allows it";
    for (trust, grant, mfa, expect) in [
        (&mfa_trust, GRANT, Mfa::LongTermKey, trust_missing),
        (&mfa_trust, GRANT, Mfa::SessionWithout, trust_missing),
        (&mfa_trust, GRANT, aged(3599), "allowed by own"),
        (&mfa_trust, GRANT, aged(3600), trust_missing),
        (&plain_trust, &mfa_grant, Mfa::LongTermKey, grant_missing),
        (&plain_trust, &mfa_grant, aged(60), "allowed by own"),
        (&plain_trust, &mfa_grant, aged(9000), grant_missing),
    ] {
        let identity = [GrantedPolicy::named("own", policy(grant))];
        let permissions = Permissions {
            identity: &identity,
            ..Permissions::default()
        };
        let decision = assumes(trust, ALICE, &permissions, &alice(mfa));
        assert_eq!(describe(&decision), expect, "{trust} {grant} {mfa:?}");
    }
}

#[test]
fn what_comes_with_a_role_is_granted_apart() {
    let trust = policy(
        r#"{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::123456789012:user/alice"},
            "Action": ["sts:AssumeRole", "sts:TagSession"]}"#,
    );
    let permissions = Permissions {
        identity: &[],
        ..Permissions::default()
    };
    let check = |text: &str, allowed: bool| {
        let context = Context::new();
        let decision = ALICE.asks(|caller| {
            evaluate_trust(
                &action(text),
                &trust,
                &role(),
                caller,
                &permissions,
                &context,
            )
        });
        assert_eq!(decision.is_allowed(), allowed, "{text}");
    };
    check("sts:AssumeRole", true);
    check("sts:TagSession", true);
    check("sts:SetSourceIdentity", false);
}
