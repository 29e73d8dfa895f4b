//! Who may read a running keyward through `/proc`: no other process of the same user. Run as root, the
//! tests take an ordinary user for both, because root may read everything.

#![cfg(target_os = "linux")]

use std::io::{BufRead as _, BufReader};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use keyward_testkit::skipped;

use crate::practice::until;

/// The id of `nobody`. The tests use it as an ordinary user.
const USER: u32 = 65534;

/// A program that is ended with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A command of an ordinary user, with this program and an empty environment.
fn of_user(program: &Path) -> Command {
    let mut command = Command::new("setpriv");
    command.args([
        &format!("--reuid={USER}"),
        &format!("--regid={USER}"),
        "--clear-groups",
    ]);
    if !rustix::process::geteuid().is_root() {
        command = Command::new("env");
    }
    command.env_clear().env("PATH", "/usr/bin:/bin");
    command.arg(program).stdin(Stdio::null());
    command
}

/// Whether a process of the same user opens the memory of this one.
fn is_open(running: &Running) -> bool {
    let script = format!(": < /proc/{}/mem", running.0.id());
    let mut command = of_user(Path::new("/bin/sh"));
    let watcher = command.args(["-c", &script]).stderr(Stdio::null());
    watcher.status().unwrap().success()
}

/// Waits until the process is that program: until then it is the one that starts it.
fn has_name(running: &Running, name: &str) {
    until(|| {
        let comm = std::fs::read_to_string(format!("/proc/{}/comm", running.0.id()));
        comm.is_ok_and(|comm| comm.trim() == name)
    });
}

/// Whether this machine lets a process read others of its user at all, and has a user to be.
fn may_be_read() -> bool {
    let child = of_user(Path::new("sleep")).arg("600").spawn();
    let Ok(child) = child else {
        skipped("`setpriv` is not installed");
        return false;
    };
    let other = Running(child);
    has_name(&other, "sleep");
    let open = is_open(&other);
    if !open {
        skipped("this system lets no process read another");
    }
    open
}

/// A folder that an ordinary user may enter.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::set_permissions(folder.path(), PermissionsExt::from_mode(0o755)).unwrap();
    folder
}

#[test]
fn a_program_that_says_that_it_runs_is_closed_to_others_of_its_user() {
    if !may_be_read() {
        return;
    }
    let folder = folder();
    // The user may be barred from the folder of the build.
    let program = folder.path().join("keyward-full");
    let built = Path::new(env!("CARGO_BIN_EXE_keyward-full"));
    if std::fs::hard_link(built, &program).is_err() {
        std::fs::copy(built, &program).unwrap();
    }
    let home = folder.path().join("home");
    std::fs::create_dir(&home).unwrap();
    if rustix::process::geteuid().is_root() {
        chown(&home, Some(USER), Some(USER)).unwrap();
    }
    let mut command = of_user(&program);
    command.arg("sandbox").env("HOME", &home);
    command.env("KEYWARD_HOME", home.join("keyward"));
    command.env("KEYWARD_TEST_LIGHT_WORK", "1");
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    let mut running = Running(command.spawn().unwrap());
    let mut line = String::new();
    let stdout = running.0.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    assert!(!line.is_empty(), "it did not start");
    assert!(!is_open(&running), "its memory can be read");
}

/// The loader waits here for a library, which is before the first instruction of the program.
#[test]
fn a_program_that_may_not_be_read_is_closed_before_its_first_instruction() {
    if !rustix::process::geteuid().is_root() {
        skipped("the program file must belong to another user");
        return;
    }
    if !may_be_read() {
        return;
    }
    let folder = folder();
    let program = folder.path().join("keyward");
    std::fs::copy(env!("CARGO_BIN_EXE_keyward"), &program).unwrap();
    let library = folder.path().join("library");
    let made = Command::new("mkfifo").arg("-m644").arg(&library).status();
    assert!(made.unwrap().success());
    // The modes of a usual file, and of those in the Debian package.
    for (mode, open) in [(0o755, true), (0o711, false)] {
        std::fs::set_permissions(&program, PermissionsExt::from_mode(mode)).unwrap();
        let mut command = of_user(Path::new("env"));
        command.arg(format!("LD_PRELOAD={}", library.display()));
        command.arg(&program).arg("--version");
        command.stdout(Stdio::null()).stderr(Stdio::null());
        let running = Running(command.spawn().unwrap());
        has_name(&running, "keyward");
        // A static program has no loader that would wait.
        if open && !is_open(&running) {
            skipped("the program is linked statically");
            return;
        }
        assert_eq!(is_open(&running), open, "mode {mode:o}");
    }
}
