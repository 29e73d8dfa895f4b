//! Absent keys, several values, and several conditions.

use super::{check, table};
use crate::language::condition::{Condition, Operator};
use crate::language::truth::Truth;
use crate::language::version::Version;
use crate::request::Context;

#[test]
fn null_asks_whether_the_key_is_there() {
    table(
        "Null",
        "true",
        &[
            (&[], true),
            (&["x"], false),
            (&[""], true),
            (&["", "x"], false),
        ],
    );
    table(
        "Null",
        r#""false""#,
        &[(&[], false), (&["x"], true), (&[""], false)],
    );
    table(
        "Null",
        r#"["true","false"]"#,
        &[(&[], true), (&["x"], true)],
    );
}

#[test]
fn set_operators_quantify_over_the_requests_values() {
    table(
        "ForAnyValue:StringEquals",
        r#"["a","b"]"#,
        &[(&["a", "x"], true), (&["x", "y"], false), (&[], false)],
    );
    table(
        "ForAnyValue:StringEqualsIfExists",
        r#""a""#,
        &[(&[], true), (&["x"], false)],
    );
    table(
        "ForAnyValue:StringNotEquals",
        r#""a""#,
        &[(&["a", "x"], true), (&["a"], false), (&[], false)],
    );
    table(
        "ForAllValues:StringEquals",
        r#"["a","b"]"#,
        &[
            (&["a", "b"], true),
            (&["a", "x"], false),
            (&[], true),
            (&[""], true),
        ],
    );
    table(
        "ForAllValues:StringLike",
        r#""a*""#,
        &[
            (&["ab", "ac"], true),
            (&["ab", "b"], false),
            (&["ab", ""], false),
        ],
    );
    table(
        "ForAllValues:StringNotEquals",
        r#""a""#,
        &[(&["x", "y"], true), (&["a", "x"], false), (&[], true)],
    );
}

#[test]
fn several_values_match_nothing_without_a_set_operator() {
    table("StringEquals", r#""a""#, &[(&["x", "a"], false)]);
    table("StringNotEquals", r#""a""#, &[(&["x", "y"], false)]);
}

#[test]
fn a_key_of_unknown_value_leaves_the_condition_open() {
    let mut context = Context::partial();
    context
        .set("aws:username", "alice")
        .remove("aws:MultiFactorAuthPresent");
    for (operator, key, value, expect) in [
        ("Bool", "aws:MultiFactorAuthPresent", "true", Truth::No),
        (
            "BoolIfExists",
            "aws:MultiFactorAuthPresent",
            "true",
            Truth::Yes,
        ),
        ("Null", "aws:MultiFactorAuthPresent", "true", Truth::Yes),
        ("Null", "aws:SourceIp", "true", Truth::Unknown),
        ("StringEquals", "aws:SourceIp", "x", Truth::Unknown),
        ("StringNotEquals", "aws:SourceIp", "x", Truth::Unknown),
        (
            "ForAllValues:StringEquals",
            "aws:TagKeys",
            "x",
            Truth::Unknown,
        ),
        (
            "StringEquals",
            "aws:username",
            "${aws:SourceIdentity}",
            Truth::Unknown,
        ),
        (
            "StringNotEquals",
            "aws:username",
            "b${aws:SourceIdentity}",
            Truth::Yes,
        ),
        ("StringEquals", "aws:username", "alice", Truth::Yes),
    ] {
        let operator: Operator = operator.parse().unwrap();
        let compiled = operator.compile(value, Version::V2012).unwrap();
        let condition = Condition::new(operator, key, vec![compiled]);
        assert_eq!(
            condition.holds(&context),
            expect,
            "{operator} {key} {value}"
        );
    }
    let operator: Operator = "Null".parse().unwrap();
    let either = ["true", "false"].map(|v| operator.compile(v, Version::V2012).unwrap());
    let condition = Condition::new(operator, "aws:SourceIp", either.to_vec());
    assert_eq!(condition.holds(&context), Truth::Yes);
}

#[test]
fn operators_and_keys_must_all_hold() {
    let both = r#"{"StringLike":{"k":"a*","aws:UserName":"alice"},"StringNotEquals":{"k":"ab"}}"#;
    check(both, &["ac"], true);
    check(both, &["ab"], false);
    check(both, &["b"], false);
    check(
        r#"{"StringLike":{"k":"a*","aws:username":"bob"}}"#,
        &["ac"],
        false,
    );
    check("{}", &[], true);
    check(r#"{"Bool":{}}"#, &[], true);
}

#[test]
fn an_empty_list_matches_nothing() {
    table("StringEquals", "[]", &[(&["a"], false), (&[], false)]);
    table("StringNotEquals", "[]", &[(&["a"], true), (&[], true)]);
}

#[test]
fn a_key_without_values_is_absent() {
    let operator: Operator = "Null".parse().unwrap();
    let value = operator.compile("true", Version::V2012).unwrap();
    let condition = Condition::new(operator, "k", vec![value]);
    let mut context = Context::new();
    context.set("k", "x");
    assert_eq!(condition.holds(&context), Truth::No);
    context.set_many("K", Vec::new());
    assert_eq!(condition.holds(&context), Truth::Yes);
}
