//! Signing in to the console with temporary credentials.

use std::time::Duration;

use keyward_sandbox::Sandbox;
use serde_json::json;

use crate::client::{
    Answer, DEPLOY, Key, PHONE, READ_ONLY, alice_mfa, assume, exchange, form, get, phone, start,
    sts,
};

fn signin_token(sandbox: &Sandbox, key: &Key, more: &[(&str, &str)]) -> Answer {
    let session = json!({
        "sessionId": key.id, "sessionKey": key.secret,
        "sessionToken": key.token.clone().unwrap_or_default(),
    })
    .to_string();
    let mut params = vec![("Action", "getSigninToken"), ("Session", session.as_str())];
    params.extend_from_slice(more);
    get(sandbox, &format!("/federation?{}", form(&params)))
}

fn token(answer: &Answer) -> String {
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    body["SigninToken"].as_str().unwrap().to_owned()
}

fn login(sandbox: &Sandbox, token: &str, destination: &str) -> Answer {
    let params = [
        ("Action", "login"),
        ("Issuer", "test"),
        ("Destination", destination),
        ("SigninToken", token),
    ];
    get(sandbox, &format!("/federation?{}", form(&params)))
}

/// A role's session taken directly, not chained.
fn direct_role(sandbox: &Sandbox) -> Key {
    let code = sandbox.fresh_code(&phone()).unwrap();
    let params = [("SerialNumber", PHONE), ("TokenCode", code.expose())];
    assume(sandbox, &Key::alice(), READ_ONLY, &params)
        .ok()
        .key()
}

#[test]
fn a_role_signs_in_once_within_a_quarter_of_an_hour() {
    let sandbox = start();
    let role = direct_role(&sandbox);
    let console = "https://eu-central-1.console.aws.amazon.com/";
    let first = token(&signin_token(&sandbox, &role, &[]));
    let answer = login(&sandbox, &first, console);
    assert_eq!(
        (answer.status, answer.header("location")),
        (302, Some(console))
    );
    assert_eq!(login(&sandbox, &first, console).status, 400);
    let late = token(&signin_token(&sandbox, &role, &[]));
    sandbox.advance(Duration::from_secs(15 * 60));
    assert_eq!(login(&sandbox, &late, console).status, 400);
    assert_eq!(login(&sandbox, "none", console).status, 400);
    let other = token(&signin_token(&sandbox, &role, &[]));
    assert_eq!(login(&sandbox, &other, "https://evil.example/").status, 400);
    let journal = sandbox.journal();
    let last = journal.last().unwrap();
    assert_eq!(
        (last.service.as_str(), last.param("SigninToken")),
        ("signin", Some("***"))
    );
}

#[test]
fn the_console_page_says_who_is_signed_in() {
    let sandbox = start();
    let role = direct_role(&sandbox);
    let console = format!("{}/console", sandbox.url());
    let token = token(&signin_token(
        &sandbox,
        &role,
        &[("SessionDuration", "43200")],
    ));
    let answer = login(&sandbox, &token, &console);
    let cookie = answer
        .header("set-cookie")
        .unwrap()
        .split(';')
        .next()
        .unwrap();
    let page = |cookie: &str| {
        let request = format!(
            "GET /console HTTP/1.1\r\nhost: 127.0.0.1\r\ncookie: a=b; {cookie}\r\nconnection: close\r\n\r\n"
        );
        exchange(sandbox.port(), &request).unwrap()
    };
    let seen = page(cookie).body;
    assert!(
        seen.contains("signed in as arn:aws:sts::123456789012:assumed-role/ReadOnly/test until"),
        "{seen}"
    );
    assert_eq!(page("practice-console=else").status, 401);
    sandbox.advance(Duration::from_secs(43_200));
    assert_eq!(page(cookie).status, 401);
}

#[test]
fn only_roles_and_federated_users_sign_in() {
    let sandbox = start();
    let user = alice_mfa(&sandbox);
    assert_eq!(signin_token(&sandbox, &user, &[]).status, 400);
    assert_eq!(signin_token(&sandbox, &Key::alice(), &[]).status, 400);
    let role = assume(&sandbox, &user, READ_ONLY, &[]).ok().key();
    let check = |key: &Key, more: &[(&str, &str)], status: u16| {
        let answer = signin_token(&sandbox, key, more);
        assert_eq!(answer.status, status, "{}", answer.body);
    };
    check(&role, &[], 200);
    check(
        &Key {
            secret: "wrong".into(),
            ..role.clone()
        },
        &[],
        400,
    );
    check(
        &Key {
            token: Some("wrong".into()),
            ..role.clone()
        },
        &[],
        400,
    );
    // A chained role accepts no duration.
    check(&role, &[("SessionDuration", "900")], 400);
    check(&role, &[("SessionDuration", "3600")], 400);
    check(&direct_role(&sandbox), &[("SessionDuration", "43200")], 200);
    check(&direct_role(&sandbox), &[("SessionDuration", "43201")], 400);
    check(&direct_role(&sandbox), &[("SessionDuration", "899")], 400);
    let chained = assume(&sandbox, &role, DEPLOY, &[]).ok().key();
    check(&chained, &[], 200);
    sandbox.advance(Duration::from_secs(3600));
    check(&role, &[], 400);
    assert_eq!(get(&sandbox, "/federation").status, 400);
}

#[test]
fn a_federated_user_signs_in_for_the_life_of_the_credentials() {
    let sandbox = start();
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
    let key = sts(
        &sandbox,
        &Key::bob(),
        "GetFederationToken",
        &[("Name", "guest")],
    )
    .ok()
    .key();
    assert_eq!(signin_token(&sandbox, &key, &[]).status, 200);
    assert_eq!(
        signin_token(&sandbox, &key, &[("SessionDuration", "900")]).status,
        400
    );
}
