//! The stamps of a failed sign-in that count.

use super::*;

#[test]
fn a_stamp_counts_from_when_the_command_began_up_to_now() {
    let folder = tempfile::tempdir().expect("a folder can be made");
    let path = folder.path().join("stamp");
    let failure = LastFailure(path.clone());
    let since = millis();
    assert!(!failure.is_since(since));
    const HOUR: u128 = 3_600_000;
    for (text, expect) in [
        (since.to_string(), true),
        (format!("{}\n", since - HOUR), false),
        // By a clock that was an hour ahead.
        ((since + HOUR).to_string(), false),
        ("nonsense".to_owned(), false),
        (String::new(), false),
    ] {
        std::fs::write(&path, &text).expect("a file can be written");
        assert_eq!(failure.is_since(since), expect, "{text:?}");
    }
    failure.note();
    assert!(failure.is_since(since));
    failure.forget();
    assert!(!path.exists());
}
