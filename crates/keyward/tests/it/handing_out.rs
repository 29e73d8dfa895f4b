//! Every shape of chain, through every way out.

use crate::practice::Practice;

/// Runs one profile through `exec`, `env` and `credential-process`; each must end in
/// credentials that AWS knows as `arn`.
fn check(profile: &str, arn: &str) {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let program = env!("CARGO_BIN_EXE_keyward");

    let said = practice
        .run(&["exec", profile, "--", program, "whoami", "--json"])
        .ok();
    assert!(said.contains(arn), "exec {profile}: {said}");

    let process = practice.run(&["credential-process", profile]).ok();
    let document: serde_json::Value = serde_json::from_str(&process).unwrap();
    assert_eq!(document["Version"], 1);
    let said = whoami(&practice, &document);
    assert!(said.contains(arn), "credential-process {profile}: {said}");

    let printed = practice.run(&["env", profile, "--format", "json"]).ok();
    let said = whoami(&practice, &serde_json::from_str(&printed).unwrap());
    assert!(said.contains(arn), "env {profile}: {said}");
}

/// Returns the identity of a process document's credentials, as AWS reports it.
fn whoami(practice: &Practice, document: &serde_json::Value) -> String {
    let mut command = practice.command(&["whoami", "--json"]);
    command.env(
        "AWS_ACCESS_KEY_ID",
        document["AccessKeyId"].as_str().unwrap(),
    );
    command.env(
        "AWS_SECRET_ACCESS_KEY",
        document["SecretAccessKey"].as_str().unwrap(),
    );
    if let Some(token) = document["SessionToken"].as_str() {
        command.env("AWS_SESSION_TOKEN", token);
    }
    keyward_testkit::finish(command, "").ok()
}

#[test]
fn a_key_with_mfa_gives_a_session() {
    check("alice", "arn:aws:iam::123456789012:user/alice");
}

#[test]
fn a_key_without_mfa_gives_a_session() {
    check("bare", "arn:aws:iam::123456789012:user/alice");
}

#[test]
fn a_role_with_mfa_on_its_source() {
    check("on-source", ":assumed-role/ReadOnly/");
}

#[test]
fn a_role_with_mfa_on_itself() {
    check("on-role", ":assumed-role/ReadOnly/");
}

#[test]
fn a_role_with_mfa_on_both() {
    check("on-both", ":assumed-role/ReadOnly/");
}

#[test]
fn two_roles_in_a_chain() {
    check("chained", "arn:aws:sts::111122223333:assumed-role/Deploy/");
}

#[test]
fn a_role_in_a_second_account() {
    check(
        "partner",
        "arn:aws:sts::111122223333:assumed-role/ReadOnly/",
    );
}

#[test]
fn a_four_hour_role_lives_four_hours() {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let printed = practice.run(&["env", "long", "--format", "json"]).ok();
    let document: serde_json::Value = serde_json::from_str(&printed).unwrap();
    let end: keyward_core::Timestamp = document["Expiration"].as_str().unwrap().parse().unwrap();
    let now = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs();
    let left = end.as_second() - i64::try_from(now).unwrap();
    assert!((14_000..=14_400).contains(&left), "{left} s left");
    assert_eq!(
        (
            practice.calls("GetSessionToken"),
            practice.calls("AssumeRole")
        ),
        (0, 1)
    );
    assert!(whoami(&practice, &document).contains(":assumed-role/ReadOnly/"));
}

#[test]
fn one_code_serves_every_role_of_the_key() {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    for profile in [
        "on-source",
        "on-role",
        "on-both",
        "partner",
        "chained",
        "alice",
    ] {
        let _ = practice.run(&["credential-process", profile]).ok();
    }
    assert_eq!(practice.calls("GetSessionToken"), 1);
}

#[test]
fn a_cached_role_is_handed_out_without_a_call() {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let first = practice.run(&["credential-process", "on-source"]).ok();
    practice.account.clear_journal();
    assert_eq!(
        practice.run(&["credential-process", "on-source"]).ok(),
        first
    );
    assert!(practice.account.journal().is_empty());
}

#[test]
fn an_expired_session_is_renewed() {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let first = practice.run(&["credential-process", "on-source"]).ok();
    let _ = practice.run(&["lock"]).ok();
    let serial = crate::practice::SERIAL.parse().unwrap();
    practice.account.advance(std::time::Duration::from_secs(30));
    let next = practice.account.code(&serial).unwrap().expose().to_owned();
    practice.set("KEYWARD_MFA_CODE", next);
    assert_ne!(
        practice.run(&["credential-process", "on-source"]).ok(),
        first
    );
}

#[cfg(unix)]
#[test]
fn exec_gives_the_childs_own_exit_code() {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    for (command, code) in [("exit 7", 7), ("kill -TERM $$", 128 + 15)] {
        assert_eq!(
            practice
                .run(&["exec", "alice", "--", "sh", "-c", command])
                .code,
            code,
            "{command}"
        );
    }
    assert_eq!(
        practice
            .run(&["exec", "alice", "--", "no-such-program"])
            .code,
        127
    );
    practice.write("not-executable", "text");
    assert_eq!(
        practice
            .run(&["exec", "alice", "--", "./not-executable"])
            .code,
        126
    );
}

#[cfg(unix)]
#[test]
fn a_child_gets_what_it_needs_and_nothing_else() {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    practice.set("AWS_PROFILE", "stale");
    practice.set("AWS_SECURITY_TOKEN", "stale");
    practice.set(
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "http://127.0.0.1:1/stale",
    );
    practice.set("AWS_ROLE_ARN", "stale");
    practice.set("KEYWARD_PASSPHRASE", keyward_testkit::PASSPHRASE);
    let said = practice.run(&["exec", "on-source", "--", "env"]).ok();
    let has = |name: &str| {
        said.lines()
            .any(|line| line.starts_with(&format!("{name}=")))
    };
    for name in [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_REGION",
        "AWS_DEFAULT_REGION",
        "AWS_CREDENTIAL_EXPIRATION",
        "AWS_SESSION_EXPIRATION",
        "KEYWARD_PROFILE",
        "AWS_VAULT",
    ] {
        assert!(has(name), "{name} is missing");
    }
    for name in [
        "AWS_PROFILE",
        "AWS_SECURITY_TOKEN",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
        "AWS_ROLE_ARN",
        "KEYWARD_PASSPHRASE",
        "KEYWARD_PASSPHRASE_FILE",
        "KEYWARD_MFA_CODE",
    ] {
        assert!(!has(name), "{name} reached the child");
    }
    assert!(!said.contains("stale"));
}

#[cfg(unix)]
#[test]
fn env_for_bash_can_be_evaluated() {
    let mut practice = Practice::with_key();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    practice.set("AWS_PROFILE", "stale");
    let program = env!("CARGO_BIN_EXE_keyward");
    let mut shell = practice.command_of("sh");
    shell.args(["-c", &format!("eval \"$({program} env on-source --format bash)\" && {program} whoami && echo \"[$AWS_PROFILE]\"")]);
    let said = keyward_testkit::finish(shell, "").ok();
    assert!(
        said.contains(":assumed-role/ReadOnly/") && said.contains("[]"),
        "{said}"
    );
}
