//! Passwords from a seeded source.

use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::*;

fn password(length: u32, seed: u64) -> String {
    let minimum = MinimumLength::try_from(length).unwrap();
    initial_password(minimum, &mut ChaCha20Rng::seed_from_u64(seed))
        .expose()
        .to_owned()
}

#[test]
fn lengths_are_those_of_a_policy() {
    for length in [0, 5, 129, 300] {
        assert_eq!(
            MinimumLength::try_from(length),
            Err(InvalidMinimumLength(length))
        );
    }
    assert_eq!(MinimumLength::try_from(8), Ok(MinimumLength::AWS_DEFAULT));
}

#[test]
fn alphabet_is_even_and_holds_nothing_that_people_confuse() {
    let mut letters = ALPHABET.to_vec();
    letters.sort_unstable();
    letters.dedup();
    assert_eq!(letters.len(), 64);
    assert!(
        !ALPHABET
            .iter()
            .any(|letter| b"0O1lIo|'\"`".contains(letter))
    );
    // The symbols that IAM counts.
    let symbols = ALPHABET
        .iter()
        .filter(|letter| letter.is_ascii_punctuation());
    assert!(
        symbols
            .clone()
            .all(|symbol| b"!@#$%^&*()_+-=[]{}|'".contains(symbol))
    );
    assert_eq!(symbols.count(), 8);
}

#[test]
fn every_character_appears_about_as_often() {
    let mut counts = [0_u32; 128];
    for seed in 0..4000 {
        for letter in password(32, seed).bytes() {
            counts[usize::from(letter)] += 1;
        }
    }
    // 2,000 each; the classes that a redraw asks for come slightly more often.
    for letter in ALPHABET {
        let count = counts[usize::from(*letter)];
        assert!(
            (1750..2250).contains(&count),
            "{}: {count}",
            char::from(*letter)
        );
    }
}

proptest! {
    #[test]
    fn every_policy_is_satisfied(length in 6_u32..=128, seed: u64) {
        let password = password(length, seed);
        prop_assert_eq!(password.len(), usize::try_from(length.max(24)).unwrap());
        prop_assert!(password.bytes().all(|letter| ALPHABET.contains(&letter)));
        for class in [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit, u8::is_ascii_punctuation] {
            prop_assert!(password.as_bytes().iter().any(class));
        }
    }
}
