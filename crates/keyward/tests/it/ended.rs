//! Credentials that end before their time, or name an end that no session of AWS has.

use keyward_sandbox::{Effect, Fault};

use crate::fake::Fake;
use crate::practice::{KEY_ID, Practice, SECRET, SERIAL};

/// A home with a session and a role of it in the cache.
fn with_sessions() -> Practice {
    let practice = Practice::with_key();
    let _ = with_code(&practice, &["credential-process", "on-source"]).ok();
    practice.account.clear_journal();
    practice
}

fn with_code(practice: &Practice, words: &[&str]) -> keyward_testkit::Ran {
    let code = practice.account.fresh_code(&SERIAL.parse().unwrap());
    let mut command = practice.command(words);
    command.env("KEYWARD_MFA_CODE", code.unwrap().expose());
    keyward_testkit::finish(command, "")
}

fn refused(action: &str, code: &str) -> Fault {
    let effect = Effect::Error {
        status: 403,
        code: code.to_owned(),
        message: "The security token included in the request is refused".to_owned(),
    };
    Fault::on(action, effect).times(1)
}

#[test]
fn a_session_that_aws_ended_is_dropped_and_made_anew_once() {
    for code in [
        "ExpiredToken",
        "InvalidClientTokenId",
        "SignatureDoesNotMatch",
    ] {
        for words in [&["env", "partner"][..], &["credential-process", "partner"]] {
            let practice = with_sessions();
            practice.account.inject(refused("AssumeRole", code));
            let ran = with_code(&practice, words);
            assert_eq!(ran.code, 0, "{code}: {}", ran.stderr);
            assert!(ran.stderr.contains("no longer accepts"), "{}", ran.stderr);
            let calls = ["GetSessionToken", "AssumeRole"].map(|action| practice.calls(action));
            assert_eq!(calls, [1, 2], "{code}: {words:?}");
        }
    }
}

#[test]
fn without_a_person_the_end_of_a_session_is_exit_3_and_it_is_dropped() {
    let practice = with_sessions();
    practice
        .account
        .inject(refused("AssumeRole", "ExpiredToken"));
    let said = practice.run(&["env", "partner"]).fails_with(3);
    assert!(said.contains("MFA code"), "{said}");
    // AWS accepts everything again, and the session that it refused is not asked for.
    let _ = practice.run(&["env", "partner"]).fails_with(3);
    assert_eq!(with_code(&practice, &["env", "partner"]).code, 0);
}

#[test]
fn a_session_that_was_just_made_is_not_made_again() {
    let practice = Practice::with_key();
    practice
        .account
        .inject(refused("AssumeRole", "ExpiredToken"));
    let _ = with_code(&practice, &["env", "partner"]).fails_with(1);
    assert_eq!(practice.calls("GetSessionToken"), 1);
}

#[test]
fn a_role_from_the_cache_that_aws_ended_is_made_anew_for_whoami() {
    let practice = with_sessions();
    practice
        .account
        .inject(refused("GetCallerIdentity", "ExpiredToken"));
    let ran = practice.run(&["whoami", "on-source"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(practice.calls("AssumeRole"), 1);
    practice
        .account
        .inject(refused("GetCallerIdentity", "ExpiredToken"));
    let _ = practice.run(&["whoami", "alice"]).fails_with(3);
}

#[test]
fn a_console_sign_in_gets_a_new_role_where_the_kept_one_was_ended() {
    let mut practice = with_sessions();
    let url = practice.account.url();
    practice.set("KEYWARD_SIGNIN_URL", format!("{url}/federation"));
    practice.account.inject(refused("getSigninToken", "X"));
    practice
        .account
        .inject(refused("GetCallerIdentity", "ExpiredToken"));
    let ran = practice.run(&["login", "on-source", "--print"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(practice.calls("AssumeRole"), 1);
}

#[test]
fn the_error_of_an_ended_session_names_the_command_that_helps() {
    let practice = with_sessions();
    for _ in 0..2 {
        practice
            .account
            .inject(refused("GetCallerIdentity", "ExpiredToken").times(2));
    }
    let said = practice.run(&["whoami", "on-source"]).fails_with(1);
    assert!(
        said.contains("`keyward remove --sessions-only on-source`"),
        "{said}"
    );
}

#[test]
fn an_end_that_aws_gives_no_session_is_neither_handed_out_nor_kept() {
    for end in [
        "1970-01-01T00:00:00Z",
        "2106-01-01T00:00:00Z",
        "9999-12-30T00:00:00Z",
    ] {
        let sts = Fake::start(move |_| {
            let given = format!(
                "<GetSessionTokenResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetSessionTokenResult><Credentials><AccessKeyId>ASIAXYZXYZXYZEXAMPLE</AccessKeyId><SecretAccessKey>tempSecretEXAMPLE</SecretAccessKey><SessionToken>token</SessionToken><Expiration>{end}</Expiration></Credentials></GetSessionTokenResult></GetSessionTokenResponse>"
            );
            (200, given)
        });
        let mut practice = Practice::start();
        let key = format!("{KEY_ID}\n{SECRET}\n");
        let add = ["add", "bare", "--stdin", "--no-config", "--no-verify"];
        let _ = practice.run_with_input(&add, &key).ok();
        practice.set("AWS_ENDPOINT_URL_STS", sts.url());
        for _ in 0..2 {
            let ran = practice.run(&["env", "bare"]);
            assert!(
                !ran.stdout.contains("ASIAXYZXYZXYZEXAMPLE"),
                "{}",
                ran.stdout
            );
            let said = ran.fails_with(1);
            assert!(said.contains(&end[..10]), "{said}");
        }
    }
}

#[cfg(unix)]
#[test]
fn another_programs_far_end_is_handed_out() {
    let practice = Practice::start();
    practice.config(&format!(
        "[profile far]\ncredential_process = sh -c 'echo asked >> {} && cat {}'\n",
        practice.path().join("asked").display(),
        practice.path().join("document").display()
    ));
    practice.write("document", "{\"Version\":1,\"AccessKeyId\":\"ASIAXYZXYZXYZEXAMPLE\",\"SecretAccessKey\":\"tempSecretEXAMPLE\",\"SessionToken\":\"token\",\"Expiration\":\"2999-01-01T00:00:00Z\"}");
    for _ in 0..2 {
        let given = practice.run(&["credential-process", "far"]).ok();
        assert!(given.contains("2999-01-01T00:00:00Z"), "{given}");
    }
    assert_eq!(practice.read("asked").lines().count(), 1);
}

#[cfg(unix)]
#[test]
fn a_sealed_console_sign_in_that_aws_ended_is_renewed_once() {
    let mut practice = Practice::start();
    crate::signin::with_browser(&mut practice);
    let signed_in = crate::signin::sign_in(&practice, &["--region", "eu-central-1"]);
    assert_eq!(signed_in.code, 0, "{}", signed_in.stderr);
    practice.account.clear_journal();
    practice
        .account
        .inject(refused("GetCallerIdentity", "ExpiredToken"));
    let ran = practice.run(&["whoami", "console"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("no longer accepts"), "{}", ran.stderr);
    let calls = ["CreateOAuth2Token", "GetCallerIdentity"].map(|action| practice.calls(action));
    assert_eq!(calls, [1, 2]);

    // A session that a run has just renewed is not renewed again by the same run.
    std::fs::remove_dir_all(practice.path().join("keyward/sessions")).unwrap();
    practice.account.clear_journal();
    practice
        .account
        .inject(refused("GetCallerIdentity", "ExpiredToken").times(9));
    let said = practice.run(&["whoami", "console"]).fails_with(1);
    assert!(said.contains("keyward signin console"), "{said}");
    let calls = ["CreateOAuth2Token", "GetCallerIdentity"].map(|action| practice.calls(action));
    assert_eq!(calls, [1, 1]);
}

#[test]
fn account_commands_drop_a_session_that_aws_ended_and_name_its_profile() {
    for words in [
        &["audit", "--profile", "on-source"][..],
        &["account", "init", "--profile", "on-source"],
        &["account", "prove", "--profile", "on-source"],
        &["account", "graph", "--profile", "on-source"],
        &[
            "account",
            "revoke",
            "bob",
            "--profile",
            "on-source",
            "--yes",
        ],
    ] {
        let practice = with_sessions();
        practice
            .account
            .inject(refused("GetCallerIdentity", "ExpiredToken").times(2));
        let ran = practice.run(words);
        assert!(
            ran.stderr.contains("no longer accepts"),
            "{words:?}: {ran:?}"
        );
        assert_eq!(practice.calls("AssumeRole"), 1, "{words:?}");
        practice
            .account
            .inject(refused("GetCallerIdentity", "ExpiredToken").times(9));
        let said = practice.run(words).fails_with(1);
        assert!(
            said.contains("--sessions-only on-source`"),
            "{words:?}: {said}"
        );
    }
}

#[test]
fn what_helps_after_the_end_of_credentials_that_keyward_does_not_keep() {
    let mut practice = Practice::start();
    let keys = "aws_access_key_id = ASIAXYZXYZXYZEXAMPLE\naws_secret_access_key = tempSecretEXAMPLE\naws_session_token = token\n";
    practice.write(".aws/credentials", &format!("[temporary]\n{keys}"));
    practice.config(
        "[profile over]\nrole_arn = arn:aws:iam::123456789012:role/readonly\nsource_profile = temporary\n\
         [profile surroundings]\nrole_arn = arn:aws:iam::123456789012:role/readonly\ncredential_source = Environment\n",
    );
    for action in ["GetCallerIdentity", "AssumeRole"] {
        let fault = refused(action, "ExpiredToken").times(9);
        practice.account.inject(fault);
    }
    let written = "run the tool again that writes the credentials of profile `temporary`";
    for profile in ["temporary", "over"] {
        let said = practice.run(&["whoami", profile]).fails_with(1);
        assert!(said.contains(written), "{said}");
        assert!(!said.contains("--sessions-only"), "{said}");
    }
    practice.set("AWS_ACCESS_KEY_ID", "ASIAXYZXYZXYZEXAMPLE");
    practice.set("AWS_SECRET_ACCESS_KEY", "tempSecretEXAMPLE");
    practice.set("AWS_SESSION_TOKEN", "token");
    let said = practice.run(&["whoami", "surroundings"]).fails_with(1);
    assert!(said.contains("in the environment"), "{said}");
    assert!(!said.contains("--sessions-only"), "{said}");
}

#[test]
fn sessions_of_a_key_that_was_replaced_are_not_listed() {
    let practice = with_sessions();
    let kept = |name: &str| {
        let rows = practice.run(&["list", "--json"]).ok();
        let rows: serde_json::Value = serde_json::from_str(&rows).unwrap();
        let mut rows = rows.as_array().unwrap().iter();
        let row = rows.find(|row| row["profile"] == name).unwrap();
        row["sessions"].as_array().unwrap().len()
    };
    assert_eq!(["alice", "on-source"].map(kept), [1, 2]);
    let key = format!("AKIAZZZZZZZZZZEXAMPLE\n{SECRET}\n");
    let add = ["add", "alice", "--stdin", "--force", "--no-verify"];
    let _ = practice.run_with_input(&add, &key).ok();
    assert_eq!(["alice", "on-source"].map(kept), [0, 0]);
}

#[test]
fn sessions_of_a_key_that_no_profile_has_any_more_are_forgotten() {
    let practice = Practice::start();
    let add = |id: &str| {
        let add = [
            "add",
            "bare",
            "--stdin",
            "--force",
            "--no-config",
            "--no-verify",
        ];
        let _ = practice
            .run_with_input(&add, &format!("{id}\n{SECRET}\n"))
            .ok();
    };
    let forget = || practice.run(&["remove", "bare", "--sessions-only"]).stderr;
    add(KEY_ID);
    let _ = practice.run(&["credential-process", "bare"]).ok();
    add("AKIAZZZZZZZZZZEXAMPLE");
    assert!(forget().contains("forgot no session"));
}
