use proptest::prelude::*;

use super::*;
use crate::identity::Identity;
use passphrase::Refused;

#[test]
fn a_name_is_fit_for_a_file() {
    for (text, fits) in [
        ("passphrase", true),
        ("0-a_b", true),
        ("", false),
        ("..", false),
        ("a/b", false),
        ("-a", false),
        ("Big", false),
        ("a.json", false),
        ("abcdefghijklmnopqrstuvwxyz012345", true),
        ("abcdefghijklmnopqrstuvwxyz0123456", false),
    ] {
        assert_eq!(text.parse::<SlotName>().is_ok(), fits, "{text}");
    }
}

#[test]
fn a_slot_of_an_unknown_kind_is_still_a_slot() {
    let name: SlotName = "later".parse().unwrap();
    let json = r#"{"version":7,"kind":"telepathy","created":"2026-01-31T12:00:00Z","range":3}"#;
    let slot = wire::read(&name, json.as_bytes()).unwrap();
    assert_eq!(slot.kind, SlotKind::Other("telepathy".into()));
}

#[test]
fn a_slot_is_read_as_it_was_written() {
    let name: SlotName = "a".parse().unwrap();
    let slot = Slot {
        name: name.clone(),
        kind: SlotKind::Passphrase,
        created: Timestamp::from_second(9),
    };
    assert_eq!(wire::read(&name, &wire::write(&slot)).unwrap(), slot);
}

#[test]
fn a_passphrase_opens_what_it_wrapped_and_another_does_not() {
    let identity = Identity::generate();
    let work = WorkFactor::fixed(4).unwrap();
    let file = passphrase::wrap(&identity, &"correct horse".parse().unwrap(), work);
    let opened = passphrase::unwrap(&file, &"correct horse".parse().unwrap()).unwrap();
    assert_eq!(opened.recipient(), identity.recipient());
    let wrong = passphrase::unwrap(&file, &"correct hors".parse().unwrap());
    assert!(matches!(wrong, Err(Refused::WrongPassphrase)));
    for cut in [0, 10, 100, file.len() - 1] {
        let cut = passphrase::unwrap(&file[..cut], &"correct horse".parse().unwrap());
        assert!(matches!(cut, Err(Refused::Damaged(_))));
    }
}

#[test]
fn a_work_factor_has_bounds() {
    for (log_n, fits) in [(0, false), (1, true), (22, true), (23, false), (255, false)] {
        assert_eq!(WorkFactor::fixed(log_n).is_ok(), fits, "{log_n}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = wire::read(&"a".parse().unwrap(), &bytes);
    }
}
