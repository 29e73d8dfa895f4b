//! The pages where a person approves. Opening one is the approval, or the refusal: this is a
//! practice person.

use form_urlencoded::Serializer;
use keyward_core::Timestamp;

use super::refusal::Refusal;
use super::token::Code;
use super::{Answer, Approval, IdentityCenter};
use crate::inbound::Inbound;
use crate::random;
use crate::reply::Reply;

/// `/authorize`: sends the browser back with a code.
pub(super) fn browser(center: &mut IdentityCenter, request: &Inbound, now: Timestamp) -> Answer {
    let params = request.query_params();
    let given = |name: &str| params.get(name).unwrap_or_default();
    let (id, redirect) = (given("client_id"), given("redirect_uri"));
    let client = center.clients.get(id).ok_or_else(Refusal::client)?;
    // Before anything is sent there: a browser must not be led astray by an error either.
    if !client.may("authorization_code") || !client.may_return_to(redirect) {
        return Err(Refusal::request("redirect_uri was not registered"));
    }
    let challenge = given("code_challenge");
    let proof = given("code_challenge_method") == "S256" && challenge.len() == 43;
    if given("response_type") != "code" || !proof || given("state").is_empty() {
        return Err(Refusal::request(
            "response_type, code_challenge or state is invalid",
        ));
    }
    let asked: Vec<&str> = given("scopes").split_whitespace().collect();
    if asked
        .iter()
        .any(|scope| !client.scopes.iter().any(|known| known == scope))
    {
        return Err(Refusal::request("a scope was not registered"));
    }
    let mut answer = Serializer::new(String::new());
    match center.approval {
        Approval::AtOnce => {
            let code = random::url_token();
            let kept = Code::new(id, redirect, challenge, now);
            center.codes.insert(code.clone(), kept);
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

/// `/device?user_code=…`: the page that a device's person opens.
pub(super) fn device(center: &mut IdentityCenter, request: &Inbound, now: Timestamp) -> Answer {
    let params = request.query_params();
    let wanted = params.get("user_code").unwrap_or_default();
    let approval = center.approval;
    let device = center
        .devices
        .values_mut()
        .find(|device| device.user_code == wanted && device.is_open(now))
        .ok_or_else(|| Refusal::request("the code is not known, or was used"))?;
    device.verdict = Some(approval == Approval::AtOnce);
    Ok(Reply::html(
        200,
        now,
        "Practice Identity Center",
        "you can close this page",
    ))
}
