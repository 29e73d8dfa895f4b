//! The console's sign-in service: the address where a browser asks for approval, the exchange of a
//! code for a session, and its renewal. Each request for a token carries a proof that its sender
//! holds the session's key (DPoP, RFC 9449).
//!
//! Source: <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sign-in.html>

mod dpop;
mod id_token;

use std::time::Duration;

use aws_sdk_signin::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use aws_sdk_signin::types::{CreateOAuth2TokenRequestBody, CreateOAuth2TokenResponseBody};
use keyward_core::id::{AccessKeyId, PrincipalArn};
use keyward_core::secret::{CodeVerifier, GrantCode, RefreshToken, SecretAccessKey, SessionToken};

pub use dpop::{DpopKey, InvalidDpopKey, Unprovable};

use crate::aws::Aws;
use crate::browser_address::browser_address;
use crate::call::Call;
use crate::error::{Action, Because, CallError};
use crate::read::{parse, present};

const CREATE_TOKEN: Action = Action::signin("CreateOAuth2Token");

/// A new or renewed session.
#[derive(Debug, Clone)]
pub struct LoginToken {
    /// The id of its temporary key.
    pub access_key_id: AccessKeyId,
    /// The key's secret.
    pub secret_access_key: SecretAccessKey,
    /// The key's token.
    pub session_token: SessionToken,
    /// Their lifetime from now.
    pub life: Duration,
    /// The token that renews them next time.
    pub refresh_token: RefreshToken,
}

/// The code that a browser brought back, and the proof that it was sent for.
#[derive(Debug, Clone, Copy)]
pub struct LoginGrant<'a> {
    /// The public client that the browser was sent for.
    pub client_id: &'a str,
    /// The code.
    pub code: &'a GrantCode,
    /// The verifier whose digest went along.
    pub verifier: &'a CodeVerifier,
    /// The address that the browser was sent back to.
    pub redirect_uri: &'a str,
}

impl Aws {
    /// `signin:CreateOAuth2Token` for a code: the session, and the principal that signed in. It is
    /// sent once: the code is spent by it.
    ///
    /// # Errors
    /// See [`CallError`]; [`CallError::Denied`] means that the code was not taken.
    pub fn login_by_code(
        &self,
        grant: LoginGrant<'_>,
        key: &DpopKey,
    ) -> Result<(LoginToken, PrincipalArn), CallError> {
        // Exposed because the service asks for them.
        let (code, verifier) = (grant.code.expose(), grant.verifier.expose());
        let body = CreateOAuth2TokenRequestBody::builder()
            .client_id(grant.client_id)
            .grant_type("authorization_code")
            .code(code)
            .code_verifier(verifier)
            .redirect_uri(grant.redirect_uri)
            .build()
            .map_err(unbuilt)?;
        let call = Call::unsigned(CREATE_TOKEN)
            .once()
            .hiding(code)
            .hiding(verifier);
        let output = self.create_token(&call, &body, key)?;
        let id_token = present(CREATE_TOKEN, "idToken", output.id_token.clone())?;
        let subject = id_token::subject(&id_token).ok_or_else(|| CallError::Unreadable {
            action: CREATE_TOKEN,
            what: "an id token without a user".to_owned(),
        })?;
        Ok((token(output)?, subject))
    }

    /// `signin:CreateOAuth2Token` for a refresh token. It is sent once: the service returns a new token and
    /// may spend the old one.
    ///
    /// # Errors
    /// See [`CallError`]; [`CallError::Denied`] means that the user has to sign in again.
    pub fn refresh_login(
        &self,
        client_id: &str,
        refresh: &RefreshToken,
        key: &DpopKey,
    ) -> Result<LoginToken, CallError> {
        // Exposed because the service asks for it.
        let body = CreateOAuth2TokenRequestBody::builder()
            .client_id(client_id)
            .grant_type("refresh_token")
            .refresh_token(refresh.expose())
            .build()
            .map_err(unbuilt)?;
        let call = Call::unsigned(CREATE_TOKEN).once().hiding(refresh.expose());
        token(self.create_token(&call, &body, key)?)
    }

    /// The service's address, without a slash at the end. Its pages for browsers are beside its API.
    ///
    /// # Errors
    /// The configuration has no endpoint for the region, or the configured one is not a plain
    /// address, which the user sees and the browser opens.
    pub fn sign_in_address(&self) -> Result<String, CallError> {
        let endpoints = &self.settings.endpoints;
        let action = Action::signin("Authorize");
        let refused = |because| CallError::Request { action, because };
        if let Some(given) = &endpoints.signin {
            return browser_address(given, action).map(str::to_owned);
        }
        let params = Params::builder()
            .region(self.settings.effective_region().to_owned())
            .use_fips(endpoints.fips)
            .use_dual_stack(endpoints.dual_stack)
            .is_control_plane(false)
            .build()
            .map_err(|error| refused(Because::of(&error)))?;
        let resolver = DefaultResolver::new();
        let endpoint = self
            .transport()?
            .runtime
            .block_on(resolver.resolve_endpoint(&params))
            .map_err(|error| refused(Because::text(&error.to_string())))?;
        Ok(endpoint.url().trim_end_matches('/').to_owned())
    }

    fn create_token(
        &self,
        call: &Call<'_>,
        body: &CreateOAuth2TokenRequestBody,
        key: &DpopKey,
    ) -> Result<CreateOAuth2TokenResponseBody, CallError> {
        let now = (self.settings.now)()
            .as_second()
            .saturating_add(self.skew().unwrap_or(0));
        let answer = self.signin(call, |signin| {
            let key = key.clone();
            signin
                .create_o_auth2_token()
                .token_input(body.clone())
                .customize()
                // The proof names the address, which is known only now.
                .map_request(move |mut request| {
                    let proof = key.proof(request.uri(), now)?;
                    request
                        .headers_mut()
                        .try_insert("dpop", proof)
                        .map(|_| request)
                        .map_err(|_| Unprovable)
                })
                .send()
        })?;
        present(CREATE_TOKEN, "tokenOutput", answer.token_output)
    }
}

fn unbuilt(error: impl std::error::Error + 'static) -> CallError {
    CallError::Request {
        action: CREATE_TOKEN,
        because: Because::innermost(&error),
    }
}

fn token(output: CreateOAuth2TokenResponseBody) -> Result<LoginToken, CallError> {
    let given = present(CREATE_TOKEN, "accessToken", output.access_token)?;
    Ok(LoginToken {
        access_key_id: parse(CREATE_TOKEN, "accessKeyId", &given.access_key_id)?,
        secret_access_key: parse(CREATE_TOKEN, "secretAccessKey", &given.secret_access_key)?,
        session_token: parse(CREATE_TOKEN, "sessionToken", &given.session_token)?,
        life: Duration::from_secs(u64::try_from(output.expires_in).unwrap_or(0)),
        refresh_token: parse(CREATE_TOKEN, "refreshToken", &output.refresh_token)?,
    })
}
