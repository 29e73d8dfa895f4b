//! The practice account's clock: real or frozen time plus an offset that tests move. It never
//! sleeps and never runs backwards on its own.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use keyward_core::Timestamp;

/// Time as the practice account sees it. Clones share the offset, so that a test can keep one
/// and move the server's time with it.
#[derive(Debug, Clone)]
pub struct Clock {
    base: Base,
    offset: Arc<AtomicI64>,
}

#[derive(Debug, Clone, Copy)]
enum Base {
    Real,
    Frozen(i64),
}

impl Clock {
    /// The machine's own time.
    #[must_use]
    pub fn real() -> Self {
        Self {
            base: Base::Real,
            offset: Arc::default(),
        }
    }

    /// A clock that moves only by hand, for tests that must not depend on the time of their run.
    /// Clients must sign with the same time.
    #[must_use]
    pub fn frozen(at: Timestamp) -> Self {
        Self {
            base: Base::Frozen(at.as_second()),
            offset: Arc::default(),
        }
    }

    /// The present.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let base = match self.base {
            Base::Frozen(second) => second,
            Base::Real => SystemTime::now()
                .duration_since(UNIX_EPOCH)
                .ok()
                .and_then(|since| i64::try_from(since.as_secs()).ok())
                .unwrap_or(0),
        };
        Timestamp::from_second(base.saturating_add(self.offset.load(Ordering::SeqCst)))
    }

    /// Moves the clock forward.
    pub fn advance(&self, by: Duration) {
        self.shift(i64::try_from(by.as_secs()).unwrap_or(i64::MAX));
    }

    /// Sets the distance to the base time, negative for a server whose clock is slow.
    pub fn set_offset(&self, seconds: i64) {
        self.offset.store(seconds, Ordering::SeqCst);
    }

    fn shift(&self, seconds: i64) {
        let shifted = |now: i64| Some(now.saturating_add(seconds));
        // The closure always returns a value, so the update cannot fail.
        let _ = self
            .offset
            .fetch_update(Ordering::SeqCst, Ordering::SeqCst, shifted);
    }
}

impl Default for Clock {
    fn default() -> Self {
        Self::real()
    }
}

/// The form that signatures use: `20261121T090000Z`.
pub(crate) fn compact(time: Timestamp) -> String {
    time.to_string().replace(['-', ':'], "")
}

/// Reads the form that signatures use.
pub(crate) fn parse_compact(text: &str) -> Option<Timestamp> {
    if text.len() != 16 || !text.is_ascii() {
        return None;
    }
    let (day, time) = (&text[..8], &text[9..15]);
    let digits = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !digits(day) || !digits(time) || &text[8..9] != "T" || &text[15..] != "Z" {
        return None;
    }
    format!(
        "{}-{}-{}T{}:{}:{}Z",
        &day[..4],
        &day[4..6],
        &day[6..],
        &time[..2],
        &time[2..4],
        &time[4..]
    )
    .parse()
    .ok()
}

/// The form of the HTTP `Date` header.
pub(crate) fn http_date(time: Timestamp) -> String {
    httpdate::fmt_http_date(system_time(time))
}

/// The standard library's form, for the signer.
pub(crate) fn system_time(time: Timestamp) -> SystemTime {
    let second = u64::try_from(time.as_second()).unwrap_or(0);
    UNIX_EPOCH + Duration::from_secs(second)
}
