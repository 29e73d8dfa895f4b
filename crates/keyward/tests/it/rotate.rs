//! Key rotation against the practice account: the straight way, the bad days, and every place
//! where it can die.

mod age;
mod days;
mod github;
pub(crate) mod host;
#[cfg(all(unix, debug_assertions))]
mod kills;
mod own;
mod revoke;

use std::ops::{Deref, DerefMut};
use std::path::PathBuf;
use std::sync::OnceLock;

use keyward_sandbox::KeyStatus;
use keyward_testkit::Ran;

use crate::practice::{Practice, SERIAL};

/// A profile whose role may do everything.
pub(crate) const ADMIN: &str = "\n[profile admin]\nsource_profile = alice\nrole_arn = arn:aws:iam::123456789012:role/Administrator\n";

/// A practice account whose rotations do not wait.
pub(crate) struct Rotation(pub(crate) Practice);

/// A key as AWS has it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct AtAws {
    id: String,
    status: KeyStatus,
}

impl Rotation {
    /// Alice's key is stored as `alice` and `bare`.
    pub(crate) fn new() -> Self {
        let mut practice = Practice::start();
        for (name, content) in template() {
            let path = practice.path().join(name);
            owner_only::folder(path.parent().unwrap());
            owner_only::file(&path, content);
        }
        practice.set("KEYWARD_TEST_PACE_MS", "1");
        Self(practice)
    }

    /// Runs with a code that was not spent.
    fn run_with_code(&self, arguments: &[&str], more: &[(&str, &str)]) -> Ran {
        let code = self.account.fresh_code(&SERIAL.parse().unwrap()).unwrap();
        let mut command = self.command(arguments);
        command.env("KEYWARD_MFA_CODE", code.expose());
        command.envs(more.iter().copied());
        keyward_testkit::finish(command, "")
    }

    /// Rotates with a fresh code.
    fn rotate(&self, arguments: &[&str]) -> Ran {
        let arguments: Vec<&str> = ["rotate"].iter().chain(arguments).copied().collect();
        self.run_with_code(&arguments, &[])
    }

    /// The keys of a user at AWS.
    fn keys_of(&self, user: &str) -> Vec<AtAws> {
        self.account.with_accounts(|accounts| {
            let account = accounts.account(&"123456789012".parse().unwrap()).unwrap();
            account.users[&user.parse().unwrap()]
                .keys
                .iter()
                .map(|key| AtAws {
                    id: key.id.to_string(),
                    status: key.status,
                })
                .collect()
        })
    }

    /// The id that the index lists under a name.
    fn stored(&self, profile: &str) -> String {
        let index = self.read("keyward/index.json");
        let index: serde_json::Value = serde_json::from_str(&index).unwrap();
        let keys = index["keys"].as_array().unwrap();
        let key = keys.iter().find(|key| key["profile"] == profile).unwrap();
        key["access_key_id"].as_str().unwrap().to_owned()
    }

    /// Asserts the end of every story: one key at AWS, active, the same under each name of the
    /// vault, working with the secret of the vault, and nothing unfinished.
    #[track_caller]
    fn assert_one_working_key(&self, story: &str) -> String {
        let keys = self.keys_of("alice");
        assert_eq!(keys.len(), 1, "{story}: {keys:?}");
        assert_eq!(keys[0].status, KeyStatus::Active, "{story}");
        for profile in ["alice", "bare"] {
            assert_eq!(self.stored(profile), keys[0].id, "{story}: {profile}");
        }
        // The key itself, straight from the vault: its secret is the one that AWS knows.
        let mut command = self.command(&["exec", "bare", "--no-session", "--"]);
        command.args([env!("CARGO_BIN_EXE_keyward"), "whoami"]);
        let ran = keyward_testkit::finish(command, "");
        assert_eq!(ran.code, 0, "{story}: {}", ran.stderr);
        let listed = self.run(&["list"]);
        assert!(
            !listed.stderr.contains("not finished"),
            "{story}: {}",
            listed.stderr
        );
        keys[0].id.clone()
    }
}

/// The files of a vault with Alice's key as `alice` and `bare`, made once: hundreds of stories
/// begin with it.
fn template() -> &'static [(PathBuf, Vec<u8>)] {
    static TEMPLATE: OnceLock<Vec<(PathBuf, Vec<u8>)>> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let practice = Practice::with_key();
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
    })
}

/// The vault refuses what others may read.
mod owner_only {
    use std::io::Write as _;
    use std::path::Path;

    pub(super) fn folder(path: &Path) {
        let mut builder = std::fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(path).unwrap();
    }

    pub(super) fn file(path: &Path, content: &[u8]) {
        let mut options = std::fs::File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(path).unwrap().write_all(content).unwrap();
    }
}

impl Deref for Rotation {
    type Target = Practice;

    fn deref(&self) -> &Practice {
        &self.0
    }
}

impl DerefMut for Rotation {
    fn deref_mut(&mut self) -> &mut Practice {
        &mut self.0
    }
}
