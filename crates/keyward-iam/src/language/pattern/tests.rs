//! Wildcards, scopes and variables of patterns.

use proptest::prelude::*;

use super::{Case, Pattern, Scope};
use crate::language::truth::Truth;
use crate::language::version::Version;
use crate::request::Context;

fn check(scope: Scope, pattern: &str, text: &str, expect: bool) {
    let mut context = Context::new();
    context
        .set("aws:username", "alice")
        .set("aws:PrincipalTag/star", "a*b?c");
    let compiled = Pattern::compile(pattern, scope, Version::V2012).unwrap();
    let matched = compiled.matches(text, Case::Sensitive, &context);
    assert_eq!(
        matched,
        Truth::from(expect),
        "{pattern} against {text} as {scope:?}"
    );
}

#[test]
fn text_wildcards_match_anything() {
    for (pattern, text, expect) in [
        ("", "", true),
        ("", "a", false),
        ("*", "", true),
        ("**", "a:b", true),
        ("?", "", false),
        ("?", ":", true),
        ("?", "é", true),
        ("??", "é", false),
        ("*??", "é", false),
        ("*é", "aéé", true),
        ("Get*", "Get", true),
        ("Get*", "get", false),
        ("*b*b", "abxb", true),
        ("*b*b", "ab", false),
        ("a*c?e", "abcbcde", true),
        ("a*c?e", "abcbcdef", false),
        ("*${aws:username}*", "x-alice-y", true),
        ("*${aws:username}", "x-alice-alic", false),
        ("a${*}b", "a*b", true),
        ("a${*}b", "axb", false),
        ("a${?}${$}", "a?$", true),
        ("${aws:PrincipalTag/star}", "a*b?c", true),
        ("${aws:PrincipalTag/star}", "axbxc", false),
        ("*${aws:SourceIdentity}", "anything", false),
        ("*${aws:SourceIdentity, 'none'}", "it is none", true),
    ] {
        check(Scope::Text, pattern, text, expect);
    }
}

#[test]
fn exact_text_knows_variables_and_no_wildcards() {
    check(Scope::Exact, "a*?", "a*?", true);
    check(Scope::Exact, "a*?", "abc", false);
    check(Scope::Exact, "${aws:username}*", "alice*", true);
    check(Scope::Exact, "${*}", "*", true);
}

#[test]
fn letters_fold_only_when_asked() {
    let compiled = Pattern::compile("getU*r", Scope::Text, Version::V2008).unwrap();
    let matched = |case| compiled.matches("GETUSER", case, &Context::new());
    assert_eq!(matched(Case::Ignored), Truth::Yes);
    assert_eq!(matched(Case::Sensitive), Truth::No);
}

#[test]
fn resource_wildcards_cross_colons_only_at_the_end_of_a_part() {
    for (pattern, text, expect) in [
        ("*", "*", true),
        ("*", "arn:aws:s3:::bucket", true),
        ("arn:*", "arn:aws:s3:::bucket", true),
        ("arn:*", "*", false),
        (
            "arn:aws:iam::*:user/bob",
            "arn:aws:iam::123456789012:user/bob",
            true,
        ),
        (
            "arn:aws:iam::123456789012:user/*",
            "arn:aws:iam::123456789012:user/a/b",
            true,
        ),
        (
            "arn:aws:iam::123456789012:user/*/bob",
            "arn:aws:iam::123456789012:user/bob",
            false,
        ),
        (
            "arn:aws:iam::123456789012:*",
            "arn:aws:iam::123456789012:role/x",
            true,
        ),
        ("arn:aws:iam::*", "arn:aws:iam::123456789012:role/x", true),
        ("arn:aws:s*:::bucket", "arn:aws:s3:::bucket", true),
        ("arn:*:bucket", "arn:aws:s3:::bucket", true),
        ("arn:a*s:::bucket", "arn:aws:s3:::bucket", false),
        ("arn:a*s:s3:::bucket", "arn:aws:s3:::bucket", true),
        ("arn:aws?s3:::bucket", "arn:aws:s3:::bucket", false),
        (
            "arn:aws:logs:*:*:log-group:*x:y",
            "arn:aws:logs:r:1:log-group:a:bx:y",
            true,
        ),
        (
            "arn:aws:iam::*:mfa/${aws:username}",
            "arn:aws:iam::123456789012:mfa/alice",
            true,
        ),
        (
            "arn:aws:iam::*:mfa/${aws:username}-*",
            "arn:aws:iam::123456789012:mfa/alice-phone",
            true,
        ),
        (
            "arn:aws:iam::*:mfa/${aws:username}",
            "arn:aws:iam::123456789012:mfa/bob",
            false,
        ),
        (
            "arn:aws:iam::*:user/alice",
            "arn:aws:iam::123456789012:user/Alice",
            false,
        ),
    ] {
        check(Scope::Resource, pattern, text, expect);
    }
}

#[test]
fn arn_operands_are_compared_part_by_part() {
    for (pattern, text, expect) in [
        ("*", "arn:aws:iam::123456789012:role/x", true),
        (
            "arn:aws:iam::*:role/*",
            "arn:aws:iam::123456789012:role/a:b",
            true,
        ),
        (
            "arn:aws:iam::*:role/x",
            "arn:aws:iam::123456789012:other:role/x",
            false,
        ),
        (
            "arn:*:*:*:*:*",
            "arn:aws:sns:eu-west-1:123456789012:topic",
            true,
        ),
        (
            "arn:*:topic",
            "arn:aws:sns:eu-west-1:123456789012:topic",
            false,
        ),
        ("arn:*:*:*:*:*", "topic", false),
        ("${aws:username}", "alice", true),
    ] {
        check(Scope::Arn, pattern, text, expect);
    }
}

#[test]
fn a_variable_of_unknown_value_may_match() {
    let mut context = Context::partial();
    context.remove("aws:SourceIdentity");
    for (pattern, text, expect) in [
        (
            "arn:aws:s3:::${aws:PrincipalTag/team}/*",
            "arn:aws:s3:::blue/x",
            Truth::Unknown,
        ),
        (
            "arn:aws:s3:::${aws:PrincipalTag/team}/*",
            "arn:aws:s3:::blue",
            Truth::No,
        ),
        ("arn:aws:s3:::b/*", "arn:aws:s3:::b/x", Truth::Yes),
        (
            "arn:aws:s3:::${aws:SourceIdentity}/*",
            "arn:aws:s3:::blue/x",
            Truth::No,
        ),
        ("${aws:username}", "", Truth::Unknown),
        ("a${aws:username}b${aws:userid}c", "a1b2bc", Truth::Unknown),
        ("a${aws:username}b${aws:userid}c", "a1b2b", Truth::No),
    ] {
        let compiled = Pattern::compile(pattern, Scope::Text, Version::V2012).unwrap();
        assert_eq!(
            compiled.matches(text, Case::Sensitive, &context),
            expect,
            "{pattern} against {text}"
        );
    }
}

#[test]
fn hostile_patterns_end_soon() {
    let pattern = "a*".repeat(500) + "b";
    let compiled = Pattern::compile(&pattern, Scope::Resource, Version::V2012).unwrap();
    let matched = compiled.matches(&"a".repeat(2000), Case::Sensitive, &Context::new());
    assert_eq!(matched, Truth::No);
}

/// The rule in its plainest form: try everything.
fn by_definition(scope: Scope, pattern: &[u8], from: usize, text: &[u8]) -> bool {
    let Some(byte) = pattern.get(from) else {
        return text.is_empty();
    };
    let part = pattern[..from].iter().filter(|b| **b == b':').count();
    let ends_part = pattern.get(from + 1).is_none_or(|b| *b == b':');
    let free = match scope {
        Scope::Text => true,
        Scope::Resource => part >= 5 || (ends_part && *byte == b'*'),
        Scope::Exact | Scope::Arn => part >= 5,
    };
    let may_match = |b: &u8| free || *b != b':';
    match byte {
        b'*' => (0..=text.len()).any(|taken| {
            text[..taken].iter().all(may_match)
                && by_definition(scope, pattern, from + 1, &text[taken..])
        }),
        b'?' => {
            text.first().is_some_and(may_match)
                && by_definition(scope, pattern, from + 1, &text[1..])
        }
        byte => text.first() == Some(byte) && by_definition(scope, pattern, from + 1, &text[1..]),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn matching_agrees_with_its_definition(
        // Two stars in a row count as one, which the definition need not know.
        pattern in "([ab:?]|\\*[ab:?]){0,9}\\*?",
        text in "[ab:]{0,12}",
    ) {
        prop_assume!(pattern != "*");
        for scope in [Scope::Text, Scope::Resource, Scope::Arn] {
            let compiled = Pattern::compile(&pattern, scope, Version::V2012).unwrap();
            prop_assert_eq!(
                compiled.matches(&text, Case::Sensitive, &Context::new()),
                Truth::from(by_definition(scope, pattern.as_bytes(), 0, text.as_bytes())),
                "{} against {} as {:?}", pattern, text, scope
            );
        }
    }
}
