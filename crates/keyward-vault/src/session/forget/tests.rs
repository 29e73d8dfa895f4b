use std::thread;

use keyward_core::chain::CacheKey;

use super::*;

struct Fixture {
    _home: tempfile::TempDir,
    paths: Paths,
}

impl Fixture {
    fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::new(home.path().join("root"));
        crate::disk::make_root(paths.root()).unwrap();
        crate::disk::make_folder(&paths.sessions()).unwrap();
        Self { _home: home, paths }
    }

    fn forget(&self, patience: Duration) -> Vec<ForgetAllError> {
        forget_within(&self.paths, None, &Bounded(patience, &crate::lock::Patient))
    }
}

#[test]
fn nothing_that_fails_keeps_the_rest_from_being_forgotten() {
    let fixture = Fixture::new();
    let [stuck, other] = ["stuck", "other"].map(|name| CacheKey::of(&[name]));
    // No user, not even root, can remove a folder as if it were a file.
    std::fs::create_dir(fixture.paths.session(&stuck)).unwrap();
    std::fs::create_dir(fixture.paths.session_sidecar(&stuck)).unwrap();
    std::fs::write(fixture.paths.session(&other), "noise").unwrap();
    let before = LockGeneration::of(&fixture.paths).see().unwrap();
    let failed = fixture.forget(PATIENCE);
    let [ForgetAllError::Sessions(one), ForgetAllError::Sessions(two)] = &failed[..] else {
        panic!("{failed:?}");
    };
    for error in [one, two] {
        assert!(error.to_string().contains(&stuck.to_string()), "{error}");
    }
    assert!(!fixture.paths.session(&other).exists());
    assert!(
        !LockGeneration::of(&fixture.paths)
            .is_current(&before)
            .unwrap()
    );
}

#[test]
fn a_mark_whose_file_cannot_be_written_is_left_in_memory_or_its_lack_reported() {
    let fixture = Fixture::new();
    let file = fixture.paths.session(&CacheKey::of(&["one"]));
    std::fs::write(&file, "noise").unwrap();
    std::fs::create_dir_all(fixture.paths.locks().join("locked/in the way")).unwrap();
    let generation = LockGeneration::of(&fixture.paths);
    let before = generation.see_or_never_current();
    let failed = fixture.forget(PATIENCE);
    match &failed[..] {
        [] => assert!(!generation.is_current(&before).unwrap()),
        [ForgetAllError::Mark(_)] if !cfg!(target_os = "linux") => {}
        failed => panic!("{failed:?}"),
    }
    assert!(!file.exists());
}

#[test]
fn a_full_disk_keeps_nobody_from_locking() {
    use crate::disk::{Step, steps};
    for marked in [false, true] {
        let fixture = Fixture::new();
        let generation = LockGeneration::of(&fixture.paths);
        // A lock of before has made its files.
        assert!(fixture.forget(PATIENCE).is_empty());
        if !marked {
            std::fs::remove_file(fixture.paths.locks().join("locked")).unwrap();
        }
        if !marked && !cfg!(target_os = "linux") {
            continue;
        }
        for _ in 0..3 {
            let before = generation.see().unwrap();
            steps::watch(|_, step| match step {
                Step::Read => Ok(()),
                _ => Err(std::io::ErrorKind::StorageFull.into()),
            });
            let failed = fixture.forget(PATIENCE);
            steps::unwatch();
            assert!(failed.is_empty(), "{failed:?}");
            assert!(!generation.is_current(&before).unwrap(), "{marked}");
        }
    }
}

#[test]
fn whoever_holds_the_lock_for_ever_is_named_and_keeps_nothing_from_being_forgotten() {
    let fixture = Fixture::new();
    let file = fixture.paths.session(&CacheKey::of(&["one"]));
    std::fs::write(&file, "noise").unwrap();
    let held = fixture.paths.session_identity_lock().lock().unwrap();
    let failed = fixture.forget(Duration::ZERO);
    assert!(
        matches!(&failed[..], [ForgetAllError::Busy { holder }] if !cfg!(target_os = "linux")
                || holder.is_some_and(|holder| holder.pid == std::process::id())),
        "{failed:?}"
    );
    assert!(!file.exists());
    drop(held);
    assert!(fixture.forget(PATIENCE).is_empty());
}

/// A session that is just being kept when the lock comes.
#[cfg(target_os = "linux")]
#[test]
fn no_session_outlives_a_lock_that_comes_while_it_is_kept() {
    use crate::session::{SessionCall, SessionMeta, SessionOrigin, Tier};
    use keyward_core::{Credentials, Timestamp};
    let now = Timestamp::from_second(1_700_000_000);
    let meta = SessionMeta {
        profile: "admin".parse().unwrap(),
        call: SessionCall::GetSessionToken,
        role_arn: None,
        origin: SessionOrigin::default(),
        created: now,
    };
    let credentials = Credentials {
        access_key_id: "ASIAIOSFODNN7EXAMPLE".parse().unwrap(),
        secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".parse().unwrap(),
        session_token: Some("EXAMPLETOKEN".parse().unwrap()),
        expires_at: Some(now.after(Duration::from_secs(3600))),
        account_id: None,
    };
    for _ in 0..20 {
        let fixture = Fixture::new();
        let store = || SessionStore::open(&fixture.paths, Tier::default());
        let since = LockGeneration::of(&fixture.paths).see().unwrap();
        let keep = |name| {
            let key = CacheKey::of(&[name]);
            let put = store().put(&key, &meta, &credentials, now, &since);
            assert!(matches!(put, Ok(()) | Err(SessionError::Locked)), "{put:?}");
        };
        thread::scope(|scope| {
            for name in ["one", "two", "three"] {
                scope.spawn(move || keep(name));
            }
            assert!(fixture.forget(PATIENCE).is_empty());
        });
        assert!(store().list(now).is_empty());
        assert_eq!(
            std::fs::read_dir(fixture.paths.sessions()).unwrap().count(),
            0
        );
    }
}

#[test]
fn what_begins_in_the_middle_of_a_lock_began_before_its_end() {
    let fixture = Fixture::new();
    let generation = LockGeneration::of(&fixture.paths);
    let before = generation.see().unwrap();
    let held = fixture.paths.session_identity_lock().lock().unwrap();
    let middle = thread::scope(|scope| {
        let forget = scope.spawn(|| fixture.forget(PATIENCE * 60));
        while generation.is_current(&before).unwrap() {
            thread::yield_now();
        }
        let middle = generation.see().unwrap();
        drop(held);
        assert!(forget.join().unwrap().is_empty());
        middle
    });
    assert!(!generation.is_current(&middle).unwrap());
}

#[cfg(target_os = "linux")]
mod bus {
    use std::os::unix::net::UnixListener;
    use std::process::Command;

    use super::*;

    const BUS: &str = "KEYWARD_LOCK_TEST_BUS";

    /// Not a test of its own: locks a vault while the keystore of its bus does not answer.
    #[test]
    fn child_with_a_silent_bus() {
        let Some(path) = std::env::var_os(BUS) else {
            return;
        };
        let fixture = Fixture::new();
        let silent = UnixListener::bind(path).unwrap();
        thread::scope(|scope| {
            let forget = scope.spawn(|| fixture.forget(PATIENCE));
            let asked = silent.accept().unwrap();
            let lock = fixture.paths.session_identity_lock();
            assert!(lock.try_lock().unwrap().is_some());
            // Nothing answers from here on.
            drop(silent);
            drop(asked);
            assert!(forget.join().unwrap().is_empty());
        });
    }

    #[test]
    fn nobody_waits_for_the_lock_while_a_keystore_hangs() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("bus");
        let output = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "session::forget::tests::bus::child_with_a_silent_bus",
            ])
            .env(
                "DBUS_SESSION_BUS_ADDRESS",
                format!("unix:path={}", path.display()),
            )
            .env(BUS, &path)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        assert!(
            output.status.success() && text.contains("1 passed"),
            "{text}"
        );
    }
}
