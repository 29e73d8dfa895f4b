use super::*;

fn pin() -> Pin {
    let slot = |name: &str| name.parse::<SlotName>().unwrap();
    Pin {
        identity: StateDigest::of(&[b"identity"]),
        generation: Generation::new(7),
        vault: vec![StateDigest::of(&[b"a"]), StateDigest::of(&[b"b"])],
        index: vec![StateDigest::of(&[b"i"])],
        slots: BTreeMap::from([
            (slot("os"), vec![StateDigest::of(&[b"c"])]),
            (slot("paper"), vec![]),
        ]),
    }
}

#[test]
fn a_pin_reads_as_it_was_written() {
    let written = wire::write(&pin(), Path::new("/home/alice/.local/share/keyward"));
    assert_eq!(wire::read(&written), Ok(pin()));
}

#[test]
fn what_is_not_exactly_a_pin_is_damaged() {
    let text = String::from_utf8(wire::write(&pin(), Path::new("/"))).unwrap();
    for (part, other) in [
        ("\"version\": 1", "\"version\": 0"),
        ("\"generation\": 7", "\"generation\": -7"),
        ("\"os\"", "\"O S\""),
        (StateDigest::of(&[b"a"]).as_str(), "a"),
    ] {
        assert_ne!(text.replace(part, other), text);
        assert_eq!(
            wire::read(text.replace(part, other).as_bytes()),
            Err(PinFault::Damaged),
            "{part}"
        );
    }
    assert_eq!(wire::read(b""), Err(PinFault::Damaged));
}

#[test]
fn a_pin_of_a_newer_program_is_not_called_damaged() {
    let text = String::from_utf8(wire::write(&pin(), Path::new("/"))).unwrap();
    let same = text.replace("\"version\": 1", "\"version\": 2");
    assert_eq!(wire::read(same.as_bytes()), Err(PinFault::Newer(2)));
    let other = br#"{"version":3,"vault":"elsewhere"}"#;
    assert_eq!(wire::read(other), Err(PinFault::Newer(3)));
}

#[test]
fn parts_do_not_run_into_each_other() {
    assert_ne!(
        slot_digest(b"ab", Some(b"c")),
        slot_digest(b"a", Some(b"bc"))
    );
    assert_ne!(StateDigest::of(&[b"ab"]), StateDigest::of(&[b"a", b"b"]));
}
