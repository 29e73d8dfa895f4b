//! Codes that wait, and the tokens they are exchanged for. Everything is good once: a code is
//! spent by its exchange, a refresh token by its use.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use keyward_core::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::client::{DEVICE, body, text};
use super::refusal::Refusal;
use super::{Answer, IdentityCenter};
use crate::inbound::Inbound;
use crate::journal::Entry;
use crate::random;
use crate::reply::Reply;

/// The time in which a code can be approved and exchanged.
const CODE_LIFE: Duration = Duration::from_secs(600);
/// By how much a hasty device has to slow down.
const PENALTY: Duration = Duration::from_secs(5);
/// The time in which a sign-in can be refreshed.
const SIGN_IN_LIFE: Duration = Duration::from_secs(8 * 3600);

/// A device that waits.
#[derive(Debug, Clone)]
pub(super) struct Device {
    client: String,
    ends: Timestamp,
    interval: Duration,
    last_asked: Option<Timestamp>,
    pub(super) user_code: String,
    pub(super) verdict: Option<bool>,
}

impl Device {
    pub(super) fn is_open(&self, now: Timestamp) -> bool {
        self.ends > now && self.verdict.is_none()
    }
}

/// A code that a browser carries.
#[derive(Debug, Clone)]
pub(super) struct Code {
    pub(super) client: String,
    pub(super) redirect_uri: String,
    pub(super) challenge: String,
    pub(super) ends: Timestamp,
}

impl Code {
    pub(super) fn new(client: &str, redirect_uri: &str, challenge: &str, now: Timestamp) -> Self {
        Self {
            client: client.to_owned(),
            redirect_uri: redirect_uri.to_owned(),
            challenge: challenge.to_owned(),
            ends: now.after(CODE_LIFE),
        }
    }
}

/// The sign-in behind a refresh token.
#[derive(Debug, Clone)]
pub(super) struct Grant {
    client: String,
    ends: Timestamp,
}

pub(super) fn start_device(
    center: &mut IdentityCenter,
    request: &Inbound,
    now: Timestamp,
) -> Answer {
    let body = body(request)?;
    let (id, client) = center.client(&body, now)?;
    if !client.may(DEVICE) {
        return Err(Refusal::grant_type());
    }
    if text(&body, "startUrl") != Some(center.start_url.as_str()) {
        return Err(Refusal::request("startUrl is not this Identity Center"));
    }
    let letters: String = random::unique_id("").chars().take(8).collect();
    let user_code = format!("{}-{}", &letters[..4], &letters[4..]);
    let device = Device {
        client: id.to_owned(),
        ends: now.after(CODE_LIFE),
        interval: center.interval,
        last_asked: None,
        user_code: user_code.clone(),
        verdict: None,
    };
    let code = random::url_token();
    center.devices.insert(code.clone(), device);
    let host = request.header("host").unwrap_or_default();
    let page = format!("http://{host}/device");
    let answer = json!({
        "deviceCode": code, "userCode": user_code, "verificationUri": page,
        "verificationUriComplete": format!("{page}?user_code={user_code}"),
        "expiresIn": CODE_LIFE.as_secs(), "interval": center.interval.as_secs(),
    });
    Ok(Reply::json(200, now, &answer))
}

pub(super) fn create(
    center: &mut IdentityCenter,
    request: &Inbound,
    entry: &mut Entry,
    now: Timestamp,
) -> Answer {
    let body = body(request)?;
    let grant = text(&body, "grantType").unwrap_or_default().to_owned();
    entry.params.push(("grantType".to_owned(), grant.clone()));
    let (id, client) = center.client(&body, now)?;
    if !client.may(&grant) {
        return Err(Refusal::grant_type());
    }
    let id = id.to_owned();
    let ends = match grant.as_str() {
        DEVICE => by_device(center, &body, &id, now)?,
        "authorization_code" => by_code(center, &body, &id, now)?,
        "refresh_token" => by_refresh(center, &body, &id, now)?,
        _ => return Err(Refusal::grant_type()),
    };
    entry.principal = Some(center.person.clone());
    Ok(Reply::json(200, now, &issue(center, id, ends, now)))
}

/// The device's answer, unless it has to wait. Each returns the end of the sign-in.
fn by_device(
    center: &mut IdentityCenter,
    body: &Value,
    client: &str,
    now: Timestamp,
) -> Result<Timestamp, Refusal> {
    let unknown = || Refusal::grant("The device code is not known");
    let code = text(body, "deviceCode").ok_or_else(unknown)?;
    let device = center.devices.get_mut(code).ok_or_else(unknown)?;
    if device.client != client {
        return Err(unknown());
    }
    if device.ends <= now {
        return Err(Refusal::expired());
    }
    let hasty = device
        .last_asked
        .is_some_and(|last| last.elapsed(now) < device.interval);
    device.last_asked = Some(now);
    if hasty {
        device.interval += PENALTY;
        return Err(Refusal::slow_down());
    }
    match device.verdict {
        None => Err(Refusal::pending()),
        Some(verdict) => {
            center.devices.remove(code);
            match verdict {
                true => Ok(now.after(SIGN_IN_LIFE)),
                false => Err(Refusal::denied()),
            }
        }
    }
}

fn by_code(
    center: &mut IdentityCenter,
    body: &Value,
    client: &str,
    now: Timestamp,
) -> Result<Timestamp, Refusal> {
    let refused = || Refusal::grant("The code is not valid, was used, or belongs to another");
    // Taken out whatever follows: a code is good once.
    let code = text(body, "code")
        .and_then(|code| center.codes.remove(code))
        .filter(|code| code.client == client && code.ends > now)
        .ok_or_else(refused)?;
    let digest = |verifier: &str| BASE64URL_NOPAD.encode(&Sha256::digest(verifier.as_bytes()));
    let proven = text(body, "codeVerifier").is_some_and(|v| digest(v) == code.challenge);
    let same = text(body, "redirectUri") == Some(code.redirect_uri.as_str());
    match proven && same {
        true => Ok(now.after(SIGN_IN_LIFE)),
        false => Err(refused()),
    }
}

fn by_refresh(
    center: &mut IdentityCenter,
    body: &Value,
    client: &str,
    now: Timestamp,
) -> Result<Timestamp, Refusal> {
    let refused = || Refusal::grant("The refresh token is not valid");
    let token = text(body, "refreshToken").ok_or_else(refused)?;
    let known = center.refreshes.get(token).ok_or_else(refused)?;
    if known.client != client || known.ends <= now {
        return Err(refused());
    }
    let ends = known.ends;
    center.refreshes.remove(token);
    Ok(ends)
}

/// A new access token, and a new refresh token where the client registered for scopes.
fn issue(center: &mut IdentityCenter, client: String, ends: Timestamp, now: Timestamp) -> Value {
    let access = random::url_token();
    center
        .tokens
        .insert(access.clone(), now.after(center.token_life));
    let mut answer = json!({
        "accessToken": access, "tokenType": "Bearer", "expiresIn": center.token_life.as_secs(),
    });
    let refreshes = center
        .clients
        .get(&client)
        .is_some_and(|known| !known.scopes.is_empty() && known.may("refresh_token"));
    if refreshes {
        let refresh = random::url_token();
        answer["refreshToken"] = json!(refresh);
        center.refreshes.insert(refresh, Grant { client, ends });
    }
    answer
}
