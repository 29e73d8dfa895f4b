//! The places of sections and keys in the text of a file.

use std::ops::Range;

use crate::config::header::{Oddity, Role};

/// A piece of the text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Span {
    pub(super) fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A header and what belongs to it.
#[derive(Debug, Clone)]
pub(super) struct SectionLines {
    /// The line of the header, from 1.
    pub(super) line: u32,
    /// The header line with its line ending.
    pub(super) header: Span,
    /// The text between the brackets, including blanks.
    pub(super) inner: Span,
    /// The name, without prefix and quotes.
    pub(super) name: Span,
    pub(super) role: Role,
    pub(super) oddity: Oddity,
    /// Its keys, as indices into [`ConfigFile`](super::ConfigFile).
    pub(super) entries: Range<usize>,
}

/// A key, its value and their lines.
#[derive(Debug, Clone)]
pub(super) struct Entry {
    /// The line of the key, from 1.
    pub(super) line: u32,
    /// The start of that line; the key is the first text on it.
    pub(super) key: Span,
    /// The value on that line without comment and blanks; right after the `=` if empty.
    pub(super) value: Span,
    /// The start of an inline comment.
    pub(super) comment: Option<u32>,
    /// The end of that line, including its line ending.
    pub(super) line_end: u32,
    /// The end of the last continuation line, including its line ending; `line_end` if there is none.
    pub(super) end: u32,
}
