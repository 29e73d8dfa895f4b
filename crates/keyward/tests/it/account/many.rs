//! Many accounts by one blueprint: one table, one apply, and an account that fails stops no
//! other.

use keyward_core::Timestamp;
use keyward_core::id::MfaSerial;
use keyward_iam::{Policy, PolicyKind};
use keyward_sandbox::{AccessKey, Account, Accounts, Device, KeyStatus, Owner, Role, Seed, User};

use super::{ACCOUNT, Rehearsal, SSH, WORKLOAD};
use crate::practice::{KEY_ID, SECRET};

/// The number of accounts, the one of the people included.
const ACCOUNTS: usize = 50;

fn name(number: usize) -> String {
    format!("workload{number:02}")
}

fn id(number: usize) -> String {
    format!("2222333344{number:02}")
}

fn key(number: usize) -> String {
    format!("AKIAI44QH8DHBEXAMP{number:02}")
}

fn place() -> Rehearsal {
    let mut accounts = Accounts::empty_with_root(ACCOUNT.parse().unwrap());
    let mut text = format!(
        "version = 1\nname = \"many\"\n\n[accounts.people]\nid = \"{ACCOUNT}\"\nusers = true\nprofile = \"people\"\n\n"
    );
    let mut config = profile("people", KEY_ID);
    for number in 1..ACCOUNTS {
        let mut account = Account::empty(id(number).parse().unwrap());
        let created = account.root.created;
        account.give_root_key(
            key(number).parse().unwrap(),
            SECRET.parse().unwrap(),
            created,
        );
        accounts.insert(account);
        let name = name(number);
        text += &format!(
            "[accounts.{name}]\nid = \"{}\"\nprofile = \"{name}\"\n\n",
            id(number)
        );
        config += &profile(&name, &key(number));
    }
    text += &format!(
        "[groups.admins]\nassume = [\"Ops\"]\n\n[roles.Ops]\nmanaged = [\"SecurityAudit\"]\n\n\
         [users.zoe]\ngroups = [\"admins\"]\nssh = \"{SSH}\"\npassword = true\n"
    );
    let place = Rehearsal::of(accounts);
    place.config(&config);
    place.write("account.toml", &text);
    place
}

fn profile(name: &str, key: &str) -> String {
    format!(
        "[profile {name}]\nregion = eu-central-1\naws_access_key_id = {key}\naws_secret_access_key = {SECRET}\n\n"
    )
}

/// The rows of the table: the first word of each and the rest.
fn rows(text: &str) -> Vec<(&str, &str)> {
    let lines = text
        .lines()
        .map(str::trim_end)
        .skip_while(|line| !line.starts_with("account "));
    let rows = lines.skip(1).take(ACCOUNTS);
    rows.map(|row| row.split_once(' ').unwrap_or((row, "")))
        .collect()
}

#[test]
fn fifty_accounts_are_planned_in_one_table_and_applied_in_one_run() {
    let place = place();
    let planned = place.run(&["account", "plan", "account.toml"]);
    assert_eq!(planned.code, 5, "{}", planned.stderr);
    let rows = rows(&planned.stdout);
    assert_eq!(rows.len(), ACCOUNTS, "{}", planned.stdout);
    assert_eq!(rows[0].0, "people");
    assert_eq!(rows[ACCOUNTS - 1].0, "workload49");
    assert!(
        planned.stdout.contains("role Ops in 49 accounts"),
        "{}",
        planned.stdout
    );
    // Equal plans are shown once.
    assert!(
        planned.stdout.contains(" and 46 more"),
        "{}",
        planned.stdout
    );
    assert_eq!(planned.stdout.matches("+ role `Ops`").count(), 1);
    let calls = place.server.journal();
    assert!(calls.len() <= 12 * ACCOUNTS, "{} calls", calls.len());
    let _ = place.account("apply").ok();
    let _ = place.account("plan").ok();
}

#[test]
fn an_account_that_fails_is_named_and_the_next_run_does_the_rest() {
    let place = place();
    let config = place.read(".aws/config");
    let wrong = config.replace(&key(7), "AKIAI44QH8DHBEXAMPXX");
    place.config(&wrong);
    let planned = place.run(&["account", "plan", "account.toml"]);
    assert_eq!(planned.code, 1, "{}", planned.stderr);
    let said = place.account("apply").fails_with(1);
    assert!(said.contains("account `workload07`"), "{said}");
    let made = |number: usize| {
        place.server.with_accounts(|accounts| {
            let account = accounts.account(&id(number).parse().unwrap()).unwrap();
            account.roles.len()
        })
    };
    assert_eq!((made(6), made(7), made(8)), (1, 0, 1));
    place.config(&config);
    let _ = place.account("apply").ok();
    let _ = place.account("plan").ok();
    assert_eq!(made(7), 1);
}

const ADMINISTRATOR: &str = "arn:aws:iam::aws:policy/AdministratorAccess";

/// boss signs in one account by a key and a device, and reaches the others by a role that asks
/// for MFA.
fn boss(place: &Rehearsal, serial: &MfaSerial) {
    let created = Timestamp::from_second(1_700_000_000);
    place.change(|account| {
        let mut boss = User::new(&account.id, "boss".parse().unwrap(), created);
        boss.grants.attached.push(ADMINISTRATOR.to_owned());
        boss.keys.push(AccessKey {
            id: "AKIAI44QH8DHBEXAMPBB".parse().unwrap(),
            secret: SECRET.parse().unwrap(),
            status: KeyStatus::Active,
            created,
            last_used: None,
            known_from: created,
        });
        account.users.insert(boss.name.clone(), boss);
        let seed = Seed::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        let mut device = Device::unassigned(serial.clone(), seed);
        device.owner = Some(Owner::User("boss".parse().unwrap()));
        device.enabled = Some(created);
        account.devices.insert(serial.clone(), device);
    });
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Principal":{{"AWS":"arn:aws:iam::{ACCOUNT}:root"}},"Action":"sts:AssumeRole","Condition":{{"Bool":{{"aws:MultiFactorAuthPresent":"true"}}}}}}]}}"#
    );
    let trust = Policy::parse_as(PolicyKind::Trust, &trust).unwrap();
    let mut config = format!(
        "{}mfa_serial = {serial}\n\n",
        profile("people", "AKIAI44QH8DHBEXAMPBB")
            .trim_end()
            .to_owned()
            + "\n"
    );
    for number in 1..ACCOUNTS {
        place.server.with_accounts(|accounts| {
            let account = accounts.account_mut(&id(number).parse().unwrap()).unwrap();
            let mut role = Role::new(&account.id, "Setup", trust.clone(), created);
            role.grants.attached.push(ADMINISTRATOR.to_owned());
            account.roles.insert("Setup".to_owned(), role);
        });
        config += &format!(
            "[profile {}]\nregion = eu-central-1\nsource_profile = people\nmfa_serial = {serial}\nrole_arn = arn:aws:iam::{}:role/Setup\n\n",
            name(number),
            id(number)
        );
    }
    place.config(&config);
}

#[test]
fn one_code_is_enough_for_all_accounts() {
    let mut place = place();
    let serial: MfaSerial = format!("arn:aws:iam::{ACCOUNT}:mfa/boss").parse().unwrap();
    boss(&place, &serial);
    let code = place.server.fresh_code(&serial).unwrap();
    // The code of the phone, which a person would type.
    place.set("KEYWARD_MFA_CODE", code.expose());
    let planned = place.run(&["account", "plan", "account.toml"]);
    assert_eq!(planned.code, 5, "{}", planned.stderr);
    assert_eq!(rows(&planned.stdout).len(), ACCOUNTS);
    let with_code = place.server.journal().into_iter();
    let with_code = with_code.filter(|call| call.action == "GetSessionToken");
    assert_eq!(with_code.count(), 1);
}

#[test]
fn an_account_that_left_the_blueprint_is_named_with_the_way_to_delete_what_stays() {
    let place = Rehearsal::start();
    place.blueprint("two-accounts", "admins");
    let whole = place.read("account.toml");
    let network = "\n[vpc]\nregion = \"eu-central-1\"\nzones = 1\nnat = \"none\"\n";
    place.write("account.toml", &format!("{whole}{network}"));
    let _ = place.account("apply").ok();
    // The account goes, with all that names it.
    let alone = format!(
        "version = 1\nname = \"twoaccounts\"\n\n[accounts.people]\nid = \"{ACCOUNT}\"\nprofile = \"people-admin\"\nusers = true\n"
    );
    place.write("account.toml", &alone);
    let planned = place.run(&["account", "plan", "account.toml"]);
    assert_eq!(planned.code, 5, "{}", planned.stderr);
    let said = planned.stderr;
    assert!(
        said.contains(&format!("account {WORKLOAD} is no longer in the blueprint")),
        "{said}"
    );
    assert!(
        said.contains("keyward account destroy FILE --profile P"),
        "{said}"
    );
    let _ = place.account("apply").ok();
    assert_ne!(place.entities(WORKLOAD), 0);
    // The command of the hint works.
    place.write(
        "left.toml",
        &format!("version = 1\nname = \"twoaccounts\"\n[account]\nid = \"{WORKLOAD}\"\n"),
    );
    let destroy = [
        "account",
        "destroy",
        "left.toml",
        "--yes",
        "--profile",
        "workload-admin",
    ];
    let _ = place.run(&destroy).ok();
    // Only the password policy, which nothing marks.
    assert_eq!(place.entities(WORKLOAD), 1);
    assert!(said.contains("password policy and alias go too"), "{said}");
    let policy = whole
        .split("\n[")
        .find(|it| it.starts_with("password_policy]"));
    let left = place.read("left.toml");
    place.write("left.toml", &format!("{left}\n[{}", policy.unwrap()));
    let _ = place.run(&destroy).ok();
    assert_eq!(place.entities(WORKLOAD), 0);
}
