//! `init` by flags alone: a script passes what a person answers at a terminal.

use std::io::{Read, Write};

use crate::practice::{KEY_ID, Practice, SECRET, SERIAL};

pub(crate) const BOB: &str = "AKIAI44QH8DHBEXAMPLE\nje7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY\n";
const READONLY: &str = "arn:aws:iam::123456789012:role/ReadOnly";
pub(crate) const TEAM: &str = r##"
login = "work"
region = "eu-central-1"

[accounts]
main = { id = "123456789012", colour = "red" }
partner = { id = "111122223333", region = "eu-west-1" }

[[roles]]
account = "main"
role = "ReadOnly"
profile = "readonly"

[[roles]]
account = "partner"
role = "ReadOnly"
external_id = "practice"
session = "1h"
"##;

fn alice() -> String {
    format!("{KEY_ID}\n{SECRET}\n")
}

#[test]
fn the_device_that_the_profile_names_stays_its_device() {
    let practice = Practice::with_key();
    let code = practice.code();
    let enroll = [
        "mfa",
        "enroll",
        "alice",
        "--store-seed",
        "--name",
        "alice-vault",
        "--mfa-code",
        &code,
    ];
    let _ = practice.run(&enroll).ok();
    practice.config(&format!("[profile work]\nmfa_serial = {SERIAL}-vault\n"));
    let words = [
        "init",
        "--profile",
        "work",
        "--key-stdin",
        "--no-roles",
        "--no-import",
        "--no-check",
        "--yes",
    ];
    let ran = practice.run_with_input(&words, &alice());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let config = practice.read(".aws/config");
    assert!(
        config.contains(&format!("mfa_serial = {SERIAL}-vault\n")),
        "{config}"
    );
}

#[test]
fn a_newcomer_without_a_device_ends_with_a_role_that_works() {
    let practice = Practice::start();
    practice.config("# mine\n[profile other]\nregion = us-west-2\n");
    let role = format!("look={READONLY}");
    let words = [
        "init",
        "--profile",
        "bob",
        "--key-stdin",
        "--store-seed",
        "--region",
        "eu-west-1",
        "--role",
        &role,
    ];
    let ran = practice.run_with_input(&words, BOB);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("assumed-role/ReadOnly/bob"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("keyward exec look"), "{}", ran.stderr);
    let config = practice.read(".aws/config");
    assert!(
        config.starts_with("# mine\n[profile other]\nregion = us-west-2\n"),
        "{config}"
    );
    for line in [
        "[profile bob]\nregion = eu-west-1\nmfa_serial = arn:aws:iam::123456789012:mfa/bob\n",
        &format!(
            "[profile look]\nsource_profile = bob\nrole_arn = {READONLY}\nregion = eu-west-1\n"
        ),
    ] {
        assert!(config.contains(line), "{config}");
    }
}

#[test]
fn a_second_run_finds_everything_there_and_changes_nothing() {
    let practice = Practice::start();
    practice.config("");
    let code = practice.code();
    practice.write("team.toml", TEAM);
    let words = [
        "init",
        "--from",
        "team.toml",
        "--key-stdin",
        "--mfa-code",
        &code,
    ];
    let ran = practice.run_with_input(&words, &alice());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let config = practice.read(".aws/config");
    practice.account.clear_journal();
    // No key and no code: both are there.
    let ran = practice.run(&["init", "--from", "team.toml"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(
        ran.stderr.matches("There already:").count(),
        2,
        "{}",
        ran.stderr
    );
    assert_eq!(practice.read(".aws/config"), config);
    assert_eq!(
        practice.calls("GetSessionToken") + practice.calls("AssumeRole"),
        0
    );
    let ran = practice.run(&["init"]);
    assert_eq!(
        ran.stderr.matches("There already:").count(),
        3,
        "{}",
        ran.stderr
    );
}

#[test]
fn a_team_file_becomes_profiles() {
    let practice = Practice::start();
    practice.config("");
    practice.write("team.toml", TEAM);
    let words = ["init", "--from", "team.toml", "--key-stdin", "--no-check"];
    let ran = practice.run_with_input(&words, &alice());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(
        practice.read(".aws/config"),
        format!(
            "[profile work]\nregion = eu-central-1\nmfa_serial = {SERIAL}\n\n\
             [profile readonly]\nsource_profile = work\nrole_arn = {READONLY}\nregion = eu-central-1\ncolor = f2b0a9\n\n\
             [profile partner-readonly]\nsource_profile = work\nrole_arn = arn:aws:iam::111122223333:role/ReadOnly\n\
             region = eu-west-1\nduration_seconds = 3600\nexternal_id = practice\n"
        )
    );
}

#[test]
fn a_team_file_comes_from_an_address_of_this_machine_or_by_https() {
    let practice = Practice::start();
    practice.config("");
    let said = practice
        .run(&["init", "--from", "http://team.example/keyward.toml"])
        .fails_with(2);
    assert!(said.contains("plain http"), "{said}");
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/team.toml", server.local_addr().unwrap());
    let served = std::thread::spawn(move || {
        let (mut stream, _) = server.accept().unwrap();
        let mut request = [0_u8; 1024];
        let _ = stream.read(&mut request).unwrap();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            TEAM.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(TEAM.as_bytes()).unwrap();
    });
    let words = ["init", "--from", &url, "--key-stdin", "--no-check"];
    let ran = practice.run_with_input(&words, &alice());
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    served.join().unwrap();
    assert!(
        practice
            .read(".aws/config")
            .contains("[profile partner-readonly]")
    );
}

#[test]
fn a_team_file_with_a_secret_is_refused_before_anything_is_done() {
    let practice = Practice::start();
    practice.config("");
    practice.write("team.toml", &format!("{TEAM}\n# {SECRET}\n"));
    let ran = practice.run_with_input(&["init", "--from", "team.toml", "--key-stdin"], &alice());
    let said = ran.fails_with(2);
    assert!(
        said.contains("must not contain secrets") && !said.contains(SECRET),
        "{said}"
    );
    assert!(!practice.path().join("keyward/vault.age").exists());
    assert_eq!(practice.calls("GetCallerIdentity"), 0);
}

#[test]
fn a_profile_of_that_name_that_is_something_else_stays() {
    let practice = Practice::start();
    practice.config("[profile readonly]\nregion = us-west-2\n");
    practice.write("team.toml", TEAM);
    let words = ["init", "--from", "team.toml", "--key-stdin", "--no-check"];
    let ran = practice.run_with_input(&words, &alice());
    assert!(ran.stderr.contains("left as it is"), "{}", ran.stderr);
    assert!(
        practice
            .read(".aws/config")
            .starts_with("[profile readonly]\nregion = us-west-2\n\n")
    );
}

#[test]
fn without_a_key_and_a_person_it_says_how_to_give_one() {
    let practice = Practice::start();
    practice.config("");
    let said = practice.run(&["init", "--profile", "work"]).fails_with(3);
    assert!(said.contains("--key-stdin"), "{said}");
}

#[test]
fn keys_of_other_tools_are_named_and_not_touched_unasked() {
    let practice = Practice::start();
    practice.config("");
    let file = format!("[old]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n");
    practice.write(".aws/credentials", &file);
    let ran = practice.run_with_input(
        &[
            "init",
            "--profile",
            "work",
            "--key-stdin",
            "--no-check",
            "--no-roles",
        ],
        &alice(),
    );
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("keyward import credentials"),
        "{}",
        ran.stderr
    );
    assert_eq!(practice.read(".aws/credentials"), file);
}

#[test]
fn a_seed_that_cannot_be_had_is_told() {
    let practice = Practice::start();
    practice.config("");
    let words = ["init", "--profile", "alice", "--key-stdin", "--store-seed"];
    let ran = practice.run_with_input(&words, &alice());
    assert!(
        ran.stderr.contains("--store-seed did nothing"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stderr.contains("keyward mfa enroll alice --store-seed"),
        "{}",
        ran.stderr
    );
}

#[test]
fn what_is_no_region_is_not_written() {
    let practice = Practice::start();
    practice.config("");
    let words = ["init", "--key-stdin", "--region", "shortpw"];
    let said = practice.run_with_input(&words, &alice()).fails_with(2);
    assert!(said.contains("not an AWS region"), "{said}");
    assert_eq!(practice.read(".aws/config"), "");
}

#[test]
fn names_that_cannot_be_written_are_refused_before_anything_is_done() {
    let practice = Practice::start();
    practice.config("");
    let role = format!("weird name={READONLY}");
    practice.write("team.toml", &TEAM.replace("\"readonly\"", "\"read only\""));
    for (words, name) in [
        (["init", "--key-stdin", "--role", &role], "weird name"),
        (["init", "--key-stdin", "--profile", "my own"], "my own"),
        (["init", "--key-stdin", "--from", "team.toml"], "read only"),
    ] {
        let said = practice.run_with_input(&words, &alice()).fails_with(2);
        let wanted = format!("no profile `{name}` can be written");
        assert!(said.contains(&wanted), "{said}");
        assert!(!said.contains("Your access key"), "{said}");
    }
    assert!(!practice.path().join("keyward/vault.age").exists());
    assert_eq!(practice.calls("GetCallerIdentity"), 0);
}

#[test]
fn a_role_whose_name_no_profile_can_have_gets_a_near_one() {
    let practice = Practice::start();
    practice.config("");
    let role = "arn:aws:iam::123456789012:role/Read=Only";
    let words = [
        "init",
        "--profile",
        "alice",
        "--key-stdin",
        "--no-check",
        "--role",
        role,
    ];
    let _ = practice.run_with_input(&words, &alice()).ok();
    let config = practice.read(".aws/config");
    assert!(config.contains("[profile read-only]\n"), "{config}");
}

#[cfg(target_os = "linux")]
#[test]
fn after_an_id_that_is_none_no_secret_is_asked() {
    use crate::echo::{Asked, ITS_OWN};
    let practice = Practice::start();
    practice.config("");
    let words = ["init", "--profile", "work", "--no-import"];
    let mut asked = Asked::say(practice, ITS_OWN, &words, "dumb");
    let _ = asked.reads_until("Access key id");
    for (typed, hint) in [("", false), (SECRET, true), ("AKIA", false)] {
        writeln!(asked.keys, "{typed}").unwrap();
        // The same question comes again at once: no yes-or-no question reads the key.
        let seen = asked.reads_until("Access key id");
        assert!(
            seen.contains("Not taken: that is not an access key id"),
            "{seen}"
        );
        assert!(!seen.contains("[Y/n]"), "{seen}");
        assert!(!seen.contains("Secret access key"), "{seen}");
        assert_eq!(seen.contains("swapped"), hint, "{seen}");
    }
    asked.child.kill().unwrap();
    asked.child.wait().unwrap();
}

#[test]
fn a_mistyped_role_is_named_with_its_line() {
    let practice = Practice::start();
    practice.config("");
    let code = practice.code();
    let role = "arn:aws:iam::123456789012:role/ReadOnyl";
    let words = [
        "init",
        "--profile",
        "alice",
        "--key-stdin",
        "--mfa-code",
        &code,
        "--role",
        &format!("look={role}"),
    ];
    let ran = practice.run_with_input(&words, &alice());
    assert_eq!(ran.code, 1, "{}", ran.stderr);
    let config = practice.read(".aws/config");
    let line = 1 + config.lines().position(|line| line.contains(role)).unwrap();
    let place = format!("/.aws/config:{line} names the role {role}");
    assert!(
        ran.stderr.replace('\n', " ").contains(&place),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("[profile look]"), "{}", ran.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn enter_takes_no_keys_out_of_a_file_that_were_not_shown() {
    use crate::echo::{Asked, ITS_OWN};
    let practice = Practice::start();
    practice.config("");
    let file = format!("[old]\naws_access_key_id = {KEY_ID}\naws_secret_access_key = {SECRET}\n");
    practice.write(".aws/credentials", &file);
    let mut asked = Asked::say(practice, ITS_OWN, &["init", "--profile", "work"], "dumb");
    let _ = asked.reads_until("[Y/n]");
    writeln!(asked.keys).unwrap();
    let seen = asked.reads_until("[y/N]");
    assert!(seen.contains("old"), "{seen}");
    writeln!(asked.keys).unwrap();
    let _ = asked.reads_until("Access key id");
    assert_eq!(asked.practice.read(".aws/credentials"), file);
    asked.child.kill().unwrap();
    asked.child.wait().unwrap();
}

#[cfg(target_os = "linux")]
#[test]
fn enter_invents_no_device_that_nobody_can_list() {
    use crate::echo::{Asked, ITS_OWN};
    use keyward_sandbox::{Effect, Fault};
    let practice = Practice::start();
    practice.config("");
    let words = ["init", "--profile", "bob", "--key-stdin", "--no-roles"];
    let words: Vec<&str> = words
        .into_iter()
        .chain(["--no-check", "--no-mfa"])
        .collect();
    assert_eq!(practice.run_with_input(&words, BOB).code, 0);
    let denied = Effect::Error {
        status: 403,
        code: "AccessDenied".to_owned(),
        message: "not authorized to perform: iam:ListMFADevices".to_owned(),
    };
    let fault = Fault::on("ListMFADevices", denied).times(9);
    practice.account.inject(fault);
    let words = ["init", "--profile", "bob", "--no-import", "--no-roles"];
    let mut asked = Asked::say(practice, ITS_OWN, &words, "dumb");
    let _ = asked.reads_until("Vault passphrase: ");
    writeln!(asked.keys, "{}", keyward_testkit::PASSPHRASE).unwrap();
    let _ = asked.reads_until("Do you have a device already? [y/N]");
    writeln!(asked.keys).unwrap();
    let _ = asked.reads_until("Enrol an authenticator app");
    assert!(!asked.practice.read(".aws/config").contains("mfa_serial"));
    asked.child.kill().unwrap();
    asked.child.wait().unwrap();
}

#[test]
fn a_device_that_nobody_can_list_is_not_called_missing() {
    use keyward_sandbox::{Effect, Fault};
    let practice = Practice::start();
    practice.config("");
    let denied = Effect::Error {
        status: 403,
        code: "AccessDenied".to_owned(),
        message: "not authorized to perform: iam:ListMFADevices".to_owned(),
    };
    practice
        .account
        .inject(Fault::on("ListMFADevices", denied).times(9));
    let words = ["init", "--profile", "alice", "--key-stdin", "--no-roles"];
    let words = [
        &words[..],
        &["--store-seed", "--yes", "--no-import", "--no-check"],
    ]
    .concat();
    let said = practice.run_with_input(&words, &alice()).fails_with(1);
    assert!(!said.contains("has none yet"), "{said}");
    let hint = "if there is one already, add `mfa_serial = ARN` to `[profile alice]`";
    assert!(said.contains(hint), "{said}");
    // The next run recognises it.
    practice.config(&format!("[profile alice]\nmfa_serial = {SERIAL}\n"));
    let ran = practice.run_with_input(&words, "");
    assert_eq!(ran.code, 0, "{}", ran.stderr);
}

#[cfg(target_os = "linux")]
#[test]
fn a_mistyped_role_is_asked_again_and_a_name_corrects_it() {
    use crate::echo::{Asked, ITS_OWN};
    let practice = Practice::start();
    practice.config("");
    let code = practice.code();
    let role = format!("look={READONLY}l");
    let key = ["init", "--profile", "alice", "--key-stdin"];
    let rest = ["--mfa-code", &code, "--role", &role];
    let words: Vec<&str> = key.into_iter().chain(rest).collect();
    assert_eq!(practice.run_with_input(&words, &alice()).code, 1);
    let words = ["init", "--profile", "alice", "--no-import", "--role", &role];
    let mut asked = Asked::say(practice, ITS_OWN, &words, "dumb");
    for typed in ["arn:nothing", "Read Only", "ReadOnly"] {
        let _ = asked.reads_until("to remove the profile");
        writeln!(asked.keys, "{typed}").unwrap();
    }
    let _ = asked.reads_until("Done.");
    let config = asked.practice.read(".aws/config");
    assert!(
        config.contains(&format!("role_arn = {READONLY}\n")),
        "{config}"
    );
    assert!(asked.child.wait().unwrap().success());
}

#[cfg(target_os = "linux")]
#[test]
fn wrong_codes_lead_to_the_device_and_not_to_the_role() {
    use crate::echo::{Asked, ITS_OWN};
    let practice = Practice::start();
    practice.config("");
    let role = format!("look={READONLY}");
    let key = ["init", "--profile", "alice", "--key-stdin"];
    let words: Vec<&str> = [&key[..], &["--role", &role, "--no-check"]].concat();
    assert_eq!(practice.run_with_input(&words, &alice()).code, 0);
    let right = practice.code();
    let wrong = if right.starts_with('0') {
        "111111"
    } else {
        "000000"
    };
    let words = ["init", "--profile", "alice", "--no-import"];
    let mut asked = Asked::say(practice, ITS_OWN, &words, "dumb");
    let _ = asked.reads_until("Vault passphrase: ");
    writeln!(asked.keys, "{}", keyward_testkit::PASSPHRASE).unwrap();
    let mut seen = String::new();
    for number in 0..3 {
        seen.push_str(&asked.reads_until("mfa/alice): "));
        // keyward sends no code twice.
        writeln!(asked.keys, "{}{number}", &wrong[..5]).unwrap();
    }
    seen.push_str(&asked.reads_until("continues from here"));
    let flat = seen.split_whitespace().collect::<Vec<_>>().join(" ");
    for said in [
        "Wait until the device shows the next one.",
        "It must come from the entry of arn:aws:iam::123456789012:mfa/alice",
        "hint: the code must come from the device that the profile names: `keyward explain look` shows which",
        "run `keyward init` again",
    ] {
        assert!(flat.contains(said), "{said}: {flat}");
    }
    assert!(!flat.contains("to remove the profile"), "{flat}");
    assert_eq!(asked.child.wait().unwrap().code(), Some(1));
}
