//! The guard that a plan makes binds the caller too: apply then asks for a code, or says how to
//! get a device.

use keyward_core::Timestamp;
use keyward_core::id::MfaSerial;
use keyward_sandbox::{AccessKey, Device, KeyStatus, Owner, Seed, User};

use super::{ACCOUNT, Rehearsal};

const KEY: &str = "AKIAI44QH8DHBEXAMPL2";
const SECRET: &str = "je7MtGbClwBF/2Zp9Utk/h3yCo8nvbEXAMPLEKE2";

/// An administrator with a key, whom the blueprint adopts into a guarded group.
fn place() -> Rehearsal {
    let place = Rehearsal::start();
    place.blueprint("readonly-admin", "admins");
    let text = place.read("account.toml");
    place.write(
        "account.toml",
        &format!(
            "{text}\n[users.boss]\nadopted = true\ngroups = [\"admins\"]\nmanaged = [\"AdministratorAccess\"]\n"
        ),
    );
    let created = Timestamp::from_second(1_700_000_000);
    place.change(|account| {
        let mut boss = User::new(&account.id, "boss".parse().unwrap(), created);
        boss.keys.push(AccessKey {
            id: KEY.parse().unwrap(),
            secret: SECRET.parse().unwrap(),
            status: KeyStatus::Active,
            created,
            last_used: None,
            known_from: created,
        });
        boss.grants
            .attached
            .push("arn:aws:iam::aws:policy/AdministratorAccess".to_owned());
        account.users.insert(boss.name.clone(), boss);
    });
    let config = place.read(".aws/config");
    place.config(&format!(
        "{config}[profile boss]\nregion = eu-central-1\naws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\n"
    ));
    place
}

const APPLY: [&str; 6] = [
    "account",
    "apply",
    "account.toml",
    "--yes",
    "--profile",
    "boss",
];

/// Enrols a device for boss.
fn enrol_boss(place: &Rehearsal) -> MfaSerial {
    let serial: MfaSerial = format!("arn:aws:iam::{ACCOUNT}:mfa/boss").parse().unwrap();
    place.change(|account| {
        let seed = Seed::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        let mut device = Device::unassigned(serial.clone(), seed);
        device.owner = Some(Owner::User("boss".parse().unwrap()));
        device.enabled = Some(Timestamp::from_second(1_700_000_000));
        account.devices.insert(serial.clone(), device);
    });
    serial
}

#[test]
fn a_caller_without_a_device_is_told_to_enrol_one_and_the_next_run_finishes() {
    let mut place = place();
    let said = place.run(&APPLY).fails_with(3);
    assert!(said.contains("keyward mfa enroll boss"), "{said}");
    assert!(said.contains("explicit deny"), "{said}");
    assert!(said.contains("stopped at"), "{said}");
    let serial = enrol_boss(&place);
    let code = place.server.fresh_code(&serial).unwrap();
    // The code of the phone, which a person would type.
    place.set("KEYWARD_MFA_CODE", code.expose());
    let _ = place.run(&APPLY).ok();
    let _ = place.account("plan").ok();
}

/// The blueprint without boss, applied by root; then boss adds itself, whose membership is the only
/// step.
fn bound_by_own_apply() -> Rehearsal {
    let place = place();
    let text = place.read("account.toml");
    let (before, _) = text.split_once("\n[users.boss]").unwrap();
    place.write("account.toml", before);
    let _ = place.account("apply").ok();
    place.write("account.toml", &text);
    place
}

#[test]
fn a_caller_who_finished_and_has_no_device_is_told_what_is_refused_from_now_on() {
    let place = bound_by_own_apply();
    let applied = place.run(&APPLY);
    assert_eq!(applied.code, 0, "{}", applied.stderr);
    let said = applied.stderr;
    assert!(
        said.contains("from now on, user `boss` needs a session with MFA"),
        "{said}"
    );
    assert!(said.contains("keyward-mfa-guard-readonlyadmin"), "{said}");
    assert!(
        said.contains("`iam:GetAccountAuthorizationDetails`"),
        "{said}"
    );
    assert!(said.contains("keyward mfa enroll boss"), "{said}");
    // The statement of the message is true.
    let refused = place.run(&["account", "plan", "account.toml", "--profile", "boss"]);
    assert_eq!(refused.code, 1, "{}", refused.stderr);
    assert!(
        refused.stderr.contains("explicit deny"),
        "{}",
        refused.stderr
    );
}

#[test]
fn a_caller_with_a_device_or_the_root_key_is_told_nothing_about_the_guard() {
    let mut place = bound_by_own_apply();
    let as_root = place.run(&["account", "apply", "account.toml", "--yes"]);
    assert_eq!(as_root.code, 0, "{}", as_root.stderr);
    assert!(
        !as_root.stderr.contains("needs a session with MFA"),
        "{}",
        as_root.stderr
    );
    place.change(|account| {
        let boss = account.users.get_mut(&"boss".parse().unwrap()).unwrap();
        boss.groups.clear();
    });
    let serial = enrol_boss(&place);
    let code = place.server.fresh_code(&serial).unwrap();
    place.set("KEYWARD_MFA_CODE", code.expose());
    let applied = place.run(&APPLY);
    assert_eq!(applied.code, 0, "{}", applied.stderr);
    assert!(
        !applied.stderr.contains("needs a session with MFA"),
        "{}",
        applied.stderr
    );
}
