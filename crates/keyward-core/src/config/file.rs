//! One file, kept byte for byte, with the positions of its sections and keys. It owns the text and
//! never normalises it.

use std::fmt;
use std::sync::Arc;

use smol_str::SmolStr;

use crate::config::lines::{Entry, SectionLines, Span};
use crate::config::parse::{COMMENT, body, nested_setting};
use crate::config::{BLANKS, Faults, FileKind, Origin, ParseError, parse};

/// One of the two files: the text as it is on disk, and the positions of its sections and keys.
#[derive(Clone)]
pub struct ConfigFile {
    pub(super) kind: FileKind,
    pub(super) path: Arc<str>,
    // Shared, so that a set of files needs no copy.
    pub(super) text: Arc<String>,
    pub(super) sections: Arc<Vec<SectionLines>>,
    pub(super) entries: Arc<Vec<Entry>>,
    /// The line ending of the first line, for lines that are added.
    pub(super) line_ending: &'static str,
}

impl ConfigFile {
    /// Reads a file as the SDKs do. `path` is shown in diagnostics and errors.
    ///
    /// # Errors
    /// The SDKs refuse the file; the error says where and why, and never repeats the line.
    pub fn parse(kind: FileKind, path: &str, text: &str) -> Result<Self, ParseError> {
        Self::parse_owned(kind, Arc::from(path), text.to_owned())
    }

    /// Returns what the SDKs would refuse in a file, in the order of its lines; nothing if
    /// [`parse`](Self::parse) reads it, and else that function's error first.
    #[must_use]
    pub fn faults(kind: FileKind, path: &str, text: &str) -> Faults {
        parse::faults(kind, &Arc::from(path), text)
    }

    pub(super) fn parse_owned(
        kind: FileKind,
        path: Arc<str>,
        text: String,
    ) -> Result<Self, ParseError> {
        let line_ending = match text.split_inclusive('\n').next() {
            Some(line) if line.ends_with("\r\n") => "\r\n",
            _ => "\n",
        };
        let (sections, entries) = parse::parse(kind, &path, &text)?;
        Ok(Self {
            line_ending,
            kind,
            path,
            text: Arc::new(text),
            sections: Arc::new(sections),
            entries: Arc::new(entries),
        })
    }

    /// The kind of the file.
    #[must_use]
    pub fn kind(&self) -> FileKind {
        self.kind
    }

    /// The path as it is shown to people.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// Every byte of the file.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    pub(super) fn slice(&self, span: Span) -> &str {
        &self.text[span.range()]
    }

    pub(super) fn origin(&self, line: u32) -> Origin {
        Origin {
            file: self.kind,
            path: Arc::clone(&self.path),
            line: line as usize,
        }
    }

    pub(super) fn entries_of(&self, section: &SectionLines) -> &[Entry] {
        &self.entries[section.entries.clone()]
    }

    /// The lines that continue an entry, trimmed; blank lines and comments between them skipped.
    pub(super) fn continuations<'a>(&'a self, entry: &Entry) -> impl Iterator<Item = &'a str> {
        self.text[entry.line_end as usize..entry.end as usize]
            .lines()
            .filter(|line| line.starts_with(BLANKS))
            .map(|line| line.trim_matches(BLANKS))
            .filter(|line| !line.trim().is_empty() && !line.starts_with(COMMENT))
    }

    /// The lines from a place up to the next key or header, with their line endings.
    pub(super) fn lines_below(&self, at: u32) -> impl Iterator<Item = &str> {
        self.text[at as usize..]
            .split_inclusive('\n')
            .take_while(|line| {
                body(line).is_empty() || line.starts_with(BLANKS) || line.starts_with(COMMENT)
            })
    }

    /// The end of the last indented line from a place up to the next key or header, or that place.
    /// To the SDK for Rust, what is above the place reaches so far.
    pub(super) fn indented_end(&self, at: u32) -> usize {
        let mut here = at as usize;
        let mut end = here;
        for line in self.lines_below(at) {
            here += line.len();
            if line.starts_with(BLANKS) && !body(line).trim_matches(BLANKS).is_empty() {
                end = here;
            }
        }
        end
    }

    /// The indented lines from a place up to the next key or header, trimmed.
    fn indented_from(&self, at: u32) -> impl Iterator<Item = &str> {
        self.lines_below(at)
            .filter(|line| line.starts_with(BLANKS))
            .map(|line| body(line).trim_matches(BLANKS))
            .filter(|line| !line.is_empty())
    }

    /// Whether an indented comment follows a place, before the next key or header.
    pub(super) fn has_indented_comment(&self, at: u32) -> bool {
        self.indented_from(at).any(|line| line.starts_with(COMMENT))
    }

    /// Whether an indented comment is where the SDK for Rust refuses the file: above the first header,
    /// directly below a header, or in a nested block.
    pub(super) fn has_refused_comment(&self) -> bool {
        let mut headers = self.sections.iter().map(|section| section.header.end);
        self.has_indented_comment(0)
            || headers.any(|at| self.has_indented_comment(at))
            || self
                .entries
                .iter()
                .any(|entry| self.has_refused_nested_comment(entry))
    }

    /// Whether the SDK for Rust refuses an indented comment below an entry without a value. It takes a
    /// commented-out setting for one whose name begins with `#`.
    pub(super) fn has_refused_nested_comment(&self, entry: &Entry) -> bool {
        entry.value.start == entry.value.end
            && self
                .indented_from(entry.line_end)
                .any(|line| line.starts_with(COMMENT) && nested_setting(line).is_err())
    }

    /// The value as the SDK for Rust reads it: an indented comment continues it.
    pub(super) fn value_with_indented_comments(&self, entry: &Entry) -> SmolStr {
        joined(self.slice(entry.value), self.indented_from(entry.line_end))
    }

    /// The whole value: the key's own line and its continuations, joined with `\n`.
    pub(super) fn value_of(&self, entry: &Entry) -> SmolStr {
        joined(self.slice(entry.value), self.continuations(entry))
    }

    /// The same with the comment behind the first line.
    pub(super) fn value_with_comment(&self, entry: &Entry) -> SmolStr {
        let line = &self.text[entry.value.start as usize..entry.line_end as usize];
        joined(line.trim(), self.continuations(entry))
    }
}

/// The lines of a value, joined with `\n`. Most have one.
fn joined<'l>(first: &str, more: impl Iterator<Item = &'l str>) -> SmolStr {
    let mut more = more.peekable();
    if more.peek().is_none() {
        return first.into();
    }
    let mut value = first.to_owned();
    for line in more {
        value.push('\n');
        value.push_str(line);
    }
    value.into()
}

impl fmt::Display for ConfigFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The text may hold secrets, so only its size is shown.
impl fmt::Debug for ConfigFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConfigFile")
            .field("kind", &self.kind)
            .field("path", &self.path)
            .field("bytes", &self.text.len())
            .field("sections", &self.sections.len())
            .finish_non_exhaustive()
    }
}
