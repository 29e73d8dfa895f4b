//! Replaces byte ranges of a text. The caller has already decided which key or section is meant, and
//! whether the edit is allowed.

use std::ops::Range;

use crate::config::BLANKS;
use crate::config::file::ConfigFile;
use crate::config::lines::{Entry, SectionLines};
use crate::config::parse::{COMMENT, body};

/// A piece of the text and its replacement.
pub(super) type Splice = (Range<usize>, String);

impl ConfigFile {
    /// A new value in the place of the old.
    pub(super) fn replace(&self, entry: &Entry, value: &str) -> Vec<Splice> {
        let mut splices = Vec::new();
        let line_start = entry.key.start as usize;
        let line = &self.text[line_start..entry.line_end as usize];
        let body_end = line_start + body(line).len();
        let mut old = entry.value.range();
        if let Some(comment) = entry.comment {
            let comment = self.text[comment as usize..body_end].trim_end_matches(BLANKS);
            splices.push((
                line_start..line_start,
                format!("{comment}{}", self.line_ending),
            ));
            old.end = body_end;
        }
        if entry.value.start == entry.value.end {
            // If the old line has blanks around its `=`, one stays after it.
            let blanks = self.text[..old.start - 1].ends_with(BLANKS)
                || self.text[old.start..].starts_with(BLANKS);
            old.end = body_end;
            splices.push((old, format!("{}{value}", if blanks { " " } else { "" })));
        } else {
            splices.push((old, value.to_owned()));
        }
        splices.push(self.without_continuations(entry));
        splices
    }

    /// A new line below the last key of a section and its indented comments, spaced as that key is.
    /// Above these comments, it would take them over: to the SDK for Rust, they continue a value.
    pub(super) fn append(&self, section: &SectionLines, key: &str, value: &str) -> Splice {
        let entries = self.entries_of(section);
        let above = entries.last();
        let at = self.indented_end(above.map_or(section.header.end, |entry| entry.line_end));
        let model = entries.last().or(self.entries.first());
        (
            at..at,
            format!(
                "{}{}",
                self.missing_line_ending(at),
                self.key_line(model, key, value)
            ),
        )
    }

    /// A new section at the end of the file, below a blank line.
    pub(super) fn create(&self, header: &str, key: &str, value: &str) -> Splice {
        let at = self.text.len();
        let ending = self.line_ending;
        let last = self.text.lines().next_back().unwrap_or_default();
        let gap = if last.trim_matches(BLANKS).is_empty() {
            ""
        } else {
            ending
        };
        let missing = self.missing_line_ending(at);
        let line = self.key_line(self.entries.last(), key, value);
        (at..at, format!("{missing}{gap}{header}{ending}{line}"))
    }

    fn key_line(&self, model: Option<&Entry>, key: &str, value: &str) -> String {
        let tight = model.is_some_and(|m| !self.text[m.key.end as usize..].starts_with(BLANKS));
        let equals = if tight { "=" } else { " = " };
        format!("{key}{equals}{value}{}", self.line_ending)
    }

    /// The lines below an entry's own without those that continue it. Indented comments move to the
    /// first column, as the SDK for Rust would take them for a part of another value.
    pub(super) fn without_continuations(&self, entry: &Entry) -> Splice {
        let below = entry.line_end as usize..self.indented_end(entry.line_end);
        let kept = self.text[below.clone()]
            .split_inclusive('\n')
            .filter(|line| !line.starts_with(BLANKS) || is_blank(line) || is_comment(line))
            .map(in_first_column)
            .collect();
        (below, kept)
    }

    /// A section's lines up to its last key. They include the comments directly below it, unless
    /// these are in the first column and directly above something else. They include the blank lines
    /// below if blank lines precede the section. `above` is the text that stays above the section.
    pub(super) fn extent(&self, section: &SectionLines, above: &str) -> Range<usize> {
        let start = section.header.start as usize;
        let keys = self
            .entries_of(section)
            .last()
            .map_or(section.header.end, |e| e.end) as usize;
        let mut indented = keys;
        let mut after = keys;
        let lines = self.text[keys..].split_inclusive('\n');
        for comment in lines.take_while(|line| is_comment(line)) {
            after += comment.len();
            if comment.starts_with(BLANKS) {
                indented = after;
            }
        }
        let free = self.text[after..]
            .split_inclusive('\n')
            .next()
            .is_none_or(is_blank);
        let mut end = if free { after } else { indented };
        if above.split_inclusive('\n').next_back().is_none_or(is_blank) {
            end += self.text[end..]
                .split_inclusive('\n')
                .take_while(|line| is_blank(line))
                .map(str::len)
                .sum::<usize>();
        }
        start..end
    }

    /// Returns the line ending that the line before `at` lacks.
    fn missing_line_ending(&self, at: usize) -> &'static str {
        match self.text[..at].chars().next_back() {
            None | Some('\n') => "",
            // A lone `\n` would make the carriage return part of the line ending.
            Some('\r') => "\r\n",
            Some(_) => self.line_ending,
        }
    }
}

/// Whether the grammar skips the line. Other white space is a value, such as a form feed that
/// continues the key above.
fn is_blank(line: &str) -> bool {
    body(line).trim_matches(BLANKS).is_empty()
}

/// A comment without its indent, or another line as it is.
pub(super) fn in_first_column(line: &str) -> &str {
    match is_comment(line) {
        true => line.trim_start_matches(BLANKS),
        false => line,
    }
}

/// Whether the line is a comment, indented or not.
fn is_comment(line: &str) -> bool {
    line.trim_start_matches(BLANKS).starts_with(COMMENT)
}
