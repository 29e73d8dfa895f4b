use super::*;

fn check(wanted: &str, known: &[&str], expected: &[&str]) {
    assert_eq!(
        similar_names(wanted, known.iter().copied()),
        expected,
        "{wanted}"
    );
}

#[test]
fn one_or_two_typing_errors_are_forgiven() {
    check("Biling", &["Billing", "Budgets"], &["Billing"]);
    check("Bilingg", &["Billing"], &["Billing"]);
    check("Bln", &["Billing"], &[]);
    check("bo", &["bob", "alice"], &["bob"]);
}

#[test]
fn another_case_is_the_nearest() {
    check(
        "billing",
        &["Billings", "Billing"],
        &["Billing", "Billings"],
    );
}

#[test]
fn a_part_that_was_left_out_is_found_at_either_end() {
    check(
        "ReadOnly",
        &["ReadOnlyAccess", "IAMReadOnly", "PowerUserAccess"],
        &["IAMReadOnly", "ReadOnlyAccess"],
    );
    check("ab", &["abcdefgh"], &[]);
}

#[test]
fn the_name_itself_is_never_suggested_and_no_name_twice() {
    check("Billing", &["Billing", "Billinx", "Billinx"], &["Billinx"]);
}

#[test]
fn at_most_three_are_suggested() {
    check(
        "user",
        &["user1", "user2", "user3", "user4"],
        &["user1", "user2", "user3"],
    );
}
