//! Two clocks: the machine's and AWS's. Requests are signed with the local time plus a correction. Expiry
//! times are converted to local time, because SDKs compare them with the local clock.

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
    distance: Arc<AtomicI64>,
    /// The same to the second, also if the two clocks agree well enough for everything else.
    exact: Arc<AtomicI64>,
}

/// Within this many seconds two clocks agree: an answer needs some time, and AWS tolerates minutes.
pub(crate) const AGREEING: u64 = 60;

impl Clock {
    pub(crate) fn new(now: fn() -> Timestamp) -> Self {
        Self {
            now,
            correction: Arc::default(),
            distance: Arc::default(),
            exact: Arc::default(),
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

    /// Notes AWS's clock minus the local one, as an answer showed it.
    pub(crate) fn measured(&self, seconds: i64) {
        self.exact.store(seconds, Ordering::Relaxed);
        let distance = match seconds.unsigned_abs() > AGREEING {
            true => seconds,
            false => 0,
        };
        self.distance.store(distance, Ordering::Relaxed);
    }

    /// Returns the time of AWS's clock when the local one shows `ours`, to the second, as far as an
    /// answer has shown it yet.
    pub(crate) fn theirs_for(&self, ours: Timestamp) -> Timestamp {
        let exact = self.exact.load(Ordering::Relaxed);
        Timestamp::from_second(ours.as_second().saturating_add(exact))
    }

    /// Returns the time of the local clock when AWS's shows `theirs`.
    pub(crate) fn local_for(&self, theirs: Timestamp) -> Timestamp {
        let distance = self.distance.load(Ordering::Relaxed);
        Timestamp::from_second(theirs.as_second().saturating_sub(distance))
    }
}

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        let second = self.local().as_second().saturating_add(self.correction());
        UNIX_EPOCH + Duration::from_secs(u64::try_from(second).unwrap_or(0))
    }
}
