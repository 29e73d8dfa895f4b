//! The vault and the list beside it, one of them older than the other: a write that was killed
//! between the two files, or a file that came back from a backup. Every command goes by the vault.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use keyward_sandbox::KeyStatus;
use keyward_testkit::Ran;
use serde_json::Value;

use crate::mfa::{BOB as BOBS_DEVICE, KEYS as BOB};
use crate::practice::{KEY_ID as ALICE, Practice, SECRET, SERIAL};

const VAULT: &str = "keyward/vault.age";
const INDEX: &str = "keyward/index.json";

/// The file from before the last write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Older {
    Vault,
    Index,
}

/// The facts of an index about the vault that it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// As keyward writes it.
    AsWritten,
    /// As early versions wrote it.
    Early,
    /// It was edited, and claims to belong to the vault that is there.
    Edited,
}

/// Adds a second way to open the vault.
const SECOND_SLOT: &[&str] = &[
    "vault",
    "slot",
    "add",
    "passphrase",
    "--name",
    "second",
    "--passphrase-file",
    "passphrase",
];

const EVERY_PAIR: [(Older, Form); 6] = [
    (Older::Index, Form::AsWritten),
    (Older::Vault, Form::AsWritten),
    (Older::Index, Form::Early),
    (Older::Vault, Form::Early),
    (Older::Index, Form::Edited),
    (Older::Vault, Form::Edited),
];

/// A home whose vault and index disagree about `dev`: it was Alice's key, then Bob's. `twin` has
/// been Alice's key all along.
struct Pair {
    practice: Practice,
    older: Older,
}

fn lines(key: (&str, &str)) -> String {
    format!("{}\n{}\n", key.0, key.1)
}

/// Writes a file that only its owner may read.
fn write(practice: &Practice, name: impl AsRef<Path>, content: &[u8]) {
    let path = practice.path().join(name);
    let mut folder = std::fs::DirBuilder::new();
    let mut options = std::fs::File::options();
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    folder
        .recursive(true)
        .create(path.parent().unwrap())
        .unwrap();
    let file = options.write(true).create(true).truncate(true).open(path);
    file.unwrap().write_all(content).unwrap();
}

/// The files of a data folder, each by its name below the home.
type Files = Vec<(PathBuf, Vec<u8>)>;

fn files(practice: &Practice) -> Files {
    let mut files = Vec::new();
    for folder in ["keyward", "keyward/slots"] {
        for entry in std::fs::read_dir(practice.path().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                let name = path.strip_prefix(practice.path()).unwrap().to_owned();
                files.push((name, std::fs::read(path).unwrap()));
            }
        }
    }
    files
}

/// The folder before and after `dev` became Bob's key, made once: scores of stories begin there.
fn states() -> &'static [Files; 2] {
    static STATES: OnceLock<[Files; 2]> = OnceLock::new();
    STATES.get_or_init(|| {
        let practice = practice();
        for name in ["twin", "dev"] {
            let add = ["add", name, "--stdin", "--no-config"];
            let _ = practice.run_with_input(&add, &lines((ALICE, SECRET))).ok();
        }
        let _ = practice.run(SECOND_SLOT).ok();
        let before = files(&practice);
        let add = ["add", "dev", "--stdin", "--no-config", "--force"];
        let _ = practice.run_with_input(&add, &lines(BOB)).ok();
        [before, files(&practice)]
    })
}

/// An account where Bob has a device too, since its policy lets no key manage keys without one.
fn practice() -> Practice {
    let mut practice = Practice::start();
    practice.set("KEYWARD_TEST_PACE_MS", "1");
    practice
        .config("[profile dev]\nregion = eu-central-1\n\n[profile twin]\nregion = eu-central-1\n");
    practice.account.with_accounts(|accounts| {
        let account = accounts
            .account_mut(&"123456789012".parse().unwrap())
            .unwrap();
        let mut device = account.devices[&SERIAL.parse().unwrap()].clone();
        device.serial = BOBS_DEVICE.parse().unwrap();
        device.owner = Some(keyward_sandbox::Owner::User("bob".parse().unwrap()));
        account.devices.insert(device.serial.clone(), device);
    });
    practice
}

fn file<'f>(files: &'f Files, name: &str) -> &'f [u8] {
    let found = files.iter().find(|(path, _)| path == Path::new(name));
    &found.unwrap().1
}

/// The state of the vault that this machine last saw before the files were made to disagree.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seen {
    /// None.
    Nothing,
    /// The one before the last write, which was killed before it could be pinned.
    Before,
    /// The one after it.
    After,
}

impl Pair {
    fn new(which: (Older, Form)) -> Self {
        Self::seen(which, Seen::Nothing)
    }

    fn seen((older, form): (Older, Form), seen: Seen) -> Self {
        let practice = practice();
        let [before, after] = states();
        let pinned = match seen {
            Seen::Nothing => None,
            Seen::Before => Some(before),
            Seen::After => Some(after),
        };
        if let Some(files) = pinned {
            for (name, content) in files {
                write(&practice, name, content);
            }
            let _ = practice.run(&["env", "twin", "--no-session"]).ok();
        }
        Self::of(practice, [before, after], (older, form))
    }

    /// The files of two states of a data folder, mixed.
    fn of(practice: Practice, [before, after]: [&Files; 2], (older, form): (Older, Form)) -> Self {
        let (vault, index) = match older {
            Older::Index => (after, before),
            Older::Vault => (before, after),
        };
        for (name, content) in after {
            write(&practice, name, content);
        }
        write(&practice, VAULT, file(vault, VAULT));
        let mut listed: Value = serde_json::from_slice(file(index, INDEX)).unwrap();
        let present: Value = serde_json::from_slice(file(vault, INDEX)).unwrap();
        assert_ne!(listed["vault"], present["vault"]);
        match form {
            Form::AsWritten => {}
            Form::Early => drop(listed.as_object_mut().unwrap().remove("vault")),
            Form::Edited => listed["vault"] = present["vault"].clone(),
        }
        write(&practice, INDEX, listed.to_string().as_bytes());
        Self { practice, older }
    }

    /// The owner of the vault's key `dev`.
    fn held(&self) -> &'static str {
        match self.older {
            Older::Index => BOB.0,
            Older::Vault => ALICE,
        }
    }

    /// The same key's user.
    fn user(&self) -> &'static str {
        if self.held() == ALICE { "alice" } else { "bob" }
    }

    /// The user whose key the index lists wrongly.
    fn other_user(&self) -> &'static str {
        if self.held() == ALICE { "bob" } else { "alice" }
    }

    /// Runs with a code of the device that belongs to the key in the vault.
    fn run(&self, words: &[&str], input: &str) -> Ran {
        let user = self.user();
        self.run_as(user, words, input)
    }

    fn run_as(&self, user: &str, words: &[&str], input: &str) -> Ran {
        let device = if user == "bob" { BOBS_DEVICE } else { SERIAL };
        let code = self.practice.account.fresh_code(&device.parse().unwrap());
        let mut command = self.practice.command(words);
        command.env("KEYWARD_MFA_CODE", code.unwrap().expose());
        keyward_testkit::finish(command, input)
    }

    fn keys_of(&self, user: &str) -> Vec<(String, KeyStatus)> {
        self.practice.account.with_accounts(|accounts| {
            let account = accounts.account(&"123456789012".parse().unwrap()).unwrap();
            let keys = &account.users[&user.parse().unwrap()].keys;
            keys.iter()
                .map(|key| (key.id.to_string(), key.status))
                .collect()
        })
    }

    /// Returns the key that the index lists under a name.
    fn listed(&self, profile: &str) -> Option<String> {
        let index: Value = serde_json::from_str(&self.practice.read(INDEX)).unwrap();
        let keys = index["keys"].as_array().unwrap();
        let key = keys.iter().find(|key| key["profile"] == profile)?;
        Some(key["access_key_id"].as_str().unwrap().to_owned())
    }

    /// The index is the same as one rebuilt from the vault.
    #[track_caller]
    fn assert_index_is_right(&self, story: &str) {
        let written: Value = serde_json::from_str(&self.practice.read(INDEX)).unwrap();
        std::fs::remove_file(self.practice.path().join(INDEX)).unwrap();
        let _ = self.practice.run(&["vault", "status"]).ok();
        let anew: Value = serde_json::from_str(&self.practice.read(INDEX)).unwrap();
        assert_eq!(written, anew, "{story}");
    }
}

/// The owner of a profile's session, from AWS.
#[track_caller]
fn session(pair: &Pair, profile: &str, user: &str) -> String {
    let ran = pair.run_as(user, &["whoami", profile, "--json"], "");
    let who: Value = serde_json::from_str(&ran.ok()).unwrap();
    who["arn"].as_str().unwrap().to_owned()
}

#[test]
fn the_key_that_is_revoked_is_the_one_in_the_vault() {
    for which in EVERY_PAIR {
        let pair = Pair::new(which);
        let ran = pair.run(&["remove", "dev", "--revoke", "--yes"], "");
        assert_eq!(ran.code, 0, "{which:?}: {}", ran.stderr);
        assert!(
            ran.stderr.contains(pair.held()),
            "{which:?}: {}",
            ran.stderr
        );
        assert_eq!(pair.keys_of(pair.user()), [], "{which:?}");
        let untouched = pair.keys_of(pair.other_user());
        assert_eq!(untouched.len(), 1, "{which:?}");
        assert_eq!(untouched[0].1, KeyStatus::Active, "{which:?}");
        pair.assert_index_is_right(&format!("{which:?}"));
    }
}

#[test]
fn a_session_is_made_and_kept_for_the_key_in_the_vault() {
    for which in EVERY_PAIR {
        let pair = Pair::new(which);
        let ran = pair.run(&["credential-process", "dev"], "");
        assert_eq!(ran.code, 0, "{which:?}: {}", ran.stderr);
        // The other profile of the key that the index listed gets its own session.
        assert!(
            session(&pair, "twin", "alice").ends_with("/alice"),
            "{which:?}"
        );
        let whose = session(&pair, "dev", pair.user());
        assert!(
            whose.ends_with(&format!("/{}", pair.user())),
            "{which:?}: {whose}"
        );
        pair.assert_index_is_right(&format!("{which:?}"));
    }
}

#[test]
fn a_session_of_the_key_that_the_index_lists_is_not_handed_out() {
    for older in [Older::Index, Older::Vault] {
        let pair = Pair::new((older, Form::AsWritten));
        let index = pair.practice.read(INDEX);
        // The session of the key that only the index knows is made while both files agree.
        let other = if pair.held() == ALICE {
            BOB
        } else {
            (ALICE, SECRET)
        };
        let vault = std::fs::read(pair.practice.path().join(VAULT)).unwrap();
        let add = ["add", "dev", "--stdin", "--no-config", "--force"];
        let _ = pair.practice.run_with_input(&add, &lines(other)).ok();
        let whose = session(&pair, "dev", pair.other_user());
        assert!(
            whose.ends_with(&format!("/{}", pair.other_user())),
            "{whose}"
        );
        std::fs::write(pair.practice.path().join(VAULT), vault).unwrap();
        std::fs::write(pair.practice.path().join(INDEX), index).unwrap();
        // This test does not check the pin, so remove it.
        std::fs::remove_dir_all(pair.practice.path().join(".local")).unwrap();
        let whose = session(&pair, "dev", pair.user());
        assert!(
            whose.ends_with(&format!("/{}", pair.user())),
            "{older:?}: {whose}"
        );
    }
}

/// A home where `dev` is Bob's key and `twin` Alice's, and an index that says the opposite of the
/// right vault.
fn swapped() -> Pair {
    let practice = practice();
    practice.account.with_accounts(|accounts| {
        let account = accounts
            .account_mut(&"123456789012".parse().unwrap())
            .unwrap();
        let device = account.devices.get_mut(&BOBS_DEVICE.parse().unwrap());
        // The devices of other tests show the same codes, and each code is sent once.
        device.unwrap().seed =
            keyward_sandbox::Seed::from_base32("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP").unwrap();
    });
    for (name, content) in &states()[1] {
        write(&practice, name, content);
    }
    let _ = practice.run(&["env", "twin", "--no-session"]).ok();
    let pair = Pair {
        practice,
        older: Older::Index,
    };
    // Alice's session, as her own profile makes it.
    assert!(session(&pair, "twin", "alice").ends_with("/alice"));
    let mut listed: Value = serde_json::from_str(&pair.practice.read(INDEX)).unwrap();
    for key in listed["keys"].as_array_mut().unwrap() {
        let other = if key["profile"] == "dev" {
            "twin"
        } else {
            "dev"
        };
        key["profile"] = other.into();
    }
    write(&pair.practice, INDEX, listed.to_string().as_bytes());
    pair
}

#[test]
fn an_edited_index_gives_no_profile_the_session_of_another_key() {
    for pins in [true, false] {
        let pair = swapped();
        if !pins {
            std::fs::remove_dir_all(pair.practice.path().join(".local")).unwrap();
        }
        let whose = session(&pair, "dev", "bob");
        assert!(whose.ends_with("/bob"), "{pins}: {whose}");
        let whose = session(&pair, "twin", "alice");
        assert!(whose.ends_with("/alice"), "{pins}: {whose}");
        pair.assert_index_is_right("swapped");
    }
}

#[test]
fn vault_status_compares_an_edited_index_and_makes_it_anew() {
    let pair = swapped();
    let said = pair.practice.run(&["list"]).stderr;
    assert!(said.contains("does not belong"), "{said}");
    let shown = pair.practice.run(&["vault", "status"]).ok();
    assert!(shown.contains(&format!("dev {}", BOB.0)), "{shown}");
    assert_eq!(pair.listed("dev").as_deref(), Some(BOB.0));
    let said = pair.practice.run(&["list"]).stderr;
    assert!(!said.contains("does not belong"), "{said}");
}

/// A command that writes, and what must be under `dev` after it.
struct Writing {
    words: &'static [&'static str],
    input: fn() -> String,
    dev: fn(&Pair) -> Option<String>,
}

const HELD: fn(&Pair) -> Option<String> = |pair| Some(pair.held().to_owned());
const NOTHING: fn() -> String = String::new;

const WRITING: &[Writing] = &[
    Writing {
        words: &["add", "new", "--stdin", "--no-config"],
        input: || lines((ALICE, SECRET)),
        dev: HELD,
    },
    Writing {
        words: &["add", "dev", "--stdin", "--no-config", "--force"],
        input: || lines((ALICE, SECRET)),
        dev: |_| Some(ALICE.to_owned()),
    },
    Writing {
        words: &["remove", "dev", "--yes"],
        input: NOTHING,
        dev: |_| None,
    },
    Writing {
        words: &["rotate", "dev"],
        input: NOTHING,
        // The only key that the user has now.
        dev: |pair| Some(pair.keys_of(pair.user())[0].0.clone()),
    },
    Writing {
        words: &["import", "credentials", "--yes"],
        input: NOTHING,
        dev: HELD,
    },
    Writing {
        words: &[
            "init",
            "--profile",
            "dev",
            "--yes",
            "--no-import",
            "--no-roles",
        ],
        input: NOTHING,
        dev: HELD,
    },
    Writing {
        words: &[
            "vault",
            "import",
            "copy",
            "--copy-passphrase-file",
            "passphrase",
        ],
        input: NOTHING,
        dev: HELD,
    },
    Writing {
        words: &["vault", "passphrase", "--new-passphrase-file", "passphrase"],
        input: NOTHING,
        dev: HELD,
    },
    Writing {
        words: &[
            "vault",
            "slot",
            "add",
            "passphrase",
            "--name",
            "third",
            "--passphrase-file",
            "passphrase",
        ],
        input: NOTHING,
        dev: HELD,
    },
    // A hand-out writes the date of a key whose age was unknown.
    Writing {
        words: &["exec", "dev", "--", "true"],
        input: NOTHING,
        dev: HELD,
    },
    Writing {
        words: &["refresh", "dev"],
        input: NOTHING,
        dev: HELD,
    },
    Writing {
        words: &["vault", "restore", "--yes", "--force"],
        input: NOTHING,
        // The copy beside both is from before Bob's key.
        dev: |_| Some(ALICE.to_owned()),
    },
];

#[test]
fn every_command_that_writes_goes_by_the_vault() {
    for which in EVERY_PAIR {
        for command in WRITING {
            let pair = Pair::new(which);
            pair.practice.write(
                ".aws/credentials",
                "[third]\naws_access_key_id = AKIAIOSFODNN7EXAMPLE\naws_secret_access_key = wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY\n",
            );
            copy_of_the_vault(&pair.practice);
            let story = format!("{which:?}: {:?}", command.words);
            let ran = pair.run(command.words, &(command.input)());
            assert_eq!(ran.code, 0, "{story}: {}", ran.stderr);
            pair.assert_index_is_right(&story);
            assert_eq!(pair.listed("dev"), (command.dev)(&pair), "{story}");
            assert!(pair.listed("twin").is_some(), "{story}");
            for user in ["alice", "bob"] {
                let keys = pair.keys_of(user);
                assert!(
                    matches!(keys.as_slice(), [(_, KeyStatus::Active)]),
                    "{story}: {user} has {keys:?}"
                );
            }
        }
    }
}

/// Commands that write and are not in the list above, since they end differently.
const MORE_WRITING: &[&[&str]] = &[
    &["remove", "dev", "--revoke", "--yes"],
    &["mfa", "enroll", "dev", "--store-seed"],
    &["mfa", "remove", "dev", "--yes"],
    &["rotate", "dev", "--resume"],
    &["rotate", "dev", "--abort"],
    &["rotate", "--due"],
    &["import", "credentials", "--force", "--yes"],
    &["import", "aws-mfa", "--yes"],
    &[
        "rotate",
        "--user",
        "alice",
        "--via",
        "dev",
        "--to",
        "file:delivered",
    ],
    &["vault", "export", "copied"],
];

#[test]
fn every_command_that_writes_refuses_a_vault_that_was_put_back() {
    let listed = WRITING.iter().map(|command| (command.words, command.input));
    let more = MORE_WRITING.iter().map(|words| (*words, NOTHING));
    for (words, input) in listed.chain(more) {
        // `restore` itself goes back to an older state.
        if words.contains(&"restore") {
            continue;
        }
        let pair = Pair::seen((Older::Vault, Form::AsWritten), Seen::After);
        copy_of_the_vault(&pair.practice);
        let vault = std::fs::read(pair.practice.path().join(VAULT)).unwrap();
        let ran = pair.run(words, &input());
        let said = &ran.stderr;
        assert_eq!(ran.code, 4, "{words:?}: {said}");
        assert!(said.contains("is an older state"), "{words:?}: {said}");
        assert!(said.contains("keyward vault accept"), "{words:?}: {said}");
        let now = std::fs::read(pair.practice.path().join(VAULT)).unwrap();
        assert_eq!(now, vault, "{words:?}");
        for user in ["alice", "bob"] {
            let keys = pair.keys_of(user);
            assert!(
                matches!(keys.as_slice(), [(_, KeyStatus::Active)]),
                "{words:?}: {user} has {keys:?}"
            );
        }
    }
}

#[test]
fn a_write_that_was_killed_before_its_index_raises_no_alarm() {
    for seen in [Seen::Before, Seen::After] {
        for command in WRITING {
            let pair = Pair::seen((Older::Index, Form::AsWritten), seen);
            copy_of_the_vault(&pair.practice);
            let story = format!("{seen:?}: {:?}", command.words);
            let ran = pair.run(command.words, &(command.input)());
            assert_eq!(ran.code, 0, "{story}: {}", ran.stderr);
            pair.assert_index_is_right(&story);
            assert_eq!(pair.listed("dev"), (command.dev)(&pair), "{story}");
            let opened = pair.practice.run(&["env", "twin", "--no-session"]);
            assert_eq!(opened.code, 0, "{story}: {}", opened.stderr);
        }
    }
}

#[test]
fn a_slot_goes_whatever_the_index_says() {
    for which in EVERY_PAIR {
        let pair = Pair::new(which);
        let vault = std::fs::read(pair.practice.path().join(VAULT)).unwrap();
        let ran = pair
            .practice
            .run(&["vault", "slot", "remove", "second", "--yes"]);
        assert_eq!(ran.code, 0, "{which:?}: {}", ran.stderr);
        let now = std::fs::read(pair.practice.path().join(VAULT)).unwrap();
        assert_eq!(now, vault, "{which:?}");
        let slots = pair.practice.run(&["vault", "slot", "list"]).ok();
        assert_eq!(slots, "passphrase: a passphrase\n", "{which:?}");
        // The next command that opens the vault sets the index right.
        let opened = pair.practice.run(&["env", "dev", "--no-session"]);
        assert_eq!(opened.code, 0, "{which:?}: {}", opened.stderr);
        assert_eq!(
            pair.listed("dev").as_deref(),
            Some(pair.held()),
            "{which:?}"
        );
        pair.assert_index_is_right(&format!("{which:?}"));
    }
}

#[test]
fn another_users_key_is_replaced_by_means_of_the_key_in_the_vault() {
    for which in EVERY_PAIR {
        let pair = Pair::new(which);
        pair.practice.config(
            "[profile dev]\nregion = eu-central-1\n\n[profile twin]\nregion = eu-central-1\n\n\
             [profile admin]\nsource_profile = dev\nrole_arn = arn:aws:iam::123456789012:role/Administrator\n",
        );
        let other = pair.other_user();
        let words = [
            "rotate",
            "--user",
            other,
            "--via",
            "admin",
            "--to",
            "file:delivered",
        ];
        let old = pair.keys_of(other);
        let ran = pair.run(&words, "");
        let story = format!("{which:?}: {words:?}");
        assert_eq!(ran.code, 0, "{story}: {}", ran.stderr);
        pair.assert_index_is_right(&story);
        assert_eq!(pair.listed("dev").as_deref(), Some(pair.held()), "{story}");
        let new = pair.keys_of(other);
        assert!(
            matches!(new.as_slice(), [(_, KeyStatus::Active)]) && new != old,
            "{story}: {new:?}"
        );
        let delivered = pair.practice.read("delivered");
        assert!(delivered.contains(&new[0].0), "{story}");
        assert_eq!(pair.keys_of(pair.user())[0].0, pair.held(), "{story}");
    }
}

#[test]
fn due_keys_are_replaced_as_the_vault_holds_them() {
    for which in EVERY_PAIR {
        let pair = Pair::new(which);
        pair.practice.write(
            "keyward/config.toml",
            "passphrase_work = 2\nkey_max_age = \"1h\"\n",
        );
        // Both keys are old. Their devices show the same codes.
        let ran = pair.run_as("alice", &["rotate", "--due"], "");
        let story = format!("{which:?}");
        assert_eq!(ran.code, 0, "{story}: {}", ran.stderr);
        pair.assert_index_is_right(&story);
        let key_of = |user: &str| match pair.keys_of(user).as_slice() {
            [(id, KeyStatus::Active)] => id.clone(),
            keys => panic!("{story}: {user} has {keys:?}"),
        };
        assert_ne!(key_of("alice"), ALICE, "{story}");
        assert_eq!(pair.listed("twin"), Some(key_of("alice")), "{story}");
        assert_eq!(pair.listed("dev"), Some(key_of(pair.user())), "{story}");
        // A key that only the index lists cannot be replaced.
        assert_eq!(
            key_of("bob") == BOB.0,
            pair.older == Older::Vault,
            "{story}"
        );
    }
}

#[cfg(unix)]
#[test]
fn a_console_sign_in_comes_and_goes_beside_the_keys_of_the_vault() {
    for which in EVERY_PAIR {
        let mut pair = Pair::new(which);
        crate::signin::with_browser(&mut pair.practice);
        let story = format!("{which:?}");
        let ran = crate::signin::sign_in(&pair.practice, &["--region", "eu-central-1"]);
        assert_eq!(ran.code, 0, "{story}: {}", ran.stderr);
        pair.assert_index_is_right(&story);
        assert_eq!(pair.listed("dev").as_deref(), Some(pair.held()), "{story}");
        let sign_ins = |pair: &Pair| -> usize {
            let index: Value = serde_json::from_str(&pair.practice.read(INDEX)).unwrap();
            index["sign_ins"].as_array().map_or(0, Vec::len)
        };
        assert_eq!(sign_ins(&pair), 1, "{story}");
        let ran = pair.practice.run(&["signin", "console", "--logout"]);
        assert_eq!(ran.code, 0, "{story}: {}", ran.stderr);
        pair.assert_index_is_right(&story);
        assert_eq!(sign_ins(&pair), 0, "{story}");
        assert_eq!(pair.listed("dev").as_deref(), Some(pair.held()), "{story}");
    }
}

#[cfg(unix)]
fn change_dev(practice: &Practice) {
    let add = ["add", "dev", "--stdin", "--no-config", "--force"];
    let _ = practice.run_with_input(&add, &lines(BOB)).ok();
}

/// A home with a console sign-in whose credentials must be renewed at once, where a change made
/// the state of the files that the other one lacks.
#[cfg(unix)]
fn with_sign_in(which: (Older, Form), change: fn(&Practice)) -> Pair {
    let mut practice = practice();
    crate::signin::with_browser(&mut practice);
    for (name, content) in &states()[0] {
        write(&practice, name, content);
    }
    crate::signin::signed_in(&practice);
    let before = files(&practice);
    change(&practice);
    let after = files(&practice);
    // No state is pinned, as on a machine that gets the folder from a backup.
    std::fs::remove_dir_all(practice.path().join(".local")).unwrap();
    Pair::of(practice, [&before, &after], which)
}

#[cfg(unix)]
#[test]
fn a_console_sign_in_is_renewed_beside_the_keys_of_the_vault() {
    for which in EVERY_PAIR {
        let pair = with_sign_in(which, change_dev);
        let story = format!("{which:?}");
        let token = crate::signin::refresh_token(&pair.practice);
        let ran = pair.practice.run(&["credential-process", "console"]);
        assert_eq!(ran.code, 0, "{story}: {}", ran.stderr);
        assert_eq!(crate::signin::outcomes(&pair.practice), ["OK"], "{story}");
        assert_ne!(
            crate::signin::refresh_token(&pair.practice),
            token,
            "{story}"
        );
        pair.assert_index_is_right(&story);
        assert_eq!(pair.listed("dev").as_deref(), Some(pair.held()), "{story}");
        assert_eq!(pair.listed("twin").as_deref(), Some(ALICE), "{story}");
    }
}

/// Renews the sign-in, and ends the session that the renewal gave.
#[cfg(unix)]
fn renew(practice: &Practice) {
    let _ = practice.run(&["credential-process", "console"]).ok();
    let _ = practice.run(&["lock"]).ok();
}

#[cfg(unix)]
#[test]
fn a_renewal_that_was_killed_between_vault_and_index_goes_on() {
    for which in EVERY_PAIR {
        let pair = with_sign_in(which, renew);
        let story = format!("{which:?}");
        let ran = pair.practice.run(&["credential-process", "console"]);
        if pair.older == Older::Index {
            assert_eq!(ran.code, 0, "{story}: {}", ran.stderr);
        } else {
            // AWS takes a refresh token once, so an older vault needs the person.
            assert_eq!(ran.code, 3, "{story}: {}", ran.stderr);
            assert!(
                ran.stderr.contains("hint: keyward signin console"),
                "{story}: {}",
                ran.stderr
            );
            let ran = crate::signin::sign_in(&pair.practice, &[]);
            assert_eq!(ran.code, 0, "{story}: {}", ran.stderr);
        }
        let _ = pair.practice.run(&["credential-process", "console"]).ok();
        pair.assert_index_is_right(&story);
        for name in ["dev", "twin"] {
            assert_eq!(pair.listed(name).as_deref(), Some(ALICE), "{story}");
        }
    }
}

/// A store of another tool, and what the vault holds once it was imported.
struct Foreign {
    words: &'static [&'static str],
    lay_out: fn(&mut Practice),
    /// The keys, by profile.
    holds: &'static [(&'static str, &'static str)],
}

/// The keys `alice` and `team/bob`, sealed as aws-vault and granted do.
fn keyring(practice: &mut Practice, folder: &str) {
    crate::import::lay_out(practice, folder, &["alice", "team%2Fbob"]);
    practice.write("foreign-passphrase", "fixture passphrase\n");
}

const SEALED: &[(&str, &str)] = &[("alice", ALICE), ("team/bob", BOB.0)];
const SECTIONS: &[(&str, &str)] = &[("third", ALICE), ("fourth", BOB.0)];

const FOREIGN: &[Foreign] = &[
    Foreign {
        words: &["aws-vault", "--passphrase-file", "foreign-passphrase"],
        lay_out: |practice| keyring(practice, ".awsvault/keys"),
        holds: SEALED,
    },
    Foreign {
        words: &["granted", "--passphrase-file", "foreign-passphrase"],
        lay_out: |practice| keyring(practice, ".granted/secure-storage-aws-iam-credentials"),
        holds: SEALED,
    },
    Foreign {
        words: &["aws-mfa"],
        lay_out: |practice| {
            let text =
                section("third-long-term", (ALICE, SECRET)) + &section("fourth-long-term", BOB);
            practice.write(".aws/credentials", &text);
        },
        holds: SECTIONS,
    },
    Foreign {
        words: &["credentials", "--from", "elsewhere.ini"],
        lay_out: |practice| {
            let text = section("third", (ALICE, SECRET)) + &section("fourth", BOB);
            practice.write("elsewhere.ini", &text);
        },
        holds: SECTIONS,
    },
];

fn section(name: &str, (id, secret): (&str, &str)) -> String {
    format!("[{name}]\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n")
}

#[test]
fn keys_of_other_tools_move_into_the_vault_as_it_is() {
    for which in EVERY_PAIR {
        for foreign in FOREIGN {
            let mut pair = Pair::new(which);
            (foreign.lay_out)(&mut pair.practice);
            let story = format!("{which:?}: {:?}", foreign.words);
            let words = [&["import"], foreign.words, &["--yes"]].concat();
            let ran = pair.run(&words, "");
            assert_eq!(ran.code, 0, "{story}: {}", ran.stderr);
            pair.assert_index_is_right(&story);
            assert_eq!(pair.listed("dev").as_deref(), Some(pair.held()), "{story}");
            for (profile, id) in foreign.holds {
                assert_eq!(pair.listed(profile).as_deref(), Some(*id), "{story}");
                let ran = pair.practice.run(&["env", profile, "--no-session"]);
                assert_eq!(ran.code, 0, "{story}: {}", ran.stderr);
            }
            let again = pair.run(&words, "");
            assert!(
                again.stdout.is_empty() || again.stdout.starts_with("nothing"),
                "{story}: {}",
                again.stdout
            );
        }
    }
}

#[test]
fn a_key_leaves_the_files_of_another_tool_only_where_the_vault_holds_it() {
    for which in EVERY_PAIR {
        for (words, place, section_name) in [
            (&["aws-mfa"][..], ".aws/credentials", "dev-long-term"),
            (&["credentials"], ".aws/credentials", "dev"),
            (
                &["credentials", "--from", "elsewhere.ini"],
                "elsewhere.ini",
                "dev",
            ),
        ] {
            let pair = Pair::new(which);
            pair.practice.write(place, &section(section_name, BOB));
            let story = format!("{which:?}: {words:?}");
            let ran = pair.run(&[&["import"], words, &["--yes"]].concat(), "");
            let text = pair.practice.read(place);
            // An edited list may keep a key where it is, and takes none away.
            let edited = which.1 == Form::Edited;
            if pair.held() == BOB.0 && !(edited && ran.code == 1) {
                assert_eq!(ran.code, 0, "{story}: {}", ran.stderr);
                assert!(!text.contains(BOB.1), "{story}: {text}");
            } else {
                assert_eq!(ran.code, 1, "{story}: {}", ran.stderr);
                assert_eq!(text, section(section_name, BOB), "{story}");
            }
            if !edited {
                pair.assert_index_is_right(&story);
                assert_eq!(pair.listed("dev").as_deref(), Some(pair.held()), "{story}");
            }
        }
    }
}

#[test]
fn a_device_comes_and_goes_for_the_user_of_the_key_in_the_vault() {
    for form in [Form::AsWritten, Form::Early, Form::Edited] {
        for words in [
            &["mfa", "enroll", "dev", "--store-seed"][..],
            &["mfa", "remove", "dev", "--yes"],
        ] {
            let pair = Pair::new((Older::Index, form));
            let story = format!("{form:?}: {words:?}");
            let ran = pair.run(words, "");
            assert_eq!(ran.code, 0, "{story}: {}", ran.stderr);
            assert!(ran.stderr.contains("mfa/bob"), "{story}: {}", ran.stderr);
            pair.assert_index_is_right(&story);
        }
    }
}

#[test]
fn a_list_that_belongs_to_another_vault_is_shown_with_a_warning() {
    let pair = Pair::new((Older::Index, Form::AsWritten));
    let ran = pair.practice.run(&["list"]);
    assert!(ran.stderr.contains("does not belong"), "{}", ran.stderr);
    assert!(ran.stdout.contains("dev"), "{}", ran.stdout);
    for words in [&["explain", "dev"][..], &["explain", "dev", "--json"]] {
        let said = pair.practice.run(words).stderr;
        assert!(said.contains("does not belong"), "{words:?}: {said}");
    }
    let _ = pair.practice.run(&["vault", "status"]).ok();
    for words in [&["list"][..], &["explain", "dev"]] {
        let said = pair.practice.run(words).stderr;
        assert!(!said.contains("does not belong"), "{words:?}: {said}");
    }
}

/// An encrypted copy with another key in it.
fn copy_of_the_vault(practice: &Practice) {
    let elsewhere: PathBuf = practice.path().join("elsewhere");
    let there = |words: &[&str], input: &str| {
        let mut command = practice.command(words);
        command.env("KEYWARD_HOME", &elsewhere);
        keyward_testkit::finish(command, input).ok()
    };
    practice.write("elsewhere/config.toml", "passphrase_work = 2\n");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(&elsewhere, mode).unwrap();
    }
    let _ = there(
        &["add", "copied", "--stdin", "--no-config", "--no-verify"],
        &lines((ALICE, SECRET)),
    );
    let export = [
        "vault",
        "export",
        "copy",
        "--copy-passphrase-file",
        "passphrase",
    ];
    let _ = there(&export, "");
}

#[test]
fn a_folder_or_a_pipe_in_the_place_of_the_index_stops_no_command() {
    let practice = Practice::with_key();
    let path = practice.path().join(INDEX);
    std::fs::remove_file(&path).unwrap();
    std::fs::create_dir(&path).unwrap();
    let ran = practice.run(&["credential-process", "bare"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("move it away"), "{}", ran.stderr);
    std::fs::remove_dir(&path).unwrap();
    #[cfg(target_os = "linux")]
    {
        rustix::fs::mkfifoat(rustix::fs::CWD, &path, rustix::fs::Mode::RUSR).unwrap();
        let ran = practice.run(&["credential-process", "bare"]);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        assert!(practice.read(INDEX).contains(ALICE));
    }
}

#[test]
fn a_removed_key_is_reported_even_if_its_sessions_stay() {
    let practice = Practice::with_key();
    let sessions = practice.path().join("keyward/sessions");
    let _ = std::fs::remove_dir_all(&sessions);
    std::fs::write(&sessions, "").unwrap();
    let said = practice.run(&["remove", "bare", "--yes"]).fails_with(1);
    assert!(said.contains("removed AKIA"), "{said}");
    assert!(said.contains("still uses the key"), "{said}");
    assert!(said.contains("hint: keyward lock"), "{said}");
}

/// The hint must not ask for a move of files below a file.
#[test]
#[cfg(unix)]
fn a_file_in_the_place_of_the_folder_is_named() {
    let mut practice = Practice::start();
    practice.write("notes", "");
    let file = practice.path().join("notes");
    practice.set("KEYWARD_HOME", file.to_str().unwrap());
    let said = practice.run(&["vault", "status"]).stderr;
    let hint = format!(
        "hint: `{}` is not a folder: set KEYWARD_HOME to one\n",
        file.display()
    );
    assert!(said.ends_with(&hint), "{said}");
}
