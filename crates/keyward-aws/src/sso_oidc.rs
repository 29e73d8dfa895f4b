//! The Identity Center's token service: a program registers itself, a person approves it in a
//! browser, and the program gets an access token.
//!
//! Source: <https://docs.aws.amazon.com/singlesignon/latest/OIDCAPIReference/Welcome.html>

use std::time::Duration;

use aws_sdk_ssooidc::config::endpoint::{DefaultResolver, Params, ResolveEndpoint as _};
use keyward_core::Timestamp;
use keyward_core::secret::{AccessToken, ClientSecret, CodeVerifier, GrantCode, RefreshToken};

use crate::aws::Aws;
use crate::browser_address::browser_address;
use crate::call::Call;
use crate::error::{Action, Because, CallError};
use crate::read::{parse, present};

/// The pause between two questions of a waiting device when the service names none.
///
/// Source: RFC 8628, section 3.2.
const DEFAULT_INTERVAL: Duration = Duration::from_secs(5);

/// The way in which the person will approve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow<'a> {
    /// In a browser on this machine, which comes back to this address.
    Browser {
        /// A path on the loopback interface, without a port.
        redirect_uri: &'a str,
        /// The start URL of the Identity Center.
        issuer_url: &'a str,
    },
    /// In any browser, by a code that the person compares.
    Device,
}

/// A program as the Identity Center knows it.
#[derive(Debug, Clone)]
pub struct OidcClient {
    /// Its id.
    pub id: String,
    /// Its secret.
    pub secret: ClientSecret,
    /// The end of the registration.
    pub expires_at: Timestamp,
}

/// A device that waits to be approved.
#[derive(Debug, Clone)]
pub struct DeviceAuthorization {
    /// The code with which the device asks.
    pub device_code: GrantCode,
    /// The code that the person compares.
    pub user_code: String,
    /// The page on which the person types it.
    pub verification_uri: String,
    /// The same with the code filled in.
    pub verification_uri_complete: Option<String>,
    /// The lifetime of the codes.
    pub life: Duration,
    /// The pause between two questions of the device.
    pub interval: Duration,
}

/// The code that a browser brought back, and the proof that it was sent for.
#[derive(Debug, Clone, Copy)]
pub struct CodeGrant<'a> {
    /// The code.
    pub code: &'a GrantCode,
    /// The verifier whose digest went along.
    pub verifier: &'a CodeVerifier,
    /// The address, with its port, that the browser was sent back to.
    pub redirect_uri: &'a str,
}

/// A sign-in.
#[derive(Debug, Clone)]
pub struct SsoToken {
    /// The token that the portal asks for.
    pub access_token: AccessToken,
    /// Its lifetime from now.
    pub life: Duration,
    /// The token that renews it, if the registration allows one.
    pub refresh_token: Option<RefreshToken>,
}

/// The answer to a waiting device.
#[derive(Debug, Clone)]
pub enum DeviceAnswer {
    /// The person has approved.
    Token(SsoToken),
    /// Not yet.
    Pending,
    /// Not yet, and it was asked too often.
    SlowDown,
    /// The user did not approve before the code expired.
    Over,
    /// The person refused.
    Declined,
}

const CREATE_TOKEN: Action = Action::sso_oidc("CreateToken");

impl Aws {
    /// `sso-oauth:RegisterClient` as a public client.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn register_client(
        &self,
        name: &str,
        scopes: &[String],
        flow: Flow<'_>,
    ) -> Result<OidcClient, CallError> {
        let action = Action::sso_oidc("RegisterClient");
        let grants = match flow {
            Flow::Browser { .. } => "authorization_code",
            Flow::Device => "urn:ietf:params:oauth:grant-type:device_code",
        };
        let answer = self.sso_oidc(&Call::unsigned(action), |oidc| {
            let request = oidc
                .register_client()
                .client_name(name)
                .client_type("public")
                .set_scopes(Some(scopes.to_vec()))
                .grant_types(grants)
                .grant_types("refresh_token");
            match flow {
                Flow::Browser {
                    redirect_uri,
                    issuer_url,
                } => request.redirect_uris(redirect_uri).issuer_url(issuer_url),
                Flow::Device => request,
            }
            .send()
        })?;
        let secret = present(action, "clientSecret", answer.client_secret)?;
        Ok(OidcClient {
            id: present(action, "clientId", answer.client_id)?,
            secret: parse(action, "clientSecret", &secret)?,
            expires_at: Timestamp::from_second(answer.client_secret_expires_at),
        })
    }

    /// `sso-oauth:StartDeviceAuthorization`.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn start_device_authorization(
        &self,
        client: &OidcClient,
        start_url: &str,
    ) -> Result<DeviceAuthorization, CallError> {
        let action = Action::sso_oidc("StartDeviceAuthorization");
        // Exposed here and below because the service asks for it.
        let secret = client.secret.expose();
        let call = Call::unsigned(action).hiding(secret);
        let answer = self.sso_oidc(&call, |oidc| {
            oidc.start_device_authorization()
                .client_id(&client.id)
                .client_secret(secret)
                .start_url(start_url)
                .send()
        })?;
        let code = present(action, "deviceCode", answer.device_code)?;
        Ok(DeviceAuthorization {
            device_code: parse(action, "deviceCode", &code)?,
            user_code: present(action, "userCode", answer.user_code)?,
            verification_uri: present(action, "verificationUri", answer.verification_uri)?,
            verification_uri_complete: answer.verification_uri_complete,
            life: seconds(answer.expires_in),
            interval: match answer.interval {
                0 => DEFAULT_INTERVAL,
                interval => seconds(interval),
            },
        })
    }

    /// `sso-oauth:CreateToken` for a device that waits.
    ///
    /// # Errors
    /// See [`CallError`]. A missing approval is not an error.
    ///
    /// Source: `CreateToken` in the IAM Identity Center OIDC API reference.
    pub fn token_by_device(
        &self,
        client: &OidcClient,
        code: &GrantCode,
    ) -> Result<DeviceAnswer, CallError> {
        let secret = client.secret.expose();
        let call = Call::unsigned(CREATE_TOKEN)
            .hiding(secret)
            .hiding(code.expose());
        let asked = self.sso_oidc(&call, |oidc| {
            oidc.create_token()
                .client_id(&client.id)
                .client_secret(secret)
                .grant_type("urn:ietf:params:oauth:grant-type:device_code")
                .device_code(code.expose())
                .send()
        });
        match asked {
            Ok(answer) => Ok(DeviceAnswer::Token(token(answer)?)),
            Err(CallError::Other { code, .. }) if code == "AuthorizationPendingException" => {
                Ok(DeviceAnswer::Pending)
            }
            Err(CallError::Other { code, .. }) if code == "SlowDownException" => {
                Ok(DeviceAnswer::SlowDown)
            }
            Err(CallError::ExpiredToken { .. }) => Ok(DeviceAnswer::Over),
            Err(CallError::Denied { .. }) => Ok(DeviceAnswer::Declined),
            Err(error) => Err(error),
        }
    }

    /// `sso-oauth:CreateToken` for a code that a browser brought. It is sent once: the code is
    /// spent by it.
    ///
    /// # Errors
    /// See [`CallError`].
    pub fn token_by_code(
        &self,
        client: &OidcClient,
        grant: CodeGrant<'_>,
    ) -> Result<SsoToken, CallError> {
        let secret = client.secret.expose();
        let call = Call::unsigned(CREATE_TOKEN)
            .once()
            .hiding(secret)
            .hiding(grant.code.expose())
            .hiding(grant.verifier.expose());
        let answer = self.sso_oidc(&call, |oidc| {
            oidc.create_token()
                .client_id(&client.id)
                .client_secret(secret)
                .grant_type("authorization_code")
                .code(grant.code.expose())
                .code_verifier(grant.verifier.expose())
                .redirect_uri(grant.redirect_uri)
                .send()
        })?;
        token(answer)
    }

    /// `sso-oauth:CreateToken` for a refresh token. It is sent once: the service may return a new
    /// one and invalidate the old.
    ///
    /// # Errors
    /// See [`CallError`]; [`CallError::ends_sign_in`] says that it can no longer be refreshed.
    pub fn token_by_refresh(
        &self,
        client: &OidcClient,
        refresh: &RefreshToken,
    ) -> Result<SsoToken, CallError> {
        let secret = client.secret.expose();
        let call = Call::unsigned(CREATE_TOKEN)
            .once()
            .hiding(secret)
            .hiding(refresh.expose());
        let answer = self.sso_oidc(&call, |oidc| {
            oidc.create_token()
                .client_id(&client.id)
                .client_secret(secret)
                .grant_type("refresh_token")
                .refresh_token(refresh.expose())
                .send()
        })?;
        token(answer)
    }

    /// The page on which a browser asks for approval: the service's `/authorize`, without its query. The API
    /// has no operation with that path, so it is appended to the API's endpoint.
    ///
    /// # Errors
    /// The configuration has no endpoint for the region, or the configured one is not a plain
    /// address.
    pub fn authorize_url(&self) -> Result<String, CallError> {
        let endpoints = &self.settings.endpoints;
        let action = Action::sso_oidc("Authorize");
        if let Some(given) = &endpoints.sso_oidc {
            return Ok(format!("{}/authorize", browser_address(given, action)?));
        }
        let refused = |because| CallError::Request { action, because };
        let params = Params::builder()
            .region(self.settings.effective_region().to_owned())
            .use_fips(endpoints.fips)
            .use_dual_stack(endpoints.dual_stack)
            .build()
            .map_err(|error| refused(Because::of(&error)))?;
        let resolver = DefaultResolver::new();
        let endpoint = self
            .transport()?
            .runtime
            .block_on(resolver.resolve_endpoint(&params))
            .map_err(|error| refused(Because::text(&error.to_string())))?;
        Ok(format!("{}/authorize", endpoint.url()))
    }
}

fn token(
    answer: aws_sdk_ssooidc::operation::create_token::CreateTokenOutput,
) -> Result<SsoToken, CallError> {
    let access = present(CREATE_TOKEN, "accessToken", answer.access_token)?;
    Ok(SsoToken {
        access_token: parse(CREATE_TOKEN, "accessToken", &access)?,
        life: seconds(answer.expires_in),
        refresh_token: answer
            .refresh_token
            .filter(|text| !text.is_empty())
            .map(|text| parse(CREATE_TOKEN, "refreshToken", &text))
            .transpose()?,
    })
}

fn seconds(count: i32) -> Duration {
    Duration::from_secs(u64::try_from(count).unwrap_or(0))
}
