//! GetCallerIdentity, session tokens and federation tokens.

use std::time::Duration;

use keyward_sandbox::Sandbox;

use crate::client::{
    ADMINISTRATOR, ALICE, Key, PHONE, READ_ONLY, WRONG_CODE, WRONG_DEVICE, alice_mfa, assume,
    phone, start, sts,
};

#[test]
fn a_key_is_told_whose_it_is() {
    let sandbox = start();
    let answer = sts(&sandbox, &Key::alice(), "GetCallerIdentity", &[]).ok();
    assert_eq!(
        answer.text("Arn").unwrap(),
        "arn:aws:iam::123456789012:user/alice"
    );
    assert_eq!(answer.text("Account").unwrap(), "123456789012");
    assert!(answer.text("UserId").unwrap().starts_with("AIDA"));
    assert_eq!(answer.header("content-type").unwrap(), "text/xml");
    let id = answer.text("RequestId").unwrap();
    assert_eq!(answer.header("x-amzn-requestid"), Some(id.as_str()));
}

#[test]
fn a_session_token_is_the_user_for_its_time() {
    let sandbox = start();
    let answer = sts(
        &sandbox,
        &Key::alice(),
        "GetSessionToken",
        &[("DurationSeconds", "900")],
    );
    let key = answer.ok().key();
    assert!(key.id.starts_with("ASIA"));
    let identity = sts(&sandbox, &key, "GetCallerIdentity", &[]).ok();
    assert_eq!(
        identity.text("Arn").unwrap(),
        "arn:aws:iam::123456789012:user/alice"
    );
    sandbox.advance(Duration::from_secs(899));
    sts(&sandbox, &key, "GetCallerIdentity", &[]).is("OK");
    sandbox.advance(Duration::from_secs(1));
    sts(&sandbox, &key, "GetCallerIdentity", &[])
        .is("403 ExpiredToken: The security token included in the request is expired");
}

#[test]
fn session_tokens_last_twelve_hours_unless_asked_otherwise() {
    let sandbox = start();
    let check = |seconds: Option<&str>, expect: &str| {
        let params: Vec<_> = seconds
            .map(|s| ("DurationSeconds", s))
            .into_iter()
            .collect();
        let answer = sts(&sandbox, &Key::alice(), "GetSessionToken", &params);
        let got = answer
            .text("Expiration")
            .unwrap_or_else(|| answer.outcome());
        assert_eq!(got, expect, "{seconds:?}");
    };
    check(None, "2026-11-21T21:00:00Z");
    check(Some("900"), "2026-11-21T09:15:00Z");
    check(Some("129600"), "2026-11-22T21:00:00Z");
    check(
        Some("899"),
        "400 ValidationError: 1 validation error detected: Value '899' at 'durationSeconds' \
         failed to satisfy constraint: Member must have value greater than or equal to 900",
    );
    check(
        Some("129601"),
        "400 ValidationError: 1 validation error detected: Value '129601' at 'durationSeconds' \
         failed to satisfy constraint: Member must have value less than or equal to 129600",
    );
}

#[test]
fn a_code_works_once_and_only_on_its_own_device() {
    let sandbox = start();
    let with = |key: &Key, serial: &str, code: &str| {
        let params = [("SerialNumber", serial), ("TokenCode", code)];
        sts(&sandbox, key, "GetSessionToken", &params).outcome()
    };
    let code = sandbox.code(&phone()).unwrap();
    let wrong = if code.expose() == "000000" {
        "000001"
    } else {
        "000000"
    };
    assert_eq!(with(&Key::alice(), PHONE, wrong), WRONG_CODE);
    assert_eq!(with(&Key::bob(), PHONE, code.expose()), WRONG_DEVICE);
    let unknown = "arn:aws:iam::123456789012:mfa/nobody";
    assert_eq!(with(&Key::alice(), unknown, code.expose()), WRONG_DEVICE);
    assert_eq!(with(&Key::alice(), PHONE, code.expose()), "OK");
    assert_eq!(with(&Key::alice(), PHONE, code.expose()), WRONG_CODE);
    // The next window's code is taken early, and everything before it is spent with it.
    sandbox.advance(Duration::from_secs(30));
    let early = sandbox.next_code(&phone()).unwrap();
    let now = sandbox.code(&phone()).unwrap();
    assert_eq!(with(&Key::alice(), PHONE, early.expose()), "OK");
    assert_eq!(with(&Key::alice(), PHONE, now.expose()), WRONG_CODE);
    let fresh = sandbox.fresh_code(&phone()).unwrap();
    assert_eq!(with(&Key::alice(), PHONE, fresh.expose()), "OK");
}

#[test]
fn half_of_a_code_is_refused() {
    let sandbox = start();
    let check = |params: &[(&str, &str)], expect: &str| {
        sts(&sandbox, &Key::alice(), "GetSessionToken", params).is(expect);
    };
    let half = "403 AccessDenied: MultiFactorAuthentication failed, must provide both MFA serial \
         number and one time pass code.";
    check(&[("TokenCode", "123456")], half);
    check(&[("SerialNumber", PHONE)], half);
    check(
        &[("SerialNumber", PHONE), ("TokenCode", "12345")],
        "400 ValidationError: 1 validation error detected: Value '***' at 'tokenCode' failed to \
         satisfy constraint: Member must satisfy regular expression pattern: [\\d]{6}",
    );
}

#[test]
fn sessions_do_not_make_sessions() {
    let sandbox = start();
    let session = alice_mfa(&sandbox);
    sts(&sandbox, &session, "GetSessionToken", &[])
        .is("403 AccessDenied: Cannot call GetSessionToken with session credentials");
    sts(
        &sandbox,
        &session,
        "GetFederationToken",
        &[("Name", "alice")],
    )
    .is("403 AccessDenied: Cannot call GetFederationToken with session credentials");
}

#[test]
fn federation_tokens_do_what_their_policy_says_and_no_iam() {
    let sandbox = start();
    let params = [("Name", "visitor")];
    // The guard blocks the call for good, because it cannot carry a code.
    let outcome = sts(&sandbox, &Key::alice(), "GetFederationToken", &params).outcome();
    assert!(
        outcome.contains("with an explicit deny in an identity-based policy"),
        "{outcome}"
    );
    free_bob(&sandbox);
    let answer = sts(&sandbox, &Key::bob(), "GetFederationToken", &params).ok();
    let arn = "arn:aws:sts::123456789012:federated-user/visitor";
    assert_eq!(answer.text("Arn").unwrap(), arn);
    assert_eq!(
        answer.text("FederatedUserId").unwrap(),
        "123456789012:visitor"
    );
    let identity = sts(&sandbox, &answer.key(), "GetCallerIdentity", &[]).ok();
    assert_eq!(identity.text("Arn").unwrap(), arn);
    assume(&sandbox, &answer.key(), READ_ONLY, &[]).is(&format!(
        "403 AccessDenied: User: {arn} is not authorized to perform: sts:AssumeRole on resource: \
         {READ_ONLY}"
    ));
    let outcome = sts(
        &sandbox,
        &Key::bob(),
        "GetFederationToken",
        &[("Name", "a b")],
    )
    .outcome();
    assert!(outcome.starts_with("400 ValidationError"), "{outcome}");
}

/// Removes bob from the guarded group and lets him do everything.
fn free_bob(sandbox: &Sandbox) {
    sandbox.with_accounts(|accounts| {
        let account = accounts
            .account_mut(&"123456789012".parse().unwrap())
            .unwrap();
        let bob = account.users.get_mut(&"bob".parse().unwrap()).unwrap();
        bob.groups.clear();
        bob.grants
            .attached
            .push("arn:aws:iam::aws:policy/AdministratorAccess".into());
    });
}

#[test]
fn a_key_tells_its_account() {
    let sandbox = start();
    let session = alice_mfa(&sandbox);
    let role = assume(&sandbox, &session, ADMINISTRATOR, &[]).ok().key();
    let answer = sts(
        &sandbox,
        &role,
        "GetAccessKeyInfo",
        &[("AccessKeyId", ALICE)],
    )
    .ok();
    assert_eq!(answer.text("Account").unwrap(), "123456789012");
    let outcome = sts(
        &sandbox,
        &session,
        "GetAccessKeyInfo",
        &[("AccessKeyId", ALICE)],
    )
    .outcome();
    assert!(
        outcome
            .ends_with("because no identity-based policy allows the sts:GetAccessKeyInfo action")
    );
}
