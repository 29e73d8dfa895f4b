//! The characters that are shown, those that are not, and numbers with their nouns.

use super::*;

#[test]
fn what_is_not_shown_where_it_stands_is_known() {
    for (c, expect) in [
        ('a', (false, false)),
        (' ', (false, false)),
        ('é', (false, false)),
        ('…', (false, false)),
        ('\n', (true, true)),
        ('\u{1b}', (true, true)),
        ('\u{7f}', (true, true)),
        ('\u{9b}', (true, true)),
        ('\u{61c}', (true, true)),
        ('\u{200b}', (false, true)),
        // Names in some scripts hold joiners.
        ('\u{200d}', (false, true)),
        ('\u{200e}', (true, true)),
        ('\u{2028}', (true, true)),
        ('\u{202e}', (true, true)),
        ('\u{202f}', (false, false)),
        ('\u{2060}', (false, true)),
        ('\u{2069}', (true, true)),
        ('\u{206f}', (false, true)),
        ('\u{feff}', (false, true)),
    ] {
        assert_eq!((moves(c), is_unseen(c)), expect, "{c:?}");
    }
}

#[test]
fn a_short_secret_leaves_no_holes_in_other_words() {
    for (text, secrets, shown) in [
        (
            "The security token is invalid",
            &["s"][..],
            "The security token is invalid",
        ),
        ("the requested key", &["test", ""], "the requested key"),
        (
            "test, (test) and contest: test",
            &["test"],
            "***, (***) and contest: ***",
        ),
        ("code=123456;", &["123456"], "code=***;"),
        ("xminioadminx", &["minioadmin"], "x***x"),
        ("über ü", &["ü"], "über ***"),
        ("code=123456789;", &["123456", "123456789"], "code=***;"),
    ] {
        assert_eq!(without_secrets(text, secrets), shown);
    }
}

#[test]
fn one_thing_is_no_plural() {
    for (number, expect) in [(0, "0 calls"), (1, "1 call"), (2, "2 calls")] {
        assert_eq!(count(number, "call"), expect);
    }
}
