//! A home that its owner may only read: sessions are handed out and not cached, and existing locks
//! still work.

use std::fs::File;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use keyward_core::chain::CacheKey;
use keyward_testkit::{Home, Ran, finish};

use crate::practice::{Practice, SERIAL};

/// A user without rights. Root may write anywhere, so root's tests run the program as this one.
const NOBODY: u32 = 65534;

/// Every file and folder below this one, itself last.
fn each(path: &Path, act: &impl Fn(&Path)) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            each(&entry.unwrap().path(), act);
        }
    }
    act(path);
}

/// Allows or forbids writing in keyward's folder.
fn writable(practice: &Practice, bits: u32) {
    each(&practice.path().join("keyward"), &|path| {
        let mode = std::fs::metadata(path).unwrap().permissions().mode();
        let mode = (mode & 0o577) | bits;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    });
}

pub(crate) fn run(home: &Home, arguments: &[&str]) -> Ran {
    let mut command: Command = home.command(arguments);
    if rustix::process::geteuid().is_root() {
        command.uid(NOBODY).gid(NOBODY);
    }
    finish(command, "")
}

fn next_code(practice: &mut Practice) {
    let code = practice.account.fresh_code(&SERIAL.parse().unwrap());
    practice.set("KEYWARD_MFA_CODE", code.unwrap().expose());
}

/// A practice home of a user who is not root; none if that user cannot reach the program.
fn ready() -> Option<Practice> {
    let mut practice = Practice::with_key();
    next_code(&mut practice);
    given_away(&practice).then_some(practice)
}

/// Changes the owner of a home to a user who is not root, unless that user cannot reach the
/// program.
pub(crate) fn given_away(home: &Home) -> bool {
    if !rustix::process::geteuid().is_root() {
        return true;
    }
    each(home.path(), &|path| {
        chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
    });
    let mut command = home.command(&["--version"]);
    let reached = command.uid(NOBODY).gid(NOBODY).output().is_ok();
    if !reached {
        keyward_testkit::skipped("the program lies in a folder that is root's alone");
    }
    reached
}

/// The owner of everything in a folder.
fn owners(folder: &Path) -> Vec<u32> {
    use std::os::unix::fs::MetadataExt;
    let mut owners = Vec::new();
    let all = std::cell::RefCell::new(&mut owners);
    each(folder, &|path| {
        all.borrow_mut()
            .push(std::fs::metadata(path).unwrap().uid());
    });
    owners
}

#[test]
fn root_makes_nothing_in_the_folder_of_another_user() {
    let Some(practice) = ready() else { return };
    if !rustix::process::geteuid().is_root() {
        return;
    }
    for words in [
        &["add", "work", "--env"][..],
        &["init"],
        &["import", "credentials"],
        &["rotate", "alice"],
        &["remove", "alice", "--yes"],
        &["mfa", "enroll", "alice"],
        &["refresh", "alice"],
        &["setup", "alice"],
        &["signin", "alice"],
        &["vault", "passphrase"],
        &["doctor", "--fix"],
        &["log", "--accept"],
    ] {
        let mut command = practice.command(words);
        command.env("SUDO_UID", "65534");
        let ran = finish(command, "");
        assert_eq!(ran.code, 2, "{words:?}: {}", ran.stderr);
        assert!(
            ran.stderr.contains("keyward runs as root"),
            "{}",
            ran.stderr
        );
        assert!(
            ran.stderr.contains("sudo -u '#65534' keyward"),
            "{}",
            ran.stderr
        );
    }
    assert!(owners(practice.path()).iter().all(|owner| *owner == NOBODY));
    // A container has no other user.
    let ran = finish(practice.command(&["refresh", "alice"]), "");
    assert_ne!(ran.code, 2, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("keyward runs as root"),
        "{}",
        ran.stderr
    );
    let mut exec = practice.command(&["exec", "alice", "--", "true"]);
    exec.env("SUDO_UID", "65534");
    let ran = finish(exec, "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("warning: `~"), "{}", ran.stderr);
    assert!(
        ran.stderr
            .contains("keyward exec PROFILE -- sudo -E COMMAND"),
        "{}",
        ran.stderr
    );
}

/// Lets nobody write in a folder.
pub(crate) fn close(folder: &Path) {
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o500)).unwrap();
}

/// Lets its owner write in a folder again.
pub(crate) fn open(folder: &Path) {
    std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).unwrap();
}

fn session_locks(practice: &Practice) -> Vec<PathBuf> {
    let folder = std::fs::read_dir(practice.path().join("keyward/locks")).unwrap();
    let paths = folder.map(|entry| entry.unwrap().path());
    let of_session = |path: &PathBuf| {
        let stem = path.file_stem().unwrap().to_str().unwrap();
        stem.parse::<CacheKey>().is_ok()
    };
    paths.filter(of_session).collect()
}

#[track_caller]
fn assert_handed_out(ran: &Ran) {
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stdout.contains("SessionToken"), "{}", ran.stdout);
    assert!(ran.stderr.contains("could not be kept"), "{}", ran.stderr);
}

#[test]
fn sessions_are_handed_out_where_nothing_may_be_written() {
    let Some(practice) = ready() else {
        return;
    };
    writable(&practice, 0);
    let ran = run(&practice, &["credential-process", "on-source"]);
    assert_handed_out(&ran);
    assert_eq!(session_locks(&practice).len(), 0);
}

#[test]
fn a_lock_that_must_not_be_written_keeps_others_out_all_the_same() {
    let Some(mut practice) = ready() else {
        return;
    };
    let ran = run(&practice, &["credential-process", "on-source"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (0, ""));
    let folder = practice.path().join("keyward/sessions");
    for entry in std::fs::read_dir(folder).unwrap() {
        std::fs::remove_file(entry.unwrap().path()).unwrap();
    }
    writable(&practice, 0);
    next_code(&mut practice);
    let mut held = Vec::new();
    for path in session_locks(&practice) {
        let file = File::open(path).unwrap();
        file.try_lock().unwrap();
        held.push(file);
    }
    assert!(held.len() >= 2, "{held:?}");
    practice.set("KEYWARD_TEST_PATIENCE_MS", "1000");
    let said = run(&practice, &["credential-process", "on-source"]).fails_with(3);
    assert!(said.contains("another keyward"), "{said}");
    practice.set("KEYWARD_TEST_PATIENCE_MS", "600000");
    drop(held);
    assert_handed_out(&run(&practice, &["credential-process", "on-source"]));
}

#[test]
fn a_folder_of_somebody_else_is_named_with_what_to_look_at() {
    let Some(practice) = ready() else {
        return;
    };
    let locks = practice.path().join("keyward/locks");
    std::fs::create_dir_all(&locks).unwrap();
    let closed = std::fs::Permissions::from_mode(0o000);
    std::fs::set_permissions(&locks, closed).unwrap();
    let said = run(&practice, &["exec", "bare", "--", "true"]).fails_with(1);
    assert!(
        said.contains("hint: the folder must belong to you"),
        "{said}"
    );
    std::fs::set_permissions(&locks, std::fs::Permissions::from_mode(0o700)).unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn a_pipe_in_the_place_of_the_mark_is_not_waited_for() {
    let Some(practice) = ready() else {
        return;
    };
    let locks = practice.path().join("keyward/locks");
    std::fs::create_dir_all(&locks).unwrap();
    let (pipe, mode) = (locks.join("locked"), rustix::fs::Mode::RUSR);
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, mode).unwrap();
    if rustix::process::geteuid().is_root() {
        each(&locks, &|path| {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        });
    }
    let ran = run(&practice, &["credential-process", "on-source"]);
    assert_handed_out(&ran);
    assert!(ran.stderr.contains("cannot read"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn a_key_is_not_stored_where_its_profile_cannot_be_written() {
    let practice = crate::practice::Practice::start();
    let aws = practice.path().join(".aws");
    let _ = std::fs::remove_dir_all(&aws);
    std::os::unix::fs::symlink("nowhere", &aws).unwrap();
    let key = format!("{}\n{}\n", crate::practice::KEY_ID, crate::practice::SECRET);
    let add = ["add", "dev", "--stdin", "--no-verify"];
    let said = practice.run_with_input(&add, &key).fails_with(1);
    assert!(said.contains("is a symbolic link to `nowhere`"), "{said}");
    assert!(said.contains("--no-config"), "{said}");
    assert!(!practice.path().join("keyward/vault.age").exists());
    assert!(aws.is_symlink());
}

#[test]
fn a_home_that_may_not_be_written_is_answered_with_the_variable_that_moves_the_file() {
    let Some(practice) = ready() else {
        return;
    };
    let home = practice.path().to_owned();
    writable(&practice, 0);
    each(&home.join(".aws"), &|path| close(path));
    close(&home);
    for (words, hint) in [
        (
            &[
                "vault",
                "slot",
                "add",
                "passphrase",
                "--name",
                "two",
                "--passphrase-file",
                "passphrase",
            ][..],
            "set KEYWARD_HOME to a folder that you may write",
        ),
        (
            &["setup", "bare"],
            "set AWS_CONFIG_FILE to a file in a folder that you may write",
        ),
        (
            &["refresh", "alice"],
            "set AWS_SHARED_CREDENTIALS_FILE to a file in a folder that you may write",
        ),
        (
            &["account", "init", "-o", "account.toml"],
            "name a file in a folder that you may write",
        ),
        (&["man", "pages"], "name a folder that you may write"),
    ] {
        let ran = run(&practice, words);
        let hint = format!("hint: {hint}\n");
        assert!(
            ran.code == 1 && ran.stderr.contains(&hint),
            "{words:?}: {}",
            ran.stderr
        );
    }
    open(&home);
    each(&home.join(".aws"), &|path| open(path));
}

#[test]
fn a_file_that_exists_or_has_no_folder_gets_its_own_next_step() {
    let home = Home::new(env!("CARGO_BIN_EXE_keyward"));
    home.write("account.toml", "mine");
    let said = home
        .run(&["account", "init", "-o", "account.toml"])
        .fails_with(1);
    assert!(
        said.contains("hint: an existing file is never overwritten"),
        "{said}"
    );
    let said = home
        .run(&["account", "init", "-o", "no/such/account.toml"])
        .fails_with(1);
    assert!(
        said.ends_with("hint: make the folder first: mkdir -p no/such\n"),
        "{said}"
    );
    assert_eq!(home.read("account.toml"), "mine");
}

#[test]
fn a_home_that_is_no_folder_is_named() {
    let mut home = Home::new(env!("CARGO_BIN_EXE_keyward"));
    home.write("file", "");
    let file = home.path().join("file");
    home.set("HOME", file.display().to_string());
    home.set("AWS_CONFIG_FILE", "");
    home.set("KEYWARD_HOME", "");
    for words in [&["list"][..], &["vault", "status"], &["setup", "--all"]] {
        let said = home.run(words).fails_with(2);
        let expected = format!(
            "error: the home folder `{}` is not a folder\nhint: set HOME to a folder\n",
            file.display()
        );
        assert_eq!(said, expected, "{words:?}");
    }
}
