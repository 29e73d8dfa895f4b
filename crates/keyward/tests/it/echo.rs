//! The terminal after a hidden question: it shows what is typed, whatever ended the question. The
//! terminals are real ones; `setsid` gives each to a program as its own.

#![cfg(target_os = "linux")]

use std::fs::File;
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use rustix::process::{Pid, Signal, kill_process};
use rustix::termios::{LocalModes, tcgetattr};

use crate::practice::{Practice, until};

/// keyward at its passphrase question on a terminal.
struct Asked {
    practice: Practice,
    keys: File,
    screen: File,
    child: Child,
}

impl Asked {
    fn start() -> Self {
        Self::start_by("exec setsid --ctty \"$@\"")
    }

    fn start_by(shell: &str) -> Self {
        let asked = Self::run(shell);
        until(|| !asked.shows());
        asked
    }

    /// Runs keyward by a line for the shell, which gets its words.
    fn run(shell: &str) -> Self {
        use rustix::fs::OFlags;
        use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
        use std::os::unix::fs::OpenOptionsExt;
        let practice = Practice::with_key();
        let keys = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&keys).unwrap();
        unlockpt(&keys).unwrap();
        let name = ptsname(&keys, Vec::new()).unwrap().into_string().unwrap();
        let not_ours = i32::try_from(OFlags::NOCTTY.bits()).unwrap();
        let mut options = File::options();
        options.read(true).write(true).custom_flags(not_ours);
        let screen = options.open(name).unwrap();
        let own = practice.command(&[
            "exec",
            "alice",
            "--mfa-code",
            &practice.code(),
            "--",
            "true",
        ]);
        // Whoever started the tests may ignore signals, and children inherit that.
        let mut command = Command::new("env");
        command
            .args(["--default-signal", "sh", "-c", shell, "sh"])
            .arg(own.get_program())
            .args(own.get_args());
        command.env_clear();
        for (name, value) in own.get_envs() {
            if let Some(value) = value {
                command.env(name, value);
            }
        }
        command
            .env_remove("KEYWARD_PASSPHRASE_FILE")
            .env("TERM", "dumb");
        command.current_dir(practice.path());
        let end = || Stdio::from(screen.try_clone().unwrap());
        let child = command
            .stdin(end())
            .stdout(end())
            .stderr(end())
            .spawn()
            .unwrap();
        Self {
            practice,
            keys: File::from(keys),
            screen,
            child,
        }
    }

    /// Whether the terminal shows what is typed.
    fn shows(&self) -> bool {
        let modes = tcgetattr(&self.screen).unwrap().local_modes;
        modes.contains(LocalModes::ECHO)
    }
}

#[test]
fn a_signal_gives_the_echo_back_and_ends_the_program() {
    use std::os::unix::process::ExitStatusExt;
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::QUIT] {
        let mut asked = Asked::start();
        kill_process(Pid::from_child(&asked.child), signal).unwrap();
        let ended = asked.child.wait().unwrap();
        assert_eq!(ended.signal(), Some(signal.as_raw()));
        assert!(asked.shows(), "{signal:?}");
    }
}

#[test]
fn ctrl_c_gives_the_echo_back() {
    let mut asked = Asked::start();
    asked.keys.write_all(b"half a passphrase\x03").unwrap();
    assert!(!asked.child.wait().unwrap().success());
    assert!(asked.shows());
    assert_eq!(asked.practice.account.journal().len(), 0);
}

#[test]
fn a_passphrase_is_taken_as_it_was_mended_and_never_shown() {
    let mut asked = Asked::start();
    let line = format!("{}x\x7f\n", keyward_testkit::PASSPHRASE);
    asked.keys.write_all(line.as_bytes()).unwrap();
    assert!(asked.child.wait().unwrap().success());
    assert!(asked.shows());
    let mut seen = [0; 4096];
    let count = asked.keys.read(&mut seen).unwrap();
    let seen = String::from_utf8_lossy(&seen[..count]);
    assert!(seen.contains("Vault passphrase: \r\n"), "{seen:?}");
    assert!(!seen.contains(keyward_testkit::PASSPHRASE), "{seen:?}");
}

#[test]
fn a_signal_that_the_starter_ignores_ends_nothing() {
    let mut asked = Asked::start_by("trap '' HUP; exec setsid --ctty \"$@\"");
    kill_process(Pid::from_child(&asked.child), Signal::HUP).unwrap();
    let line = format!("{}\n", keyward_testkit::PASSPHRASE);
    asked.keys.write_all(line.as_bytes()).unwrap();
    assert!(asked.child.wait().unwrap().success());
}

#[test]
fn a_job_in_the_background_is_told_so() {
    let line = "exec setsid --ctty sh -c 'set -m; \"$@\" & wait $!' sh \"$@\"";
    let mut asked = Asked::run(line);
    let ended = asked.child.wait().unwrap();
    let mut seen = [0; 4096];
    let count = asked.keys.read(&mut seen).unwrap();
    let seen = String::from_utf8_lossy(&seen[..count]);
    // Lines end where the terminal does.
    let seen = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(ended.code(), Some(3), "{seen}");
    assert!(
        seen.contains("runs in the background of its terminal"),
        "{seen}"
    );
}
