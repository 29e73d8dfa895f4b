//! Waits of processes for one another, and their limits.

use keyward_core::chain::CacheKey;
use keyward_vault::Paths;

use super::*;
use crate::screen::ui::Color;

fn file(home: &tempfile::TempDir) -> LockFile {
    Paths::new(home.path()).session_lock(&CacheKey::of(&["a lock"]))
}

#[test]
fn a_wait_with_a_limit_ends_and_leaves_the_lock_free() {
    let home = tempfile::tempdir().unwrap();
    let ui = Ui::new(Color::Never, 0);
    let file = file(&home);
    let held = file.lock().unwrap();
    let error = wait(&ui, &file, "waiting…", Some(Duration::ZERO)).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PersonNeeded);
    assert_eq!(error.hints().len(), 1);
    drop(held);
    // A waiter that gave up must not hold the lock later.
    drop(file.lock().unwrap());
    drop(wait(&ui, &file, "waiting…", None).unwrap());
}

#[test]
fn a_wait_without_a_limit_gets_the_lock() {
    let home = tempfile::tempdir().unwrap();
    let ui = Ui::new(Color::Never, 0);
    let file = file(&home);
    let held = file.lock().unwrap();
    std::thread::scope(|scope| {
        let waiter = scope.spawn(|| wait(&ui, &file, "waiting…", None).is_ok());
        drop(held);
        assert!(waiter.join().unwrap());
    });
}

#[cfg(target_os = "linux")]
#[test]
fn whoever_gave_up_waits_no_longer() {
    let home = tempfile::tempdir().unwrap();
    let ui = Ui::new(Color::Never, 0);
    let file = file(&home);
    let held = file.lock().unwrap();
    for _ in 0..3 {
        wait(&ui, &file, "waiting…", Some(Duration::from_millis(5))).unwrap_err();
    }
    let opened = std::fs::read_dir("/proc/self/fd")
        .unwrap()
        .flatten()
        .filter(|fd| std::fs::read_link(fd.path()).is_ok_and(|path| path == file.path()));
    assert_eq!(opened.count(), 1, "the holder's own");
    drop(held);
}

#[test]
fn a_program_has_its_moment_when_the_run_is_over() {
    let over = Deadline::over();
    assert_eq!(
        (over.left(), over.left_for_program()),
        (Duration::ZERO, PROGRAM)
    );
    assert!(Deadline::begin().left_for_program() > PROGRAM);
}
