//! Laws about sets of texts that meet, and sets that hold others.

use proptest::prelude::*;

use super::{Glob, Known, Names, Placeholder};
use crate::language::pattern::{Case, Pattern, Scope};
use crate::language::truth::Truth;
use crate::language::version::Version;
use crate::request::Context;

fn compiled(scope: Scope, text: &str) -> Pattern {
    Pattern::compile(text, scope, Version::V2012).unwrap()
}

fn glob(text: &str) -> Glob {
    compiled(Scope::Resource, text)
        .glob(&Context::new())
        .unwrap()
}

#[test]
fn a_star_at_the_end_of_a_part_can_be_confined() {
    let crossing = glob("arn:aws:iam::*:role/*");
    let odd = Glob::literal("arn:aws:iam::123456789012:user/x:role/y");
    assert!(crossing.meets(&odd));
    assert!(!crossing.confined().unwrap().meets(&odd));
    let role = Glob::literal("arn:aws:iam::123456789012:role/x:y");
    assert!(crossing.confined().unwrap().meets(&role));
    assert_eq!(glob("arn:aws:logs:*").confined(), None);
}

#[test]
fn a_format_stands_for_all_its_arns() {
    let format = |names| {
        Glob::format(
            "arn:${Partition}:s3:::${Bucket}/${Key}",
            names,
            |name| match name {
                "Partition" => Placeholder::Text("aws".to_owned()),
                _ => Placeholder::Anything,
            },
        )
    };
    for (arn, with, without) in [
        ("arn:aws:s3:::b/k", true, true),
        ("arn:aws:s3:::b/k:1", true, false),
        ("arn:aws:s3:::b", false, false),
        ("arn:aws-cn:s3:::b/k", false, false),
    ] {
        let arn = Glob::literal(arn);
        assert_eq!(format(Names::WithColons).meets(&arn), with, "{arn:?}");
        assert_eq!(format(Names::WithoutColons).meets(&arn), without, "{arn:?}");
    }
}

#[test]
fn a_wildcard_within_a_part_holds_none_that_crosses_colons() {
    let format = |names, value: fn() -> Placeholder| {
        Glob::format("arn:aws:s3:::b/${Key}", names, |_| value())
    };
    let any = || Placeholder::Anything;
    let one = || Placeholder::Characters(1);
    for (narrow, wide) in [(any as fn() -> _, any as fn() -> _), (one, one), (one, any)] {
        let within = format(Names::WithoutColons, narrow);
        let across = format(Names::WithColons, wide);
        assert!(across.holds(&within), "{across:?} {within:?}");
        assert!(!within.holds(&across), "{across:?} {within:?}");
    }
}

#[test]
fn a_name_of_known_characters_has_no_slash_and_no_colon() {
    let bucket = Glob::format("arn:aws:s3:::${Bucket}", Names::WithColons, |_| {
        Placeholder::Word
    });
    for (pattern, meets) in [
        ("arn:aws:s3:::b", true),
        ("arn:aws:s3:::*", true),
        ("arn:aws:s3:::b*", true),
        ("arn:aws:s3:*", true),
        ("arn:aws:s3:::b/*", false),
        ("arn:aws:s3:::*/*", false),
        ("arn:aws:s3:::b/k", false),
        ("arn:aws:s3:::b:*", false),
    ] {
        assert_eq!(glob(pattern).meets(&bucket), meets, "{pattern}");
        assert_eq!(!glob(pattern).meet(&bucket).is_empty(), meets, "{pattern}");
    }
    assert!(glob("arn:aws:s3:::*").holds(&bucket));
    assert!(!bucket.holds(&glob("arn:aws:s3:::*")));
    assert!(bucket.holds(&bucket));
}

#[test]
fn every_text_is_one_star_of_a_known_set() {
    let all = Glob::everything();
    assert!(all.is_everything());
    assert!(all.holds(&glob("arn:aws:s3:::b/*")));
    assert!(!all.at_most().is_everything());
    assert!(!glob("arn:aws:s3:::*").is_everything());
}

#[test]
fn a_variable_makes_a_set_of_its_values() {
    let pattern = compiled(Scope::Resource, "arn:aws:iam::*:user/${aws:username}");
    let mut context = Context::partial();
    let open = pattern.glob(&context).unwrap();
    assert_eq!(open.known(), Known::AtMost);
    assert!(open.meets(&Glob::literal("arn:aws:iam::123456789012:user/bob")));
    context.set("aws:username", "alice");
    let known = pattern.glob(&context).unwrap();
    assert_eq!(known.known(), Known::Exactly);
    assert!(!known.meets(&Glob::literal("arn:aws:iam::123456789012:user/bob")));
    assert!(known.meets(&Glob::literal("arn:aws:iam::123456789012:user/alice")));
    assert_eq!(pattern.glob(&Context::new()), None);
}

#[test]
fn hostile_sets_are_compared_soon() {
    let (a, b) = ("a*".repeat(400) + "b", "*a".repeat(400) + "c");
    assert!(!glob(&a).meets(&glob(&b)));
    assert!(!glob(&a).holds(&glob(&b)));
    let (c, d) = ("a*".repeat(400) + "c", "*a".repeat(400) + "*c");
    assert!(!glob(&c).meet(&glob(&d)).is_empty());
}

#[test]
fn what_two_sets_share_is_listed() {
    for (a, b, expect) in [
        (
            "arn:aws:iam::*:user/alice",
            "arn:aws:iam::1:user/*",
            &["arn:aws:iam::1:user/alice"][..],
        ),
        (
            "arn:aws:iam::1:user/*",
            "arn:aws:iam::1:user/a",
            &["arn:aws:iam::1:user/a"],
        ),
        ("arn:aws:iam::1:user/*", "arn:aws:iam::1:role/*", &[]),
        ("arn:aws:s3:::a*", "arn:aws:s3:::*b", &["arn:aws:s3:::a*b"]),
    ] {
        let found = glob(a).confined().unwrap().meet(&glob(b));
        let mut expect: Vec<Glob> = expect.iter().map(|text| glob(text)).collect();
        assert_eq!(found.len(), expect.len(), "{a} and {b}: {found:?}");
        expect.retain(|set| !found.contains(set));
        assert!(expect.is_empty(), "{a} and {b} lack {expect:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn sets_agree_with_their_members(
        first in "([ab:?]|\\*[ab:?]){0,7}\\*?",
        second in "([ab:?]|\\*[ab:?]){0,7}\\*?",
        text in "[ab:]{0,8}",
    ) {
        let contains = |pattern: &str| {
            compiled(Scope::Resource, pattern).matches(&text, Case::Sensitive, &Context::new()) == Truth::Yes
        };
        let (a, b) = (glob(&first), glob(&second));
        prop_assert_eq!(a.meets(&Glob::literal(&text)), contains(&first));
        prop_assert_eq!(a.holds(&Glob::literal(&text)), contains(&first));
        if contains(&first) && contains(&second) {
            prop_assert!(a.meets(&b), "{} and {} share {}", first, second, text);
        }
        if a.holds(&b) && contains(&second) {
            prop_assert!(contains(&first), "{} holds {} but not {}", first, second, text);
        }
        let shared = a.meet(&b).iter().any(|set| set.meets(&Glob::literal(&text)));
        if contains(&first) && contains(&second) {
            prop_assert!(shared, "{} and {} share {}", first, second, text);
        } else if shared {
            prop_assert!(contains(&second) && a.meet(&b) == [b.clone()], "{} is not shared", text);
        }
        prop_assert!(a.holds(&a));
        prop_assert_eq!(a.meets(&b), b.meets(&a));
    }

    #[test]
    fn formats_agree_with_their_members(
        format in "([ab/:]|W|S){0,6}",
        pattern in "([ab/:?]|\\*[ab/:]){0,6}\\*?",
        text in "[ab/:]{0,7}",
    ) {
        let written = format.replace('W', "${W}").replace('S', "${S}");
        let set = Glob::format(&written, Names::WithoutColons, |name| match name {
            "W" => Placeholder::Word,
            _ => Placeholder::Anything,
        });
        let one = Glob::literal(&text);
        let member = is_of(&format, &text);
        prop_assert_eq!(set.meets(&one), member, "{} and {}", format, text);
        prop_assert_eq!(set.holds(&one), member, "{} and {}", format, text);
        let pattern = glob(&pattern);
        if member && pattern.meets(&one) {
            prop_assert!(pattern.meets(&set) && set.meets(&pattern));
            prop_assert!(pattern.meet(&set).iter().any(|shared| shared.meets(&one)));
        }
        if pattern.holds(&set) && member {
            prop_assert!(pattern.meets(&one));
        }
        if set.holds(&pattern) && pattern.meets(&one) {
            prop_assert!(member);
        }
    }
}

/// Whether a text is of a format, in which `W` means a word and `S` what has no colon.
fn is_of(format: &str, text: &str) -> bool {
    let rest = |text: &str| text.chars().next().map_or(0, char::len_utf8);
    match format.chars().next() {
        None => text.is_empty(),
        Some(wild @ ('W' | 'S')) => {
            let takes = |c: char| c != ':' && (wild == 'S' || c != '/');
            is_of(&format[1..], text)
                || text.starts_with(takes) && is_of(format, &text[rest(text)..])
        }
        Some(c) => text.starts_with(c) && is_of(&format[1..], &text[1..]),
    }
}
