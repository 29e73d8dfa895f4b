//! Slots: adding, changing and removing them leaves the secrets alone.

use super::*;
use crate::slot::AddSlotError;

fn with(passphrase: &Passphrase) -> NewSlot<'_> {
    NewSlot::Passphrase {
        passphrase,
        work: light(),
    }
}

fn name(text: &str) -> SlotName {
    text.parse().unwrap()
}

#[test]
fn slots_come_and_go_without_the_vault_being_written() {
    let fixture = Fixture::new();
    let before = fs::read(fixture.vault.paths().vault()).unwrap();
    let second: Passphrase = "second".parse().unwrap();
    fixture
        .open()
        .add_slot(name("second"), with(&second), &Access::unattended(), now())
        .unwrap();
    assert_eq!(fixture.vault.slots().unwrap().len(), 2);
    for passphrase in [&pass(), &second] {
        fixture.vault.unlock_with_passphrase(passphrase).unwrap();
    }
    fixture
        .vault
        .remove_slot(&passphrase_slot(), &Access::unattended())
        .unwrap();
    assert!(matches!(
        fixture.vault.unlock_with_passphrase(&pass()),
        Err(UnlockError::WrongPassphrase)
    ));
    fixture.vault.unlock_with_passphrase(&second).unwrap();
    assert_eq!(before, fs::read(fixture.vault.paths().vault()).unwrap());
}

#[test]
fn the_last_slot_stays() {
    let fixture = Fixture::new();
    assert!(matches!(
        fixture
            .vault
            .remove_slot(&passphrase_slot(), &Access::unattended()),
        Err(RemoveSlotError::Slot(SlotError::Last(_)))
    ));
    assert!(matches!(
        fixture
            .vault
            .remove_slot(&name("none"), &Access::unattended()),
        Err(RemoveSlotError::Slot(SlotError::Missing(_)))
    ));
    fixture.open();
}

#[test]
fn a_damaged_slot_does_not_count_as_another_and_can_be_removed() {
    let fixture = Fixture::new();
    fixture
        .open()
        .add_slot(name("second"), with(&pass()), &Access::unattended(), now())
        .unwrap();
    let path = fixture.vault.paths().slot_metadata(&name("second"));
    disk::replace(&path, b"{", Durability::Cache).unwrap();
    assert!(matches!(
        fixture.vault.slots(),
        Err(SlotError::Damaged { .. })
    ));
    assert!(matches!(
        fixture
            .vault
            .remove_slot(&passphrase_slot(), &Access::unattended()),
        Err(RemoveSlotError::Slot(SlotError::Last(_)))
    ));
    fixture
        .vault
        .remove_slot(&name("second"), &Access::unattended())
        .unwrap();
    fixture.open();
}

#[test]
fn a_planted_slot_does_not_count_as_another_and_can_be_removed() {
    let fixture = Fixture::new();
    let planted = fixture.vault.paths().slot_metadata(&name("zz"));
    let command =
        br#"{"version":1,"kind":"command","created":"2026-01-01T00:00:00Z","read":["false"]}"#;
    disk::replace(&planted, command, Durability::Cache).unwrap();
    let remove = |slot: &SlotName| fixture.vault.remove_slot(slot, &Access::unattended());
    for refused in [
        fixture.vault.removable(&passphrase_slot()),
        remove(&passphrase_slot()).map(drop),
    ] {
        assert!(
            matches!(
                refused,
                Err(RemoveSlotError::Read(ReadError::ChangedOutside(_)))
            ),
            "{refused:?}"
        );
    }
    // A second planted slot does not make the first one the only other.
    let second = fixture.vault.paths().slot_metadata(&name("yy"));
    disk::replace(&second, command, Durability::Cache).unwrap();
    remove(&name("zz")).unwrap();
    remove(&name("yy")).unwrap();
    fixture.open();
    assert!(matches!(
        remove(&passphrase_slot()),
        Err(RemoveSlotError::Slot(SlotError::Last(_)))
    ));
}

#[test]
fn a_planted_slot_takes_nothing_else_along_when_it_is_removed() {
    let fixture = Fixture::new();
    // Asking the program would be an error.
    let access = Access {
        pass: "/no/such/pass".into(),
        ..Access::unattended()
    };
    let planted = fixture.vault.paths().slot_metadata(&name("zz"));
    let slot =
        br#"{"version":1,"kind":"pass","created":"2026-01-01T00:00:00Z","entry":"bank/card"}"#;
    disk::replace(&planted, slot, Durability::Cache).unwrap();
    let left = fixture.vault.remove_slot(&name("zz"), &access).unwrap();
    assert!(left.is_none(), "{left:?}");
    assert!(!planted.exists());
    // The entry of the vault's own slot is removed with it.
    disk::replace(&planted, slot, Durability::Cache).unwrap();
    fixture.forget_pin();
    assert!(
        fixture
            .vault
            .remove_slot(&name("zz"), &access)
            .unwrap()
            .is_some()
    );
}

#[test]
fn a_changed_slot_is_not_relied_on() {
    let (fixture, other) = (Fixture::new(), Fixture::new());
    fixture
        .open()
        .add_slot(name("second"), with(&pass()), &Access::unattended(), now())
        .unwrap();
    let file = |fixture: &Fixture, slot: &str| fixture.vault.paths().slot_file(&name(slot), "age");
    fs::copy(file(&other, "passphrase"), file(&fixture, "second")).unwrap();
    let remove = |slot: &str| {
        fixture
            .vault
            .remove_slot(&name(slot), &Access::unattended())
    };
    assert!(matches!(
        remove("passphrase"),
        Err(RemoveSlotError::Read(ReadError::ChangedOutside(_)))
    ));
    remove("second").unwrap();
    fixture.open();
}

#[test]
fn a_name_is_given_once() {
    let fixture = Fixture::new();
    let again = fixture.open().add_slot(
        passphrase_slot(),
        with(&pass()),
        &Access::unattended(),
        now(),
    );
    assert!(matches!(
        again,
        Err(AddSlotError::Slot(SlotError::Exists(_)))
    ));
}

#[test]
fn a_changed_passphrase_replaces_the_old_one() {
    let fixture = Fixture::new();
    let new: Passphrase = "new".parse().unwrap();
    let open = fixture.open();
    open.change_passphrase(&passphrase_slot(), &new, light())
        .unwrap();
    assert!(matches!(
        fixture.vault.unlock_with_passphrase(&pass()),
        Err(UnlockError::WrongPassphrase)
    ));
    fixture.vault.unlock_with_passphrase(&new).unwrap();
    let missing = open.change_passphrase(&name("other"), &new, light());
    assert!(matches!(missing, Err(SlotError::Missing(_))));
}

#[test]
fn the_identity_alone_opens_the_vault_and_another_does_not() {
    let fixture = Fixture::new();
    let identity = fixture.open().identity().clone();
    fixture.vault.unlock_with_identity(identity).unwrap();
    let other = fixture.vault.unlock_with_identity(Identity::generate());
    assert!(matches!(
        other,
        Err(UnlockError::Read(ReadError::OtherKey(_)))
    ));
}

#[test]
fn a_slot_whose_file_cannot_open_anything_is_seen_from_outside() {
    let fixture = Fixture::new();
    let second: Passphrase = "second".parse().unwrap();
    fixture
        .open()
        .add_slot(name("second"), with(&second), &Access::unattended(), now())
        .unwrap();
    let paths = fixture.vault.paths().clone();
    let faults = || {
        let looked = fixture.vault.look_at_slots().unwrap();
        let message = |look: &crate::SlotLook| look.fault.as_ref().map(ToString::to_string);
        looked.iter().map(message).collect::<Vec<_>>()
    };
    assert_eq!(faults(), [None, None]);
    let file = paths.slot_file(&passphrase_slot(), "age");
    let whole = fs::read(&file).unwrap();
    for (content, fault) in [
        (&whole[..0], Some("is damaged")),
        (&whole[..10], Some("is damaged")),
        (&whole[..], None),
    ] {
        fs::write(&file, content).unwrap();
        let found = faults();
        let ends = |message: &String| fault.is_some_and(|fault| message.ends_with(fault));
        assert_eq!(found[0].as_ref().map(ends), fault.map(|_| true));
        assert_eq!(found[1], None, "the other slot is whole");
    }
    fs::remove_file(&file).unwrap();
    assert!(faults()[0].as_ref().unwrap().ends_with("is gone"));
    fs::write(paths.slot_metadata(&name("second")), "no json").unwrap();
    let looked = fixture.vault.look_at_slots().unwrap();
    assert!(looked[1].slot.is_none() && looked[1].fault.is_some());
    fs::remove_dir_all(paths.slots()).unwrap();
    assert!(faults().is_empty());
}
