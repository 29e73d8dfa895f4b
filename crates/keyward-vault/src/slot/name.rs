//! The names of slots.

use std::fmt;
use std::str::FromStr;

/// The name of a slot: 1 to 32 lower-case letters, digits, `-` or `_`, beginning with a letter
/// or digit. It becomes a file name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotName(String);

/// A text that cannot name a slot.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("that is not the name of a slot (1 to 32 lower-case letters, digits, - or _)")]
pub struct InvalidSlotName;

impl SlotName {
    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for SlotName {
    type Err = InvalidSlotName;

    fn from_str(text: &str) -> Result<Self, InvalidSlotName> {
        let fits = (1..=32).contains(&text.len())
            && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && text
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidSlotName)
        }
    }
}

impl fmt::Display for SlotName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
