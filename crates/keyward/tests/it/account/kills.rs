//! `apply` dies after every single operation and is run again: the account ends as the blueprint
//! says, with one key, which the person received. `--nocapture` prints the table.

use super::{ACCOUNT, Rehearsal, id};

/// The places inside the making of a secret.
const SECRETS: [&str; 4] = [
    "create access key:before",
    "create access key:after",
    "create login profile:before",
    "create login profile:after",
];

#[test]
fn an_apply_that_dies_anywhere_is_finished_by_the_next() {
    let whole = Rehearsal::start();
    whole.blueprint("readonly-admin", "admins");
    let _ = whole.account("apply").ok();
    let state = state(&whole);
    let mut places: Vec<String> = SECRETS.map(str::to_owned).to_vec();
    let calls = calls();
    places.extend((1..=calls).map(|number| format!("account {number}:after")));
    println!(
        "{:<30}{:<34}the next run",
        "killed at", "last call that AWS got"
    );
    for place in places {
        let last = check(&place, &state);
        println!("{place:<30}{last:<34}same end state");
    }
}

/// Returns the content of the account, without times and random ids.
fn state(place: &Rehearsal) -> String {
    place.server.with_accounts(|accounts| {
        let account = accounts.account(&id(ACCOUNT)).unwrap();
        let mut out = format!("{:?} {:?}", account.alias, account.password_policy);
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
        out
    })
}

/// Returns the number of operations of a whole run.
fn calls() -> usize {
    let place = Rehearsal::start();
    place.blueprint("readonly-admin", "admins");
    let plan = place.run(&["account", "plan", "account.toml", "--json"]);
    let plan: serde_json::Value = serde_json::from_str(&plan.stdout).unwrap();
    usize::try_from(plan["api_calls"].as_u64().unwrap()).unwrap()
}

/// Returns the last call before the end.
fn check(point: &str, expected: &str) -> String {
    let mut place = Rehearsal::start();
    place.blueprint("readonly-admin", "admins");
    place.set("KEYWARD_TEST_POINT", point);
    let killed = place.account("apply");
    assert_ne!(killed.code, 0, "{point}: it was not killed");
    let last = place.server.journal().pop().map(|call| call.action);
    place.set("KEYWARD_TEST_POINT", "");
    let again = place.account("apply");
    assert_eq!(again.code, 0, "{point}: {}", again.stderr);
    let _ = place.account("plan").ok();
    assert_eq!(state(&place), expected, "{point}");
    let sheet = place.read(&format!("keyward/hand-outs/{ACCOUNT}/zoe.json"));
    let sheet: serde_json::Value = serde_json::from_str(&sheet).unwrap();
    place.server.with_accounts(|accounts| {
        let account = accounts.account(&id(ACCOUNT)).unwrap();
        let zoe = &account.users[&"zoe".parse().unwrap()];
        let keys: Vec<&str> = zoe.keys.iter().map(|key| key.id.as_str()).collect();
        assert_eq!(keys, [sheet["access_key_id"].as_str().unwrap()], "{point}");
        assert!(zoe.login.is_some(), "{point}");
        assert!(!zoe.tags.contains_key("keyward:handing-out"), "{point}");
    });
    assert!(!sheet["password"].as_array().unwrap().is_empty(), "{point}");
    last.unwrap_or_default()
}
