use std::sync::Mutex;

use super::*;
use crate::paths::Paths;

/// One that waits for so long, and remembers whom it waited for.
#[derive(Debug)]
struct Waiter(Option<Duration>, Mutex<Vec<Option<LockHolder>>>);

impl Waiter {
    fn with(limit: Option<Duration>) -> Self {
        Self(limit, Mutex::default())
    }
}

impl LockWaiter for Waiter {
    fn limit(&self) -> Option<Duration> {
        self.0
    }

    fn waits(&self, _: &LockFile, holder: Option<LockHolder>) {
        self.1.lock().unwrap().push(holder);
    }
}

#[test]
fn a_wait_that_is_over_says_who_holds_the_lock() {
    let home = tempfile::tempdir().unwrap();
    let file = Paths::new(home.path().join("root")).vault_lock();
    let held = file.lock().unwrap();
    let waiter = Waiter::with(Some(Duration::from_millis(5)));
    let error = file.lock_as(&waiter).unwrap_err();
    let LockError::Held { path, holder } = &error else {
        panic!("{error:?}");
    };
    assert_eq!(path, file.path());
    // The system may miss a lock in its list while others come and go.
    let waited_for = waiter.1.lock().unwrap().clone();
    assert_eq!(waited_for.len(), 1);
    for holder in waited_for.into_iter().chain([*holder]).flatten() {
        assert_eq!(holder.pid, std::process::id());
    }
    if let Some(holder) = holder {
        assert!(error.to_string().contains(&holder.to_string()), "{error}");
    }
    drop(held);
    drop(file.lock_as(&waiter).unwrap());
    assert_eq!(
        waiter.1.lock().unwrap().len(),
        1,
        "a free lock is not waited for"
    );
}

#[test]
fn a_wait_without_a_limit_gets_the_lock() {
    let home = tempfile::tempdir().unwrap();
    let file = Paths::new(home.path().join("root")).vault_lock();
    let held = file.lock().unwrap();
    std::thread::scope(|scope| {
        let waiting = scope.spawn(|| file.lock_as(&Patient).is_ok());
        drop(held);
        assert!(waiting.join().unwrap());
    });
}
