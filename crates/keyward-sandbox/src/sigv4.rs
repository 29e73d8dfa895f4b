//! Signature Version 4 as the server sees it: reads the claim of a request, and verifies it by
//! signing the same request again with the official signer. It never computes a signature
//! itself.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html>

use std::time::Duration;

use aws_credential_types::Credentials;
use aws_sigv4::http_request::{
    SignableBody, SignableRequest, SignatureLocation, SigningSettings, sign,
};
use aws_sigv4::sign::v4;
use keyward_core::Timestamp;
use keyward_core::id::AccessKeyId;
use keyward_core::secret::SecretAccessKey;

use crate::clock::{compact, system_time};
use crate::failure::Failure;
use crate::inbound::Inbound;

mod claim;

/// The permitted error of a client's clock.
const SKEW: Duration = Duration::from_secs(15 * 60);

const MISMATCH: &str = "The request signature we calculated does not match the signature you \
     provided. Check your AWS Secret Access Key and signing method. Consult the service \
     documentation for details.";

/// A request's claim about its signature. Nothing in it is trusted before [`Claim::verify`].
#[derive(Debug, Clone)]
pub(crate) struct Claim {
    pub(crate) access_key_id: AccessKeyId,
    pub(crate) region: String,
    pub(crate) service: String,
    pub(crate) token: Option<String>,
    scope_date: String,
    signed_headers: Vec<String>,
    signature: String,
    time: Timestamp,
    place: SentIn,
}

/// The place of the signature.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SentIn {
    Headers,
    /// In the query of a presigned URL, with the time it is good for.
    Query {
        lifetime: Duration,
    },
}

impl Claim {
    /// Reads the claim of a request.
    pub(crate) fn read(request: &Inbound) -> Result<Self, Failure> {
        claim::read(request)
    }

    /// Whether the holder of `secret` made this signature over this request, lately.
    pub(crate) fn verify(
        &self,
        request: &Inbound,
        secret: &SecretAccessKey,
        now: Timestamp,
    ) -> Result<(), Failure> {
        self.check_scope()?;
        self.check_time(now)?;
        let expected = self
            .sign_again(request, secret)
            .ok_or_else(|| Failure::signature(MISMATCH))?;
        match expected == self.signature {
            true => Ok(()),
            false => Err(Failure::signature(MISMATCH)),
        }
    }

    fn check_scope(&self) -> Result<(), Failure> {
        if !self.signed_headers.iter().any(|name| name == "host") {
            return Err(Failure::signature(
                "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.",
            ));
        }
        let time = compact(self.time);
        if self.scope_date != time[..8] {
            return Err(Failure::signature(format!(
                "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date \
                 from HTTP: '{}' != '{}', from '{time}'.",
                self.scope_date,
                &time[..8]
            )));
        }
        Ok(())
    }

    fn check_time(&self, now: Timestamp) -> Result<(), Failure> {
        let lifetime = match self.place {
            SentIn::Headers => SKEW,
            SentIn::Query { lifetime } => lifetime,
        };
        let minutes = |by: Duration| by.as_secs() / 60;
        let (oldest, newest) = (now.before(lifetime), now.after(SKEW));
        if self.time < oldest {
            return Err(Failure::signature(format!(
                "Signature expired: {} is now earlier than {} ({} - {} min.)",
                compact(self.time),
                compact(oldest),
                compact(now),
                minutes(lifetime)
            )));
        }
        if self.time > newest {
            return Err(Failure::signature(format!(
                "Signature not yet current: {} is still later than {} ({} + {} min.)",
                compact(self.time),
                compact(newest),
                compact(now),
                minutes(SKEW)
            )));
        }
        Ok(())
    }

    /// The signature that the official signer makes for this request, or `None` when it cannot.
    fn sign_again(&self, request: &Inbound, secret: &SecretAccessKey) -> Option<String> {
        let mut settings = SigningSettings::default();
        // The client chose the headers; all of them are signed again, and only they.
        settings.excluded_headers = Some(vec!["authorization".into()]);
        let mut query = request.query.clone();
        if let SentIn::Query { lifetime } = self.place {
            settings.signature_location = SignatureLocation::QueryParams;
            settings.expires_in = Some(lifetime);
            query = claim::unsigned_query(&request.query);
        }
        let headers = self.headers(request)?;
        let token = self.signs_token().then(|| self.token.clone()).flatten();
        // Exposed for the signer, which is the point of having the secret here.
        let identity = Credentials::new(
            self.access_key_id.as_str(),
            secret.expose(),
            token,
            None,
            "practice account",
        )
        .into();
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name(&self.service)
            .time(system_time(self.time))
            .settings(settings)
            .build()
            .ok()?
            .into();
        let question = if query.is_empty() { "" } else { "?" };
        let uri = format!("http://127.0.0.1{}{question}{query}", request.path);
        let body = SignableBody::Bytes(&request.body);
        let signable =
            SignableRequest::new(&request.method, uri, headers.into_iter(), body).ok()?;
        let (_, signature) = sign(signable, &params).ok()?.into_parts();
        Some(signature)
    }

    /// A token sent outside the signature is not part of it.
    fn signs_token(&self) -> bool {
        match self.place {
            SentIn::Headers => self
                .signed_headers
                .iter()
                .any(|name| name == "x-amz-security-token"),
            SentIn::Query { .. } => true,
        }
    }

    /// The signed headers with their values. The signer adds date and token itself.
    fn headers<'a>(&'a self, request: &'a Inbound) -> Option<Vec<(&'a str, &'a str)>> {
        let mut headers = Vec::new();
        for name in &self.signed_headers {
            for value in request.headers.get_all(name.as_str()) {
                headers.push((name.as_str(), value.to_str().ok()?));
            }
        }
        Some(headers)
    }
}
