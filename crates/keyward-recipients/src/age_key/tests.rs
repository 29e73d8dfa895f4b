//! Texts that people paste as an age recipient.

use proptest::prelude::*;

use super::*;

const RECIPIENT: &str = "age1zeuev9lnjddkejkl8pn3n8yt8dlzt2yw20rv665cmdvj7fd78a3qmafkye";

fn refusal(text: &str) -> String {
    AgeKey::read(text.as_bytes()).unwrap_err().to_string()
}

#[test]
fn recipient_is_taken_as_people_paste_it() {
    let commented = format!("# public key of alice\n\n{RECIPIENT}\n");
    for text in [
        RECIPIENT.to_owned(),
        format!(" \t{RECIPIENT} \r\n\n"),
        RECIPIENT.to_ascii_uppercase(),
        format!("\u{feff}{RECIPIENT}"),
        commented,
    ] {
        assert_eq!(
            AgeKey::read(text.as_bytes()).unwrap().to_string(),
            RECIPIENT
        );
    }
}

#[test]
fn unusable_recipients_are_named() {
    let two = format!("{RECIPIENT}\n{RECIPIENT}");
    let mixed = RECIPIENT.replace('z', "Z");
    let wrong = RECIPIENT.replace("zeue", "zeug");
    for (text, expected) in [
        ("", "is empty"),
        ("# nothing else", "is empty"),
        (&two, "more than one age recipient"),
        (&mixed, "mistyped or cut off"),
        (&wrong, "mistyped or cut off"),
        (&RECIPIENT[..40], "mistyped or cut off"),
        ("age1pq1qqqqqqqqqqqqq", "`age1pq1…` is a post-quantum"),
        ("AGE1PQ1QQQQQQQQ", "`age1pq1…` is a post-quantum"),
        ("age1tagpq1qqqqqqqqq", "`age1tagpq1…` is a post-quantum"),
        (
            "age1yubikey1qqqqqqq",
            "`age1yubikey1…` is a recipient of the age plugin `yubikey`",
        ),
        ("alice", "not an age recipient"),
    ] {
        let message = refusal(text);
        assert!(message.contains(expected), "{text}: {message}");
    }
}

#[test]
fn private_key_is_not_repeated() {
    let file = format!("# public key: {RECIPIENT}\nAGE-SECRET-KEY-1QQQZZZ\n");
    for text in [
        file.as_str(),
        "AGE-SECRET-KEY-1QQQZZZ",
        "age-secret-key-1qqqzzz",
    ] {
        let message = refusal(text);
        assert!(message.contains("PRIVATE age key"), "{message}");
        assert!(
            !message.to_ascii_uppercase().contains("QQQZZZ"),
            "{message}"
        );
    }
}

proptest! {
    #[test]
    fn refusals_repeat_nothing_odd(text in "(age1)?[ -~é\u{1b}\u{202e}]{0,80}") {
        if let Err(error) = AgeKey::read(text.as_bytes()) {
            let odd = error.to_string().contains(['\u{1b}', '\u{202e}', 'é']);
            prop_assert!(!odd);
        }
    }
}
