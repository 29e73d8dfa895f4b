use super::nearest;

#[test]
fn a_slip_of_the_finger_is_recognised() {
    let known = ["managed", "inline", "mfa_max_age"];
    assert_eq!(nearest("manged", known), Some("managed"));
    assert_eq!(nearest("mfa_max_aeg", known), Some("mfa_max_age"));
    assert_eq!(nearest("Inline", known), Some("inline"));
}

#[test]
fn a_distant_name_is_not_guessed() {
    assert_eq!(nearest("colour", ["managed", "inline"]), None);
    assert_eq!(nearest("x", ["a"]), None);
}
