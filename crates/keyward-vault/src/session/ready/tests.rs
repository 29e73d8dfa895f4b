//! Each thing that ends an answer, by itself.

use std::ffi::OsStr;
use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use super::super::tests::{Fixture, ID, hour, meta, now, origin, session, tiers};
use super::super::{Tier, TierChoice};
use super::*;

const HEADER: usize = size_of::<sealed::Header>();
const NONCE_AND_TAG: usize = 12 + 16;
const MARGIN: Duration = Duration::from_secs(300);

/// A kept session, and a file that decides what it is handed out for.
struct Kept {
    fixture: Fixture,
    key: CacheKey,
}

impl Kept {
    fn new(choice: TierChoice) -> Self {
        let fixture = Fixture::new(choice);
        let key = CacheKey::of(&["one"]);
        fixture
            .store()
            .keep(&key, &meta(None), &session(ID, 2 * hour()), now())
            .unwrap();
        let kept = Self { fixture, key };
        fs::write(kept.config(), "[profile one]\n").unwrap();
        kept.seal("one");
        assert_eq!(kept.answer("one"), Some(ID.to_owned()));
        kept
    }

    fn config(&self) -> std::path::PathBuf {
        self.fixture.paths().root().join("aws-config")
    }

    fn conditions(&self, profile: &str) -> Conditions {
        let words = ["credential-process", profile].map(OsStr::new);
        let mut conditions = Conditions::of("1.0.0", words);
        // Everything was written long ago, as seen from here.
        conditions.seen_later(hour());
        conditions.variable(OsStr::new("AWS_REGION"), OsStr::new("eu-central-1"));
        conditions.folder(self.fixture.paths().root()).unwrap();
        conditions.file(&self.config()).unwrap();
        conditions
    }

    fn seal(&self, profile: &str) {
        self.seal_under(&self.conditions(profile), MARGIN);
    }

    fn seal_under(&self, conditions: &Conditions, margin: Duration) {
        let reused = Reused {
            key: &self.key,
            origin: &origin(None),
            margin,
        };
        let store = self.fixture.store();
        store.keep_ready(conditions, &reused, now(), |credentials| {
            Some(vec![Zeroizing::new(credentials.access_key_id.to_string())])
        });
    }

    fn answer(&self, profile: &str) -> Option<String> {
        self.answer_under(&self.conditions(profile), now())
    }

    fn answer_under(&self, conditions: &Conditions, now: Timestamp) -> Option<String> {
        let tier = Tier {
            choice: self.fixture.choice,
            runtime_dir: self.fixture.runtime_dir.clone(),
        };
        let parts = sealed::open(
            self.fixture.paths().root(),
            tier,
            &mut conditions.clone(),
            now,
        )?;
        Some(parts.concat_parts())
    }

    /// The file of the answer.
    fn file(&self, profile: &str) -> std::path::PathBuf {
        let name = self.conditions(profile).name().to_owned();
        self.fixture.paths().ready().join(name)
    }
}

trait ConcatParts {
    fn concat_parts(&self) -> String;
}

impl ConcatParts for Vec<Zeroizing<String>> {
    fn concat_parts(&self) -> String {
        self.iter().map(|part| part.as_str()).collect()
    }
}

/// A valid answer is no longer valid after the change.
#[track_caller]
fn ends(change: impl Fn(&Kept)) {
    for choice in tiers() {
        let kept = Kept::new(choice);
        change(&kept);
        assert_eq!(kept.answer("one"), None, "{choice:?}");
    }
}

#[test]
fn an_edited_file_ends_it() {
    ends(|kept| fs::write(kept.config(), "[profile two]\n").unwrap());
}

#[test]
fn a_file_that_was_only_touched_ends_it() {
    ends(|kept| {
        let file = fs::File::options().append(true).open(kept.config());
        let before = fs::metadata(kept.config()).unwrap().modified().unwrap();
        let after = before + Duration::from_secs(1);
        file.unwrap().set_modified(after).unwrap();
    });
}

#[test]
fn a_file_with_another_mode_ends_it() {
    ends(|kept| {
        let mode = fs::Permissions::from_mode(0o640);
        fs::set_permissions(kept.config(), mode).unwrap();
    });
}

#[test]
fn a_file_that_was_replaced_by_its_like_ends_it() {
    ends(|kept| {
        let copy = kept.config().with_extension("copy");
        fs::copy(kept.config(), &copy).unwrap();
        let times = fs::metadata(kept.config()).unwrap().modified().unwrap();
        fs::File::options()
            .append(true)
            .open(&copy)
            .unwrap()
            .set_modified(times)
            .unwrap();
        fs::rename(copy, kept.config()).unwrap();
    });
}

#[test]
fn a_file_that_went_ends_it() {
    ends(|kept| fs::remove_file(kept.config()).unwrap());
}

#[test]
fn a_folder_that_was_opened_to_others_ends_it() {
    ends(|kept| {
        let mode = fs::Permissions::from_mode(0o750);
        fs::set_permissions(kept.fixture.paths().root(), mode).unwrap();
    });
}

#[test]
fn a_lock_ends_it() {
    ends(|kept| kept.fixture.store().clear().unwrap());
}

#[test]
fn a_copy_of_the_answer_opens_nothing_after_a_lock() {
    ends(|kept| {
        let [file, session] = [kept.file("one"), kept.fixture.paths().session(&kept.key)];
        let [answer, sealed] = [&file, &session].map(|path| fs::read(path).unwrap());
        kept.fixture.store().clear().unwrap();
        fs::write(&session, sealed).unwrap();
        fs::write(&file, answer).unwrap();
        let mode = fs::Permissions::from_mode(0o600);
        fs::set_permissions(&file, mode).unwrap();
    });
}

#[test]
fn a_session_that_was_removed_ends_it() {
    ends(|kept| kept.fixture.store().remove(&kept.key).unwrap());
}

#[test]
fn a_session_that_was_made_anew_ends_it() {
    ends(|kept| {
        let store = kept.fixture.store();
        let again = session(ID, 3 * hour());
        store.keep(&kept.key, &meta(None), &again, now()).unwrap();
    });
}

#[test]
fn a_byte_that_was_changed_ends_it() {
    for choice in tiers() {
        let kept = Kept::new(choice);
        let file = kept.file("one");
        let whole = fs::read(&file).unwrap();
        for at in 0..whole.len() {
            let mut changed = whole.clone();
            changed[at] ^= 1;
            fs::write(&file, changed).unwrap();
            assert_eq!(kept.answer("one"), None, "byte {at}");
        }
        fs::write(&file, whole).unwrap();
        assert_eq!(kept.answer("one"), Some(ID.to_owned()));
    }
}

#[test]
fn a_file_that_was_cut_ends_it() {
    for choice in tiers() {
        let kept = Kept::new(choice);
        let file = kept.file("one");
        let whole = fs::read(&file).unwrap();
        for length in [0, 1, HEADER, HEADER + NONCE_AND_TAG, whole.len() - 1] {
            fs::write(&file, &whole[..length]).unwrap();
            assert_eq!(kept.answer("one"), None, "{length} bytes");
        }
    }
}

#[test]
fn the_answer_of_another_profile_ends_it() {
    ends(|kept| {
        kept.seal("two");
        fs::rename(kept.file("two"), kept.file("one")).unwrap();
    });
}

#[test]
fn an_answer_that_others_may_read_ends_it() {
    ends(|kept| {
        let mode = fs::Permissions::from_mode(0o640);
        fs::set_permissions(kept.file("one"), mode).unwrap();
    });
}

#[test]
fn an_answer_that_another_user_owns_ends_it() {
    ends(|kept| {
        // Only root may change the owner of a file; without root there is nothing to test.
        if std::os::unix::fs::chown(kept.file("one"), Some(12_345), None).is_err() {
            fs::remove_file(kept.file("one")).unwrap();
        }
    });
}

#[test]
fn an_answer_behind_a_symbolic_link_ends_it() {
    ends(|kept| {
        let elsewhere = kept.file("one").with_extension("elsewhere");
        fs::rename(kept.file("one"), &elsewhere).unwrap();
        std::os::unix::fs::symlink(elsewhere, kept.file("one")).unwrap();
    });
}

#[test]
fn another_environment_or_version_has_another_answer() {
    for choice in tiers() {
        let kept = Kept::new(choice);
        let mut more = kept.conditions("one");
        more.variable(OsStr::new("AWS_ROLE_ARN"), OsStr::new("x"));
        assert_eq!(kept.answer_under(&more, now()), None);
        let words = ["credential-process", "one"].map(OsStr::new);
        assert_ne!(
            Conditions::of("1.0.1", words).name(),
            Conditions::of("1.0.0", words).name()
        );
    }
}

#[test]
fn it_holds_while_the_session_may_be_handed_out_and_no_longer() {
    for choice in tiers() {
        let kept = Kept::new(choice);
        let at = |time| kept.answer_under(&kept.conditions("one"), time);
        let last = now().after(2 * hour()).before(MARGIN);
        let second = Duration::from_secs(1);
        for (time, holds) in [
            (now().before(second), false),
            (now(), true),
            (last, true),
            (last.after(second), false),
        ] {
            assert_eq!(at(time).is_some(), holds, "{time}");
        }
    }
}

#[test]
fn a_session_with_too_little_life_makes_none() {
    for choice in tiers() {
        let kept = Kept::new(choice);
        fs::remove_file(kept.file("one")).unwrap();
        kept.seal_under(&kept.conditions("one"), 3 * hour());
        assert!(!kept.file("one").exists());
    }
}

#[test]
fn a_file_that_was_changed_just_now_makes_none() {
    for choice in tiers() {
        let kept = Kept::new(choice);
        fs::remove_file(kept.file("one")).unwrap();
        let words = ["credential-process", "one"].map(OsStr::new);
        let mut conditions = Conditions::of("1.0.0", words);
        fs::write(kept.config(), "[profile three]\n").unwrap();
        conditions.file(&kept.config()).unwrap();
        kept.seal_under(&conditions, MARGIN);
        assert!(!kept.file("one").exists());
    }
}

#[test]
fn the_file_shows_no_secret_and_only_its_owner_may_read_it() {
    for choice in tiers() {
        let kept = Kept::new(choice);
        let bytes = fs::read(kept.file("one")).unwrap();
        let shown = String::from_utf8_lossy(&bytes);
        assert!(!shown.contains(ID), "{shown}");
        assert!(!shown.contains("eu-central-1"), "{shown}");
        let mode = fs::metadata(kept.file("one")).unwrap().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
