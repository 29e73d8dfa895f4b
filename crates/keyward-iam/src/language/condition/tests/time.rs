//! Times that are known only to be no earlier than another, and values that AWS stores and no operator
//! compares.

use crate::language::condition::{Condition, ConditionValue, Operator};
use crate::language::truth::Truth;
use crate::language::version::Version;
use crate::request::Context;

/// Judges a condition for requests from 2026 on.
fn from_2026(operator: &str, key: &str, values: &[&str]) -> Truth {
    let mut context = Context::partial();
    for key in ["aws:CurrentTime", "aws:EpochTime"] {
        context.set_not_before(key, "2026-01-01T00:00:00Z".parse().unwrap());
    }
    condition(operator, key, values).holds(&context)
}

fn condition(operator: &str, key: &str, values: &[&str]) -> Condition {
    let operator: Operator = operator.parse().unwrap();
    let values = values.iter().map(|text| {
        let value = operator.compile(text, Version::V2012);
        value.unwrap_or_else(|_| ConditionValue::void(text))
    });
    Condition::new(operator, key, values.collect())
}

#[test]
fn a_date_in_the_past_decides_and_a_later_one_does_not() {
    let now = "aws:CurrentTime";
    for (operator, past, later) in [
        ("DateLessThan", Truth::No, Truth::Unknown),
        ("DateLessThanEquals", Truth::No, Truth::Unknown),
        ("DateEquals", Truth::No, Truth::Unknown),
        ("DateNotEquals", Truth::Yes, Truth::Unknown),
        ("DateGreaterThan", Truth::Yes, Truth::Unknown),
        ("DateGreaterThanEqualsIfExists", Truth::Yes, Truth::Unknown),
        ("ForAllValues:DateLessThan", Truth::No, Truth::Unknown),
    ] {
        assert_eq!(
            from_2026(operator, now, &["2020-06-01"]),
            past,
            "{operator}"
        );
        let next = from_2026(operator, now, &["2030-06-01T00:00:00Z"]);
        assert_eq!(next, later, "{operator}");
    }
    let either = ["2020-06-01", "2030-06-01"];
    assert_eq!(from_2026("DateLessThan", now, &either), Truth::Unknown);
    assert_eq!(from_2026("DateGreaterThan", now, &either), Truth::Yes);
}

#[test]
fn the_very_second_counts() {
    let at = |operator, text| from_2026(operator, "aws:CurrentTime", &[text]);
    let first = "2026-01-01T00:00:00Z";
    assert_eq!(at("DateGreaterThanEquals", first), Truth::Yes);
    assert_eq!(at("DateGreaterThan", first), Truth::Unknown);
    assert_eq!(at("DateLessThan", first), Truth::No);
    assert_eq!(at("DateLessThanEquals", first), Truth::Unknown);
}

#[test]
fn seconds_are_dates_and_numbers() {
    let (past, later) = ("1577836800", "1900000000");
    for operator in ["DateLessThan", "NumericLessThan"] {
        assert_eq!(from_2026(operator, "aws:EpochTime", &[past]), Truth::No);
        let next = from_2026(operator, "aws:EpochTime", &[later]);
        assert_eq!(next, Truth::Unknown);
    }
    // A numeric operator cannot compare a time that is text.
    let text = from_2026("NumericLessThan", "aws:CurrentTime", &[past]);
    assert_eq!(text, Truth::Unknown);
}

#[test]
fn a_number_that_may_be_a_year_or_a_day_decides_nothing() {
    for number in [
        "2020",
        "2030",
        "+2030",
        "-2030",
        "203001",
        "20300101",
        "0",
        "999999999",
    ] {
        for operator in ["DateGreaterThan", "DateLessThan", "DateNotEquals"] {
            let read = from_2026(operator, "aws:CurrentTime", &[number]);
            assert_eq!(read, Truth::Unknown, "{operator} {number}");
        }
    }
    // A numeric operator reads 2030 as seconds.
    let number = from_2026("NumericLessThan", "aws:EpochTime", &["2030"]);
    assert_eq!(number, Truth::No);
}

#[test]
fn a_time_is_there_and_its_text_is_not_known() {
    let now = "aws:CurrentTime";
    assert_eq!(from_2026("Null", now, &["true"]), Truth::No);
    assert_eq!(from_2026("Null", now, &["false"]), Truth::Yes);
    assert_eq!(from_2026("StringLike", now, &["2026*"]), Truth::Unknown);
    assert_eq!(from_2026("StringNotLike", now, &["2026*"]), Truth::Unknown);
}

#[test]
fn what_an_operator_makes_of_a_value_that_it_cannot_compare_is_not_known() {
    let mut context = Context::new();
    context.set("aws:PrincipalArn", "arn:aws:iam::123456789012:user/alice");
    let holds =
        |operator, values: &[&str]| condition(operator, "aws:PrincipalArn", values).holds(&context);
    let (account, alice) = (
        "arn:aws:iam::123456789012",
        "arn:aws:iam::123456789012:user/alice",
    );
    assert_eq!(holds("ArnNotLike", &[account]), Truth::Unknown);
    assert_eq!(holds("ArnNotLike", &[account, alice]), Truth::No);
    assert_eq!(holds("ArnLike", &[account]), Truth::Unknown);
    assert_eq!(holds("ArnLike", &[account, alice]), Truth::Yes);
    let late = from_2026("DateNotEquals", "aws:CurrentTime", &["soon"]);
    assert_eq!(late, Truth::Unknown);
}

#[test]
fn values_that_no_operator_compares_close_no_grant() {
    let mut context = Context::partial();
    context.set("aws:MultiFactorAuthAge", "60");
    for key in ["aws:CurrentTime", "aws:EpochTime"] {
        context.set_not_before(key, "2026-01-01T00:00:00Z".parse().unwrap());
    }
    for (operator, key, value) in [
        ("Bool", "aws:ViaAWSService", "0"),
        ("ForAnyValue:Bool", "aws:ViaAWSService", "0"),
        ("BoolIfExists", "aws:ViaAWSService", "0"),
        ("ArnLike", "aws:SourceArn", "arn:aws:sns"),
        ("ArnLike", "aws:SourceArn", "arn:aws:sns:*"),
        ("ArnEquals", "aws:PrincipalArn", "arn:aws:iam::*"),
        ("DateLessThan", "aws:CurrentTime", "2030-01-01T24:00:00Z"),
        ("DateLessThan", "aws:CurrentTime", "1900000000.5"),
        ("DateLessThan", "aws:CurrentTime", "1.9e9"),
        ("DateLessThan", "aws:CurrentTime", "2030-1-1"),
        ("DateLessThan", "aws:CurrentTime", "2030-06-31"),
        ("DateLessThan", "aws:CurrentTime", "12030-01-01"),
        ("NumericLessThan", "aws:EpochTime", " 1900000000"),
        ("NumericLessThan", "aws:MultiFactorAuthAge", "3600 "),
        ("IpAddress", "aws:SourceIp", "203.0.113.0/33"),
        ("IpAddress", "aws:SourceIp", "*"),
        ("Null", "aws:ViaAWSService", "yes"),
        ("Null", "aws:MultiFactorAuthAge", "yes"),
    ] {
        let condition = condition(operator, key, &[value]);
        let holds = condition.holds(&context);
        assert_eq!(holds, Truth::Unknown, "{operator} {key} {value}");
        assert!(condition.has_unreadable_value());
    }
    let empty = condition("Bool", "aws:MultiFactorAuthPresent", &[]);
    assert_eq!(empty.holds(&Context::partial()), Truth::Unknown);
}
