//! The chain of the log's lines. A line that was changed, taken out or put in shows at the line
//! after it; what was cut off at the end cannot show.

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

use super::entry::Entry;

/// What the first line gives as the digest of the line before it.
pub(super) const START: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What the log tells.
#[derive(Debug, Default)]
pub(crate) struct Story {
    /// The entries that can be read, oldest first.
    pub(crate) entries: Vec<Entry>,
    /// Where the chain breaks first.
    pub(crate) broken: Option<Break>,
}

/// A break in the chain, at a line counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Break {
    /// The line is not an entry: it was damaged, or a crash cut it short.
    Unreadable(usize),
    /// The line does not follow from the one before it.
    Gap(usize),
}

impl Break {
    /// What happened, for people.
    pub(crate) fn says(self) -> String {
        match self {
            Self::Unreadable(line) => format!("line {line} is no entry"),
            Self::Gap(1) => "line 1 is not the first that was written".to_owned(),
            Self::Gap(line) => format!(
                "line {line} does not follow from line {}: a line was changed, taken out or put in",
                line - 1
            ),
        }
    }
}

/// The digest of a line without its end.
pub(super) fn digest(line: &[u8]) -> String {
    HEXLOWER.encode(&Sha256::digest(line))
}

/// Reads a whole log.
pub(super) fn read(bytes: &[u8]) -> Story {
    let mut story = Story::default();
    let mut expected = START.to_owned();
    for (number, line) in bytes
        .split(|byte| *byte == b'\n')
        .enumerate()
        .filter(|(_, line)| !line.is_empty())
    {
        let broken = match Entry::read(line) {
            Ok((entry, previous)) => {
                story.entries.push(entry);
                (previous != expected).then_some(Break::Gap(number + 1))
            }
            Err(_) => Some(Break::Unreadable(number + 1)),
        };
        story.broken = story.broken.or(broken);
        expected = digest(line);
    }
    story
}
