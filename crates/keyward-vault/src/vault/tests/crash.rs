//! Crashes: a child process is killed at every step of every operation. The parent finds the old or the
//! new state, and a vault that works.
//!
//! The child is this test binary; an environment variable names the step at which it dies. For a number
//! beyond the last step the child ends normally, and the parent stops.

use std::cell::Cell;
use std::process::Command;

use super::*;
use crate::disk::{Step, steps};

const ROOT: &str = "KEYWARD_CRASH_TEST_ROOT";
const AT: &str = "KEYWARD_CRASH_TEST_AT";
const WHAT: &str = "KEYWARD_CRASH_TEST_WHAT";

fn second() -> SlotName {
    "second".parse().unwrap()
}

fn operate(vault: &Vault, what: &str) {
    match what {
        "create" => drop(vault.create(&pass(), light(), now()).unwrap()),
        "update" => {
            let mut open = vault.unlock_with_passphrase(&pass()).unwrap();
            open.update(|doc| doc.put_key(key("new"))).unwrap();
        }
        "add slot" => {
            let open = vault.unlock_with_passphrase(&pass()).unwrap();
            let passphrase = "second".parse().unwrap();
            let new = NewSlot::Passphrase {
                passphrase: &passphrase,
                work: light(),
            };
            open.add_slot(second(), new, &Access::unattended(), now())
                .unwrap();
        }
        "remove slot" => assert!(
            vault
                .remove_slot(&second(), &Access::unattended())
                .unwrap()
                .is_none()
        ),
        "change passphrase" => {
            let open = vault.unlock_with_passphrase(&pass()).unwrap();
            open.change_passphrase(&passphrase_slot(), &"changed".parse().unwrap(), light())
                .unwrap();
        }
        "accept" => {
            let open = vault.without_pin().unlock_with_passphrase(&pass()).unwrap();
            open.accept(vault, &vault.seen_slots().unwrap()).unwrap();
        }
        "set aside" => drop(vault.set_aside().unwrap()),
        "restore" => assert!(restore(vault).is_some()),
        other => panic!("{other}"),
    }
}

/// Not a test of its own: what the child does. Without its variables it has nothing to do.
#[test]
fn child_that_dies_at_a_step() {
    let (Ok(root), Ok(at), Ok(what)) =
        (std::env::var(ROOT), std::env::var(AT), std::env::var(WHAT))
    else {
        return;
    };
    let at: usize = at.parse().unwrap();
    let seen = Cell::new(0);
    steps::watch(move |_, step| {
        // A crash here leaves no more than a crash at the step before.
        if step == Step::Read {
            return Ok(());
        }
        if seen.get() == at {
            die();
        }
        seen.set(seen.get() + 1);
        Ok(())
    });
    operate(&vault_at(Path::new(&root)), &what);
}

#[cfg(target_os = "linux")]
fn die() -> ! {
    let me = rustix::process::getpid();
    rustix::process::kill_process(me, rustix::process::Signal::KILL).unwrap();
    unreachable!("a killed process does not go on")
}

#[cfg(not(target_os = "linux"))]
fn die() -> ! {
    std::process::abort()
}

/// Runs `what` in a child that dies at its `at`th step, and says whether it got to the end.
fn child_survives(vault: &Vault, what: &str, at: usize) -> bool {
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "vault::tests::crash::child_that_dies_at_a_step",
            "--test-threads=1",
        ])
        .env(ROOT, vault.paths().root())
        .env(AT, at.to_string())
        .env(WHAT, what)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        !output.status.success() || text.contains("1 passed"),
        "{text}"
    );
    assert!(!text.contains("panicked"), "{text}");
    output.status.success()
}

/// Kills `what` at each of its steps, on a vault that `prepare` made, and lets `judge` look.
fn at_every_step(
    what: &str,
    least: usize,
    prepare: impl Fn() -> Fixture,
    judge: impl Fn(&Fixture),
) {
    for at in 0.. {
        let fixture = prepare();
        let survived = child_survives(&fixture.vault, what, at);
        index_tells_the_truth(&fixture);
        judge(&fixture);
        if survived {
            assert!(at >= least, "{what} has {at} steps only");
            return;
        }
    }
}

/// The index lists what the vault holds, or is known not to before the vault is opened.
fn index_tells_the_truth(fixture: &Fixture) {
    let listed = Index::load(fixture.vault.paths());
    let opened = fixture.vault.unlock_with_passphrase(&pass());
    let changed = || {
        fixture
            .vault
            .unlock_with_passphrase(&"changed".parse().unwrap())
    };
    let Ok(open) = opened.or_else(|_| changed()) else {
        return;
    };
    match listed {
        Ok(index) => assert_eq!(index, Index::of(open.document())),
        Err(IndexError::Outdated { .. } | IndexError::Missing { .. }) => {}
        Err(other) => panic!("{other}"),
    }
}

fn with_key() -> Fixture {
    let fixture = Fixture::new();
    fixture
        .open()
        .update(|doc| doc.put_key(key("old")))
        .unwrap();
    fixture
}

fn with_second_slot() -> Fixture {
    let fixture = with_key();
    operate(&fixture.vault, "add slot");
    fixture
}

/// The vault opens, holds the old key, accepts a change, and the index agrees.
fn goes_on(fixture: &Fixture, mut open: OpenVault) {
    assert!(open.document().key(&profile("old")).is_some());
    open.update(|doc| doc.put_key(key("later"))).unwrap();
    assert_eq!(
        Index::load(fixture.vault.paths()).unwrap(),
        Index::of(open.document())
    );
    let leftovers = fixture
        .files()
        .into_iter()
        .filter(|(path, _)| path.extension() == Some("tmp".as_ref()));
    let paths = fixture.vault.paths();
    let folders = [paths.root().to_owned(), paths.slots()];
    let left = leftovers.filter(|(path, _)| folders.iter().any(|f| path.parent() == Some(f)));
    assert_eq!(left.count(), 0);
}

#[test]
fn a_killed_creation_leaves_no_vault_or_a_whole_one() {
    at_every_step("create", 20, Fixture::empty, |fixture| {
        if !fixture.vault.exists() {
            fixture.vault.create(&pass(), light(), now()).unwrap();
        }
        fixture
            .open()
            .update(|doc| doc.put_key(key("old")))
            .unwrap();
        goes_on(fixture, fixture.open());
        assert_eq!(fixture.vault.slots().unwrap().len(), 1);
    });
}

#[test]
fn a_killed_update_leaves_the_old_or_the_new_document() {
    at_every_step("update", 18, with_key, |fixture| {
        let profiles = fixture.profiles();
        assert!(
            profiles == ["old"] || profiles == ["old", "new"],
            "{profiles:?}"
        );
        goes_on(fixture, fixture.open());
    });
}

#[test]
fn a_killed_slot_change_leaves_the_vault_openable() {
    let opens = |fixture: &Fixture, passphrase: &str| {
        fixture
            .vault
            .unlock_with_passphrase(&passphrase.parse().unwrap())
    };
    at_every_step("add slot", 12, with_key, |fixture| {
        let listed = fixture.vault.slots().unwrap().len() == 2;
        assert_eq!(opens(fixture, "second").is_ok(), listed);
        goes_on(fixture, fixture.open());
        if !listed {
            operate(&fixture.vault, "add slot");
        }
    });
    at_every_step("remove slot", 2, with_second_slot, |fixture| {
        let listed = fixture.vault.slots().unwrap().len() == 2;
        assert_eq!(opens(fixture, "second").is_ok(), listed);
        goes_on(fixture, fixture.open());
    });
    at_every_step("change passphrase", 6, with_key, |fixture| {
        let (old, new) = (
            fixture.vault.unlock_with_passphrase(&pass()),
            opens(fixture, "changed"),
        );
        assert!(old.is_ok() != new.is_ok());
        goes_on(fixture, old.or(new).unwrap());
    });
}

#[test]
fn a_killed_restore_can_be_done_again() {
    let damaged = || {
        let fixture = with_key();
        fixture
            .open()
            .update(|doc| doc.put_key(key("two")))
            .unwrap();
        fs::write(fixture.vault.paths().vault(), "noise").unwrap();
        fixture
    };
    at_every_step("restore", 18, damaged, |fixture| {
        if fixture.vault.unlock_with_passphrase(&pass()).is_err() {
            restore(&fixture.vault);
        }
        assert_eq!(fs::read(fixture.vault.paths().damaged()).unwrap(), b"noise");
        goes_on(fixture, fixture.open());
    });
}

#[test]
fn a_killed_acceptance_can_be_done_again() {
    let put_back = || {
        let fixture = with_key();
        let older = fs::read(fixture.vault.paths().vault()).unwrap();
        fixture
            .open()
            .update(|doc| doc.put_key(key("two")))
            .unwrap();
        fs::write(fixture.vault.paths().vault(), older).unwrap();
        fixture
    };
    at_every_step("accept", 6, put_back, |fixture| {
        operate(&fixture.vault, "accept");
        goes_on(fixture, fixture.open());
    });
}

#[test]
fn a_killed_farewell_to_a_lost_vault_can_be_done_again() {
    let lost = || {
        let fixture = with_key();
        fs::remove_file(fixture.vault.paths().vault()).unwrap();
        fixture
    };
    // The copy, the index, the slots and the pin.
    at_every_step("set aside", 4, lost, |fixture| {
        if fixture.vault.lost().is_some() {
            operate(&fixture.vault, "set aside");
        }
        let paths = fixture.vault.paths();
        let kept = |name: &str| paths.root().join(name).exists();
        let files = [
            "vault.age.previous.replaced",
            "index.json.replaced",
            "slots.replaced",
        ];
        let before = files.map(kept);
        assert!(before.contains(&true), "{:?}", fixture.files());
        fixture.vault.create(&pass(), light(), now()).unwrap();
        fixture
            .open()
            .update(|doc| doc.put_key(key("old")))
            .unwrap();
        goes_on(fixture, fixture.open());
        assert_eq!(files.map(kept), before);
    });
}

#[test]
fn a_disk_that_is_full_at_any_step_loses_nothing() {
    for at in 0.. {
        let fixture = with_key();
        let mut open = fixture.open();
        let seen = Cell::new(0);
        steps::watch(move |_, step| {
            // A full disk can be read.
            if step == Step::Read {
                return Ok(());
            }
            seen.set(seen.get() + 1);
            if seen.get() > at {
                Err(std::io::ErrorKind::StorageFull.into())
            } else {
                Ok(())
            }
        });
        let stored = open.update(|doc| doc.put_key(key("new")));
        steps::unwatch();
        let has_new = fixture.profiles() == ["old", "new"];
        match stored {
            Ok(_) => {
                assert!(has_new && at >= 18, "{at}");
                return;
            }
            Err(UpdateError::Index(_)) => assert!(has_new, "{at}"),
            Err(UpdateError::Disk(_)) => assert!(has_new || fixture.profiles() == ["old"], "{at}"),
            Err(other) => panic!("{other}"),
        }
        goes_on(&fixture, fixture.open());
    }
}

/// Not a test of its own: what each of several writing processes does.
#[test]
fn child_that_writes() {
    let (Ok(root), Ok(what)) = (std::env::var(ROOT), std::env::var(WHAT)) else {
        return;
    };
    let Some(worker) = what.strip_prefix("write ") else {
        return;
    };
    let mut open = vault_at(Path::new(&root))
        .unlock_with_passphrase(&pass())
        .unwrap();
    for n in 0..8 {
        open.update(|doc| doc.put_key(key(&format!("{worker}-{n}"))))
            .unwrap();
    }
}

#[test]
fn processes_that_write_at_once_lose_no_update() {
    let fixture = Fixture::new();
    let children: Vec<_> = (0..6)
        .map(|worker| {
            Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "vault::tests::crash::child_that_writes"])
                .env(ROOT, fixture.vault.paths().root())
                .env(WHAT, format!("write {worker}"))
                .stdout(std::process::Stdio::null())
                .spawn()
                .unwrap()
        })
        .collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(fixture.profiles().len(), 48);
}
