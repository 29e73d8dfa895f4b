//! `keyward lock` and running processes: servers drop their credentials and answer the SDKs with an
//! error. A command under way serves its own caller and stores nothing for others.

#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;
use std::process::Stdio;
use std::time::Duration;

use keyward_sandbox::{Effect, Fault};

use crate::practice::{CONFIG, Practice, SERIAL, until};
use crate::serve::{Running, get, ready, serve, variable};

/// A second code of the device.
fn next_code(practice: &mut Practice) {
    let code = practice.account.fresh_code(&SERIAL.parse().unwrap());
    practice.set("KEYWARD_MFA_CODE", code.unwrap().expose());
}

#[track_caller]
fn assert_locked(url: &str, token: &str) {
    let (status, body) = get(url, token);
    assert_eq!((status, &body["code"]), (403, &"Locked".into()), "{body}");
    let message = body["message"].as_str().unwrap();
    assert!(message.contains("locked by keyward lock"), "{message}");
    assert!(message.contains("run it again"), "{message}");
}

#[test]
fn a_running_server_hands_out_nothing_after_a_lock() {
    let mut practice = ready();
    let (_old, printed) = serve(&practice, &["on-source", "partner"]);
    let url = |printed: &serde_json::Value, profile: &str| {
        printed["profiles"][profile].as_str().unwrap().to_owned()
    };
    let token = |printed: &serde_json::Value| {
        std::fs::read_to_string(printed["token_file"].as_str().unwrap()).unwrap()
    };
    let secret = token(&printed);
    assert_eq!(get(&url(&printed, "on-source"), &secret).0, 200);
    let _ = practice.run(&["lock"]).ok();
    practice.account.clear_journal();
    for profile in ["on-source", "partner"] {
        for _ in 0..2 {
            assert_locked(&url(&printed, profile), &secret);
        }
    }
    assert!(practice.account.journal().is_empty(), "AWS was asked");
    // A caller without the token does not learn even that.
    assert_eq!(get(&url(&printed, "partner"), "wrong").0, 403);

    next_code(&mut practice);
    let (_new, again) = serve(&practice, &["on-source"]);
    assert_eq!(get(&url(&again, "on-source"), &token(&again)).0, 200);
    assert_locked(&url(&printed, "on-source"), &secret);
    let _ = practice.run(&["lock"]).ok();
    assert_locked(&url(&again, "on-source"), &token(&again));
}

#[test]
fn whoever_looks_at_a_server_that_nobody_asks_sees_the_lock() {
    use std::io::{BufRead as _, BufReader};
    let practice = ready();
    let mut child = practice
        .command(&["serve", "on-source"])
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut until = |wanted: &str| lines.any(|line| line.unwrap().contains(wanted));
    assert!(until("Ctrl-C ends it"));
    let _ = practice.run(&["lock"]).ok();
    // It looks every other second.
    assert!(until("locked by keyward lock"));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn the_status_names_a_running_server_that_answers_locked() {
    let practice = ready();
    let (running, printed) = serve(&practice, &["on-source"]);
    let (port, pid) = (&printed["port"], running.child.id());
    let json = |practice: &Practice| -> serde_json::Value {
        let ran = practice.run(&["status", "--json"]);
        serde_json::from_str::<serde_json::Value>(&ran.ok()).unwrap()["servers"].clone()
    };
    let server =
        |locked: bool| serde_json::json!([{"port": port, "process": pid, "locked": locked}]);
    let before = practice.run(&["status"]).stderr;
    assert!(!before.contains("server"), "{before}");
    assert_eq!(json(&practice), server(false));
    let _ = practice.run(&["lock"]).ok();
    let after = practice.run(&["status"]).stderr;
    let line = format!(
        "warning: the server on port {port} (process {pid}) answers `locked` since `keyward lock`\n"
    );
    assert!(after.contains(&line), "{after}");
    assert!(after.contains("hint: end the server's command"), "{after}");
    assert_eq!(json(&practice), server(true));
    drop(running);
    // It was killed, and its file is in no later answer.
    assert_eq!(json(&practice), serde_json::json!([]));
}

#[test]
fn the_end_of_a_command_says_that_its_server_was_locked() {
    let practice = ready();
    let keyward = env!("CARGO_BIN_EXE_keyward");
    let run = |script: &str| {
        let words = ["exec", "on-source", "--server", "--", "sh", "-c", script];
        practice.run(&words).stderr
    };
    let said = run(&format!("{keyward} lock 2>/dev/null"));
    assert!(
        said.contains("this command's server answered `locked`"),
        "{said}"
    );
}

#[test]
fn a_child_is_told_of_a_lock_and_ends_as_it_likes() {
    let mut practice = ready();
    for code in [3, 4] {
        let script = format!("env; echo end; read line; exit {code}");
        let mut running = Running::start(
            &practice,
            &["exec", "on-source", "--server", "--", "sh", "-c", &script],
        );
        let environment = running.says_until("end");
        let url = variable(&environment, "AWS_CONTAINER_CREDENTIALS_FULL_URI").unwrap();
        let token = variable(&environment, "AWS_CONTAINER_AUTHORIZATION_TOKEN").unwrap();
        assert_eq!(get(url, token).0, 200);
        let _ = practice.run(&["lock"]).ok();
        assert_locked(url, token);
        assert_eq!(running.end().code(), Some(code));
        next_code(&mut practice);
    }
}

#[test]
fn a_child_that_asks_by_keyward_hears_of_the_lock_too() {
    let practice = ready();
    let keyward = env!("CARGO_BIN_EXE_keyward");
    let script = format!(
        "{keyward} status; {keyward} lock 2>/dev/null; {keyward} whoami; {keyward} status; \
         {keyward} status --json"
    );
    let ran = practice.run(&["exec", "on-source", "--server", "--", "sh", "-c", &script]);
    let said = &ran.stderr;
    assert!(
        said.contains("caused by: it answered with status 403: keyward: locked by keyward lock"),
        "{said}"
    );
    let mut lines = ran.stdout.lines();
    let before = lines.next().unwrap();
    assert!(before.starts_with("on-source  session for "), "{before}");
    // Nothing can make a session now, so none is promised.
    let after = lines.next().unwrap();
    assert_eq!(
        after,
        "on-source  no session is kept; ask this shell's server with `keyward whoami`"
    );
    let json: serde_json::Value = serde_json::from_str(&lines.collect::<String>()).unwrap();
    assert_eq!(json["served"], true, "{json}");
}

#[test]
fn a_lock_that_comes_before_the_server_is_up_is_not_missed() {
    let practice = ready();
    // The lock comes while the code is on its way.
    let keyward = env!("CARGO_BIN_EXE_keyward");
    practice.config(&format!(
        "[profile alice]\nregion = eu-central-1\nmfa_serial = {SERIAL}\n\
         mfa_process = {keyward} lock 2>/dev/null; echo {}\n",
        practice.code()
    ));
    let mut command = practice.command(&["exec", "alice", "--server", "--", "touch", "started"]);
    command.env_remove("KEYWARD_MFA_CODE");
    let said = keyward_testkit::finish(command, "").fails_with(1);
    assert!(said.contains("locked by keyward lock"), "{said}");
    assert!(!practice.path().join("started").exists());
}

#[test]
fn a_server_whose_profile_needs_no_person_renews_from_the_open_vault() {
    let practice = Practice::with_key();
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nsession_duration = \"15m\"\n",
    );
    let (_running, printed) = serve(&practice, &["bare"]);
    let url = printed["profiles"]["bare"].as_str().unwrap();
    let token = std::fs::read_to_string(printed["token_file"].as_str().unwrap()).unwrap();
    // Neither a cached session nor a passphrase is left.
    std::fs::remove_dir_all(practice.path().join("keyward/sessions")).unwrap();
    std::fs::remove_file(practice.path().join("passphrase")).unwrap();
    let (status, first) = get(url, &token);
    assert_eq!(status, 200, "{first}");
    assert_eq!(practice.calls("GetSessionToken"), 2);
    let _ = practice.run(&["lock"]).ok();
    assert_locked(url, &token);
}

/// Without a code, a profile whose session was forgotten needs the person.
#[track_caller]
fn assert_forgotten(practice: &Practice, profile: &str) {
    let mut command = practice.command(&["credential-process", profile]);
    command.env_remove("KEYWARD_MFA_CODE");
    let _ = keyward_testkit::finish(command, "").fails_with(3);
}

#[test]
fn a_session_that_was_begun_before_a_lock_goes_to_its_own_caller_only() {
    let practice = ready();
    let keyward = env!("CARGO_BIN_EXE_keyward");
    let config = |process: &str| {
        practice.config(&format!(
            "[profile alice]\nregion = eu-central-1\nmfa_serial = {SERIAL}\n{process}\n"
        ));
    };
    // The lock comes while the code is on its way.
    config(&format!(
        "mfa_process = {keyward} lock 2>/dev/null; echo {}",
        practice.code()
    ));
    let mut command = practice.command(&["credential-process", "alice"]);
    command.env_remove("KEYWARD_MFA_CODE");
    let ran = keyward_testkit::finish(command, "");
    assert!(
        ran.stderr.contains("`keyward lock` ran in the meantime"),
        "{}",
        ran.stderr
    );
    assert!(ran.ok().contains("SessionToken"));
    config("");
    assert_forgotten(&practice, "alice");
    // A session that begins after the lock is cached as usual.
    let mut practice = practice;
    next_code(&mut practice);
    let _ = practice.run(&["credential-process", "alice"]).ok();
    let calls = practice.calls("GetSessionToken");
    let _ = practice.run(&["credential-process", "alice"]).ok();
    assert_eq!(practice.calls("GetSessionToken"), calls);
}

#[test]
fn a_role_that_aws_is_slow_to_give_is_not_kept_after_a_lock() {
    let practice = ready();
    let _ = practice.run(&["credential-process", "alice"]).ok();
    let slow = Effect::Delay(Duration::from_secs(1));
    practice
        .account
        .inject(Fault::on("AssumeRole", slow).times(1));
    let child = practice
        .command(&["credential-process", "on-source"])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    until(|| practice.calls("AssumeRole") == 1);
    let _ = practice.run(&["lock"]).ok();
    let ended = child.wait_with_output().unwrap();
    assert!(ended.status.success(), "{ended:?}");
    assert_forgotten(&practice, "on-source");
}

#[test]
fn a_vault_that_was_being_opened_at_a_lock_is_not_kept_open() {
    let mut practice = ready();
    let keyward = env!("CARGO_BIN_EXE_keyward");
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nunlock_for = \"1h\"\n",
    );
    practice.write(
        "bin/zenity",
        &format!("#!/bin/sh\n{keyward} lock 2>/dev/null\ncat \"$HOME/passphrase\"\n"),
    );
    let zenity = practice.path().join("bin/zenity");
    std::fs::set_permissions(&zenity, std::fs::Permissions::from_mode(0o755)).unwrap();
    let own = std::env::var("PATH").unwrap();
    let bin = practice.path().join("bin").display().to_string();
    practice.set("PATH", format!("{bin}:{own}"));
    practice.set("KEYWARD_PASSPHRASE_FILE", "");
    let asked = |screen: &str| {
        let mut command = practice.command(&["exec", "bare", "--", "true"]);
        command.env("DISPLAY", screen);
        keyward_testkit::finish(command, "")
    };
    if cfg!(not(target_os = "macos")) {
        let _ = asked(":7").ok();
    }
    let _ = asked("").fails_with(3);
}

#[test]
fn a_lock_does_all_it_can_and_names_what_it_could_not() {
    let mut practice = ready();
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nunlock_for = \"1h\"\n",
    );
    let (_running, printed) = serve(&practice, &["on-source"]);
    let url = printed["profiles"]["on-source"].as_str().unwrap();
    let token = std::fs::read_to_string(printed["token_file"].as_str().unwrap()).unwrap();
    let _ = practice.run(&["credential-process", "on-source"]).ok();
    let stuck = |end: &str| {
        let name = "a".repeat(64);
        practice
            .path()
            .join(format!("keyward/sessions/{name}.{end}"))
    };
    // No user, not even root, can remove a folder as if it were a file.
    for end in ["age", "json"] {
        std::fs::create_dir(stuck(end)).unwrap();
    }
    let said = practice.run(&["lock"]).fails_with(1);
    for end in ["age", "json"] {
        let path = stuck(end);
        let file = path.file_name().unwrap().to_str().unwrap();
        assert!(said.contains(file), "{file}: {said}");
        std::fs::remove_dir(path).unwrap();
    }
    assert_eq!(said.matches("error: ").count(), 1, "{said}");
    assert!(!said.contains("session was kept"), "{said}");
    assert_locked(url, &token);
    assert_forgotten(&practice, "on-source");
    practice.set("KEYWARD_PASSPHRASE_FILE", "");
    let _ = practice.run(&["exec", "bare", "--", "true"]).fails_with(3);
}

#[test]
fn a_lock_that_cannot_read_the_files_says_what_it_cannot_name() {
    let practice = ready();
    practice.write(".aws/config", "[profile alice\n");
    let ran = practice.run(&["lock"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("cannot be named"), "{}", ran.stderr);
    practice.config(CONFIG);
    let ran = practice.run(&["lock"]);
    assert!(!ran.stderr.contains("cannot be named"), "{}", ran.stderr);
}

#[test]
fn a_session_in_the_cache_is_handed_out_without_a_look_at_the_mark() {
    let practice = ready();
    let _ = practice.run(&["credential-process", "alice"]).ok();
    // With an unreadable mark, keyward cannot tell whether a lock came.
    std::fs::create_dir(practice.path().join("keyward/locks/locked")).unwrap();
    let hit = practice.run(&["credential-process", "alice"]);
    assert_eq!((hit.code, hit.stderr.as_str()), (0, ""));
    let made = practice.run(&["credential-process", "on-source"]);
    assert_eq!(made.code, 0, "{}", made.stderr);
    assert!(made.stderr.contains("could not be kept"), "{}", made.stderr);
    let _ = practice.run(&["credential-process", "on-source"]).ok();
    assert_eq!(practice.calls("AssumeRole"), 2, "it was kept");
    std::fs::remove_dir(practice.path().join("keyward/locks/locked")).unwrap();
}

#[test]
fn a_lock_without_a_home_forgets_all_the_same() {
    let practice = ready();
    let (_running, printed) = serve(&practice, &["on-source"]);
    let url = printed["profiles"]["on-source"].as_str().unwrap();
    let token = std::fs::read_to_string(printed["token_file"].as_str().unwrap()).unwrap();
    assert_eq!(get(url, &token).0, 200);
    let mut command = practice.command(&["lock"]);
    command.env_remove("HOME").env_remove("USERPROFILE");
    let ran = keyward_testkit::finish(command, "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("cannot be named"), "{}", ran.stderr);
    assert_locked(url, &token);
    let sessions = practice.path().join("keyward/sessions");
    assert_eq!(std::fs::read_dir(sessions).unwrap().count(), 0);
}

/// A folder that may not be written keeps the session files; what opens them is gone.
#[cfg(target_os = "linux")]
#[test]
fn a_lock_of_a_folder_that_may_not_be_written_reaches_servers() {
    let practice = ready();
    if !crate::unwritable::given_away(&practice) {
        return;
    }
    let _ = crate::unwritable::run(&practice, &["lock"]).ok();
    let mut command = practice.command(&["serve", "--json", "on-source"]);
    if rustix::process::geteuid().is_root() {
        use std::os::unix::process::CommandExt as _;
        command.uid(65534).gid(65534);
    }
    let (_running, printed) = crate::serve::serving(command);
    let url = printed["profiles"]["on-source"].as_str().unwrap();
    let token = std::fs::read_to_string(printed["token_file"].as_str().unwrap()).unwrap();
    assert_eq!(get(url, &token).0, 200);
    for folder in ["locks", "sessions"] {
        crate::unwritable::close(&practice.path().join("keyward").join(folder));
    }
    std::fs::set_permissions(
        practice.path().join("keyward/locks/locked"),
        std::fs::Permissions::from_mode(0o400),
    )
    .unwrap();
    let ran = crate::unwritable::run(&practice, &["lock"]);
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    assert!(ran.stderr.contains("sessions"), "{}", ran.stderr);
    assert_locked(url, &token);
    for folder in ["locks", "sessions"] {
        crate::unwritable::open(&practice.path().join("keyward").join(folder));
    }
}

#[test]
fn a_lock_does_not_compare_every_session_with_every_profile() {
    let practice = Practice::start();
    let many: String = (0..3000)
        .map(|number| {
            format!(
                "[sso-session s{number}]\nsso_start_url = https://example.com/{number}\nsso_region = eu-central-1\n[profile p{number}]\nsso_session = s{number}\nsource_profile = nosuch\nrole_arn = arn:aws:iam::123456789012:role/R\n"
            )
        })
        .collect();
    practice.config(&many);
    let begun = std::time::Instant::now();
    assert_eq!(practice.run(&["lock"]).code, 0);
    // Comparing each with each took most of a minute.
    assert!(begun.elapsed().as_secs() < 15, "{:?}", begun.elapsed());
}
