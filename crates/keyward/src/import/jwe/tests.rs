use proptest::prelude::*;

use super::{Jwe, JweError};

/// Sealed by another implementation, by `make.py` beside it.
const ALICE: &str = include_str!("../../../tests/fixtures/aws-vault/alice");
const CBC: &str = include_str!("../../../tests/fixtures/aws-vault/cbc");
const PASSPHRASE: &str = "fixture passphrase";

fn open(text: &str, passphrase: &str) -> Result<Vec<u8>, JweError> {
    Ok(Jwe::parse(text)?.open(passphrase)?.to_vec())
}

#[track_caller]
fn check(text: &str, expect: JweError) {
    assert_eq!(open(text, PASSPHRASE), Err(expect));
}

/// The item with one part replaced.
fn with_part(at: usize, part: &str) -> String {
    let mut parts: Vec<&str> = ALICE.split('.').collect();
    parts[at] = part;
    parts.join(".")
}

fn with_header(header: &str) -> String {
    with_part(0, &data_encoding::BASE64URL_NOPAD.encode(header.as_bytes()))
}

#[test]
fn an_item_of_another_implementation_opens() {
    let item = open(ALICE, PASSPHRASE).unwrap();
    let item: serde_json::Value = serde_json::from_slice(&item).unwrap();
    assert_eq!(item["Key"], "alice");
    // Editors leave a line end.
    assert!(open(&format!("{ALICE}\n"), PASSPHRASE).is_ok());
}

#[test]
fn another_passphrase_is_told_from_damage() {
    for wrong in ["", "fixture passphrase ", "Fixture passphrase"] {
        assert_eq!(open(ALICE, wrong), Err(JweError::WrongPassphrase));
    }
    let content = ALICE.split('.').nth(3).unwrap();
    let first = if content.starts_with('A') { "B" } else { "A" };
    check(
        &with_part(3, &format!("{first}{}", &content[1..])),
        JweError::Damaged,
    );
    check(&with_part(4, "AAAAAAAAAAAAAAAAAAAAAA"), JweError::Damaged);
    check(&with_part(2, "AAAAAAAAAAAAAAAA"), JweError::Damaged);
}

#[test]
fn the_header_is_bound_to_the_content() {
    let header = ALICE.split('.').next().unwrap();
    let header = data_encoding::BASE64URL_NOPAD
        .decode(header.as_bytes())
        .unwrap();
    let changed = String::from_utf8(header).unwrap().replace("2026", "2027");
    check(&with_header(&changed), JweError::Damaged);
}

#[test]
fn other_texts_are_no_items() {
    let header = |more: &str, rounds: &str| {
        format!(
            r#"{{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2s":"c2FsdHNhbHQ","p2c":{rounds}{more}}}"#
        )
    };
    for (text, expect) in [
        (String::new(), JweError::NotJwe),
        ("....".to_owned(), JweError::NotJwe),
        ("\0\u{1}Bud1".to_owned(), JweError::NotJwe),
        (format!("{ALICE}.x"), JweError::NotJwe),
        (with_part(0, "e30"), JweError::NotJwe),
        (with_part(1, ""), JweError::NotJwe),
        (with_part(1, "AAAA"), JweError::NotJwe),
        (with_part(2, "AAAA"), JweError::NotJwe),
        (with_part(4, "AAAA"), JweError::NotJwe),
        (with_header(&header("", "-1")), JweError::NotJwe),
        (with_header(&header("", "\"8192\"")), JweError::NotJwe),
        (CBC.to_owned(), JweError::Unsupported),
        (
            with_header(&header(r#","crit":["exp"]"#, "8192")),
            JweError::Unsupported,
        ),
        (
            with_header(&header(r#","zip":"DEF""#, "8192")),
            JweError::Unsupported,
        ),
    ] {
        check(&text, expect);
    }
}

#[test]
fn absurd_work_is_refused_before_it_is_done() {
    for rounds in [0, 1_500_001, 4_294_967_296, u64::MAX] {
        let header = format!(
            r#"{{"alg":"PBES2-HS256+A128KW","enc":"A256GCM","p2s":"c2FsdHNhbHQ","p2c":{rounds}}}"#
        );
        // Reading alone finds it, so no round is done.
        let found = Jwe::parse(&with_header(&header)).err();
        assert_eq!(found, Some(JweError::TooMuchWork { rounds }));
    }
}

proptest! {
    // Each opening is thousands of rounds of key derivation.
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_text_makes_it_panic(text in ".{0,200}") {
        let _ = Jwe::parse(&text);
    }

    #[test]
    fn no_single_change_passes_unseen(at in 0..ALICE.len(), with in "[A-Za-z0-9_.-]") {
        let mut changed = ALICE.to_owned();
        changed.replace_range(at..=at, &with);
        prop_assume!(changed != ALICE);
        // A change may ask for many more rounds, and then costs time and shows nothing new.
        let cheap = Jwe::parse(&changed).is_ok_and(|jwe| jwe.rounds <= 99_999);
        if cheap {
            prop_assert!(open(&changed, PASSPHRASE).is_err());
        }
    }
}
