//! One's own key, on a good day.

use keyward_sandbox::{Effect, Fault, KeyStatus};

use super::Rotation;
use crate::practice::KEY_ID;

#[test]
fn one_code_replaces_the_key_of_every_profile_that_shares_it() {
    let practice = Rotation::new();
    let ran = practice.rotate(&["alice"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let new = practice.assert_one_working_key("rotated");
    assert_ne!(new, KEY_ID);
    assert!(
        ran.stderr.contains(&new) && ran.stderr.contains("`bare`"),
        "{}",
        ran.stderr
    );
    assert_eq!(practice.calls("GetSessionToken"), 1);
    let order: Vec<String> = practice
        .account
        .journal()
        .into_iter()
        .map(|entry| entry.action)
        .filter(|action| action.contains("AccessKey") || action == "GetCallerIdentity")
        .collect();
    let expected = [
        "ListAccessKeys",
        "CreateAccessKey",
        "GetCallerIdentity",
        "UpdateAccessKey",
        "GetCallerIdentity",
        "DeleteAccessKey",
    ];
    assert_eq!(order[..6], expected);
}

#[test]
fn a_cached_session_needs_no_code_at_all() {
    let practice = Rotation::new();
    let _ = practice
        .run_with_code(&["exec", "on-source", "--", "true"], &[])
        .ok();
    let ran = practice.run(&["rotate", "chained"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    practice.assert_one_working_key("rotated through a chain of roles");
    // The cache no longer holds sessions of the old key, and their holders were told.
    assert!(ran.stderr.contains("keep it until"), "{}", ran.stderr);
    assert_eq!(practice.calls("GetSessionToken"), 1);
    let _ = practice
        .run(&["credential-process", "on-source"])
        .fails_with(3);
    let _ = practice
        .run_with_code(&["exec", "chained", "--", "true"], &[])
        .ok();
}

#[test]
fn the_device_is_found_whichever_profile_names_it() {
    for profile in ["bare", "on-role", "on-both", "long"] {
        let practice = Rotation::new();
        let ran = practice.rotate(&[profile]);
        assert_eq!(ran.code, 0, "{profile}: {}", ran.stderr);
        practice.assert_one_working_key(profile);
        assert_eq!(practice.calls("GetSessionToken"), 1, "{profile}");
    }
}

#[test]
fn two_keys_are_refused_before_anything_changes() {
    let practice = Rotation::new();
    practice.account.with_accounts(|accounts| {
        let account = accounts
            .account_mut(&"123456789012".parse().unwrap())
            .unwrap();
        let bob = account.users[&"bob".parse().unwrap()].keys[0].clone();
        let mut spare = bob;
        spare.id = "AKIAI44QH8DHBSPARE00".parse().unwrap();
        let alice = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
        alice.keys.push(spare);
    });
    let said = practice.rotate(&["alice"]).fails_with(1);
    assert!(said.contains("AKIAI44QH8DHBSPARE00 active"), "{said}");
    assert!(
        said.contains("never used") && said.contains("delete-access-key"),
        "{said}"
    );
    assert_eq!(practice.calls("CreateAccessKey"), 0);
    assert!(!practice.run(&["list"]).stderr.contains("not finished"));
}

#[test]
fn a_dry_run_says_the_steps_and_asks_nobody() {
    let practice = Rotation::new();
    let said = practice.run(&["rotate", "chained", "--dry-run"]).ok();
    assert!(said.contains(KEY_ID) && said.contains("`bare`"), "{said}");
    assert_eq!(said.lines().count(), 9, "{said}");
    assert!(practice.account.journal().is_empty());
}

#[test]
fn a_grace_keeps_the_old_key_until_the_rotation_is_finished() {
    let practice = Rotation::new();
    let ran = practice.rotate(&["alice", "--grace", "1h"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let keys = practice.keys_of("alice");
    assert_eq!(keys.len(), 2);
    assert!(keys.iter().all(|key| key.status == KeyStatus::Active));
    assert_ne!(practice.stored("bare"), KEY_ID);
    let listed = practice.run(&["list"]).stderr;
    assert!(
        listed.contains("is kept until") && listed.contains("keyward rotate alice --resume"),
        "{listed}"
    );
    let status = practice.run(&["vault", "status", "--json"]).ok();
    let status: serde_json::Value = serde_json::from_str(&status).unwrap();
    assert_eq!(status["rotations"][0]["state"], "placed");
    assert_eq!(
        status["rotations"][0]["resume"],
        "keyward rotate alice --resume"
    );
    // Too early: nothing happens, not even a prompt for a code.
    let early = practice.run(&["rotate", "alice", "--resume"]);
    assert_eq!(early.code, 0, "{}", early.stderr);
    assert_eq!(practice.keys_of("alice").len(), 2);
    let again = practice.rotate(&["bare"]).fails_with(1);
    assert!(again.contains("not finished"), "{again}");
    let back = practice.run(&["rotate", "alice", "--abort"]).fails_with(1);
    assert!(back.contains("--resume --grace 0"), "{back}");
    let ran = practice.rotate(&["alice", "--resume", "--grace", "0"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    practice.assert_one_working_key("after the grace");
}

#[test]
fn keys_past_their_age_are_shown_and_rotated() {
    let practice = Rotation::new();
    let none = practice.run(&["rotate", "--due"]);
    assert_eq!(none.code, 0);
    assert!(
        none.stderr.contains("no stored key is due"),
        "{}",
        none.stderr
    );
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nkey_max_age = \"0s\"\n",
    );
    let listed = practice.run(&["list"]).stderr;
    assert!(listed.contains("keyward rotate alice"), "{listed}");
    assert!(
        practice
            .run(&["rotate", "--due", "--dry-run"])
            .ok()
            .contains(KEY_ID)
    );
    let ran = practice.rotate(&["--due"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    practice.assert_one_working_key("due");
    assert_eq!(practice.calls("CreateAccessKey"), 1);
}

#[test]
fn hints_about_a_due_key_name_its_profile() {
    let practice = Rotation::new();
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nkey_max_age = \"0s\"\n",
    );
    let refused = |code: &str| Effect::Error {
        status: 409,
        code: code.to_owned(),
        message: "Cannot exceed quota for AccessKeysPerUser: 2".to_owned(),
    };
    practice
        .account
        .inject(Fault::on("CreateAccessKey", refused("LimitExceeded")));
    let said = practice.rotate(&["--due"]).fails_with(1);
    assert!(said.contains("`keyward rotate --resume alice`"), "{said}");
    assert!(!said.contains("PROFILE"), "{said}");
}

#[test]
fn what_is_due_includes_what_has_waited_long_enough() {
    let practice = Rotation::new();
    // The key of `alice` is old, and the session of `admin` finds that out.
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nkey_max_age = \"36500d\"\n",
    );
    practice.config(&format!(
        "{}\n[profile admin]\nsource_profile = alice\nrole_arn = arn:aws:iam::123456789012:role/Administrator\n",
        crate::practice::CONFIG
    ));
    let errand = [
        "rotate", "--user", "bob", "--via", "admin", "--to", "file:b",
    ];
    let words = [&errand[..], &["--grace", "1h"]].concat();
    assert_eq!(practice.run_with_code(&words, &[]).code, 0);
    let due = practice.run(&["rotate", "--due"]);
    assert!(
        due.stderr.contains("no stored key is due"),
        "{}",
        due.stderr
    );
    // An hour later, as far as the journal goes.
    let resume = ["rotate", "--user", "bob", "--resume", "--grace", "1s"];
    let _ = practice.run(&resume).code;
    let bob = || practice.keys_of("bob").len();
    let mut tries = 0;
    while bob() == 2 && tries < 200 {
        tries += 1;
        assert_eq!(practice.run(&["rotate", "--due"]).code, 0);
    }
    assert_eq!(bob(), 1);
}

#[test]
fn a_rotation_that_stopped_before_its_grace_is_not_finished() {
    let practice = Rotation::new();
    practice.write(
        "keyward/config.toml",
        "passphrase_work = 2\nkey_max_age = \"36500d\"\n",
    );
    practice.config(&format!(
        "{}\n[profile admin]\nsource_profile = alice\nrole_arn = arn:aws:iam::123456789012:role/Administrator\n",
        crate::practice::CONFIG
    ));
    let words = [
        "rotate",
        "--user",
        "bob",
        "--via",
        "admin",
        "--to",
        "exec:exit 1",
        "--grace",
        "1h",
    ];
    assert_eq!(practice.run_with_code(&words, &[]).code, 1);
    for words in [&["list"][..], &["rotate", "--due"]] {
        let said = practice.run(words).stderr;
        assert!(
            said.contains("not finished: it stopped when"),
            "{words:?}: {said}"
        );
        assert!(
            said.contains("keyward rotate --user bob --resume"),
            "{words:?}: {said}"
        );
        assert!(!said.contains("is kept until"), "{words:?}: {said}");
    }
}

#[test]
fn a_key_that_is_not_in_the_vault_cannot_be_rotated() {
    let practice = Rotation::new();
    practice.write(
        ".aws/credentials",
        "[plain]\naws_access_key_id = AKIAI44QH8DHBEXAMPLE\naws_secret_access_key = je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY\n",
    );
    let said = practice.run(&["rotate", "plain"]).fails_with(2);
    assert!(said.contains("keyward import credentials"), "{said}");
    let _ = practice.run(&["rotate"]).fails_with(2);
    let _ = practice.run(&["rotate", "alice", "--resume"]).fails_with(1);
    let _ = practice.run(&["rotate", "alice", "--abort"]).fails_with(1);
}

#[test]
fn no_secret_is_said_or_left_behind() {
    let practice = Rotation::new();
    let mut canaries = keyward_testkit::Canaries::new();
    canaries.plant("the old secret", crate::practice::SECRET);
    let mut ran = vec![practice.rotate(&["alice", "--grace", "1h"])];
    practice.account.with_accounts(|accounts| {
        let account = accounts.account(&"123456789012".parse().unwrap()).unwrap();
        for key in &account.users[&"alice".parse().unwrap()].keys {
            canaries.plant("a secret at AWS", key.secret.expose());
        }
    });
    ran.push(practice.rotate(&["alice", "--resume", "--grace", "0"]));
    ran.push(practice.run(&["-vv", "list"]));
    for ran in &ran {
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        canaries.absent_from(ran);
    }
    canaries.absent_below(practice.path(), &["passphrase"]);
}
