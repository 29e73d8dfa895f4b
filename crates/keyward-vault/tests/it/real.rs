//! Slots against the real programs: GnuPG, `pass`, the gnome-keyring daemon and `age`. Where
//! one is not installed it cannot be tested, so each test looks for it first.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use keyward_core::chain::CacheKey;
use keyward_core::secret::Passphrase;
use keyward_core::{Credentials, Timestamp};
use keyward_vault::{
    Access, AddSlotError, Document, ExportTo, ImportError, ImportWith, LockGeneration, NewSlot,
    OpenSlotError, Paths, SessionCall, SessionMeta, SessionOrigin, SessionStore, SessionTier, Slot,
    SlotName, Tier, TierChoice, UnlockSlotError, Vault, WorkFactor, export, forget_all,
    read_export,
};

fn installed(program: &str) -> bool {
    let found = |folder: PathBuf| folder.join(program).is_file();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_there = std::env::split_paths(&path).any(found);
    if !is_there {
        keyward_testkit::skipped(&format!("`{program}` is not installed"));
    }
    is_there
}

fn now() -> Timestamp {
    Timestamp::from_second(1_767_225_600)
}

fn slot_name() -> SlotName {
    "second".parse().unwrap()
}

/// A vault with a passphrase slot, to which `new` is added and by which alone it then opens.
fn vault_with(home: &Path, new: NewSlot<'_>, access: &Access) -> (Vault, Slot) {
    let vault = Vault::at(Paths::new(home.join("root")));
    let passphrase: Passphrase = "first".parse().unwrap();
    let open = vault
        .create(&passphrase, WorkFactor::fixed(1).unwrap(), now())
        .unwrap();
    let slot = open.add_slot(slot_name(), new, access, now()).unwrap();
    let first = "passphrase".parse().unwrap();
    assert!(vault.remove_slot(&first, access).unwrap().is_none());
    vault.unlock_slot(&slot_name(), access).unwrap();
    (vault, slot)
}

/// GnuPG with its own home and a throw-away key. The path is short, because it contains the agent's
/// socket.
struct Gpg {
    home: tempfile::TempDir,
}

impl Gpg {
    fn new() -> Self {
        let home = tempfile::Builder::new()
            .prefix("kw")
            .tempdir_in("/tmp")
            .unwrap();
        fs::set_permissions(home.path(), fs::Permissions::from_mode(0o700)).unwrap();
        let gpg = Self { home };
        let made = Command::new("gpg")
            .env("GNUPGHOME", gpg.home.path())
            .args([
                "--quiet",
                "--batch",
                "--pinentry-mode",
                "loopback",
                "--passphrase",
                "",
            ])
            .args([
                "--quick-gen-key",
                "vault test <vault@test.invalid>",
                "future-default",
                "default",
            ])
            .arg("never")
            .status()
            .unwrap();
        assert!(made.success());
        gpg
    }

    /// A program that runs `program` with this home.
    fn wrapper(&self, program: &str) -> PathBuf {
        let path = self.home.path().join(format!("run-{program}"));
        let (gnupg, store) = (self.home.path().display(), self.home.path().join("store"));
        let text = format!(
            "#!/bin/sh\nGNUPGHOME='{gnupg}' PASSWORD_STORE_DIR='{}' exec {program} \"$@\"\n",
            store.display()
        );
        fs::write(&path, text).unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
        path
    }

    fn access(&self) -> Access {
        Access {
            gpg: self.wrapper("gpg"),
            pass: self.wrapper("pass"),
            ..Access::unattended()
        }
    }
}

impl Drop for Gpg {
    fn drop(&mut self) {
        let _ = Command::new("gpgconf")
            .env("GNUPGHOME", self.home.path())
            .args(["--kill", "all"])
            .stderr(Stdio::null())
            .status();
    }
}

#[test]
fn gpg_opens_the_vault_with_a_key_named_by_its_address() {
    if !installed("gpg") {
        return;
    }
    let gpg = Gpg::new();
    let access = gpg.access();
    let user = "vault@test.invalid".to_owned();
    let (vault, _) = vault_with(gpg.home.path(), NewSlot::Gpg { user }, &access);
    // Without the key there is a reason, and no vault.
    let elsewhere = Gpg::new();
    match vault.unlock_slot(&slot_name(), &elsewhere.access()) {
        Err(UnlockSlotError::Slot(OpenSlotError::Failed { message, .. })) => {
            assert!(message.contains("No secret key"), "{message}");
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn pass_opens_the_vault() {
    if !installed("gpg") || !installed("pass") {
        return;
    }
    let gpg = Gpg::new();
    let access = gpg.access();
    let made = Command::new(&access.pass)
        .args(["init", "vault@test.invalid"])
        .output()
        .unwrap();
    assert!(made.status.success());
    let entry = "aws/keyward".parse().unwrap();
    let (vault, _) = vault_with(gpg.home.path(), NewSlot::Pass { entry }, &access);
    let file = gpg.home.path().join("store/aws/keyward.gpg");
    assert!(file.exists());
    fs::remove_file(&file).unwrap();
    match vault.unlock_slot(&slot_name(), &access) {
        Err(UnlockSlotError::Slot(OpenSlotError::Failed { message, .. })) => {
            assert!(
                message.contains("aws/keyward is not in the password store"),
                "{message}"
            );
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn age_itself_opens_the_files_with_an_ssh_key() {
    if !installed("age") || !installed("ssh-keygen") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    for kind in ["ed25519", "rsa"] {
        let folder = home.path().join(kind);
        fs::create_dir(&folder).unwrap();
        let key = folder.join("key");
        let made = Command::new("ssh-keygen")
            .args(["-q", "-t", kind, "-N", "", "-f"])
            .arg(&key)
            .status()
            .unwrap();
        assert!(made.success());
        let access = Access::unattended();
        let new = NewSlot::Ssh {
            identity_file: key.clone(),
        };
        let (vault, _) = vault_with(&folder, new, &access);
        let age = |identity: &Path, file: &Path| {
            let output = Command::new("age")
                .args(["-d", "-i"])
                .arg(identity)
                .arg(file)
                .output()
                .unwrap();
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
            output.stdout
        };
        let identity = folder.join("identity.txt");
        fs::write(
            &identity,
            age(&key, &vault.paths().slots().join("second.age")),
        )
        .unwrap();
        let document = String::from_utf8(age(&identity, &vault.paths().vault())).unwrap();
        assert!(document.starts_with(r#"{"version":1,"#), "{document}");
    }
}

/// A key as `ssh-keygen` makes it.
fn ssh_key(folder: &Path, words: &[&str]) -> PathBuf {
    let key = folder.join("key");
    let made = Command::new("ssh-keygen")
        .args(["-q", "-N", "", "-f"])
        .arg(&key)
        .args(words)
        .status()
        .unwrap();
    assert!(made.success());
    key
}

#[test]
fn small_rsa_key_makes_no_slot() {
    if !installed("ssh-keygen") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let key = ssh_key(home.path(), &["-t", "rsa", "-b", "1024"]);
    let vault = Vault::at(Paths::new(home.path().join("root")));
    let passphrase: Passphrase = "first".parse().unwrap();
    let open = vault
        .create(&passphrase, WorkFactor::fixed(1).unwrap(), now())
        .unwrap();
    let new = NewSlot::Ssh { identity_file: key };
    let refused = open.add_slot(slot_name(), new, &Access::unattended(), now());
    match refused {
        Err(AddSlotError::Make(OpenSlotError::SmallKey { bits: 1024, .. })) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(vault.slots().unwrap().len(), 1);
}

#[test]
fn copy_for_an_ssh_key_opens_with_it_and_no_other() {
    if !installed("ssh-keygen") {
        return;
    }
    for kind in ["ed25519", "rsa"] {
        let (mine, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let key = ssh_key(mine.path(), &["-t", kind]);
        let public = fs::read_to_string(key.with_extension("pub")).unwrap();
        let recipient: age::ssh::Recipient = public.parse().unwrap();
        let copy = export(&Document::default(), &ExportTo::Ssh(&recipient)).unwrap();
        let access = Access::unattended();
        assert!(read_export(&copy, &ImportWith::SshKey(&key, &access)).is_ok());
        let other = ssh_key(other.path(), &["-t", kind]);
        let refused = read_export(&copy, &ImportWith::SshKey(&other, &access));
        assert!(matches!(refused, Err(ImportError::OtherIdentity)));
    }
}

const STATE: &str = "KEYWARD_KEYRING_TEST_STATE";
const HOME: &str = "KEYWARD_KEYRING_TEST_HOME";

fn sessions(vault: &Vault) -> SessionStore {
    SessionStore::open(
        vault.paths(),
        Tier {
            choice: TierChoice::Keystore,
            runtime_dir: None,
        },
    )
}

fn sessions_live_in_the_keystore(vault: &Vault) {
    let key = CacheKey::of(&["one"]);
    let meta = SessionMeta {
        profile: "admin".parse().unwrap(),
        call: SessionCall::GetSessionToken,
        role_arn: None,
        origin: SessionOrigin::default(),
        created: now(),
    };
    let credentials = Credentials {
        access_key_id: "ASIAIOSFODNN7EXAMPLE".parse().unwrap(),
        secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".parse().unwrap(),
        session_token: Some("EXAMPLETOKEN".parse().unwrap()),
        expires_at: Some(now().after(Duration::from_secs(3600))),
        account_id: None,
    };
    assert_eq!(sessions(vault).tier(), SessionTier::Keystore);
    let since = LockGeneration::of(vault.paths()).see().unwrap();
    sessions(vault)
        .put(&key, &meta, &credentials, now(), &since)
        .unwrap();
    assert!(
        sessions(vault)
            .get(&key, &SessionOrigin::default(), now(), Duration::ZERO)
            .is_some()
    );
    let file = vault.paths().sessions().join(format!("{key}.age"));
    let kept = fs::read(&file).unwrap();
    // The process that locks need not know that a keystore was in use.
    assert!(forget_all(vault.paths(), None, &keyward_vault::Patient).is_empty());
    fs::write(&file, kept).unwrap();
    fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
    assert!(
        sessions(vault)
            .get(&key, &SessionOrigin::default(), now(), Duration::ZERO)
            .is_none()
    );
}

/// Not a test of its own: what runs on a private bus beside a keyring daemon.
#[test]
fn child_beside_a_keyring() {
    let (Ok(state), Ok(home)) = (std::env::var(STATE), std::env::var(HOME)) else {
        return;
    };
    let (home, access) = (Path::new(&home), Access::unattended());
    let vault = Vault::at(Paths::new(home.join("root")));
    let closed = |expect: &str| match vault.unlock_slot(&slot_name(), &access) {
        Err(UnlockSlotError::Slot(error)) => assert!(error.to_string().contains(expect), "{error}"),
        other => panic!("{other:?}"),
    };
    match state.as_str() {
        "unlocked" => drop(vault_with(home, NewSlot::Os, &access)),
        "unlocked again" => {
            vault.unlock_slot(&slot_name(), &access).unwrap();
            sessions_live_in_the_keystore(&vault);
        }
        "locked" => {
            closed("the desktop's keystore is locked");
            assert_eq!(sessions(&vault).tier(), SessionTier::Process);
        }
        "no daemon" => closed("the desktop's keystore is not available"),
        "removed" => {
            let open = vault.unlock_slot(&slot_name(), &access).unwrap();
            let (passphrase, work) = ("first".parse().unwrap(), WorkFactor::fixed(1).unwrap());
            let new = NewSlot::Passphrase {
                passphrase: &passphrase,
                work,
            };
            open.add_slot("first".parse().unwrap(), new, &access, now())
                .unwrap();
            let metadata = vault.paths().slots().join("second.json");
            let kept = fs::read(&metadata).unwrap();
            assert!(vault.remove_slot(&slot_name(), &access).unwrap().is_none());
            fs::write(&metadata, kept).unwrap();
            fs::set_permissions(&metadata, fs::Permissions::from_mode(0o600)).unwrap();
            closed("has no entry for this vault");
        }
        other => panic!("{other}"),
    }
}

/// A bus that starts no services by itself.
#[cfg(target_os = "linux")]
const BUS: &str = r#"<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>
<policy context="default"><allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy>
</busconfig>"#;

/// Runs the child on a bus of its own, after `daemon` has been started there. The daemon ends some time
/// after its bus. A new one would leave the work to it if it found the socket, so each has a folder of its
/// own.
#[cfg(target_os = "linux")]
fn beside_keyring(home: &Path, daemon: &str, state: &str) {
    let inner = format!(
        "{daemon}\n\"$0\" --exact real::child_beside_a_keyring --nocapture; code=$?\n\
         [ -z \"$GNOME_KEYRING_PID\" ] || kill \"$GNOME_KEYRING_PID\"\nexit $code"
    );
    let runtime = tempfile::tempdir_in(home).unwrap();
    let config = home.join("bus.conf");
    fs::write(&config, BUS).unwrap();
    let output = Command::new("dbus-run-session")
        .arg("--config-file")
        .arg(config)
        .args(["--", "sh", "-c", &inner])
        .arg(std::env::current_exe().unwrap())
        .env_remove("DBUS_SESSION_BUS_ADDRESS")
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .envs([("HOME", home), ("XDG_RUNTIME_DIR", runtime.path())])
        .envs(
            ["XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME"]
                .map(|name| (name, home.join("xdg"))),
        )
        .env(STATE, state)
        .env(HOME, home)
        .output()
        .unwrap();
    let (text, errors) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{state}: {text}{errors}"
    );
}

#[cfg(target_os = "linux")]
#[test]
fn the_gnome_keyring_opens_the_vault_when_it_is_unlocked_and_says_so_when_not() {
    if !installed("gnome-keyring-daemon") || !installed("dbus-run-session") {
        return;
    }
    let home = tempfile::tempdir().unwrap();
    let unlocked = "eval \"$(printf keyring | gnome-keyring-daemon --unlock --components=secrets 2>/dev/null)\"";
    let locked = "eval \"$(gnome-keyring-daemon --start --components=secrets 2>/dev/null)\"";
    beside_keyring(home.path(), unlocked, "unlocked");
    beside_keyring(home.path(), unlocked, "unlocked again");
    beside_keyring(home.path(), locked, "locked");
    beside_keyring(home.path(), ":", "no daemon");
    beside_keyring(home.path(), unlocked, "removed");
}
