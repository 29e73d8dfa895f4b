//! What fails, how, and that nothing changes by it.

use crate::practice::Practice;

#[test]
fn a_wrong_passphrase_ends_with_4_and_changes_nothing() {
    let mut practice = Practice::with_key();
    practice.write("wrong", "not the passphrase\n");
    let wrong = practice.path().join("wrong").display().to_string();
    practice.set("KEYWARD_PASSPHRASE_FILE", wrong);
    let before = std::fs::read(practice.path().join("keyward/vault.age")).unwrap();
    let code = practice.code();
    let said = practice
        .run(&["exec", "alice", "--mfa-code", &code, "--", "true"])
        .fails_with(4);
    assert!(said.contains("passphrase"), "{said}");
    assert_eq!(
        std::fs::read(practice.path().join("keyward/vault.age")).unwrap(),
        before
    );
    assert_eq!(practice.calls("GetSessionToken"), 0);
}

#[test]
fn without_a_person_a_needed_code_ends_with_3_at_once() {
    let practice = Practice::with_key();
    let said = practice
        .run(&["credential-process", "on-source"])
        .fails_with(3);
    assert!(said.contains("keyward exec on-source"), "{said}");
    assert_eq!(practice.calls("GetSessionToken"), 0);
}

#[test]
fn a_wrong_code_is_explained() {
    let practice = Practice::with_key();
    let wrong = if practice.code() == "000000" {
        "000001"
    } else {
        "000000"
    };
    let said = practice
        .run(&["exec", "alice", "--mfa-code", wrong, "--", "true"])
        .fails_with(1);
    assert!(said.contains("MFA code"), "{said}");
}

#[test]
fn an_unknown_profile_names_near_ones() {
    let practice = Practice::with_key();
    let said = practice
        .run(&["exec", "on-sourc", "--", "true"])
        .fails_with(2);
    assert!(said.contains("on-source"), "{said}");
}

#[test]
fn a_damaged_vault_offers_the_previous_copy() {
    let practice = Practice::with_key();
    let path = practice.path().join("keyward/vault.age");
    let whole = std::fs::read(&path).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let code = practice.code();
    let exec = ["exec", "bare", "--mfa-code", &code, "--", "true"];
    let said = practice.run(&exec).fails_with(4);
    assert!(said.contains("keyward vault restore"), "{said}");
    let _ = practice.run(&["vault", "restore"]).ok();
    // The copy before the last change holds the key that was stored first.
    let _ = practice
        .run(&["exec", "alice", "--mfa-code", &code, "--", "true"])
        .ok();
}

#[cfg(unix)]
#[test]
fn a_vault_that_others_may_read_is_refused_with_the_mend() {
    use std::os::unix::fs::PermissionsExt;
    let practice = Practice::with_key();
    let path = practice.path().join("keyward/vault.age");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    let said = practice.run(&["exec", "bare", "--", "true"]).fails_with(4);
    assert!(said.contains("chmod"), "{said}");
}

#[test]
fn a_plain_session_says_what_it_cannot_do() {
    let practice = Practice::with_key();
    let ran = practice.run(&[
        "exec",
        "bare",
        "--",
        env!("CARGO_BIN_EXE_keyward"),
        "whoami",
    ]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("mfa_serial"), "{}", ran.stderr);
}

#[test]
fn the_key_itself_is_handed_out_only_with_a_warning() {
    let practice = Practice::with_key();
    let ran = practice.run(&["env", "bare", "--no-session", "--format", "json"]);
    assert!(ran.stdout.contains(crate::practice::KEY_ID));
    assert!(ran.stderr.contains("warning:"), "{}", ran.stderr);
}

#[test]
fn a_region_of_a_flag_reaches_the_child() {
    let practice = Practice::with_key();
    let said = practice
        .run(&[
            "env",
            "bare",
            "--region",
            "ap-south-1",
            "--format",
            "dotenv",
        ])
        .ok();
    assert!(said.contains("AWS_REGION=\"ap-south-1\""), "{said}");
}
