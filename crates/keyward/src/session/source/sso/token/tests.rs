//! Which marks of a failed sign-in count.

use super::*;

#[test]
fn a_mark_counts_from_when_the_command_began_up_to_now() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let mark = folder.path().join("mark");
    let since = millis();
    assert!(!failed_since(&mark, since));
    const HOUR: u128 = 3_600_000;
    for (text, expect) in [
        (since.to_string(), true),
        (format!("{}\n", since - HOUR), false),
        // By a clock that was an hour ahead.
        ((since + HOUR).to_string(), false),
        ("nonsense".to_owned(), false),
        (String::new(), false),
    ] {
        std::fs::write(&mark, &text).expect("a file can be written");
        assert_eq!(failed_since(&mark, since), expect, "{text:?}");
    }
}
