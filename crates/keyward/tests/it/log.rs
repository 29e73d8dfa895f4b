//! The log: each kind of hand-out leaves a line, and keyward reports a changed line.

use keyward_testkit::Canaries;

use crate::practice::{Practice, SECRET};

#[test]
fn every_hand_out_leaves_a_line() {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let _ = practice.run(&["exec", "on-source", "--", "true"]).ok();
    let _ = practice.run(&["env", "alice"]).ok();
    let document = practice.run(&["credential-process", "on-source"]).ok();
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();

    let said = practice.run(&["log", "--json"]).ok();
    let entries: Vec<serde_json::Value> = serde_json::from_str(&said).unwrap();
    let how: Vec<&str> = entries
        .iter()
        .map(|entry| entry["how"].as_str().unwrap())
        .collect();
    assert_eq!(how, ["exec", "env", "credential-process"]);
    assert_eq!(
        entries[0]["role"],
        "arn:aws:iam::123456789012:role/ReadOnly"
    );
    assert_eq!(entries[0]["session"], "keyward");
    assert_eq!(entries[2]["access_key_id"], document["AccessKeyId"]);

    let said = practice.run(&["log", "--profile", "alice"]).ok();
    assert_eq!(said.lines().count(), 1, "{said}");
    let said = practice.run(&["log", "--since", "1h"]).ok();
    assert_eq!(said.lines().count(), 3, "{said}");

    let mut canaries = Canaries::new();
    canaries.plant("the secret key", SECRET);
    canaries.plant("secret", document["SecretAccessKey"].as_str().unwrap());
    canaries.plant("token", document["SessionToken"].as_str().unwrap());
    let log = practice.read("keyward/log.jsonl");
    assert!(canaries.found_in(log.as_bytes()).is_empty());
}

#[test]
fn a_line_that_was_taken_out_is_told() {
    let practice = Practice::with_key();
    for _ in 0..3 {
        let _ = practice.run(&["env", "bare"]).ok();
    }
    let log = practice.read("keyward/log.jsonl");
    let without: Vec<&str> = log
        .lines()
        .enumerate()
        .filter(|(number, _)| *number != 1)
        .map(|(_, line)| line)
        .collect();
    practice.write("keyward/log.jsonl", &(without.join("\n") + "\n"));
    let ran = practice.run(&["log"]);
    assert_eq!(ran.stdout.lines().count(), 2);
    assert!(ran.fails_with(1).contains("line 2 does not follow"));
}

#[test]
fn a_log_that_cannot_be_written_costs_no_credentials() {
    let practice = Practice::with_key();
    std::fs::create_dir(practice.path().join("keyward/log.jsonl")).unwrap();
    let ran = practice.run(&["env", "bare"]);
    assert!(ran.stderr.contains("could not be written to the log"));
    assert!(ran.ok().contains("AWS_ACCESS_KEY_ID"));
}

#[cfg(target_os = "linux")]
#[test]
fn a_long_log_needs_no_more_memory_than_a_short_one() {
    const LINES: usize = 100_000;
    let practice = Practice::with_key();
    let _ = practice.run(&["env", "bare"]).ok();
    let line = practice.read("keyward/log.jsonl");
    practice.write("keyward/log.jsonl", &line.repeat(LINES));
    // In kilobytes. The file alone has about 20 MB, and is far larger once it is parsed.
    let limited = "ulimit -d 16384; exec \"$0\" log --profile nobody";
    let mut command = practice.command_of("sh");
    command.args(["-c", limited, env!("CARGO_BIN_EXE_keyward-full")]);
    let ran = keyward_testkit::finish(command, "");
    assert_eq!(ran.stdout, "", "{}", ran.stderr);
    let told = ran.fails_with(1);
    assert!(told.contains("does not follow"), "{told}");
    // The hand-out itself does not read it.
    let _ = practice.run(&["env", "bare"]).ok();
}
