//! The page where the person approves, and the one that shows a code to be carried by hand.
//! Opening the first is the approval, or the refusal: this is a practice person.

use data_encoding::BASE64;
use form_urlencoded::Serializer;
use keyward_core::Timestamp;

use super::refusal::Refusal;
use super::token::Code;
use super::{Answer, ConsoleSignIn, origin};
use crate::identity_center::Approval;
use crate::inbound::Inbound;
use crate::random;
use crate::reply::Reply;

/// The page that shows codes to users without a browser on this machine.
pub(super) const CONFIRMATION: &str = "/v1/sessions/confirmation";

/// The two public clients.
const SAME_DEVICE: &str = "arn:aws:signin:::devtools/same-device";
const CROSS_DEVICE: &str = "arn:aws:signin:::devtools/cross-device";

/// `/v1/authorize`: redirects the browser with a code.
pub(super) fn browser(service: &mut ConsoleSignIn, request: &Inbound, now: Timestamp) -> Answer {
    let params = request.query_params();
    let given = |name: &str| params.get(name).unwrap_or_default();
    let (client, redirect) = (given("client_id"), given("redirect_uri"));
    // Before anything is sent there: a browser must not be led astray by an error either.
    if !may_return_to(client, redirect, request) {
        return Err(Refusal::request(
            "client_id is not known, or its redirect_uri is not allowed",
        ));
    }
    let challenge = given("code_challenge");
    let proof = given("code_challenge_method") == "SHA-256" && is_digest(challenge);
    if given("response_type") != "code" || !proof || given("state").is_empty() {
        return Err(Refusal::request(
            "response_type, code_challenge or state is invalid",
        ));
    }
    if given("scope") != "openid" {
        return Err(Refusal::request("scope must be openid"));
    }
    let mut answer = Serializer::new(String::new());
    match service.approval {
        Approval::AtOnce => {
            let code = random::url_token();
            let kept = Code::new(client, redirect, challenge, now);
            service.codes.insert(code.clone(), kept);
            answer.append_pair("code", &code);
        }
        Approval::Denied => {
            answer.append_pair("error", "access_denied");
            answer.append_pair("error_description", "The person turned it down");
        }
    }
    answer.append_pair("state", given("state"));
    let location = format!("{redirect}?{}", answer.finish());
    Ok(Reply::text(302, now, "").with("location", location))
}

/// Forty-three characters are the digest of a verifier in base64url.
fn is_digest(text: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b == b'-' || b == b'_';
    text.len() == 43 && text.bytes().all(plain)
}

/// Each client has one kind of address to be sent back to: a port of this machine, or the page
/// that shows the code.
fn may_return_to(client: &str, redirect: &str, request: &Inbound) -> bool {
    match client {
        SAME_DEVICE => redirect
            .strip_prefix("http://127.0.0.1:")
            .and_then(|rest| rest.strip_suffix("/oauth/callback"))
            .is_some_and(|port| port.parse::<u16>().is_ok_and(|port| port > 0)),
        CROSS_DEVICE => redirect == format!("{}{CONFIRMATION}", origin(request)),
        _ => false,
    }
}

/// The page from which the person carries a code to a terminal elsewhere.
pub(super) fn confirmation(request: &Inbound, now: Timestamp) -> Answer {
    let params = request.query_params();
    if let Some(error) = params.get("error") {
        return Ok(Reply::html(200, now, "Practice sign-in", error));
    }
    let missing = || Refusal::request("there is no code");
    let (code, state) = (
        params.get("code").ok_or_else(missing)?,
        params.get("state").ok_or_else(missing)?,
    );
    let query = Serializer::new(String::new())
        .append_pair("state", state)
        .append_pair("code", code)
        .finish();
    let text = BASE64.encode(query.as_bytes());
    Ok(Reply::html(200, now, "Practice sign-in", &text))
}
