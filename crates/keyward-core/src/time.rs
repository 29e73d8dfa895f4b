//! Points in time, in whole seconds since 1970-01-01T00:00:00Z, written as RFC 3339.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

/// A point in time with the resolution of STS: one second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// A text that is not an RFC 3339 time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time (such as 2026-01-31T12:00:00Z)")]
pub struct InvalidTimestamp(String);

impl Timestamp {
    /// From seconds since the epoch, limited to the years 1 to 9999.
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

    /// Parses a time as tools write it beside credentials: RFC 3339, also with a blank for its `T` or
    /// before its offset, with `UTC` for its offset or without one (then UTC); RFC 2822; the form of
    /// `date`; or the seconds or milliseconds since the epoch. `None` for anything else.
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
            .unwrap_or(text)
            .trim_end();
        // As Ruby and Go print a time.
        if let Ok(time) = jiff::Timestamp::strptime("%Y-%m-%d %H:%M:%S%.f %z", bare) {
            return Some(Self::from_second(time.as_second()));
        }
        // As `date` and Java print one.
        let of_date = |zone| format!("%a %b %d %H:%M:%S {zone} %Y");
        let civil = jiff::civil::DateTime::strptime(of_date("UTC"), text)
            .or_else(|_| jiff::civil::DateTime::strptime(of_date("GMT"), text))
            .or_else(|_| bare.parse())
            .ok()?;
        Some(Self::from_civil(civil, jiff::tz::Offset::UTC))
    }

    /// A calendar time, limited to the last one that a timestamp can have.
    fn from_civil(time: jiff::civil::DateTime, offset: jiff::tz::Offset) -> Self {
        let second = offset.to_timestamp(time).map(jiff::Timestamp::as_second);
        Self::from_second(second.unwrap_or(match time.year() < 0 {
            true => i64::MIN,
            false => i64::MAX,
        }))
    }

    /// A time in the last hours of the year 9999, which tools write for "never".
    fn of_last_year(text: &str) -> Option<Self> {
        let pieces = jiff::fmt::temporal::Pieces::parse(text).ok()?;
        let (time, offset) = (pieces.time()?, pieces.to_numeric_offset()?);
        let is_last = pieces.date().year() == 9999;
        is_last.then(|| Self::from_civil(pieces.date().to_datetime(time), offset))
    }

    /// Seconds or milliseconds since the epoch: seconds up to the year 5138.
    fn from_epoch(number: f64) -> Option<Self> {
        const MOST_SECONDS: f64 = 1e11;
        let seconds = match number.abs() < MOST_SECONDS {
            true => number,
            false => number / 1000.0,
        };
        // Fractions of a second are dropped, and a later year becomes 9999.
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

    /// The time since `self`; zero if it is in the future.
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
        let Date { year, month, day } = Date::of(self.0.div_euclid(DAY));
        let second = self.0.rem_euclid(DAY);
        let (hour, minute, second) = (second / 3600, second / 60 % 60, second % 60);
        write!(
            f,
            "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
        )
    }
}

/// The seconds of a day.
const DAY: i64 = 86_400;

/// A day of the Gregorian calendar. A hand-out from the cache writes times and reads none, so
/// writing one needs no calendar library.
struct Date {
    year: i64,
    month: i64,
    day: i64,
}

impl Date {
    /// The date of a day that is counted from 1970-01-01.
    fn of(day: i64) -> Self {
        const ERA: i64 = 146_097; // the days of 400 years
        const TO_MARCH_OF_YEAR_0: i64 = 719_468;
        // A year that begins in March ends with its leap day.
        let day = day + TO_MARCH_OF_YEAR_0;
        let (era, of_era) = (day.div_euclid(ERA), day.rem_euclid(ERA));
        let leap_days = of_era / 1460 - of_era / 36_524 + of_era / (ERA - 1);
        let year = (of_era - leap_days) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        // Five months from March on have 153 days, and so the next five.
        let from_march = (5 * of_year + 2) / 153;
        let month = (from_march + 2) % 12 + 1;
        Self {
            year: year + era * 400 + i64::from(month <= 2),
            month,
            day: of_year - (153 * from_march + 2) / 5 + 1,
        }
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        let read = text.parse::<jiff::Timestamp>().ok();
        read.map(|time| Self::from_second(time.as_second()))
            .or_else(|| Self::of_last_year(text))
            .ok_or_else(|| InvalidTimestamp(text.chars().take(40).collect()))
    }
}

/// A text that is not a duration.
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
    let units = units(duration);
    let first = units.iter().position(|(n, _)| *n > 0).unwrap_or(3);
    let end = units.len().min(first + 2);
    in_words(&units[first..end])
}

/// Writes a duration in full: `12h`, `12h 1s`, `1d 3h 5m`.
#[must_use]
pub fn exact_duration(duration: Duration) -> String {
    in_words(&units(duration))
}

fn units(duration: Duration) -> [(u64, &'static str); 4] {
    let total = duration.as_secs();
    [
        (total / 86_400, "d"),
        (total / 3600 % 24, "h"),
        (total / 60 % 60, "m"),
        (total % 60, "s"),
    ]
}

/// The units that are not zero, such as `59m 8s`; `0s` if all are.
fn in_words(units: &[(u64, &str)]) -> String {
    let shown = units.iter().filter(|(n, _)| *n > 0);
    let shown: Vec<String> = shown.map(|(n, unit)| format!("{n}{unit}")).collect();
    match shown.is_empty() {
        true => "0s".to_owned(),
        false => shown.join(" "),
    }
}

#[cfg(test)]
mod tests;
