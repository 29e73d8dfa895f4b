//! The credential report of an account, between the call that starts it and those that fetch it.
//! It lives as long as the server.

use std::time::Duration;

use keyward_core::Timestamp;

/// The time in which a report can be fetched before it is generated again.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html>
const LIFE: Duration = Duration::from_secs(4 * 3600);

/// The progress of a report.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) enum Report {
    /// No call has asked for one.
    #[default]
    Absent,
    /// It is being made. The next question about it finds it ready.
    Started,
    /// It is ready.
    Ready {
        /// The time of its creation.
        at: Timestamp,
        /// The text, comma-separated.
        csv: String,
    },
}

impl Report {
    /// Whether it is too old to count.
    pub(crate) fn is_expired(&self, now: Timestamp) -> bool {
        match self {
            Self::Ready { at, .. } => at.after(LIFE) <= now,
            Self::Absent | Self::Started => false,
        }
    }
}
