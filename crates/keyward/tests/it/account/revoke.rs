//! The lost laptop against the practice account: the old session is refused, a colleague's goes
//! on, and everything but the password comes back.

use keyward_core::Timestamp;
use keyward_sandbox::{AccessKey, KeyStatus, LoginProfile, PasswordReset, Role, User};
use keyward_testkit::Ran;

use super::{ACCOUNT, Rehearsal};

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
fn a_revocation_that_dies_anywhere_is_finished_by_the_next() {
    let mut calls = 0;
    loop {
        let mut place = place();
        place.set("KEYWARD_TEST_POINT", format!("revoke {}:after", calls + 1));
        let killed = place.run(&REVOKE);
        place.set("KEYWARD_TEST_POINT", "");
        if killed.code == 0 {
            break;
        }
        calls += 1;
        let again = place.run(&REVOKE);
        assert_eq!(again.code, 0, "{calls}: {}", again.stderr);
        assert_ne!(uses(&place, "old-alice").code, 0, "{calls}");
        assert_ne!(uses(&place, "alice").code, 0, "{calls}");
        let _ = uses(&place, "old-bob").ok();
        let undone = place.run(&[&REVOKE[..], &["--undo"]].concat());
        assert_eq!(undone.code, 0, "{calls}: {}", undone.stderr);
        let _ = uses(&place, "alice").ok();
        place.change(|account| {
            let alice = &account.users[&"alice".parse().unwrap()];
            assert!(alice.tags.is_empty() && alice.grants.inline.is_empty());
        });
    }
    assert!(calls >= 5, "{calls} calls");
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
