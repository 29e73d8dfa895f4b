//! MFA devices: enrolment with two codes, the rule of 2023, resync and deletion.

use std::time::Duration;

use data_encoding::BASE64;
use keyward_core::id::MfaSerial;
use keyward_core::secret::MfaCode;
use keyward_sandbox::Sandbox;

use crate::client::{
    Answer, Key, PHONE, WRONG_CODE, administrator, alice_mfa, iam, phone, start, sts,
};

const BOBS: &str = "arn:aws:iam::123456789012:mfa/bob";
const WRONG_PAIR: &str =
    "403 InvalidAuthenticationCode: Authentication code for device is not valid.";

fn with_pair(
    sandbox: &Sandbox,
    key: &Key,
    action: &str,
    serial: &str,
    (first, second): (&MfaCode, &MfaCode),
) -> Answer {
    let params = [
        ("UserName", if serial == PHONE { "alice" } else { "bob" }),
        ("SerialNumber", serial),
        ("AuthenticationCode1", first.expose()),
        ("AuthenticationCode2", second.expose()),
    ];
    iam(sandbox, key, action, &params)
}

fn create(sandbox: &Sandbox, key: &Key, name: &str) -> Answer {
    iam(
        sandbox,
        key,
        "CreateVirtualMFADevice",
        &[("VirtualMFADeviceName", name)],
    )
}

#[test]
fn a_newcomer_enrols_a_phone_with_two_codes_in_a_row() {
    let sandbox = start();
    let bob = Key::bob();
    let answer = create(&sandbox, &bob, "bob").ok();
    assert_eq!(answer.text("SerialNumber").unwrap(), BOBS);
    let seed = answer.text("Base32StringSeed").unwrap();
    let seed = String::from_utf8(BASE64.decode(seed.as_bytes()).unwrap()).unwrap();
    assert_eq!(seed.len(), 64);
    let serial: MfaSerial = BOBS.parse().unwrap();
    let (now, next) = (
        sandbox.code(&serial).unwrap(),
        sandbox.next_code(&serial).unwrap(),
    );
    let enable = |pair| with_pair(&sandbox, &bob, "EnableMFADevice", BOBS, pair);
    enable((&now, &now)).is(WRONG_PAIR);
    enable((&next, &now)).is(WRONG_PAIR);
    enable((&now, &next)).is("OK");
    let listed = iam(&sandbox, &bob, "ListMFADevices", &[]).ok();
    assert_eq!(listed.text("SerialNumber").unwrap(), BOBS);
    assert_eq!(listed.text("EnableDate").unwrap(), "2026-11-21T09:00:00Z");
    // Both codes are spent; the one after them works.
    let session = |code: &MfaCode| {
        let params = [("SerialNumber", BOBS), ("TokenCode", code.expose())];
        sts(&sandbox, &bob, "GetSessionToken", &params)
    };
    session(&next).is(WRONG_CODE);
    let fresh = sandbox.fresh_code(&serial).unwrap();
    session(&fresh).is("OK");
}

#[test]
fn whoever_has_a_device_needs_it_to_change_devices() {
    let sandbox = start();
    let name = "arn:aws:iam::123456789012:mfa/alice-two";
    create(&sandbox, &Key::alice(), "alice-two").is("OK");
    let serial: MfaSerial = name.parse().unwrap();
    let enable = |key: &Key| {
        let (now, next) = (
            sandbox.code(&serial).unwrap(),
            sandbox.next_code(&serial).unwrap(),
        );
        let params = [
            ("UserName", "alice"),
            ("SerialNumber", name),
            ("AuthenticationCode1", now.expose()),
            ("AuthenticationCode2", next.expose()),
        ];
        iam(&sandbox, key, "EnableMFADevice", &params)
    };
    enable(&Key::alice()).is(
        "403 AccessDenied: User: arn:aws:iam::123456789012:user/alice is not authorized to \
         perform: iam:EnableMFADevice because a user with an MFA device must use MFA to manage \
         MFA devices",
    );
    let session = alice_mfa(&sandbox);
    enable(&session).is("OK");
    enable(&session).is("409 EntityAlreadyExists: MFA Device is already in use.");
    let off = [("UserName", "alice"), ("SerialNumber", name)];
    iam(&sandbox, &session, "DeactivateMFADevice", &off).is("OK");
    iam(&sandbox, &session, "DeactivateMFADevice", &off).is(&format!(
        "404 NoSuchEntity: Device with serial number {name} is not assigned to alice."
    ));
}

#[test]
fn a_device_in_use_is_not_deleted() {
    let sandbox = start();
    let session = alice_mfa(&sandbox);
    let this = [("SerialNumber", PHONE)];
    iam(&sandbox, &session, "DeleteVirtualMFADevice", &this)
        .is("409 DeleteConflict: MFA VirtualDevice in use. Must deactivate first.");
    let off = [("UserName", "alice"), ("SerialNumber", PHONE)];
    iam(&sandbox, &session, "DeactivateMFADevice", &off).is("OK");
    iam(&sandbox, &session, "DeleteVirtualMFADevice", &this).is("OK");
    iam(&sandbox, &session, "DeleteVirtualMFADevice", &this).is(&format!(
        "404 NoSuchEntity: VirtualMFADevice with serial number {PHONE} does not exist."
    ));
    assert!(sandbox.code(&phone()).is_none());
}

#[test]
fn names_of_devices_are_taken_once_and_own() {
    let sandbox = start();
    create(&sandbox, &Key::alice(), "alice")
        .is("409 EntityAlreadyExists: MFADevice entity at the same path and name already exists.");
    let outcome = create(&sandbox, &Key::bob(), "alice-stolen").outcome();
    assert!(outcome.contains("explicit deny"), "{outcome}");
    let outcome = create(&sandbox, &Key::alice(), "a b").outcome();
    assert!(outcome.starts_with("400 ValidationError"), "{outcome}");
}

#[test]
fn devices_are_listed_by_whether_they_are_assigned() {
    let sandbox = start();
    create(&sandbox, &Key::bob(), "bob").is("OK");
    let check = |status: &[(&str, &str)], alice: bool, bob: bool| {
        let body = iam(&sandbox, &Key::bob(), "ListVirtualMFADevices", status)
            .ok()
            .body;
        assert_eq!(
            (body.contains(PHONE), body.contains(BOBS)),
            (alice, bob),
            "{body}"
        );
    };
    check(&[], true, true);
    check(&[("AssignmentStatus", "Any")], true, true);
    check(&[("AssignmentStatus", "Assigned")], true, false);
    check(&[("AssignmentStatus", "Unassigned")], false, true);
    let outcome = iam(
        &sandbox,
        &Key::bob(),
        "ListVirtualMFADevices",
        &[("AssignmentStatus", "Some")],
    );
    assert!(outcome.outcome().starts_with("400 ValidationError"));
}

#[test]
fn a_device_that_has_drifted_is_synchronised_again() {
    let sandbox = start();
    let admin = administrator(&sandbox);
    // The phone is an hour ahead: its codes are those of the server in an hour.
    let now = sandbox.clock().now();
    let in_an_hour = now.after(Duration::from_secs(3600));
    sandbox.clock().set_offset(3600);
    let ahead = (
        sandbox.code(&phone()).unwrap(),
        sandbox.next_code(&phone()).unwrap(),
    );
    assert_eq!(sandbox.clock().now(), in_an_hour);
    sandbox.clock().set_offset(30);
    let session = |code: &MfaCode| {
        let params = [("SerialNumber", PHONE), ("TokenCode", code.expose())];
        sts(&sandbox, &Key::alice(), "GetSessionToken", &params)
    };
    session(&ahead.0).is(WRONG_CODE);
    let resync = |pair| with_pair(&sandbox, &admin, "ResyncMFADevice", PHONE, pair);
    resync((&ahead.1, &ahead.0)).is(WRONG_PAIR);
    resync((&ahead.0, &ahead.1)).is("OK");
    session(&ahead.1).is(WRONG_CODE);
    sandbox.advance(Duration::from_secs(30));
    session(&sandbox.code(&phone()).unwrap()).is("OK");
}

#[test]
fn one_device_is_looked_at() {
    let sandbox = start();
    let answer = iam(
        &sandbox,
        &Key::alice(),
        "GetMFADevice",
        &[("UserName", "alice"), ("SerialNumber", PHONE)],
    );
    assert_eq!(answer.ok().text("UserName").unwrap(), "alice");
}
