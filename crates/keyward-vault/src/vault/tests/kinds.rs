//! Every kind of slot opens the vault, and says why when it cannot. Other programs are played
//! by scripts here; `ssh-keygen` is the real one.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex};

use super::*;
use crate::slot::{AddSlotError, CommandLine, OpenSlotError, Prompter, Question};
use crate::vault::{OpenAnyError, UnlockSlotError};

/// A user who gives the same answer to every question for a secret, and remembers the questions.
struct Parrot {
    answer: &'static str,
    asked: Mutex<Vec<Question>>,
}

impl Parrot {
    fn access(answer: &'static str) -> (Access, Arc<Self>) {
        let parrot = Arc::new(Self {
            answer,
            asked: Mutex::default(),
        });
        (
            Access::with(Arc::clone(&parrot) as Arc<dyn Prompter>),
            parrot,
        )
    }
}

impl Prompter for Parrot {
    fn secret(&self, question: &Question) -> Option<Passphrase> {
        self.asked.lock().unwrap().push(question.clone());
        self.answer.parse().ok()
    }

    fn text(&self, _: &str) -> Option<String> {
        None
    }

    fn choose(&self, _: &str, _: &str, _: Option<&str>) -> Option<bool> {
        None
    }

    fn say(&self, _: &str) {}
}

fn second() -> SlotName {
    "second".parse().unwrap()
}

fn words(words: &[&str]) -> CommandLine {
    CommandLine::new(words.iter().map(|word| (*word).to_owned()).collect()).unwrap()
}

fn script(home: &Path, name: &str, text: &str) -> PathBuf {
    let path = home.join(name);
    fs::write(&path, format!("#!/bin/sh\n{text}")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

impl Fixture {
    fn home(&self) -> &Path {
        self._home.path()
    }

    fn add(&self, new: NewSlot<'_>, access: &Access) -> Result<Slot, AddSlotError> {
        self.open().add_slot(second(), new, access, now())
    }

    fn why_closed(&self, access: &Access) -> OpenSlotError {
        match self.vault.unlock_slot(&second(), access) {
            Err(UnlockSlotError::Slot(error)) => error,
            other => panic!("{other:?}"),
        }
    }
}

/// The slot opens the vault alone, is listed as it was made, and holds no identity in the clear.
fn opens_alone(fixture: &Fixture, slot: &Slot, access: &Access) {
    assert!(fixture.vault.slots().unwrap().contains(slot));
    for (path, content) in fixture.files() {
        let shown = String::from_utf8_lossy(&content).contains("AGE-SECRET-KEY");
        assert!(!shown, "{}", path.display());
    }
    assert!(
        fixture
            .vault
            .remove_slot(&passphrase_slot(), access)
            .unwrap()
            .is_none()
    );
    fixture.vault.unlock_slot(&slot.name, access).unwrap();
    let unlocked = fixture
        .vault
        .unlock(&[], access, |name, why| panic!("{name}: {why}"))
        .unwrap();
    assert_eq!(unlocked.slot, slot.name);
}

#[test]
fn a_command_keeps_the_identity_and_prints_it() {
    let (fixture, access) = (Fixture::new(), Access::unattended());
    let kept = fixture.home().join("kept");
    let kept = kept.to_str().unwrap();
    let store = || Some(words(&["/bin/sh", "-c", "umask 077; cat > \"$0\"", kept]));
    let slot = fixture
        .add(
            NewSlot::Command {
                read: words(&["cat", kept]),
                store: store(),
            },
            &access,
        )
        .unwrap();
    opens_alone(&fixture, &slot, &access);
    fs::write(kept, "hunter2").unwrap();
    let error = fixture.why_closed(&access).to_string();
    assert!(
        error.contains("`cat`") && !error.contains("hunter2"),
        "{error}"
    );
    fs::write(kept, Identity::generate().expose().as_bytes()).unwrap();
    let other = fixture.vault.unlock_slot(&second(), &access);
    assert!(matches!(
        other,
        Err(UnlockSlotError::Read(ReadError::OtherKey(_)))
    ));
}

#[test]
fn a_command_that_does_not_give_back_what_it_got_makes_no_slot() {
    let (fixture, access) = (Fixture::new(), Access::unattended());
    let other = Identity::generate().expose();
    for (read, store) in [
        (words(&["true"]), None),
        (words(&["false"]), None),
        (words(&["/nonexistent"]), None),
        (words(&["echo", &other]), Some(words(&["cat"]))),
    ] {
        assert!(
            fixture
                .add(NewSlot::Command { read, store }, &access)
                .is_err()
        );
    }
    assert_eq!(fixture.vault.slots().unwrap().len(), 1);
}

/// A password store of one folder without encryption, with the arguments of the real one.
const PASS: &str = r#"
store="$(dirname "$0")/store"; mkdir -p "$store"
for last in "$@"; do :; done
file="$store/$(printf %s "$last" | tr / _)"
case "$1 $2 $3" in
"insert --multiline --force") cat > "$file" ;;
"show $last ") if [ -e "$file" ]; then cat "$file"; else echo "Error: $last is not in the password store." >&2; exit 1; fi ;;
"rm --force $last") rm "$file" ;;
*) echo "unexpected: $*" >&2; exit 2 ;;
esac"#;

#[test]
fn an_entry_of_pass_opens_the_vault_and_is_removed_with_the_slot() {
    let fixture = Fixture::new();
    let pass = script(fixture.home(), "pass", PASS);
    let access = Access {
        pass,
        ..Access::unattended()
    };
    let slot = fixture
        .add(
            NewSlot::Pass {
                entry: "aws/keyward".parse().unwrap(),
            },
            &access,
        )
        .unwrap();
    opens_alone(&fixture, &slot, &access);
    let entry = fixture.home().join("store/aws_keyward");
    assert!(
        fs::read_to_string(&entry)
            .unwrap()
            .starts_with("AGE-SECRET-KEY-1")
    );

    let open = fixture.vault.unlock_slot(&second(), &access).unwrap();
    let passphrase = pass_phrase_slot(&open);
    assert!(
        fixture
            .vault
            .remove_slot(&second(), &access)
            .unwrap()
            .is_none()
    );
    assert!(!entry.exists());
    assert_eq!(fixture.vault.slots().unwrap(), [passphrase]);
}

fn pass_phrase_slot(open: &OpenVault) -> Slot {
    let passphrase = pass();
    let new = NewSlot::Passphrase {
        passphrase: &passphrase,
        work: light(),
    };
    open.add_slot(passphrase_slot(), new, &Access::unattended(), now())
        .unwrap()
}

#[test]
fn pass_says_why_it_has_no_entry() {
    let fixture = Fixture::new();
    let pass = script(fixture.home(), "pass", PASS);
    let access = Access {
        pass,
        ..Access::unattended()
    };
    fixture
        .add(
            NewSlot::Pass {
                entry: "aws/keyward".parse().unwrap(),
            },
            &access,
        )
        .unwrap();
    fs::remove_file(fixture.home().join("store/aws_keyward")).unwrap();
    let error = fixture.why_closed(&access).to_string();
    assert!(
        error.ends_with("failed: Error: aws/keyward is not in the password store."),
        "{error}"
    );
    let absent = Access {
        pass: "/nonexistent/pass".into(),
        ..access
    };
    assert!(matches!(
        fixture.why_closed(&absent),
        OpenSlotError::Unavailable { .. }
    ));
    // The slot goes, although what it kept elsewhere cannot be reached.
    assert!(
        fixture
            .vault
            .remove_slot(&second(), &absent)
            .unwrap()
            .is_some()
    );
    assert_eq!(fixture.vault.slots().unwrap().len(), 1);
}

/// A `gpg` that reverses its input and prints its terminal.
const GPG: &str = r#"
case "$*" in
*--list-secret-keys*" -- alice") echo "sec:u:255:22:X:1:::u:::scESC:"; echo "fpr:::::::::AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA:" ;;
*--list-secret-keys*" -- many") for k in B C; do echo "sec:u:255:22:X:1:::u:::scESC:"; echo "fpr:::::::::$(printf '%40s' '' | tr ' ' $k):"; done ;;
*--list-secret-keys*" -- old") echo "sec:e:255:22:X:1:1609372800::u:::sc:"; echo "fpr:::::::::DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD:" ;;
*--list-secret-keys*) echo "gpg: error reading key: No secret key" >&2; exit 2 ;;
*"--encrypt --recipient AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA") rev ;;
*--decrypt) echo "asked on $GPG_TTY" >&2; [ "$GPG_TTY" = /dev/pts/7 ] && rev ;;
*) exit 3 ;;
esac"#;

#[test]
fn a_gpg_key_opens_the_vault() {
    let fixture = Fixture::new();
    let gpg = script(fixture.home(), "gpg", GPG);
    let access = Access {
        gpg,
        terminal: Some("/dev/pts/7".into()),
        ..Access::unattended()
    };
    let add = |user: &str| {
        fixture.add(
            NewSlot::Gpg {
                user: user.to_owned(),
            },
            &access,
        )
    };
    assert!(matches!(add("bob"), Err(AddSlotError::NoSecretKey(_))));
    assert!(matches!(add("many"), Err(AddSlotError::ManySecretKeys(_))));
    assert!(matches!(
        add("old"),
        Err(AddSlotError::KeyExpired { subkey: None, .. })
    ));
    let slot = add("alice").unwrap();
    let no_terminal = Access {
        terminal: None,
        ..access.clone()
    };
    assert!(matches!(
        fixture.why_closed(&no_terminal),
        OpenSlotError::Failed { .. }
    ));
    opens_alone(&fixture, &slot, &access);
    let damaged = fixture.vault.paths().slot_file(&second(), "gpg");
    fs::write(damaged, "noise").unwrap();
    fixture.forget_pin();
    assert!(matches!(
        fixture.why_closed(&access),
        OpenSlotError::NotAnIdentity { .. }
    ));
}

/// Whether this machine can make keys of SSH. If it cannot, `scripts/interop` still does.
fn has_ssh() -> bool {
    let asked = Command::new("ssh-keygen").arg("-?").output();
    if asked.is_err() {
        keyward_testkit::skipped("`ssh-keygen` is not installed");
    }
    asked.is_ok()
}

fn ssh_key(home: &Path, kind: &str, passphrase: &str) -> PathBuf {
    let path = home.join(format!("id_{kind}_{}", passphrase.len()));
    let made = Command::new("ssh-keygen")
        .args([
            "-q",
            "-t",
            kind,
            "-N",
            passphrase,
            "-C",
            "alice@example.com",
            "-f",
        ])
        .arg(&path)
        .status()
        .unwrap();
    assert!(made.success());
    path
}

#[test]
fn ssh_keys_open_the_vault_with_their_passphrase_where_they_have_one() {
    if !has_ssh() {
        return;
    }
    for (kind, passphrase) in [("ed25519", ""), ("ed25519", "let me in"), ("rsa", "")] {
        let fixture = Fixture::new();
        let key = ssh_key(fixture.home(), kind, passphrase);
        // Adding a slot needs no prompt: the file shows the public half.
        let slot = fixture
            .add(
                NewSlot::Ssh {
                    identity_file: key.clone(),
                },
                &Access::unattended(),
            )
            .unwrap();
        let SlotKind::Ssh { public_key, .. } = &slot.kind else {
            panic!("{slot:?}")
        };
        let listed = fs::read_to_string(key.with_extension("pub")).unwrap();
        assert!(listed.starts_with(public_key.as_str()));
        let (access, parrot) = Parrot::access("let me in");
        opens_alone(&fixture, &slot, &access);
        let asked = parrot.asked.lock().unwrap().clone();
        assert!(
            asked
                .iter()
                .all(|question| *question == Question::SshKey(key.clone()))
        );
        assert_eq!(asked.is_empty(), passphrase.is_empty());
        if !passphrase.is_empty() {
            let wrong = fixture.why_closed(&Parrot::access("let me out").0);
            assert!(matches!(wrong, OpenSlotError::WrongPassphrase { .. }));
            let nobody = fixture.why_closed(&Access::unattended());
            assert!(matches!(nobody, OpenSlotError::NoAnswer { .. }));
        }
    }
}

#[test]
fn ssh_keys_that_cannot_be_used_are_told_apart() {
    if !has_ssh() {
        return;
    }
    let (fixture, access) = (Fixture::new(), Access::unattended());
    let add = |identity_file: PathBuf| match fixture.add(NewSlot::Ssh { identity_file }, &access) {
        Err(AddSlotError::Make(error)) => error,
        other => panic!("{other:?}"),
    };
    assert!(matches!(
        add(ssh_key(fixture.home(), "ecdsa", "")),
        OpenSlotError::UnsupportedKey { .. }
    ));
    assert!(matches!(
        add(fixture.home().join("none")),
        OpenSlotError::Slot(SlotError::Disk(_))
    ));
    let unusual = fixture.home().join("unusual");
    let cipher = "chacha20-poly1305@openssh.com";
    let made = Command::new("ssh-keygen")
        .args(["-q", "-t", "ed25519", "-N", "let me in", "-Z", cipher, "-f"])
        .arg(&unusual)
        .status();
    assert!(made.unwrap().success());
    let said = add(unusual).to_string();
    assert!(said.contains(cipher), "{said}");
    let key = ssh_key(fixture.home(), "ed25519", "");
    // Everyone may read a public key, so its mode is not what is wrong.
    for mode in [0o600, 0o644] {
        let public = key.with_extension("pub");
        fs::set_permissions(&public, fs::Permissions::from_mode(mode)).unwrap();
        assert!(matches!(add(public), OpenSlotError::PublicKey { .. }));
    }
    fixture
        .add(
            NewSlot::Ssh {
                identity_file: key.clone(),
            },
            &access,
        )
        .unwrap();
    // Another key under the same name opens nothing, and the vault stays as it is.
    fs::remove_file(&key).unwrap();
    fs::remove_file(key.with_extension("pub")).unwrap();
    ssh_key(fixture.home(), "ed25519", "");
    assert!(matches!(
        fixture.why_closed(&access),
        OpenSlotError::OtherKey { .. }
    ));
    fs::set_permissions(&key, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(
        fixture
            .why_closed(&access)
            .to_string()
            .contains("chmod go-rwx")
    );
}

#[test]
fn a_missing_plugin_is_unavailable() {
    let identity = age::plugin::Identity::default_for_plugin("keywardtestnone")
        .unwrap()
        .to_string();
    let (fixture, access) = (Fixture::new(), Access::unattended());
    let error = fixture
        .add(
            NewSlot::Plugin {
                identity: identity.parse().unwrap(),
            },
            &access,
        )
        .unwrap_err();
    let AddSlotError::Make(error) = error else {
        panic!("{error:?}")
    };
    assert_eq!(
        error.to_string(),
        "`age-plugin-keywardtestnone` is not available"
    );
}

/// A plugin that wraps nothing: it returns its input unchanged.
const PLUGIN: &str = r#"
body() { b=; while read -r l; do b="$l"; [ ${#l} -lt 64 ] && break; done; }
say() { printf '%s\n%s\n' "-> $1" "$2"; read -r h; body; }
key=; while read -r header; do
  body
  case "$header" in
  "-> wrap-file-key") key="$b" ;;
  "-> recipient-stanza 0 keywardtest") key="$b" ;;
  "-> done") break ;;
  esac
done
case "$1" in
--age-plugin=recipient-v1) say "recipient-stanza 0 keywardtest" "$key" ;;
--age-plugin=identity-v1) say "file-key 0" "$key" ;;
esac
printf -- '-> done\n\n'"#;

const PLUGIN_HOME: &str = "KEYWARD_PLUGIN_TEST_HOME";

/// Not a test of its own: the part that must run where the plugin is on the search path.
#[test]
fn child_with_a_plugin() {
    if std::env::var_os(PLUGIN_HOME).is_none() {
        return;
    }
    let identity = age::plugin::Identity::default_for_plugin("keywardtest")
        .unwrap()
        .to_string();
    let (fixture, access) = (Fixture::new(), Access::unattended());
    let slot = fixture
        .add(
            NewSlot::Plugin {
                identity: identity.parse().unwrap(),
            },
            &access,
        )
        .unwrap();
    opens_alone(&fixture, &slot, &access);
}

#[test]
fn a_plugin_opens_the_vault() {
    let home = tempfile::tempdir().unwrap();
    script(home.path(), "age-plugin-keywardtest", PLUGIN);
    let path = format!(
        "{}:{}",
        home.path().display(),
        std::env::var("PATH").unwrap()
    );
    let output = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "vault::tests::kinds::child_with_a_plugin",
            "--nocapture",
        ])
        .env("PATH", path)
        .env(PLUGIN_HOME, home.path())
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(
        output.status.success() && text.contains("1 passed"),
        "{text}{errors}"
    );
}

#[test]
fn slots_are_tried_in_the_order_asked_for_and_then_by_trouble() {
    let fixture = Fixture::new();
    let kept = fixture.home().join("kept");
    let store = words(&["/bin/sh", "-c", "cat > \"$0\"", kept.to_str().unwrap()]);
    let read = words(&["cat", kept.to_str().unwrap()]);
    fixture
        .add(
            NewSlot::Command {
                read,
                store: Some(store),
            },
            &Access::unattended(),
        )
        .unwrap();
    let (access, parrot) = Parrot::access("correct horse");
    let unlock = |order: &[SlotName]| fixture.vault.unlock(order, &access, |_, _| ());

    assert_eq!(unlock(&[]).unwrap().slot, second());
    assert!(parrot.asked.lock().unwrap().is_empty());
    assert_eq!(
        unlock(&[passphrase_slot()]).unwrap().slot,
        passphrase_slot()
    );
    assert_eq!(
        *parrot.asked.lock().unwrap(),
        [Question::Slot(passphrase_slot())]
    );

    fs::remove_file(&kept).unwrap();
    let mut told = Vec::new();
    let unlocked = fixture
        .vault
        .unlock(&[], &access, |name, _| told.push(name.clone()))
        .unwrap();
    assert_eq!(unlocked.slot, passphrase_slot());
    assert_eq!(told, [second()]);
    assert_eq!(unlocked.skipped.len(), 1);

    let wrong = fixture
        .vault
        .unlock(&[], &Parrot::access("wrong").0, |_, _| ());
    assert!(matches!(wrong, Err(OpenAnyError::WrongPassphrase { .. })));
    let nobody = fixture.vault.unlock(&[], &Access::unattended(), |_, _| ());
    assert!(matches!(nobody, Err(OpenAnyError::NoneOpens { tried }) if tried.len() == 2));
}

#[test]
fn a_passphrase_is_tried_on_every_slot_that_takes_one() {
    let fixture = Fixture::new();
    let passphrase = "a second one".parse().unwrap();
    let new = NewSlot::Passphrase {
        passphrase: &passphrase,
        work: light(),
    };
    fixture.add(new, &Access::unattended()).unwrap();
    let unlock = |answer: &'static str, order: &[SlotName]| {
        let (access, parrot) = Parrot::access(answer);
        let unlocked = fixture.vault.unlock(order, &access, |_, _| ());
        let asked = parrot.asked.lock().unwrap().len();
        (unlocked.map(|unlocked| unlocked.slot), asked)
    };
    for (answer, order, slot) in [
        ("correct horse", vec![], passphrase_slot()),
        ("a second one", vec![], second()),
        ("correct horse", vec![second()], passphrase_slot()),
        ("a second one", vec![second()], second()),
    ] {
        let (opened, asked) = unlock(answer, &order);
        assert_eq!((opened.unwrap(), asked), (slot, 1), "{answer} {order:?}");
    }
    let (wrong, asked) = unlock("neither", &[]);
    assert!(matches!(wrong, Err(OpenAnyError::WrongPassphrase { .. })));
    assert_eq!(asked, 1);
}

#[test]
fn a_vault_can_begin_with_any_kind_of_slot() {
    if !has_ssh() {
        return;
    }
    let (fixture, access) = (Fixture::empty(), Access::unattended());
    let key = ssh_key(fixture.home(), "ed25519", "");
    let create = |identity_file| {
        fixture
            .vault
            .create_with(second(), NewSlot::Ssh { identity_file }, &access, now())
    };
    assert!(matches!(
        create(fixture.home().join("none")),
        Err(CreateError::FirstSlot(_))
    ));
    assert!(!fixture.vault.exists());
    create(key).unwrap();
    fixture.vault.unlock_slot(&second(), &access).unwrap();
}

#[test]
fn a_slot_that_asks_for_endless_work_is_refused_at_once() {
    let fixture = Fixture::new();
    let path = fixture.vault.paths().slot_file(&passphrase_slot(), "age");
    let file = fs::read(&path).unwrap();
    // The work factor is at the first line's end, after the salt.
    let end = file
        .iter()
        .skip(22)
        .position(|byte| *byte == b'\n')
        .unwrap()
        + 22;
    let heavy = [&file[..end - 1], b"63", &file[end..]].concat();
    fs::write(&path, heavy).unwrap();
    fixture.forget_pin();
    let error = fixture
        .vault
        .unlock_slot(&passphrase_slot(), &Parrot::access("x").0);
    assert!(
        matches!(
            error,
            Err(UnlockSlotError::Slot(OpenSlotError::TooMuchWork { .. }))
        ),
        "{error:?}"
    );
    let closed = fixture.vault.unlock_with_passphrase(&pass());
    assert!(matches!(closed, Err(UnlockError::SlotDamaged { .. })));
}
