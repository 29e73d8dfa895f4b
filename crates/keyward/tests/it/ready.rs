//! The ready answer from outside: it says what the usual way says, leaves the same line in the log,
//! and is gone after every change.

#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use keyward_testkit::{Ran, finish};

use crate::practice::Practice;

const ASK: [&str; 2] = ["credential-process", "on-source"];

/// A practice account whose role session is in the cache.
fn warm() -> Practice {
    let mut practice = Practice::with_key();
    practice.home.write(".aws/credentials", "");
    practice.config(crate::practice::CONFIG);
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let trace = practice.path().join("trace");
    practice.set("KEYWARD_TEST_TRACE", trace.to_str().unwrap());
    let _ = practice.run(&ASK).ok();
    practice.account.clear_journal();
    practice
}

/// Returns the number of runs that had a ready answer so far.
fn answered(practice: &Practice) -> usize {
    let trace = practice.read("trace");
    trace.lines().filter(|line| *line == "ready answer").count()
}

/// Runs a command line until it has a ready answer. The first answer may only be kept when the
/// files have been left alone for a moment.
#[track_caller]
fn until_ready(practice: &Practice, words: &[&str]) -> Ran {
    let before = answered(practice);
    for _ in 0..100 {
        let ran = practice.run(words);
        if answered(practice) > before {
            return ran;
        }
    }
    panic!("`{words:?}` never had a ready answer");
}

#[test]
fn it_says_and_logs_what_the_usual_way_does() {
    let practice = warm();
    let usual = practice.run(&ASK).ok();
    let lines = practice.read("keyward/log.jsonl").lines().count();
    let ready = until_ready(&practice, &ASK);
    assert_eq!((ready.stdout, ready.stderr.as_str()), (usual, ""));
    let log = practice.run(&["log", "--json"]);
    assert_eq!(log.stderr, "", "the chain of the log is whole");
    let entries: Vec<serde_json::Value> = serde_json::from_str(&log.stdout).unwrap();
    assert!(entries.len() > lines);
    let [.., one, other] = entries.as_slice() else {
        panic!("{entries:?}");
    };
    for field in [
        "profile",
        "role",
        "session",
        "access_key_id",
        "expires_at",
        "how",
    ] {
        assert_eq!(one[field], other[field], "{field}");
    }
    assert_ne!(one["pid"], other["pid"]);
    assert!(practice.account.journal().is_empty(), "AWS was asked");
}

/// After the change, the next run goes the usual way.
#[track_caller]
fn ends(change: impl FnOnce(&mut Practice)) {
    let mut practice = warm();
    let _ = until_ready(&practice, &ASK);
    change(&mut practice);
    let before = answered(&practice);
    let _ = practice.run(&ASK);
    assert_eq!(answered(&practice), before);
}

#[test]
fn an_edit_of_the_config_file_ends_it() {
    ends(|practice| {
        let other = crate::practice::CONFIG.replace("role/ReadOnly", "role/Nobody00");
        practice.config(&other);
    });
}

#[test]
fn a_touch_of_the_credentials_file_ends_it() {
    ends(|practice| practice.write(".aws/credentials", ""));
}

#[test]
fn a_change_of_the_settings_ends_it() {
    ends(|practice| practice.write("keyward/config.toml", "passphrase_work = 3\n"));
}

#[test]
fn a_change_of_the_vault_or_its_index_ends_it() {
    for name in ["vault.age", "index.json"] {
        ends(|practice| {
            let path = practice.path().join("keyward").join(name);
            let content = fs::read(&path).unwrap();
            fs::write(&path, content).unwrap();
        });
    }
}

#[test]
fn a_folder_that_others_may_enter_is_refused_as_ever() {
    let practice = warm();
    let _ = until_ready(&practice, &ASK);
    let folder = practice.path().join("keyward");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    let said = practice.run(&ASK).stderr;
    assert!(said.contains("is open to other users"), "{said}");
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o700)).unwrap();
}

#[test]
fn another_environment_ends_it() {
    for (name, value) in [
        ("AWS_ROLE_SESSION_NAME", "other"),
        ("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:9"),
        ("KEYWARD_SESSION_TIER", "none"),
        ("USER", "other"),
    ] {
        ends(|practice| practice.set(name, value));
    }
}

#[test]
fn a_lock_ends_it() {
    ends(|practice| {
        let _ = practice.run(&["lock"]).ok();
        assert_eq!(
            fs::read_dir(practice.path().join("keyward/ready"))
                .unwrap()
                .count(),
            0
        );
    });
}

#[test]
fn a_session_that_was_removed_ends_it() {
    ends(|practice| {
        let _ = practice.run(&["clear", "on-source"]);
        for entry in fs::read_dir(practice.path().join("keyward/sessions")).unwrap() {
            let _ = fs::remove_file(entry.unwrap().path());
        }
    });
}

#[test]
fn a_command_gets_the_same_variables_and_nothing_that_opens_the_vault() {
    let practice = warm();
    let words = [
        "exec",
        "on-source",
        "--",
        "sh",
        "-c",
        "ulimit -c; env | sort",
    ];
    let usual = practice.run(&words).ok();
    let ready = until_ready(&practice, &words).ok();
    assert_eq!(ready, usual);
    assert!(ready.contains("AWS_SESSION_TOKEN="));
    assert!(!ready.contains("KEYWARD_MFA_CODE"));
    assert!(!ready.contains("KEYWARD_PASSPHRASE"));
    // The answer is of the words before `--`.
    let before = answered(&practice);
    assert_eq!(
        practice
            .run(&["exec", "on-source", "--", "echo", "--", "x"])
            .ok(),
        "-- x\n"
    );
    let _ = practice
        .run(&["exec", "on-source", "--", "/missing"])
        .fails_with(127);
    assert_eq!(answered(&practice), before + 2);
}

#[test]
fn words_that_are_sorted_otherwise_are_left_to_the_usual_way() {
    let practice = warm();
    let _ = until_ready(&practice, &["exec", "on-source", "--", "true"]);
    for _ in 0..5 {
        let said = practice.run(&["exec", "on-source", "echo", "--", "x"]).ok();
        assert_eq!(said, "-- x\n");
    }
    let before = answered(&practice);
    let _ = practice.run(&["exec", "on-source", "--no-session", "--", "true"]);
    assert_eq!(answered(&practice), before);
}

#[test]
fn each_form_of_env_has_its_own() {
    let practice = warm();
    for form in ["bash", "json", "ini"] {
        let words = ["env", "on-source", "--format", form];
        let usual = practice.run(&words).ok();
        assert_eq!(until_ready(&practice, &words).ok(), usual, "{form}");
    }
}

#[test]
fn a_warning_is_said_every_time() {
    let practice = warm();
    let words = ["exec", "on-source", "--", "true"];
    for _ in 0..5 {
        let mut command = practice.command(&words);
        command.env("AWS_REGION", "us-east-1");
        let said = finish(command, "").stderr;
        assert!(said.contains("not AWS_REGION (us-east-1)"), "{said}");
    }
}

#[test]
fn a_prompt_is_ready_until_a_session_comes_or_goes() {
    let mut practice = warm();
    practice.set("AWS_PROFILE", "on-source");
    let words = ["status", "--prompt"];
    let usual = practice.run(&words).ok();
    let (name, _) = usual.split_once(' ').unwrap();
    let ready = until_ready(&practice, &words).ok();
    assert!(ready.starts_with(name), "{ready}");
    let before = answered(&practice);
    let _ = practice.run(&["credential-process", "partner"]).ok();
    let _ = practice.run(&words).ok();
    assert_eq!(answered(&practice), before);
}

#[test]
fn a_limit_of_file_sizes_ends_no_run_that_has_an_answer() {
    let practice = warm();
    let _ = until_ready(&practice, &ASK);
    let mut command = practice.command_of("sh");
    let line = "ulimit -f 0; exec \"$0\" credential-process on-source";
    command.args(["-c", line, env!("CARGO_BIN_EXE_keyward")]);
    let ran = finish(command, "");
    assert!(
        ran.stderr.contains("could not be written to the log"),
        "{}",
        ran.stderr
    );
    assert!(!ran.ok().is_empty());
}

#[test]
fn a_log_that_cannot_be_written_is_told() {
    let practice = warm();
    let _ = until_ready(&practice, &ASK);
    let log = practice.path().join("keyward/log.jsonl");
    fs::remove_file(&log).unwrap();
    fs::create_dir(&log).unwrap();
    let ran = practice.run(&ASK);
    assert!(
        ran.stderr.contains("could not be written to the log"),
        "{}",
        ran.stderr
    );
    assert!(!ran.ok().is_empty());
}
