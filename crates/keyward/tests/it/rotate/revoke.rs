//! The end of a key: at AWS first, then here.

use keyward_sandbox::{Effect, Fault, HardwareMfa, KeyStatus, Owner};

use super::Rotation;

#[test]
fn a_revoked_key_is_gone_at_aws_and_under_every_name() {
    let practice = Rotation::new();
    let ran = practice.run_with_code(&["remove", "alice", "--revoke", "--yes"], &[]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("it is the key of `bare` too"),
        "{}",
        ran.stderr
    );
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
fn a_key_forgotten_under_one_name_serves_on_under_the_other() {
    let practice = Rotation::new();
    let _ = practice.run_with_code(&["env", "alice"], &[]).ok();
    let ran = practice.run(&["remove", "bare", "--yes"]);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(
        ran.stderr.contains("`alice` still uses the key"),
        "{}",
        ran.stderr
    );
    assert!(!ran.stderr.contains("still works"), "{}", ran.stderr);
    // No code is needed: the session of that key was left alone.
    let _ = practice.run(&["env", "alice"]).ok();
    let ran = practice.run(&["remove", "alice", "--yes"]);
    assert!(ran.stderr.contains("still works"), "{}", ran.stderr);
    assert!(ran.stderr.contains("1 session"), "{}", ran.stderr);
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
    // The session with the code is still in the cache, and the practice account accepts it.
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

#[test]
fn a_key_that_aws_has_lost_already_can_still_be_forgotten() {
    let practice = Rotation::new();
    practice.account.with_accounts(|accounts| {
        let account = accounts
            .account_mut(&"123456789012".parse().unwrap())
            .unwrap();
        let alice = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
        alice.keys.clear();
    });
    let said = practice
        .run_with_code(&["remove", "alice", "--revoke", "--yes"], &[])
        .fails_with(1);
    assert!(said.contains("`keyward remove alice` forgets it"), "{said}");
    let _ = practice.run(&["remove", "alice", "--yes"]).ok();
}

#[test]
fn an_administrator_can_end_the_key_of_another() {
    let practice = Rotation::new();
    practice.config(&format!(
        "{}\n[profile admin]\nsource_profile = alice\nrole_arn = arn:aws:iam::123456789012:role/Administrator\n",
        crate::practice::CONFIG
    ));
    let bob = "AKIAI44QH8DHBEXAMPLE\nje7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKEY\n";
    let _ = practice
        .run_with_input(&["add", "bob", "--stdin", "--no-config"], bob)
        .ok();
    // He may not end it himself.
    let said = practice
        .run(&["remove", "bob", "--revoke", "--yes"])
        .fails_with(1);
    let other = "`keyward remove bob --revoke --via PROFILE` lets an administrator's profile do it";
    assert!(said.contains(other), "{said}");
    let words = ["remove", "bob", "--revoke", "--via", "admin", "--yes"];
    let denied = Effect::Error {
        status: 403,
        code: "AccessDenied".to_owned(),
        message: "no identity-based policy allows the iam:DeleteAccessKey action".to_owned(),
    };
    practice
        .account
        .inject(Fault::on("DeleteAccessKey", denied).times(1));
    let said = practice.run_with_code(&words, &[]).fails_with(1);
    assert!(said.contains("may call iam:DeleteAccessKey"), "{said}");
    // The session of the administrator did not end with the key of bob.
    assert!(!said.contains("ended with it"), "{said}");
    let ran = practice.run(&words);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    assert!(practice.keys_of("bob").is_empty());
    // The owner of a key that keyward never verified is unknown.
    let words = ["remove", "bare", "--revoke", "--via", "admin", "--yes"];
    let said = practice.run(&words).fails_with(1);
    assert!(said.contains("the owner of the key"), "{said}");
}

/// The key of a root user, or of a user without a device, in a new account.
fn in_a_new_account(owner: &Owner) -> Rotation {
    let mut practice = Rotation::new();
    practice.account.with_accounts(|accounts| {
        let id = OWN_ID.parse().unwrap();
        let secret = crate::practice::SECRET.parse().unwrap();
        let account = accounts
            .account_mut(&"123456789012".parse().unwrap())
            .unwrap();
        account.root.hardware_mfa = HardwareMfa::Absent;
        let created = account.root.created;
        account.give_root_key(id, secret, created);
        if let Owner::User(name) = owner {
            let key = account.root.keys.pop().unwrap();
            let user = account.users.get_mut(name).unwrap();
            user.keys.clear();
            user.keys.push(key);
            user.groups.clear();
            let administrator = "arn:aws:iam::aws:policy/AdministratorAccess".to_owned();
            user.grants.attached.push(administrator);
        }
    });
    practice.set("AWS_REGION", "eu-central-1");
    let key = format!("{OWN_ID}\n{}\n", crate::practice::SECRET);
    let words = ["add", "own", "--stdin", "--no-config"];
    let _ = practice.run_with_input(&words, &key).ok();
    practice.account.clear_journal();
    practice
}

const OWN_ID: &str = "AKIAIOSFODNN7EXAMPL2";

fn key_calls(practice: &Rotation) -> Vec<String> {
    let journal = practice.account.journal();
    journal.into_iter().map(|entry| entry.action).collect()
}

#[test]
fn a_key_without_a_session_is_deleted_while_it_still_works() {
    let bob = "bob".parse().unwrap();
    for owner in [Owner::Root, Owner::User(bob)] {
        let practice = in_a_new_account(&owner);
        let ran = practice.run(&["remove", "own", "--revoke", "--yes"]);
        assert_eq!(ran.code, 0, "{owner:?}: {}", ran.stderr);
        let expected = ["ListAccessKeys", "DeleteAccessKey", "GetCallerIdentity"];
        assert_eq!(key_calls(&practice), expected, "{owner:?}");
        let left = practice.account.with_accounts(|accounts| {
            let id = "123456789012".parse().unwrap();
            let account = accounts.account_mut(&id).unwrap();
            let of_users = account.users.values().flat_map(|user| &user.keys);
            let mut keys = account.root.keys.iter().chain(of_users);
            keys.any(|key| key.id.as_str() == OWN_ID)
        });
        assert!(!left, "{owner:?}");
        let status = practice.run(&["vault", "status", "--json"]).ok();
        assert!(!status.contains(OWN_ID), "{status}");
    }
}

#[test]
fn a_deletion_whose_answer_was_lost_is_seen_by_the_key_that_is_refused() {
    let lost = || Effect::Error {
        status: 403,
        code: "InvalidClientTokenId".to_owned(),
        message: "The security token included in the request is invalid".to_owned(),
    };
    let remove = ["remove", "own", "--revoke", "--yes"];
    // The key is refused to the deletion and to the look: it is gone.
    let practice = in_a_new_account(&Owner::Root);
    for action in ["DeleteAccessKey", "GetCallerIdentity"] {
        practice.account.inject(Fault::on(action, lost()).times(1));
    }
    let ran = practice.run(&remove);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    // If the key still works, nothing was deleted, and it stays in the vault.
    let practice = in_a_new_account(&Owner::Root);
    practice
        .account
        .inject(Fault::on("DeleteAccessKey", lost()).times(1));
    let _ = practice.run(&remove).fails_with(1);
    assert_eq!(practice.stored("own"), OWN_ID);
    // The key is still active, so the same command ends it.
    let ran = practice.run(&remove);
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    // A key that was deleted without a readable answer signs nothing, and is forgotten here.
    let practice = in_a_new_account(&Owner::Root);
    practice
        .account
        .inject(Fault::on("DeleteAccessKey", Effect::Garbage).times(1));
    let _ = practice.run(&remove).fails_with(1);
    let said = practice.run(&remove).fails_with(1);
    assert!(
        said.contains("if AWS no longer has the key, `keyward remove own` forgets it here"),
        "{said}"
    );
}

#[test]
fn via_is_refused_for_a_key_of_the_root_user() {
    let practice = in_a_new_account(&Owner::Root);
    let words = ["remove", "own", "--revoke", "--via", "alice", "--yes"];
    let said = practice.run(&words).fails_with(2);
    assert!(said.contains("only the root user can"), "{said}");
    assert!(said.contains("keyward remove own --revoke"), "{said}");
    assert!(key_calls(&practice).is_empty());
}
