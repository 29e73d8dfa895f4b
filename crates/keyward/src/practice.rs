//! A throw-away home pointed at a practice account: what `sandbox` and `demo` run commands in.

use std::path::{Path, PathBuf};
use std::process::Command;

use keyward_core::id::{AccountId, MfaSerial};
use keyward_core::secret::Passphrase;
use keyward_sandbox::{Accounts, Clock, Options, Sandbox};
use keyward_vault::{Paths, Vault, WorkFactor};

use crate::environment as env;
use crate::screen::error::CliError;
use crate::state::local_state::now;

mod people;
pub(crate) mod rehearse;

use people::Person;

/// The user of the practice account.
pub(crate) const USER: &str = "alice";
/// AWS's documented example key, which the practice account's user has.
pub(crate) const ACCESS_KEY_ID: &str = "AKIAIOSFODNN7EXAMPLE";
/// Its secret half, as AWS documents it.
pub(crate) const SECRET_ACCESS_KEY: &str = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY";
/// The passphrase of a practice vault. It protects nothing: the key above is public.
pub(crate) const PASSPHRASE: &str = "practice vault";

/// The profiles of a home for the practice user.
const CONFIG: &str = include_str!("practice/config");

/// The file of a practice home that says where its account listens.
const URL_FILE: &str = "url";
/// The beginning of the names of practice homes.
const HOME_PREFIX: &str = "keyward-practice-";

/// Returns the addresses of this user's practice accounts, the newest first. One that was killed
/// may still have its home.
pub(crate) fn running() -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(std::env::temp_dir()) else {
        return Vec::new();
    };
    let mut homes: Vec<_> = entries
        .flatten()
        .filter(|entry| entry.file_name().to_string_lossy().starts_with(HOME_PREFIX))
        .filter_map(|entry| Some((entry.metadata().ok()?, entry.path())))
        .filter(|(found, _)| found.is_dir() && is_own(found))
        .filter_map(|(found, path)| Some((found.modified().ok()?, path)))
        .collect();
    homes.sort();
    let url = |(_, home): (_, PathBuf)| std::fs::read_to_string(home.join(URL_FILE)).ok();
    homes.into_iter().rev().filter_map(url).collect()
}

/// Whether a folder is this user's and closed to others: any user may make one in that place.
#[cfg(unix)]
fn is_own(found: &std::fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    found.uid() == rustix::process::geteuid().as_raw() && found.mode() & 0o077 == 0
}

#[cfg(not(unix))]
fn is_own(_found: &std::fs::Metadata) -> bool {
    true
}

/// The content of a practice home's vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keys {
    /// Nothing: there is no vault yet.
    None,
    /// The keys of all users, so that their profiles work at once.
    OfUsers,
}

/// The AWS files of the home.
const CONFIG_FILE: &str = ".aws/config";
const CREDENTIALS_FILE: &str = ".aws/credentials";

/// A running practice account and its home.
pub(crate) struct Practice {
    /// The account.
    pub(crate) server: Sandbox,
    home: tempfile::TempDir,
}

impl Practice {
    /// Starts the account and lays out the home.
    pub(crate) fn start(accounts: Accounts, port: u16, keys: Keys) -> Result<Self, CliError> {
        let people = people::of(&accounts);
        let server = Sandbox::start(
            accounts,
            Options {
                port,
                clock: Clock::real(),
            },
        )
        .map_err(|e| CliError::failed("the practice account cannot start").because(e))?;
        let unwritable = |e: std::io::Error| {
            CliError::failed("the practice home cannot be made")
                .because(e)
                .hint("TMPDIR names a folder that you can write, in place of the system's folder for temporary files")
        };
        let home = home_folder().map_err(unwritable)?;
        let write = |name: &str, text: &str| {
            crate::aws_files::rewrite::create(&home.path().join(name), text.as_bytes())
                .map_err(unwritable)
        };
        // The usual places, so that a page that names them holds here, too.
        std::fs::create_dir(home.path().join(".aws")).map_err(unwritable)?;
        write(CONFIG_FILE, &people::config(&people))?;
        write(CREDENTIALS_FILE, "")?;
        write("passphrase", PASSPHRASE)?;
        write(URL_FILE, &server.url())?;
        let practice = Self { server, home };
        if keys == Keys::OfUsers && !people.is_empty() {
            practice.store(people)?;
        }
        Ok(practice)
    }

    fn store(&self, people: Vec<Person>) -> Result<(), CliError> {
        // The programs inside look for the pins here.
        let pins = self.home.path().join("state").join("keyward");
        let vault = Vault::at(Paths::new(self.data_folder())).with_pins(&pins);
        let passphrase: Passphrase = PASSPHRASE
            .parse()
            .expect("the practice passphrase is not empty");
        // A practice account holds no secrets, so its vault may open fast.
        let work = WorkFactor::fixed(2).expect("2 is a work factor");
        let mut open = vault.create(&passphrase, work, now())?;
        open.update(|document| {
            for person in people {
                document.put_key(person.into_key());
            }
        })?;
        Ok(())
    }

    /// The names of the home's profiles.
    pub(crate) fn profiles(&self) -> Vec<String> {
        let text = std::fs::read_to_string(self.config_file()).unwrap_or_default();
        let names = text
            .lines()
            .filter_map(|line| line.strip_prefix("[profile ")?.strip_suffix(']'));
        names.map(str::to_owned).collect()
    }

    /// The home folder of what runs inside.
    pub(crate) fn home_folder(&self) -> &Path {
        self.home.path()
    }

    /// The config file of the home.
    pub(crate) fn config_file(&self) -> PathBuf {
        self.home.path().join(CONFIG_FILE)
    }

    /// A command that sees the practice account and nothing of the person's own AWS.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        for (name, _) in std::env::vars_os() {
            let foreign = name
                .to_str()
                .is_some_and(|name| name.starts_with("AWS_") || name.starts_with("KEYWARD_"));
            // The possible caches of sessions depend on the machine, not on the account.
            if foreign && name != env::SESSION_TIER {
                command.env_remove(&name);
            }
        }
        for proxy in ["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"] {
            command.env_remove(proxy);
        }
        let place = |name: &str| -> PathBuf { self.home.path().join(name) };
        command
            // Sign-ins that SDKs share are in the home folder and are deleted with it.
            .env("HOME", self.home.path())
            .env("USERPROFILE", self.home.path())
            // The pins of the practice vault are deleted with it, too.
            .env(env::STATE_HOME, place("state"))
            .env(env::HOME, place("keyward"))
            .env(env::AWS_CONFIG_FILE, self.config_file())
            .env(env::AWS_SHARED_CREDENTIALS_FILE, place(CREDENTIALS_FILE))
            .env(env::PASSPHRASE_FILE, place("passphrase"))
            .env(env::AWS_ENDPOINT_URL, self.server.url())
            // Where Terraform and some libraries call STS for the role of a profile. They read no other.
            .env("AWS_ENDPOINT_URL_STS", self.server.url())
            .env(
                "KEYWARD_SIGNIN_URL",
                format!("{}/federation", self.server.url()),
            )
            .env(
                "KEYWARD_CONSOLE_URL",
                format!("{}/console", self.server.url()),
            )
            .env(env::PRACTICE_URL, self.server.url());
        command
    }

    /// This very program.
    pub(crate) fn keyward(&self) -> Result<Command, CliError> {
        let program = keyward_ready::pair::own_path()
            .map_err(|e| CliError::failed("this program cannot find itself").because(e))?;
        Ok(self.command(&program))
    }

    /// The practice home's own keyward folder.
    fn data_folder(&self) -> PathBuf {
        self.home.path().join("keyward")
    }

    /// The account that plays where no other is named.
    pub(crate) fn account() -> AccountId {
        "123456789012"
            .parse()
            .expect("AWS's documentation account is an account")
    }

    /// The phone.
    pub(crate) fn serial() -> MfaSerial {
        "arn:aws:iam::123456789012:mfa/alice"
            .parse()
            .expect("the practice serial is a serial")
    }
}

/// A new home folder that only its owner may enter: what runs inside keeps its own things there.
fn home_folder() -> std::io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(HOME_PREFIX);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir()
}

impl Drop for Practice {
    fn drop(&mut self) {
        // The key of the practice sessions may be in the kernel's keyring; it is deleted with the home.
        if let Ok(mut lock) = self.keyward() {
            let _ = lock
                .arg("lock")
                .stderr(std::process::Stdio::null())
                .status();
        }
    }
}
