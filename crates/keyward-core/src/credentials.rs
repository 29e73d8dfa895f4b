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

/// What the id of a key and the token beside it make of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// A key that lives until its owner deletes it.
    LongLived,
    /// Temporary credentials, whole.
    Temporary,
    /// Temporary credentials without the token that belongs to them.
    TokenMissing,
    /// A long-lived key beside the token of something else: AWS refuses the two together.
    TokenLeftBehind,
}

impl KeyKind {
    /// The kind of a key. An id of another maker is known by its token alone.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
    #[must_use]
    pub fn of(id: &AccessKeyId, token: Option<&str>) -> Self {
        match token.filter(|token| !token.is_empty()) {
            Some(_) if id.is_long_lived() => Self::TokenLeftBehind,
            Some(_) => Self::Temporary,
            None if id.is_temporary() => Self::TokenMissing,
            None => Self::LongLived,
        }
    }
}
