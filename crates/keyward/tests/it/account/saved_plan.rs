//! A saved plan does what it showed, or nothing: another account, another key of a person or an
//! edited file is refused before any write.

use super::{ACCOUNT, OTHER_SSH, Rehearsal, SSH, WORKLOAD, denied};

const PLAN: [&str; 5] = ["account", "plan", "account.toml", "--out", "saved.json"];
const APPLY: [&str; 4] = ["account", "apply", "saved.json", "--yes"];

/// A template with zoe, whose public key is in a file.
fn place(template: &str) -> Rehearsal {
    let place = Rehearsal::start();
    place.blueprint(template, "admins");
    let text = place.read("account.toml");
    place.write("account.toml", &text.replace(SSH, "zoe.pub"));
    place.write("zoe.pub", &format!("{SSH}\n"));
    place
}

#[test]
fn a_saved_plan_is_applied_as_it_was_shown_and_refused_once_stale() {
    let place = place("readonly-admin");
    let planned = place.run(&PLAN).stdout;
    assert!(planned.contains("encrypted to SSH"), "{planned}");
    let _ = place.run(&APPLY).ok();
    let _ = place.account("plan").ok();
    let said = place.run(&APPLY).fails_with(1);
    assert!(said.contains("the saved plan is stale"), "{said}");
}

#[test]
fn a_replaced_public_key_makes_a_saved_plan_stale() {
    let place = place("readonly-admin");
    let _ = place.run(&PLAN).fails_with(5);
    place.write("zoe.pub", OTHER_SSH);
    let said = place.run(&APPLY).fails_with(1);
    assert!(said.contains("public key of user `zoe`"), "{said}");
    assert_eq!(place.entities(ACCOUNT), 0);
}

#[test]
fn an_edited_plan_is_refused() {
    let place = place("readonly-admin");
    let _ = place.run(&PLAN).fails_with(5);
    let plan = place.read("saved.json");
    let account = |id: &str| format!("\"account\": \"{id}\"");
    let more = plan.replace("policy/ReadOnlyAccess", "policy/AdministratorAccess");
    let words = plan.replace(
        "policy `ReadOnlyAccess`: attached",
        "policy `Nothing`: attached",
    );
    let taken = plan.replacen(&account(ACCOUNT), &account(WORKLOAD), 1);
    let secret = plan.replacen(
        "\"encrypted to",
        "\"kept for\"}, {\"sign\": \"add\", \"text\": \"encrypted to",
        1,
    );
    for edited in [more, words, taken, secret] {
        assert_ne!(edited, plan);
        place.write("saved.json", &edited);
        let said = place.run(&APPLY).fails_with(1);
        assert!(said.contains("was edited"), "{said}");
        assert_eq!(place.entities(ACCOUNT), 0);
    }
    place.write("saved.json", &plan);
    let _ = place.run(&APPLY).ok();
}

#[test]
fn a_plan_of_another_version_is_made_again() {
    let place = place("readonly-admin");
    place.write("saved.json", r#"{"keyward_plan": 1, "plan": {}}"#);
    let said = place.run(&APPLY).fails_with(2);
    assert!(said.contains("version 1"), "{said}");
    assert!(said.contains("make a new plan"), "{said}");
    assert!(!said.contains("give a blueprint"), "{said}");
}

#[test]
fn an_account_that_could_not_be_planned_is_named_when_the_rest_is_applied() {
    let place = place("two-accounts");
    let fault = denied("GetAccountAuthorizationDetails");
    place.server.inject(fault.times(1));
    let _ = place.run(&PLAN).fails_with(1);
    let said = place.run(&APPLY).fails_with(1);
    assert!(said.contains("leaves this account out"), "{said}");
    let made = [ACCOUNT, WORKLOAD].map(|id| place.entities(id) > 0);
    assert!(made[0] != made[1], "{made:?}");
    let _ = place.run(&PLAN).fails_with(5);
    let _ = place.run(&APPLY).ok();
    let _ = place.account("plan").ok();
}

#[test]
fn a_report_replaces_nothing_but_an_earlier_one() {
    let place = place("readonly-admin");
    let blueprint = place.read("account.toml");
    let own = ["account", "plan", "account.toml", "--out", "account.toml"];
    let page = ["account", "prove", "account.toml", "--html", "account.toml"];
    let other = ["account", "prove", "account.toml", "--html", "zoe.pub"];
    let plan = ["account", "plan", "account.toml", "--out", "zoe.pub"];
    for command in [own, page, other, plan] {
        let said = place.run(&command).fails_with(2);
        assert!(said.contains("not an earlier report"), "{said}");
    }
    assert_eq!(place.read("account.toml"), blueprint);
    assert_eq!(place.read("zoe.pub"), format!("{SSH}\n"));
    place.write("empty.html", "");
    let again = ["account", "prove", "account.toml", "--html", "empty.html"];
    let _ = (place.run(&again).ok(), place.run(&again).ok());
    let _ = (
        place.run(&PLAN).fails_with(5),
        place.run(&PLAN).fails_with(5),
    );
}
