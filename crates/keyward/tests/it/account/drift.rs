//! Changes by hand: the plan names exactly what was changed, and the next apply repairs it.

use super::Rehearsal;

fn applied() -> Rehearsal {
    let place = Rehearsal::start();
    place.blueprint("readonly-admin", "admins");
    let _ = place.account("apply").ok();
    place
}

#[track_caller]
fn check(place: &Rehearsal, kind: &str, name: &str, change: &str) {
    let plan = place.run(&["account", "plan", "account.toml", "--json"]);
    assert_eq!(plan.code, 5, "{}", plan.stderr);
    let plan: serde_json::Value = serde_json::from_str(&plan.stdout).unwrap();
    let steps = plan["steps"].as_array().unwrap();
    assert_eq!(steps.len(), 1, "{plan:#}");
    assert_eq!(steps[0]["kind"], kind);
    assert_eq!(steps[0]["name"], name);
    assert!(steps[0]["changes"].to_string().contains(change), "{plan:#}");
    let _ = place.account("apply").ok();
    let _ = place.account("plan").ok();
}

#[test]
fn an_extra_grant_on_a_group_is_taken_away() {
    let place = applied();
    place.change(|account| {
        let group = account.groups.get_mut("admins").unwrap();
        group
            .grants
            .attached
            .push("arn:aws:iam::aws:policy/AdministratorAccess".to_owned());
    });
    check(&place, "group", "admins", "AdministratorAccess");
}

#[test]
fn a_guard_that_was_detached_is_attached_again() {
    let place = applied();
    place.change(|account| {
        let group = account.groups.get_mut("admins").unwrap();
        group.grants.attached.retain(|arn| !arn.contains("guard"));
    });
    check(&place, "group", "admins", "keyward-mfa-guard-readonlyadmin");
}

#[test]
fn a_longer_session_is_cut_again() {
    let place = applied();
    let name = place.server.with_accounts(|accounts| {
        let account = accounts.account(&super::id(super::ACCOUNT)).unwrap();
        account.roles.keys().next().unwrap().clone()
    });
    place.change(|account| {
        let role = account.roles.get_mut(&name).unwrap();
        role.max_session = std::time::Duration::from_secs(40_000);
    });
    check(&place, "role", &name, "max_session");
}

#[test]
fn a_rotated_key_and_a_changed_password_are_no_drift() {
    let place = applied();
    place.change(|account| {
        let zoe = account.users.get_mut(&"zoe".parse().unwrap()).unwrap();
        zoe.keys.clear();
        zoe.login = None;
    });
    let _ = place.account("plan").ok();
}
