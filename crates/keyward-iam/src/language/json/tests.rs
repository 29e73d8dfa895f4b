//! Reading and writing documents, and every error with its place.

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::language::{Policy, PolicyKind, PolicyProblem, Truth, Version};
use crate::request::{Context, Request};
use crate::testing::{DocumentKind, action, document, resource, statements};

/// A statement of version 2012-10-17 and the message it is refused with.
fn check(statement: &str, expect: &str) {
    let json = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
    check_document(&json, expect);
}

fn check_document(json: &str, expect: &str) {
    let error = Policy::parse(json).expect_err(json);
    assert_eq!(error.to_string(), expect, "{json}");
    let named = error.first().path();
    assert!(
        named.is_empty() || expect.contains(named),
        "{named} in {expect}"
    );
}

#[test]
fn broken_documents_are_refused_with_their_place() {
    check_document("", "the policy is not JSON");
    check_document("{} {}", "the policy is not JSON");
    check_document("[]", "the policy must be an object");
    check_document(
        "{}",
        "the policy lacks `Statement`; a policy is a list of statements",
    );
    check_document(
        r#"{"Version":"2012-10-17","version":1,"Statement":[]}"#,
        "the policy has an element `version`, which policies do not have there; elements are case-sensitive: \
         `Version`, `Id`, `Statement`",
    );
    check_document(
        r#"{"Version":"2026-01-01","Statement":[]}"#,
        "`Version` is `2026-01-01`; write `2012-10-17`",
    );
    check_document(
        r#"{"Version":2012,"Statement":[]}"#,
        "`Version` must be a string",
    );
    check_document(
        r#"{"Statement":[],"Statement":[]}"#,
        "the policy has `Statement` twice; keep one",
    );
    check_document(
        r#"{"Statement":{"Effect":"Allow","Action":"*"}}"#,
        "`Statement` lacks `Resource`; add `Resource` or `NotResource`",
    );
}

#[test]
fn broken_statements_are_refused_with_their_place() {
    check("1", "`Statement[0]` must be an object");
    check(
        r#"{"Action":"*","Resource":"*"}"#,
        "`Statement[0]` lacks `Effect`; add `Allow` or `Deny`",
    );
    check(
        r#"{"Effect":"allow","Action":"*","Resource":"*"}"#,
        "`Statement[0].Effect` is `allow`; write `Allow` or `Deny`, with a capital letter",
    );
    check(
        r#"{"Effect":"Allow","Resource":"*"}"#,
        "`Statement[0]` lacks `Action`; add `Action` or `NotAction`",
    );
    check(
        r#"{"Effect":"Allow","Action":"*","NotAction":"*","Resource":"*"}"#,
        "`Statement[0]` has both `Action` and `NotAction`; keep one",
    );
    check(
        r#"{"Effect":"Allow","Action":[],"Resource":"*"}"#,
        "`Statement[0].Action` must be a string or a list with at least one",
    );
    check(
        r#"{"Effect":"Allow","Action":[["a:b"]],"Resource":"*"}"#,
        "`Statement[0].Action[0]` must be a string or a list of strings",
    );
    check(
        r#"{"Effect":"Allow","Action":["iam:*","GetUser"],"Resource":"*"}"#,
        "`Statement[0].Action[1]` is `GetUser`; an action needs its service in front; write it as `iam:GetUser`, or `*` for every action",
    );
    check(
        r#"{"Effect":"Allow","Action":"*","Resource":"bucket"}"#,
        "`Statement[0].Resource` is `bucket`; a resource is an ARN or `*`; write it as `arn:aws:iam::*:user/alice`",
    );
    check(
        r#"{"Effect":"Allow","Action":"*","Resource":"arn:aws:iam::*:user/${aws:username"}"#,
        "`Statement[0].Resource` is `arn:aws:iam::*:user/${aws:username`; a variable has no closing brace; add `}`",
    );
    check(
        r#"{"Sid":"own user","Effect":"Allow","Action":"*","Resource":"*"}"#,
        "`Statement[0].Sid` is `own user`; a statement id has letters and digits only",
    );
    check(
        r#"{"Sid":"A","Effect":"Allow","Action":"*","Resource":"*"},{"Sid":"A","Effect":"Deny","Action":"*","Resource":"*"}"#,
        "`Statement[1].Sid` is `A`, as in an earlier statement; give each its own",
    );
}

#[test]
fn broken_principals_are_refused_with_their_place() {
    check(
        r#"{"Effect":"Allow","Action":"*","Principal":"alice"}"#,
        "`Statement[0].Principal` must be `*` or an object such as `{\"AWS\": \"arn:aws:iam::123456789012:root\"}`",
    );
    check(
        r#"{"Effect":"Allow","Action":"*","Principal":{"AWS":["*","alice"]}}"#,
        "`Statement[0].Principal.AWS[1]` is `alice`; a principal is `*`, an account or an ARN; write it as \
         `arn:aws:iam::123456789012:user/alice`",
    );
    check(
        r#"{"Effect":"Allow","Action":"*","Principal":{"Aws":"*"}}"#,
        "`Statement[0].Principal` has an element `Aws`, which policies do not have there; elements are \
         case-sensitive: `AWS`, `Service`, `Federated`, `CanonicalUser`",
    );
    check(
        r#"{"Effect":"Allow","Action":"*","Principal":{"Service":""}}"#,
        "`Statement[0].Principal.Service` is ``; a principal is not empty",
    );
}

#[test]
fn broken_conditions_are_refused_with_their_place() {
    let with = |condition: &str, expect: &str| {
        check(
            &format!(r#"{{"Effect":"Deny","Action":"*","Resource":"*","Condition":{condition}}}"#),
            &format!("`Statement[0].Condition.{expect}"),
        );
    };
    with(
        r#"{"bool":{"a":"true"}}"#,
        "bool`: no condition operator has this name; names are case-sensitive, such as `StringEquals` or `BoolIfExists`",
    );
    with(
        r#"{"NullIfExists":{"a":"true"}}"#,
        "NullIfExists`: `Null` accepts no `IfExists`; it already answers for an absent key",
    );
    with(
        r#"{"Bool":{"a":"yes"}}"#,
        "Bool.a` is `yes`; this operator accepts `true` or `false`",
    );
    with(
        r#"{"Bool":{"a":["true","no"]}}"#,
        "Bool.a[1]` is `no`; this operator accepts `true` or `false`",
    );
    with(
        r#"{"Bool":{"a":null}}"#,
        "Bool.a` must be a string or a list of strings",
    );
    with(
        r#"{"Bool":{"":"true"}}"#,
        "Bool.` lacks `key`; write one such as `aws:username`",
    );
    with(
        r#"{"Bool":{"a":"true","a":"false"}}"#,
        "Bool` has `a` twice; keep one",
    );
    with(r#"{"Bool":"true"}"#, "Bool` must be an object");
    with(
        r#"{"NumericLessThan":{"a":"1h"}}"#,
        "NumericLessThan.a` is `1h`; this operator compares numbers; write one such as `3600`",
    );
    with(
        r#"{"DateLessThan":{"a":"soon"}}"#,
        "DateLessThan.a` is `soon`; this operator compares times; write one such as `2026-01-31T12:00:00Z`",
    );
    with(
        r#"{"IpAddress":{"a":"10.0.0.0/99"}}"#,
        "IpAddress.a` is `10.0.0.0/99`; this operator accepts addresses; write one such as `203.0.113.0/24` or `2001:db8::/32`",
    );
    with(
        r#"{"ArnLike":{"a":"role/x"}}"#,
        "ArnLike.a` is `role/x`; this operator compares ARNs, which have six parts; write one such as `arn:aws:iam::123456789012:role/*`",
    );
    with(
        r#"{"StringLike":{"a":"${}"}}"#,
        "StringLike.a` is `${}`; a variable has no name; write one such as `${aws:username}`",
    );
}

#[test]
fn all_problems_of_a_document_are_reported_at_once() {
    let json = r#"{"Version":"2012-10-18","Extra":1,"Statement":[
        {"Effect":"allow","Action":["GetUser","iam:*","x"],"Resource":["bucket"]},
        {"Effect":"Deny","Resource":"*","Condition":{"bool":{"a":"true"},"Bool":{"a":["yes","true",null],"":"true"}}},
        7]}"#;
    let problems = Policy::parse(json).unwrap_err();
    let places: Vec<&str> = problems.iter().map(PolicyProblem::path).collect();
    assert_eq!(
        places,
        [
            "Version",
            "",
            "Statement[0].Effect",
            "Statement[0].Action[0]",
            "Statement[0].Action[2]",
            "Statement[0].Resource[0]",
            "Statement[1]",
            "Statement[1].Condition.bool",
            "Statement[1].Condition.Bool.a[2]",
            "Statement[1].Condition.Bool.a[0]",
            "Statement[1].Condition.Bool.",
            "Statement[2]",
        ]
    );
    let text = problems.to_string();
    assert!(text.starts_with("the policy has 12 problems\n- `Version` is `2012-10-18`; write"));
    assert_eq!(text.lines().count(), 13);
}

#[test]
fn each_kind_of_policy_takes_its_own_elements() {
    let identity = r#"{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}}"#;
    let trust = r#"{"Statement":{"Effect":"Allow","Action":"sts:AssumeRole","Principal":"*"}}"#;
    let both = r#"{"Statement":{"Effect":"Allow","Action":"s3:*","Principal":"*","Resource":"*"}}"#;
    let except =
        r#"{"Statement":{"Effect":"Deny","Action":"sts:*","NotPrincipal":{"AWS":"123456789012"}}}"#;
    let other = r#"{"Statement":{"Effect":"Allow","Action":"*","Principal":"*"}}"#;
    for (json, kind, expect) in [
        (identity, PolicyKind::Identity, None),
        (trust, PolicyKind::Trust, None),
        (identity, PolicyKind::Trust, Some("Statement")),
        (trust, PolicyKind::Identity, Some("Statement.Principal")),
        (both, PolicyKind::Identity, Some("Statement.Principal")),
        (both, PolicyKind::Trust, Some("Statement.Resource")),
        (other, PolicyKind::Trust, Some("Statement.Action")),
        (except, PolicyKind::Trust, Some("Statement.NotPrincipal")),
        (except, PolicyKind::Identity, Some("Statement.NotPrincipal")),
    ] {
        let error = Policy::parse_as(kind, json).err();
        assert_eq!(
            error.as_ref().map(|e| e.first().path()),
            expect,
            "{json} as {kind:?}"
        );
        assert!(Policy::parse(json).is_ok(), "{json}");
    }
}

#[test]
fn a_new_document_has_a_statement() {
    for kind in [PolicyKind::Identity, PolicyKind::Session, PolicyKind::Trust] {
        let problems = Policy::parse_as(kind, r#"{"Statement":[]}"#).unwrap_err();
        let expect = "`Statement` must be a statement or a list with at least one";
        assert_eq!(problems.to_string(), expect, "{kind:?}");
    }
}

#[test]
fn the_first_operator_that_does_not_exist_is_named() {
    for (conditions, expect) in [
        (r#"{"Bool":{"a":"true"}}"#, None),
        (r#"{"StringEqual":{"a":"b"}}"#, Some("StringEqual")),
        (
            r#"{"Bool":{"a":"true"},"Boole":{},"Bol":{}}"#,
            Some("Boole"),
        ),
    ] {
        let json = format!(
            r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{conditions}}}}}"#
        );
        let policy = Policy::parse_stored(PolicyKind::Identity, &json).unwrap();
        assert_eq!(policy.statements()[0].unknown_operator(), expect, "{json}");
        assert!(
            policy.to_json().contains(conditions),
            "{}",
            policy.to_json()
        );
    }
}

#[test]
fn a_stored_document_may_hold_what_no_page_explains() {
    let read = |json: &str| Policy::parse_stored(PolicyKind::Identity, json);
    for (element, meaning) in [
        (r#""Action":"s3:GetObject ","Resource":"*""#, Truth::Unknown),
        (r#""Action":"**","Resource":"*""#, Truth::Unknown),
        (r#""NotAction":"**","Resource":"*""#, Truth::Unknown),
        (r#""NotAction":["**","s3:*"],"Resource":"*""#, Truth::No),
        (r#""NotAction":"iam*","Resource":"*""#, Truth::Yes),
        (r#""Action":"s3:","Resource":"*""#, Truth::No),
        (r#""Action":["s3:","s3:*"],"Resource":"*""#, Truth::Yes),
        (
            r#""Action":"s3:*","Resource":"*","Condition":{"a":{}}"#,
            Truth::Unknown,
        ),
        (
            r#""Action":"s3:*","Resource":"*","Condition":{"StringEqual":{"a":["b",1]}}"#,
            Truth::Unknown,
        ),
        (
            r#""Action":"s3:*","Resource":"*","Condition":{"bool":{"a":true},"Bool":{"a":true}}"#,
            Truth::No,
        ),
        (
            r#""Action":"s3:*","Resource":"*","Condition":{"Bool":{}}"#,
            Truth::Yes,
        ),
        (
            r#""Action":"s3:*","Resource":"*","Condition":{"NumericLessThan":{"a":"${b}"}}"#,
            Truth::No,
        ),
        (
            r#""Sid":"own users","Action":"s3:*","Resource":"*""#,
            Truth::Yes,
        ),
        (
            r#""Action":"s3:*","Resource":"arn:aws:s3:eu-central-1::b/k""#,
            Truth::No,
        ),
    ] {
        let json =
            format!(r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow",{element}}}}}"#);
        let policy = read(&json).unwrap();
        let request = Request {
            action: &action("s3:GetObject"),
            resource: &resource("arn:aws:s3:::b/k"),
            context: &Context::new(),
        };
        assert_eq!(
            policy.statements()[0].applies_to(&request),
            meaning,
            "{json}"
        );
        assert_eq!(read(&policy.to_json()).unwrap(), policy, "{json}");
    }
    assert_eq!(read(r#"{"Statement":[]}"#).unwrap().statements().len(), 0);
    let excepted =
        r#"{"Statement":{"Effect":"Deny","Action":"sts:*","NotPrincipal":{"AWS":"123456789012"}}}"#;
    assert!(Policy::parse_stored(PolicyKind::Trust, excepted).is_ok());
    assert!(read(r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"${b"}}"#).is_ok());
    assert!(
        read(r#"{"Statement":{"Effect":"Deny","Action":"*","Resource":"*","Principal":"*"}}"#)
            .is_err()
    );
}

#[test]
fn documents_are_written_in_their_order() {
    let json = r#"{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"","Effect":"Allow","Principal":{"AWS":["123456789012","*"],"Service":"ec2.amazonaws.com"},"NotAction":["sts:TagSession","sts:Get*"],"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"},"NumericLessThan":{"aws:MultiFactorAuthAge":["3600","10"],"b":"1"}}},{"Effect":"Deny","Action":"*","NotResource":"arn:aws:s3:::b"}]}"#;
    let policy = Policy::parse(json).unwrap();
    assert_eq!(policy.to_json(), json);
    assert_eq!(policy.id(), Some("x"));
    assert_eq!(policy.statements().len(), 2);
    let saml = "arn:aws:iam::123456789012:saml-provider/idp";
    let owner = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be";
    let json = format!(
        r#"{{"Version":"2008-10-17","Statement":[{{"Effect":"Allow","Principal":{{"Federated":"{saml}","CanonicalUser":"{owner}"}},"Action":"sts:AssumeRoleWithSAML"}}]}}"#
    );
    assert_eq!(Policy::parse(&json).unwrap().to_json(), json);
}

#[test]
fn numbers_and_booleans_become_their_text() {
    let json = r#"{"Statement":{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"a":true},"NumericEquals":{"b":[1,-2,1.5]}}}}"#;
    let expect = r#"{"Statement":[{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"Bool":{"a":"true"},"NumericEquals":{"b":["1","-2","1.5"]}}}]}"#;
    assert_eq!(Policy::parse(json).unwrap().to_json(), expect);
}

#[test]
fn a_document_without_version_has_the_older_rules() {
    let policy: Policy =
        r#"{"Statement":{"Effect":"Allow","Action":"*","Resource":"arn:aws:s3:::${x"}}"#
            .parse()
            .unwrap();
    assert_eq!(policy.version(), Version::V2008);
    assert_eq!(policy.to_string().parse::<Policy>().unwrap(), policy);
}

#[test]
fn deep_nesting_is_an_error_and_no_crash() {
    assert!(Policy::parse(&"[".repeat(100_000)).is_err());
    assert!(Policy::parse(&r#"{"Statement":"#.repeat(100_000)).is_err());
}

fn any_json() -> impl Strategy<Value = Value> {
    let words = prop::sample::select(
        &[
            "Version",
            "2012-10-17",
            "Statement",
            "Effect",
            "Allow",
            "Action",
            "*",
            "iam:*",
            "Resource",
            "arn:x",
            "Principal",
            "AWS",
            "Condition",
            "Bool",
            "Null",
            "ArnLike",
            "${",
            "${a, '",
            "é",
        ][..],
    );
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<f64>().prop_map(|n| json!(n)),
        words.clone().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::vec((words.clone(), inner), 0..6).prop_map(|pairs| pairs
                .into_iter()
                .map(|(k, v)| (k.to_owned(), v))
                .collect::<Value>()),
        ]
    })
}

proptest! {
    #[test]
    fn what_is_written_reads_back(identity in statements(DocumentKind::Identity), trust in statements(DocumentKind::Trust)) {
        for policy in [document(&identity), document(&trust)] {
            prop_assert_eq!(Policy::parse(&policy.to_json()).unwrap(), policy);
        }
    }

    #[test]
    fn no_json_makes_the_parser_panic(value in any_json(), cut in 0usize..200) {
        let text = value.to_string();
        if let Ok(policy) = Policy::parse(&text) {
            prop_assert_eq!(Policy::parse(&policy.to_json()).unwrap(), policy);
        }
        let _ = Policy::parse(text.get(..cut).unwrap_or(""));
    }

    #[test]
    fn no_part_of_a_policy_makes_the_parser_panic(
        mut policy in statements(DocumentKind::Identity).prop_map(|s| json!({"Version": "2012-10-17", "Statement": s})),
        part in any_json(),
        at in 0usize..5,
        element in prop::sample::select(&["Effect", "Action", "Resource", "Principal", "Condition", "Sid"][..]),
    ) {
        if let Some(statement) = policy["Statement"].get_mut(at) {
            statement[element] = part;
        }
        let _ = Policy::parse(&policy.to_string());
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in ".{0,60}") {
        let _ = Policy::parse(&text);
        let _ = Policy::parse(&json!({"Version": "2012-10-17", "Statement": {
            "Effect": "Allow", "Action": "*", "Resource": format!("arn:{text}"),
            "Condition": {"StringLike": {&text: &text}, "DateEquals": {"x": &text}}}}).to_string());
        for operator in ["DateEquals", "NumericEquals", "IpAddress", "ArnLike"] {
            let _ = Policy::parse(&json!({"Version": "2012-10-17", "Statement": {
                "Effect": "Allow", "Action": &text, "Resource": "*", "Condition": {operator: {"x": &text}}}}).to_string());
        }
    }
}

#[test]
fn policies_of_resources_are_refused_as_any_other_kind() {
    // A bucket's, a key's and a resource control policy: the evaluator knows none of them.
    for statement in [
        r#"{"Effect":"Allow","Principal":{"AWS":"123456789012"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::example/*"}"#,
        r#"{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"kms:*","Resource":"*"}"#,
        r#"{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*"}"#,
    ] {
        let json = format!(r#"{{"Version":"2012-10-17","Statement":[{statement}]}}"#);
        for kind in [
            PolicyKind::Identity,
            PolicyKind::Session,
            PolicyKind::ServiceControl,
            PolicyKind::Trust,
        ] {
            assert!(Policy::parse_as(kind, &json).is_err(), "{kind:?}: {json}");
            assert!(
                Policy::parse_stored(kind, &json).is_err(),
                "{kind:?}: {json}"
            );
        }
    }
}
