//! Programs that print a long-lived key, as password stores do: planned again from what came.

use std::process::Stdio;

use serde_json::Value;

use crate::practice::{KEY_ID, Practice, SECRET, SERIAL};

/// A home whose `default` profile prints Alice's key and counts how often it does.
fn password_store() -> Practice {
    let practice = Practice::start();
    practice.write("answer", &document(KEY_ID, SECRET));
    practice.write("store.sh", "echo run >> runs\ncat answer\n");
    practice.config(&format!(
        "[default]\nregion = eu-central-1\ncredential_process = sh store.sh\n\
         [profile role]\nsource_profile = default\nmfa_serial = {SERIAL}\n\
         role_arn = arn:aws:iam::123456789012:role/ReadOnly\n\
         [profile second]\nsource_profile = default\nmfa_serial = {SERIAL}\n\
         role_arn = arn:aws:iam::123456789012:role/Administrator\n"
    ));
    practice
}

fn document(id: &str, secret: &str) -> String {
    serde_json::json!({"Version": 1, "AccessKeyId": id, "SecretAccessKey": secret}).to_string()
}

fn runs(practice: &Practice) -> usize {
    practice.read("runs").lines().count()
}

#[test]
fn a_code_is_asked_for_a_key_that_a_program_prints_and_its_session_is_shared() {
    let mut practice = password_store();
    let said = practice.run(&["credential-process", "role"]).fails_with(3);
    assert!(said.contains("MFA"), "{said}");
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    for profile in ["role", "second", "role"] {
        let text = practice.run(&["credential-process", profile]).ok();
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert!(
            answer["AccessKeyId"].as_str().unwrap().starts_with("ASIA"),
            "{profile}"
        );
    }
    assert_eq!(practice.calls("GetSessionToken"), 1);
    assert_eq!(practice.calls("AssumeRole"), 2);
    // Once without a code, and once for everything after it.
    assert_eq!(runs(&practice), 2);
}

#[test]
fn exec_gives_its_child_a_session_of_a_key_that_a_program_prints() {
    let practice = password_store();
    let done = practice.run(&["exec", "default", "--", "env"]);
    assert!(done.stderr.contains("made without MFA"), "{}", done.stderr);
    let given = done.ok();
    assert!(given.contains("AWS_ACCESS_KEY_ID=ASIA"), "{given}");
    assert!(given.contains("AWS_SESSION_TOKEN="), "{given}");
    assert!(!given.contains(SECRET), "the key itself reached the child");
    let raw = practice.run(&["exec", "default", "--no-session", "--", "env"]);
    assert!(
        raw.stderr
            .contains("the long-lived key itself is handed out"),
        "{}",
        raw.stderr
    );
    assert!(raw.ok().contains(&format!("AWS_ACCESS_KEY_ID={KEY_ID}")));
}

#[test]
fn many_at_once_run_the_program_once_and_spend_one_code() {
    let mut practice = password_store();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let children: Vec<_> = (0..20)
        .map(|_| {
            let mut command = practice.command(&["credential-process", "role"]);
            command.stdin(Stdio::null()).stdout(Stdio::piped());
            command.spawn().unwrap()
        })
        .collect();
    for child in children {
        assert!(child.wait_with_output().unwrap().status.success());
    }
    assert_eq!(runs(&practice), 1);
    assert_eq!(practice.calls("GetSessionToken"), 1);
    assert_eq!(practice.calls("AssumeRole"), 1);
}

#[test]
fn a_program_that_prints_another_key_is_planned_from_that_one() {
    let practice = password_store();
    let _ = practice.run(&["exec", "default", "--", "true"]).ok();
    assert_eq!(practice.calls("GetSessionToken"), 1);
    // Longer than what is kept, so that the program has to be asked.
    practice.write("answer", &document("AKIAI44QH8DHBEXAMPLE", SECRET));
    let said = practice
        .run(&["exec", "default", "--duration", "20h", "--", "true"])
        .fails_with(1);
    assert!(said.contains("InvalidClientTokenId"), "{said}");
    assert_eq!(runs(&practice), 2);
}

#[test]
fn a_key_with_an_end_is_not_kept_as_a_session() {
    let practice = password_store();
    practice.write(
        "answer",
        &serde_json::json!({
            "Version": 1, "AccessKeyId": KEY_ID, "SecretAccessKey": SECRET,
            "Expiration": "2099-01-01T00:00:00Z",
        })
        .to_string(),
    );
    for _ in 0..2 {
        let _ = practice
            .run(&["exec", "default", "--no-session", "--", "true"])
            .ok();
    }
    assert_eq!(runs(&practice), 2);
}

#[test]
fn list_and_remove_know_the_sessions_of_a_printed_key() {
    let mut practice = password_store();
    let code = practice.code();
    practice.set("KEYWARD_MFA_CODE", code);
    let _ = practice.run(&["credential-process", "role"]).ok();
    let listed = practice.run(&["list", "--json"]).ok();
    let rows: Value = serde_json::from_str(&listed).unwrap();
    let role = rows.as_array().unwrap().iter();
    let role = role.clone().find(|row| row["profile"] == "role").unwrap();
    let calls: Vec<&str> = role["sessions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|session| session["call"].as_str().unwrap())
        .collect();
    assert_eq!(calls, ["GetSessionToken", "AssumeRole"]);
    let _ = practice
        .run(&["remove", "default", "--sessions-only", "--yes"])
        .ok();
    assert_eq!(practice.calls("GetSessionToken"), 1);
    let spent = practice.run(&["credential-process", "role"]).fails_with(1);
    assert!(spent.contains("has already been sent to AWS"), "{spent}");
    assert_eq!(runs(&practice), 2);
}

#[test]
fn a_profile_never_gets_what_a_program_printed_for_another() {
    let mut practice = Practice::start();
    let store = "case $AWS_PROFILE in dev) id=ASIADEVDEVDEVEXAMPLE;; *) id=ASIAPRODPRODEXAMPLE;; esac\n\
                 echo '{\"Version\":1,\"AccessKeyId\":\"'$id'\",\"SecretAccessKey\":\"tempSecretEXAMPLE\",\"SessionToken\":\"token\",\"Expiration\":\"2999-01-01T00:00:00Z\"}'\n";
    practice.write("store.sh", store);
    practice.config(
        "[profile dev]\naws_account_id = 111122223333\ncredential_process = sh store.sh\n\
         [profile prod]\naws_account_id = 123456789012\ncredential_process = sh store.sh\n",
    );
    for (profile, id, account) in [
        ("dev", "ASIADEVDEVDEVEXAMPLE", "111122223333"),
        ("prod", "ASIAPRODPRODEXAMPLE", "123456789012"),
    ] {
        practice.set("AWS_PROFILE", profile);
        let text = practice.run(&["credential-process", profile]).ok();
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(answer["AccessKeyId"], id);
        assert_eq!(answer["AccountId"], account);
    }
}
