use std::thread;

use super::*;

/// A store whose identity is kept as `choice` says, in places of its own.
pub(super) struct Fixture {
    home: tempfile::TempDir,
    pub(super) choice: TierChoice,
    pub(super) runtime_dir: Option<PathBuf>,
}

impl Fixture {
    pub(super) fn new(choice: TierChoice) -> Self {
        // In memory, as a runtime folder must be, so that one kind of folder serves all.
        let place = if cfg!(target_os = "linux") {
            PathBuf::from("/dev/shm")
        } else {
            std::env::temp_dir()
        };
        let home = tempfile::tempdir_in(place).unwrap();
        let runtime_dir = Some(home.path().to_owned());
        Self {
            home,
            choice,
            runtime_dir,
        }
    }

    pub(super) fn paths(&self) -> Paths {
        Paths::new(self.home.path().join("root"))
    }

    pub(super) fn store(&self) -> SessionStore {
        let tier = Tier {
            choice: self.choice,
            runtime_dir: self.runtime_dir.clone(),
        };
        SessionStore::open(&self.paths(), tier)
    }
}

impl SessionStore {
    /// Keeps a session that was made a moment ago.
    pub(super) fn keep(
        &self,
        key: &CacheKey,
        meta: &SessionMeta,
        credentials: &Credentials,
        now: Timestamp,
    ) -> Result<(), SessionError> {
        let since = LockGeneration::of(&self.paths).see()?;
        self.put(key, meta, credentials, now, &since)
    }
}

impl Drop for Fixture {
    fn drop(&mut self) {
        // The kernel keyring outlives the test.
        let _ = self.store().clear();
    }
}

pub(super) fn now() -> Timestamp {
    Timestamp::from_second(1_700_000_000)
}

pub(super) fn hour() -> Duration {
    Duration::from_secs(3600)
}

pub(super) fn session(id: &str, lasts: Duration) -> Credentials {
    Credentials {
        access_key_id: id.parse().unwrap(),
        secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".parse().unwrap(),
        session_token: Some("FwoGZXIvYXdzEXAMPLETOKEN".parse().unwrap()),
        expires_at: Some(now().after(lasts)),
        account_id: Some("123456789012".parse().unwrap()),
    }
}

pub(super) fn meta(source_key: Option<&str>) -> SessionMeta {
    SessionMeta {
        profile: "admin".parse().unwrap(),
        call: SessionCall::AssumeRole,
        role_arn: Some("arn:aws:iam::123456789012:role/Admin".parse().unwrap()),
        origin: origin(source_key),
        created: now(),
    }
}

pub(super) fn origin(key: Option<&str>) -> SessionOrigin {
    SessionOrigin {
        key: key.map(|id| id.parse().unwrap()),
        ..SessionOrigin::default()
    }
}

pub(super) const ID: &str = "ASIAIOSFODNN7EXAMPLE";

#[cfg(target_os = "linux")]
pub(super) fn tiers() -> Vec<TierChoice> {
    // If the kernel keyring is forbidden, as in many containers, it cannot be tested.
    let keyring = Fixture::new(TierChoice::Keyring).store().tier() == SessionTier::Keyring;
    [TierChoice::Auto, TierChoice::File]
        .into_iter()
        .chain(keyring.then_some(TierChoice::Keyring))
        .collect()
}

#[cfg(not(target_os = "linux"))]
fn tiers() -> Vec<TierChoice> {
    Vec::new()
}

#[test]
fn a_session_is_read_by_another_store_until_its_end() {
    for choice in tiers() {
        let fixture = Fixture::new(choice);
        let key = CacheKey::of(&["one"]);
        assert!(
            fixture
                .store()
                .get(&key, &origin(None), now(), hour())
                .is_none()
        );
        fixture
            .store()
            .keep(&key, &meta(None), &session(ID, 2 * hour()), now())
            .unwrap();
        let read = fixture
            .store()
            .get(&key, &origin(None), now(), hour())
            .unwrap();
        assert_eq!(read.access_key_id.as_str(), ID);
        assert_eq!(
            read.session_token.unwrap().expose(),
            "FwoGZXIvYXdzEXAMPLETOKEN"
        );
        assert_eq!(read.expires_at, Some(now().after(2 * hour())));
        assert_eq!(read.account_id.unwrap().as_str(), "123456789012");
        assert!(
            fixture
                .store()
                .get(&key, &origin(None), now().after(hour()), hour())
                .is_some()
        );
        assert!(
            fixture
                .store()
                .get(&key, &origin(None), now().after(hour() * 3 / 2), hour())
                .is_none()
        );
        assert!(
            fixture
                .store()
                .get(&CacheKey::of(&["two"]), &origin(None), now(), hour())
                .is_none()
        );
    }
}

#[test]
fn files_show_no_secret() {
    for choice in tiers() {
        let fixture = Fixture::new(choice);
        fixture
            .store()
            .keep(
                &CacheKey::of(&["one"]),
                &meta(None),
                &session(ID, hour()),
                now(),
            )
            .unwrap();
        let files: Vec<_> = fs::read_dir(fixture.paths().sessions())
            .unwrap()
            .flatten()
            .collect();
        assert_eq!(files.len(), 2);
        for file in files {
            let content = fs::read(file.path()).unwrap();
            for secret in [&b"wJalr"[..], b"FwoGZ", b"AGE-SECRET"] {
                assert!(!content.windows(secret.len()).any(|window| window == secret));
            }
        }
    }
}

/// Elsewhere, the sessions of this test stay in memory.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_cannot_be_read_is_a_miss() {
    let fixture = Fixture::new(TierChoice::File);
    let (store, key, other) = (
        fixture.store(),
        CacheKey::of(&["one"]),
        CacheKey::of(&["two"]),
    );
    store
        .keep(&key, &meta(None), &session(ID, hour()), now())
        .unwrap();
    let path = fixture.paths().session(&key);
    let whole = fs::read(&path).unwrap();
    // A file under another one's name must not pass for the other.
    disk::replace(&fixture.paths().session(&other), &whole, Durability::Cache).unwrap();
    assert!(
        store
            .get(&other, &origin(None), now(), Duration::ZERO)
            .is_none()
    );
    for length in (0..whole.len()).step_by(11) {
        fs::write(&path, &whole[..length]).unwrap();
        assert!(
            store
                .get(&key, &origin(None), now(), Duration::ZERO)
                .is_none(),
            "{length}"
        );
    }
    fs::write(&path, &whole).unwrap();
    assert!(
        store
            .get(&key, &origin(None), now(), Duration::ZERO)
            .is_some()
    );
}

#[test]
fn clearing_leaves_no_file_and_no_identity() {
    for choice in tiers() {
        let fixture = Fixture::new(choice);
        let (store, key) = (fixture.store(), CacheKey::of(&["one"]));
        store
            .keep(&key, &meta(None), &session(ID, hour()), now())
            .unwrap();
        drop(fixture.paths().session_lock(&key).lock().unwrap());
        let kept = fs::read(fixture.paths().session(&key)).unwrap();
        store.clear().unwrap();
        assert_eq!(fs::read_dir(fixture.paths().sessions()).unwrap().count(), 0);
        assert!(!fixture.paths().session_lock(&key).path().exists());
        disk::replace(&fixture.paths().session(&key), &kept, Durability::Cache).unwrap();
        assert!(
            store
                .get(&key, &origin(None), now(), Duration::ZERO)
                .is_none(),
            "a copy must not open"
        );
        store
            .keep(&key, &meta(None), &session(ID, hour()), now())
            .unwrap();
        assert!(
            store
                .get(&key, &origin(None), now(), Duration::ZERO)
                .is_some(),
            "the store must go on"
        );
    }
}

#[test]
fn what_began_before_a_lock_is_not_kept() {
    for choice in tiers().into_iter().chain([TierChoice::None]) {
        let fixture = Fixture::new(choice);
        let (store, key) = (fixture.store(), CacheKey::of(&["one"]));
        let unread = mark_that_cannot_be_read(&fixture);
        let put = |since: &_| store.put(&key, &meta(None), &session(ID, hour()), now(), since);
        let generation = LockGeneration::of(&fixture.paths());
        let before = generation.see().unwrap();
        put(&before).unwrap();
        assert!(
            forget_all(
                &fixture.paths(),
                fixture.runtime_dir.clone(),
                &crate::lock::Patient
            )
            .is_empty()
        );
        let _ = store.clear();
        for since in [&before, &unread] {
            assert!(matches!(put(since), Err(SessionError::Locked)));
            assert!(
                store
                    .get(&key, &origin(None), now(), Duration::ZERO)
                    .is_none()
            );
            assert!(store.keepers.load().next().is_none(), "no new identity");
        }
        put(&generation.see().unwrap()).unwrap();
        assert!(
            store
                .get(&key, &origin(None), now(), Duration::ZERO)
                .is_some()
        );
    }
}

/// The generation of an unreadable file.
fn mark_that_cannot_be_read(fixture: &Fixture) -> SeenGeneration {
    let home = fixture.home.path().join("elsewhere");
    fs::create_dir_all(home.join("locks/locked")).unwrap();
    let generation = LockGeneration::of(&Paths::new(home));
    assert!(generation.see().is_err());
    generation.see_or_never_current()
}

#[test]
fn a_held_lock_survives_clearing() {
    let fixture = Fixture::new(TierChoice::None);
    let lock = fixture.paths().session_lock(&CacheKey::of(&["one"]));
    let _held = lock.lock().unwrap();
    fixture.store().clear().unwrap();
    assert!(lock.try_lock().unwrap().is_none());
}

/// Elsewhere, the sessions of this test stay in memory.
#[cfg(target_os = "linux")]
#[test]
fn listing_shows_what_can_be_used_and_opens_nothing() {
    let fixture = Fixture::new(TierChoice::File);
    let store = fixture.store();
    for (name, lasts) in [("late", 3), ("soon", 1), ("middle", 2)] {
        let key = CacheKey::of(&[name]);
        store
            .keep(
                &key,
                &meta(Some("AKIAIOSFODNN7EXAMPLE")),
                &session(ID, lasts * hour()),
                now(),
            )
            .unwrap();
        // Listing must not need the session itself.
        fs::write(fixture.paths().session(&key), "noise").unwrap();
    }
    let listed = store.list(now());
    let keys: Vec<_> = listed.iter().map(|entry| entry.key).collect();
    assert_eq!(
        keys,
        ["soon", "middle", "late"].map(|name| CacheKey::of(&[name]))
    );
    assert_eq!(listed[0].meta, meta(Some("AKIAIOSFODNN7EXAMPLE")));
    assert_eq!(store.list(now().after(hour())).len(), 2);
    assert!(store.keepers.forget().is_empty());
    assert!(
        store.list(now()).is_empty(),
        "without the identity they are only files"
    );
}

/// Elsewhere, the sessions of this test stay in memory.
#[cfg(target_os = "linux")]
#[test]
fn sessions_that_have_ended_are_forgotten_when_another_is_kept() {
    let fixture = Fixture::new(TierChoice::File);
    let store = fixture.store();
    let [ended, held, fresh] = ["ended", "held", "fresh"].map(|name| CacheKey::of(&[name]));
    store
        .keep(&ended, &meta(None), &session(ID, hour()), now())
        .unwrap();
    store
        .keep(&held, &meta(None), &session(ID, hour()), now())
        .unwrap();
    let _renewing = fixture.paths().session_lock(&held).lock().unwrap();
    let later = now().after(2 * hour());
    store
        .keep(&fresh, &meta(None), &session(ID, 3 * hour()), later)
        .unwrap();
    assert!(!fixture.paths().session(&ended).exists());
    assert!(!fixture.paths().session_sidecar(&ended).exists());
    assert!(
        fixture.paths().session(&held).exists(),
        "whoever holds its lock is renewing it"
    );
    assert!(
        store
            .get(&fresh, &origin(None), later, Duration::ZERO)
            .is_some()
    );
}

/// The number of files in a folder.
fn count(folder: &Path) -> usize {
    fs::read_dir(folder).unwrap().count()
}

#[test]
fn thousands_of_sessions_that_ended_leave_no_files_and_few_locks() {
    let Some(choice) = tiers().pop() else {
        return;
    };
    let fixture = Fixture::new(choice);
    let (store, paths) = (fixture.store(), fixture.paths());
    let lasting = CacheKey::of(&["lasting"]);
    store
        .keep(&lasting, &meta(None), &session(ID, 3 * hour()), now())
        .unwrap();
    let identity = store.keepers.load().next().unwrap();
    for number in 0..3000 {
        let key = CacheKey::of(&["ended", &number.to_string()]);
        let entry = SessionEntry::of(&key, &meta(None), &session(ID, hour()));
        fs::write(paths.session(&key), "noise").unwrap();
        disk::replace(
            &paths.session_sidecar(&key),
            &entry::to_json(&entry, &identity),
            Durability::Cache,
        )
        .unwrap();
        drop(paths.session_lock(&key).lock().unwrap());
    }
    let later = now().after(2 * hour());
    let fresh = CacheKey::of(&["fresh"]);
    store
        .keep(&fresh, &meta(None), &session(ID, 4 * hour()), later)
        .unwrap();
    assert_eq!(count(&paths.sessions()), 4);
    assert!(count(&paths.locks()) <= 20, "{}", count(&paths.locks()));
}

#[test]
fn locks_of_sessions_that_are_not_there_go_and_those_that_are_held_stay() {
    for choice in tiers() {
        let fixture = Fixture::new(choice);
        let (store, paths) = (fixture.store(), fixture.paths());
        let [idle, held, fresh] = ["idle", "held", "fresh"].map(|name| CacheKey::of(&[name]));
        drop(paths.session_lock(&idle).lock().unwrap());
        let guard = paths.session_lock(&held).lock().unwrap();
        store
            .keep(&fresh, &meta(None), &session(ID, hour()), now())
            .unwrap();
        assert!(!paths.session_lock(&idle).path().exists());
        assert!(paths.session_lock(&held).path().exists());
        drop(guard);
    }
}

#[test]
fn the_sessions_of_one_key_are_forgotten_together() {
    for choice in [TierChoice::File, TierChoice::None] {
        let fixture = Fixture::new(choice);
        let store = fixture.store();
        let (one, other) = ("AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE");
        for (name, source) in [
            ("a", Some(one)),
            ("b", Some(other)),
            ("c", Some(one)),
            ("d", None),
        ] {
            let key = CacheKey::of(&[name]);
            store
                .keep(&key, &meta(source), &session(ID, hour()), now())
                .unwrap();
        }
        assert_eq!(store.remove_for(&one.parse().unwrap()).unwrap(), 2);
        assert_eq!(store.list(now()).len(), 2);
        assert_eq!(store.remove_for(&ID.parse().unwrap()).unwrap(), 2);
    }
}

#[test]
fn without_a_place_for_the_identity_sessions_live_in_the_process() {
    let fixture = Fixture::new(TierChoice::None);
    let (store, key) = (fixture.store(), CacheKey::of(&["one"]));
    assert_eq!(store.tier(), SessionTier::Process);
    store
        .keep(&key, &meta(None), &session(ID, hour()), now())
        .unwrap();
    assert!(
        store
            .get(&key, &origin(None), now(), Duration::ZERO)
            .is_some()
    );
    assert_eq!(store.list(now()).len(), 1);
    assert!(
        fixture
            .store()
            .get(&key, &origin(None), now(), Duration::ZERO)
            .is_none()
    );
    assert!(!fixture.paths().sessions().exists());
    store.clear().unwrap();
    assert!(
        store
            .get(&key, &origin(None), now(), Duration::ZERO)
            .is_none()
    );
}

#[test]
fn stores_that_start_at_once_agree_on_one_identity() {
    for choice in tiers() {
        let fixture = Fixture::new(choice);
        let keys: Vec<CacheKey> = (0..16).map(|n| CacheKey::of(&[&n.to_string()])).collect();
        thread::scope(|scope| {
            for key in &keys {
                let store = fixture.store();
                scope.spawn(move || {
                    store
                        .keep(key, &meta(None), &session(ID, hour()), now())
                        .unwrap()
                });
            }
        });
        for key in &keys {
            assert!(
                fixture
                    .store()
                    .get(key, &origin(None), now(), Duration::ZERO)
                    .is_some()
            );
        }
    }
}

#[test]
fn a_tier_is_named_by_one_word() {
    for (text, choice) in [
        ("auto", Ok(TierChoice::Auto)),
        ("keyring", Ok(TierChoice::Keyring)),
        ("file", Ok(TierChoice::File)),
        ("keystore", Ok(TierChoice::Keystore)),
        ("none", Ok(TierChoice::None)),
        ("File", Err(UnknownTier)),
        ("", Err(UnknownTier)),
    ] {
        assert_eq!(text.parse(), choice, "{text}");
    }
}

mod parsers {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_bytes_make_them_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let key = CacheKey::of(&["one"]);
            prop_assert!(entry::from_json(&key, &bytes).is_none());
            let identity = Identity::generate();
            let read = entry::credentials_from_json(&key, &origin(None), &identity, now(), &bytes);
            prop_assert!(read.is_none());
        }
    }
}

#[test]
fn what_a_session_was_made_from_is_noted() {
    for choice in tiers() {
        let fixture = Fixture::new(choice);
        let (store, key) = (fixture.store(), CacheKey::of(&["role"]));
        let mut noted = meta(None);
        noted.origin.source = Some(CacheKey::of(&["console sign-in", "alice"]));
        store
            .keep(&key, &noted, &session(ID, hour()), now())
            .unwrap();
        assert_eq!(store.list(now()).remove(0).meta, noted);
    }
}

#[test]
fn a_session_serves_only_the_key_and_the_account_that_it_was_made_from() {
    for choice in tiers().into_iter().chain([TierChoice::None]) {
        let fixture = Fixture::new(choice);
        let (store, key) = (fixture.store(), CacheKey::of(&["role"]));
        let of = |id: &str, account: Option<&str>| SessionOrigin {
            account: account.map(|account| account.parse().unwrap()),
            ..origin(Some(id))
        };
        let (one, other) = ("AKIAIOSFODNN7EXAMPLE", "AKIAI44QH8DHBEXAMPLE");
        let made = SessionMeta {
            origin: of(one, Some("123456789012")),
            ..meta(None)
        };
        store
            .keep(&key, &made, &session(ID, 2 * hour()), now())
            .unwrap();
        let serves = |origin: &SessionOrigin| store.get(&key, origin, now(), hour()).is_some();
        assert!(serves(&of(one, Some("123456789012"))));
        assert!(serves(&of(one, None)), "an account that is not known");
        assert!(!serves(&of(one, Some("111122223333"))));
        assert!(!serves(&of(other, Some("123456789012"))));
        assert!(!serves(&SessionOrigin::default()));
        // The same key serves from every store.
        let mut elsewhere = of(one, None);
        elsewhere.source = Some(CacheKey::of(&["a program"]));
        assert!(serves(&elsewhere));
        elsewhere.key = None;
        assert!(!serves(&elsewhere));
    }
}

#[test]
fn a_session_serves_only_names_that_the_vault_gave_its_key() {
    for choice in tiers().into_iter().chain([TierChoice::None]) {
        let fixture = Fixture::new(choice);
        let (store, key) = (fixture.store(), CacheKey::of(&["role"]));
        let of = |names: &[&str]| SessionOrigin {
            stored_as: names.iter().map(|name| name.parse().unwrap()).collect(),
            ..origin(Some("AKIAIOSFODNN7EXAMPLE"))
        };
        let kept = |made: SessionOrigin| {
            let meta = SessionMeta {
                origin: made,
                ..meta(None)
            };
            store
                .keep(&key, &meta, &session(ID, 2 * hour()), now())
                .unwrap();
        };
        let serves = |origin: &SessionOrigin| store.get(&key, origin, now(), hour()).is_some();
        kept(of(&["alice", "twin"]));
        assert!(serves(&of(&["alice", "twin"])));
        assert!(serves(&of(&[])), "the same key in a file");
        assert!(serves(&of(&["alice"])), "a name was removed since");
        for listed in [&["bob"][..], &["alice", "bob"], &["alice", "bob", "twin"]] {
            assert!(!serves(&of(listed)), "{listed:?}");
        }
        // The vault never listed that key's owner.
        kept(of(&[]));
        assert!(!serves(&of(&["alice"])));
    }
}

/// A program that may write in the folder, but does not hold the session identity, can write this.
#[cfg(target_os = "linux")]
#[test]
fn a_session_that_another_program_encrypted_is_not_read() {
    let fixture = Fixture::new(TierChoice::File);
    let (store, key) = (fixture.store(), CacheKey::of(&["one"]));
    store
        .keep(&key, &meta(None), &session(ID, hour()), now())
        .unwrap();
    let identity = store.keepers.load().next().unwrap();
    let content = |made_by: &Identity| {
        let attacker = session("ASIAATTACKER00000000", hour());
        entry::credentials_to_json(&key, &meta(None), &attacker, made_by).to_vec()
    };
    let plain = |content: Vec<u8>| -> Vec<u8> {
        let mut value: serde_json::Value = serde_json::from_slice(&content).unwrap();
        value.as_object_mut().unwrap().remove("mac");
        value.to_string().into_bytes()
    };
    let path = fixture.paths().session(&key);
    let whole = fs::read(&path).unwrap();
    let is_read = || {
        let got = store.get(&key, &origin(None), now(), Duration::ZERO);
        got.is_some()
    };
    for forged in [content(&Identity::generate()), plain(content(&identity))] {
        // The public half is in every sidecar.
        disk::replace(&path, &identity.seal(&forged), Durability::Cache).unwrap();
        assert!(!is_read());
    }
    let own = identity.seal(&content(&identity));
    disk::replace(&path, &own, Durability::Cache).unwrap();
    assert!(is_read());
    disk::replace(&path, &whole, Durability::Cache).unwrap();
    let sidecar = fixture.paths().session_sidecar(&key);
    let text = fs::read_to_string(&sidecar).unwrap();
    assert_eq!(store.list(now()).len(), 1);
    for (from, to) in [("\"admin\"", "\"root\""), ("\"mac\"", "\"mac-of-old\"")] {
        let forged = text.replace(from, to);
        assert_ne!(forged, text);
        fs::write(&sidecar, forged).unwrap();
        assert!(store.list(now()).is_empty());
    }
}

#[test]
fn a_session_is_kept_for_as_long_as_aws_could_give_one() {
    let minute = Duration::from_secs(60);
    let years = |years: u64| Duration::from_secs(years * 365 * 24 * 3600);
    let at = |text: &str| text.parse::<Timestamp>().unwrap();
    let far = at("2999-01-01T00:00:00Z");
    let ahead = now().after(years(80));
    // The time of creation, the end, the time of the request, and whether the session is handed out
    // then.
    for (created, end, asked, expect) in [
        (now(), now().after(12 * hour()), now(), true),
        (
            now(),
            now().after(36 * hour()),
            now().after(35 * hour()),
            true,
        ),
        // Ended, however that came.
        (now(), at("1970-01-01T00:00:00Z"), now(), false),
        (now(), now(), now(), false),
        // Another program's expiry: used, and renewed after the longest life of an AWS session.
        (now(), far, now(), true),
        (
            now(),
            at("9999-12-30T00:00:00Z"),
            now().after(35 * hour()),
            true,
        ),
        (now(), far, now().after(36 * hour()), false),
        // Made by a clock that was ahead; a small step back is what time synchronization does.
        (ahead, ahead.after(hour()), now(), false),
        (now().after(2 * minute), now().after(hour()), now(), false),
        (now().after(minute / 2), now().after(hour()), now(), true),
    ] {
        for choice in tiers().into_iter().chain([TierChoice::None]) {
            let fixture = Fixture::new(choice);
            let (store, key) = (fixture.store(), CacheKey::of(&["one"]));
            let made = SessionMeta {
                created,
                ..meta(None)
            };
            let mut given = session(ID, hour());
            given.expires_at = Some(end);
            store.keep(&key, &made, &given, created).unwrap();
            let story = format!("{created} to {end}, at {asked}, {choice:?}");
            let got = store.get(&key, &origin(None), asked, Duration::ZERO);
            assert_eq!(got.is_some(), expect, "{story}");
            assert_eq!(!store.list(asked).is_empty(), expect, "{story}");
        }
    }
}

/// A lock that is never released, as by a stopped process.
#[cfg(target_os = "linux")]
#[test]
fn a_session_is_not_kept_where_another_process_holds_the_lock_for_ever() {
    let fixture = Fixture::new(TierChoice::File);
    let (store, key) = (fixture.store(), CacheKey::of(&["one"]));
    let since = LockGeneration::of(&fixture.paths()).see().unwrap();
    let (meta, credentials) = (meta(None), session(ID, hour()));
    let put = || store.put_within(Duration::ZERO, &key, &meta, &credentials, now(), &since);
    let held = fixture.paths().session_identity_lock().lock().unwrap();
    let busy = put();
    assert!(matches!(&busy, Err(SessionError::Busy { .. })), "{busy:?}");
    // The next of the chain does not wait as long again.
    let begun = std::time::Instant::now();
    let again = store.put(&key, &meta, &credentials, now(), &since);
    assert!(matches!(again, Err(SessionError::Busy { .. })), "{again:?}");
    assert!(begun.elapsed() < PATIENCE);
    drop(held);
    put().unwrap();
}

#[test]
fn the_locks_of_sessions_and_folders_go_and_those_that_are_held_stay() {
    let fixture = Fixture::new(TierChoice::None);
    let (paths, store) = (fixture.paths(), fixture.store());
    let [idle, held] = ["/idle", "/held"].map(|folder| paths.folder_lock(folder.as_ref()));
    drop(idle.lock().unwrap());
    drop(paths.session_lock(&CacheKey::of(&["one"])).lock().unwrap());
    drop(paths.rotation_lock().lock().unwrap());
    let guard = held.lock().unwrap();
    store.clear().unwrap();
    let mut left: Vec<_> = fs::read_dir(paths.locks())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    left.sort();
    let mut stays = [held.path(), paths.rotation_lock().path()].map(PathBuf::from);
    stays.sort();
    if cfg!(unix) {
        assert_eq!(left, stays);
    }
    drop(guard);
}
