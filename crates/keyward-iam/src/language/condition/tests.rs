//! Every operator, with the key absent, fitting and not fitting.

mod absence;
mod time;

use crate::language::{Policy, Truth};
use crate::request::Context;

/// Reads a condition block through the policy parser and asks whether all of it holds. The
/// request has `k` with the given values, or lacks it when there are none.
fn check(block: &str, given: &[&str], expect: bool) {
    let policy = Policy::parse(&format!(
        r#"{{"Version":"2012-10-17","Statement":{{"Effect":"Allow","Action":"*","Resource":"*","Condition":{block}}}}}"#
    ))
    .unwrap();
    let mut context = Context::new();
    context
        .set("aws:username", "alice")
        .set("aws:SecureTransport", "true")
        .set("aws:PrincipalArn", "arn:aws:iam::123456789012:user/alice");
    if !given.is_empty() {
        context.set_many("K", given.iter().map(|value| (*value).to_owned()).collect());
    }
    let conditions = policy.statements()[0].conditions();
    let held = Truth::all(conditions.iter().map(|condition| condition.holds(&context)));
    assert_eq!(held, Truth::from(expect), "{block} with {given:?}");
}

/// One operator against several requests.
fn table(operator: &str, values: &str, cases: &[(&[&str], bool)]) {
    for (given, expect) in cases {
        check(
            &format!(r#"{{"{operator}":{{"k":{values}}}}}"#),
            given,
            *expect,
        );
    }
}

#[test]
fn strings_compare_exactly() {
    table(
        "StringEquals",
        r#"["a","b"]"#,
        &[
            (&["a"], true),
            (&["b"], true),
            (&["A"], false),
            (&[], false),
        ],
    );
    table(
        "StringEquals",
        r#""a*""#,
        &[(&["ab"], false), (&["a*"], true)],
    );
    table(
        "StringNotEquals",
        r#"["a","b"]"#,
        &[
            (&["a"], false),
            (&["b"], false),
            (&["c"], true),
            (&[], true),
        ],
    );
    table(
        "StringEqualsIgnoreCase",
        r#""Alice""#,
        &[(&["aLICE"], true), (&["bob"], false), (&[], false)],
    );
    table(
        "StringNotEqualsIgnoreCase",
        r#""Alice""#,
        &[(&["aLICE"], false), (&["bob"], true), (&[], true)],
    );
    table(
        "StringLike",
        r#"["a*","?z"]"#,
        &[
            (&["abc"], true),
            (&["yz"], true),
            (&["bz!"], false),
            (&[], false),
        ],
    );
    table(
        "StringNotLike",
        r#""a*""#,
        &[(&["abc"], false), (&["b"], true), (&[], true)],
    );
}

#[test]
fn variables_work_in_strings_and_arns_only() {
    table(
        "StringEquals",
        r#""${aws:username}""#,
        &[(&["alice"], true), (&["${aws:username}"], false)],
    );
    table(
        "StringEqualsIgnoreCase",
        r#""${aws:username}""#,
        &[(&["ALICE"], true)],
    );
    table(
        "StringLike",
        r#""${aws:username}-${*}*""#,
        &[(&["alice-*x"], true), (&["alice-x"], false)],
    );
    table(
        "StringEquals",
        r#""${aws:SourceIdentity}""#,
        &[(&["x"], false), (&[""], false)],
    );
    table(
        "StringNotEquals",
        r#""${aws:SourceIdentity}""#,
        &[(&["x"], true)],
    );
    table(
        "ArnLike",
        r#""${aws:PrincipalArn}""#,
        &[(&["arn:aws:iam::123456789012:user/alice"], true)],
    );
    table(
        "BinaryEquals",
        r#""${aws:username}""#,
        &[(&["alice"], false), (&["${aws:username}"], true)],
    );
}

#[test]
fn bool_takes_a_variable() {
    table(
        "Bool",
        r#""${aws:SecureTransport}""#,
        &[
            (&["true"], true),
            (&["True"], true),
            (&["false"], false),
            (&["x"], false),
        ],
    );
    table("Bool", r#""${aws:SourceIdentity}""#, &[(&["true"], false)]);
}

#[test]
fn numbers_compare_by_value() {
    table(
        "NumericEquals",
        r#"["10", 20]"#,
        &[
            (&["10"], true),
            (&["10.0"], true),
            (&["20"], true),
            (&["1"], false),
            (&["x"], false),
            (&[], false),
        ],
    );
    table(
        "NumericNotEquals",
        "10",
        &[
            (&["10"], false),
            (&["11"], true),
            (&["x"], true),
            (&[], true),
        ],
    );
    table(
        "NumericLessThan",
        r#""3600""#,
        &[
            (&["3599"], true),
            (&["3600"], false),
            (&["inf"], false),
            (&["-inf"], false),
            (&[], false),
        ],
    );
    table(
        "NumericLessThanEquals",
        "3600",
        &[(&["3600"], true), (&["3600.5"], false), (&[], false)],
    );
    table(
        "NumericGreaterThan",
        "-1",
        &[(&["0"], true), (&["-1"], false), (&[], false)],
    );
    table(
        "NumericGreaterThanEquals",
        "1.5",
        &[
            (&["1.5"], true),
            (&["1e1"], true),
            (&["1"], false),
            (&[], false),
        ],
    );
    table(
        "NumericLessThanIfExists",
        "3600",
        &[(&["3601"], false), (&["1"], true), (&[], true)],
    );
}

#[test]
fn dates_compare_as_instants() {
    let new_year = r#""2026-01-01T00:00:00Z""#;
    table(
        "DateEquals",
        new_year,
        &[
            (&["1767225600"], true),
            (&["2026-01-01"], true),
            (&["2026-01-02"], false),
            (&["x"], false),
            (&[], false),
        ],
    );
    table(
        "DateNotEquals",
        new_year,
        &[
            (&["2026-01-01T01:00:00+01:00"], false),
            (&["2026-01-02"], true),
            (&[], true),
        ],
    );
    table(
        "DateLessThan",
        new_year,
        &[
            (&["2025-12-31T23:59:59Z"], true),
            (&["2026-01-01"], false),
            (&[], false),
        ],
    );
    table(
        "DateLessThanEquals",
        "1767225600",
        &[
            (&["2026-01-01"], true),
            (&["2026-01-02"], false),
            (&[], false),
        ],
    );
    table(
        "DateGreaterThan",
        new_year,
        &[
            (&["2026-01-02"], true),
            (&["2026-01-01"], false),
            (&[], false),
        ],
    );
    table(
        "DateGreaterThanEquals",
        new_year,
        &[
            (&["2026-01-01"], true),
            (&["2025-12-31"], false),
            (&[], false),
        ],
    );
}

#[test]
fn booleans_compare_as_words() {
    table(
        "Bool",
        "true",
        &[
            (&["true"], true),
            (&["True"], true),
            (&["false"], false),
            (&["1"], false),
            (&[], false),
        ],
    );
    table(
        "Bool",
        r#""false""#,
        &[(&["false"], true), (&["true"], false), (&[], false)],
    );
    table(
        "BoolIfExists",
        r#""false""#,
        &[(&["false"], true), (&["true"], false), (&[], true)],
    );
    table(
        "BoolIfExists",
        r#"["true", false]"#,
        &[(&["false"], true), (&["true"], true), (&["maybe"], false)],
    );
}

#[test]
fn binary_values_compare_as_their_base64() {
    table(
        "BinaryEquals",
        r#""QmluYXJ5Cg==""#,
        &[
            (&["QmluYXJ5Cg=="], true),
            (&["qmluyxj5cg=="], false),
            (&[], false),
        ],
    );
}

#[test]
fn addresses_lie_in_ranges() {
    table(
        "IpAddress",
        r#"["203.0.113.0/24","2001:db8::/32"]"#,
        &[
            (&["203.0.113.9"], true),
            (&["2001:db8::9"], true),
            (&["198.51.100.9"], false),
            (&["x"], false),
            (&[], false),
        ],
    );
    table(
        "NotIpAddress",
        r#"["203.0.113.0/24","2001:db8::/32"]"#,
        &[
            (&["203.0.113.9"], false),
            (&["198.51.100.9"], true),
            (&[], true),
        ],
    );
}

#[test]
fn arns_compare_part_by_part_with_wildcards_in_both_operators() {
    for operator in ["ArnEquals", "ArnLike"] {
        table(
            operator,
            r#""arn:aws:iam::*:role/Ops*""#,
            &[
                (&["arn:aws:iam::123456789012:role/OpsRead"], true),
                (&["arn:aws:iam::123456789012:role/Dev"], false),
                (&["arn:aws:iam::1:x:role/Ops"], false),
                (&["Ops"], false),
                (&[], false),
            ],
        );
    }
    for operator in ["ArnNotEquals", "ArnNotLike"] {
        table(
            operator,
            r#""arn:aws:iam::*:role/Ops*""#,
            &[
                (&["arn:aws:iam::123456789012:role/OpsRead"], false),
                (&["arn:aws:iam::123456789012:role/Dev"], true),
                (&[], true),
            ],
        );
    }
}
