//! Damage: named, never a panic, and with a way back.

use super::*;
use crate::disk::{Step, steps};

fn damaged(fixture: &Fixture) -> Damage {
    match fixture.vault.unlock_with_passphrase(&pass()) {
        Err(UnlockError::Read(ReadError::Damaged(damage))) => damage,
        other => panic!("{other:?}"),
    }
}

fn listed(fixture: &Fixture) -> usize {
    Index::load(fixture.vault.paths()).unwrap().keys.len()
}

#[test]
fn every_truncation_is_damage_that_names_the_file() {
    let fixture = Fixture::new();
    let path = fixture.vault.paths().vault();
    let whole = fs::read(&path).unwrap();
    for length in (0..whole.len()).step_by(7) {
        fs::write(&path, &whole[..length]).unwrap();
        let damage = damaged(&fixture);
        assert_eq!(damage.path, path);
        assert!(damage.to_string().contains("no previous copy"));
    }
}

#[test]
fn a_damaged_vault_goes_back_to_the_previous_copy() {
    let fixture = Fixture::new();
    for name in ["one", "two", "three"] {
        fixture.open().update(|doc| doc.put_key(key(name))).unwrap();
    }
    let path = fixture.vault.paths().vault();
    fs::write(&path, b"age-encryption.org/v1\nnoise").unwrap();
    let damage = damaged(&fixture);
    assert_eq!(damage.previous, fixture.vault.previous());
    assert!(
        damage
            .to_string()
            .contains(&damage.previous.unwrap().to_string()),
        "{damage}"
    );
    let kept = restore(&fixture.vault).unwrap();
    assert_eq!(listed(&fixture), 2, "before anybody opens it");
    assert_eq!(fixture.profiles(), ["one", "two"]);
    assert_eq!(kept, fixture.vault.paths().damaged());
    assert_eq!(fs::read(kept).unwrap(), b"age-encryption.org/v1\nnoise");
}

#[test]
fn a_file_that_was_set_aside_is_never_written_over() {
    let fixture = Fixture::new();
    fixture
        .open()
        .update(|doc| doc.put_key(key("one")))
        .unwrap();
    let path = fixture.vault.paths().vault();
    let mut names = std::collections::BTreeSet::new();
    for noise in ["first", "second", "third"] {
        fs::write(&path, noise).unwrap();
        let kept = restore(&fixture.vault).unwrap();
        assert_eq!(fs::read(&kept).unwrap(), noise.as_bytes());
        names.insert(kept);
    }
    assert_eq!(names.len(), 3);
}

#[test]
fn going_back_from_a_whole_vault_keeps_it() {
    let fixture = Fixture::new();
    fixture
        .open()
        .update(|doc| doc.put_key(key("one")))
        .unwrap();
    let look = looked(&fixture.vault).unwrap();
    assert_eq!(look.now.as_ref().unwrap().keys.len(), 1);
    assert!(look.then.keys.is_empty());
    let whole = fs::read(fixture.vault.paths().vault()).unwrap();
    let kept = fixture.vault.go_back(&look).unwrap().unwrap();
    assert_eq!(fs::read(&kept).unwrap(), whole);
    assert_eq!((fixture.profiles().len(), listed(&fixture)), (0, 0));
    let look = looked_at(&fixture.vault, &kept).unwrap();
    fixture.vault.go_back(&look).unwrap();
    assert_eq!(fixture.profiles(), ["one"]);
}

#[test]
fn what_was_looked_at_is_what_is_replaced() {
    let fixture = Fixture::new();
    let add = |name| fixture.open().update(|doc| doc.put_key(key(name))).unwrap();
    add("one");
    let look = looked(&fixture.vault).unwrap();
    add("two");
    let refused = fixture.vault.go_back(&look);
    assert!(
        matches!(refused, Err(RestoreError::Changed(_))),
        "{refused:?}"
    );
    assert_eq!(fixture.profiles(), ["one", "two"]);
}

#[test]
fn what_is_stored_while_the_vault_is_looked_at_is_not_replaced() {
    let fixture = Fixture::new();
    let add = |name| fixture.open().update(|doc| doc.put_key(key(name))).unwrap();
    let path = fixture.vault.paths().vault();
    add("one");
    let before = fs::read(&path).unwrap();
    add("two");
    let after = fs::read(&path).unwrap();
    fs::write(&path, &before).unwrap();
    // Another program stores the second key right after the present file was opened, which is the
    // second time that it is read.
    let mut reads = 0;
    steps::watch(move |read, step| {
        reads += usize::from(step == Step::Read && read == path);
        match reads {
            2 => fs::write(&path, &after),
            _ => Ok(()),
        }
    });
    let look = looked(&fixture.vault);
    steps::unwatch();
    let look = look.unwrap();
    assert_eq!(look.now.as_ref().unwrap().keys.len(), 1);
    let refused = fixture.vault.go_back(&look);
    assert!(
        matches!(refused, Err(RestoreError::Changed(_))),
        "{refused:?}"
    );
    assert_eq!(fixture.profiles(), ["one", "two"]);
}

#[test]
fn what_shows_from_outside_needs_no_slot() {
    let fixture = Fixture::new();
    fixture.vault.look().unwrap();
    fixture
        .open()
        .update(|doc| doc.put_key(key("one")))
        .unwrap();
    let path = fixture.vault.paths().vault();
    let whole = fs::read(&path).unwrap();
    fs::write(&path, &whole[..100]).unwrap();
    let damaged = |found| matches!(found, Err(ReadError::Damaged(_)));
    assert!(damaged(fixture.vault.look()));
    fs::remove_file(&path).unwrap();
    assert!(damaged(fixture.vault.look()), "a copy is left");
    fs::remove_file(fixture.vault.paths().previous()).unwrap();
    assert!(matches!(fixture.vault.look(), Err(ReadError::Lost(_))));
    let again = fixture.vault.create(&pass(), light(), now());
    assert!(matches!(again, Err(CreateError::Lost(_))), "{again:?}");
    assert_eq!(fixture.vault.slots().unwrap().len(), 1);
    let empty = Fixture::empty();
    assert!(matches!(empty.vault.look(), Err(ReadError::Missing(_))));
}

#[test]
fn a_list_that_is_gone_is_not_an_empty_one() {
    let fixture = Fixture::new();
    fixture
        .open()
        .update(|doc| doc.put_key(key("one")))
        .unwrap();
    fs::remove_file(fixture.vault.paths().index()).unwrap();
    let lost = Index::load(fixture.vault.paths());
    assert!(matches!(lost, Err(IndexError::Missing { .. })));
    fixture.open();
    assert_eq!(listed(&fixture), 1);
}

#[test]
fn a_lost_vault_goes_back_to_the_previous_copy_too() {
    let fixture = Fixture::new();
    fixture
        .open()
        .update(|doc| doc.put_key(key("one")))
        .unwrap();
    fs::remove_file(fixture.vault.paths().vault()).unwrap();
    damaged(&fixture);
    assert_eq!(restore(&fixture.vault), None);
    assert!(fixture.profiles().is_empty());
}

#[test]
fn there_must_be_a_good_copy_to_go_back_to() {
    let fixture = Fixture::new();
    assert!(matches!(
        looked(&fixture.vault),
        Err(RestoreError::NoCopy(_))
    ));
    disk::replace(
        &fixture.vault.paths().previous(),
        b"noise",
        Durability::Cache,
    )
    .unwrap();
    assert!(matches!(
        looked(&fixture.vault),
        Err(RestoreError::DamagedToo(_))
    ));
    // With a header that reads, only opening it shows that the rest is not there.
    let whole = fs::read(fixture.vault.paths().vault()).unwrap();
    let cut = &whole[..whole.len() - 1];
    disk::replace(&fixture.vault.paths().previous(), cut, Durability::Cache).unwrap();
    assert!(matches!(
        looked(&fixture.vault),
        Err(RestoreError::DamagedToo(_))
    ));
}

#[test]
fn a_damaged_slot_is_not_a_wrong_passphrase() {
    let fixture = Fixture::new();
    let path = fixture.vault.paths().slot_file(&passphrase_slot(), "age");
    disk::replace(&path, b"noise", Durability::Cache).unwrap();
    let error = fixture.vault.unlock_with_passphrase(&pass());
    assert!(matches!(error, Err(UnlockError::SlotDamaged { .. })));
}

#[test]
fn a_newer_document_is_refused_and_left_alone() {
    let fixture = Fixture::new();
    let mut open = fixture.open();
    let newer = open.identity().seal(br#"{"version":2,"keys":{}}"#);
    disk::replace(&fixture.vault.paths().vault(), &newer, Durability::Cache).unwrap();
    let opened = fixture.vault.unlock_with_passphrase(&pass());
    assert!(matches!(
        opened,
        Err(UnlockError::Read(ReadError::Newer { found: 2, .. }))
    ));
    assert!(matches!(
        open.update(|_| ()),
        Err(UpdateError::Read(ReadError::Newer { .. }))
    ));
    assert_eq!(fs::read(fixture.vault.paths().vault()).unwrap(), newer);
}

#[cfg(unix)]
#[test]
fn what_others_may_read_is_refused() {
    use crate::disk::DiskError;
    use std::os::unix::fs::PermissionsExt as _;
    let fixture = Fixture::new();
    let paths = fixture.vault.paths();
    let slot = passphrase_slot();
    for (path, mode) in [
        (paths.root().to_owned(), 0o750),
        (paths.slots(), 0o701),
        (paths.vault(), 0o644),
        (paths.slot_metadata(&slot), 0o640),
        (paths.slot_file(&slot, "age"), 0o604),
    ] {
        let before = fs::metadata(&path).unwrap().permissions();
        fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        let error = fixture.vault.unlock_with_passphrase(&pass()).unwrap_err();
        let expected = format!("chmod go-rwx {}", path.display());
        assert!(error.to_string().contains(&expected), "{error}");
        fs::set_permissions(&path, before).unwrap();
        fixture.open();
    }
    fs::set_permissions(paths.index(), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(matches!(
        Index::load(paths),
        Err(IndexError::Disk(DiskError::TooOpen { .. }))
    ));
}

#[cfg(unix)]
#[test]
fn everything_is_made_private() {
    use std::os::unix::fs::PermissionsExt as _;
    let fixture = Fixture::new();
    fixture
        .open()
        .update(|doc| doc.put_key(key("one")))
        .unwrap();
    let mut folders = vec![fixture.vault.paths().root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let entry = entry.unwrap();
            let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
            let folder = entry.file_type().unwrap().is_dir();
            assert_eq!(
                mode,
                if folder { 0o700 } else { 0o600 },
                "{}",
                entry.path().display()
            );
            if folder {
                folders.push(entry.path());
            }
        }
    }
}
