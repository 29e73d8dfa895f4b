//! Programs that a profile names: what they leave behind, what they say, and keyward called by
//! keyward.

#![cfg(unix)]

use std::time::{Duration, Instant};

use keyward_testkit::Home;

use crate::practice::until;

const DOCUMENT: &str = r#"{"Version":1,"AccessKeyId":"ASIAIOSFODNN7EXAMPLE","SecretAccessKey":"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY","SessionToken":"a-session-token"}"#;

fn home() -> Home {
    let mut home = Home::new(env!("CARGO_BIN_EXE_keyward"));
    home.set("AWS_ENDPOINT_URL", "http://127.0.0.1:9");
    home.set("KEYWARD_SESSION_TIER", "none");
    home
}

/// A home whose profile `p` runs a script.
fn with_script(script: &str) -> Home {
    let home = home();
    home.write("program.sh", script);
    home.config("[profile p]\ncredential_process = sh program.sh\n");
    home
}

#[test]
fn a_child_that_a_program_leaves_behind_is_not_waited_for() {
    let home = with_script("sleep 300 & echo $! > child\ncat answer\n");
    home.write("answer", DOCUMENT);
    let start = Instant::now();
    let answer = home.run(&["credential-process", "p"]).ok();
    assert!(answer.contains("ASIAIOSFODNN7EXAMPLE"), "{answer}");
    assert!(start.elapsed() < Duration::from_secs(200));
    // It may be an agent that was started on purpose, so it lives.
    let child = home.read("child").trim().parse().unwrap();
    let child = rustix::process::Pid::from_raw(child).unwrap();
    rustix::process::kill_process(child, rustix::process::Signal::KILL).unwrap();
}

#[test]
fn what_a_called_keyward_says_is_told_in_its_order_and_keeps_its_code() {
    let home = home();
    let keyward = env!("CARGO_BIN_EXE_keyward");
    home.config(&format!(
        "[profile outer]\ncredential_process = env {keyward} credential-process inner\n\
         [profile inner]\nsource_profile = nobody\nrole_arn = arn:aws:iam::123456789012:role/ReadOnly\n"
    ));
    let inner = home.run(&["credential-process", "inner"]).fails_with(2);
    let outer = home.run(&["credential-process", "outer"]).fails_with(2);
    let mut outer = outer.lines();
    assert_eq!(
        outer.next().unwrap(),
        "error: the `credential_process` of profile `outer` ended with exit status: 2"
    );
    for line in inner.lines() {
        let expect = match line.strip_prefix("error: ") {
            Some(text) => format!("  caused by: {text}"),
            None => line.to_owned(),
        };
        assert_eq!(outer.next(), Some(expect.as_str()), "{inner}");
    }
    assert_eq!(outer.next(), None);
}

#[test]
fn a_person_whom_a_called_keyward_needs_is_needed_here_too() {
    let practice = crate::practice::Practice::with_key();
    let keyward = env!("CARGO_BIN_EXE_keyward");
    practice.config(&format!(
        "{}\n[profile outer]\ncredential_process = env {keyward} credential-process on-source\n",
        crate::practice::CONFIG
    ));
    let said = practice.run(&["credential-process", "outer"]).fails_with(3);
    assert!(
        said.contains("hint: run `keyward exec on-source -- true`"),
        "{said}"
    );
}

#[test]
fn words_meant_for_a_shell_are_named() {
    for (line, word) in [
        ("~/bin/program", "`~` needs one"),
        ("sh -c 'exit 1' | cat", "`|` needs one"),
        ("sh -c 'exit 1' 2>/dev/null", "`2>` needs one"),
    ] {
        let home = home();
        home.config(&format!("[profile p]\ncredential_process = {line}\n"));
        let said = home.run(&["credential-process", "p"]).fails_with(1);
        assert!(said.contains("hint: no shell reads"), "{said}");
        assert!(said.contains(word), "{said}");
    }
    let said = with_script("exit 1").run(&["credential-process", "p"]);
    assert!(!said.fails_with(1).contains("no shell"));
}

/// Runs keyward until something holds the pipe `standing` open, and kills it: what held the pipe
/// must end too.
#[track_caller]
fn ends_with_keyward(home: &Home, words: &[&str]) {
    use std::os::unix::fs::OpenOptionsExt;
    use std::process::Stdio;
    let pipe = home.path().join("standing");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let mut command = home.command(words);
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    command.stdin(Stdio::null()).stdout(Stdio::null());
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let nonblocking = i32::try_from(rustix::fs::OFlags::NONBLOCK.bits()).unwrap();
    let stands = || -> bool {
        let mut options = std::fs::File::options();
        options.write(true).custom_flags(nonblocking);
        options.open(&pipe).is_ok()
    };
    until(stands);
    child.kill().unwrap();
    child.wait().unwrap();
    until(|| !stands());
}

#[test]
fn a_program_ends_with_the_keyward_that_was_killed() {
    let home = with_script("exec 3<>standing\nsleep 300\n");
    ends_with_keyward(&home, &["credential-process", "p"]);
}

#[test]
fn so_does_a_keeper_of_the_vault() {
    let practice = crate::practice::Practice::with_key();
    practice.write("keep.sh", "cat > kept\n");
    practice.write(
        "read.sh",
        "test -e standing || exec cat kept\nexec 3<>standing\nsleep 300\n",
    );
    let words = ["sh read.sh", "--store", "sh keep.sh"];
    let words = [&["vault", "slot", "add", "command", "--read"][..], &words].concat();
    let _ = practice.run(&words).ok();
    ends_with_keyward(&practice, &["env", "bare", "--no-session"]);
}

#[test]
fn a_token_process_that_hangs_is_ended() {
    let mut home = home();
    home.set("KEYWARD_TEST_PATIENCE_MS", "1000");
    home.write("token.sh", "echo waiting for a browser >&2\nsleep 600\n");
    home.config(
        "[profile w]\nrole_arn = arn:aws:iam::123456789012:role/ReadOnly\nweb_identity_token_process = sh token.sh\n",
    );
    let start = Instant::now();
    let said = home.run(&["credential-process", "w"]).fails_with(3);
    assert!(
        said.contains("it took longer than 2 s; it said: waiting for a browser"),
        "{said}"
    );
    assert!(start.elapsed() < Duration::from_secs(60));
}

#[test]
fn a_keeper_of_the_vault_that_waits_for_a_person_is_ended_where_there_is_none() {
    let mut practice = crate::practice::Practice::with_key();
    practice.write("keep.sh", "cat > kept\n");
    practice.write(
        "read.sh",
        "test -e hang || exec cat kept\nsleep 600 & echo $! > child; wait\n",
    );
    let words = ["sh read.sh", "--store", "sh keep.sh"];
    let words = [&["vault", "slot", "add", "command", "--read"][..], &words].concat();
    let _ = practice.run(&words).ok();
    practice.write("hang", "");
    practice.set("KEYWARD_TEST_PATIENCE_MS", "1000");
    let start = Instant::now();
    let passed_over = "slot `command` is skipped: `sh` did not end within 2 seconds; it may wait for a PIN or a touch";
    let words = ["env", "bare", "--no-session"];
    let ran = practice.run(&words);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains(passed_over), "{}", ran.stderr);
    // No slot can prompt.
    let passphrase = ["vault", "slot", "remove", "passphrase", "--yes"];
    let _ = practice.run(&passphrase).ok();
    let said = practice.run(&words).fails_with(3);
    assert!(said.contains("no slot opens the vault"), "{said}");
    assert!(said.contains(passed_over), "{said}");
    assert!(start.elapsed() < Duration::from_secs(60));
    let child = practice.read("child").trim().parse().unwrap();
    let child = rustix::process::Pid::from_raw(child).unwrap();
    until(|| rustix::process::test_kill_process(child).is_err());
}

#[test]
fn a_program_that_prints_without_an_end_is_said_to_print_too_much() {
    let home = Home::new(env!("CARGO_BIN_EXE_keyward"));
    home.config("[profile p]\ncredential_process = yes\n");
    let said = home.run(&["credential-process", "p"]).fails_with(1);
    assert!(said.contains("printed more than 1 MiB"), "{said}");
    assert!(!said.contains("SIGPIPE"), "{said}");
}
