//! The main screens as a whole, so that no part of one can change unseen.

use std::process::Command;

use keyward_testkit::Ran;

use crate::practice::Practice;

/// A finished command: its exit code and both streams, without what differs from run to run.
fn screen(practice: &Practice, ran: &Ran) -> String {
    let home = practice.path().display().to_string();
    let mask = |text: &str| {
        let text = text.replace(&home, "HOME");
        without_digests(&text.replace(&practice.account.url(), "ENDPOINT"))
    };
    let mut screen = format!("exit {}\n", ran.code);
    for (name, text) in [("stdout", &ran.stdout), ("stderr", &ran.stderr)] {
        if !text.is_empty() {
            screen.push_str(&format!("--- {name}\n{}", mask(text)));
        }
    }
    screen
}

/// Request ids and cache keys, which differ with the port and the run, become `DIGEST`.
fn without_digests(text: &str) -> String {
    let (mut out, mut run) = (String::new(), String::new());
    for c in text.chars().chain(['\n']) {
        if c == '-' || c.is_ascii_digit() || ('a'..='f').contains(&c) {
            run.push(c);
            continue;
        }
        out.push_str(if run.len() >= 32 { "DIGEST" } else { &run });
        run.clear();
        out.push(c);
    }
    out.pop();
    out
}

/// Runs a command and compares its screen with the stored one.
#[track_caller]
fn check(name: &str, practice: &Practice, arguments: &[&str]) {
    let ran = practice.run(arguments);
    insta::with_settings!({ omit_expression => true, description => arguments.join(" ") }, {
        insta::assert_snapshot!(name, screen(practice, &ran));
    });
}

#[test]
fn help_is_as_stored() {
    let practice = Practice::start();
    check("help", &practice, &["--help"]);
    check("help_of_exec", &practice, &["exec", "--help"]);
    check("help_of_account", &practice, &["account", "--help"]);
}

#[test]
fn profiles_and_chains_are_shown_as_stored() {
    let practice = Practice::with_key();
    check("list", &practice, &["list"]);
    check("explain_role", &practice, &["explain", "on-source"]);
    check("explain_json", &practice, &["explain", "partner", "--json"]);
    check("status", &practice, &["status"]);
    check("dump", &practice, &["config", "dump"]);
}

#[test]
fn an_empty_home_is_shown_as_stored() {
    let practice = Practice::start();
    practice.config("");
    check("list_empty", &practice, &["list"]);
    check("status_empty", &practice, &["status"]);
    check("vault_status_empty", &practice, &["vault", "status"]);
}

#[test]
fn an_error_of_each_exit_code_is_shown_as_stored() {
    let mut practice = Practice::with_key();
    check(
        "error_1_code",
        &practice,
        &["credential-process", "on-role", "--mfa-code", "000000"],
    );
    check(
        "error_2_profile",
        &practice,
        &["exec", "alcie", "--", "true"],
    );
    check(
        "error_2_usage",
        &practice,
        &["exec", "alice", "--durattion", "1h"],
    );
    check("error_3_code", &practice, &["credential-process", "alice"]);
    check(
        "error_127_command",
        &practice,
        &["exec", "alice", "--no-session", "--", "no-such-command"],
    );
    practice.write("wrong", "not the passphrase");
    let wrong = practice.path().join("wrong").display().to_string();
    practice.set("KEYWARD_PASSPHRASE_FILE", wrong);
    check(
        "error_4_passphrase",
        &practice,
        &["exec", "alice", "--no-session", "--", "true"],
    );
}

#[test]
fn a_config_file_with_mistakes_is_shown_as_stored() {
    let practice = Practice::with_key();
    practice
        .config("[profile a]\nsource_profile = b\n\n[profile b]\nsource_profile = a\n\nregion\n");
    check("error_2_config", &practice, &["explain", "a"]);
    check("doctor_config", &practice, &["doctor"]);
}

/// The demo differs in ids and times only.
#[test]
fn the_demo_is_shown_as_stored() {
    let ran = Command::new(env!("CARGO_BIN_EXE_keyward"))
        .arg("demo")
        .output()
        .unwrap();
    assert!(ran.status.success(), "{ran:?}");
    let text = String::from_utf8(ran.stdout).unwrap();
    insta::with_settings!({ omit_expression => true }, {
        insta::assert_snapshot!("demo", masked(&text));
    });
}

/// Every run of digits becomes `0`, and every word with an id `ID`.
fn masked(text: &str) -> String {
    let word = |word: &str| {
        if ["AKIA", "ASIA", "AROA"].iter().any(|id| word.contains(id)) {
            return "ID".to_owned();
        }
        let mut masked = String::new();
        for c in word.chars() {
            match c.is_ascii_digit() {
                true if masked.ends_with('0') => {}
                true => masked.push('0'),
                false => masked.push(c),
            }
        }
        masked
    };
    let line = |line: &str| line.split(' ').map(word).collect::<Vec<_>>().join(" ");
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// Yellow is hard to read on a light ground, so it marks words and not sentences.
#[test]
fn no_sentence_is_yellow() {
    let practice = Practice::with_key();
    let file = ["account", "init", "--template", "team", "-o", "team.toml"];
    let _ = practice.run(&file).ok();
    let always = "--color=always";
    let mut marked = 0;
    for words in [
        &["vault", "status", always][..],
        &["doctor", always],
        &["account", "prove", "team.toml", always],
        &["account", "plan", "team.toml", always],
        &["audit", "--profile", "on-source", always],
    ] {
        let code = practice.code();
        let mut command = practice.command(words);
        command.env("KEYWARD_MFA_CODE", code);
        let ran = keyward_testkit::finish(command, "");
        let shown = format!("{}{}", ran.stdout, ran.stderr);
        for span in shown.split("\u{1b}[33m").skip(1) {
            let span = span.split('\u{1b}').next().unwrap().trim();
            assert!(!span.contains(' '), "{words:?}: {span}");
            marked += 1;
        }
    }
    assert!(marked > 1, "nothing was marked");
}
