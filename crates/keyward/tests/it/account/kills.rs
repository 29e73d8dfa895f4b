//! `apply` dies after every single operation and is run again: the account ends as the blueprint
//! says, with one key, which the person received.

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
    let mut places: Vec<String> = SECRETS.map(str::to_owned).to_vec();
    let calls = calls();
    places.extend((1..=calls).map(|number| format!("account {number}:after")));
    for place in places {
        check(&place);
    }
}

/// How many operations a whole run has.
fn calls() -> usize {
    let place = Rehearsal::start();
    place.blueprint("readonly-admin", "admins");
    let plan = place.run(&["account", "plan", "account.toml", "--json"]);
    let plan: serde_json::Value = serde_json::from_str(&plan.stdout).unwrap();
    usize::try_from(plan["api_calls"].as_u64().unwrap()).unwrap()
}

fn check(point: &str) {
    let mut place = Rehearsal::start();
    place.blueprint("readonly-admin", "admins");
    place.set("KEYWARD_TEST_POINT", point);
    let killed = place.account("apply");
    assert_ne!(killed.code, 0, "{point}: it was not killed");
    place.set("KEYWARD_TEST_POINT", "");
    let again = place.account("apply");
    assert_eq!(again.code, 0, "{point}: {}", again.stderr);
    let _ = place.account("plan").ok();
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
}
