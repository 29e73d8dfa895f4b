use keyward_iam::model::User;

use super::{Own, own};

const ALICE: &str = "arn:aws:iam::123456789012:user/team/alice";
const SESSION: &str = "arn:aws:sts::123456789012:assumed-role/Ops";

#[track_caller]
fn check(start: Option<&str>, caller: &str, user: &str, expected: Option<Own>) {
    let start = start.map(|arn| arn.parse().unwrap());
    let found = own(
        start.as_ref(),
        &caller.parse().unwrap(),
        &User::new(user.parse().unwrap()),
        &"123456789012".parse().unwrap(),
    );
    assert_eq!(found, expected, "{start:?} {caller} {user}");
}

#[test]
fn the_key_decides_who_signs_and_not_the_name_of_the_session() {
    for session in ["alice", "ops", "bob"] {
        let caller = format!("{SESSION}/{session}");
        check(Some(ALICE), &caller, "alice", Some(Own::User));
    }
    check(Some(ALICE), &format!("{SESSION}/alice"), "bob", None);
    check(Some(ALICE), &format!("{SESSION}/ops"), "bob", None);
    check(Some(ALICE), ALICE, "alice", Some(Own::User));
    check(None, ALICE, "alice", Some(Own::User));
    check(None, ALICE, "bob", None);
    let namesake = "arn:aws:iam::210987654321:user/alice";
    check(Some(namesake), &format!("{SESSION}/ops"), "alice", None);
    let root = "arn:aws:iam::123456789012:root";
    check(Some(root), root, "alice", None);
}

#[test]
fn a_session_that_bears_the_name_would_deny_its_own_calls() {
    for session in ["bob", "bob-readonly"] {
        let caller = format!("{SESSION}/{session}");
        check(Some(ALICE), &caller, "bob", Some(Own::Session));
    }
}

#[test]
fn the_name_of_the_session_counts_if_the_key_is_not_known() {
    let caller = format!("{SESSION}/alice");
    check(None, &caller, "alice", Some(Own::User));
    check(None, &caller, "bob", None);
    let start = format!("{SESSION}/x");
    check(Some(&start), &caller, "alice", Some(Own::User));
}
