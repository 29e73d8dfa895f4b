//! `sandbox` from outside: what it leaves behind, which is nothing, and what it plays.

use keyward_core::secret::MfaCode;
use keyward_sandbox::{Accounts, Clock, Sandbox};
use keyward_testkit::{Home, finish};

use crate::practice::{Practice, SERIAL};

const KEYWARD: &str = env!("CARGO_BIN_EXE_keyward");

/// A home of its own, with a folder for the practice homes.
fn home() -> Home {
    let mut home = Home::new(KEYWARD);
    let folder = home.path().join("tmp");
    std::fs::create_dir(&folder).unwrap();
    home.set("TMPDIR", folder.display().to_string());
    home
}

/// The number of entries in the folder for practice homes.
fn left(home: &Home) -> usize {
    std::fs::read_dir(home.path().join("tmp")).unwrap().count()
}

mod signals {
    use std::io::{BufRead as _, BufReader, Read as _};
    use std::os::unix::process::CommandExt as _;
    use std::process::{ExitStatus, Stdio};

    use rustix::process::{Pid, Signal, kill_process};

    use super::{Home, home, left};

    /// Starts it, signals it once it has said a line, and returns how it ended.
    fn check(words: &[&str], until: &str, signal: Signal) -> (Home, ExitStatus) {
        let home = home();
        let mut child = home
            .command(words)
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.starts_with(until) {
            line.clear();
            assert_ne!(out.read_line(&mut line).unwrap(), 0, "it ended");
        }
        assert_eq!(left(&home), 1);
        kill_process(Pid::from_child(&child), signal).unwrap();
        out.read_to_end(&mut Vec::new()).unwrap();
        let status = child.wait().unwrap();
        (home, status)
    }

    #[test]
    fn a_signal_takes_the_home_away_too() {
        for (signal, code) in [(Signal::INT, 130), (Signal::TERM, 143), (Signal::HUP, 129)] {
            let (home, status) = check(&["sandbox"], "# sign-ins", signal);
            assert_eq!(left(&home), 0, "{signal:?}");
            assert_eq!(status.code(), Some(code), "{signal:?}");
        }
    }

    #[test]
    fn a_command_is_told_of_the_signal_and_the_home_goes_after_it() {
        let script = "trap 'exit 7' INT TERM HUP; echo ready; while :; do read -r line; done";
        for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
            let words = ["sandbox", "--", "sh", "-c", script];
            let (home, status) = check(&words, "ready", signal);
            assert_eq!(status.code(), Some(7), "{signal:?}");
            assert_eq!(left(&home), 0, "{signal:?}");
        }
    }
}

#[test]
fn the_practice_home_is_its_owners_alone() {
    let home = home();
    let listed = home
        .run(&["sandbox", "--", "sh", "-c", "ls -ld \"$HOME\""])
        .ok();
    assert!(listed.starts_with("drwx------"), "{listed}");
}

#[test]
fn the_aws_files_of_the_practice_home_are_in_their_usual_places() {
    let home = home();
    let script = r#"grep -c "profile readonly" ~/.aws/config
        test "$AWS_CONFIG_FILE" -ef ~/.aws/config && test "$AWS_SHARED_CREDENTIALS_FILE" -ef ~/.aws/credentials"#;
    let counted = home.run(&["sandbox", "--", "sh", "-c", script]).ok();
    assert_eq!(counted, "1\n");
}

#[test]
fn an_account_without_a_phone_names_none() {
    let said = |words: &[&str]| home().run(words).stderr;
    assert!(said(&["sandbox"]).contains("the phone: keyward sandbox --phone; Ctrl-D"));
    let empty = said(&["sandbox", "--empty"]);
    assert!(empty.contains("profiles root; Ctrl-D ends it"), "{empty}");
}

#[test]
fn sign_ins_go_with_the_practice_home() {
    let home = home();
    let ran = home.run(&["sandbox", "--", "sh", "-c", "echo $HOME"]);
    let inside = ran.ok();
    assert_ne!(inside.trim(), home.path().to_str().unwrap());
    assert!(!std::path::Path::new(inside.trim()).exists());
    let kept = home
        .run(&["sandbox", "--keep-home", "--", "sh", "-c", "echo $HOME"])
        .ok();
    assert_eq!(kept.trim(), home.path().to_str().unwrap());
}

#[test]
fn phone_in_another_terminal_finds_the_account_that_runs() {
    let home = home();
    let said = home.run(&["sandbox", "--phone"]).fails_with(2);
    assert!(said.contains("no running practice account"), "{said}");
    // keyward ignores the leftovers of a killed account and another user's trap.
    home.write("tmp/keyward-practice-dead/url", "http://127.0.0.1:1");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let path = home.path().join("tmp/keyward-practice-dead");
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).unwrap();
    }
    let script = r#"unset KEYWARD_PRACTICE_URL; KEYWARD_MFA_CODE=$("$0" sandbox --phone) "$0" whoami readonly"#;
    let said = home
        .run(&["sandbox", "--", "sh", "-c", script, KEYWARD])
        .ok();
    assert!(said.contains(":assumed-role/ReadOnly/alice"), "{said}");
}

#[test]
fn an_unknown_phone_is_answered_with_those_that_are_there() {
    let home = home();
    let script = r#""$0" sandbox --phone arn:aws:iam::123456789012:mfa/nobody"#;
    let words = ["sandbox", "--", "sh", "-c", script, KEYWARD];
    let said = home.run(&words).fails_with(1);
    assert!(said.contains("123456789012:mfa/alice"), "{said}");
    assert!(said.contains("keyward sandbox --phone SERIAL"), "{said}");
}

#[test]
fn without_a_folder_for_temporary_files_the_hint_names_the_variable() {
    let mut home = home();
    home.set("TMPDIR", home.path().join("gone").display().to_string());
    let said = home.run(&["sandbox", "--", "true"]).fails_with(1);
    assert!(said.contains("the practice home cannot be made"), "{said}");
    assert!(said.contains("hint: TMPDIR"), "{said}");
}

#[test]
fn what_the_account_says_of_itself_plays_the_same() {
    let home = home();
    home.write("state.json", &Accounts::practice().to_json());
    let script = r#"KEYWARD_MFA_CODE=$("$0" sandbox --phone) "$0" whoami readonly"#;
    let blueprint = &["sandbox", "--blueprint", "state.json", "--"][..];
    let said = home
        .run(&[blueprint, &["sh", "-c", script, KEYWARD]].concat())
        .ok();
    assert!(said.contains(":assumed-role/ReadOnly/alice"), "{said}");
}

#[test]
fn other_users_have_profiles_and_keys_too() {
    let home = home();
    let user = |key: &str, status: &str| {
        format!(
            r#"{{"name": "carol", "access_keys": [{{"id": "{key}", "secret": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "status": "{status}"}}]}}"#
        )
    };
    let account = |id: &str, user: String| {
        format!(
            r#"{{"id": "{id}", "users": [{user}], "mfa_devices": [{{"serial": "arn:aws:iam::{id}:mfa/phone", "seed": "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "user": "carol"}}]}}"#
        )
    };
    home.write(
        "state.json",
        &format!(
            r#"{{"version": 1, "accounts": [{}, {}]}}"#,
            account("111122223333", user("AKIAI44QH8DHBEXAMPLE", "Active")),
            account("444455556666", user("AKIAIOSFODNN7EXAMPLE", "Active")),
        ),
    );
    let script = r#""$0" list --names; export KEYWARD_MFA_CODE=$("$0" sandbox --phone arn:aws:iam::444455556666:mfa/phone); "$0" whoami carol-444455556666"#;
    let blueprint = &["sandbox", "--blueprint", "state.json", "--"][..];
    let said = home
        .run(&[blueprint, &["sh", "-c", script, KEYWARD]].concat())
        .ok();
    assert!(said.starts_with("carol\ncarol-444455556666\n"), "{said}");
    assert!(
        said.contains("arn:aws:iam::444455556666:user/carol"),
        "{said}"
    );
}

#[test]
fn a_key_of_the_practice_account_has_the_date_that_the_account_gives_it() {
    let home = home();
    let made = "2026-01-01T00:00:00Z";
    let state = Accounts::practice().to_json();
    assert!(state.contains("AKIAIOSFODNN7EXAMPLE"));
    home.write("state.json", &state);
    let script = [r#""$0" vault status --json"#, KEYWARD];
    let blueprint = ["sandbox", "--blueprint", "state.json", "--", "sh", "-c"];
    let shown = home.run(&[&blueprint[..], &script].concat()).ok();
    let shown: serde_json::Value = serde_json::from_str(&shown).unwrap();
    for key in shown["keys"].as_array().unwrap() {
        assert_eq!(key["created"], made, "{key}");
    }
    assert!(!shown["keys"].as_array().unwrap().is_empty());
}

/// A practice account in which no window of codes ends by itself.
fn frozen() -> Practice {
    Practice::with_clock(Clock::frozen("2026-11-21T09:00:00Z".parse().unwrap()))
}

/// Returns the code that the phone prints for a script that may take a while.
fn shown(practice: &Practice) -> MfaCode {
    let mut command = practice.command(&["sandbox", "--phone"]);
    command.env("KEYWARD_PRACTICE_URL", practice.account.url());
    finish(command, "").ok().trim().parse().unwrap()
}

/// Spends the codes up to this many windows from now.
fn spend(account: &Sandbox, windows: i64) {
    let serial = SERIAL.parse().unwrap();
    let step = keyward_sandbox::Step::at(account.clock().now()).plus(windows);
    account.with_accounts(|accounts| {
        let id = "123456789012".parse().unwrap();
        let account = accounts.account_mut(&id).unwrap();
        account.devices.get_mut(&serial).unwrap().last_step = Some(step);
    });
}

#[test]
fn the_phone_shows_two_codes_in_a_row_for_an_enrolment() {
    let practice = frozen();
    let serial = SERIAL.parse().unwrap();
    let now = practice.account.code(&serial).unwrap();
    let next = practice.account.next_code(&serial).unwrap();
    for expected in [&now, &next] {
        assert_eq!(shown(&practice).expose(), expected.expose());
    }
    assert_ne!(now.expose(), next.expose());
}

#[test]
fn the_phone_shows_no_used_code() {
    let practice = frozen();
    let serial = SERIAL.parse().unwrap();
    spend(&practice.account, 0);
    let (next, code) = (practice.account.next_code(&serial), shown(&practice));
    assert_eq!(next.unwrap().expose(), code.expose());

    spend(&practice.account, 1);
    let mut command = practice.command(&["sandbox", "--phone"]);
    command.env("KEYWARD_PRACTICE_URL", practice.account.url());
    let mut child = command
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut err = std::io::BufReader::new(child.stderr.take().unwrap());
    std::io::BufRead::read_line(&mut err, &mut said).unwrap();
    assert!(said.contains("the next comes in"), "{said}");
    practice.account.advance(std::time::Duration::from_secs(30));
    let printed = child.wait_with_output().unwrap().stdout;
    let printed = String::from_utf8(printed).unwrap();
    let fresh = practice.account.next_code(&serial).unwrap();
    assert_eq!(printed.trim(), fresh.expose());
    assert_ne!(printed.trim(), code.expose());
}
