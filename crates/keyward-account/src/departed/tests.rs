use super::*;
use crate::desired::render;

const PEOPLE: &str =
    "version = 1\nname = \"main\"\n[accounts.people]\nid = \"123456789012\"\nusers = true\n";
const WORKLOAD: &str = "[accounts.workload]\nid = \"111122223333\"\n";

fn group(adopted: bool, roles: &str) -> String {
    format!(
        "[groups.admins]\nadopted = {adopted}\nassume = [{roles}]\n[roles.Ops]\naccounts = [\"people\", \"workload\"]\n"
    )
}

/// The accounts that left when `before` was applied and `now` is planned.
fn check(before: &str, now: &str, expect: &[&str]) {
    let blueprint = Blueprint::parse(before).unwrap();
    let accounts = render(&blueprint);
    let live = accounts
        .iter()
        .find(|it| it.account.id.as_str() == "123456789012");
    let live = &live.unwrap().account;
    let blueprint = Blueprint::parse(now).unwrap();
    let desired = render(&blueprint);
    let desired = desired.iter().find(|it| it.account.id == live.id).unwrap();
    let found = departed(&blueprint, desired, live);
    let found: Vec<&str> = found.iter().map(AccountId::as_str).collect();
    assert_eq!(found, expect, "{now}");
}

#[test]
fn an_account_whose_roles_groups_still_assume_has_departed() {
    for adopted in [false, true] {
        let before = group(adopted, r#""people/Ops", "workload/Ops""#);
        let before = format!("{PEOPLE}{WORKLOAD}{before}");
        check(&before, &before, &[]);
        let now = group(adopted, r#""people/Ops""#).replace(", \"workload\"", "");
        check(&before, &format!("{PEOPLE}{now}"), &["111122223333"]);
        // The account stays and only the right goes.
        check(&before, &format!("{PEOPLE}{WORKLOAD}{now}"), &[]);
    }
}

#[test]
fn a_group_of_another_blueprint_says_nothing_about_this_one() {
    let before = group(false, r#""people/Ops", "workload/Ops""#);
    let before = format!("{PEOPLE}{WORKLOAD}{before}").replace("\"main\"", "\"other\"");
    check(&before, PEOPLE, &[]);
}

#[test]
fn roles_in_managed_policies_are_a_trace_too() {
    let roles: Vec<String> = (0..120).map(|number| format!("Role{number}")).collect();
    let targets: Vec<String> = roles
        .iter()
        .map(|role| format!("\"workload/{role}\""))
        .collect();
    let tables = |accounts: &str| -> String {
        let tables = roles.iter();
        let tables = tables.map(|role| format!("[roles.{role}]\naccounts = [{accounts}]\n"));
        tables.collect()
    };
    let assume = |targets: &str| format!("[groups.admins]\nassume = [{targets}]\n");
    let before = format!(
        "{PEOPLE}{WORKLOAD}{}{}",
        assume(&targets.join(", ")),
        tables("\"workload\"")
    );
    check(&before, &before, &[]);
    let now = format!("{PEOPLE}{}{}", assume(""), tables("\"people\""));
    check(&before, &now, &["111122223333"]);
}
