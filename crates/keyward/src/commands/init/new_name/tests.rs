use super::{NewName, NewNameError};

#[test]
fn a_half_of_a_key_is_no_name() {
    for key in [
        "AKIAIOSFODNN7EXAMPLE",
        "ASIAIOSFODNN7EXAMPLE",
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    ] {
        assert_eq!(key.parse::<NewName>(), Err(NewNameError::Key), "{key}");
    }
    for name in [
        "default",
        "AKIA",
        "team/alice",
        "a-very-long-name-of-a-profile-in-its-account",
    ] {
        assert!(name.parse::<NewName>().is_ok(), "{name}");
    }
}
