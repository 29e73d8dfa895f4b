//! The time that requests are signed with: the local clock plus a correction learnt from AWS.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_smithy_async::time::TimeSource;
use keyward_core::Timestamp;

/// A clock that can be set right without touching the machine's. Clones share the correction.
#[derive(Debug, Clone)]
pub(crate) struct Clock {
    now: fn() -> Timestamp,
    correction: Arc<AtomicI64>,
}

impl Clock {
    pub(crate) fn new(now: fn() -> Timestamp) -> Self {
        Self {
            now,
            correction: Arc::new(AtomicI64::new(0)),
        }
    }

    /// The local clock as it is, wrong or not.
    pub(crate) fn local(&self) -> Timestamp {
        (self.now)()
    }

    /// The correction in force, in seconds.
    pub(crate) fn correction(&self) -> i64 {
        self.correction.load(Ordering::Relaxed)
    }

    /// Signs with the local time plus `seconds` from now on.
    pub(crate) fn correct(&self, seconds: i64) {
        self.correction.store(seconds, Ordering::Relaxed);
    }
}

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        let second = self.local().as_second().saturating_add(self.correction());
        UNIX_EPOCH + Duration::from_secs(u64::try_from(second).unwrap_or(0))
    }
}
