//! `apply` dies after every single operation and is run again: the accounts end as the blueprint
//! says, with one key, which the person received. `--nocapture` prints the table.
//!
//! `KEYWARD_TEST_KILLS=all` kills after every operation of every template; without it, three
//! templates are killed after some.

use super::lifecycle::TEMPLATES;
use super::{ACCOUNT, Rehearsal, WORKLOAD, id};

/// The places inside the making of a secret.
const SECRETS: [&str; 4] = [
    "create access key:before",
    "create access key:after",
    "create login profile:before",
    "create login profile:after",
];

/// The template that is killed after every operation in every run of the tests.
const SMALL: &str = "readonly-admin";

#[test]
fn an_apply_that_dies_anywhere_is_finished_by_the_next() {
    let state = whole(SMALL);
    for place in SECRETS {
        let last = check(SMALL, place, &state).expect(place);
        println!("{}", row(SMALL, place, &last));
    }
    let rows = kill_after_each(SMALL, 1, &state);
    assert!(rows.len() >= 20);
    println!("{}", rows.join("\n"));
}

#[test]
fn an_apply_of_any_template_that_dies_is_finished_by_the_next() {
    let every = match std::env::var_os("KEYWARD_TEST_KILLS") {
        Some(_) => 1,
        None => 11,
    };
    for (template, _) in TEMPLATES {
        if template != SMALL {
            let state = whole(template);
            let rows = kill_after_each(template, every, &state);
            assert!(rows.len() > 1, "{template}");
            println!("{}", rows.join("\n"));
        }
    }
}

/// Kills a run after every so many operations in each account. Returns the rows of the table.
fn kill_after_each(template: &str, every: usize, state: &str) -> Vec<String> {
    let mut rows = Vec::new();
    for account in [ACCOUNT, WORKLOAD] {
        for number in (1..).step_by(every) {
            let place = format!("account {account} {number}:after");
            let Some(last) = check(template, &place, state) else {
                break;
            };
            rows.push(row(template, &place, &last));
        }
    }
    rows
}

fn row(template: &str, place: &str, last: &str) -> String {
    format!("{template:<15} {place:<30} {last:<30} the next run: same end state")
}

/// The accounts after a run that is not killed.
fn whole(template: &str) -> String {
    let place = Rehearsal::start();
    place.blueprint(template, "admins");
    let _ = place.account("apply").ok();
    state(&place)
}

/// Returns the content of both accounts, without times and random ids.
fn state(place: &Rehearsal) -> String {
    place.server.with_accounts(|accounts| {
        let mut out = String::new();
        for account in [ACCOUNT, WORKLOAD] {
            let account = accounts.account(&id(account)).unwrap();
            out += &format!("{:?} {:?}", account.alias, account.password_policy);
            for group in account.groups.values() {
                out += &format!("\n{} {} {:?}", group.path, group.name, group.grants);
            }
            for role in account.roles.values() {
                out += &format!("\n{} {:?} {:?}", role.name, role.tags, role.grants);
            }
            for policy in account.policies.values() {
                out += &format!("\n{} {}", policy.path, policy.name);
            }
            for user in account.users.values() {
                let secrets = (user.keys.len(), user.login.is_some());
                out += &format!(
                    "\n{} {:?} {:?} {:?} {secrets:?}",
                    user.name, user.groups, user.grants, user.tags
                );
            }
        }
        out
    })
}

/// Kills a run there, and lets the next one finish. Returns the last call before the end; `None` if
/// the run came to its end.
fn check(template: &str, point: &str, expected: &str) -> Option<String> {
    let mut place = Rehearsal::start();
    place.blueprint(template, "admins");
    place.set("KEYWARD_TEST_POINT", point);
    let killed = place.account("apply");
    if killed.code == 0 {
        return None;
    }
    let last = place.server.journal().pop().map(|call| call.action);
    place.set("KEYWARD_TEST_POINT", "");
    let again = place.account("apply");
    assert_eq!(again.code, 0, "{template}, {point}: {}", again.stderr);
    let _ = place.account("plan").ok();
    assert_eq!(state(&place), expected, "{template}, {point}");
    let sheet = place.read(&format!("keyward/hand-outs/{ACCOUNT}/zoe.json"));
    let sheet: serde_json::Value = serde_json::from_str(&sheet).unwrap();
    place.server.with_accounts(|accounts| {
        let account = accounts.account(&id(ACCOUNT)).unwrap();
        let zoe = &account.users[&"zoe".parse().unwrap()];
        let keys: Vec<&str> = zoe.keys.iter().map(|key| key.id.as_str()).collect();
        let wanted = [sheet["access_key_id"].as_str().unwrap()];
        assert_eq!(keys, wanted, "{template}, {point}");
        assert!(zoe.login.is_some(), "{template}, {point}");
        let begun = zoe.tags.contains_key("keyward:handing-out");
        assert!(!begun, "{template}, {point}");
    });
    let passwords = sheet["password"].as_array().unwrap();
    assert!(!passwords.is_empty(), "{template}, {point}");
    Some(last.unwrap_or_default())
}
