//! The leaver against the practice account: disabled at once, out of the blueprint, deleted after
//! the grace, and finished by the next run wherever one dies.

use keyward_core::Timestamp;
use keyward_sandbox::{Effect, Fault, KeyStatus, Role, ServiceCredential, SshKey};
use keyward_testkit::Ran;

use super::{ACCOUNT, Rehearsal, SSH, WORKLOAD, id};

const REMOVE: [&str; 5] = ["account", "remove", "zoe", "account.toml", "--yes"];

/// A practice account to which a template with zoe was applied; her key and password work.
fn place(template: &str) -> Rehearsal {
    let place = Rehearsal::start();
    place.blueprint(template, "admins");
    let _ = place.account("apply").ok();
    place
}

fn remove(place: &Rehearsal, more: &[&str]) -> Ran {
    place.run(&[&REMOVE[..], more].concat())
}

/// The state of zoe in the account: the active keys, the password, and the date.
struct Zoe {
    active: usize,
    password: bool,
    delete_after: Option<String>,
}

fn zoe(place: &Rehearsal) -> Option<Zoe> {
    place.server.with_accounts(|accounts| {
        let account = accounts.account(&id(ACCOUNT)).unwrap();
        let zoe = account.users.get(&"zoe".parse().unwrap())?;
        let active = zoe
            .keys
            .iter()
            .filter(|key| key.status == KeyStatus::Active);
        Some(Zoe {
            active: active.count(),
            password: zoe.login.is_some(),
            delete_after: zoe.tags.get("keyward:delete-after").cloned(),
        })
    })
}

/// Lets the grace of zoe end.
fn let_grace_end(place: &Rehearsal) {
    place.change(|account| {
        let zoe = account.users.get_mut(&"zoe".parse().unwrap()).unwrap();
        let past = Timestamp::from_second(1_700_000_000).to_string();
        zoe.tags.insert("keyward:delete-after".to_owned(), past);
    });
}

#[test]
fn a_leaver_is_disabled_at_once_and_deleted_after_the_grace() {
    let place = place("readonly-admin");
    let comments = place.read("account.toml").matches('#').count();
    let removed = remove(&place, &[]);
    assert_eq!(removed.code, 0, "{}", removed.stderr);
    for words in [
        "access key",
        "console password: deleted",
        "deleted after",
        "not reached",
    ] {
        assert!(
            removed.stderr.contains(words),
            "{words}: {}",
            removed.stderr
        );
    }
    let text = place.read("account.toml");
    assert!(!text.contains("[users.zoe]"));
    assert_eq!(text.matches('#').count(), comments);
    let held = zoe(&place).unwrap();
    assert_eq!((held.active, held.password), (0, false));
    let until = held.delete_after.unwrap();

    // Until then every run leaves the user as it is, and the date stays.
    let again = remove(&place, &[]);
    assert_eq!(again.code, 0, "{}", again.stderr);
    let planned = place.account("plan").ok();
    assert!(!planned.contains("zoe"), "{planned}");
    let _ = place.account("apply").ok();
    assert_eq!(zoe(&place).unwrap().delete_after, Some(until));

    let_grace_end(&place);
    let removed = remove(&place, &[]);
    assert_eq!(removed.code, 0, "{}", removed.stderr);
    assert!(zoe(&place).is_none());
    let _ = place.account("plan").ok();
    let said = remove(&place, &[]).fails_with(2);
    assert!(said.contains("neither the blueprint"), "{said}");
}

#[test]
fn a_trust_policy_that_names_the_leaver_is_told() {
    let place = Rehearsal::start();
    place.blueprint("readonly-admin", "admins");
    let text = place.read("account.toml");
    let condition = format!(
        "\n[roles.Kept]\nmanaged = [\"ReadOnlyAccess\"]\ntrust = {{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = {{ AWS = \"arn:aws:iam::{ACCOUNT}:root\" }}, Condition = {{ ArnEquals = {{ \"aws:PrincipalArn\" = \"arn:aws:iam::{ACCOUNT}:user/team/zoe\" }} }} }}\n"
    );
    let role = format!(
        "\n[roles.Legacy]\nmanaged = [\"ReadOnlyAccess\"]\ntrust = {{ Effect = \"Allow\", Action = \"sts:AssumeRole\", Principal = {{ AWS = \"arn:aws:iam::{ACCOUNT}:user/team/zoe\" }} }}\n"
    );
    place.write("account.toml", &format!("{text}{role}{condition}"));
    let applied = place.run(&["account", "apply", "account.toml", "--yes", "--allow-worse"]);
    assert_eq!(applied.code, 0, "{}", applied.stderr);
    let removed = remove(&place, &[]);
    assert_eq!(removed.code, 0, "{}", removed.stderr);
    let told = "account.toml: `trust` of [roles.Legacy] names `zoe`";
    assert!(removed.stderr.contains(told), "{}", removed.stderr);
    // AWS does not check conditions.
    assert!(
        !removed.stderr.contains("[roles.Kept]"),
        "{}",
        removed.stderr
    );
    let apply = "run this command again then, or keyward account apply account.toml";
    assert!(removed.stderr.contains(apply), "{}", removed.stderr);
}

#[test]
fn a_full_inline_policy_is_named_with_what_to_do() {
    let place = place("two-accounts");
    let full = Effect::Error {
        status: 409,
        code: "LimitExceeded".to_owned(),
        message: "Maximum policy size of 10240 bytes exceeded".to_owned(),
    };
    place.server.inject(Fault::on("PutRolePolicy", full));
    let said = remove(&place, &[]).fails_with(1);
    assert!(said.contains("is not done"), "{said}");
    assert!(
        said.contains("shorten or remove an inline policy"),
        "{said}"
    );
}

#[test]
fn apply_deletes_a_leaver_with_every_leftover() {
    let place = place("readonly-admin");
    place.change(|account| {
        let created = Timestamp::from_second(1_700_000_000);
        let zoe = account.users.get_mut(&"zoe".parse().unwrap()).unwrap();
        zoe.ssh_keys.push(SshKey {
            id: "APKAIOSFODNN7EXAMPLE".to_owned(),
            body: SSH.to_owned(),
            status: KeyStatus::Active,
            uploaded: created,
        });
        zoe.service_credentials.push(ServiceCredential {
            id: "ACCAIOSFODNN7EXAMPLE".to_owned(),
            service: "codecommit.amazonaws.com".to_owned(),
            user_name: format!("zoe-at-{ACCOUNT}"),
            status: KeyStatus::Active,
            created,
            expires: None,
        });
    });
    let _ = remove(&place, &[]).ok();
    let_grace_end(&place);
    let _ = place.account("plan").fails_with(5);
    let _ = place.account("apply").ok();
    assert!(zoe(&place).is_none());
    let _ = place.account("plan").ok();
}

#[test]
fn without_a_grace_the_user_is_deleted_in_the_same_run() {
    let place = place("readonly-admin");
    let sheet = format!("keyward/hand-outs/{ACCOUNT}/zoe.json");
    assert!(place.path().join(&sheet).exists());
    let removed = remove(&place, &["--grace", "0"]);
    assert_eq!(removed.code, 0, "{}", removed.stderr);
    assert!(zoe(&place).is_none());
    assert!(!place.path().join(&sheet).exists());
}

/// The run after one that could not write the file keeps the date that the first one gave.
#[test]
fn a_file_that_was_not_written_gives_no_later_date() {
    let mut place = place("readonly-admin");
    place.set("KEYWARD_TEST_POINT", "leaver file:before");
    assert_ne!(remove(&place, &[]).code, 0);
    place.set("KEYWARD_TEST_POINT", "");
    let end = "2099-01-01T00:00:00Z";
    place.change(|account| {
        let zoe = account.users.get_mut(&"zoe".parse().unwrap()).unwrap();
        let noted = zoe
            .tags
            .insert("keyward:delete-after".to_owned(), end.to_owned());
        assert!(noted.is_some());
    });
    let _ = remove(&place, &[]).ok();
    assert!(!place.read("account.toml").contains("[users.zoe]"));
    assert_eq!(zoe(&place).unwrap().delete_after.as_deref(), Some(end));
}

/// A date that is over is of an earlier removal, after which the user came back.
#[test]
fn an_old_date_of_a_user_in_the_blueprint_deletes_nobody_at_once() {
    let place = place("readonly-admin");
    let text = place.read("account.toml");
    let _ = remove(&place, &[]).ok();
    let_grace_end(&place);
    place.write("account.toml", &text);
    let _ = remove(&place, &[]).ok();
    let zoe = zoe(&place).unwrap();
    let past = Timestamp::from_second(1_700_000_000).to_string();
    assert_ne!(zoe.delete_after, Some(past));
}

#[test]
fn a_removal_that_dies_anywhere_is_finished_by_the_next() {
    let mut places = vec![
        "leaver file:before".to_owned(),
        "leaver file:after".to_owned(),
    ];
    let (revokes, deletes) = calls();
    places.extend((1..=revokes).map(|number| format!("revoke {number}:after")));
    places.extend((1..=deletes).map(|number| format!("account {ACCOUNT} {number}:after")));
    println!("killed after                    then");
    for point in &places {
        check(point, deletes);
        println!("{point:<32}the next run ended in the same state");
    }
}

/// Returns the number of calls of a removal without a grace, before and after the file is written.
fn calls() -> (usize, usize) {
    let mut place = place("readonly-admin");
    let trace = place.path().join("trace").display().to_string();
    place.set("KEYWARD_TEST_TRACE", trace);
    let _ = remove(&place, &["--grace", "0"]).ok();
    let trace = place.read("trace");
    let count = |kind: &str| trace.lines().filter(|line| line.starts_with(kind)).count();
    (count("revoke "), count("account "))
}

fn check(point: &str, deletes: usize) {
    let mut place = place("readonly-admin");
    place.set("KEYWARD_TEST_POINT", point);
    let killed = remove(&place, &["--grace", "0"]);
    assert_ne!(killed.code, 0, "{point}: it was not killed");
    place.set("KEYWARD_TEST_POINT", "");
    let again = remove(&place, &["--grace", "0"]);
    let last = point == format!("account {ACCOUNT} {deletes}:after");
    assert_eq!(
        again.code,
        if last { 2 } else { 0 },
        "{point}: {}",
        again.stderr
    );
    assert!(zoe(&place).is_none(), "{point}");
    assert!(
        !place.read("account.toml").contains("[users.zoe]"),
        "{point}"
    );
    let _ = place.account("plan").ok();
}

#[test]
fn the_roles_of_other_accounts_deny_the_old_sessions() {
    let place = place("two-accounts");
    let removed = remove(&place, &[]);
    assert_eq!(removed.code, 0, "{}", removed.stderr);
    place.server.with_accounts(|accounts| {
        let workload = accounts.account(&id(WORKLOAD)).unwrap();
        let denies = |role: &Role| {
            let mut inline = role.grants.inline.iter();
            inline.any(|policy| policy.name == format!("keyward-revoked.zoe@{ACCOUNT}"))
        };
        assert!(workload.roles.values().any(denies));
    });
    let _ = place.account("plan").ok();
}

#[test]
fn a_removal_in_several_accounts_that_dies_anywhere_is_finished_by_the_next() {
    let mut calls = 0;
    loop {
        let mut place = place("two-accounts");
        place.set("KEYWARD_TEST_POINT", format!("revoke {}:after", calls + 1));
        let killed = remove(&place, &[]);
        place.set("KEYWARD_TEST_POINT", "");
        if killed.code == 0 {
            break;
        }
        calls += 1;
        let again = remove(&place, &[]);
        assert_eq!(again.code, 0, "{calls}: {}", again.stderr);
        let held = zoe(&place).unwrap();
        assert_eq!((held.active, held.password), (0, false), "{calls}");
        assert!(held.delete_after.is_some(), "{calls}");
        place.server.with_accounts(|accounts| {
            let workload = accounts.account(&id(WORKLOAD)).unwrap();
            let denies = |role: &Role| {
                let mut inline = role.grants.inline.iter();
                inline.any(|policy| policy.name.starts_with("keyward-revoked.zoe"))
            };
            assert!(workload.roles.values().all(denies), "{calls}");
        });
        let _ = place.account("plan").ok();
    }
    assert!(calls > 5, "{calls} calls");
}

#[test]
fn a_user_of_the_accounts_own_is_not_removed() {
    let place = place("readonly-admin");
    place.change(|account| {
        let created = Timestamp::from_second(1_700_000_000);
        let own = keyward_sandbox::User::new(&account.id, "own".parse().unwrap(), created);
        account.users.insert(own.name.clone(), own);
    });
    let said = place
        .run(&["account", "remove", "own", "account.toml", "--yes"])
        .fails_with(2);
    assert!(said.contains("not this blueprint's user"), "{said}");
}

#[test]
fn undoing_keeps_a_leaver_who_is_in_the_blueprint_again() {
    let place = place("readonly-admin");
    let text = place.read("account.toml");
    let _ = remove(&place, &[]).ok();
    place.write("account.toml", &text);
    let undo = [
        "account",
        "revoke",
        "zoe",
        "account.toml",
        "--undo",
        "--yes",
    ];
    let undone = place.run(&undo);
    assert_eq!(undone.code, 0, "{}", undone.stderr);
    // The blueprint has the user already.
    assert!(
        !undone.stderr.contains("put [users.zoe]"),
        "{}",
        undone.stderr
    );
    let held = zoe(&place).unwrap();
    assert_eq!((held.active, held.delete_after), (1, None));
    let _ = place.account("plan").ok();
}
