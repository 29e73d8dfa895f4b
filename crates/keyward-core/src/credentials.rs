//! Credentials as STS returns them and as programs use them.

use std::time::Duration;

use crate::id::{AccessKeyId, AccountId};
use crate::secret::{SecretAccessKey, SessionToken};
use crate::time::Timestamp;

/// The longest that AWS lets temporary credentials live: those of `GetSessionToken`.
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
pub const LONGEST_SESSION: Duration = Duration::from_secs(36 * 3600);

/// The distance of two clocks that agree. Source:
/// <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-troubleshooting.html>
const CLOCK_TOLERANCE: Duration = Duration::from_secs(5 * 60);

/// An end that no session of AWS has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ImpossibleEnd {
    /// The answer names none. The SDKs read that as the beginning of 1970.
    #[error("the answer lacks `Expiration`, or has 1970-01-01T00:00:00Z there")]
    Unsaid,
    /// It has passed when the answer arrives.
    #[error("they ended at {0}")]
    Passed(Timestamp),
    /// It is further away than any session's.
    #[error("they would end at {0}, and no session of AWS lives longer than 36 hours")]
    TooFar(Timestamp),
}

/// An access key, long-lived or temporary.
#[derive(Debug, Clone)]
pub struct Credentials {
    /// `AKIA…` or `ASIA…`.
    pub access_key_id: AccessKeyId,
    /// The secret half.
    pub secret_access_key: SecretAccessKey,
    /// Present on temporary credentials.
    pub session_token: Option<SessionToken>,
    /// The end of temporary credentials; `None` for long-lived keys and for sources that do not
    /// state it.
    pub expires_at: Option<Timestamp>,
    /// The account they belong to, if the source says.
    pub account_id: Option<AccountId>,
}

impl Credentials {
    /// Refuses an end that no session of AWS has, as a broken clock or an emulator may write. It is
    /// for new answers of AWS: other programs may name any end.
    ///
    /// # Errors
    /// The end has passed, or is over 36 hours from `now`.
    pub fn check_end(&self, now: Timestamp) -> Result<(), ImpossibleEnd> {
        match self.expires_at {
            Some(end) if end <= now => Err(ImpossibleEnd::Passed(end)),
            Some(end) if end > now.after(LONGEST_SESSION + CLOCK_TOLERANCE) => {
                Err(ImpossibleEnd::TooFar(end))
            }
            _ => Ok(()),
        }
    }

    /// Whether these stay valid for at least `margin` from `now`. Credentials without an expiry
    /// always do.
    #[must_use]
    pub fn usable_for(&self, margin: Duration, now: Timestamp) -> bool {
        self.expires_at
            .is_none_or(|end| end.remaining(now) >= margin && end > now)
    }
}

/// The kind of a key, by its id and the session token beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// A key that lives until its owner deletes it.
    LongLived,
    /// Complete temporary credentials.
    Temporary,
    /// Temporary credentials without their token.
    TokenMissing,
    /// A long-lived key with the token of another session. AWS refuses the combination.
    TokenLeftBehind,
}

impl KeyKind {
    /// The kind of a key. For an id that is not AWS's, only the token decides.
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

#[cfg(test)]
mod tests;
