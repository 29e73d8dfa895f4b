//! Sign-in by a browser on this machine: it comes back to 127.0.0.1 with a code, which only the
//! holder of the verifier can use.
//!
//! Source: RFC 7636, RFC 8252.

use std::time::Duration;

use data_encoding::BASE64URL_NOPAD;
use form_urlencoded::Serializer;
use keyward_aws::{CodeGrant, Flow};
use keyward_core::secret::CodeVerifier;
use keyward_core::shell::argument;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::Center;
use super::cache::CachedToken;
use crate::browser::callback::{self, Callback};
use crate::browser::launch::Browser;
use crate::screen::error::CliError;
use crate::screen::ui::{CODE, Ui};
use crate::session::source::say::say;
use crate::state::local_state::now;

/// The time that the person has.
pub(in crate::session::source) const LIMIT: Duration = Duration::from_secs(600);

pub(super) fn sign_in(
    ui: &Ui,
    center: &Center,
    callback: Callback,
    browser: &Browser,
) -> Result<CachedToken, CliError> {
    let aws = center.client();
    let flow = Flow::Browser {
        redirect_uri: callback::REGISTERED,
        issuer_url: &center.start_url,
    };
    let client = aws
        .register_client("keyward", &center.scopes, flow)
        .map_err(|error| center.refused(error))?;
    let (state, verifier) = (random()?, verifier()?);
    let redirect_uri = callback.redirect_uri();
    // Exposed to be digested; the digest is public.
    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(verifier.expose().as_bytes()));
    let query = Serializer::new(String::new())
        .append_pair("response_type", "code")
        .append_pair("client_id", &client.id)
        .append_pair("redirect_uri", &redirect_uri)
        .append_pair("state", &state)
        .append_pair("code_challenge_method", "S256")
        .append_pair("code_challenge", &challenge)
        .append_pair("scopes", &center.scopes.join(" "))
        .finish();
    let url = format!("{}?{query}", aws.authorize_url()?);
    // The way there closes when this ends.
    let opened = browser.open(&url);
    let lead = match &opened {
        Ok(_) => "Your browser opens to sign in; if it does not, open this:".to_owned(),
        Err(error) => format!("The browser cannot be started ({error}); open this:"),
    };
    say(ui, &format!("{lead}\n{CODE}{url}{CODE:#}"));
    let code = callback.wait(&state, LIMIT).map_err(|error| {
        CliError::failed(format!("there was no sign-in at `{}`", center.name))
            .because(error)
            .hint(format!(
                "keyward sso login --no-browser {}",
                argument(&center.name)
            ))
    })?;
    let token = aws.token_by_code(
        &client,
        CodeGrant {
            code: &code,
            verifier: &verifier,
            redirect_uri: &redirect_uri,
        },
    )?;
    Ok(CachedToken::new(client, token, now()))
}

/// 256 random bits, fit for a URL.
pub(in crate::session::source) fn random() -> Result<Zeroizing<String>, CliError> {
    let mut bytes = Zeroizing::new([0_u8; 32]);
    getrandom::fill(&mut *bytes).map_err(|e| {
        CliError::failed("the system provides no random numbers").because(e.to_string())
    })?;
    Ok(Zeroizing::new(BASE64URL_NOPAD.encode(&*bytes)))
}

pub(in crate::session::source) fn verifier() -> Result<CodeVerifier, CliError> {
    let text = random()?;
    Ok(text
        .parse()
        .expect("forty-three characters of base64url are a verifier"))
}
