//! The state file: what comes back, and what is refused where.

use std::error::Error;

use crate::state::Accounts;

#[test]
fn what_is_written_is_read_back() {
    let written = Accounts::practice().to_json();
    let again = Accounts::from_json(&written).unwrap().to_json();
    assert_eq!(written, again);
    assert!(written.contains("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"));
}

#[test]
fn everything_that_an_account_can_hold_comes_back() {
    let json = r#"{"version":1,"accounts":[{"id":"123456789012",
        "oidc_providers":[{"issuer":"token.example.com","audiences":["a"],"tags":{"k":"v"}}],
        "instance_profiles":[{"name":"web","role":"Web"}],
        "roles":[{"name":"Web","trust":{"Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",
            "Principal":{"Service":"ec2.amazonaws.com"}}]}}],
        "root":{"password_last_used":"2026-02-01T00:00:00Z"},
        "mfa_devices":[{"serial":"arn:aws:iam::123456789012:mfa/root","root":true,
            "seed":"GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ","tags":{"k":"v"}}],
        "users":[{"name":"a","password":"Practice!Alice1",
            "password_changed":"2026-03-01T00:00:00Z","password_last_used":"2026-04-01T00:00:00Z",
            "ssh_keys":[{"id":"APKA1","body":"ssh-rsa AAAA","status":"Inactive"}],
            "signing_certificates":[{"id":"C1","body":"pem"}],
            "service_credentials":[{"id":"ACCA1","service":"codecommit.amazonaws.com",
                "user_name":"a-at-123456789012","expires":"2027-01-01T00:00:00Z"}],
            "access_keys":[{"id":"AKIAIOSFODNN7EXAMPLE","secret":"s","last_used":
                {"at":"2026-05-01T00:00:00Z","service":"s3","region":"eu-west-1"}}]}]}]}"#;
    let written = Accounts::from_json(json).unwrap().to_json();
    assert_eq!(written, Accounts::from_json(&written).unwrap().to_json());
    for part in [
        "token.example.com",
        "instance_profiles",
        "2026-02-01",
        "\"root\": true",
        "2026-03-01",
        "2026-04-01",
        "APKA1",
        "Inactive",
        "C1",
        "ACCA1",
        "2027-01-01",
        "2026-05-01",
    ] {
        assert!(written.contains(part), "{part} is lost");
    }
    let unheld = json.replace(r#""role":"Web""#, r#""role":"Else""#);
    assert_eq!(
        Accounts::from_json(&unheld).unwrap_err().to_string(),
        "accounts[0].instance_profiles[0].role: there is no role `Else`"
    );
}

#[test]
fn mistakes_name_their_place() {
    let check = |accounts: &str, expect: &str| {
        let json = format!(r#"{{"version":1,"accounts":[{accounts}]}}"#);
        let error = Accounts::from_json(&json).unwrap_err();
        let source = error
            .source()
            .map(|source| format!(": {source}"))
            .unwrap_or_default();
        let text = format!("{error}{source}");
        assert!(text.contains(expect), "{text:?} lacks {expect:?}");
    };
    check(r#"{"id":"1"}"#, "accounts[0].id: `1` is not an account id");
    check(r#"{"id":"123456789012","typo":1}"#, "unknown field `typo`");
    check(
        r#"{"id":"123456789012"},{"id":"123456789012"}"#,
        "accounts[1]: `123456789012` is there twice",
    );
    let users = |users: &str| format!(r#"{{"id":"123456789012","users":[{users}]}}"#);
    check(
        &users(r#"{"name":"a b"}"#),
        "accounts[0].users[0].name: `a b` is not a user name",
    );
    check(
        &users(r#"{"name":"alice"},{"name":"Alice"}"#),
        "accounts[0].users[1]: `Alice` is there twice",
    );
    check(
        &users(r#"{"name":"a","groups":["g"]}"#),
        "there is no group `g`",
    );
    check(
        &users(r#"{"name":"a","attached_policies":["arn:aws:iam::aws:policy/Unknown"]}"#),
        "there is no managed policy `arn:aws:iam::aws:policy/Unknown`",
    );
    check(
        &users(r#"{"name":"a","policies":{"p":{"Statement":[{"Effect":"Maybe"}]}}}"#),
        "accounts[0].users[0].policies.p: the policy is not valid: the policy has 2 problems\n- `Statement[0].Effect`",
    );
    let key = r#"{"id":"AKIAIOSFODNN7EXAMPLE","secret":"s"}"#;
    check(
        &users(&format!(
            r#"{{"name":"a","access_keys":[{key}]}},{{"name":"b","access_keys":[{key}]}}"#
        )),
        "user b: `AKIAIOSFODNN7EXAMPLE` is there twice",
    );
    check(
        r#"{"id":"123456789012","mfa_devices":[{"serial":"arn:aws:iam::123456789012:mfa/a","seed":"AAAA"}]}"#,
        "accounts[0].mfa_devices[0].seed: a seed is base32 text of at least 16 bytes",
    );
}

#[test]
fn other_versions_are_refused() {
    let error = Accounts::from_json(r#"{"version":2,"accounts":[]}"#).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the state file has version `2`, and only version `1` can be read"
    );
}

#[test]
fn versions_and_quotas_come_back() {
    let document = r#"{"Version":"2012-10-17","Statement":[
        {"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    let json = format!(
        r#"{{"version":1,"accounts":[{{"id":"123456789012","quotas":{{"roles":7}},
        "managed_policies":[{{"name":"p","path":"/x/","description":"d","tags":{{"k":"v"}},
        "default_version":"v2","document":{document},
        "versions":{{"v2":{{"document":{document}}},"v10":{{"document":{document}}}}}}}]}}]}}"#
    );
    let accounts = Accounts::from_json(&json).unwrap();
    let account = accounts.account(&"123456789012".parse().unwrap()).unwrap();
    assert_eq!((account.quotas.roles, account.quotas.users), (7, 5000));
    let policy = &account.policies["arn:aws:iam::123456789012:policy/x/p"];
    let numbers: Vec<u32> = policy.versions().map(|(number, _)| number).collect();
    assert_eq!((policy.default_number(), numbers), (2, vec![2, 10]));
    let written = accounts.to_json();
    assert_eq!(written, Accounts::from_json(&written).unwrap().to_json());
    let lost = json.replace(r#""default_version":"v2""#, r#""default_version":"v3""#);
    let error = Accounts::from_json(&lost).unwrap_err().to_string();
    assert_eq!(
        error,
        "accounts[0].managed_policies[0].default_version: there is no version `v3`"
    );
}
