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

#[test]
fn a_caller_without_a_device_is_told_to_enrol_one_and_the_next_run_finishes() {
    let mut place = place();
    let said = place.run(&APPLY).fails_with(3);
    assert!(said.contains("keyward mfa enroll boss"), "{said}");
    assert!(said.contains("explicit deny"), "{said}");
    assert!(said.contains("stopped at"), "{said}");
    let serial: MfaSerial = format!("arn:aws:iam::{ACCOUNT}:mfa/boss").parse().unwrap();
    place.change(|account| {
        let seed = Seed::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        let mut device = Device::unassigned(serial.clone(), seed);
        device.owner = Some(Owner::User("boss".parse().unwrap()));
        device.enabled = Some(Timestamp::from_second(1_700_000_000));
        account.devices.insert(serial.clone(), device);
    });
    let code = place.server.fresh_code(&serial).unwrap();
    // The code of the phone, which a person would type.
    place.set("KEYWARD_MFA_CODE", code.expose());
    let _ = place.run(&APPLY).ok();
    let _ = place.account("plan").ok();
}
