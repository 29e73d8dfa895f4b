//! One makes it, the others wait for it, and a failure stops no later one.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use keyward_vault::{LockFile, Paths};

use super::*;
use crate::prompt::deadline::{self, Deadline};
use crate::screen::error::ErrorKind;
use crate::screen::ui::Color;

fn file(home: &tempfile::TempDir) -> LockFile {
    Paths::new(home.path()).session_lock(&CacheKey::of(&["a thing"]))
}

fn lock(file: &LockFile) -> Result<LockGuard, CliError> {
    Deadline::begin().lock(&Ui::new(Color::Never, 0), file, "waiting…")
}

#[test]
fn of_many_that_need_it_at_once_one_makes_it() {
    let home = tempfile::tempdir().unwrap();
    let file = file(&home);
    let (cache, made) = (Mutex::new(None), AtomicUsize::new(0));
    // The first look of each comes before any lock.
    let together = std::sync::Barrier::new(8);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let first = std::cell::Cell::new(true);
                let look = || match first.replace(false) {
                    true => {
                        together.wait();
                        Ok(None)
                    }
                    false => Ok(*cache.lock().unwrap()),
                };
                let make = |_guard| {
                    let number = made.fetch_add(1, Ordering::SeqCst);
                    *cache.lock().unwrap() = Some(number);
                    Ok(number)
                };
                // A stopped holder ends no other: each has a deadline of its own.
                let got = found_or_made(look, || Ok(file.lock().unwrap()), make);
                assert_eq!(got.unwrap(), 0);
            });
        }
    });
    assert_eq!(made.load(Ordering::SeqCst), 1);
}

#[test]
fn a_thing_that_is_there_needs_no_lock() {
    let never = || -> Result<LockGuard, CliError> { panic!("no lock is needed") };
    let got = found_or_made(|| Ok(Some(7)), never, |_guard| panic!("nothing is made"));
    assert_eq!(got.unwrap(), 7);
}

#[test]
fn a_failure_leaves_the_lock_to_the_next_one() {
    let home = tempfile::tempdir().unwrap();
    let file = file(&home);
    let fails = |_guard| Err::<u8, _>(CliError::failed("no answer"));
    found_or_made(|| Ok(None), || lock(&file), fails).unwrap_err();
    let got = found_or_made(|| Ok(None), || lock(&file), |_guard| Ok(1));
    assert_eq!(got.unwrap(), 1);
}

#[test]
fn a_holder_that_never_answers_is_waited_for_until_the_deadline() {
    let home = tempfile::tempdir().unwrap();
    let file = file(&home);
    let held = file.lock().unwrap();
    // Not by `Deadline::lock`, which waits for ever where the tests have a terminal.
    let ui = Ui::new(Color::Never, 0);
    let over = || deadline::wait(&ui, &file, "waiting…", Some(Duration::ZERO));
    let make = |_guard| -> Result<u8, CliError> { panic!("another one holds the lock") };
    let error = found_or_made(|| Ok(None), over, make).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PersonNeeded);
    drop(held);
}
