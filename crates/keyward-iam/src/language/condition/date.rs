//! Times of the `Date…` operators: ISO 8601 in the W3C profile, or seconds since 1970. A bare
//! number is always seconds, so a lone year is not a date here.

use keyward_core::time::Timestamp;

/// Reads a time as seconds since 1970-01-01T00:00:00Z. A time without an offset is UTC.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html#Conditions_Date>
pub(crate) fn parse(text: &str) -> Option<i64> {
    if let Ok(seconds) = text.parse::<i64>() {
        return Some(seconds);
    }
    if !text.starts_with(|c: char| c.is_ascii_digit()) {
        return None;
    }
    let whole = match text.len() {
        7 => format!("{text}-01T00:00:00Z"),
        10 => format!("{text}T00:00:00Z"),
        _ => text.to_owned(),
    };
    let read = |text: &str| text.parse::<Timestamp>().ok().map(Timestamp::as_second);
    read(&whole).or_else(|| read(&format!("{whole}Z")))
}

#[cfg(test)]
mod tests;
