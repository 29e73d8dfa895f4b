//! Times in conditions.

use super::parse;

fn check(text: &str, expect: Option<i64>) {
    assert_eq!(parse(text), expect, "{text}");
}

#[test]
fn the_w3c_profile_and_epoch_seconds_are_read() {
    check("0", Some(0));
    check("1767225600", Some(1_767_225_600));
    check("2026-01-01T00:00:00Z", Some(1_767_225_600));
    check("2026-01-01T00:00:00.999Z", Some(1_767_225_600));
    check("2026-01-01T00:00Z", Some(1_767_225_600));
    check("2026-01-01T02:00:00+02:00", Some(1_767_225_600));
    check("2026-01-01T00:00:00", Some(1_767_225_600));
    check("2026-01-01", Some(1_767_225_600));
    check("2026-01", Some(1_767_225_600));
}

#[test]
fn what_is_no_time_is_refused() {
    for text in [
        "",
        "tomorrow",
        "2026-13-01",
        "2026-01-01T25:00:00Z",
        "01/02/2026",
        "Z",
    ] {
        check(text, None);
    }
}
