//! A vault that differs from what this machine last saw stays closed until it is accepted.

use super::*;
use crate::document::Generation;
use crate::pin::{VaultChange, slot_digest};

/// The reasons why the vault stays closed; nothing, if it opens.
fn changes(vault: &Vault) -> Vec<VaultChange> {
    match vault.unlock_with_passphrase(&pass()) {
        Ok(_) => Vec::new(),
        Err(UnlockError::Read(ReadError::ChangedOutside(changed))) => changed.changes,
        Err(other) => panic!("{other}"),
    }
}

fn with_two_states() -> (Fixture, Vec<u8>) {
    let fixture = Fixture::new();
    fixture
        .open()
        .update(|doc| doc.put_key(key("one")))
        .unwrap();
    let older = fs::read(fixture.vault.paths().vault()).unwrap();
    fixture
        .open()
        .update(|doc| doc.remove_key(&profile("one")))
        .unwrap();
    (fixture, older)
}

fn write(path: &Path, content: &[u8]) {
    disk::replace(path, content, Durability::Cache).unwrap();
}

#[test]
fn a_write_of_a_pin_deletes_what_killed_ones_left() {
    let fixture = Fixture::new();
    let folder = fixture.vault.paths().root().parent().unwrap();
    let [old, recent, other] = [".keyward-old.tmp", ".keyward-new.tmp", "vault-0.json"]
        .map(|name| folder.join("state").join(name));
    for path in [&old, &recent, &other] {
        fs::write(path, "").unwrap();
    }
    for path in [&old, &other] {
        let file = fs::File::options().write(true).open(path).unwrap();
        let long_ago = std::time::SystemTime::now() - disk::LEFTOVER_AGE * 2;
        file.set_modified(long_ago).unwrap();
    }
    fixture
        .open()
        .update(|doc| doc.put_key(key("one")))
        .unwrap();
    assert_eq!(
        [&old, &recent, &other].map(|path| path.exists()),
        [false, true, true]
    );
}

#[test]
fn an_older_vault_stays_closed_until_it_is_accepted() {
    let (fixture, older) = with_two_states();
    let newest = fs::read(fixture.vault.paths().vault()).unwrap();
    write(&fixture.vault.paths().vault(), &older);
    let older_state = VaultChange::Older {
        found: Generation::new(2),
        seen: Generation::new(3),
    };
    assert_eq!(changes(&fixture.vault), [older_state]);
    assert!(!fixture.vault.is_as_pinned());

    let opened = fixture.vault.without_pin().unlock_with_passphrase(&pass());
    let seen = fixture.vault.seen_slots().unwrap();
    opened.unwrap().accept(&fixture.vault, &seen).unwrap();
    assert_eq!(fixture.profiles(), ["one"]);
    // After the acceptance, the replaced file still counts as an older state.
    write(&fixture.vault.paths().vault(), &newest);
    let other_state = VaultChange::OtherState {
        generation: Generation::new(3),
    };
    assert_eq!(changes(&fixture.vault), [other_state]);
    write(&fixture.vault.paths().vault(), &older);
    fixture
        .open()
        .update(|doc| doc.put_key(key("two")))
        .unwrap();
    assert_eq!(fixture.open().document().generation(), Generation::new(4));
}

#[test]
fn an_older_vault_is_not_written_over_either() {
    let (fixture, older) = with_two_states();
    let mut open = fixture.open();
    write(&fixture.vault.paths().vault(), &older);
    let stored = open.update(|doc| doc.put_key(key("two")));
    assert!(matches!(
        stored,
        Err(UpdateError::Read(ReadError::ChangedOutside(_)))
    ));
    assert_eq!(fs::read(fixture.vault.paths().vault()).unwrap(), older);
}

#[test]
fn an_older_vault_is_not_read_again_either() {
    let (fixture, older) = with_two_states();
    let mut open = fixture.open();
    write(&fixture.vault.paths().vault(), &older);
    assert!(matches!(open.reload(), Err(ReadError::ChangedOutside(_))));
    assert_eq!(open.document().generation(), Generation::new(3));
}

#[test]
fn a_slot_that_came_after_the_slots_were_shown_is_not_accepted() {
    let (fixture, older) = with_two_states();
    write(&fixture.vault.paths().vault(), &older);
    let seen = fixture.vault.seen_slots().unwrap();
    let opened = fixture.vault.without_pin().unlock_with_passphrase(&pass());
    let command =
        br#"{"version":1,"kind":"command","created":"2026-01-01T00:00:00Z","read":["false"]}"#;
    write(&fixture.vault.paths().slots().join("evil.json"), command);
    assert!(fixture.vault.refuse_unseen(&seen).is_err());
    assert!(matches!(
        opened.unwrap().accept(&fixture.vault, &seen),
        Err(UpdateError::Read(ReadError::ChangedOutside(_)))
    ));
    assert!(!fixture.vault.is_as_pinned());
}

#[test]
fn a_state_that_a_died_change_left_agrees_until_the_next_write_only() {
    let (fixture, _) = with_two_states();
    let other = Fixture::new();
    let paths = fixture.vault.paths();
    let file = paths.slots().join("passphrase.age");
    let old = fs::read(other.vault.paths().slots().join("passphrase.age")).unwrap();
    let described = fs::read(paths.slot_metadata(&passphrase_slot())).unwrap();
    let digest = slot_digest(&described, Some(&old));
    fixture
        .vault
        .allow_slot(&passphrase_slot(), digest)
        .unwrap();
    let own = fs::read(&file).unwrap();
    write(&file, &old);
    assert_eq!(fixture.vault.changes().unwrap(), []);
    write(&file, &own);

    let mut open = fixture.open();
    open.update(|doc| doc.put_key(key("three"))).unwrap();
    write(&file, &old);
    let changed = VaultChange::SlotChanged(passphrase_slot());
    assert_eq!(fixture.vault.changes().unwrap(), [changed]);
}

/// The same vault as another machine sees it.
fn elsewhere(fixture: &Fixture) -> Vault {
    let home = fixture.vault.paths().root().parent().unwrap();
    Vault::at(fixture.vault.paths().clone()).with_pins(&home.join("elsewhere"))
}

fn put(vault: &Vault, name: &str) {
    let mut open = vault.unlock_with_passphrase(&pass()).unwrap();
    open.update(|doc| doc.put_key(key(name))).unwrap();
}

#[test]
fn a_later_state_of_another_machine_is_taken_over() {
    let fixture = Fixture::new();
    let elsewhere = elsewhere(&fixture);
    for round in 0..3 {
        for n in 0..5 {
            put(&elsewhere, &format!("there-{round}-{n}"));
        }
        assert_eq!(changes(&fixture.vault), []);
        assert!(fixture.vault.is_as_pinned());
        put(&fixture.vault, &format!("here-{round}"));
        assert_eq!(changes(&elsewhere), []);
    }
    assert_eq!(fixture.profiles().len(), 18);
}

#[test]
fn a_state_without_the_last_changes_of_this_machine_stays_closed() {
    for writes_there in [2, 3, 10] {
        let fixture = Fixture::new();
        let elsewhere = elsewhere(&fixture);
        put(&elsewhere, "both");
        assert_eq!(changes(&fixture.vault), []);
        let path = fixture.vault.paths().vault();
        let common = fs::read(&path).unwrap();
        put(&fixture.vault, "here");
        let here = fs::read(&path).unwrap();
        write(&path, &common);
        for n in 0..writes_there {
            put(&elsewhere, &format!("there-{n}"));
        }
        let diverged = VaultChange::Diverged {
            found: Generation::new(2 + writes_there),
            seen: Generation::new(3),
        };
        assert_eq!(changes(&fixture.vault), [diverged]);
        // The other machine notices it too, in the other direction.
        let there = fs::read(&path).unwrap();
        write(&path, &here);
        assert_eq!(changes(&elsewhere).len(), 1);
        assert_eq!(changes(&fixture.vault), []);
        // An accepted state is the one that both go on from.
        write(&path, &there);
        let opened = fixture.vault.without_pin().unlock_with_passphrase(&pass());
        let seen = fixture.vault.seen_slots().unwrap();
        opened.unwrap().accept(&fixture.vault, &seen).unwrap();
        put(&fixture.vault, "again");
        assert_eq!(changes(&elsewhere), []);
    }
}

#[test]
fn a_state_from_before_the_remembered_ones_is_taken_over() {
    let fixture = Fixture::new();
    let elsewhere = elsewhere(&fixture);
    for n in 0..300 {
        put(&elsewhere, &format!("k{}", n % 7));
    }
    assert_eq!(changes(&fixture.vault), []);
}

#[test]
fn a_slot_that_came_from_elsewhere_is_not_asked() {
    let (fixture, _) = with_two_states();
    let other = Fixture::new();
    let slots = fixture.vault.paths().slots();
    let own = fs::read(slots.join("passphrase.age")).unwrap();
    let planted = fs::read(other.vault.paths().slots().join("passphrase.age")).unwrap();

    write(&slots.join("passphrase.age"), &planted);
    let changed = VaultChange::SlotChanged(passphrase_slot());
    assert_eq!(changes(&fixture.vault), [changed]);
    write(&slots.join("passphrase.age"), &own);
    assert_eq!(changes(&fixture.vault), []);

    let command =
        br#"{"version":1,"kind":"command","created":"2026-01-01T00:00:00Z","read":["false"]}"#;
    write(&slots.join("evil.json"), command);
    let evil: SlotName = "evil".parse().unwrap();
    let asked = std::cell::Cell::new(0);
    let given = Access::with(std::sync::Arc::new(Given));
    let opened = fixture
        .vault
        .unlock(&[], &given, |_, _| asked.set(asked.get() + 1));
    assert!(matches!(
        opened,
        Err(OpenAnyError::Read(ReadError::ChangedOutside(changed)))
            if changed.changes == [VaultChange::SlotAdded(evil.clone())]
    ));
    assert_eq!(asked.get(), 0, "no slot is tried");
    assert!(fixture.vault.unlock_slot(&evil, &given).is_err());
    // Removing it is another way out.
    fixture.vault.remove_slot(&evil, &given).unwrap();
    assert_eq!(changes(&fixture.vault), []);
}

#[test]
fn a_planted_vault_stays_closed() {
    let (fixture, _) = with_two_states();
    let other = Fixture::new();
    let planted = fs::read(other.vault.paths().vault()).unwrap();
    write(&fixture.vault.paths().vault(), &planted);
    let wrapped = fs::read(other.vault.paths().slots().join("passphrase.age")).unwrap();
    write(
        &fixture.vault.paths().slots().join("passphrase.age"),
        &wrapped,
    );
    let changed = VaultChange::SlotChanged(passphrase_slot());
    assert_eq!(changes(&fixture.vault), [changed]);
    // By an identity of their own, too.
    let opened = fixture
        .vault
        .unlock_with_identity(other.open().identity().clone());
    assert!(matches!(
        opened,
        Err(UnlockError::Read(ReadError::ChangedOutside(changed)))
            if changed.changes.contains(&VaultChange::OtherIdentity)
    ));
}

#[test]
fn a_slot_or_passphrase_of_yesterday_does_not_come_back() {
    let fixture = Fixture::new();
    let slots = fixture.vault.paths().slots();
    let of = |name: &str| {
        ["json", "age"].map(|kind| {
            let path = slots.join(format!("{name}.{kind}"));
            (path.clone(), fs::read(path).unwrap())
        })
    };
    let second: SlotName = "second".parse().unwrap();
    let passphrase = "second".parse().unwrap();
    let new = NewSlot::Passphrase {
        passphrase: &passphrase,
        work: light(),
    };
    let open = fixture.open();
    open.add_slot(second.clone(), new, &Access::unattended(), now())
        .unwrap();
    assert_eq!(changes(&fixture.vault), []);
    let removed = of("second");
    fixture
        .vault
        .remove_slot(&second, &Access::unattended())
        .unwrap();
    for (path, content) in &removed {
        write(path, content);
    }
    assert_eq!(
        changes(&fixture.vault),
        [VaultChange::SlotAdded(second.clone())]
    );
    fixture
        .vault
        .remove_slot(&second, &Access::unattended())
        .unwrap();

    let old = of("passphrase");
    open.change_passphrase(&passphrase_slot(), &"changed".parse().unwrap(), light())
        .unwrap();
    fixture
        .vault
        .unlock_with_passphrase(&"changed".parse().unwrap())
        .unwrap();
    write(&old[1].0, &old[1].1);
    let changed = VaultChange::SlotChanged(passphrase_slot());
    assert_eq!(changes(&fixture.vault), [changed]);
}

#[test]
fn a_damaged_pin_is_named() {
    let (fixture, _) = with_two_states();
    let pin = fixture.vault.pin.path().unwrap().to_owned();
    write(&pin, b"{}");
    assert_eq!(changes(&fixture.vault), [VaultChange::PinDamaged(pin)]);
}

#[test]
fn a_pin_of_a_newer_program_says_so_and_stays_as_it_is() {
    let (fixture, _) = with_two_states();
    let pin = fixture.vault.pin.path().unwrap().to_owned();
    let newer = br#"{"version":2}"#;
    write(&pin, newer);
    let change = VaultChange::PinNewer {
        path: pin.clone(),
        found: 2,
    };
    assert!(change.to_string().contains("use the newer keyward"));
    assert_eq!(changes(&fixture.vault), [change]);
    assert_eq!(fs::read(pin).unwrap(), newer);
}

/// Things in the place of a pin that are not pins.
#[cfg(unix)]
const NO_PINS: &[fn(&Path)] = &[
    |path| fs::create_dir(path).unwrap(),
    |path| std::os::unix::fs::symlink("/dev/null", path).unwrap(),
    |path| std::os::unix::fs::symlink("nowhere", path).unwrap(),
    #[cfg(target_os = "linux")]
    |path| {
        let mode = rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR;
        rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
    },
];

#[cfg(unix)]
#[test]
fn a_pin_that_is_no_file_is_damaged_and_an_acceptance_replaces_it() {
    use std::os::unix::fs::FileTypeExt as _;
    for make in NO_PINS {
        let (fixture, _) = with_two_states();
        let pin = fixture.vault.pin.path().unwrap().to_owned();
        fs::remove_file(&pin).unwrap();
        make(&pin);
        assert_eq!(
            changes(&fixture.vault),
            [VaultChange::PinDamaged(pin.clone())]
        );
        let opened = fixture.vault.without_pin().unlock_with_passphrase(&pass());
        let seen = fixture.vault.seen_slots().unwrap();
        opened.unwrap().accept(&fixture.vault, &seen).unwrap();
        assert!(fs::symlink_metadata(&pin).unwrap().is_file());
        assert_eq!(changes(&fixture.vault), []);
        assert!(
            fs::metadata("/dev/null")
                .unwrap()
                .file_type()
                .is_char_device()
        );
    }
}

#[test]
fn an_edited_index_is_recognized_and_made_anew() {
    let fixture = Fixture::new();
    let paths = fixture.vault.paths();
    for name in ["one", "two"] {
        fixture.open().update(|doc| doc.put_key(key(name))).unwrap();
    }
    let whole = fs::read_to_string(paths.index()).unwrap();
    let swapped = whole
        .replace("\"one\"", "\"-\"")
        .replace("\"two\"", "\"one\"")
        .replace("\"-\"", "\"two\"");
    assert_ne!(swapped, whole);
    fs::write(paths.index(), &swapped).unwrap();
    assert!(Index::load(paths).is_ok(), "it names the right vault");
    assert!(matches!(
        fixture.vault.index(),
        Err(IndexError::Outdated { .. })
    ));
    fixture.open();
    assert_eq!(fs::read_to_string(paths.index()).unwrap(), whole);
    fixture.vault.index().unwrap();
}

#[test]
fn an_index_of_an_early_version_is_made_anew_in_place() {
    let fixture = Fixture::new();
    let paths = fixture.vault.paths();
    fixture
        .open()
        .update(|doc| doc.put_key(key("one")))
        .unwrap();
    let whole = fs::read_to_string(paths.index()).unwrap();
    let early: String = whole
        .split_inclusive('\n')
        .filter(|line| !line.contains("\"vault\""))
        .collect();
    assert_ne!(early, whole);
    fs::write(paths.index(), early).unwrap();
    for vault in [&fixture.vault, &fixture.vault.without_pin()] {
        assert!(matches!(vault.index(), Err(IndexError::Outdated { .. })));
    }
    fixture.open();
    assert_eq!(fs::read_to_string(paths.index()).unwrap(), whole);
}

#[test]
fn a_pin_of_an_early_version_learns_the_index() {
    let (fixture, _) = with_two_states();
    let pin = fixture.vault.pin.path().unwrap().to_owned();
    let mut early = fixture.vault.pin.read().unwrap().unwrap();
    early.index.clear();
    fixture
        .vault
        .pin
        .write(&early, fixture.vault.paths())
        .unwrap();
    fixture.vault.index().unwrap();
    fixture.open();
    let learned = fixture.vault.pin.read().unwrap().unwrap();
    assert_eq!(learned.index.len(), 1, "{}", pin.display());
    fixture.vault.index().unwrap();
}

#[test]
fn a_restored_copy_is_what_is_seen_from_then_on() {
    let (fixture, _) = with_two_states();
    restore(&fixture.vault);
    assert_eq!(fixture.profiles(), ["one"]);
    let replaced = fs::read(fixture.vault.paths().replaced()).unwrap();
    write(&fixture.vault.paths().vault(), &replaced);
    assert_ne!(changes(&fixture.vault), []);
}

#[test]
fn processes_that_open_and_write_at_once_raise_no_alarm() {
    let fixture = Fixture::new();
    let root = fixture.vault.paths().root().to_owned();
    let work = move |write: bool| {
        let vault = vault_at(&root);
        for n in 0..20 {
            let mut open = vault.unlock_with_passphrase(&pass()).unwrap();
            if write {
                open.update(|doc| doc.put_key(key(&format!("k{n}"))))
                    .unwrap();
            }
        }
    };
    let threads: Vec<_> = [true, false, true, false]
        .map(|write| {
            let work = work.clone();
            std::thread::spawn(move || work(write))
        })
        .into_iter()
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
}

#[test]
fn a_vault_without_a_place_for_pins_is_opened_as_ever() {
    let (fixture, older) = with_two_states();
    write(&fixture.vault.paths().vault(), &older);
    let vault = Vault::at(fixture.vault.paths().clone());
    assert!(vault.unlock_with_passphrase(&pass()).is_ok());
}
