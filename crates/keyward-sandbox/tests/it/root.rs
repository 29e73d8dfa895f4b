//! The root user: its keys, its sessions, what it may and what even it may not.

use keyward_sandbox::{Accounts, Device, HardwareMfa, Owner, Seed};

use crate::client::{ALICE, INVALID_TOKEN, Key, Office, TRUST, assume, iam, sts};

const DEVICE: &str = "arn:aws:iam::123456789012:mfa/root-account-mfa-device";

#[test]
fn the_root_user_is_bound_by_no_policy() {
    let office = Office::empty();
    let who = sts(&office.sandbox, &Key::alice(), "GetCallerIdentity", &[]).ok();
    assert_eq!(who.text("Arn").unwrap(), "arn:aws:iam::123456789012:root");
    assert_eq!(who.text("UserId").unwrap(), "123456789012");
    let own = office.ok("GetUser", &[]);
    assert_eq!(own.text("Arn").unwrap(), "arn:aws:iam::123456789012:root");
    assert_eq!(own.text("UserName"), None);
    office.ok("CreateUser", &[("UserName", "alice")]);
    office
        .call(
            "ChangePassword",
            &[("OldPassword", "a"), ("NewPassword", "b")],
        )
        .is("400 InvalidUserType: Only IAM Users can change their own password");
}

#[test]
fn from_a_root_key_to_a_working_role() {
    let office = Office::empty();
    office.ok("CreateUser", &[("UserName", "alice")]);
    let arn = office.role("Administrator");
    let attach = [
        ("RoleName", "Administrator"),
        ("PolicyArn", "arn:aws:iam::aws:policy/AdministratorAccess"),
    ];
    office.ok("AttachRolePolicy", &attach);
    let assume_it = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}"#;
    let put = [
        ("UserName", "alice"),
        ("PolicyName", "assume"),
        ("PolicyDocument", assume_it),
    ];
    office.ok("PutUserPolicy", &put);
    let made = office.ok("CreateAccessKey", &[("UserName", "alice")]);
    let alice = Key {
        id: made.text("AccessKeyId").unwrap(),
        secret: made.text("SecretAccessKey").unwrap(),
        token: None,
    };
    let session = assume(&office.sandbox, &alice, &arn, &[]).ok().key();
    iam(&office.sandbox, &session, "ListUsers", &[]).is("OK");
    // The root user itself may not.
    assume(&office.sandbox, &Key::alice(), &arn, &[])
        .is("403 AccessDenied: Roles may not be assumed by root accounts.");
}

#[test]
fn keys_without_a_user_name_are_the_root_users() {
    let office = Office::empty();
    let summary = |key: &str| {
        let body = office.ok("GetAccountSummary", &[]).body;
        body.contains(&format!("<key>{key}</key><value>1</value>"))
    };
    assert!(summary("AccountAccessKeysPresent") && !summary("AccountMFAEnabled"));
    let listed = office.ok("ListAccessKeys", &[]);
    assert_eq!(listed.text("AccessKeyId").unwrap(), ALICE);
    assert_eq!(listed.text("UserName"), None);
    let second = office.ok("CreateAccessKey", &[]).key();
    office
        .call("CreateAccessKey", &[])
        .is("409 LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2");
    let used = office.ok("GetAccessKeyLastUsed", &[("AccessKeyId", ALICE)]);
    assert_eq!(used.text("ServiceName").unwrap(), "iam");
    let id = ("AccessKeyId", ALICE);
    let off = iam(
        &office.sandbox,
        &second,
        "UpdateAccessKey",
        &[id, ("Status", "Inactive")],
    );
    off.is("OK");
    office.call("ListAccessKeys", &[]).is(INVALID_TOKEN);
    iam(&office.sandbox, &second, "DeleteAccessKey", &[id]).is("OK");
    let own = [("AccessKeyId", second.id.as_str())];
    iam(&office.sandbox, &second, "DeleteAccessKey", &own).is("OK");
    iam(&office.sandbox, &second, "ListAccessKeys", &[]).is(INVALID_TOKEN);
}

#[test]
fn root_sessions_last_an_hour_and_need_a_code_for_iam() {
    let office = Office::empty();
    office.change(|account| {
        let seed = Seed::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").unwrap();
        let mut device = Device::unassigned(DEVICE.parse().unwrap(), seed);
        device.owner = Some(Owner::Root);
        device.enabled = Some(account.root.created);
        account.devices.insert(device.serial.clone(), device);
    });
    let session = |params: &[(&str, &str)]| {
        sts(&office.sandbox, &Key::alice(), "GetSessionToken", params).ok()
    };
    let bare = session(&[("DurationSeconds", "43200")]);
    assert_eq!(bare.text("Expiration").unwrap(), "2026-11-21T10:00:00Z");
    iam(&office.sandbox, &bare.key(), "ListUsers", &[]).is(INVALID_TOKEN);
    let code = office.sandbox.fresh_code(&DEVICE.parse().unwrap()).unwrap();
    let with = session(&[("SerialNumber", DEVICE), ("TokenCode", code.expose())]);
    iam(&office.sandbox, &with.key(), "ListUsers", &[]).is("OK");
    let devices = office.ok("ListVirtualMFADevices", &[]);
    assert_eq!(
        devices.text("Arn").unwrap(),
        "arn:aws:iam::123456789012:root"
    );
    assert_eq!(devices.text("SerialNumber").unwrap(), DEVICE);
    let own = office.ok("ListMFADevices", &[]);
    assert_eq!(own.text("SerialNumber").unwrap(), DEVICE);
    let summary = office.ok("GetAccountSummary", &[]).body;
    assert!(summary.contains("<key>AccountMFAEnabled</key><value>1</value>"));
}

#[test]
fn the_root_user_survives_a_state_file() {
    let accounts = Accounts::empty_with_root("123456789012".parse().unwrap());
    let again = Accounts::from_json(&accounts.to_json()).unwrap();
    let account = again.account(&"123456789012".parse().unwrap()).unwrap();
    assert_eq!(account.root.keys.len(), 1);
    assert_eq!(account.root.hardware_mfa, HardwareMfa::Absent);
    // A file of an earlier program does not describe the root user.
    let old = r#"{"version":1,"accounts":[{"id":"123456789012"}]}"#;
    let old = Accounts::from_json(old).unwrap();
    let account = old.account(&"123456789012".parse().unwrap()).unwrap();
    assert!(account.root.keys.is_empty());
    assert_eq!(account.root.hardware_mfa, HardwareMfa::Present);
}

#[test]
fn a_trust_policy_may_name_an_account_that_only_has_a_root_user() {
    let office = Office::empty();
    let params = [("RoleName", "r"), ("AssumeRolePolicyDocument", TRUST)];
    office.ok("CreateRole", &params);
    let own = [("SerialNumber", DEVICE), ("TokenCode", "123456")];
    let refused = sts(&office.sandbox, &Key::alice(), "GetSessionToken", &own).outcome();
    assert!(
        refused.starts_with("403 AccessDenied: MultiFactor"),
        "{refused}"
    );
}
