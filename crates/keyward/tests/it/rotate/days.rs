//! Bad days: slow spreading, throttling, wrong codes, sessions that die with their key.

use std::time::Duration;

use keyward_sandbox::{Effect, Fault, KeyStatus};

use super::Rotation;
use crate::practice::KEY_ID;

#[test]
fn a_key_that_spreads_slowly_is_waited_for() {
    let practice = Rotation::new();
    let hidden = Effect::HideNewKey(Duration::from_secs(10));
    practice
        .account
        .inject(Fault::on("CreateAccessKey", hidden).times(1));
    let clock = practice.account.clock();
    let ran = std::thread::scope(|scope| {
        let rotation = scope.spawn(|| practice.rotate(&["alice"]));
        // Time passes only after the program has looked without success, so that it must look
        // again.
        let mut looks = 0;
        while !rotation.is_finished() {
            let in_vain = practice
                .account
                .journal()
                .iter()
                .filter(|entry| entry.outcome == "InvalidClientTokenId")
                .count();
            if in_vain > looks {
                looks = in_vain;
                clock.advance(Duration::from_secs(3));
            }
            std::thread::yield_now();
        }
        rotation.join().unwrap()
    });
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(ran.stderr.contains("everywhere"), "{}", ran.stderr);
    let in_vain = practice
        .account
        .journal()
        .iter()
        .filter(|entry| entry.action == "GetCallerIdentity" && !entry.succeeded())
        .count();
    assert!(in_vain >= 3, "{in_vain} looks in vain");
    practice.assert_one_working_key("a slow key");
}

#[test]
fn throttling_is_waited_out() {
    let practice = Rotation::new();
    for action in [
        "ListAccessKeys",
        "CreateAccessKey",
        "GetCallerIdentity",
        "UpdateAccessKey",
        "DeleteAccessKey",
    ] {
        practice.account.inject(Fault::throttle(action, 1));
    }
    let ran = practice.rotate(&["alice"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    practice.assert_one_working_key("throttled");
}

#[test]
fn a_wrong_code_changes_nothing_and_the_next_one_rotates() {
    let practice = Rotation::new();
    let wrong = if practice.code() == "000000" {
        "000001"
    } else {
        "000000"
    };
    let said = practice
        .run(&["rotate", "alice", "--mfa-code", wrong])
        .fails_with(1);
    assert!(said.contains("MFA code"), "{said}");
    assert_eq!(practice.stored("alice"), KEY_ID);
    assert_eq!(practice.calls("CreateAccessKey"), 0);
    let ran = practice.rotate(&["alice"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    practice.assert_one_working_key("after a wrong code");
}

#[test]
fn without_a_code_and_a_person_nothing_begins() {
    let practice = Rotation::new();
    let said = practice.run(&["rotate", "alice"]).fails_with(3);
    assert!(said.contains("MFA code"), "{said}");
    assert!(!practice.run(&["list"]).stderr.contains("not finished"));
    practice.assert_one_working_key("not begun");
}

/// The answer of AWS when a session's key is gone.
fn session_died(action: &str) -> Fault {
    let effect = Effect::Error {
        status: 403,
        code: "InvalidClientTokenId".to_owned(),
        message: "The security token included in the request is invalid".to_owned(),
    };
    Fault::on(action, effect).times(1)
}

#[test]
fn a_session_that_dies_with_the_old_key_leaves_a_rotation_that_is_finished_later() {
    let practice = Rotation::new();
    practice.account.inject(session_died("DeleteAccessKey"));
    // The guard refuses the new key by itself, and no person can type a second code.
    let said = practice.rotate(&["alice"]).fails_with(3);
    assert!(
        said.contains("keyward rotate alice --resume") && said.contains("switched off"),
        "{said}"
    );
    let old = practice.keys_of("alice").remove(0);
    assert_eq!((old.id.as_str(), old.status), (KEY_ID, KeyStatus::Inactive));
    let ran = practice.rotate(&["alice", "--resume"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    practice.assert_one_working_key("resumed with the new key");
}

#[test]
fn where_no_policy_asks_for_mfa_the_new_key_finishes_by_itself() {
    let practice = Rotation::new();
    practice.account.with_accounts(|accounts| {
        let account = accounts
            .account_mut(&"123456789012".parse().unwrap())
            .unwrap();
        let team = account.groups.get_mut("team").unwrap();
        team.grants.inline.retain(|policy| policy.name != "guard");
    });
    practice.account.inject(session_died("DeleteAccessKey"));
    let ran = practice.rotate(&["alice"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(practice.calls("GetSessionToken"), 1);
    practice.assert_one_working_key("the key itself");
}

#[test]
fn a_refused_creation_leaves_nothing_to_take_up() {
    let practice = Rotation::new();
    let denied = Effect::Error {
        status: 403,
        code: "AccessDenied".to_owned(),
        message: "User is not authorized to perform: iam:CreateAccessKey".to_owned(),
    };
    practice
        .account
        .inject(Fault::on("CreateAccessKey", denied).times(1));
    let _ = practice.rotate(&["alice"]).fails_with(1);
    practice.assert_one_working_key("refused");
    assert_eq!(practice.stored("alice"), KEY_ID);
}

#[test]
fn a_new_key_that_fails_brings_the_old_one_back() {
    let practice = Rotation::new();
    let gone = Effect::Error {
        status: 403,
        code: "SignatureDoesNotMatch".to_owned(),
        message: "The request signature we calculated does not match".to_owned(),
    };
    practice
        .account
        .inject(Fault::on("GetCallerIdentity", gone).after(1).times(1));
    let said = practice.rotate(&["alice"]).fails_with(1);
    assert!(said.contains("switched on again"), "{said}");
    let keys = practice.keys_of("alice");
    assert!(
        keys.iter().all(|key| key.status == KeyStatus::Active),
        "{keys:?}"
    );
    let ran = practice.rotate(&["alice", "--resume"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    practice.assert_one_working_key("after a second look");
}

#[cfg(debug_assertions)]
#[test]
fn a_lost_key_is_found_though_the_clocks_disagree() {
    // AWS takes a signature that is fifteen minutes off. keyward corrects its clock for others.
    for ahead in [-7200, -720, 720, 7200] {
        for words in [["alice", "--resume"], ["alice", "--abort"]] {
            let practice = Rotation::new();
            practice.account.clock().set_offset(ahead);
            let died = practice.run_with_code(
                &["rotate", "alice"],
                &[("KEYWARD_TEST_POINT", "create:after")],
            );
            let story = format!("{ahead} {words:?}");
            assert_eq!(died.code, 134, "{story}: {}", died.stderr);
            assert_eq!(practice.keys_of("alice").len(), 2, "{story}");
            practice.account.clock().advance(Duration::from_secs(30));
            let ran = practice.rotate(&words);
            assert_eq!(ran.code, 0, "{story}: {}", ran.stderr);
            practice.account.clock().advance(Duration::from_secs(30));
            practice.assert_one_working_key(&story);
        }
    }
}

#[cfg(debug_assertions)]
#[test]
fn doctor_names_a_rotation_that_stopped_and_none_that_waits() {
    let practice = Rotation::new();
    let waiting = practice.rotate(&["alice", "--grace", "1d"]);
    assert_eq!(waiting.code, 0, "{}", waiting.stderr);
    let found = practice.run(&["doctor"]).stdout;
    assert!(!found.contains("rotation of"), "{found}");

    let practice = Rotation::new();
    let point = [("KEYWARD_TEST_POINT", "create:after")];
    let died = practice.run_with_code(&["rotate", "alice"], &point);
    assert_eq!(died.code, 134, "{}", died.stderr);
    let _ = practice.run(&["vault", "status"]).ok();
    let doctor = practice.run(&["doctor"]);
    assert_eq!(doctor.code, 1, "{}", doctor.stdout);
    let advice = "the rotation of `alice` is not finished: it stopped when";
    assert!(doctor.stdout.contains(advice), "{}", doctor.stdout);
    let hint = "keyward rotate alice --resume";
    assert!(doctor.stdout.contains(hint), "{}", doctor.stdout);
}

#[cfg(debug_assertions)]
#[test]
fn a_key_that_somebody_else_made_is_left_alone() {
    let practice = Rotation::new();
    let died = practice.run_with_code(
        &["rotate", "alice"],
        &[("KEYWARD_TEST_POINT", "create:before")],
    );
    assert_ne!(died.code, 0);
    practice.account.with_accounts(|accounts| {
        let account = accounts
            .account_mut(&"123456789012".parse().unwrap())
            .unwrap();
        let mut spare = account.users[&"bob".parse().unwrap()].keys[0].clone();
        spare.id = "AKIAI44QH8DHBSPARE00".parse().unwrap();
        spare.created = keyward_core::Timestamp::from_second(1_700_000_000);
        let alice = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
        alice.keys.push(spare);
    });
    let said = practice.rotate(&["alice", "--resume"]).fails_with(1);
    assert!(said.contains("AKIAI44QH8DHBSPARE00"), "{said}");
    let given_up = practice.rotate(&["alice", "--abort"]);
    assert_eq!(given_up.code, 0, "{}", given_up.stderr);
    assert!(
        given_up.stderr.contains("left alone"),
        "{}",
        given_up.stderr
    );
    assert_eq!(practice.keys_of("alice").len(), 2);
    assert!(!practice.run(&["list"]).stderr.contains("not finished"));
}

#[test]
fn a_session_that_is_too_old_for_a_policy_is_made_anew() {
    let practice = Rotation::new();
    let _ = practice
        .run_with_code(&["exec", "alice", "--", "true"], &[])
        .ok();
    let denied = Effect::Error {
        status: 403,
        code: "AccessDenied".to_owned(),
        message: "User is not authorized to perform: iam:ListAccessKeys".to_owned(),
    };
    practice
        .account
        .inject(Fault::on("ListAccessKeys", denied).times(1));
    let ran = practice.rotate(&["alice"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert_eq!(practice.calls("GetSessionToken"), 2);
    practice.assert_one_working_key("with a newer code");
}

#[test]
fn the_log_names_every_step() {
    let practice = Rotation::new();
    let ran = practice.rotate(&["alice"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let new = practice.stored("alice");
    let log = practice.run(&["log", "--json"]).ok();
    let log: serde_json::Value = serde_json::from_str(&log).unwrap();
    let entries = log["entries"].as_array().or(log.as_array()).unwrap();
    let steps: Vec<(&str, &str)> = entries
        .iter()
        .map(|entry| {
            (
                entry["how"].as_str().unwrap(),
                entry["access_key_id"].as_str().unwrap(),
            )
        })
        .collect();
    let expected = [
        ("key-made", new.as_str()),
        ("key-placed", &new),
        ("key-off", KEY_ID),
        ("key-deleted", KEY_ID),
    ];
    assert_eq!(steps, expected);
}

#[test]
fn two_rotations_at_once_are_one() {
    let practice = Rotation::new();
    let hidden = Effect::HideNewKey(Duration::from_secs(60));
    practice
        .account
        .inject(Fault::on("CreateAccessKey", hidden).times(1));
    std::thread::scope(|scope| {
        let first = scope.spawn(|| practice.rotate(&["alice"]));
        while practice.calls("CreateAccessKey") == 0 && !first.is_finished() {
            std::thread::yield_now();
        }
        // The first waits for its key to spread, and will until the clock moves.
        let said = practice.run(&["rotate", "bare"]).fails_with(1);
        assert!(said.contains("another keyward is rotating"), "{said}");
        practice.account.advance(Duration::from_secs(60));
        let ran = first.join().unwrap();
        assert_eq!(ran.code, 0, "{}", ran.stderr);
    });
    practice.assert_one_working_key("once");
    assert_eq!(practice.calls("CreateAccessKey"), 1);
}

#[test]
fn a_key_without_a_device_is_refused_with_the_mend() {
    let practice = Rotation::new();
    let bob = "AKIAI44QH8DHBEXAMPLE\nje7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY\n";
    let _ = practice
        .run_with_input(&["add", "bob", "--stdin", "--no-config"], bob)
        .ok();
    let said = practice.run(&["rotate", "bob"]).fails_with(1);
    assert!(said.contains("keyward add bob --mfa-serial"), "{said}");
    assert_eq!(practice.calls("CreateAccessKey"), 0);
    assert!(!practice.run(&["list"]).stderr.contains("not finished"));
}

#[cfg(debug_assertions)]
#[test]
fn no_command_takes_the_place_of_a_key_that_is_being_replaced() {
    let practice = Rotation::new();
    let died = practice.run_with_code(
        &["rotate", "alice"],
        &[("KEYWARD_TEST_POINT", "create:after")],
    );
    assert_ne!(died.code, 0);
    let section = "aws_access_key_id = AKIAI44QH8DHBEXAMPLE\n\
                   aws_secret_access_key = je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY\n";
    // `bare` is another name of the same key.
    for profile in ["alice", "bare"] {
        let file = format!("[{profile}]\n{section}");
        practice.write(".aws/credentials", &file);
        for words in [
            &["import", "credentials", "--yes", "--force"][..],
            &["import", "credentials", "--yes", "--force", "--no-verify"],
        ] {
            let said = practice.run(words).fails_with(1);
            assert!(said.contains("is being replaced"), "{profile}: {said}");
            assert!(said.contains("--resume"), "{profile}: {said}");
            assert_eq!(practice.read(".aws/credentials"), file);
            assert_eq!(practice.stored(profile), crate::practice::KEY_ID);
        }
    }
    practice.write(".aws/credentials", "");
    let ran = practice.rotate(&["alice", "--resume"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    practice.assert_one_working_key("after imports that were refused");
}

#[cfg(debug_assertions)]
#[test]
fn init_stores_no_key_under_a_name_whose_rotation_is_not_finished() {
    let practice = Rotation::new();
    let died = practice.run_with_code(
        &["rotate", "alice"],
        &[("KEYWARD_TEST_POINT", "create:after")],
    );
    assert_ne!(died.code, 0);
    // The list of what the vault holds lost the key and kept the rotation.
    let index = practice.read("keyward/index.json");
    let mut index: serde_json::Value = serde_json::from_str(&index).unwrap();
    let keys = index["keys"].as_array_mut().unwrap();
    keys.retain(|key| key["profile"] != "alice");
    practice.write("keyward/index.json", &index.to_string());
    // The pin would show that the list was edited.
    std::fs::remove_dir_all(practice.path().join(".local")).unwrap();
    let bob = "AKIAI44QH8DHBEXAMPLE\nje7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY\n";
    practice.account.clear_journal();
    let said = practice
        .run_with_input(
            &["init", "--profile", "alice", "--key-stdin", "--no-check"],
            bob,
        )
        .fails_with(1);
    assert!(said.contains("is being replaced"), "{said}");
    assert!(practice.account.journal().is_empty());
}
