//! Whether a refusal may pass by itself: IAM answers from many copies, and a change takes time
//! to reach all of them. AWS names no limit.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot.html#troubleshoot_general_eventual-consistency>

use super::{CallError, NetworkKind};

/// The reasons why waiting may help.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settling {
    /// AWS is throttling, or fails for a moment.
    Busy,
    /// Something that was just made is not visible everywhere yet. A name that was never made
    /// looks the same.
    NotVisibleYet,
}

impl CallError {
    /// Whether AWS may have carried out the failed call: its answer was lost, is unreadable, or reports a
    /// fault of AWS.
    #[must_use]
    pub fn may_be_done(&self) -> bool {
        use NetworkKind::{Lost, Timeout, TooLong};
        match self {
            Self::Network { kind, .. } => matches!(kind, Lost | Timeout | TooLong),
            Self::Unreadable { .. } => true,
            Self::Throttled { .. } => false,
            other => other.settling() == Some(Settling::Busy),
        }
    }

    /// Whether, and why, the same call may succeed a little later.
    #[must_use]
    pub fn settling(&self) -> Option<Settling> {
        match self {
            Self::Throttled { .. } => Some(Settling::Busy),
            Self::NoSuchEntity { .. } => Some(Settling::NotVisibleYet),
            Self::Other { code, message, .. } => match code.as_str() {
                "EntityTemporarilyUnmodifiable"
                | "ConcurrentModification"
                | "ServiceFailure"
                | "InternalFailure"
                | "ServiceUnavailable" => Some(Settling::Busy),
                // A role whose trust names a user or role that was just made.
                "MalformedPolicyDocument" if message.message().contains("nvalid principal") => {
                    Some(Settling::NotVisibleYet)
                }
                // The refusal of a policy that another copy has not detached yet.
                "DeleteConflict" => Some(Settling::NotVisibleYet),
                _ => None,
            },
            _ => None,
        }
    }
}
