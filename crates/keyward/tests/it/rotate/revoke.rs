//! The end of a key: at AWS first, then here.

use keyward_sandbox::{Effect, Fault, KeyStatus};

use super::Rotation;

#[test]
fn a_revoked_key_is_gone_at_aws_and_under_every_name() {
    let practice = Rotation::new();
    let ran = practice.run_with_code(&["remove", "alice", "--revoke", "--yes"], &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(practice.keys_of("alice").is_empty());
    let status = practice.run(&["vault", "status", "--json"]).ok();
    assert!(!status.contains("AKIAIOSFODNN7EXAMPLE"), "{status}");
    let order: Vec<String> = practice
        .account
        .journal()
        .into_iter()
        .map(|entry| entry.action)
        .filter(|action| action.contains("AccessKey"))
        .collect();
    let expected = [
        "ListAccessKeys",
        "UpdateAccessKey",
        "ListAccessKeys",
        "DeleteAccessKey",
    ];
    assert_eq!(order, expected);
}

#[test]
fn a_revocation_that_fails_forgets_nothing_and_can_be_done_again() {
    let practice = Rotation::new();
    let died = Effect::Error {
        status: 403,
        code: "InvalidClientTokenId".to_owned(),
        message: "The security token included in the request is invalid".to_owned(),
    };
    practice
        .account
        .inject(Fault::on("DeleteAccessKey", died).times(1));
    let remove = ["remove", "alice", "--revoke", "--yes"];
    let said = practice.run_with_code(&remove, &[]).fails_with(1);
    assert!(said.contains("--via PROFILE"), "{said}");
    assert_eq!(practice.keys_of("alice")[0].status, KeyStatus::Inactive);
    assert_eq!(practice.stored("alice"), "AKIAIOSFODNN7EXAMPLE");
    // The session with the code is in the cache still, and the practice account takes it.
    let ran = practice.run(&remove);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(practice.keys_of("alice").is_empty());
}

#[test]
fn a_question_without_a_terminal_changes_nothing() {
    let practice = Rotation::new();
    let _ = practice
        .run_with_code(&["remove", "alice", "--revoke"], &[])
        .fails_with(3);
    assert!(practice.account.journal().is_empty());
    let _ = practice.rotate(&["alice", "--grace", "1h"]).code;
    let said = practice.run(&["remove", "alice", "--yes"]).fails_with(1);
    assert!(said.contains("not finished"), "{said}");
    // Nor is it replaced by hand, under whichever name.
    let key = format!("{}\n{}\n", crate::practice::KEY_ID, crate::practice::SECRET);
    for profile in ["alice", "bare"] {
        let words = ["add", profile, "--stdin", "--force", "--no-config"];
        let said = practice.run_with_input(&words, &key).fails_with(1);
        assert!(said.contains("keyward rotate alice --resume"), "{said}");
    }
}
