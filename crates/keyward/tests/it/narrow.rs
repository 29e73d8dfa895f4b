//! Screens of 60 columns: lines break between words, and tables shrink their columns. The terminals
//! are real ones.

#![cfg(target_os = "linux")]

use std::io::Read as _;
use std::process::Stdio;

use keyward_testkit::Home;

use crate::echo::Terminal;
use crate::practice::{CONFIG, Practice};

/// The output of a command on a terminal of that many columns, without a person.
fn screen(home: &Home, words: &[&str], columns: u16) -> String {
    let Terminal {
        keys: mut seen,
        screen,
    } = Terminal::of(columns);
    // The command must not ask at the test's own terminal.
    let own = home.command(words);
    let mut command = home.command_of("setsid");
    command
        .arg("--wait")
        .arg(own.get_program())
        .args(own.get_args())
        .env("TERM", "xterm")
        .stdin(Stdio::null())
        .stdout(Stdio::from(screen.try_clone().unwrap()))
        .stderr(Stdio::from(screen));
    let mut child = command.spawn().unwrap();
    // Its copies of the screen are the last ones once it has started.
    drop(command);
    let mut text = Vec::new();
    let mut piece = [0; 4096];
    // The end of the last writer is an error here.
    while let Ok(count @ 1..) = seen.read(&mut piece) {
        text.extend_from_slice(&piece[..count]);
    }
    child.wait().unwrap();
    let text = String::from_utf8(text).unwrap();
    anstream::adapter::strip_str(&text).to_string()
}

/// The lines that a terminal would break inside a word, though they have a blank to break at. A command
/// in backticks stays whole.
fn broken(screen: &str, columns: usize) -> Vec<&str> {
    let breaks_at_a_blank = |line: &str| {
        let mut quoted = false;
        let start = line.len() - line.trim_start().len();
        line.trim_end().char_indices().any(|(at, c)| {
            quoted ^= c == '`';
            c == ' ' && !quoted && at > start
        })
    };
    screen
        .lines()
        .map(|line| line.trim_end_matches('\r'))
        .filter(|line| line.chars().count() > columns && breaks_at_a_blank(line))
        .collect()
}

#[track_caller]
fn check(home: &Home, commands: &[&[&str]]) {
    let mut wrong = Vec::new();
    for words in commands {
        for columns in [60, 80] {
            let mut screen = screen(home, words, columns);
            if words.contains(&"invite") {
                // Indented lines of the sheet are to be copied.
                let prose = screen.lines().filter(|line| !line.starts_with("    "));
                screen = prose.collect::<Vec<_>>().join("\n");
            }
            assert!(!screen.trim().is_empty(), "{words:?} shows nothing");
            for line in broken(&screen, columns.into()) {
                wrong.push(format!(
                    "{columns} columns, keyward {}:\n  {line}",
                    words.join(" ")
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn listings_errors_and_hints_break_between_words() {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.config(&format!(
        "{CONFIG}\n[profile nowhere]\nsource_profile = a-profile-that-is-not-there\n\
         role_arn = arn:aws:iam::123456789012:role/ReadOnly\n\
         [profile half]\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\n"
    ));
    practice.write(
        ".aws/credentials",
        "[a-profile-with-a-long-name]\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\n\
         aws_secret_access_key = je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY\n",
    );
    let _ = practice
        .run(&["env", "on-source", "--mfa-code", &code])
        .ok();
    practice.set("AWS_PROFILE", "on-source");
    let commands: &[&[&str]] = &[
        &["list"],
        &["explain", "partner"],
        &["explain", "nowhere"],
        &["doctor"],
        &["status"],
        &["log"],
        &["vault", "status"],
        &["vault", "slot", "list"],
        &["import", "credentials"],
        &["rotate", "alice", "--dry-run"],
        &["rotate", "--due", "--dry-run"],
        &["add", "alice", "--env"],
        &["exec", "half", "--", "true"],
        &["exec", "long", "--", "true"],
        &["remove", "alice"],
        &["mfa", "list", "alice"],
        &["whoami", "on-source"],
        &["config", "dump"],
        &["lock"],
    ];
    check(&practice, commands);
}

#[test]
fn a_serial_is_never_cut() {
    let practice = Practice::with_key();
    let words = ["mfa", "list", "alice"];
    let wide = screen(&practice, &words, 80).replace('\r', "");
    let serial = "arn:aws:iam::123456789012:mfa/alice";
    let head = format!(
        "{:width$}  KIND     SINCE       NOTES\n",
        "DEVICE",
        width = serial.len()
    );
    assert!(wide.starts_with(&head), "{wide}");
    assert!(wide.contains(&format!("\n{serial}  virtual  2")), "{wide}");
    let narrow = screen(&practice, &words, 60).replace('\r', "");
    assert!(
        narrow.starts_with(&format!("{serial}\n  virtual, since 2")),
        "{narrow}"
    );
}

#[test]
fn accounts_break_between_words() {
    let practice = Practice::with_key();
    let _ = practice
        .run(&["account", "init", "--template", "team", "-o", "team.toml"])
        .ok();
    let commands: &[&[&str]] = &[
        &["account", "prove", "team.toml"],
        &[
            "account",
            "why",
            "alice",
            "iam:CreateUser",
            "--blueprint",
            "team.toml",
        ],
        &["account", "plan", "team.toml", "--profile", "alice"],
        &["account", "apply", "team.toml", "--profile", "alice"],
        &["account", "invite", "alice", "team.toml"],
        &["audit"],
        &["demo"],
        &["demo", "--account"],
    ];
    check(&practice, commands);
}

#[test]
fn help_breaks_between_words() {
    let home = Home::new(env!("CARGO_BIN_EXE_keyward"));
    let commands: &[&[&str]] = &[
        &["--help"],
        &["help"],
        &["exec", "--help"],
        &["vault", "slot", "add", "--help"],
        &["account", "--help"],
        &["no-such-command"],
        &["exec", "--no-such-flag"],
    ];
    check(&home, commands);
}
