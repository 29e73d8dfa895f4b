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
        ("~/bin/program", "`~/bin/program` stays"),
        ("sh -c 'exit 1' | cat", "`|` stays"),
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

#[test]
fn a_program_ends_with_the_keyward_that_was_killed() {
    use std::os::unix::fs::OpenOptionsExt;
    use std::process::Stdio;
    let home = with_script("exec 3<>standing\nsleep 300\n");
    let pipe = home.path().join("standing");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status();
    assert!(made.unwrap().success());
    let mut command = home.command(&["credential-process", "p"]);
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
