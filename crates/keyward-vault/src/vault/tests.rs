use std::convert::Infallible;
use std::fs;

use super::*;
use crate::document::LongLivedKey;
use keyward_core::id::ProfileName;

mod crash;
mod damage;
#[cfg(unix)]
mod kinds;
mod lost;
mod pinned;
mod previous;
mod slots;

/// A vault in a folder of its own, with the least work a passphrase can cost.
struct Fixture {
    _home: tempfile::TempDir,
    vault: Vault,
}

fn now() -> Timestamp {
    Timestamp::from_second(1_700_000_000)
}

fn pass() -> Passphrase {
    "correct horse".parse().unwrap()
}

fn light() -> WorkFactor {
    WorkFactor::fixed(1).unwrap()
}

fn key(profile: &str) -> LongLivedKey {
    LongLivedKey::new(
        profile.parse().unwrap(),
        "AKIAIOSFODNN7EXAMPLE".parse().unwrap(),
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".parse().unwrap(),
        now(),
    )
}

fn profile(text: &str) -> ProfileName {
    text.parse().unwrap()
}

/// Looks at the previous copy and goes back to it.
fn restore(vault: &Vault) -> Option<std::path::PathBuf> {
    vault.go_back(&looked(vault).unwrap()).unwrap()
}

fn looked(vault: &Vault) -> Result<LookBack, RestoreError> {
    looked_at(vault, &vault.paths().previous())
}

fn looked_at(vault: &Vault, copy: &std::path::Path) -> Result<LookBack, RestoreError> {
    let given = Access::with(std::sync::Arc::new(Given));
    vault.look_back(copy, &[], &given, |_, _| ())
}

/// A user who knows the passphrase.
struct Given;

impl crate::slot::Prompter for Given {
    fn secret(&self, _: &crate::slot::Question) -> Option<Passphrase> {
        Some(pass())
    }

    fn text(&self, _: &str) -> Option<String> {
        None
    }

    fn choose(&self, _: &str, _: &str, _: Option<&str>) -> Option<bool> {
        None
    }

    fn say(&self, _: &str) {}
}

/// The vault of a folder, with its pins beside the folder.
fn vault_at(root: &Path) -> Vault {
    Vault::at(Paths::new(root)).with_pins(&root.parent().unwrap().join("state"))
}

impl Fixture {
    fn empty() -> Self {
        let home = tempfile::tempdir().unwrap();
        let vault = vault_at(&home.path().join("root"));
        Self { _home: home, vault }
    }

    fn new() -> Self {
        let fixture = Self::empty();
        fixture.vault.create(&pass(), light(), now()).unwrap();
        fixture
    }

    /// Makes this machine forget what it last saw of the vault.
    fn forget_pin(&self) {
        self.vault.pin.remove().unwrap();
    }

    fn open(&self) -> OpenVault {
        self.vault.unlock_with_passphrase(&pass()).unwrap()
    }

    fn profiles(&self) -> Vec<String> {
        self.open()
            .document()
            .keys()
            .iter()
            .map(|key| key.profile.to_string())
            .collect()
    }

    /// Every file but the locks, which are empty, with its content.
    fn files(&self) -> Vec<(std::path::PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        for folder in [
            self.vault.paths().root().to_owned(),
            self.vault.paths().slots(),
        ] {
            let Ok(entries) = fs::read_dir(folder) else {
                continue;
            };
            for path in entries
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.is_file())
            {
                let content = fs::read(&path).unwrap();
                files.push((path, content));
            }
        }
        files.sort();
        files
    }
}

#[test]
fn a_new_vault_opens_with_its_passphrase_and_is_empty() {
    let fixture = Fixture::empty();
    assert!(!fixture.vault.exists());
    fixture.vault.create(&pass(), light(), now()).unwrap();
    assert!(fixture.vault.exists());
    assert!(fixture.profiles().is_empty());
    let slots = fixture.vault.slots().unwrap();
    assert_eq!(
        slots,
        [Slot {
            name: passphrase_slot(),
            kind: SlotKind::Passphrase,
            created: now()
        }]
    );
}

#[test]
fn a_vault_is_never_made_over_another() {
    let fixture = Fixture::new();
    fixture
        .open()
        .update(|doc| doc.put_key(key("root")))
        .unwrap();
    let before = fixture.files();
    assert!(matches!(
        fixture.vault.create(&pass(), light(), now()),
        Err(CreateError::Exists(_))
    ));
    assert_eq!(before, fixture.files());
    fs::remove_file(fixture.vault.paths().vault()).unwrap();
    assert!(matches!(
        fixture.vault.create(&pass(), light(), now()),
        Err(CreateError::PreviousExists(_))
    ));
}

#[test]
fn a_wrong_passphrase_is_told_apart_and_changes_nothing() {
    let fixture = Fixture::new();
    fs::remove_file(fixture.vault.paths().index()).unwrap();
    let before = fixture.files();
    let wrong = fixture
        .vault
        .unlock_with_passphrase(&"wrong".parse().unwrap());
    assert!(matches!(wrong, Err(UnlockError::WrongPassphrase)));
    assert_eq!(before, fixture.files());
}

#[test]
fn opening_a_vault_that_does_not_exist_makes_nothing() {
    let fixture = Fixture::empty();
    let missing = fixture.vault.unlock_with_passphrase(&pass());
    assert!(matches!(
        missing,
        Err(UnlockError::Read(ReadError::Missing(_)))
    ));
    assert!(!fixture.vault.paths().root().exists());
}

#[test]
fn what_is_stored_is_there_when_the_vault_is_opened_again() {
    let fixture = Fixture::new();
    fixture
        .open()
        .update(|doc| doc.put_key(key("root")))
        .unwrap();
    let open = fixture.open();
    let stored = open.document().key(&profile("root")).unwrap();
    assert_eq!(
        stored.secret_access_key.expose(),
        "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
    );
    let index = Index::load(fixture.vault.paths()).unwrap();
    assert_eq!(index, Index::of(open.document()));
    for (path, content) in fixture.files() {
        let secret = b"wJalrXUtnFEMI";
        assert!(
            !content.windows(secret.len()).any(|window| window == secret),
            "{}",
            path.display()
        );
    }
}

#[test]
fn a_change_that_fails_is_not_stored() {
    let fixture = Fixture::new();
    let before = fixture.files();
    let refused = fixture.open().try_update(|doc| {
        doc.put_key(key("root"));
        Err::<Infallible, _>("no")
    });
    assert!(matches!(refused, Ok(Err("no"))));
    assert_eq!(before, fixture.files());
}

#[test]
fn two_that_opened_the_vault_at_once_both_store() {
    let fixture = Fixture::new();
    let (mut one, mut two) = (fixture.open(), fixture.open());
    one.update(|doc| doc.put_key(key("one"))).unwrap();
    two.update(|doc| doc.put_key(key("two"))).unwrap();
    assert_eq!(fixture.profiles(), ["one", "two"]);
    assert_eq!(one.document().keys().len(), 1);
    one.reload().unwrap();
    assert_eq!(one.document().keys().len(), 2);
}

#[test]
fn many_threads_lose_no_update() {
    let fixture = Fixture::new();
    std::thread::scope(|scope| {
        for worker in 0..4 {
            let mut open = fixture.open();
            scope.spawn(move || {
                for n in 0..10 {
                    open.update(|doc| doc.put_key(key(&format!("{worker}-{n}"))))
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(fixture.profiles().len(), 40);
    assert_eq!(Index::load(fixture.vault.paths()).unwrap().keys.len(), 40);
}

#[test]
fn a_lost_or_damaged_index_is_made_anew_when_the_vault_is_opened() {
    let fixture = Fixture::new();
    fixture
        .open()
        .update(|doc| doc.put_key(key("root")))
        .unwrap();
    let path = fixture.vault.paths().index();
    let whole = fs::read(&path).unwrap();
    fs::remove_file(&path).unwrap();
    fixture.open();
    assert_eq!(fs::read(&path).unwrap(), whole);
    fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    assert!(matches!(
        Index::load(fixture.vault.paths()),
        Err(IndexError::Damaged { .. })
    ));
    fixture.open();
    assert_eq!(fs::read(&path).unwrap(), whole);
}

#[test]
fn an_index_of_another_content_is_recognized_and_made_anew() {
    let fixture = Fixture::new();
    let paths = fixture.vault.paths();
    let both = || [paths.vault(), paths.index()].map(|path| fs::read(path).unwrap());
    let put = |name| fixture.open().update(|doc| doc.put_key(key(name))).unwrap();
    put("one");
    let before = both();
    put("two");
    let after = both();
    for ([vault, _], [_, index]) in [(&before, &after), (&after, &before)] {
        fs::write(paths.vault(), vault).unwrap();
        fs::write(paths.index(), index).unwrap();
        let listed = match Index::load(paths) {
            Err(IndexError::Outdated { listed, .. }) => listed,
            other => panic!("{other:?}"),
        };
        // Another test compares the ages of the files.
        fixture.forget_pin();
        let held = Index::of(fixture.open().document());
        assert_ne!(*listed, held);
        assert_eq!(Index::load(paths).unwrap(), held);
    }
}

#[test]
fn an_index_is_not_judged_by_a_vault_that_cannot_be_opened() {
    let fixture = Fixture::new();
    fixture
        .open()
        .update(|doc| doc.put_key(key("one")))
        .unwrap();
    for content in [&b"noise"[..], b""] {
        fs::write(fixture.vault.paths().vault(), content).unwrap();
        assert_eq!(Index::load(fixture.vault.paths()).unwrap().keys.len(), 1);
    }
    fs::remove_file(fixture.vault.paths().vault()).unwrap();
    assert_eq!(Index::load(fixture.vault.paths()).unwrap().keys.len(), 1);
}

#[test]
fn a_reader_waits_for_a_writer_that_is_between_the_two_files() {
    use crate::disk::{Step, steps};
    let fixture = Fixture::new();
    let paths = fixture.vault.paths().clone();
    let mut open = fixture.open();
    let (between, seen) = std::sync::mpsc::channel();
    std::thread::scope(|scope| {
        scope.spawn(move || {
            let vault = open.paths().vault();
            steps::watch(move |path, step| {
                if path == vault && step == Step::Renamed {
                    between.send(()).unwrap();
                }
                Ok(())
            });
            open.update(|doc| doc.put_key(key("one"))).unwrap();
            steps::unwatch();
        });
        seen.recv().unwrap();
        assert_eq!(Index::load(&paths).unwrap().keys.len(), 1);
    });
}

#[test]
fn the_debug_form_of_an_open_vault_shows_no_secret() {
    let fixture = Fixture::new();
    let mut open = fixture.open();
    open.update(|doc| doc.put_key(key("root"))).unwrap();
    let shown = format!("{open:?}");
    assert!(shown.contains("AKIAIOSFODNN7EXAMPLE"));
    assert!(!shown.contains("wJalr") && !shown.contains("AGE-SECRET"));
}
