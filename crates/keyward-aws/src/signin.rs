//! The console's sign-in service: renewing the session that `aws login` made. Each request
//! carries a proof that its sender holds the session's key (DPoP, RFC 9449).

mod dpop;

use std::time::Duration;

use aws_sdk_signin::types::CreateOAuth2TokenRequestBody;
use keyward_core::id::AccessKeyId;
use keyward_core::secret::{RefreshToken, SecretAccessKey, SessionToken};

pub use dpop::{DpopKey, InvalidDpopKey};

use crate::call::{Aws, Call};
use crate::error::{Action, Because, CallError};
use crate::read::{parse, present};

/// A renewed session.
#[derive(Debug, Clone)]
pub struct LoginToken {
    /// The id of its temporary key.
    pub access_key_id: AccessKeyId,
    /// The key's secret.
    pub secret_access_key: SecretAccessKey,
    /// The key's token.
    pub session_token: SessionToken,
    /// How long they live from now.
    pub life: Duration,
    /// What renews them next time.
    pub refresh_token: RefreshToken,
}

impl Aws {
    /// `signin:CreateOAuth2Token` for a refresh token.
    ///
    /// # Errors
    /// See [`CallError`]; [`CallError::Denied`] means that the person has to sign in anew.
    pub fn refresh_login(
        &self,
        client_id: &str,
        refresh: &RefreshToken,
        key: &DpopKey,
    ) -> Result<LoginToken, CallError> {
        let action = Action::signin("CreateOAuth2Token");
        // Exposed because the service asks for it.
        let body = CreateOAuth2TokenRequestBody::builder()
            .client_id(client_id)
            .grant_type("refresh_token")
            .refresh_token(refresh.expose())
            .build()
            .map_err(|error| CallError::Request {
                action,
                because: Because::innermost(&error),
            })?;
        let call = Call::unsigned(action).once().hiding(refresh.expose());
        let now = (self.settings.now)()
            .as_second()
            .saturating_add(self.skew().unwrap_or(0));
        let answer = self.signin(&call, |signin| {
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
                        .map_err(|_| dpop::Unprovable)
                })
                .send()
        })?;
        let output = present(action, "tokenOutput", answer.token_output)?;
        let given = present(action, "accessToken", output.access_token)?;
        Ok(LoginToken {
            access_key_id: parse(action, "accessKeyId", &given.access_key_id)?,
            secret_access_key: parse(action, "secretAccessKey", &given.secret_access_key)?,
            session_token: parse(action, "sessionToken", &given.session_token)?,
            life: Duration::from_secs(u64::try_from(output.expires_in).unwrap_or(0)),
            refresh_token: parse(action, "refreshToken", &output.refresh_token)?,
        })
    }
}
