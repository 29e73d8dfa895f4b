//! The characters that reach a terminal, and those that are replaced.

use super::*;
use crate::screen::ui::{BAD, CODE, FAINT, GOOD, STRONG, WARN};

#[track_caller]
fn check(text: &str, expect: &str) {
    assert_eq!(shown(text), expect, "{text:?}");
}

#[test]
fn what_commands_a_terminal_is_marked() {
    check("", "");
    check("plain\n\twords, é…\n", "plain\n\twords, é…\n");
    check("a\x1b]0;title\x07b", "a\u{fffd}]0;title\u{fffd}b");
    check("a\x1b[2Jb\x1b[1A", "a\u{fffd}[2Jb\u{fffd}[1A");
    check(
        "a\rb\x08c\x7f\u{9b}2J",
        "a\u{fffd}b\u{fffd}c\u{fffd}\u{fffd}2J",
    );
    check("a\u{202e}b\u{2066}c", "a\u{fffd}b\u{fffd}c");
    // A link, and a text in the colour of its ground.
    check("\x1b]8;;https://a\x1b\\", "\u{fffd}]8;;https://a\u{fffd}\\");
    check("\x1b[8mhidden", "\u{fffd}[8mhidden");
    check("\x1b[30;40mhidden", "\u{fffd}[30;40mhidden");
    check("cut \x1b[", "cut \u{fffd}[");
    check("cut \x1b", "cut \u{fffd}");
    check("\x1b\x1b[0m", "\u{fffd}\x1b[0m");
}

#[test]
fn what_is_fit_to_show_is_not_copied() {
    assert!(matches!(shown("{\"Version\": 1}\n"), Cow::Borrowed(_)));
}

#[test]
fn keywards_own_colours_stay() {
    for style in [GOOD, BAD, WARN, STRONG, FAINT, CODE] {
        let text = format!("{style}word{style:#}");
        check(&text, &text);
    }
    let help = crate::cli::Cli::definition().render_long_help();
    let help = help.ansi().to_string();
    check(&help, &help);
}

#[test]
fn colours_and_commands_are_taken_out() {
    assert_eq!(plain("a\x1b[31mb\x1b[0m\n\tc"), "ab\n\tc");
    assert_eq!(plain("a\x1b]0;title\x07b"), "ab");
}

proptest::proptest! {
    #[test]
    fn colours_are_taken_out_as_the_library_does(
        text in "([ -~\n\té€𝄞\u{a0}\u{2028}]{0,8}(\x1b\\[(31|1|0)m)?){0,5}(\x1b\\[2J)?[a-z]{0,4}"
    ) {
        let stripped = anstream::adapter::strip_str(&text).to_string();
        proptest::prop_assert_eq!(plain(&text), stripped);
    }
}
