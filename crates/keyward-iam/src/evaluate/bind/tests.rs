//! Tests of the rest of sets of resources, and of the sweep over all actions.

mod laws;

use std::sync::Arc;

use keyward_core::id::AccountId;

use super::bound::Effort;
use super::{Among, ArnSet, Ruleset, Scope, Targets};
use crate::catalogue::Catalogue;
use crate::evaluate::{
    ControlLevel, ControlPolicy, Decision, GrantedPolicy, Permissions, StatementRef,
};
use crate::request::{Context, Mfa};
use crate::testing::{action, alice, policy, resource};

fn account() -> AccountId {
    "123456789012".parse().unwrap()
}

fn targets() -> Targets<'static> {
    Targets::new(Catalogue::built_in(), "aws", Scope::Account(&account()))
}

/// Whether an action of the catalogue is allowed on some resource, in one word.
fn check(statements: &str, context: &Context, name: &str, expect: &str) {
    let identity = [GrantedPolicy::named("p", policy(statements))];
    let permissions = Permissions {
        identity: &identity,
        ..Permissions::default()
    };
    let rules = Ruleset::new(&permissions);
    let bound = rules.bind(context);
    let entry = Catalogue::built_in().find(name).unwrap();
    let answer = bound.allows_some(entry, &targets());
    let word = match answer.decision() {
        Decision::NeedsNoPermission => "free",
        Decision::Allowed { doubt: None, .. } => "allowed",
        Decision::Allowed { .. } => "undecided",
        Decision::ExplicitlyDenied { .. } => "denied",
        Decision::ImplicitlyDenied { .. } => "not allowed",
    };
    assert_eq!(word, expect, "{name} with {statements}");
}

/// A user alice of whom everything else is unknown.
fn somebody() -> Context {
    let mut context = Context::partial();
    context
        .set("aws:username", "alice")
        .remove_prefix("aws:PrincipalTag/");
    Mfa::LongTermKey.set_keys(&mut context);
    context
}

#[test]
fn an_action_is_allowed_on_resources_of_its_own_types_only() {
    let user =
        r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::*:user/${aws:username}"}"#;
    for (name, expect) in [
        ("iam:GetUser", "allowed"),
        ("iam:EnableMFADevice", "allowed"),
        ("iam:PassRole", "not allowed"),
        ("iam:CreateVirtualMFADevice", "not allowed"),
        ("iam:ListUsers", "not allowed"),
        ("s3:GetObject", "not allowed"),
        ("ec2:RunInstances", "not allowed"),
        ("sts:GetCallerIdentity", "free"),
    ] {
        check(user, &somebody(), name, expect);
    }
}

#[test]
fn patterns_are_compared_with_the_formats_of_arns() {
    for (resource, name, expect) in [
        ("arn:aws:s3:::bucket", "s3:ListBucket", "allowed"),
        ("arn:aws:s3:::bucket", "s3:GetObject", "not allowed"),
        ("arn:aws:s3:::bucket/*", "s3:GetObject", "allowed"),
        ("arn:aws:s3:::*", "s3:GetObject", "allowed"),
        ("arn:aws-cn:s3:::*", "s3:GetObject", "not allowed"),
        (
            "arn:aws:iam::111122223333:role/*",
            "iam:PassRole",
            "not allowed",
        ),
        ("arn:aws:iam::*:role/*", "iam:PassRole", "allowed"),
        ("arn:aws:iam::*:role/*", "iam:GetUser", "not allowed"),
        ("arn:aws:iam::*:role/Ops", "sts:AssumeRole", "allowed"),
        ("arn:aws:sqs", "sqs:SendMessage", "allowed"),
        (
            "arn:aws:logs:*:log-group:app",
            "logs:DeleteLogGroup",
            "allowed",
        ),
        (
            "arn:aws:ec2:*:*:volume/*",
            "ec2:TerminateInstances",
            "not allowed",
        ),
        (
            "arn:aws:ssm:*:*:parameter/app/*",
            "ssm:GetParameter",
            "allowed",
        ),
    ] {
        let statement = format!(r#"{{"Effect":"Allow","Action":"*","Resource":"{resource}"}}"#);
        check(&statement, &somebody(), name, expect);
    }
}

#[test]
fn a_name_without_slashes_is_never_a_path_below_it() {
    let dynamodb = |rest: &str| format!("arn:aws:dynamodb:*:*:table/{rest}");
    let pipeline = |rest: &str| format!("arn:aws:codepipeline:*:*:app{rest}");
    let point = |rest: &str| format!("arn:aws:s3:*:123456789012:accesspoint/{rest}");
    let bucket = |rest: &str| format!("arn:aws:s3:::{rest}");
    for (resource, allowed, not_allowed) in [
        (
            bucket("b/*"),
            &["s3:GetObject", "s3:DeleteObject"][..],
            &["s3:CreateBucket", "s3:PutBucketPolicy", "s3:ListBucket"][..],
        ),
        (bucket("*/*"), &["s3:PutObject"], &["s3:DeleteBucket"]),
        (bucket("b*"), &["s3:GetObject", "s3:DeleteBucket"], &[]),
        (bucket("${aws:username}-*"), &["s3:ListBucket"], &[]),
        (bucket("b"), &["s3:DeleteBucket"], &["s3:GetObject"]),
        (
            point("p/object/*"),
            &["s3:GetObject"],
            &["s3:DeleteAccessPoint"],
        ),
        (point("p*"), &["s3:GetObject", "s3:DeleteAccessPoint"], &[]),
        (
            dynamodb("t/index/*"),
            &["dynamodb:Query", "dynamodb:Scan"],
            &["dynamodb:DeleteTable", "dynamodb:PutItem"],
        ),
        (
            dynamodb("t/stream/*"),
            &["dynamodb:GetRecords"],
            &["dynamodb:DeleteTable", "dynamodb:Query"],
        ),
        (dynamodb("t*"), &["dynamodb:Query", "dynamodb:PutItem"], &[]),
        (
            pipeline("/Approve/*"),
            &["codepipeline:PutApprovalResult"],
            &[
                "codepipeline:DeletePipeline",
                "codepipeline:EnableStageTransition",
            ],
        ),
        (
            pipeline("*"),
            &[
                "codepipeline:DeletePipeline",
                "codepipeline:PutApprovalResult",
            ],
            &[],
        ),
    ] {
        let statement = format!(r#"{{"Effect":"Allow","Action":"*","Resource":"{resource}"}}"#);
        for name in allowed {
            check(&statement, &somebody(), name, "allowed");
        }
        for name in not_allowed {
            check(&statement, &somebody(), name, "not allowed");
        }
    }
}

#[test]
fn a_name_that_may_have_slashes_or_colons_is_a_path_below_another() {
    for (resource, name) in [
        ("arn:aws:iam::*:role/team/*", "iam:PassRole"),
        ("arn:aws:iam::*:user/team/*", "iam:GetUser"),
        (
            "arn:aws:logs:*:*:log-group:/aws/lambda/*",
            "logs:DeleteLogGroup",
        ),
        ("arn:aws:logs:*:*:log-group:app:*", "logs:DeleteLogGroup"),
        (
            "arn:aws:lambda:*:*:function:app:live",
            "lambda:InvokeFunction",
        ),
        ("arn:aws:ecr:*:*:repository/team/*", "ecr:DeleteRepository"),
        (
            "arn:aws:secretsmanager:*:*:secret:team/*",
            "secretsmanager:GetSecretValue",
        ),
        ("arn:aws:kms:*:*:alias/team/*", "kms:DeleteAlias"),
        // AWS's list gives these actions the older kind of load balancer only.
        (
            "arn:aws:elasticloadbalancing:*:*:loadbalancer/app/*",
            "elasticloadbalancing:AddTags",
        ),
    ] {
        let statement = format!(r#"{{"Effect":"Allow","Action":"*","Resource":"{resource}"}}"#);
        check(&statement, &somebody(), name, "allowed");
    }
}

#[test]
fn a_deny_below_a_name_spares_it() {
    let all = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    let objects = r#"{"Effect":"Deny","Action":"s3:*","Resource":"arn:aws:s3:::*/*"}"#;
    let buckets = r#"{"Effect":"Deny","Action":"s3:*","NotResource":"arn:aws:s3:::b/*"}"#;
    for (deny, name, expect) in [
        (objects, "s3:DeleteBucket", "allowed"),
        (buckets, "s3:DeleteBucket", "denied"),
        (buckets, "s3:GetObject", "allowed"),
    ] {
        check(&format!("[{all},{deny}]"), &somebody(), name, expect);
    }
}

#[test]
fn what_is_certain_does_not_depend_on_the_questions_before() {
    let resources: Vec<String> = [
        "dynamodb:*:*:table/t",
        "ec2:*:*:instance/i-1",
        "ecs:*:*:cluster/c",
        "kms:*:*:key/k",
        "lambda:*:*:function:f",
        "rds:*:*:db:d",
        "s3:::b/*",
        "sns:*:*:t",
        "sqs:*:*:q",
        "workspaces:*:*:workspace/w",
    ]
    .map(|rest| format!(r#""arn:aws:{rest}""#))
    .into();
    let statements = format!(
        r#"[{{"Effect":"Allow","Action":"*","Resource":"*"}},
            {{"Effect":"Deny","Action":"*","NotResource":[{}],
              "Condition":{{"NotIpAddress":{{"aws:SourceIp":"203.0.113.0/24"}}}}}}]"#,
        resources.join(",")
    );
    let identity = [GrantedPolicy::named("p", policy(&statements))];
    let permissions = Permissions {
        identity: &identity,
        ..Permissions::default()
    };
    let (rules, context, targets) = (Ruleset::new(&permissions), somebody(), targets());
    let bound = rules.bind(&context);
    let swept: Vec<_> = bound.sweep(&targets).collect();
    assert_eq!(swept.len(), Catalogue::built_in().actions().len());
    for (entry, answer) in swept.iter().step_by(7) {
        let alone = rules.bind(&context).allows_some(*entry, &targets);
        assert_eq!(answer.is_undecided(), alone.is_undecided(), "{entry}");
    }
    let certain = swept.iter().filter(|(_, answer)| !answer.is_undecided());
    let certain: Vec<String> = certain.map(|(entry, _)| entry.to_string()).collect();
    for name in [
        "dynamodb:GetItem",
        "sqs:SendMessage",
        "workspaces:RebootWorkspaces",
    ] {
        assert!(certain.iter().any(|own| own == name), "{name}");
    }
}

#[test]
fn what_needs_no_permission_is_allowed_in_spite_of_a_deny() {
    let deny = r#"{"Effect":"Deny","Action":"*","Resource":"*"}"#;
    let identity = [GrantedPolicy::named("p", policy(deny))];
    let permissions = Permissions {
        identity: &identity,
        ..Permissions::default()
    };
    let (rules, context) = (Ruleset::new(&permissions), somebody());
    let bound = rules.bind(&context);
    let on = "*".parse().unwrap();
    for (name, allowed) in [
        ("sts:GetCallerIdentity", true),
        ("sts:DecodeAuthorizationMessage", false),
    ] {
        assert_eq!(
            bound.allows(&action(name), &on).is_allowed(),
            allowed,
            "{name}"
        );
    }
}

#[test]
fn work_that_was_spent_stays_spent() {
    let effort = Effort::default();
    effort.spend(Effort::MOST);
    assert!(!effort.is_spent());
    for _ in 0..2 {
        effort.spend(1);
        assert!(effort.is_spent());
    }
}

/// One policy of these statements.
fn of_statements(all: &[String]) -> GrantedPolicy<'static> {
    GrantedPolicy::named("p", policy(&format!("[{}]", all.join(","))))
}

#[test]
fn a_sweep_over_many_statements_is_the_answer_for_each_action() {
    let one = |effect: &str, action: &str, resource: &str| {
        format!(r#"{{"Effect":"{effect}","Action":"{action}","Resource":"{resource}"}}"#)
    };
    let user = |number: usize| format!("arn:aws:iam::*:user/u{number}");
    let abroad = r#""Condition":{"StringEquals":{"aws:SourceVpc":"v"}},"Effect""#;
    // More than fit in one word of bits, and beyond the number that is looked through as it is.
    let mut all: Vec<String> = (0..70)
        .map(|number| one("Allow", "iam:GetUser", &user(number)))
        .collect();
    all.extend((0..30).map(|_| one("Allow", "sts:DecodeAuthorizationMessage", "*")));
    all.extend([
        one("Allow", "iam:GetRole", "*"),
        one("Allow", "iam:CreateUser", "*"),
        one("Allow", "iam:DeleteUser", "*").replace(r#""Effect""#, abroad),
        one("Allow", "iam:GetGroup", "arn:aws:iam::*:role/*"),
        one("Allow", "s3:GetObject", "*"),
        one("Deny", "iam:GetRole", "arn:aws:iam::*:role/a"),
        one("Deny", "iam:CreateUser", "*"),
        one("Deny", "iam:GetUser", &user(1)),
        one("Deny", "sts:*", "*"),
    ]);
    let expected = [
        ("iam:DeleteUser", true),
        ("iam:GetRole", false),
        ("iam:GetUser", false),
        ("s3:GetObject", false),
        ("sts:GetCallerIdentity", false),
        ("sts:GetSessionToken", false),
    ];
    for reversed in [false, true] {
        if reversed {
            all.reverse();
        }
        let identity = [of_statements(&all)];
        let permissions = Permissions {
            identity: &identity,
            ..Permissions::default()
        };
        let (rules, context, targets) = (Ruleset::new(&permissions), somebody(), targets());
        let bound = rules.bind(&context);
        let swept = bound.sweep(&targets);
        let swept: Vec<(String, bool)> = swept
            .map(|(entry, answer)| (entry.to_string(), answer.is_undecided()))
            .collect();
        let expected = expected.map(|(name, undecided)| (name.to_owned(), undecided));
        assert_eq!(swept, expected);
    }
}

#[test]
fn a_level_without_an_allow_allows_nothing() {
    let level = |statement: &str| ControlLevel {
        name: "root".to_owned(),
        policies: vec![ControlPolicy {
            name: "c".to_owned(),
            policy: policy(statement),
        }],
    };
    let deny = r#"{"Effect":"Deny","Action":"s3:*","Resource":"*"}"#;
    let allow = r#"{"Effect":"Allow","Action":"*","Resource":"*"}"#;
    assert!(!level(deny).allows_anything());
    assert!(level(&format!("[{deny},{allow}]")).allows_anything());
}

#[test]
fn each_statement_that_allows_is_tried() {
    let allow = |resource: &str| {
        format!(r#"{{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:{resource}"}}"#)
    };
    let both = format!("[{},{}]", allow("role/*"), allow("user/*"));
    for name in ["iam:GetRole", "iam:GetUser"] {
        check(&both, &somebody(), name, "allowed");
    }
    let denied = r#"{"Effect":"Deny","Action":"iam:*","Resource":"arn:aws:iam::*:user/*"}"#;
    let denied = format!("[{},{},{denied}]", allow("user/*"), allow("role/*"));
    check(&denied, &somebody(), "iam:GetRole", "allowed");
    check(&denied, &somebody(), "iam:GetUser", "denied");
}

/// The positions of the statements that concern `iam:GetUser` on a user.
#[test]
fn the_statements_of_an_answer_concern_its_action_and_its_resource() {
    let statement = |effect: &str, action: &str, resource: &str| {
        format!(r#"{{"Effect":"{effect}","Action":"{action}","Resource":"{resource}"}}"#)
    };
    let except = |effect: &str, resource: &str| {
        statement(effect, "*", resource).replace("Resource", "NotResource")
    };
    const USERS: &str = "arn:aws:iam::123456789012:user/*";
    const ROLES: &str = "arn:aws:iam::123456789012:role/*";
    let maybe = r#"{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:SourceVpc":"vpc-1"}}}"#;
    let all = [
        statement("Allow", "iam:Get*", USERS),
        statement("Allow", "iam:Get*", ROLES),
        statement("Allow", "iam:Create*", USERS),
        statement("Deny", "iam:GetUser", USERS),
        statement("Deny", "iam:GetUser", ROLES),
        statement("Deny", "iam:Create*", USERS),
        maybe.to_owned(),
        statement("Allow", "iam:Get*", "*"),
        statement("Deny", "iam:Get*", "*"),
        except("Allow", USERS),
        except("Allow", ROLES),
        except("Deny", USERS),
        except("Deny", ROLES),
    ];
    let identity = [of_statements(&all)];
    let permissions = Permissions {
        identity: &identity,
        ..Permissions::default()
    };
    let (rules, context) = (Ruleset::new(&permissions), somebody());
    let bound = rules.bind(&context);
    let on = [Arc::new(ArnSet::one(
        "arn:aws:iam::123456789012:user/alice",
    ))];
    let found = bound.statements(&action("iam:GetUser"), &on);
    let at = |statements: Vec<StatementRef>| -> Vec<usize> {
        statements.iter().map(|statement| statement.index).collect()
    };
    assert_eq!(at(found.allows()), [0, 7, 10]);
    assert_eq!(at(found.denies()), [3, 8, 12]);
}

#[test]
fn denies_take_what_they_cover() {
    let with = |deny: &str| {
        format!(r#"[{{"Effect":"Allow","Action":"*","Resource":"*"}},{{"Effect":"Deny",{deny}}}]"#)
    };
    for (deny, name, expect) in [
        (
            r#""Action":"iam:*","Resource":"*""#,
            "iam:GetUser",
            "denied",
        ),
        (
            r#""Action":"iam:*","Resource":"arn:aws:iam::*:user/*""#,
            "iam:GetUser",
            "denied",
        ),
        (
            r#""Action":"iam:*","Resource":"arn:aws:iam::*:user/team/*""#,
            "iam:GetUser",
            "allowed",
        ),
        (
            r#""Action":"iam:*","Resource":"arn:aws:iam::*:role/*""#,
            "iam:GetUser",
            "allowed",
        ),
        (
            r#""Action":"iam:*","NotResource":"arn:aws:iam::*:user/${aws:username}""#,
            "iam:GetUser",
            "allowed",
        ),
        (
            r#""Action":"iam:*","NotResource":"arn:aws:iam::*:user/${aws:username}""#,
            "iam:GetRole",
            "denied",
        ),
        (
            r#""Action":"iam:*","NotResource":"arn:aws:iam::*:user/${aws:SourceIdentity}""#,
            "iam:GetUser",
            "undecided",
        ),
        (
            r#""Action":"iam:*","Resource":"arn:aws:iam::*:${aws:SourceIdentity}""#,
            "iam:GetUser",
            "undecided",
        ),
        (
            r#""Action":"iam:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}"#,
            "iam:GetUser",
            "undecided",
        ),
        (
            r#""Action":"iam:*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#,
            "iam:GetUser",
            "denied",
        ),
        (
            r#""NotAction":"s3:*","Resource":"*""#,
            "s3:GetObject",
            "allowed",
        ),
        (
            r#""NotAction":["s3:Get*","s3:List*"],"Resource":"*""#,
            "s3:PutObject",
            "denied",
        ),
    ] {
        check(&with(deny), &somebody(), name, expect);
    }
}

#[test]
fn what_is_certain_of_some_resource_is_certain() {
    let with = |statement: &str| {
        format!(r#"[{{"Effect":"Allow","Action":"iam:*","Resource":"*"}},{{{statement}}}]"#)
    };
    const PERHAPS: &str = r#""Condition":{"StringEquals":{"aws:SourceVpc":"vpc-1"}}"#;
    for (statement, expect) in [
        (
            r#""Effect":"Deny","Resource":"arn:aws:iam::*:user/x""#,
            "allowed",
        ),
        (
            r#""Effect":"Deny","Resource":"arn:aws:iam::*:user/*""#,
            "undecided",
        ),
        (
            r#""Effect":"Deny","NotResource":"arn:aws:iam::*:user/x""#,
            "allowed",
        ),
        (
            r#""Effect":"Deny","NotResource":"arn:aws:iam::*:user/${aws:SourceIdentity}""#,
            "undecided",
        ),
        (
            r#""Effect":"Deny","NotResource":"arn:aws:iam::*:role/*""#,
            "undecided",
        ),
    ] {
        let statement = format!(r#"{statement},"Action":"iam:*",{PERHAPS}"#);
        check(&with(&statement), &somebody(), "iam:GetUser", expect);
    }
    // What the value of a variable may reach is denied to no other resource.
    for (resource, expect) in [
        ("arn:aws:iam::*:user/team/${aws:SourceIdentity}", "allowed"),
        ("arn:aws:iam::*:user/${aws:SourceIdentity}", "undecided"),
    ] {
        let statement = format!(r#""Effect":"Deny","Action":"iam:*","Resource":"{resource}""#);
        check(&with(&statement), &somebody(), "iam:GetUser", expect);
    }
}

/// Two doubts about different resources leave nothing that is certain.
#[test]
fn what_only_doubtful_statements_leave_stays_undecided() {
    const PERHAPS: &str = r#""Condition":{"StringEquals":{"aws:SourceVpc":"vpc-1"}}"#;
    let deny =
        |resource: &str| format!(r#"{{"Effect":"Deny","Action":"iam:*",{resource},{PERHAPS}}}"#);
    let allow = r#"{"Effect":"Allow","Action":"iam:*","Resource":"*"}"#;
    let users = "\"arn:aws:iam::*:user/a*\"";
    let both = format!(
        "[{allow},{},{}]",
        deny(&format!("\"Resource\":{users}")),
        deny(&format!("\"NotResource\":{users}"))
    );
    check(&both, &somebody(), "iam:GetUser", "undecided");
    let perhaps = format!(r#"{{"Effect":"Allow","Action":"iam:*","Resource":"*",{PERHAPS}}}"#);
    check(&perhaps, &somebody(), "iam:GetUser", "undecided");
}

#[test]
fn each_set_of_each_statement_is_looked_at() {
    const USERS: &str = "arn:aws:iam::*:user";
    let allow =
        |resource: &str| format!(r#"{{"Effect":"Allow","Action":"iam:GetUser",{resource}}}"#);
    let deny = |rest: &str| format!(r#"{{"Effect":"Deny","Action":"iam:*",{rest}}}"#);
    let alice = format!(r#""Resource":"{USERS}/alice""#);
    let both = format!(r#""Resource":["{USERS}/bob","{USERS}/alice"]"#);
    let bob = deny(&format!(r#""Resource":"{USERS}/bob""#));
    let unknown = r#""Condition":{"StringEquals":{"aws:SourceVpc":"v"}}"#;
    for (statements, expect) in [
        (
            vec![
                format!(r#"{{"Effect":"Allow","Action":"iam:GetRole",{alice}}}"#),
                allow(&alice),
            ],
            "allowed",
        ),
        (vec![allow(&both), bob.clone()], "allowed"),
        (
            vec![allow(&format!("\"Not{}", &both[1..])), bob.clone()],
            "allowed",
        ),
        (
            vec![
                allow(r#""Resource":"*""#),
                deny(&format!("\"Not{}", &both[1..])),
                bob,
            ],
            "allowed",
        ),
        (
            vec![allow(&alice), deny(&format!(r#""Resource":"*",{unknown}"#))],
            "undecided",
        ),
        (
            vec![allow(&format!(r#""Resource":"{USERS}/${{aws:userid}}""#))],
            "undecided",
        ),
        (
            vec![allow(&format!(r#""Principal":"*",{alice}"#))],
            "not allowed",
        ),
    ] {
        let statements = format!("[{}]", statements.join(","));
        check(&statements, &somebody(), "iam:GetUser", expect);
    }
}

#[test]
fn what_is_excepted_twice_must_leave_something() {
    let statements = |a: &str, b: &str| {
        format!(
            r#"[{{"Effect":"Allow","Action":"iam:*","Resource":"*"}},
                {{"Effect":"Deny","Action":"iam:*","NotResource":"{a}"}},
                {{"Effect":"Deny","Action":"iam:*","NotResource":"{b}"}}]"#
        )
    };
    let user = "arn:aws:iam::*:user/*";
    for (other, expect) in [
        ("arn:aws:iam::*:user/alice", "allowed"),
        ("arn:aws:iam::*:*", "allowed"),
        ("arn:aws:iam::*:role/*", "denied"),
    ] {
        check(&statements(user, other), &somebody(), "iam:GetUser", expect);
        check(&statements(other, user), &somebody(), "iam:GetUser", expect);
    }
}

#[test]
fn a_question_can_leave_resources_out() {
    let own = [
        ArnSet::matching("arn:aws:iam::123456789012:user/alice"),
        ArnSet::matching("arn:aws:iam::123456789012:user/*/alice"),
    ];
    let kinds = [ArnSet::matching("arn:*:iam::*:user/*")];
    for (resource, others, in_account) in [
        ("*", true, true),
        ("arn:aws:iam::*:user/alice", false, true),
        ("arn:aws:iam::*:user/team/alice", false, true),
        ("arn:aws:iam::*:user/a*", true, true),
        ("arn:aws:iam::111122223333:user/*", false, false),
    ] {
        let statement = format!(r#"{{"Effect":"Allow","Action":"iam:*","Resource":"{resource}"}}"#);
        let identity = [GrantedPolicy::named("p", policy(&statement))];
        let permissions = Permissions {
            identity: &identity,
            ..Permissions::default()
        };
        let rules = Ruleset::new(&permissions);
        let context = somebody();
        let bound = rules.bind(&context);
        let entry = |name| Catalogue::built_in().find(name).unwrap();
        let among = Among {
            kinds: &kinds,
            outside: &own,
        };
        let answer = bound.allows_some_among(entry("iam:GetUser"), &targets(), among);
        assert_eq!(answer.is_allowed(), others, "others by {resource}");
        let role = bound.allows_some_among(entry("iam:PassRole"), &targets(), among);
        assert!(!role.is_allowed(), "a role is no user");
        let users = Among {
            kinds: &kinds,
            outside: &[],
        };
        let role = bound.allows_some_among(entry("iam:PassRole"), &targets(), users);
        assert!(!role.is_allowed(), "no role is among all users");
        let all = bound.allows_in(
            &action("iam:GetUser"),
            &ArnSet::matching("arn:aws:iam::123456789012:user/*"),
        );
        assert_eq!(all.is_allowed(), in_account, "some user by {resource}");
    }
}

#[test]
fn two_patterns_that_share_a_resource_are_taken_together() {
    let statements = r#"[{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::*:user/alice"},
        {"Effect":"Deny","Action":"iam:*","Resource":"arn:aws:iam::123456789012:user/*"}]"#;
    check(statements, &somebody(), "iam:GetUser", "denied");
}

#[test]
fn a_role_of_another_account_can_be_assumed_and_not_passed() {
    let statement = r#"{"Effect":"Allow","Action":["sts:AssumeRole","iam:PassRole"],
        "Resource":"arn:aws:iam::111122223333:role/Ops"}"#;
    check(statement, &somebody(), "sts:AssumeRole", "allowed");
    check(statement, &somebody(), "iam:PassRole", "not allowed");
}

#[test]
fn a_statement_without_a_resource_of_the_action_is_seen() {
    for (resource, name, expect) in [
        ("arn:aws:iam::*:mfa/alice", "iam:EnableMFADevice", false),
        ("arn:aws:iam::*:user/alice", "iam:EnableMFADevice", true),
        (
            "arn:aws:iam::*:user/${aws:username}",
            "iam:ListVirtualMFADevices",
            false,
        ),
        ("*", "iam:ListVirtualMFADevices", true),
    ] {
        let statement =
            format!(r#"{{"Effect":"Allow","Action":"{name}","Resource":"{resource}"}}"#);
        let policy = policy(&statement);
        let entry = Catalogue::built_in().find(name).unwrap();
        let named = targets().are_named_by(&policy.statements()[0], entry, &somebody());
        assert_eq!(named, expect, "{name} on {resource}");
    }
    for (resource, expect) in [
        ("arn:aws:iam::*:user/*", false),
        ("arn:aws:iam::*:user/alice", true),
        ("arn:aws:iam::*:user/${aws:SourceIdentity}", true),
        ("arn:aws:iam::*:role/*", true),
    ] {
        let statement =
            format!(r#"{{"Effect":"Allow","Action":"iam:GetUser","NotResource":"{resource}"}}"#);
        let (policy, entry) = (
            policy(&statement),
            Catalogue::built_in().find("iam:GetUser"),
        );
        let named = targets().are_named_by(&policy.statements()[0], entry.unwrap(), &somebody());
        assert_eq!(named, expect, "all but {resource}");
    }
    for (text, expect) in [
        ("arn:aws:iam::123456789012:user/alice", true),
        ("arn:aws:iam::123456789012:role/Ops", false),
        ("arn:aws:iam::111122223333:user/alice", false),
    ] {
        let entry = Catalogue::built_in().find("iam:GetUser").unwrap();
        assert_eq!(
            targets().may_include(entry, &resource(text)),
            expect,
            "{text}"
        );
    }
}

/// The guard of a user who holds everything.
const GUARDED: &str = r#"[{"Effect": "Allow", "Action": "*", "Resource": "*"},
  {"Sid": "OnlySetUpWithoutMfa", "Effect": "Deny",
   "NotAction": ["iam:ChangePassword", "iam:CreateVirtualMFADevice", "iam:EnableMFADevice",
     "iam:GetAccountPasswordPolicy", "iam:GetMFADevice", "iam:GetUser", "iam:ListMFADevices",
     "iam:ListVirtualMFADevices", "iam:ResyncMFADevice", "sts:GetCallerIdentity", "sts:GetSessionToken"],
   "Resource": "*",
   "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}},
  {"Sid": "OnlyOwnSetUpWithoutMfa", "Effect": "Deny",
   "Action": ["iam:ChangePassword", "iam:GetUser", "iam:ListMFADevices", "iam:GetMFADevice",
     "iam:EnableMFADevice", "iam:ResyncMFADevice", "iam:CreateVirtualMFADevice"],
   "NotResource": ["arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::*:user/*/${aws:username}",
     "arn:aws:iam::*:mfa/${aws:username}", "arn:aws:iam::*:mfa/${aws:username}-*"],
   "Condition": {"BoolIfExists": {"aws:MultiFactorAuthPresent": "false"}}}]"#;

#[test]
fn a_user_with_every_right_and_the_guard_may_do_eleven_things_without_mfa() {
    let identity = [GrantedPolicy::named("p", policy(GUARDED))];
    let permissions = Permissions {
        identity: &identity,
        ..Permissions::default()
    };
    let rules = Ruleset::new(&permissions);
    let targets = targets();
    for mfa in [Mfa::LongTermKey, Mfa::SessionWithout] {
        let mut context = somebody();
        mfa.set_keys(&mut context);
        let bound = rules.bind(&context);
        let allowed: Vec<String> = bound
            .sweep(&targets)
            .map(|(entry, answer)| {
                assert!(!answer.is_undecided(), "{entry}");
                entry.to_string()
            })
            .collect();
        assert_eq!(
            allowed,
            [
                "iam:ChangePassword",
                "iam:CreateVirtualMFADevice",
                "iam:EnableMFADevice",
                "iam:GetAccountPasswordPolicy",
                "iam:GetMFADevice",
                "iam:GetUser",
                "iam:ListMFADevices",
                "iam:ListVirtualMFADevices",
                "iam:ResyncMFADevice",
                "sts:GetCallerIdentity",
                "sts:GetSessionToken",
            ],
            "{mfa:?}"
        );
    }
    let context = alice(crate::testing::aged(60));
    let count = Catalogue::built_in().actions().len();
    let bound = rules.bind(&context);
    assert_eq!(bound.sweep(&targets).count(), count);
}

#[test]
fn actions_that_the_catalogue_lacks_are_named() {
    let identity = [GrantedPolicy::named(
        "p",
        policy(
            r#"[{"Sid":"A","Effect":"Allow","Action":["iam:GetUser","iam:GetEverything","nosuch:*","iam:Get*"],"Resource":"*"},
                {"Effect":"Allow","NotAction":"iam:Nothing","Resource":"*"}]"#,
        ),
    )];
    let permissions = Permissions {
        identity: &identity,
        ..Permissions::default()
    };
    let rules = Ruleset::new(&permissions);
    let unlisted: Vec<String> = rules
        .unlisted(Catalogue::built_in())
        .iter()
        .map(|unlisted| format!("{} by {}", unlisted.pattern, unlisted.statement))
        .collect();
    assert_eq!(
        unlisted,
        [
            "iam:GetEverything by statement `A` of `p`",
            "nosuch:* by statement `A` of `p`"
        ]
    );
    let context = somebody();
    let bound = rules.bind(&context);
    assert!(
        bound
            .allows_unlisted(&action("iam:GetEverything"))
            .is_allowed()
    );
    assert!(bound.allows_unlisted(&action("iam:Other")).is_allowed());
    assert!(!bound.allows_unlisted(&action("iam:Nothing")).is_allowed());
}

#[test]
fn a_role_session_is_open_where_its_mfa_key_decides() {
    let rules_of = |condition: &str| {
        let text = match condition {
            "one allow" => r#"{"Effect":"Allow","Action":"s3:*","Resource":"*",
                    "Condition":{"Bool":{"aws:MultiFactorAuthPresent":"false"}}}"#
                .to_owned(),
            _ => format!(
                r#"[{{"Effect":"Allow","Action":"s3:*","Resource":"*"}},
                    {{"Effect":"Deny","Action":"s3:*","Resource":"*","Condition":{condition}}}]"#
            ),
        };
        [GrantedPolicy::named("p", policy(&text))]
    };
    for (condition, allowed, open) in [
        (
            r#"{"Bool":{"aws:MultiFactorAuthPresent":"false"}}"#,
            true,
            true,
        ),
        (
            r#"{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}"#,
            false,
            false,
        ),
        (
            r#"{"Bool":{"aws:MultiFactorAuthPresent":"true"}}"#,
            true,
            false,
        ),
        ("one allow", true, true),
        (
            r#"{"Bool":{"aws:MultiFactorAuthPresent":"false"},"StringEquals":{"aws:SourceVpc":"v"}}"#,
            true,
            true,
        ),
        (
            r#"{"Null":{"aws:MultiFactorAuthPresent":"true"},"StringEquals":{"aws:SourceVpc":"v"}}"#,
            true,
            true,
        ),
    ] {
        let identity = rules_of(condition);
        let permissions = Permissions {
            identity: &identity,
            ..Permissions::default()
        };
        let rules = Ruleset::new(&permissions);
        let contexts = [Mfa::LongTermKey, Mfa::SessionWithout].map(|mfa| {
            let mut context = Context::partial();
            mfa.set_keys(&mut context);
            context
        });
        let [absent, without] =
            contexts
                .each_ref()
                .map(|context| rules.bind(context))
                .map(|bound| {
                    let s3 = bound.service("s3");
                    s3.allows("GetObject", &crate::testing::resource("arn:aws:s3:::b/k"))
                });
        let either = absent.either(without);
        assert_eq!(
            (either.is_allowed(), either.is_undecided()),
            (allowed, open),
            "{condition}"
        );
    }
}

#[test]
fn root_sessions_of_member_accounts_are_allowed_by_the_caller_alone() {
    let member = r#"{"Effect":"Allow","Action":["sts:AssumeRoot","organizations:*"],
        "Resource":["arn:aws:iam::222222222222:root",
            "arn:aws:organizations::333333333333:account/o-abc/222222222222"]}"#;
    check(member, &somebody(), "sts:AssumeRoot", "allowed");
    check(member, &somebody(), "organizations:MoveAccount", "allowed");
    let queue = r#"{"Effect":"Allow","Action":"sqs:*","Resource":"arn:aws:sqs:*:222222222222:q"}"#;
    check(queue, &somebody(), "sqs:SendMessage", "not allowed");
}

#[test]
fn what_aws_itself_owns_can_be_granted() {
    let parameters = r#"{"Effect":"Allow","Action":"ssm:GetParameter",
        "Resource":"arn:aws:ssm:us-east-1::parameter/aws/service/*"}"#;
    check(parameters, &somebody(), "ssm:GetParameter", "allowed");
    let policies = r#"{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::aws:policy/*"}"#;
    check(policies, &somebody(), "iam:GetPolicy", "allowed");
    check(
        policies,
        &somebody(),
        "iam:CreatePolicyVersion",
        "not allowed",
    );
}
