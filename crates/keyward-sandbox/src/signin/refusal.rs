//! Refusals in the service's own form: the exception's name in a header, its own word for the
//! reason in the body.

use keyward_core::Timestamp;
use serde_json::json;

use crate::reply::Reply;

/// A refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refusal {
    status: u16,
    code: &'static str,
    pub(super) word: &'static str,
    text: &'static str,
}

impl Refusal {
    pub(super) const fn request(text: &'static str) -> Self {
        Self {
            status: 400,
            code: "ValidationException",
            word: "INVALID_REQUEST",
            text,
        }
    }

    /// A code that is not, or no longer, good.
    pub(super) const fn code(text: &'static str) -> Self {
        Self {
            status: 401,
            code: "AccessDeniedException",
            word: "AUTHCODE_EXPIRED",
            text,
        }
    }

    /// A refresh token that is not, or no longer, good.
    pub(super) const fn token(text: &'static str) -> Self {
        Self {
            status: 401,
            code: "AccessDeniedException",
            word: "TOKEN_EXPIRED",
            text,
        }
    }

    /// The person may no longer sign in.
    pub(super) const fn person(text: &'static str) -> Self {
        Self {
            status: 403,
            code: "AccessDeniedException",
            word: "USER_CREDENTIALS_CHANGED",
            text,
        }
    }

    pub(super) fn reply(self, now: Timestamp) -> Reply {
        refuse(self.status, self.code, self.word, self.text, now)
    }
}

/// A refusal as it goes out; a fault may ask for any.
pub(crate) fn refuse(status: u16, code: &str, word: &str, text: &str, now: Timestamp) -> Reply {
    Reply::json(status, now, &json!({ "error": word, "message": text }))
        .with("x-amzn-errortype", code.to_owned())
}
