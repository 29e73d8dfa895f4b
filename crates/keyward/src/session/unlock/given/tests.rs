use std::collections::BTreeSet;

use super::*;

#[test]
fn a_generated_passphrase_is_long_and_never_the_same() {
    let made: BTreeSet<String> = (0..50).map(|_| generated().unwrap().to_string()).collect();
    assert_eq!(made.len(), 50);
    for text in &made {
        assert_eq!(text.len(), 23, "{text}");
        assert_eq!(text.split('-').count(), GROUPS, "{text}");
        assert!(long_enough(text).is_ok());
        let known = |c: char| c == '-' || LETTERS.contains(&u8::try_from(c).unwrap());
        assert!(text.chars().all(known), "{text}");
    }
    let letters: BTreeSet<u8> = LETTERS.iter().copied().collect();
    assert_eq!(letters.len(), LETTERS.len());
}

#[test]
fn characters_are_counted_and_not_bytes() {
    assert!(long_enough("123456789").is_err());
    assert!(long_enough("1234567890").is_ok());
    assert!(long_enough("ééééééééé").is_err());
    assert!(long_enough("ééééééé-éàè").is_ok());
}

#[test]
fn a_key_that_was_held_down_makes_no_passphrase() {
    for text in [
        "                ",
        "aaaaaaaaaaaaaaaa",
        "abababababab",
        "a b a b a b a b",
    ] {
        assert!(
            long_enough(text).unwrap_err().contains("too simple"),
            "{text}"
        );
    }
    assert!(long_enough("testtesttest").is_ok());
}
