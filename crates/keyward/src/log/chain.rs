//! The chain of the log's lines. The reader holds one line at a time, because a log may have a
//! million of them. The line after a changed, removed or added line reveals the change. The anchor
//! reveals a cut end. Refuses to keep a line that is longer than any entry.

use std::io::{self, BufRead};

use keyward_ready::log::StoredLine;

use super::entry::Entry;

/// A break in the chain, at a line of a file, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Break {
    /// The line is not an entry: it was damaged, or a crash cut it short.
    Unreadable(usize),
    /// The line does not follow from the one before it.
    Gap(usize),
    /// The last lines are missing.
    Cut,
    /// The file is so large that only its end is read. keyward makes no such file.
    Oversized,
}

impl Break {
    /// Describes the break to the user.
    pub(crate) fn says(self) -> String {
        match self {
            Self::Unreadable(line) => format!("line {line} is not an entry"),
            Self::Oversized => {
                "the file is larger than keyward makes one; only its end was read".to_owned()
            }
            Self::Cut => "lines at the end are missing".to_owned(),
            Self::Gap(1) => "line 1 is not the first line of the log".to_owned(),
            Self::Gap(line) => format!(
                "line {line} does not follow from line {}: a line was changed, removed or inserted",
                line - 1
            ),
        }
    }
}

/// The digest of the previous line that the next line must contain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Before {
    /// This.
    Digest(String),
    /// Any digest: keyward has removed the older file with the line before.
    Gone,
}

/// Reads one file of a log that continues after `before`, and returns where the chain first breaks. Passes
/// each line to `each`: as an entry, if it is one, with its digest. Afterwards `before` is the state after
/// which the next file continues.
pub(super) fn read(
    mut from: impl BufRead,
    before: &mut Before,
    each: &mut dyn FnMut(Option<Entry>, &str) -> io::Result<()>,
) -> io::Result<Option<Break>> {
    let mut broken = None;
    let mut line = StoredLine::default();
    for number in 1.. {
        if !line.fill(&mut from)? {
            break;
        }
        if line.is_empty() {
            continue;
        }
        let digest = line.digest();
        let found = match entry(&line) {
            Some((entry, previous)) => {
                each(Some(entry), &digest)?;
                let follows = match before {
                    Before::Digest(expected) => *expected == previous,
                    Before::Gone => true,
                };
                (!follows).then_some(Break::Gap(number))
            }
            None => {
                each(None, &digest)?;
                Some(Break::Unreadable(number))
            }
        };
        broken = broken.or(found);
        *before = Before::Digest(digest);
    }
    Ok(broken)
}

/// The entry of a line, and its digest of the line before.
fn entry(line: &StoredLine) -> Option<(Entry, String)> {
    Entry::read(line.bytes()?).ok()
}
