//! Answers to a list; the terminal itself is tried in the interop cases.

use super::picked;

#[track_caller]
fn check(answer: &str, expect: Option<&[usize]>) {
    assert_eq!(picked(answer, 3).as_deref(), expect, "`{answer}`");
}

#[test]
fn entries_are_picked_by_number() {
    check("1", Some(&[0]));
    check("3, 1", Some(&[2, 0]));
    check("2 3", Some(&[1, 2]));
    check("ALL", Some(&[0, 1, 2]));
    check("none", Some(&[]));
}

#[test]
fn what_names_no_entry_is_not_taken() {
    for answer in ["", "0", "4", "1,x", "-1", ","] {
        check(answer, None);
    }
}
