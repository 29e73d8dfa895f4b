//! Credentials as STS gives them and as programs take them.

use std::time::Duration;

use crate::id::{AccessKeyId, AccountId};
use crate::secret::{SecretAccessKey, SessionToken};
use crate::time::Timestamp;

/// An access key, long-lived or temporary.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// `AKIA…` or `ASIA…`.
    pub access_key_id: AccessKeyId,
    /// The secret half.
    pub secret_access_key: SecretAccessKey,
    /// Present on temporary credentials.
    pub session_token: Option<SessionToken>,
    /// When temporary credentials end; `None` for long-lived keys and for sources that do not
    /// say.
    pub expires_at: Option<Timestamp>,
    /// The account they belong to, where the source says.
    pub account_id: Option<AccountId>,
}

impl Credentials {
    /// Whether these are still good for at least `margin` from `now`. Credentials without an
    /// expiry always are.
    #[must_use]
    pub fn usable_for(&self, margin: Duration, now: Timestamp) -> bool {
        self.expires_at
            .is_none_or(|end| end.remaining(now) >= margin && end > now)
    }
}
