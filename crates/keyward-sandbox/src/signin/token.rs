//! Codes and the tokens that they are exchanged for. Each works once: a code is spent by the first request
//! that names it, a refresh token by its use, a proof by its presentation.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use keyward_core::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::proof::{self, Proof};
use super::refusal::Refusal;
use super::{Answer, ConsoleSignIn};
use crate::inbound::Inbound;
use crate::journal::Entry;
use crate::random;
use crate::reply::Reply;
use crate::state::{Accounts, Mfa, Principal, Session, Sessions};

/// The time in which a code can be exchanged.
const CODE_LIFE: Duration = Duration::from_secs(600);

/// A code that was sent to a browser.
#[derive(Debug, Clone)]
pub(super) struct Code {
    client: String,
    redirect_uri: String,
    challenge: String,
    made: Timestamp,
}

impl Code {
    pub(super) fn new(client: &str, redirect_uri: &str, challenge: &str, now: Timestamp) -> Self {
        Self {
            client: client.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            challenge: challenge.to_owned(),
            made: now,
        }
    }
}

/// The sign-in behind a refresh token.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    client: String,
    /// The thumbprint of the key that it is bound to.
    key: String,
    signed_in: Timestamp,
    ends: Timestamp,
}

pub(super) fn create(
    service: &mut ConsoleSignIn,
    accounts: &Accounts,
    sessions: &mut Sessions,
    request: &Inbound,
    entry: &mut Entry,
    now: Timestamp,
) -> Answer {
    let body: Value = serde_json::from_slice(&request.body)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| Refusal::request("The request is not valid JSON"))?;
    for name in ["clientId", "grantType"] {
        let value = text(&body, name).unwrap_or_default();
        entry.params.push((name.to_owned(), value.to_owned()));
    }
    let proof = proof::of(request, now)?;
    if !service.proofs.insert(proof.id.clone()) {
        return Err(Refusal::request("The DPoP proof was used before"));
    }
    let (grant, first) = match text(&body, "grantType") {
        Some("authorization_code") => (by_code(service, &body, proof, now)?, true),
        Some("refresh_token") => (by_refresh(service, &body, &proof, now)?, false),
        _ => return Err(Refusal::request("grantType is not supported")),
    };
    let known = accounts
        .account(&service.account)
        .is_some_and(|account| account.users.contains_key(&service.user));
    if !known {
        return Err(Refusal::person("The person can no longer sign in"));
    }
    entry.principal = Some(service.session());
    entry.has_mfa = true;
    let session = session(service, &grant, now);
    entry.access_key_id = Some(session.access_key_id.to_string());
    let answer = issue(service, grant, &session, first, now);
    sessions.insert(session);
    Ok(Reply::json(200, now, &answer))
}

fn text<'b>(body: &'b Value, name: &str) -> Option<&'b str> {
    body.get(name).and_then(Value::as_str)
}

fn by_code(
    service: &mut ConsoleSignIn,
    body: &Value,
    proof: Proof,
    now: Timestamp,
) -> Result<Grant, Refusal> {
    let refused = || Refusal::code("The code is not valid, was used, or belongs to another");
    // Removed in any case: a code works once.
    let code = text(body, "code")
        .and_then(|code| service.codes.remove(code))
        .filter(|code| code.made.after(CODE_LIFE) > now)
        .ok_or_else(refused)?;
    let digest = |verifier: &str| BASE64URL_NOPAD.encode(&Sha256::digest(verifier.as_bytes()));
    let proven = text(body, "codeVerifier").is_some_and(|v| digest(v) == code.challenge);
    let same = text(body, "redirectUri") == Some(code.redirect_uri.as_str())
        && text(body, "clientId") == Some(code.client.as_str());
    if !proven || !same {
        return Err(refused());
    }
    Ok(Grant {
        client: code.client,
        key: proof.key,
        signed_in: code.made,
        ends: now.after(service.session_life),
    })
}

fn by_refresh(
    service: &mut ConsoleSignIn,
    body: &Value,
    proof: &Proof,
    now: Timestamp,
) -> Result<Grant, Refusal> {
    let refused = || Refusal::token("The refresh token is not valid");
    let token = text(body, "refreshToken").ok_or_else(refused)?;
    let known = service.refreshes.get(token).ok_or_else(refused)?;
    let own = text(body, "clientId") == Some(known.client.as_str()) && known.key == proof.key;
    if !own || known.ends <= now {
        return Err(refused());
    }
    service.refreshes.remove(token).ok_or_else(refused)
}

/// Makes the person's session: the user's own rights, the phone included.
fn session(service: &ConsoleSignIn, grant: &Grant, now: Timestamp) -> Session {
    Session {
        access_key_id: random::access_key_id("ASIA"),
        secret: random::secret_access_key(),
        token: random::session_token(),
        account: service.account.clone(),
        issued: now,
        expires: now.after(service.credentials_life),
        principal: Principal::User {
            name: service.user.clone(),
            mfa: Mfa::At(grant.signed_in),
        },
    }
}

fn issue(
    service: &mut ConsoleSignIn,
    grant: Grant,
    session: &Session,
    first: bool,
    now: Timestamp,
) -> Value {
    let refresh = random::url_token();
    // Exposed because handing them out is what this answer is for.
    let mut answer = json!({
        "accessToken": {
            "accessKeyId": session.access_key_id.as_str(),
            "secretAccessKey": session.secret.expose(),
            "sessionToken": session.token.expose(),
        },
        "tokenType": "aws_sigv4",
        "expiresIn": service.credentials_life.as_secs(),
        "refreshToken": refresh,
    });
    if first {
        answer["idToken"] = json!(id_token(service, now));
    }
    service.refreshes.insert(refresh, grant);
    answer
}

/// A token that names the user. Clients do not check its signature, because it comes straight from here.
fn id_token(service: &ConsoleSignIn, now: Timestamp) -> String {
    let part = |value: Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let header = part(json!({ "typ": "JWT", "alg": "ES384" }));
    let claims = part(json!({
        "iss": "practice", "sub": service.session(), "iat": now.as_second(),
        "exp": now.after(service.credentials_life).as_second(),
    }));
    format!(
        "{header}.{claims}.{}",
        BASE64URL_NOPAD.encode(&random::bytes::<96>())
    )
}
