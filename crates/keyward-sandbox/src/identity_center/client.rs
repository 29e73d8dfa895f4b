//! Programs that have registered themselves. Every one is a public client: it can keep no
//! secret that matters, so every grant needs a person's approval.

use std::time::Duration;

use keyward_core::Timestamp;
use serde_json::{Value, json};

use super::refusal::Refusal;
use super::{Answer, IdentityCenter};
use crate::inbound::Inbound;
use crate::random;
use crate::reply::Reply;

/// The lifetime of a registration.
const LIFE: Duration = Duration::from_secs(90 * 86_400);

/// The grant of a device that waits.
pub(super) const DEVICE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A registered program.
#[derive(Debug, Clone)]
pub(super) struct Client {
    secret: String,
    ends: Timestamp,
    pub(super) scopes: Vec<String>,
    pub(super) grants: Vec<String>,
    pub(super) redirects: Vec<String>,
}

/// The body of a call as JSON.
pub(super) fn body(request: &Inbound) -> Result<Value, Refusal> {
    serde_json::from_slice(&request.body)
        .ok()
        .filter(Value::is_object)
        .ok_or_else(|| Refusal::request("The request is not valid JSON"))
}

/// A text of the body.
pub(super) fn text<'b>(body: &'b Value, name: &str) -> Option<&'b str> {
    body.get(name).and_then(Value::as_str)
}

fn texts(body: &Value, name: &str) -> Vec<String> {
    let list = body.get(name).and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter_map(|item| item.as_str().map(str::to_owned))
        .collect()
}

pub(super) fn register(center: &mut IdentityCenter, request: &Inbound, now: Timestamp) -> Answer {
    let body = body(request)?;
    if text(&body, "clientName").is_none_or(str::is_empty) {
        return Err(Refusal::request("clientName is missing"));
    }
    if text(&body, "clientType") != Some("public") {
        return Err(Refusal::request("clientType must be public"));
    }
    let client = Client {
        secret: random::url_token(),
        ends: now.after(LIFE),
        scopes: texts(&body, "scopes"),
        grants: texts(&body, "grantTypes"),
        redirects: texts(&body, "redirectUris"),
    };
    if client.may("authorization_code") {
        if client.redirects.is_empty()
            || !client.redirects.iter().all(|uri| loopback(uri).is_some())
        {
            return Err(Refusal::oauth_redirect());
        }
        if text(&body, "issuerUrl") != Some(center.start_url.as_str()) {
            return Err(Refusal::request("issuerUrl is not this Identity Center"));
        }
    }
    let id = random::url_token();
    let answer = json!({
        "clientId": id, "clientSecret": client.secret,
        "clientIdIssuedAt": now.as_second(), "clientSecretExpiresAt": client.ends.as_second(),
    });
    center.clients.insert(id, client);
    Ok(Reply::json(200, now, &answer))
}

impl Refusal {
    const fn oauth_redirect() -> Self {
        Self {
            status: 400,
            code: "InvalidRedirectUriException",
            word: "invalid_redirect_uri",
            text: "Every redirect URI must be http on the loopback interface",
        }
    }
}

impl Client {
    /// Whether it registered for a grant. A client without one may wait as a device.
    pub(super) fn may(&self, grant: &str) -> bool {
        match self.grants.is_empty() {
            true => grant == DEVICE,
            false => self.grants.iter().any(|known| known == grant),
        }
    }

    /// Whether a browser may be sent to this address: one that was registered, on any port.
    ///
    /// Source: RFC 8252, section 7.3.
    pub(super) fn may_return_to(&self, uri: &str) -> bool {
        let Some(wanted) = loopback(uri) else {
            return false;
        };
        self.redirects
            .iter()
            .any(|known| loopback(known) == Some(wanted))
    }
}

/// Host and path of an address on the loopback interface, the port left out.
fn loopback(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    let (authority, path) = rest.split_at(rest.find('/')?);
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, port),
        None => (authority, "80"),
    };
    let fits = host == "127.0.0.1" && port.parse::<u16>().is_ok() && !path.contains(['?', '#']);
    fits.then_some((host, path))
}

impl IdentityCenter {
    /// The client that a call names, if its secret is right and not over.
    pub(super) fn client(&self, body: &Value, now: Timestamp) -> Result<(&str, &Client), Refusal> {
        let id = text(body, "clientId").ok_or_else(Refusal::client)?;
        let (id, client) = self.clients.get_key_value(id).ok_or_else(Refusal::client)?;
        let right = text(body, "clientSecret") == Some(client.secret.as_str());
        match right && client.ends > now {
            true => Ok((id, client)),
            false => Err(Refusal::client()),
        }
    }
}
