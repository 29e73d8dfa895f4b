//! Access keys: the guard, the quota of two, and keys that stop working.

use std::time::Duration;

use keyward_sandbox::{Effect, Fault};

use crate::client::{ALICE, BOB, INVALID_TOKEN, Key, administrator, alice_mfa, iam, start, sts};

#[test]
fn iam_is_closed_to_sessions_without_a_code() {
    let sandbox = start();
    let plain = sts(&sandbox, &Key::alice(), "GetSessionToken", &[])
        .ok()
        .key();
    iam(&sandbox, &plain, "GetUser", &[]).is(INVALID_TOKEN);
    iam(&sandbox, &plain, "ListAccessKeys", &[]).is(INVALID_TOKEN);
    iam(&sandbox, &Key::alice(), "GetUser", &[]).is("OK");
    iam(&sandbox, &alice_mfa(&sandbox), "ListAccessKeys", &[]).is("OK");
}

#[test]
fn the_guard_leaves_a_stolen_key_nothing() {
    let sandbox = start();
    let check = |action: &str, params: &[(&str, &str)], resource: &str| {
        iam(&sandbox, &Key::alice(), action, params).is(&format!(
            "403 AccessDenied: User: arn:aws:iam::123456789012:user/alice is not authorized to \
             perform: iam:{action} on resource: {resource} with an explicit deny in an \
             identity-based policy"
        ));
    };
    let alice = "arn:aws:iam::123456789012:user/alice";
    check("CreateAccessKey", &[], alice);
    check("ListAccessKeys", &[], alice);
    check(
        "GetUser",
        &[("UserName", "bob")],
        "arn:aws:iam::123456789012:user/bob",
    );
    check("ListUsers", &[], "arn:aws:iam::123456789012:user/");
    check("GetAccountSummary", &[], "*");
    check(
        "GetRole",
        &[("RoleName", "ReadOnly")],
        "arn:aws:iam::123456789012:role/ReadOnly",
    );
}

#[test]
fn what_no_policy_allows_is_refused_with_the_reason() {
    let sandbox = start();
    let session = alice_mfa(&sandbox);
    iam(
        &sandbox,
        &session,
        "CreateAccessKey",
        &[("UserName", "bob")],
    )
    .is(
        "403 AccessDenied: User: arn:aws:iam::123456789012:user/alice is not authorized to \
         perform: iam:CreateAccessKey on resource: arn:aws:iam::123456789012:user/bob because no \
         identity-based policy allows the iam:CreateAccessKey action",
    );
}

#[test]
fn a_key_is_replaced_step_by_step() {
    let sandbox = start();
    let session = alice_mfa(&sandbox);
    let new = iam(&sandbox, &session, "CreateAccessKey", &[]).ok().key();
    assert!(new.id.starts_with("AKIA") && new.secret.len() == 40 && new.token.is_none());
    iam(&sandbox, &session, "CreateAccessKey", &[])
        .is("409 LimitExceeded: Cannot exceed quota for AccessKeysPerUser: 2");
    sts(&sandbox, &new, "GetCallerIdentity", &[]).is("OK");
    let off = [("AccessKeyId", ALICE), ("Status", "Inactive")];
    iam(&sandbox, &session, "UpdateAccessKey", &off).is("OK");
    sts(&sandbox, &Key::alice(), "GetCallerIdentity", &[]).is(INVALID_TOKEN);
    // A session made with the old key lives on.
    sts(&sandbox, &session, "GetCallerIdentity", &[]).is("OK");
    let listed = iam(&sandbox, &session, "ListAccessKeys", &[]).ok().body;
    assert!(
        listed.contains("<Status>Inactive</Status>") && listed.contains(&new.id),
        "{listed}"
    );
    iam(
        &sandbox,
        &session,
        "UpdateAccessKey",
        &[("AccessKeyId", ALICE), ("Status", "Active")],
    )
    .is("OK");
    sts(&sandbox, &Key::alice(), "GetCallerIdentity", &[]).is("OK");
    iam(
        &sandbox,
        &session,
        "DeleteAccessKey",
        &[("AccessKeyId", ALICE)],
    )
    .is("OK");
    sts(&sandbox, &Key::alice(), "GetCallerIdentity", &[]).is(INVALID_TOKEN);
    iam(
        &sandbox,
        &session,
        "DeleteAccessKey",
        &[("AccessKeyId", ALICE)],
    )
    .is("404 NoSuchEntity: The Access Key with id AKIAIOSFODNN7EXAMPLE cannot be found.");
}

#[test]
fn a_new_key_can_take_its_time_to_be_known() {
    let sandbox = start();
    let session = alice_mfa(&sandbox);
    sandbox.inject(Fault::on(
        "CreateAccessKey",
        Effect::HideNewKey(Duration::from_secs(10)),
    ));
    let new = iam(&sandbox, &session, "CreateAccessKey", &[]).ok().key();
    sts(&sandbox, &new, "GetCallerIdentity", &[]).is(INVALID_TOKEN);
    sts(&sandbox, &Key::alice(), "GetCallerIdentity", &[]).is("OK");
    sandbox.advance(Duration::from_secs(10));
    sts(&sandbox, &new, "GetCallerIdentity", &[]).is("OK");
}

#[test]
fn the_last_use_of_a_key_is_known() {
    let sandbox = start();
    let admin = administrator(&sandbox);
    let used = |id: &str| {
        iam(
            &sandbox,
            &admin,
            "GetAccessKeyLastUsed",
            &[("AccessKeyId", id)],
        )
    };
    let alice = used(ALICE).ok();
    assert_eq!(alice.text("UserName").unwrap(), "alice");
    assert_eq!(alice.text("LastUsedDate").unwrap(), "2026-11-21T09:00:00Z");
    assert_eq!(alice.text("ServiceName").unwrap(), "sts");
    assert_eq!(alice.text("Region").unwrap(), "eu-central-1");
    let bob = used(BOB).ok();
    assert_eq!(bob.text("ServiceName").unwrap(), "N/A");
    assert_eq!(bob.text("LastUsedDate"), None);
    used("AKIAUNKNOWNUNKNOWN00")
        .is("404 NoSuchEntity: The Access Key with id AKIAUNKNOWNUNKNOWN00 cannot be found.");
}
