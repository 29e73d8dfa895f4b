//! The console's sign-in for programs refuses what it should.

use std::time::Duration;

use data_encoding::{BASE64, BASE64URL_NOPAD};
use keyward_sandbox::{Approval, Sandbox};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use crate::client::{Answer, exchange, form, get, start};

const SAME_DEVICE: &str = "arn:aws:signin:::devtools/same-device";
const CROSS_DEVICE: &str = "arn:aws:signin:::devtools/cross-device";
const REDIRECT: &str = "http://127.0.0.1:4321/oauth/callback";
/// The verifier and the challenge of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
/// 2026-11-21T09:00:00Z, the time of the clock.
const NOW: i64 = 1_795_251_600;

/// A key that proofs are made with.
struct Signer(EcdsaKeyPair);

impl Signer {
    fn new() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let made = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        Self(EcdsaKeyPair::from_pkcs8(algorithm, made.as_ref(), &random).unwrap())
    }

    fn header(&self) -> Value {
        let (x, y) = self.0.public_key().as_ref()[1..].split_at(32);
        json!({ "typ": "dpop+jwt", "alg": "ES256", "jwk": {
            "kty": "EC", "crv": "P-256",
            "x": BASE64URL_NOPAD.encode(x), "y": BASE64URL_NOPAD.encode(y),
        }})
    }

    fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(header), part(claims));
        let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes());
        let signature = BASE64URL_NOPAD.encode(signature.unwrap().as_ref());
        format!("{signed}.{signature}")
    }

    /// A proof that holds.
    fn proof(&self, sandbox: &Sandbox, id: &str) -> String {
        self.sign(&self.header(), &claims(sandbox, id))
    }
}

fn claims(sandbox: &Sandbox, id: &str) -> Value {
    json!({
        "htm": "POST", "htu": format!("{}/v1/token", sandbox.url()),
        "iat": sandbox.clock().now().as_second(), "jti": id,
    })
}

fn post(sandbox: &Sandbox, body: &Value, proof: &str) -> Answer {
    let body = body.to_string();
    let request = format!(
        "POST /v1/token HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\ndpop: {proof}\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        sandbox.port(),
        body.len()
    );
    exchange(sandbox.port(), &request).unwrap()
}

fn said(answer: &Answer) -> String {
    match answer.status {
        200 => "ok".to_owned(),
        status => {
            let body: Value = serde_json::from_str(&answer.body).unwrap();
            format!("{status} {}", body["error"].as_str().unwrap())
        }
    }
}

fn json_of(answer: &Answer) -> Value {
    assert_eq!(answer.status, 200, "{}", answer.body);
    serde_json::from_str(&answer.body).unwrap()
}

fn authorize(sandbox: &Sandbox, changed: &[(&str, &str)]) -> Answer {
    let mut query = vec![
        ("response_type", "code"),
        ("client_id", SAME_DEVICE),
        ("redirect_uri", REDIRECT),
        ("state", "s"),
        ("scope", "openid"),
        ("code_challenge_method", "SHA-256"),
        ("code_challenge", CHALLENGE),
    ];
    for (name, value) in changed {
        let at = query.iter().position(|(known, _)| known == name).unwrap();
        query[at].1 = value;
    }
    get(sandbox, &format!("/v1/authorize?{}", form(&query)))
}

/// The code in the browser's redirect.
fn code(sandbox: &Sandbox) -> String {
    let answer = authorize(sandbox, &[]);
    assert_eq!(answer.status, 302, "{}", answer.body);
    let location = answer.header("location").unwrap();
    let rest = location.strip_prefix(&format!("{REDIRECT}?code=")).unwrap();
    rest.strip_suffix("&state=s").unwrap().to_owned()
}

fn by_code(code: &str) -> Value {
    json!({
        "clientId": SAME_DEVICE, "grantType": "authorization_code", "code": code,
        "codeVerifier": VERIFIER, "redirectUri": REDIRECT,
    })
}

fn by_refresh(token: &Value) -> Value {
    json!({ "clientId": SAME_DEVICE, "grantType": "refresh_token", "refreshToken": token })
}

fn with(mut base: Value, name: &str, value: &str) -> Value {
    base[name] = json!(value);
    base
}

#[test]
fn a_browser_is_sent_only_where_its_client_may_be() {
    let sandbox = start();
    assert_eq!(authorize(&sandbox, &[]).status, 302);
    let page = format!("{}/v1/sessions/confirmation", sandbox.url());
    let carried = [("client_id", CROSS_DEVICE), ("redirect_uri", page.as_str())];
    assert_eq!(authorize(&sandbox, &carried).status, 302);
    for wrong in [
        &[("redirect_uri", "https://evil.example/oauth/callback")][..],
        &[("redirect_uri", "http://127.0.0.1/oauth/callback")],
        &[(
            "redirect_uri",
            "http://127.0.0.1:80@evil.example/oauth/callback",
        )],
        &[("redirect_uri", "http://localhost:4321/oauth/callback")],
        &[("redirect_uri", "http://127.0.0.1:4321/elsewhere")],
        &[("redirect_uri", page.as_str())],
        &[("client_id", CROSS_DEVICE)],
        &[("client_id", "arn:aws:signin:::devtools/other")],
        &[("response_type", "token")],
        &[("state", "")],
        &[("scope", "openid profile")],
        &[("code_challenge_method", "plain")],
        &[("code_challenge", "short")],
    ] {
        let answer = authorize(&sandbox, wrong);
        assert_eq!(said(&answer), "400 INVALID_REQUEST", "{wrong:?}");
        assert_eq!(answer.header("location"), None);
    }
}

#[test]
fn a_code_is_good_once_for_whoever_asked_for_it() {
    let sandbox = start();
    let signer = Signer::new();
    let mut count = 0;
    let mut ask = |body: &Value| {
        count += 1;
        post(&sandbox, body, &signer.proof(&sandbox, &format!("{count}")))
    };
    for (name, value) in [
        ("codeVerifier", &*VERIFIER.replace('d', "e")),
        ("redirectUri", "http://127.0.0.1:4322/oauth/callback"),
        ("clientId", CROSS_DEVICE),
    ] {
        let fresh = code(&sandbox);
        let wrong = with(by_code(&fresh), name, value);
        assert_eq!(said(&ask(&wrong)), "401 AUTHCODE_EXPIRED", "{name}");
        // A wrong try spends it.
        assert_eq!(said(&ask(&by_code(&fresh))), "401 AUTHCODE_EXPIRED");
    }
    let good = code(&sandbox);
    let given = json_of(&ask(&by_code(&good)));
    assert_eq!(
        (&given["expiresIn"], &given["tokenType"]),
        (&json!(900), &json!("aws_sigv4"))
    );
    let claims = given["idToken"]
        .as_str()
        .unwrap()
        .split('.')
        .nth(1)
        .unwrap();
    let claims: Value =
        serde_json::from_slice(&BASE64URL_NOPAD.decode(claims.as_bytes()).unwrap()).unwrap();
    assert_eq!(claims["sub"], "arn:aws:iam::123456789012:user/alice");
    assert_eq!(said(&ask(&by_code(&good))), "401 AUTHCODE_EXPIRED");
    let old = code(&sandbox);
    sandbox.advance(Duration::from_secs(601));
    assert_eq!(said(&ask(&by_code(&old))), "401 AUTHCODE_EXPIRED");
    assert_eq!(said(&ask(&json!({}))), "400 INVALID_REQUEST");
}

#[test]
fn refresh_tokens_rotate_and_belong_to_one_key() {
    let sandbox = start();
    let (signer, thief) = (Signer::new(), Signer::new());
    let first = post(
        &sandbox,
        &by_code(&code(&sandbox)),
        &signer.proof(&sandbox, "1"),
    );
    let first = json_of(&first);
    let token = &first["refreshToken"];
    let stolen = post(&sandbox, &by_refresh(token), &thief.proof(&sandbox, "2"));
    assert_eq!(said(&stolen), "401 TOKEN_EXPIRED");
    let other = with(by_refresh(token), "clientId", CROSS_DEVICE);
    let other = post(&sandbox, &other, &signer.proof(&sandbox, "3"));
    assert_eq!(said(&other), "401 TOKEN_EXPIRED");
    let second = json_of(&post(
        &sandbox,
        &by_refresh(token),
        &signer.proof(&sandbox, "4"),
    ));
    assert_ne!(second["refreshToken"], *token);
    assert!(second.get("idToken").is_none());
    let again = post(&sandbox, &by_refresh(token), &signer.proof(&sandbox, "5"));
    assert_eq!(said(&again), "401 TOKEN_EXPIRED");
    // Refreshing does not make the whole longer.
    sandbox.advance(Duration::from_secs(12 * 3600));
    let token = &second["refreshToken"];
    let late = post(&sandbox, &by_refresh(token), &signer.proof(&sandbox, "6"));
    assert_eq!(said(&late), "401 TOKEN_EXPIRED");
}

#[test]
fn a_proof_is_of_this_request_now_and_used_once() {
    let sandbox = start();
    let signer = Signer::new();
    assert_eq!(sandbox.clock().now().as_second(), NOW);
    let body = |sandbox: &Sandbox| by_code(&code(sandbox));
    let changed = |name: &str, value: Value| {
        let mut claims = claims(&sandbox, "x");
        claims[name] = value;
        signer.sign(&signer.header(), &claims)
    };
    let headed = |change: fn(&mut Value)| {
        let mut header = signer.header();
        change(&mut header);
        signer.sign(&header, &claims(&sandbox, "x"))
    };
    let foreign = Signer::new();
    let good = signer.proof(&sandbox, "x");
    let (signed, _) = good.rsplit_once('.').unwrap();
    for (what, proof) in [
        ("none", String::new()),
        ("no token", "a.b".to_owned()),
        ("unsigned", format!("{signed}.")),
        ("another signature", format!("{signed}.{}", "A".repeat(86))),
        (
            "another key",
            foreign.sign(&signer.header(), &claims(&sandbox, "x")),
        ),
        ("method", changed("htm", json!("GET"))),
        (
            "address",
            changed(
                "htu",
                json!("https://us-east-1.signin.aws.amazon.com/v1/token"),
            ),
        ),
        ("too old", changed("iat", json!(NOW - 301))),
        ("too new", changed("iat", json!(NOW + 301))),
        ("no id", changed("jti", json!(""))),
        ("type", headed(|header| header["typ"] = json!("jwt"))),
        ("algorithm", headed(|header| header["alg"] = json!("none"))),
        (
            "private half",
            headed(|header| header["jwk"]["d"] = json!("x")),
        ),
    ] {
        let answer = post(&sandbox, &body(&sandbox), &proof);
        assert_eq!(said(&answer), "400 INVALID_REQUEST", "{what}");
    }
    let first = post(&sandbox, &body(&sandbox), &good);
    assert_eq!(said(&first), "ok");
    let replayed = post(&sandbox, &body(&sandbox), &good);
    assert_eq!(said(&replayed), "400 INVALID_REQUEST");
}

#[test]
fn a_code_can_be_carried_by_hand() {
    let sandbox = start();
    let page = format!("{}/v1/sessions/confirmation", sandbox.url());
    let carried = [("client_id", CROSS_DEVICE), ("redirect_uri", page.as_str())];
    let answer = authorize(&sandbox, &carried);
    let location = answer.header("location").unwrap().to_owned();
    let shown = get(&sandbox, location.strip_prefix(&sandbox.url()).unwrap());
    let text = shown.body.split("<p>").nth(1).unwrap();
    let text = text.split("</p>").next().unwrap();
    let query = String::from_utf8(BASE64.decode(text.as_bytes()).unwrap()).unwrap();
    let code = query.strip_prefix("state=s&code=").unwrap();
    let grant = with(
        with(by_code(code), "clientId", CROSS_DEVICE),
        "redirectUri",
        &page,
    );
    let signer = Signer::new();
    let given = post(&sandbox, &grant, &signer.proof(&sandbox, "1"));
    assert_eq!(said(&given), "ok");
    sandbox.with_console_sign_in(|service| service.approval = Approval::Denied);
    let answer = authorize(&sandbox, &carried);
    assert!(
        answer
            .header("location")
            .unwrap()
            .contains("error=access_denied")
    );
}

#[test]
fn the_journal_names_the_person_and_no_secret() {
    let sandbox = start();
    let signer = Signer::new();
    let code = code(&sandbox);
    let given = json_of(&post(
        &sandbox,
        &by_code(&code),
        &signer.proof(&sandbox, "1"),
    ));
    sandbox.with_accounts(|accounts| {
        let account = accounts.account_mut(&"123456789012".parse().unwrap());
        account.unwrap().users.remove(&"alice".parse().unwrap());
    });
    let token = &given["refreshToken"];
    let gone = post(&sandbox, &by_refresh(token), &signer.proof(&sandbox, "2"));
    assert_eq!(said(&gone), "403 USER_CREDENTIALS_CHANGED");
    let journal = sandbox.journal();
    let told: Vec<_> = journal
        .iter()
        .map(|entry| {
            (
                entry.service.as_str(),
                entry.action.as_str(),
                entry.outcome.as_str(),
            )
        })
        .collect();
    assert_eq!(
        told,
        [
            ("signin", "Authorize", "OK"),
            ("signin", "CreateOAuth2Token", "OK"),
            ("signin", "CreateOAuth2Token", "USER_CREDENTIALS_CHANGED"),
        ]
    );
    let entry = &journal[1];
    assert_eq!(entry.param("grantType"), Some("authorization_code"));
    assert_eq!(
        entry.principal.as_deref(),
        Some("arn:aws:iam::123456789012:user/alice")
    );
    let text = format!("{journal:?}");
    for secret in [&*code, VERIFIER, token.as_str().unwrap()] {
        assert!(!text.contains(secret));
    }
}
