//! The Identity Center refuses what it should.

use std::time::Duration;

use keyward_sandbox::{Approval, Sandbox};
use serde_json::{Value, json};

use crate::client::{Answer, exchange, form, get, start};

const START_URL: &str = "https://practice.awsapps.com/start";
const REDIRECT: &str = "http://127.0.0.1:4321/oauth/callback";
const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// The verifier and the challenge of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

fn post(sandbox: &Sandbox, path: &str, body: &Value) -> Answer {
    let body = body.to_string();
    let request = format!(
        "POST {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        sandbox.port(),
        body.len()
    );
    exchange(sandbox.port(), &request).unwrap()
}

fn portal(sandbox: &Sandbox, path: &str, token: &str) -> Answer {
    let request = format!(
        "GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n\
         x-amz-sso_bearer_token: {token}\r\n\r\n",
        sandbox.port()
    );
    exchange(sandbox.port(), &request).unwrap()
}

fn json_of(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

/// The exception that an answer names.
fn refusal(answer: &Answer) -> &str {
    answer.header("x-amzn-errortype").unwrap_or("none")
}

fn registration(grants: &[&str]) -> Value {
    json!({
        "clientName": "test", "clientType": "public", "scopes": ["sso:account:access"],
        "grantTypes": grants, "redirectUris": ["http://127.0.0.1/oauth/callback"],
        "issuerUrl": START_URL,
    })
}

/// A registered client, as the fields that each call of it repeats.
fn client(sandbox: &Sandbox, grants: &[&str]) -> Value {
    let made = json_of(&post(sandbox, "/client/register", &registration(grants)));
    json!({ "clientId": made["clientId"], "clientSecret": made["clientSecret"] })
}

fn with(base: &Value, more: Value) -> Value {
    let mut whole = base.clone();
    for (key, value) in more.as_object().unwrap() {
        whole[key] = value.clone();
    }
    whole
}

/// The code that the browser is sent back with.
fn code(sandbox: &Sandbox, client: &Value) -> String {
    let answer = authorize(sandbox, client, REDIRECT);
    assert_eq!(answer.status, 302, "{}", answer.body);
    let location = answer.header("location").unwrap();
    assert!(
        location.starts_with(REDIRECT) && location.ends_with("&state=s"),
        "{location}"
    );
    let code = location.split("code=").nth(1).unwrap();
    code.split('&').next().unwrap().to_owned()
}

fn authorize(sandbox: &Sandbox, client: &Value, redirect: &str) -> Answer {
    let query = form(&[
        ("response_type", "code"),
        ("client_id", client["clientId"].as_str().unwrap()),
        ("redirect_uri", redirect),
        ("state", "s"),
        ("code_challenge_method", "S256"),
        ("code_challenge", CHALLENGE),
        ("scopes", "sso:account:access"),
    ]);
    get(sandbox, &format!("/authorize?{query}"))
}

fn exchange_code(sandbox: &Sandbox, client: &Value, code: &str, more: Value) -> Answer {
    let grant = json!({
        "grantType": "authorization_code", "code": code, "codeVerifier": VERIFIER,
        "redirectUri": REDIRECT,
    });
    post(sandbox, "/token", &with(&with(client, grant), more))
}

const BROWSER: [&str; 2] = ["authorization_code", "refresh_token"];

#[test]
fn a_code_is_good_once_for_whoever_asked_for_it() {
    let sandbox = start();
    let client = client(&sandbox, &BROWSER);
    for wrong in [
        json!({ "codeVerifier": VERIFIER.replace('d', "e") }),
        json!({ "redirectUri": "http://127.0.0.1:4322/oauth/callback" }),
        json!({ "code": "another" }),
    ] {
        let code = code(&sandbox, &client);
        let answer = exchange_code(&sandbox, &client, &code, wrong.clone());
        assert_eq!(refusal(&answer), "InvalidGrantException", "{wrong}");
    }
    let good = code(&sandbox, &client);
    let _ = json_of(&exchange_code(&sandbox, &client, &good, json!({})));
    let again = exchange_code(&sandbox, &client, &good, json!({}));
    assert_eq!(refusal(&again), "InvalidGrantException");
    let late = code(&sandbox, &client);
    sandbox.advance(Duration::from_secs(600));
    let answer = exchange_code(&sandbox, &client, &late, json!({}));
    assert_eq!(refusal(&answer), "InvalidGrantException");
}

#[test]
fn a_browser_is_sent_nowhere_but_where_the_client_registered() {
    let sandbox = start();
    let client = client(&sandbox, &BROWSER);
    for elsewhere in [
        "http://127.0.0.1:1/other",
        "http://localhost/oauth/callback",
        "https://127.0.0.1/oauth/callback",
        "http://example.com/oauth/callback",
        "http://127.0.0.1:80@example.com/oauth/callback",
    ] {
        assert_eq!(
            authorize(&sandbox, &client, elsewhere).status,
            400,
            "{elsewhere}"
        );
    }
    let outward = with(
        &registration(&BROWSER),
        json!({ "redirectUris": ["https://example.com/callback"] }),
    );
    let answer = post(&sandbox, "/client/register", &outward);
    assert_eq!(refusal(&answer), "InvalidRedirectUriException");
}

#[test]
fn a_device_waits_at_the_pace_that_is_set() {
    let sandbox = start();
    let client = client(&sandbox, &[DEVICE, "refresh_token"]);
    let device = json_of(&post(
        &sandbox,
        "/device_authorization",
        &with(&client, json!({ "startUrl": START_URL })),
    ));
    assert_eq!(device["interval"], 5);
    let ask = |after: u64| {
        sandbox.advance(Duration::from_secs(after));
        let grant = json!({ "grantType": DEVICE, "deviceCode": device["deviceCode"] });
        post(&sandbox, "/token", &with(&client, grant))
    };
    assert_eq!(refusal(&ask(0)), "AuthorizationPendingException");
    assert_eq!(refusal(&ask(5)), "AuthorizationPendingException");
    assert_eq!(refusal(&ask(4)), "SlowDownException");
    // From now on ten seconds.
    assert_eq!(refusal(&ask(9)), "SlowDownException");
    assert_eq!(refusal(&ask(15)), "AuthorizationPendingException");
    let page = device["verificationUriComplete"].as_str().unwrap();
    let path = page.strip_prefix(&sandbox.url()).unwrap();
    assert_eq!(get(&sandbox, path).status, 200);
    assert_eq!(get(&sandbox, path).status, 400, "a code is approved once");
    assert!(json_of(&ask(15))["refreshToken"].is_string());
    assert_eq!(refusal(&ask(15)), "InvalidGrantException");
}

#[test]
fn a_device_that_waits_too_long_or_is_turned_down_gets_nothing() {
    let sandbox = start();
    let client = client(&sandbox, &[DEVICE]);
    let begin = || {
        let body = with(&client, json!({ "startUrl": START_URL }));
        json_of(&post(&sandbox, "/device_authorization", &body))
    };
    let ask = |device: &Value| {
        let grant = json!({ "grantType": DEVICE, "deviceCode": device["deviceCode"] });
        post(&sandbox, "/token", &with(&client, grant))
    };
    let device = begin();
    sandbox.advance(Duration::from_secs(600));
    assert_eq!(refusal(&ask(&device)), "ExpiredTokenException");
    sandbox.with_identity_center(|center| center.approval = Approval::Denied);
    let device = begin();
    let page = device["verificationUriComplete"].as_str().unwrap();
    let _ = get(&sandbox, page.strip_prefix(&sandbox.url()).unwrap());
    assert_eq!(refusal(&ask(&device)), "AccessDeniedException");
    let elsewhere = with(
        &client,
        json!({ "startUrl": "https://other.awsapps.com/start" }),
    );
    let answer = post(&sandbox, "/device_authorization", &elsewhere);
    assert_eq!(refusal(&answer), "InvalidRequestException");
}

#[test]
fn refresh_tokens_rotate_and_belong_to_one_client() {
    let sandbox = start();
    let client_a = client(&sandbox, &BROWSER);
    let client_b = client(&sandbox, &BROWSER);
    let code = code(&sandbox, &client_a);
    let first = json_of(&exchange_code(&sandbox, &client_a, &code, json!({})));
    let refresh = |client: &Value, token: &Value| {
        let grant = json!({ "grantType": "refresh_token", "refreshToken": token });
        post(&sandbox, "/token", &with(client, grant))
    };
    let token = &first["refreshToken"];
    assert_eq!(refusal(&refresh(&client_b, token)), "InvalidGrantException");
    let second = json_of(&refresh(&client_a, token));
    assert_eq!(refusal(&refresh(&client_a, token)), "InvalidGrantException");
    let stranger = with(&client_a, json!({ "clientSecret": "guessed" }));
    assert_eq!(
        refusal(&refresh(&stranger, &second["refreshToken"])),
        "InvalidClientException"
    );
    // The sign-in itself ends in time, however often it is refreshed.
    sandbox.advance(Duration::from_secs(8 * 3600));
    let answer = refresh(&client_a, &second["refreshToken"]);
    assert_eq!(refusal(&answer), "InvalidGrantException");
}

#[test]
fn the_portal_gives_what_was_assigned_to_whoever_holds_a_token() {
    let sandbox = start();
    let client = client(&sandbox, &BROWSER);
    let code = code(&sandbox, &client);
    let made = json_of(&exchange_code(&sandbox, &client, &code, json!({})));
    let token = made["accessToken"].as_str().unwrap();
    let first = json_of(&portal(
        &sandbox,
        "/assignment/accounts?max_result=1",
        token,
    ));
    assert_eq!(first["accountList"][0]["accountName"], "Practice");
    let next = first["nextToken"].as_str().unwrap();
    let second = json_of(&portal(
        &sandbox,
        &format!("/assignment/accounts?max_result=1&next_token={next}"),
        token,
    ));
    assert_eq!(second["accountList"][0]["accountId"], "111122223333");
    assert_eq!(second.get("nextToken"), None);
    let role = "/federation/credentials?account_id=123456789012&role_name=";
    let given = json_of(&portal(&sandbox, &format!("{role}ReadOnly"), token));
    let end = given["roleCredentials"]["expiration"].as_i64().unwrap();
    assert_eq!(end / 1000, sandbox.clock().now().as_second() + 3600);
    for (path, bearer, expect) in [
        (format!("{role}Nobody"), token, "ForbiddenException"),
        (
            format!("{role}ReadOnly"),
            "guessed",
            "UnauthorizedException",
        ),
    ] {
        assert_eq!(refusal(&portal(&sandbox, &path, bearer)), expect);
    }
    sandbox.advance(Duration::from_secs(3600));
    let late = portal(&sandbox, &format!("{role}ReadOnly"), token);
    assert_eq!(refusal(&late), "UnauthorizedException");
    let journal = sandbox.journal();
    assert!(
        !format!("{journal:?}").contains(token),
        "a token in the journal"
    );
}
