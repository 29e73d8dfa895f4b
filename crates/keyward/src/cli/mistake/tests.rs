//! Clap's text in parts, and the command that a mistake is in.

use std::ffi::OsString;

use super::{Parts, Path};
use crate::cli::Cli;

#[test]
fn tips_and_the_way_to_the_help_are_left_out() {
    let text = "\x1b[1merror:\x1b[0m wrong:\n  <A>\n\n  \x1b[32mtip:\x1b[0m a\n  tip: b\n\n\
                \x1b[1mUsage:\x1b[0m keyward x\n       keyward y\n\nFor more information, try '--help'.\n";
    let expected = Parts {
        message: "\x1b[1merror:\x1b[0m wrong:\n  <A>".to_owned(),
        usage: Some("\x1b[1mUsage:\x1b[0m keyward x\n       keyward y".to_owned()),
    };
    assert_eq!(Parts::of(text), expected);
}

#[test]
fn the_command_ends_at_the_first_word_that_is_none() {
    let definition = Cli::definition();
    for (typed, expected) in [
        ("keyward", "keyward"),
        ("keyward exce foo", "keyward"),
        ("keyward list --jsn", "keyward list"),
        ("keyward ls --jsn", "keyward list"),
        (
            "keyward --color always vault slot remov",
            "keyward vault slot",
        ),
        ("keyward foo list", "keyward"),
        ("keyward exec -- list", "keyward exec"),
    ] {
        let arguments: Vec<OsString> = typed.split(' ').map(OsString::from).collect();
        assert_eq!(Path::of(&definition, &arguments).words, expected, "{typed}");
    }
}
