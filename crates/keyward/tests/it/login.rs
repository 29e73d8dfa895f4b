//! `login`: from a role to a console session, and nothing of the credentials in the link.

use keyward_testkit::Canaries;

use crate::practice::Practice;

fn ready() -> Practice {
    let mut practice = Practice::with_key();
    let url = practice.account.url();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    practice.set("KEYWARD_SIGNIN_URL", format!("{url}/federation"));
    practice.set("KEYWARD_CONSOLE_URL", format!("{url}/console"));
    practice
}

fn federation(practice: &Practice) -> Vec<String> {
    practice
        .account
        .journal()
        .iter()
        .filter(|entry| entry.succeeded())
        .map(|entry| entry.action.clone())
        .filter(|action| action.to_lowercase().contains("signin") || action == "login")
        .collect()
}

#[test]
fn a_role_gets_a_link_that_signs_in() {
    let practice = ready();
    let ran = practice.run(&["login", "on-source", "--print", "--region", "eu-west-1"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let link = ran.stdout.trim();
    assert!(
        link.contains("/federation?Action=login&Issuer=keyward"),
        "{link}"
    );
    assert!(link.contains("region%3Deu-west-1"), "{link}");
    assert_eq!(federation(&practice).len(), 1, "one token was asked for");

    let document = practice.run(&["env", "on-source", "--format", "json"]).ok();
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let mut canaries = Canaries::new();
    for half in ["SecretAccessKey", "SessionToken"] {
        canaries.plant(half, document[half].as_str().unwrap());
    }
    assert!(canaries.found_in(link.as_bytes()).is_empty());
    assert!(practice.run(&["log"]).ok().contains("login"));
}

#[cfg(unix)]
#[test]
fn the_browser_that_was_named_gets_the_link() {
    use std::os::unix::fs::PermissionsExt as _;
    let practice = ready();
    let browser = practice.path().join("browser");
    // A fifo makes the test wait for the browser without a sleep.
    let fifo = practice.path().join("fifo");
    let made = practice.command_of("mkfifo").arg(&fifo).status().unwrap();
    assert!(made.success());
    practice.write("browser", "#!/bin/sh\nprintf '%s' \"$2\" > \"$1\"\n");
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    let reader = std::thread::spawn({
        let fifo = fifo.clone();
        move || std::fs::read_to_string(fifo).unwrap()
    });
    let named = format!("{} {} %s", browser.display(), fifo.display());
    let _ = practice
        .run(&["login", "on-source", "--service", "s3", "--browser", &named])
        .ok();
    let link = reader.join().unwrap();
    assert!(link.contains("SigninToken="), "{link}");
    assert!(link.contains("s3%2Fhome"), "{link}");
}

#[test]
fn a_user_is_told_what_to_use_before_any_code_is_asked() {
    let practice = ready();
    let said = practice.run(&["login", "alice", "--print"]).fails_with(1);
    assert!(said.contains("takes no MFA along"), "{said}");
    assert!(said.contains("keyward login on-source"), "{said}");
    assert!(said.contains("--switch-role"), "{said}");
    assert!(practice.account.journal().is_empty());
}

#[test]
fn the_link_for_switching_needs_no_network() {
    let practice = Practice::with_key();
    let link = practice.run(&["login", "on-source", "--switch-role"]).ok();
    assert_eq!(
        link,
        "https://signin.aws.amazon.com/switchrole?account=123456789012&roleName=ReadOnly&displayName=on-source\n"
    );
    let said = practice
        .run(&["login", "alice", "--switch-role"])
        .fails_with(2);
    assert!(said.contains("no role to switch into"), "{said}");
    assert!(practice.account.journal().is_empty());
}

#[test]
fn without_a_browser_nothing_is_asked_of_aws() {
    let practice = ready();
    let mut command = practice.command(&["login", "on-source"]);
    command.env("SSH_CONNECTION", "192.0.2.1 1 192.0.2.2 22");
    let said = keyward_testkit::finish(command, "").fails_with(1);
    assert!(said.contains("--print"), "{said}");
    assert!(practice.account.journal().is_empty());
}
