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

/// A `login` whose browser writes its arguments into a pipe; returns them, and the command.
#[cfg(unix)]
fn with_browser(practice: &Practice, way: Way) -> (Vec<String>, std::process::Child) {
    use std::os::unix::fs::PermissionsExt as _;
    let path = |name: &str| practice.path().join(name).display().to_string();
    // A pipe with a name makes the test wait for the browser without a sleep.
    let made = practice.command_of("mkfifo").arg(path("pipe")).status();
    assert!(made.unwrap().success());
    practice.write(
        "browser",
        &format!("#!/bin/sh\nprintf '%s\\n' \"$@\" > {}\n", path("pipe")),
    );
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(path("browser"), mode).unwrap();
    let mut command = match way {
        Way::Named => practice.command(&[
            "login",
            "on-source",
            "--service",
            "s3",
            "--browser",
            &format!("{} --new %s", path("browser")),
        ]),
        Way::Variable => {
            let mut command = practice.command(&["login", "on-source", "--service", "s3"]);
            command.env("BROWSER", format!("{}:other", path("browser")));
            command
        }
    };
    let child = command
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let words = std::fs::read_to_string(path("pipe")).unwrap();
    std::fs::remove_file(path("pipe")).unwrap();
    (words.lines().map(str::to_owned).collect(), child)
}

#[cfg(unix)]
#[derive(Clone, Copy)]
enum Way {
    Named,
    Variable,
}

/// Opens an address as a browser does; returns the head of the answer.
#[cfg(unix)]
fn fetch(url: &str) -> String {
    use std::io::{Read as _, Write as _};
    let rest = url.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_at(rest.find('/').unwrap());
    let mut stream = std::net::TcpStream::connect(host).unwrap();
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

/// Returns the address to which a browser is redirected that opens the one in its arguments.
#[cfg(unix)]
pub(crate) fn led(url: &str) -> String {
    assert!(url.starts_with("http://127.0.0.1:"), "{url}");
    assert!(!url.contains('?'), "{url}");
    let answer = fetch(url);
    assert!(answer.starts_with("HTTP/1.1 302 "), "{answer}");
    let location = answer
        .lines()
        .find_map(|line| line.strip_prefix("location: "));
    location.unwrap().to_owned()
}

#[cfg(unix)]
#[test]
fn the_browser_gets_the_link_and_its_arguments_do_not() {
    for (way, before) in [(Way::Named, &["--new"][..]), (Way::Variable, &[])] {
        let practice = ready();
        let (words, child) = with_browser(&practice, way);
        let (url, rest) = words.split_last().unwrap();
        assert_eq!(rest, before);
        assert!(!words.concat().contains("SigninToken"), "{words:?}");
        let link = &led(url);
        let (_, token) = link.split_once("SigninToken=").unwrap();
        assert!(link.contains("s3%2Fhome"), "{link}");
        // It signs in, and the way to it is closed.
        let signed_in = fetch(link);
        assert!(!signed_in.starts_with("HTTP/1.1 4"), "{signed_in}");
        let ended = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{said}");
        assert!(!said.contains(token) && !said.contains(url), "{said}");
        let host = url.split('/').nth(2).unwrap();
        assert!(std::net::TcpStream::connect(host).is_err());
    }
}

#[cfg(unix)]
#[test]
fn a_browser_that_fails_is_not_waited_for() {
    let practice = ready();
    for (browser, why) in [
        ("false", "opened nothing"),
        ("no-such-browser", "cannot be started"),
    ] {
        let said = practice
            .run(&["login", "on-source", "--browser", browser])
            .fails_with(1);
        assert!(said.contains(why), "{said}");
        assert!(said.contains("--print shows the link"), "{said}");
        assert!(!said.contains("SigninToken"), "{said}");
    }
}

#[test]
fn a_user_is_told_what_to_use_before_any_code_is_asked() {
    let practice = ready();
    let said = practice.run(&["login", "alice", "--print"]).fails_with(1);
    assert!(said.contains("carries no MFA"), "{said}");
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
    assert!(
        said.contains("hint: keyward login on-source --print"),
        "{said}"
    );
    assert!(practice.account.journal().is_empty());
}

#[test]
fn a_sign_in_endpoint_in_trouble_does_not_blame_the_credentials() {
    use keyward_sandbox::{Effect, Fault};
    let blamed = "credentials of roles and of the Identity Center only";
    for (status, is_blamed) in [(400, true), (429, false), (503, false)] {
        let practice = ready();
        let effect = Effect::Error {
            status,
            code: "Trouble".to_owned(),
            message: "try later".to_owned(),
        };
        practice
            .account
            .inject(Fault::on("getSigninToken", effect).times(1));
        let said = practice
            .run(&["login", "on-source", "--print"])
            .fails_with(1);
        assert!(said.contains(&format!("status {status}")), "{said}");
        assert_eq!(said.contains(blamed), is_blamed, "{said}");
        let waits = said.contains("hint: wait a little and try again");
        assert_eq!(waits, !is_blamed, "{said}");
    }
}

#[test]
fn a_region_of_another_partition_has_no_console_for_the_role() {
    let practice = ready();
    let said = practice
        .run(&["login", "on-source", "--print", "--region", "us-gov-west-1"])
        .fails_with(2);
    assert!(said.contains("is in `aws-us-gov`"), "{said}");
    let said = practice
        .run(&["login", "on-source", "--print", "--service", "s3?x=1"])
        .fails_with(2);
    assert!(said.contains("--path"), "{said}");
    assert!(practice.account.journal().is_empty());
}
