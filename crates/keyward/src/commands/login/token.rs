//! Temporary credentials exchanged for a sign-in token.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_enable-console-custom-url.html>

use form_urlencoded::Serializer;
use keyward_aws::{Aws, HttpAnswer, HttpRequest, Method, NextStep};
use keyward_core::Credentials;
use serde::Deserialize;
use serde_json::json;
use zeroize::Zeroizing;

use super::console::Console;
use crate::screen::error::CliError;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Answer {
    signin_token: String,
}

/// Asks for the token.
pub(super) fn get(
    aws: &Aws,
    console: &Console,
    credentials: &Credentials,
) -> Result<Zeroizing<String>, CliError> {
    // The endpoint receives the credentials in its query; errors show addresses without one.
    let session = Zeroizing::new(
        json!({
            "sessionId": credentials.access_key_id.as_str(),
            "sessionKey": credentials.secret_access_key.expose(),
            "sessionToken": credentials
                .session_token
                .as_ref()
                .map(|token| token.expose()),
        })
        .to_string(),
    );
    let query = Zeroizing::new(
        Serializer::new(String::new())
            .append_pair("Action", "getSigninToken")
            .append_pair("Session", &session)
            .finish(),
    );
    let answer = aws
        .http(HttpRequest {
            method: Method::Get,
            url: format!("{}?{}", console.federation, query.as_str()),
            headers: Vec::new(),
            body: Zeroizing::default(),
        })
        .map_err(|e| {
            let steps = e.next_steps();
            failed().because(e).hint_all(steps)
        })?;
    if answer.status != 200 {
        return Err(refused(&answer));
    }
    // Do not echo an answer that fails to parse: it may still hold a token.
    let token: Answer = serde_json::from_slice(&answer.body).map_err(|_| {
        failed()
            .because("its answer cannot be read")
            .hint(NextStep::CheckEndpoint)
    })?;
    Ok(Zeroizing::new(token.signin_token))
}

fn failed() -> CliError {
    CliError::failed("the sign-in endpoint gave no token")
}

/// An answer without a token. A refusal for the moment says nothing about the credentials.
fn refused(answer: &HttpAnswer) -> CliError {
    let why = format!("it answered with status {}", answer.status);
    match answer.passing_refusal() {
        Some(step) => failed().because(why).hint(step),
        None => failed()
            .because(why)
            .hint("the console accepts credentials of roles and of the Identity Center only"),
    }
}
