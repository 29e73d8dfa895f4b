//! Sources of codes besides a flag and a terminal: programs of the desktop and of keys, played here
//! by scripts. A Mac has a dialog program of its own, which no test is to show.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt;

use crate::practice::Practice;
#[cfg(not(target_os = "macos"))]
use crate::practice::until;

/// A practice home with a program of its own first in the search path.
fn with_program(name: &str, script: &str) -> Practice {
    let mut practice = Practice::with_key();
    practice.write(&format!("bin/{name}"), &format!("#!/bin/sh\n{script}\n"));
    let path = practice.path().join("bin").join(name);
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).unwrap();
    let bin = practice.path().join("bin").display().to_string();
    practice.set(
        "PATH",
        format!("{bin}:{}", std::env::var("PATH").unwrap_or_default()),
    );
    let code = practice.code();
    practice.write("code", &format!("{code}\n"));
    practice
}

#[cfg(not(target_os = "macos"))]
fn desktop() -> Practice {
    let mut practice = with_program(
        "zenity",
        "env >> \"$HOME/seen\"; printf '%s\\n' \"$*\" >> \"$HOME/asked\"; cat \"$HOME/code\"",
    );
    practice.set("DISPLAY", ":7");
    practice
}

#[test]
#[cfg(not(target_os = "macos"))]
fn a_desktop_without_a_terminal_is_asked_in_a_dialog() {
    let practice = desktop();
    let _ = practice.run(&["credential-process", "on-source"]).ok();
    let asked = practice.read("asked");
    assert_eq!(asked.lines().count(), 1, "{asked}");
    assert!(asked.contains("mfa/alice"), "{asked}");
    assert!(!practice.read("seen").contains("KEYWARD_PASSPHRASE"));
}

#[test]
#[cfg(not(target_os = "macos"))]
fn a_wrong_code_is_asked_for_again_in_the_dialog_and_told() {
    let practice = desktop();
    let right = practice.code();
    let wrong = if right == "000000" {
        "000001"
    } else {
        "000000"
    };
    practice.write("code", &format!("{wrong}\n"));
    let _ = practice
        .run(&["credential-process", "on-source"])
        .fails_with(1);
    let asked = practice.read("asked");
    assert_eq!(
        asked.matches("MFA code for on-source").count(),
        3,
        "{asked}"
    );
    assert_eq!(asked.matches("did not accept").count(), 2, "{asked}");
}

#[test]
#[cfg(not(target_os = "macos"))]
fn whoever_wants_no_dialogs_gets_none() {
    let practice = desktop();
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\ndialogs = false\n",
    );
    let _ = practice
        .run(&["credential-process", "on-source"])
        .fails_with(3);
    assert_eq!(practice.read("asked"), "");
}

#[test]
#[cfg(not(target_os = "macos"))]
fn a_machine_without_a_display_opens_no_dialog() {
    let mut practice = desktop();
    practice.set("DISPLAY", "");
    let _ = practice
        .run(&["credential-process", "on-source"])
        .fails_with(3);
    assert_eq!(practice.read("asked"), "");
}

#[test]
fn a_key_that_holds_the_seed_is_asked_by_its_program() {
    let practice = with_program(
        "ykman",
        "printf '%s\\n' \"$*\" >> \"$HOME/asked\"; cat \"$HOME/code\"",
    );
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nykman = \"AWS:alice@123456789012\"\n",
    );
    let _ = practice.run(&["credential-process", "on-source"]).ok();
    assert_eq!(
        practice.read("asked"),
        "oath accounts code --single AWS:alice@123456789012\n"
    );
}

#[test]
fn the_profiles_own_program_comes_before_the_key() {
    let practice = with_program("ykman", "echo 000000");
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nykman = \"AWS:alice\"\n",
    );
    practice.config(&format!(
        "{}\n[profile by-program]\nsource_profile = alice\nrole_arn = arn:aws:iam::123456789012:role/ReadOnly\nmfa_process = cat \"$HOME/code\"\n",
        crate::practice::CONFIG
    ));
    let _ = practice.run(&["credential-process", "by-program"]).ok();
}

#[test]
#[cfg(not(target_os = "macos"))]
fn a_desktop_without_a_terminal_is_asked_for_the_passphrase_too() {
    let mut practice = desktop();
    practice.set("KEYWARD_PASSPHRASE_FILE", "");
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    practice.write("code", &format!("{}\n", keyward_testkit::PASSPHRASE));
    let _ = practice.run(&["credential-process", "on-source"]).ok();
    let asked = practice.read("asked");
    assert_eq!(asked.lines().count(), 1, "{asked}");
    assert!(asked.contains("--hide-text --timeout="), "{asked}");
    assert!(asked.ends_with("--text Vault passphrase\n"), "{asked}");
    // The second time there is no answer.
    let _ = practice.run(&["lock"]).ok();
    practice.write("bin/zenity", "#!/bin/sh\nexit 1\n");
    let fresh = practice
        .account
        .fresh_code(&crate::practice::SERIAL.parse().unwrap());
    let mut command = practice.command(&["credential-process", "on-source"]);
    command.env("KEYWARD_MFA_CODE", fresh.unwrap().expose());
    let said = keyward_testkit::finish(command, "").fails_with(3);
    assert!(said.contains("the dialog was not answered"), "{said}");
    assert!(said.contains("KEYWARD_PASSPHRASE_FILE"), "{said}");
}

/// A dialog without an answer: it holds a pipe open while it is shown.
#[cfg(not(target_os = "macos"))]
fn deserted() -> Practice {
    let mut practice = desktop();
    let pipe = practice.path().join("standing");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    practice.write(
        "bin/zenity",
        "#!/bin/sh\necho asked >> \"$HOME/asked\"\nexec 3<>\"$HOME/standing\"\nread -r _ <&3\nexit 1\n",
    );
    practice.set("KEYWARD_TEST_PATIENCE_MS", "600000");
    practice
}

/// Whether a dialog is shown: a process holds its pipe open.
#[cfg(not(target_os = "macos"))]
fn stands(practice: &Practice) -> bool {
    use std::os::unix::fs::OpenOptionsExt;
    let nonblocking = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap();
    let mut options = std::fs::File::options();
    let opened = options.write(true).custom_flags(nonblocking);
    opened.open(practice.path().join("standing")).is_ok()
}

#[cfg(not(target_os = "macos"))]
fn start(practice: &Practice) -> std::process::Child {
    use std::process::Stdio;
    let mut command = practice.command(&["credential-process", "on-source"]);
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
#[cfg(not(target_os = "macos"))]
fn a_dialog_that_nobody_answers_is_closed_in_time() {
    let mut practice = deserted();
    practice.set("KEYWARD_TEST_PATIENCE_MS", "4000");
    let said = practice
        .run(&["credential-process", "on-source"])
        .fails_with(3);
    assert!(said.contains("was not answered"), "{said}");
    assert!(
        said.contains("hint: run `keyward exec on-source -- true`"),
        "{said}"
    );
    assert!(!stands(&practice));
}

#[test]
#[cfg(not(target_os = "macos"))]
fn a_dialog_that_is_closed_is_closed_for_all_who_wait() {
    use std::io::{BufRead, BufReader, Read, Write};
    let practice = deserted();
    let first = start(&practice);
    until(|| stands(&practice));
    let mut waiting: Vec<_> = (0..3).map(|_| start(&practice)).collect();
    let mut words: Vec<_> = Vec::new();
    for child in &mut waiting {
        let mut said = BufReader::new(child.stderr.take().unwrap());
        let mut line = String::new();
        said.read_line(&mut line).unwrap();
        assert!(line.contains("waiting for another keyward"), "{line}");
        words.push(said);
    }
    let pipe = practice.path().join("standing");
    let mut pipe = std::fs::File::options().write(true).open(pipe).unwrap();
    pipe.write_all(b"no\n").unwrap();
    assert_eq!(first.wait_with_output().unwrap().status.code(), Some(3));
    for (mut child, mut words) in waiting.into_iter().zip(words) {
        let mut said = String::new();
        words.read_to_string(&mut said).unwrap();
        assert_eq!(child.wait().unwrap().code(), Some(3), "{said}");
        assert!(said.contains("hint: "), "{said}");
    }
    // None of them has asked in turn.
    assert_eq!(practice.read("asked"), "asked\n");
}

#[test]
#[cfg(not(target_os = "macos"))]
fn a_dialog_goes_with_its_keyward_however_that_ends() {
    use rustix::process::{Pid, Signal, kill_process};
    for signal in [Signal::TERM, Signal::HUP, Signal::INT, Signal::KILL] {
        let practice = deserted();
        let mut child = start(&practice);
        until(|| stands(&practice));
        kill_process(Pid::from_child(&child), signal).unwrap();
        let ended = child.wait().unwrap();
        assert!(!ended.success());
        until(|| !stands(&practice));
    }
}

#[test]
fn a_code_that_was_given_is_sent_once() {
    let practice = Practice::with_key();
    let code = practice.code();
    let _ = practice
        .run(&["exec", "alice", "--mfa-code", &code, "--", "true"])
        .ok();
    let calls = practice.account.journal().len();
    let _ = practice.run(&["lock"]).ok();
    let said = practice
        .run(&["exec", "long", "--mfa-code", &code, "--", "true"])
        .fails_with(1);
    assert!(said.contains("has already been sent to AWS"), "{said}");
    assert!(said.contains("hint: give the next one"), "{said}");
    assert_eq!(practice.account.journal().len(), calls);
}

#[test]
fn what_a_hint_says_is_what_helps() {
    let practice = Practice::with_key();
    for words in [
        &["exec", "on-source", "--duration", "4h", "--", "true"][..],
        &["exec", "on-role", "--no-session", "--", "true"],
        &["exec", "long", "--", "true"],
        &["credential-process", "long"],
        &["credential-process", "on-role"],
        &["env", "on-source", "--duration", "2h"],
    ] {
        let said = practice.run(words).fails_with(3);
        let hint = said
            .lines()
            .find_map(|line| line.strip_prefix("hint: run `keyward "));
        let (line, _) = hint.unwrap().split_once('`').unwrap();
        // The person at the terminal, whose code this is.
        let serial = crate::practice::SERIAL.parse().unwrap();
        let code = practice.account.fresh_code(&serial).unwrap();
        let mut command = practice.command(&shlex::split(line).unwrap());
        command.env("KEYWARD_MFA_CODE", code.expose());
        let _ = keyward_testkit::finish(command, "").ok();
        let _ = practice.run(words).ok();
        let _ = practice.run(&["lock"]).ok();
    }
}

#[test]
fn what_a_failing_program_for_codes_said_is_told() {
    let practice = Practice::with_key();
    practice.config(&format!(
        "{}\n[profile by-program]\nsource_profile = alice\nrole_arn = arn:aws:iam::123456789012:role/ReadOnly\nmfa_process = echo no phone is near >&2; exit 7\n",
        crate::practice::CONFIG
    ));
    let said = practice
        .run(&["credential-process", "by-program"])
        .fails_with(1);
    assert!(
        said.contains("exit status: 7; it said: no phone is near"),
        "{said}"
    );
}

#[test]
fn a_code_in_two_groups_is_taken_from_the_environment() {
    let practice = Practice::with_key();
    practice.config(crate::practice::CONFIG);
    let code = practice.code();
    let (first, second) = code.split_at(3);
    let mut command = practice.command(&["env", "alice"]);
    command.env("KEYWARD_MFA_CODE", format!("{first} {second}\n"));
    let _ = keyward_testkit::finish(command, "").ok();
}
