use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;

fn lock_in(home: &tempfile::TempDir) -> LockFile {
    let root = home.path().join("root");
    LockFile::new(root.clone(), root.join("locks/x.lock"), LockPurpose::Writes)
}

#[test]
fn a_held_lock_is_refused_until_it_is_dropped() {
    let home = tempfile::tempdir().unwrap();
    let lock = lock_in(&home);
    let held = lock.try_lock().unwrap().unwrap();
    assert!(lock.try_lock().unwrap().is_none());
    drop(held);
    assert!(lock.try_lock().unwrap().is_some());
}

#[test]
fn one_holder_at_a_time_even_while_the_file_is_removed_again_and_again() {
    let home = tempfile::tempdir().unwrap();
    let lock = lock_in(&home);
    let (inside, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    std::thread::scope(|scope| {
        for worker in 0..8 {
            let (lock, inside, done) = (&lock, &inside, &done);
            scope.spawn(move || {
                for _ in 0..50 {
                    let guard = lock.lock().unwrap();
                    assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                    std::thread::yield_now();
                    assert_eq!(inside.fetch_sub(1, Ordering::SeqCst), 1);
                    done.fetch_add(1, Ordering::SeqCst);
                    if worker % 2 == 0 {
                        guard.remove_file();
                    }
                }
            });
        }
    });
    assert_eq!(done.load(Ordering::SeqCst), 400);
}

/// A file that cannot be locked, as network file systems report for one that is only readable.
#[cfg(target_os = "linux")]
#[test]
fn a_lock_that_wants_writing_is_missing_for_a_single_flight_and_an_error_for_writers() {
    use rustix::fs::{CWD, Mode, OFlags, openat};
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("x.lock");
    std::fs::write(&path, "").unwrap();
    let bare = || File::from(openat(CWD, &path, OFlags::PATH, Mode::empty()).unwrap());
    let refused = || bare().lock().unwrap_err();
    for (purpose, missing) in [
        (LockPurpose::SingleFlight, true),
        (LockPurpose::Writes, false),
    ] {
        let lock = LockFile::new(home.path().to_owned(), path.clone(), purpose);
        assert_eq!(lock.without(refused()).is_ok(), missing);
        let other = io::Error::from(io::ErrorKind::Unsupported);
        assert!(lock.without(other).is_err());
    }
}
