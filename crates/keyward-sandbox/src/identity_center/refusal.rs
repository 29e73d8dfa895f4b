//! Refusals in the two services' own form: the exception's name in a header, OAuth's word for
//! it in the body.

use keyward_core::Timestamp;
use serde_json::json;

use crate::reply::Reply;

/// A refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: u16,
    pub(super) code: &'static str,
    pub(super) word: &'static str,
    pub(super) text: &'static str,
}

impl Refusal {
    const fn oauth(
        status: u16,
        code: &'static str,
        word: &'static str,
        text: &'static str,
    ) -> Self {
        Self {
            status,
            code,
            word,
            text,
        }
    }

    pub(super) const fn request(text: &'static str) -> Self {
        Self::oauth(400, "InvalidRequestException", "invalid_request", text)
    }

    pub(super) const fn client() -> Self {
        Self::oauth(
            401,
            "InvalidClientException",
            "invalid_client",
            "Invalid client provided",
        )
    }

    pub(super) const fn grant(text: &'static str) -> Self {
        Self::oauth(400, "InvalidGrantException", "invalid_grant", text)
    }

    pub(super) const fn grant_type() -> Self {
        Self::oauth(
            400,
            "UnsupportedGrantTypeException",
            "unsupported_grant_type",
            "The client did not register for this grant type",
        )
    }

    pub(super) const fn pending() -> Self {
        Self::oauth(
            400,
            "AuthorizationPendingException",
            "authorization_pending",
            "The person has not approved yet",
        )
    }

    pub(super) const fn slow_down() -> Self {
        Self::oauth(
            400,
            "SlowDownException",
            "slow_down",
            "Asked sooner than the interval allows",
        )
    }

    pub(super) const fn expired() -> Self {
        Self::oauth(
            400,
            "ExpiredTokenException",
            "expired_token",
            "The code has expired",
        )
    }

    pub(super) const fn denied() -> Self {
        Self::oauth(
            400,
            "AccessDeniedException",
            "access_denied",
            "The person turned it down",
        )
    }

    pub(super) const fn unauthorized() -> Self {
        Self::oauth(
            401,
            "UnauthorizedException",
            "",
            "Session token not found or invalid",
        )
    }

    pub(super) const fn forbidden() -> Self {
        Self::oauth(403, "ForbiddenException", "", "No access")
    }

    pub(super) fn reply(self, now: Timestamp) -> Reply {
        refuse(self.status, self.code, self.word, self.text, now)
    }
}

/// The refusal of a request; a fault may ask for any of them.
pub(crate) fn refuse(status: u16, code: &str, word: &str, text: &str, now: Timestamp) -> Reply {
    let body = if word.is_empty() {
        json!({ "message": text })
    } else {
        json!({ "error": word, "error_description": text })
    };
    Reply::json(status, now, &body).with("x-amzn-errortype", code.to_owned())
}
