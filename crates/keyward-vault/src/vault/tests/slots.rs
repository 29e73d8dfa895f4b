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
        Err(SlotError::Last(_))
    ));
    assert!(matches!(
        fixture
            .vault
            .remove_slot(&name("none"), &Access::unattended()),
        Err(SlotError::Missing(_))
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
        Err(SlotError::Last(_))
    ));
    fixture
        .vault
        .remove_slot(&name("second"), &Access::unattended())
        .unwrap();
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
