//! No process sends a code of a device that any process has sent.

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicI64, Ordering};

use keyward_aws::NetworkKind;
use keyward_vault::Paths;

use super::*;
use crate::prompt::deadline::Deadline;
use crate::screen::ui::Color;

const SERIAL: &str = "arn:aws:iam::123456789012:mfa/alice";

fn seed() -> TotpSeed {
    "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP".parse().unwrap()
}

fn used_codes(home: &tempfile::TempDir) -> UsedCodes {
    UsedCodes::at(
        &Paths::new(home.path()),
        &SERIAL.parse().unwrap(),
        Deadline::begin(),
    )
}

fn made() -> Credentials {
    Credentials {
        access_key_id: "ASIAIOSFODNN7EXAMPLE".parse().unwrap(),
        secret_access_key: "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY".parse().unwrap(),
        session_token: Some("token".parse().unwrap()),
        expires_at: None,
        account_id: None,
    }
}

fn text(code: &MfaCode) -> String {
    code.expose().to_owned()
}

#[test]
fn many_at_once_send_different_codes_in_the_order_of_their_windows() {
    const COMMANDS: usize = 12;
    let home = tempfile::tempdir().unwrap();
    let start = now().as_second();
    // A process that must wait for the next window moves the shared clock instead.
    let clock = AtomicI64::new(start);
    let sent = Mutex::new(Vec::new());
    let ui = Ui::new(Color::Never, 0);
    std::thread::scope(|scope| {
        for _ in 0..COMMANDS {
            scope.spawn(|| {
                let used_codes = used_codes(&home);
                let turn = used_codes.turn(&ui).unwrap();
                let code = loop {
                    let at = Timestamp::from_second(clock.load(Ordering::SeqCst));
                    match unsent(&seed(), &used_codes, at).unwrap() {
                        Some(code) => break code,
                        None => clock.fetch_add(totp::WINDOW, Ordering::SeqCst),
                    };
                };
                sent.lock().unwrap().push(text(&code));
                let at = Timestamp::from_second(clock.load(Ordering::SeqCst));
                turn.used_codes().remember_at(&code, at);
            });
        }
    });
    let sent = sent.into_inner().unwrap();
    let windows: Vec<String> = (0..)
        .take(COMMANDS)
        .map(|by| {
            let at = totp::window(Timestamp::from_second(start), by);
            text(&totp::code_at(&seed(), at).unwrap())
        })
        .collect();
    assert_eq!(sent, windows);
    assert_eq!(sent.iter().collect::<BTreeSet<_>>().len(), COMMANDS);
}

#[test]
fn a_code_is_used_from_before_the_call_until_it_is_worth_nothing() {
    let home = tempfile::tempdir().unwrap();
    let used_codes = used_codes(&home);
    let ui = Ui::new(Color::Never, 0);
    let codes: [MfaCode; 3] = ["100001", "100002", "100003"].map(|code| code.parse().unwrap());
    for code in &codes {
        let call = |code: &MfaCode| {
            assert!(used_codes.was_used(code), "not marked before the call");
            Ok(made())
        };
        used_codes.turn(&ui).unwrap().send(code, call).unwrap();
    }
    used_codes.forget(&codes[1]);
    for (code, used) in codes.iter().zip([true, false, true]) {
        assert_eq!(used_codes.was_used(code), used, "{}", text(code));
        let later = Timestamp::from_second(now().as_second() + 4 * totp::WINDOW);
        assert!(!used_codes.was_used_at(code, later));
    }
}

#[test]
fn a_code_that_found_no_way_to_aws_can_be_used_again() {
    for (kind, again) in [
        (NetworkKind::Dns, true),
        (NetworkKind::Connect, true),
        (NetworkKind::Tls, true),
        (NetworkKind::ProxyTls("https_proxy"), true),
        (NetworkKind::Timeout, false),
        (NetworkKind::Lost, false),
    ] {
        assert_eq!(used_codes::found_no_way(kind), again, "{kind:?}");
    }
}

#[test]
fn a_code_before_one_that_was_sent_is_spent_with_it() {
    let home = tempfile::tempdir().unwrap();
    let used_codes = used_codes(&home);
    let at = now();
    let code = |by| totp::code_at(&seed(), totp::window(at, by)).unwrap();
    used_codes.remember(&code(1));
    assert!(unsent(&seed(), &used_codes, at).unwrap().is_none());
    let next = Timestamp::from_second(at.as_second() + totp::WINDOW);
    let found = unsent(&seed(), &used_codes, next).unwrap().unwrap();
    assert_eq!(text(&found), text(&code(2)));
}

#[test]
fn after_codes_of_another_machine_comes_one_that_it_cannot_have_used() {
    let home = tempfile::tempdir().unwrap();
    let used_codes = used_codes(&home);
    let at = now();
    let code = |by| totp::code_at(&seed(), totp::window(at, by)).unwrap();
    // AWS refused the present code. The other machine may have used the next one, too.
    spend_window(&seed(), &used_codes, at).unwrap();
    assert!(unsent(&seed(), &used_codes, at).unwrap().is_none());
    let next = Timestamp::from_second(at.as_second() + totp::WINDOW);
    let found = unsent(&seed(), &used_codes, next).unwrap().unwrap();
    assert_eq!(text(&found), text(&code(2)));
}

#[track_caller]
fn check(line: &str, expect: &str) {
    let words = shlex::split(line).unwrap();
    let same = |is: bool| elsewhere::advice(&words, "a role", || is);
    assert_eq!(same(true), expect, "`{line}`");
}

#[test]
fn the_advice_repeats_what_matters_for_the_session() {
    check(
        "exec administrator --duration 4h -- sh -c 'make it'",
        "run `keyward exec administrator --duration 4h -- true` in a terminal first",
    );
    check(
        "-v exec 'a role' --no-session",
        "run `keyward -v exec 'a role' --no-session -- true` in a terminal first",
    );
    check(
        "exec 'a role' --region=eu-west-1 aws s3 ls",
        "run `keyward exec 'a role' '--region=eu-west-1' aws s3 ls` in a terminal",
    );
    check(
        "login administrator --duration 4h --print",
        "run `keyward login administrator --duration 4h --print` in a terminal",
    );
    check(
        "credential-process 'a role'",
        "run `keyward exec 'a role' -- true` in a terminal first",
    );
    check(
        "serve 'a role'",
        "run `keyward exec --server 'a role' -- true` in a terminal first",
    );
    let words = ["credential-process".to_owned(), "p".to_owned()];
    assert_eq!(
        elsewhere::advice(&words, "p", || false),
        "run `keyward exec --server p -- true` in a terminal first"
    );
}

#[test]
fn a_program_that_repeats_a_code_which_was_sent_makes_no_call() {
    let home = tempfile::tempdir().unwrap();
    let used_codes = used_codes(&home);
    let code: MfaCode = "100001".parse().unwrap();
    // The window of the code has passed, so no test waits for the next.
    let before = Timestamp::from_second(now().as_second() - totp::WINDOW - 1);
    used_codes.remember_at(&code, before);
    let asked = std::cell::Cell::new(0);
    let program = || {
        asked.set(asked.get() + 1);
        Ok(code.clone())
    };
    let call = |_: &MfaCode| panic!("it was sent");
    let ui = Ui::new(Color::Never, 0);
    let error =
        with_program(&ui, &used_codes, &SERIAL.parse().unwrap(), program, call).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("that the program gives has already been sent to AWS"),
        "{error}"
    );
    assert_eq!(asked.get(), ATTEMPTS);
}
