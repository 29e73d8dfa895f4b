use proptest::prelude::*;

use super::Glob;

fn glob(text: &str) -> Glob {
    Glob::pattern(text)
}

fn matches(pattern: &str, text: &str) -> bool {
    glob(pattern).covers(&Glob::literal(text))
}

#[test]
fn a_set_covers_what_it_certainly_contains() {
    assert!(glob("*").covers(&glob("a*b")));
    assert!(glob("user/*").covers(&glob("user/*/alice")));
    assert!(!glob("user/*/alice").covers(&glob("user/*")));
    assert!(!glob("user/alice").covers(&glob("user/?lice")));
    assert!(glob("user/?lice").covers(&glob("user/alice")));
    assert!(glob("*a*").covers(&glob("ba")));
    assert!(!glob("?").covers(&glob("*")));
}

#[test]
fn two_sets_meet_in_what_both_contain() {
    let shared = glob("user/*").meet(&glob("*/alice"));
    let within = |text| shared.iter().any(|part| part.covers(&Glob::literal(text)));
    assert!(within("user/alice") && within("user/team/alice"));
    assert!(!within("user/bob") && !within("role/alice"));
    assert!(glob("a").meet(&glob("b")).is_empty());
    assert!(!glob("arn:aws:iam:::role/x").meets(&glob("arn:aws:iam::????????????:role/*")));
}

proptest! {
    #[test]
    fn a_text_is_in_a_meeting_when_it_is_in_both(
        a in "[ab*?]{0,5}", b in "[ab*?]{0,5}", text in "[ab]{0,6}"
    ) {
        let both = matches(&a, &text) && matches(&b, &text);
        let parts = glob(&a).meet(&glob(&b));
        let literal = Glob::literal(&text);
        if both {
            prop_assert!(parts.iter().any(|part| part.covers(&literal)));
            prop_assert!(glob(&a).meets(&glob(&b)));
        } else if parts.len() < super::PARTS && glob(&a).meets(&glob(&b)) {
            let wide = parts.len() == 1 && parts[0] == glob(&b);
            prop_assert!(wide || !parts.iter().any(|part| part.covers(&literal)));
        }
    }
}
