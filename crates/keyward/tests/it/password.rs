//! The console password.

use keyward_sandbox::{Effect, Fault, PasswordReset};

use crate::practice::Practice;

pub(crate) const OLD: &str = "Practice!Alice1";
pub(crate) const NEW: &str = "Another!Alice2";

fn change(practice: &Practice, old: &str, new: &str) -> keyward_testkit::Ran {
    practice.run_with_input(&["password", "bare", "--stdin"], &format!("{old}\n{new}\n"))
}

fn password(practice: &Practice) -> String {
    practice.account.with_accounts(|accounts| {
        let account = accounts.account(&"123456789012".parse().unwrap()).unwrap();
        let login = account.users[&"alice".parse().unwrap()]
            .login
            .as_ref()
            .unwrap();
        login.password.expose().to_owned()
    })
}

#[test]
fn a_password_is_changed_with_the_key_alone_under_the_guard() {
    let practice = Practice::with_key();
    let ran = change(&practice, OLD, NEW);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let (rules, changed) = (
        ran.stderr
            .find("Password rules of this account: at least 12 characters")
            .unwrap(),
        ran.stderr.find("changed").unwrap(),
    );
    assert!(rules < changed, "{}", ran.stderr);
    assert_eq!(password(&practice), NEW);
    assert_eq!(practice.calls("GetSessionToken"), 0);
    for secret in [OLD, NEW] {
        assert!(!ran.stderr.contains(secret) && !ran.stdout.contains(secret));
    }
}

#[test]
fn what_the_rules_forbid_is_not_sent() {
    let practice = Practice::with_key();
    for (new, why) in [
        ("Short!1a", "fewer than 12"),
        ("another!alice2", "uppercase"),
        ("AnotherAlice22", "symbol"),
    ] {
        let said = change(&practice, OLD, new).fails_with(2);
        assert!(said.contains(why), "{said}");
    }
    assert_eq!(practice.calls("ChangePassword"), 0);
}

#[test]
fn what_only_aws_knows_is_told() {
    let practice = Practice::with_key();
    let said = change(&practice, OLD, OLD).fails_with(1);
    assert!(said.contains("reused"), "{said}");
    let said = change(&practice, "Wrong!Alice12", NEW).fails_with(1);
    assert!(said.contains("old password"), "{said}");
    assert_eq!(password(&practice), OLD);
}

#[test]
fn after_a_lost_answer_the_new_password_may_be_in_force() {
    for effect in [Effect::DropAfter, Effect::Garbage] {
        let practice = Practice::with_key();
        practice.account.inject(Fault::on("ChangePassword", effect));
        let said = change(&practice, OLD, NEW).fails_with(1);
        assert!(said.contains("may be in force already"), "{said}");
    }
    let practice = Practice::with_key();
    let said = change(&practice, OLD, OLD).fails_with(1);
    assert!(!said.contains("may be in force already"), "{said}");
}

#[test]
fn input_that_is_not_two_lines_is_refused() {
    let practice = Practice::with_key();
    for input in ["", "one\n", "one\ntwo\nthree\n"] {
        let _ = practice
            .run_with_input(&["password", "bare", "--stdin"], input)
            .fails_with(2);
    }
    let said = practice.run(&["password", "bare"]).fails_with(3);
    assert!(said.contains("--stdin"), "{said}");
}

#[test]
fn a_first_sign_in_that_demands_a_new_password_is_satisfied() {
    let practice = Practice::with_key();
    let reset = |change: Option<PasswordReset>| {
        practice.account.with_accounts(|accounts| {
            let account = accounts
                .account_mut(&"123456789012".parse().unwrap())
                .unwrap();
            let user = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
            let login = user.login.as_mut().unwrap();
            login.reset = change.unwrap_or(login.reset);
            login.reset
        })
    };
    reset(Some(PasswordReset::Required));
    let _ = change(&practice, OLD, NEW).ok();
    assert_eq!(reset(None), PasswordReset::NotRequired);
}

#[test]
fn a_name_that_leads_nowhere_is_told_before_passwords_are_asked() {
    let practice = Practice::with_key();
    let said = practice.run(&["password", "nosuch"]).fails_with(2);
    assert!(said.contains("there is no profile `nosuch`"), "{said}");
    practice.config("[profile sso]\ncredential_process = tool\n");
    let said = practice.run(&["password", "sso"]).fails_with(2);
    assert!(said.contains("no access key of a user"), "{said}");
}
