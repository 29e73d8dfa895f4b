//! The sign-in federation endpoint: temporary credentials become a sign-in token, and that
//! becomes a console session, here a page that says who is signed in.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html>

use std::collections::BTreeMap;
use std::time::Duration;

use keyward_core::Timestamp;
use keyward_core::id::AccessKeyId;
use serde_json::{Value, json};

use crate::authenticate::lives;
use crate::call::{Caller, Credential};
use crate::inbound::Inbound;
use crate::journal::Entry;
use crate::params::Params;
use crate::practice_state::State;
use crate::random;
use crate::reply::Reply;
use crate::state::{Chained, Principal, Session};

/// The lifetime of a sign-in token.
const TOKEN_LIFE: Duration = Duration::from_secs(15 * 60);

/// Sign-in tokens that were handed out, and console sessions made of them.
#[derive(Debug, Default)]
pub(crate) struct Signin {
    tokens: BTreeMap<String, Ticket>,
    consoles: BTreeMap<String, Ticket>,
}

#[derive(Debug, Clone)]
struct Ticket {
    principal: String,
    use_by: Timestamp,
    console_until: Timestamp,
}

/// Answers `/federation`.
pub(crate) fn answer(
    request: &Inbound,
    state: &mut State,
    entry: &mut Entry,
    now: Timestamp,
) -> Reply {
    let params = request.params();
    let result = match params.get("Action") {
        Some("getSigninToken") => signin_token(&params, state, entry, now),
        Some("login") => login(&params, request, state, entry, now),
        _ => Err("Action must be getSigninToken or login"),
    };
    result.unwrap_or_else(|text| Reply::html(400, now, "Amazon Web Services Sign-In", text))
}

fn signin_token(
    params: &Params,
    state: &mut State,
    entry: &mut Entry,
    now: Timestamp,
) -> Result<Reply, &'static str> {
    let session = session(params, state, entry, now)?;
    let life = console_life(params, &session)?;
    let caller = Caller {
        account: session.account.clone(),
        credential: Credential::Temporary(Box::new(session.clone())),
    };
    let principal = caller.arn(&state.accounts);
    entry.principal = Some(principal.clone());
    let console_until = life.map_or(session.expires, |life| now.after(life));
    let token = random::url_token();
    let ticket = Ticket {
        principal,
        use_by: now.after(TOKEN_LIFE),
        console_until,
    };
    state.signin.tokens.insert(token.clone(), ticket);
    Ok(Reply::json(200, now, &json!({ "SigninToken": token })))
}

/// The temporary credentials in `Session`, if they are good for the console.
fn session(
    params: &Params,
    state: &State,
    entry: &mut Entry,
    now: Timestamp,
) -> Result<Session, &'static str> {
    const BAD: &str = "The Session parameter is not valid";
    let given: Value = serde_json::from_str(params.get("Session").ok_or(BAD)?).map_err(|_| BAD)?;
    let text = |name: &str| given.get(name).and_then(Value::as_str).ok_or(BAD);
    let id: AccessKeyId = text("sessionId")?.parse().map_err(|_| BAD)?;
    entry.access_key_id = Some(id.to_string());
    let session = state
        .sessions
        .get(&id)
        .filter(|s| lives(s, &state.accounts))
        .ok_or(BAD)?;
    // Exposed to be compared with what the client sent.
    let whole = session.secret.expose() == text("sessionKey")?
        && session.token.expose() == text("sessionToken")?;
    if !whole || session.expires <= now {
        return Err(BAD);
    }
    match session.principal {
        Principal::User { .. } | Principal::Root { .. } => {
            Err("Credentials from GetSessionToken cannot be used to sign in to the console")
        }
        Principal::Role(_) | Principal::Federated { .. } => Ok(session.clone()),
    }
}

/// `SessionDuration`, which only sessions of roles may ask for. AWS asks for one that a user's
/// long-term key made; the call fails for chained roles.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html>
fn console_life(params: &Params, session: &Session) -> Result<Option<Duration>, &'static str> {
    const BAD: &str = "The SessionDuration parameter is not valid";
    let Some(text) = params.get("SessionDuration") else {
        return Ok(None);
    };
    let seconds: u64 = text.parse().map_err(|_| BAD)?;
    match &session.principal {
        Principal::Role(role)
            if role.chained == Chained::No && (900..=43_200).contains(&seconds) =>
        {
            Ok(Some(Duration::from_secs(seconds)))
        }
        Principal::Role(_)
        | Principal::User { .. }
        | Principal::Root { .. }
        | Principal::Federated { .. } => Err(BAD),
    }
}

fn login(
    params: &Params,
    request: &Inbound,
    state: &mut State,
    entry: &mut Entry,
    now: Timestamp,
) -> Result<Reply, &'static str> {
    let destination = params.get("Destination").ok_or("Destination is missing")?;
    if !is_console(destination, request.header("host")) {
        return Err("The Destination is not a page of the console");
    }
    let token = params.get("SigninToken").ok_or("SigninToken is missing")?;
    // Taken out whatever follows: a token is good once.
    let ticket = state
        .signin
        .tokens
        .remove(token)
        .filter(|ticket| ticket.use_by > now);
    let ticket = ticket.ok_or("The SigninToken is not valid or has expired")?;
    entry.principal = Some(ticket.principal.clone());
    let cookie = random::url_token();
    state.signin.consoles.insert(cookie.clone(), ticket);
    Ok(Reply::text(302, now, "")
        .with("location", destination.to_owned())
        .with(
            "set-cookie",
            format!("practice-console={cookie}; HttpOnly; SameSite=Lax; Path=/"),
        ))
}

/// The console's own hosts, and this server; anything else would make an open redirect.
fn is_console(destination: &str, own_host: Option<&str>) -> bool {
    let (https, rest) = match destination.split_once("://") {
        Some(("https", rest)) => (true, rest),
        Some(("http", rest)) => (false, rest),
        _ => return false,
    };
    if !destination.bytes().all(|b| b.is_ascii_graphic()) || rest.contains('\\') {
        return false;
    }
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let console = [
        "console.aws.amazon.com",
        "console.amazonaws.cn",
        "console.amazonaws-us-gov.com",
        "console.amazonaws-eusc.eu",
    ];
    let aws =
        |name: &&str| host == *name || host.strip_suffix(*name).is_some_and(|r| r.ends_with('.'));
    own_host == Some(host) || (https && !host.contains('@') && console.iter().any(aws))
}

/// The page in place of the console.
pub(crate) fn console(request: &Inbound, state: &State, now: Timestamp) -> Reply {
    let cookie = request.header("cookie").unwrap_or_default();
    let ticket = cookie
        .split(';')
        .filter_map(|pair| pair.trim().strip_prefix("practice-console="))
        .find_map(|value| state.signin.consoles.get(value))
        .filter(|ticket| ticket.console_until > now);
    match ticket {
        Some(ticket) => {
            let text = format!(
                "signed in as {} until {}",
                ticket.principal, ticket.console_until
            );
            Reply::html(200, now, "Practice console", &text)
        }
        None => Reply::html(401, now, "Practice console", "nobody is signed in"),
    }
}

#[cfg(test)]
mod tests;
