//! The lost laptop against the practice account: the old session is refused, a colleague's stays
//! valid, and everything but the password comes back.

use std::thread;
use std::time::Duration;

use keyward_core::Timestamp;
use keyward_sandbox::{
    AccessKey, Effect, Fault, InlinePolicy, KeyStatus, LoginProfile, ManagedPolicy, PasswordReset,
    Role, User,
};
use keyward_testkit::Ran;

use super::{ACCOUNT, Rehearsal, WORKLOAD, denied, id};
use crate::practice::until;

const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";
const KEYS: [(&str, &str, &str); 2] = [
    (
        "alice",
        "AKIAI44QH8DHBEXAMPL2",
        "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKE2",
    ),
    (
        "bob",
        "AKIAI44QH8DHBEXAMPL3",
        "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKE3",
    ),
];

/// alice and bob, and a session of the role `Ops` of each: `old-alice` and `old-bob`.
fn place() -> Rehearsal {
    let place = Rehearsal::start();
    let created = Timestamp::from_second(1_700_000_000);
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{ACCOUNT}:root"}},"Action":"sts:AssumeRole"}}]}}"#
    );
    let trust = keyward_iam::Policy::parse_as(keyward_iam::PolicyKind::Trust, &trust).unwrap();
    place.change(|account| {
        let mut role = Role::new(&account.id, "Ops", trust, created);
        role.grants.attached.push(ADMINISTRATOR.to_owned());
        account.roles.insert("Ops".to_owned(), role);
    });
    let mut config = place.read(".aws/config");
    for (name, id, secret) in KEYS {
        place.change(|account| {
            let mut user = User::new(&account.id, name.parse().unwrap(), created);
            user.grants.attached.push(ADMINISTRATOR.to_owned());
            user.keys.push(AccessKey {
                id: id.parse().unwrap(),
                secret: secret.parse().unwrap(),
                status: KeyStatus::Active,
                created,
                last_used: None,
                known_from: created,
            });
            account.users.insert(user.name.clone(), user);
        });
        config.push_str(&format!(
            "[profile {name}]\nregion = eu-central-1\naws_access_key_id = {id}\naws_secret_access_key = {secret}\n\n\
             [profile {name}-ops]\nregion = eu-central-1\nsource_profile = {name}\nrole_session_name = {name}\n\
             role_arn = arn:aws:iam::{ACCOUNT}:role/Ops\n\n"
        ));
    }
    place.config(&config);
    for (name, _, _) in KEYS {
        let role = format!("{name}-ops");
        let session = place.run(&["credential-process", &role]).ok();
        let session: serde_json::Value = serde_json::from_str(&session).unwrap();
        let part = |key: &str| session[key].as_str().unwrap().to_owned();
        config.push_str(&format!(
            "[profile old-{name}]\nregion = eu-central-1\naws_access_key_id = {}\naws_secret_access_key = {}\naws_session_token = {}\n\n",
            part("AccessKeyId"),
            part("SecretAccessKey"),
            part("SessionToken"),
        ));
    }
    place.config(&config);
    place
}

/// Something that needs rights.
fn uses(place: &Rehearsal, profile: &str) -> Ran {
    place.run(&["account", "graph", "--profile", profile])
}

const REVOKE: [&str; 6] = ["account", "revoke", "alice", "--profile", "admin", "--yes"];

#[test]
fn the_old_session_is_refused_and_a_colleagues_goes_on() {
    let place = place();
    for profile in ["old-alice", "old-bob", "alice"] {
        let _ = uses(&place, profile).ok();
    }
    let revoked = place.run(&REVOKE);
    assert_eq!(revoked.code, 0, "{}", revoked.stderr);
    assert!(
        revoked
            .stderr
            .contains("not reached: sessions of role `Ops`"),
        "{}",
        revoked.stderr
    );
    let refused = uses(&place, "old-alice");
    assert!(
        refused.stderr.contains("explicit deny"),
        "{}",
        refused.stderr
    );
    assert_ne!(uses(&place, "alice").code, 0);
    let _ = uses(&place, "old-bob").ok();
    let _ = uses(&place, "bob").ok();

    place.server.clear_journal();
    let _ = place.run(&REVOKE).ok();
    let calls = place.server.journal();
    let reads = ["Get", "List"];
    assert!(
        calls
            .iter()
            .all(|call| reads.iter().any(|verb| call.action.starts_with(verb)))
    );

    let undone = place.run(&[&REVOKE[..], &["--undo"]].concat());
    assert_eq!(undone.code, 0, "{}", undone.stderr);
    for profile in ["old-alice", "alice"] {
        let _ = uses(&place, profile).ok();
    }
    place.change(|account| {
        let alice = &account.users[&"alice".parse().unwrap()];
        assert!(alice.tags.is_empty() && alice.grants.inline.is_empty());
    });
}

#[test]
fn who_signs_is_not_revoked() {
    let place = place();
    let said = place.run(&[
        "account",
        "revoke",
        "alice",
        "--profile",
        "old-alice",
        "--yes",
    ]);
    assert_eq!(said.code, 1, "{}", said.stderr);
    assert!(
        said.stderr.contains("another administrator"),
        "{}",
        said.stderr
    );
    let _ = uses(&place, "alice").ok();
}

#[test]
fn the_name_of_the_session_does_not_decide_who_signs() {
    let place = place();
    let config = place.read(".aws/config");
    let revoke = |user: &str, session: &str| {
        let named = format!("role_session_name = {session}");
        place.config(&config.replace("role_session_name = alice", &named));
        place.run(&["account", "revoke", user, "--profile", "alice-ops", "--yes"])
    };
    let said = revoke("alice", "ops").fails_with(1);
    assert!(said.contains("`alice` signs these calls itself"), "{said}");
    // The run would deny its own session.
    let said = revoke("bob", "bob").fails_with(1);
    assert!(said.contains("set another `role_session_name`"), "{said}");
    let _ = revoke("bob", "ops").ok();
}

/// A template with zoe, applied, and a revocation of her that names a profile too.
fn revoked_zoe() -> (Rehearsal, Ran) {
    let place = Rehearsal::start();
    place.blueprint("readonly-admin", "admins");
    let _ = place.account("apply").ok();
    let mut words = vec!["account", "revoke", "zoe", "account.toml", "--yes"];
    words.extend(["--profile", "admin"]);
    let said = place.run(&words);
    assert_eq!(said.code, 0, "{}", said.stderr);
    (place, said)
}

fn undo_zoe(place: &Rehearsal) -> Ran {
    place.run(&[
        "account",
        "revoke",
        "zoe",
        "account.toml",
        "--undo",
        "--yes",
    ])
}

fn change_zoe<T>(place: &Rehearsal, change: impl FnOnce(&mut User) -> T) -> T {
    let mut changed = None;
    place.change(|account| {
        let zoe = account.users.get_mut(&"zoe".parse().unwrap()).unwrap();
        changed = Some(change(zoe));
    });
    changed.unwrap()
}

#[test]
fn an_apply_gives_a_revoked_user_no_new_secret() {
    let (place, _) = revoked_zoe();
    let key = change_zoe(&place, |zoe| {
        zoe.tags.remove("keyward:handed-out").unwrap();
        zoe.keys[0].id.clone()
    });
    let apply = [
        "account",
        "apply",
        "account.toml",
        "--yes",
        "--profile",
        "admin",
    ];
    let applied = place.run(&apply);
    assert_eq!(applied.code, 0, "{}", applied.stderr);
    let told = "user `zoe` is revoked and gets no console password and no access key";
    assert!(applied.stderr.contains(told), "{}", applied.stderr);
    // The undo would let a thief use the old key again.
    let delete = format!(
        "keyward exec admin -- aws iam delete-access-key --user-name zoe --access-key-id {key}"
    );
    let undo = "then: keyward account revoke zoe ~/account.toml --undo --profile admin";
    let hints = applied
        .stderr
        .find("to hand them out, first delete the keys");
    let hints = hints.unwrap_or_else(|| panic!("{}", applied.stderr));
    let found = [delete.as_str(), undo].map(|it| applied.stderr[hints..].find(it));
    assert!(
        found[0].is_some() && found[0] < found[1],
        "{}",
        applied.stderr
    );
    let held = |zoe: &mut User| (zoe.keys.len(), zoe.login.is_some());
    assert_eq!(change_zoe(&place, held), (1, false));
    // What the hint says; a key that is gone is not named again.
    change_zoe(&place, |zoe| zoe.keys.clear());
    let applied = place.run(&apply).stderr;
    let first = "to hand them out, first: keyward account revoke zoe";
    assert!(
        applied.contains(first) && !applied.contains(key.as_str()),
        "{applied}"
    );
    assert_eq!(change_zoe(&place, held), (0, false));
    let _ = undo_zoe(&place).ok();
    let _ = place.account("apply").ok();
    assert_eq!(change_zoe(&place, held), (1, true));
}

#[test]
fn a_revocation_that_dies_anywhere_lets_no_apply_hand_out_a_secret() {
    let mut calls = 0;
    loop {
        let mut place = Rehearsal::start();
        place.blueprint("readonly-admin", "admins");
        let _ = place.account("apply").ok();
        change_zoe(&place, |zoe| {
            zoe.tags.remove("keyward:handed-out").unwrap();
            zoe.tags.insert(
                "keyward:handing-out".to_owned(),
                "password access_key".to_owned(),
            );
        });
        place.set("KEYWARD_TEST_POINT", format!("revoke {}:after", calls + 1));
        let killed = place.run(&EVERYWHERE);
        place.set("KEYWARD_TEST_POINT", "");
        if killed.code == 0 {
            break;
        }
        calls += 1;
        let held = |zoe: &mut User| {
            let keys = zoe.keys.iter().map(|key| (key.id.clone(), key.status));
            (keys.collect::<Vec<_>>(), zoe.login.is_some())
        };
        let before = change_zoe(&place, held);
        let applied = place.account("apply");
        assert_eq!(applied.code, 0, "{calls}: {}", applied.stderr);
        assert_eq!(change_zoe(&place, held), before, "{calls}");
    }
    assert!(calls >= 4, "{calls} calls");
}

#[test]
fn the_undo_is_named_with_the_profile_and_names_the_keys_that_stay_off() {
    let (place, said) = revoked_zoe();
    let undo = "keyward account revoke zoe account.toml --undo --profile admin takes it back";
    assert!(said.stderr.contains(undo), "{}", said.stderr);
    change_zoe(&place, |zoe| {
        zoe.tags.remove("keyward:revoked-keys").unwrap()
    });
    let key = change_zoe(&place, |zoe| zoe.keys[0].id.to_string());
    let undone = undo_zoe(&place);
    assert_eq!(undone.code, 0, "{}", undone.stderr);
    let told = format!("access key {key} stays off");
    assert!(undone.stderr.contains(&told), "{}", undone.stderr);
}

#[test]
fn without_a_terminal_the_whole_command_is_named() {
    let place = place();
    let said = place.run(&["account", "revoke", "alice", "--profile", "admin"]);
    let command = "keyward account revoke alice --yes --profile admin does it";
    assert!(said.stderr.contains(command), "{}", said.stderr);
    let _ = place.run(&REVOKE).ok();
    let said = place.run(&["account", "revoke", "alice", "--profile", "admin", "--undo"]);
    let command = "keyward account revoke alice --undo --yes --profile admin does it";
    assert!(said.stderr.contains(command), "{}", said.stderr);
    assert_eq!(said.code, 3);
}

const UNDO: [&str; 7] = [
    "account",
    "revoke",
    "alice",
    "--profile",
    "admin",
    "--yes",
    "--undo",
];

/// alice is as before the revocation.
#[track_caller]
fn is_restored(place: &Rehearsal, when: &str) {
    let _ = uses(place, "alice").ok();
    let _ = uses(place, "old-alice").ok();
    place.change(|account| {
        let alice = &account.users[&"alice".parse().unwrap()];
        assert!(alice.tags.is_empty(), "{when}: {:?}", alice.tags);
        assert!(alice.grants.inline.is_empty(), "{when}");
        let keys = alice.keys.iter().map(|key| key.status);
        assert!(
            keys.clone().any(|status| status == KeyStatus::Active),
            "{when}"
        );
    });
}

#[track_caller]
fn is_revoked(place: &Rehearsal, when: &str) {
    assert_ne!(uses(place, "old-alice").code, 0, "{when}");
    assert_ne!(uses(place, "alice").code, 0, "{when}");
    let _ = uses(place, "old-bob").ok();
}

/// Kills a command after each of its calls, and does something with what it leaves. Returns the
/// number of calls.
fn killed_anywhere(prepare: &[&str], command: &[&str], then: impl Fn(&Rehearsal, &str)) -> usize {
    let mut calls = 0;
    loop {
        let mut place = place();
        if !prepare.is_empty() {
            let _ = place.run(prepare).ok();
        }
        place.set("KEYWARD_TEST_POINT", format!("revoke {}:after", calls + 1));
        let killed = place.run(command);
        place.set("KEYWARD_TEST_POINT", "");
        if killed.code == 0 {
            return calls;
        }
        calls += 1;
        then(&place, &format!("call {calls}"));
    }
}

#[test]
fn a_revocation_that_dies_anywhere_is_finished_by_the_next() {
    let calls = killed_anywhere(&[], &REVOKE, |place, when| {
        let again = place.run(&REVOKE);
        assert_eq!(again.code, 0, "{when}: {}", again.stderr);
        is_revoked(place, when);
        let _ = place.run(&UNDO).ok();
        is_restored(place, when);
    });
    assert!(calls >= 5, "{calls} calls");
}

#[test]
fn a_revocation_that_dies_anywhere_can_be_undone_at_once() {
    let calls = killed_anywhere(&[], &REVOKE, |place, when| {
        let undone = place.run(&UNDO);
        assert_eq!(undone.code, 0, "{when}: {}", undone.stderr);
        is_restored(place, when);
    });
    assert!(calls >= 5, "{calls} calls");
}

#[test]
fn an_undo_that_dies_anywhere_is_finished_or_revoked_again() {
    let calls = killed_anywhere(&REVOKE, &UNDO, |place, when| {
        let _ = place.run(&UNDO).ok();
        is_restored(place, when);
    });
    assert!(calls >= 4, "{calls} calls");
    let _ = killed_anywhere(&REVOKE, &UNDO, |place, when| {
        let _ = place.run(&REVOKE).ok();
        is_revoked(place, when);
        let _ = place.run(&UNDO).ok();
        is_restored(place, when);
    });
}

/// The writing calls of a whole revocation, in their order.
fn writes() -> Vec<String> {
    let place = place();
    place.server.clear_journal();
    let _ = place.run(&REVOKE).ok();
    let calls = place.server.journal().into_iter().map(|call| call.action);
    let reads = ["Get", "List"];
    calls
        .filter(|call| !reads.iter().any(|verb| call.starts_with(verb)))
        .collect()
}

#[test]
fn a_call_that_is_refused_stops_no_other_and_both_ways_lead_on() {
    let writes = writes();
    assert!(writes.len() >= 5, "{writes:?}");
    for (at, action) in writes.iter().enumerate() {
        let earlier = writes[..at].iter().filter(|it| *it == action).count();
        for then in [&REVOKE[..], &UNDO[..]] {
            let place = place();
            // Again without a code, which root does not have.
            let fault = denied(action).times(2);
            let fault = fault.after(u32::try_from(earlier).unwrap());
            place.server.inject(fault);
            let when = format!("{action} {earlier}");
            let ran = place.run(&REVOKE);
            let marks = action == "TagUser" || action == "UntagUser";
            assert_eq!(ran.code, i32::from(!marks), "{when}: {}", ran.stderr);
            place.server.clear_faults();
            let again = place.run(then);
            assert_eq!(again.code, 0, "{when}: {}", again.stderr);
            if then == UNDO {
                is_restored(&place, &when);
                continue;
            }
            is_revoked(&place, &when);
            let _ = place.run(&UNDO).ok();
            is_restored(&place, &when);
        }
    }
}

#[test]
fn an_administrator_who_may_not_tag_revokes_and_restores() {
    let place = place();
    for action in ["TagUser", "UntagUser"] {
        place.server.inject(denied(action));
    }
    let revoked = place.run(&REVOKE);
    assert_eq!(revoked.code, 0, "{}", revoked.stderr);
    assert!(
        revoked.stderr.contains("a policy lists the keys"),
        "{}",
        revoked.stderr
    );
    is_revoked(&place, "without tags");
    let again = place.run(&REVOKE);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
    let _ = place.run(&UNDO).ok();
    is_restored(&place, "without tags");
}

/// A thief makes keys until the sessions are denied: right after a call, while the next one waits.
#[test]
fn a_key_that_is_made_while_the_revocation_runs_goes_off_too() {
    for (earlier, call, next) in [
        (false, "ListAccessKeys", "GetLoginProfile"),
        (false, "UpdateAccessKey", "PutUserPolicy"),
        (false, "PutUserPolicy", "PutRolePolicy"),
        (true, "ListAccessKeys", "GetLoginProfile"),
    ] {
        let place = place();
        if earlier {
            let _ = place.run(&REVOKE).ok();
        }
        place.server.clear_journal();
        let late = Effect::Delay(Duration::from_millis(500));
        place.server.inject(Fault::on(next, late).times(1));
        let ran = thread::scope(|scope| {
            scope.spawn(|| {
                let made = || place.server.journal().iter().any(|it| it.action == call);
                while !made() {
                    thread::yield_now();
                }
                add_key(&place);
            });
            place.run(&REVOKE)
        });
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        let words = format!("{ADDED} was made in the meantime and is switched off too");
        assert!(ran.stderr.contains(&words), "{call}: {}", ran.stderr);
        is_revoked(&place, call);
        let again = place.run(&REVOKE);
        assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
        let _ = place.run(&UNDO).ok();
        place.change(|account| {
            let alice = &account.users[&"alice".parse().unwrap()];
            let keys = alice.keys.iter().map(|key| (key.id.as_str(), key.status));
            let keys: Vec<_> = keys.collect();
            let (own, added) = (KeyStatus::Active, KeyStatus::Inactive);
            assert_eq!(
                keys,
                [(alice.keys[0].id.as_str(), own), (ADDED, added)],
                "{call}"
            );
        });
    }
}

const ADDED: &str = "AKIAI44QH8DHBEXAMPL4";

fn add_key(place: &Rehearsal) {
    place.change(|account| {
        let alice = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
        let mut added = alice.keys[0].clone();
        added.id = ADDED.parse().unwrap();
        added.status = KeyStatus::Active;
        alice.keys.push(added);
    });
}

/// One who may not untag finds the mark of a run that was interrupted.
#[test]
fn an_old_mark_that_cannot_be_removed_fails_no_run() {
    let place = place();
    place.change(|account| {
        let alice = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
        let mark = "2026-01-01T00:00:00Z".to_owned();
        alice.tags.insert("keyward:revoking".to_owned(), mark);
    });
    place.server.inject(denied("UntagUser"));
    for said in ["revoked", "nothing to do"] {
        let ran = place.run(&REVOKE);
        assert_eq!(ran.code, 0, "{}", ran.stderr);
        for said in [said, "a mark of the revocation stays"] {
            assert!(ran.stderr.contains(said), "{}", ran.stderr);
        }
        is_revoked(&place, "with the mark");
    }
    place.server.clear_faults();
    let again = place.run(&REVOKE);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
    place.change(|account| {
        let alice = &account.users[&"alice".parse().unwrap()];
        assert!(!alice.tags.contains_key("keyward:revoking"));
    });
    let _ = place.run(&UNDO).ok();
    is_restored(&place, "after the mark");
}

/// A laptop is lost no less where nothing fits among the inline policies, nor among the tags.
#[test]
fn full_policies_and_tags_are_no_obstacle() {
    for tags in [0_usize, 50] {
        let place = place();
        place.change(|account| {
            let alice = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
            alice.grants.inline.push(full(2_048));
            let numbered = (0..tags).map(|number| (format!("tag{number}"), "x".to_owned()));
            alice.tags.extend(numbered);
            let ops = account.roles.get_mut("Ops").unwrap();
            ops.grants.inline.push(full(10_240));
        });
        let revoked = place.run(&REVOKE);
        assert_eq!(revoked.code, 0, "{}", revoked.stderr);
        assert!(
            revoked
                .stderr
                .contains("policy `keyward-revoked-user.alice`"),
            "{}",
            revoked.stderr
        );
        is_revoked(&place, "full");
        let again = place.run(&REVOKE);
        assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
        let _ = place.run(&UNDO).ok();
        let _ = uses(&place, "alice").ok();
        let _ = uses(&place, "old-alice").ok();
        place.change(|account| {
            let alice = &account.users[&"alice".parse().unwrap()];
            assert_eq!((alice.tags.len(), alice.grants.inline.len()), (tags, 1));
            assert_eq!(alice.grants.attached, [ADMINISTRATOR]);
            let mut managed = account.policies.keys();
            assert!(!managed.any(|arn| arn.contains("keyward-revoked")));
            let ops = &account.roles["Ops"].grants;
            assert_eq!((ops.inline.len(), ops.attached.len()), (1, 1));
        });
    }
}

/// A user or role with so many characters of inline policies.
fn full(characters: usize) -> InlinePolicy {
    let resource = format!("arn:aws:s3:::{}", "x".repeat(characters - 100));
    let text = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"s3:*","Resource":"{resource}"}}]}}"#
    );
    InlinePolicy {
        name: "full".to_owned(),
        document: text.parse::<keyward_iam::Policy>().unwrap().into(),
    }
}

#[test]
fn a_managed_policy_that_is_refused_is_attached_to_nothing() {
    let place = place();
    place.change(|account| {
        let ops = account.roles.get_mut("Ops").unwrap();
        ops.grants.inline.push(full(10_240));
        let mut second = account.roles["Ops"].clone();
        second.name = "Second".parse().unwrap();
        account.roles.insert("Second".to_owned(), second);
    });
    place.server.inject(denied("CreatePolicy"));
    let said = place.run(&REVOKE).fails_with(1);
    for said_too in [
        "policy `keyward-revoked-role.alice`: the call failed",
        "role `Ops`: old sessions stay, because policy `keyward-revoked-role.alice` was not written",
        "role `Second`: old sessions stay",
    ] {
        assert!(said.contains(said_too), "{said}");
    }
    let calls = place.server.journal();
    let mut calls = calls.iter().map(|entry| entry.action.as_str());
    assert!(!calls.any(|action| action == "AttachRolePolicy"));
}

/// The denial moves to the inline policies, which have room again. IAM refuses it there.
#[test]
fn an_older_denial_stays_where_the_newer_one_is_refused() {
    let place = place();
    place.change(|account| {
        let alice = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
        alice.grants.inline.push(full(2_048));
        let ops = account.roles.get_mut("Ops").unwrap();
        ops.grants.inline.push(full(10_240));
    });
    let _ = place.run(&REVOKE).ok();
    place.change(|account| {
        let alice = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
        alice.grants.inline.clear();
        alice.keys[0].status = KeyStatus::Active;
        let ops = account.roles.get_mut("Ops").unwrap();
        ops.grants.inline.clear();
    });
    for action in ["PutUserPolicy", "PutRolePolicy"] {
        place.server.inject(denied(action));
    }
    let said = place.run(&REVOKE).fails_with(1);
    assert!(said.contains("role `Ops`: the call failed"), "{said}");
    for holder in ["user `alice`", "role `Ops`"] {
        let line = format!("{holder}: the older denial goes, which the new one replaces");
        assert!(said.contains(&line), "{said}");
    }
    is_revoked(&place, "after the refusal");
    place.change(|account| {
        let alice = &account.users[&"alice".parse().unwrap()].grants;
        let ops = &account.roles["Ops"].grants;
        assert_eq!((alice.attached.len(), ops.attached.len()), (2, 2));
    });
    place.server.clear_faults();
    let _ = place.run(&REVOKE).ok();
    is_revoked(&place, "at the end");
    let _ = place.run(&UNDO).ok();
    is_restored(&place, "at the end");
}

/// alice's own session is to be denied by a managed policy.
fn place_with_full_alice() -> Rehearsal {
    let place = place();
    place.change(|account| {
        let alice = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
        alice.grants.inline.push(full(2_048));
    });
    place
}

/// Returns the number of policies that alice has beside her own.
fn denials_of_alice(place: &Rehearsal) -> usize {
    place.server.with_accounts(|accounts| {
        let account = accounts.account(&id(ACCOUNT)).unwrap();
        let alice = &account.users[&"alice".parse().unwrap()].grants;
        alice.attached.len() - 1
    })
}

/// IAM creates the policy, and a proxy spoils the answer once, or always.
#[test]
fn a_policy_that_was_created_after_all_is_attached() {
    for times in [1, 9] {
        let place = place_with_full_alice();
        let spoiled = Fault::on("CreatePolicy", Effect::Garbage);
        place.server.inject(spoiled.times(times));
        let ran = place.run(&REVOKE);
        assert_eq!(ran.code, i32::from(times > 1), "{}", ran.stderr);
        assert!(!ran.stderr.contains("was not written"), "{}", ran.stderr);
        assert_eq!(denials_of_alice(&place), 1, "{times}");
        place.server.clear_faults();
        let _ = place.run(&REVOKE).ok();
        is_revoked(&place, "spoiled");
        let _ = place.run(&UNDO).ok();
        let _ = uses(&place, "old-alice").ok();
    }
}

/// Whatever a policy says that appears under the name during the run, it denies once it is attached.
#[test]
fn a_policy_that_appears_during_the_run_gets_the_denial() {
    let place = place_with_full_alice();
    let late = Effect::Delay(Duration::from_secs(3));
    place.server.inject(Fault::on("TagUser", late).times(1));
    let ran = std::thread::scope(|scope| {
        let run = scope.spawn(|| place.run(&REVOKE));
        let begun = || {
            let journal = place.server.journal();
            journal.iter().any(|it| it.action == "TagUser")
        };
        until(begun);
        place.change(|account| {
            let (path, name) = ("/keyward-revoked/", "keyward-revoked-user.alice");
            let created = Timestamp::from_second(1_700_000_000);
            let name = name.parse().unwrap();
            let policy = ManagedPolicy::new(&account.id, path, &name, full(200).document, created);
            account.policies.insert(policy.arn.clone(), policy);
        });
        run.join().unwrap()
    });
    assert_eq!(ran.code, 0, "{}", ran.stderr);
    let created = place.server.journal();
    assert!(created.iter().any(|it| it.action == "CreatePolicy"));
    assert_eq!(denials_of_alice(&place), 1);
    is_revoked(&place, "after all");
}

#[test]
fn a_user_with_full_policies_and_ten_attachments_is_told_to_detach_one() {
    let place = place();
    place.change(|account| {
        let alice = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
        alice.grants.inline.push(full(2_048));
    });
    place.server.inject(Fault::on(
        "AttachUserPolicy",
        Effect::Error {
            status: 409,
            code: "LimitExceeded".to_owned(),
            message: "Cannot exceed quota for PoliciesPerUser: 10".to_owned(),
        },
    ));
    let said = place.run(&REVOKE).fails_with(1);
    let hint = "detach one managed policy of user `alice` or shorten its inline policies, then run the command again";
    assert!(said.contains(hint), "{said}");
}

const EVERYWHERE: [&str; 5] = ["account", "revoke", "zoe", "account.toml", "--yes"];
const UNDO_EVERYWHERE: [&str; 6] = [
    "account",
    "revoke",
    "zoe",
    "account.toml",
    "--yes",
    "--undo",
];

/// Two accounts with zoe, who has a key and a password.
fn two_accounts() -> Rehearsal {
    let place = Rehearsal::start();
    place.blueprint("two-accounts", "admins");
    let _ = place.account("apply").ok();
    place
}

/// Returns the number of an account's roles that deny the old sessions of zoe.
fn denying(place: &Rehearsal, account: &str) -> usize {
    place.server.with_accounts(|accounts| {
        let account = accounts.account(&id(account)).unwrap();
        let roles = account.roles.values();
        let denies = |role: &&Role| {
            let mut inline = role.grants.inline.iter();
            inline.any(|policy| policy.name.starts_with("keyward-revoked.zoe"))
        };
        roles.filter(denies).count()
    })
}

fn roles(place: &Rehearsal, account: &str) -> usize {
    place.server.with_accounts(|accounts| {
        let account = accounts.account(&id(account)).unwrap();
        account.roles.len()
    })
}

#[test]
fn a_blueprint_revokes_and_restores_in_every_account() {
    let place = two_accounts();
    let revoked = place.run(&EVERYWHERE);
    assert_eq!(revoked.code, 0, "{}", revoked.stderr);
    assert!(
        revoked.stderr.contains("in 2 accounts"),
        "{}",
        revoked.stderr
    );
    let all = roles(&place, WORKLOAD);
    assert!(all > 0);
    assert_eq!(denying(&place, WORKLOAD), all);
    // No plan removes the denials.
    let _ = place.account("plan").ok();
    let again = place.run(&EVERYWHERE);
    assert!(again.stderr.contains("nothing to do"), "{}", again.stderr);
    let undone = place.run(&UNDO_EVERYWHERE);
    assert_eq!(undone.code, 0, "{}", undone.stderr);
    assert_eq!(denying(&place, WORKLOAD), 0);
    let _ = place.account("plan").ok();
}

#[test]
fn a_revocation_of_several_accounts_that_dies_anywhere_is_finished_or_undone() {
    for then in [&EVERYWHERE[..], &UNDO_EVERYWHERE[..]] {
        let mut calls = 0;
        loop {
            let mut place = two_accounts();
            place.set("KEYWARD_TEST_POINT", format!("revoke {}:after", calls + 1));
            let killed = place.run(&EVERYWHERE);
            place.set("KEYWARD_TEST_POINT", "");
            if killed.code == 0 {
                break;
            }
            calls += 1;
            let ran = place.run(then);
            assert_eq!(ran.code, 0, "{calls}: {}", ran.stderr);
            let all = roles(&place, WORKLOAD);
            let denied = if then == EVERYWHERE { all } else { 0 };
            assert_eq!(denying(&place, WORKLOAD), denied, "{calls}");
            place.change(|account| {
                let zoe = &account.users[&"zoe".parse().unwrap()];
                let off = zoe.keys[0].status == KeyStatus::Inactive;
                assert_eq!(off, then == EVERYWHERE, "{calls}");
                assert!(!zoe.tags.contains_key("keyward:revoking"), "{calls}");
            });
        }
        assert!(calls > 5, "{calls} calls");
    }
}

#[test]
fn an_account_that_is_not_reached_is_named_and_the_next_run_does_it() {
    let place = two_accounts();
    let config = place.read(".aws/config");
    place.config(&config.replace("[profile workload-admin]", "[profile gone]"));
    let said = place.run(&EVERYWHERE).fails_with(1);
    assert!(
        said.contains("account `workload` was not reached"),
        "{said}"
    );
    place.change(|account| {
        let zoe = &account.users[&"zoe".parse().unwrap()];
        assert_eq!(zoe.keys[0].status, KeyStatus::Inactive);
    });
    assert_eq!(denying(&place, WORKLOAD), 0);
    place.config(&config);
    let _ = place.run(&EVERYWHERE).ok();
    assert_eq!(denying(&place, WORKLOAD), roles(&place, WORKLOAD));
    place.config(&config.replace("[profile workload-admin]", "[profile gone]"));
    let _ = place.run(&UNDO_EVERYWHERE).fails_with(1);
    place.config(&config);
    let _ = place.run(&UNDO_EVERYWHERE).ok();
    assert_eq!(denying(&place, WORKLOAD), 0);
    place.change(|account| {
        let zoe = &account.users[&"zoe".parse().unwrap()];
        assert_eq!(zoe.keys[0].status, KeyStatus::Active);
        assert!(!zoe.tags.contains_key("keyward:revoked-keys"));
    });
}

#[test]
fn the_console_password_goes_and_does_not_come_back() {
    let place = place();
    place.change(|account| {
        let created = Timestamp::from_second(1_700_000_000);
        let alice = account.users.get_mut(&"alice".parse().unwrap()).unwrap();
        alice.login = Some(LoginProfile {
            password: "correct horse battery staple".parse().unwrap(),
            earlier: Vec::new(),
            created,
            changed: created,
            reset: PasswordReset::NotRequired,
        });
    });
    let has_password = || {
        place.server.with_accounts(|accounts| {
            let account = accounts.account(&super::id(ACCOUNT)).unwrap();
            account.users[&"alice".parse().unwrap()].login.is_some()
        })
    };
    assert!(has_password());
    let revoked = place.run(&REVOKE);
    assert_eq!(revoked.code, 0, "{}", revoked.stderr);
    assert!(
        revoked.stderr.contains("console password: deleted"),
        "{}",
        revoked.stderr
    );
    assert!(!has_password());
    let undone = place.run(&[&REVOKE[..], &["--undo"]].concat());
    assert!(
        undone.stderr.contains("does not come back"),
        "{}",
        undone.stderr
    );
    assert!(!has_password());
}
