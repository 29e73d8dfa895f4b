//! Points in time, in whole seconds since 1970-01-01T00:00:00Z, written as RFC 3339.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A point in time with the resolution that STS gives: one second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A text that is no RFC 3339 time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time (such as 2026-01-31T12:00:00Z)")]
pub struct InvalidTimestamp(String);

impl Timestamp {
    /// From seconds since the epoch; what lies outside the years 1 to 9999 is cut to them.
    #[must_use]
    pub fn from_second(second: i64) -> Self {
        const YEAR_1: i64 = -62_135_596_800;
        const YEAR_9999_END: i64 = 253_402_207_200;
        Self(second.clamp(YEAR_1, YEAR_9999_END))
    }

    /// Seconds since the epoch.
    #[must_use]
    pub fn as_second(self) -> i64 {
        self.0
    }

    /// Reads a time as tools write it beside credentials: RFC 3339, also with a blank for its `T`,
    /// with `UTC` for its offset or without one, which is taken as UTC; RFC 2822; or the seconds
    /// or milliseconds since the epoch. `None` where it is none of these.
    #[must_use]
    pub fn read_loosely(text: &str) -> Option<Self> {
        let text = text.trim();
        if let Ok(time) = text.parse() {
            return Some(time);
        }
        if let Ok(number) = text.parse::<f64>() {
            return Self::from_epoch(number);
        }
        if let Ok(time) = jiff::fmt::rfc2822::parse(text) {
            return Some(Self::from_second(time.timestamp().as_second()));
        }
        let bare = ["UTC", "GMT"]
            .iter()
            .find_map(|zone| text.strip_suffix(zone))
            .unwrap_or(text);
        let civil: jiff::civil::DateTime = bare.trim_end().parse().ok()?;
        let zoned = civil.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
        Some(Self::from_second(zoned.timestamp().as_second()))
    }

    /// Seconds or milliseconds since the epoch: seconds up to the year 5138.
    fn from_epoch(number: f64) -> Option<Self> {
        const MOST_SECONDS: f64 = 1e11;
        let seconds = match number.abs() < MOST_SECONDS {
            true => number,
            false => number / 1000.0,
        };
        // What is cut is less than a second, and a far end is cut to the year 9999.
        #[allow(clippy::cast_possible_truncation, reason = "the cast saturates")]
        number
            .is_finite()
            .then(|| Self::from_second(seconds.floor() as i64))
    }

    /// The time left until `self`, zero when it has passed.
    #[must_use]
    pub fn remaining(self, now: Self) -> Duration {
        Duration::from_secs(u64::try_from(self.0.saturating_sub(now.0)).unwrap_or(0))
    }

    /// The time since `self`, zero when it lies ahead.
    #[must_use]
    pub fn elapsed(self, now: Self) -> Duration {
        now.remaining(self)
    }

    /// `self` plus a duration.
    #[must_use]
    pub fn after(self, duration: Duration) -> Self {
        Self::from_second(
            self.0
                .saturating_add(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)),
        )
    }

    /// `self` minus a duration.
    #[must_use]
    pub fn before(self, duration: Duration) -> Self {
        Self::from_second(
            self.0
                .saturating_sub(i64::try_from(duration.as_secs()).unwrap_or(i64::MAX)),
        )
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.0) {
            Ok(time) => write!(f, "{time}"),
            Err(_) => write!(f, "{}", self.0),
        }
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        text.parse::<jiff::Timestamp>()
            .map(|time| Self::from_second(time.as_second()))
            .map_err(|_| InvalidTimestamp(text.chars().take(40).collect()))
    }
}

/// A text that is no duration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a duration (such as 45m, 12h, 1h30m or 3600)")]
pub struct InvalidDuration(String);

/// Reads a duration as people write it: `45m`, `1h30m`, `12h`, `36 hours`, or plain seconds.
///
/// # Errors
/// The text is neither.
pub fn parse_duration(text: &str) -> Result<Duration, InvalidDuration> {
    let invalid = || InvalidDuration(text.chars().take(40).collect());
    let trimmed = text.trim();
    if let Ok(seconds) = trimmed.parse::<u64>() {
        return Ok(Duration::from_secs(seconds));
    }
    // Days are civil units to jiff; here a day is always 24 hours.
    if let Some(days) = trimmed
        .strip_suffix('d')
        .and_then(|d| d.parse::<u64>().ok())
    {
        return days
            .checked_mul(86_400)
            .map(Duration::from_secs)
            .ok_or_else(invalid);
    }
    let duration: jiff::SignedDuration = trimmed.parse().map_err(|_| invalid())?;
    Duration::try_from(duration).map_err(|_| invalid())
}

/// Writes a duration in at most two units: `12h`, `59m 8s`, `2d 3h`.
#[must_use]
pub fn show_duration(duration: Duration) -> String {
    let total = duration.as_secs();
    let (d, h, m, s) = (
        total / 86_400,
        total / 3600 % 24,
        total / 60 % 60,
        total % 60,
    );
    let units = [(d, "d"), (h, "h"), (m, "m"), (s, "s")];
    let first = units.iter().position(|(n, _)| *n > 0).unwrap_or(3);
    let mut shown = format!("{}{}", units[first].0, units[first].1);
    if let Some((n, unit)) = units.get(first + 1).filter(|(n, _)| *n > 0) {
        shown.push_str(&format!(" {n}{unit}"));
    }
    shown
}

#[cfg(test)]
mod tests;
