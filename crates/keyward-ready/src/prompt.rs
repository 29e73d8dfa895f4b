//! The piece of a shell prompt.

use keyward_core::Timestamp;

/// The piece for a profile whose session ends then, in the fewest letters.
#[must_use]
pub fn until(profile: &str, end: Timestamp, now: Timestamp) -> String {
    let seconds = end.remaining(now).as_secs();
    match (seconds / 3600, seconds / 60 % 60) {
        (0, 0) if seconds == 0 => format!("{profile} expired"),
        (0, 0) => format!("{profile} {seconds}s"),
        (0, minutes) => format!("{profile} {minutes}m"),
        (hours, minutes) => format!("{profile} {hours}h{minutes:02}m"),
    }
}
