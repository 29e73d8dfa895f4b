//! The grammar of one file: lines to sections and keys. It refuses exactly what the SDKs refuse,
//! and copies nothing: the result is places in the text.

use std::ops::ControlFlow;
use std::sync::Arc;

use crate::config::hidden::is_hidden;
use crate::config::lines::{Entry, SectionLines, Span};
use crate::config::{BLANKS, FileKind, Origin, ParseError, Problem, header};

pub(super) const COMMENT: [char; 2] = ['#', ';'];

/// The most faults that are reported one by one. A file with more is probably not an AWS file, and may
/// have millions.
const MOST_FAULTS: usize = 100;

/// The lines that the SDKs would refuse in one file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults {
    /// The first hundred.
    pub first: Vec<ParseError>,
    /// The number of all faults.
    pub count: usize,
}

/// The character that some editors put first, and no AWS tool skips.
const BYTE_ORDER_MARK: char = '\u{feff}';

#[cfg(test)]
thread_local! {
    /// The number of bytes that this thread has parsed.
    static READ: std::cell::Cell<usize> = const { std::cell::Cell::new(0) };
}

/// The number of bytes that this thread has parsed, for tests that bound the work of an edit.
#[cfg(test)]
pub(super) fn bytes_read() -> usize {
    READ.with(std::cell::Cell::get)
}

/// The meaning of the line before for the next one.
#[derive(Clone, Copy)]
enum State {
    /// Above the first header.
    Outside,
    /// Directly below a header: no key to continue.
    Header,
    /// Below a key with a value: any indented line continues it.
    Key,
    /// Below a key without a value: indented lines are `name = value`.
    Nested,
    /// Below a line that is not a key: a continuation is part of the same mistake.
    Lost,
}

/// The sections and entries of a file, in its order.
pub(super) fn parse(
    kind: FileKind,
    path: &Arc<str>,
    text: &str,
) -> Result<(Vec<SectionLines>, Vec<Entry>), ParseError> {
    let mut fault = None;
    let parser = Parser::walk(kind, text, |line, problem| {
        fault = Some((line, problem));
        ControlFlow::Break(())
    });
    match fault {
        None => Ok((parser.sections, parser.entries)),
        Some((line, problem)) => Err(error(kind, path, line, problem)),
    }
}

/// The faults that the SDKs refuse, in the order of the lines, up to the limit. Each is reported once and
/// hides no other.
pub(super) fn faults(kind: FileKind, path: &Arc<str>, text: &str) -> Faults {
    let mut faults = Faults::default();
    Parser::walk(kind, text, |line, problem| {
        faults.count += 1;
        if faults.first.len() < MOST_FAULTS {
            faults.first.push(error(kind, path, line, problem));
        }
        ControlFlow::Continue(())
    });
    faults
}

fn error(kind: FileKind, path: &Arc<str>, line: usize, problem: Problem) -> ParseError {
    ParseError {
        origin: Origin {
            file: kind,
            path: Arc::clone(path),
            line,
        },
        problem,
    }
}

/// A physical line and its place.
struct Line<'t> {
    number: usize,
    start: usize,
    /// Past the line ending.
    end: usize,
    /// Without the line ending.
    text: &'t str,
}

struct Parser {
    kind: FileKind,
    state: State,
    sections: Vec<SectionLines>,
    entries: Vec<Entry>,
}

impl Parser {
    /// Reads a text line by line. `refused` receives each fault, and returns whether to continue.
    fn walk(
        kind: FileKind,
        text: &str,
        mut refused: impl FnMut(usize, Problem) -> ControlFlow<()>,
    ) -> Self {
        let mut parser = Self {
            kind,
            state: State::Outside,
            sections: Vec::new(),
            entries: Vec::new(),
        };
        #[cfg(test)]
        READ.with(|read| read.set(read.get() + text.len()));
        if u32::try_from(text.len()).is_err() {
            let _ = refused(1, Problem::TooLarge);
            return parser;
        }
        let body_start = match text.strip_prefix(BYTE_ORDER_MARK) {
            None => 0,
            Some(_) if refused(1, Problem::ByteOrderMark).is_break() => return parser,
            Some(_) => BYTE_ORDER_MARK.len_utf8(),
        };
        let mut start = body_start;
        for (index, raw) in text[body_start..].split_inclusive('\n').enumerate() {
            let line = Line {
                number: index + 1,
                start,
                end: start + raw.len(),
                text: body(raw),
            };
            start = line.end;
            if let Err(problem) = parser.read(&line) {
                if refused(line.number, problem).is_break() {
                    return parser;
                }
                parser.recover(problem);
            }
        }
        parser
    }

    /// The context of the next line after a refused one.
    fn recover(&mut self, problem: Problem) {
        self.state = match problem {
            Problem::UnclosedHeader | Problem::IndentedHeader => State::Header,
            Problem::NestedNoEquals | Problem::NestedNoKey => State::Nested,
            _ => State::Lost,
        };
    }

    fn read(&mut self, line: &Line<'_>) -> Result<(), Problem> {
        match line.text.as_bytes().first() {
            None | Some(b'#' | b';') => Ok(()),
            Some(b'[') => self.read_header(line),
            Some(b' ' | b'\t') => {
                let trimmed = line.text.trim_matches(BLANKS);
                // White space of any kind is an empty line to Python, JavaScript and Go.
                if trimmed.trim().is_empty() || trimmed.starts_with(COMMENT) {
                    Ok(())
                } else {
                    self.read_continuation(line, trimmed)
                }
            }
            Some(_) => self.read_key(line),
        }
    }

    fn read_header(&mut self, line: &Line<'_>) -> Result<(), Problem> {
        let inner = header_text(line.text).ok_or(Problem::UnclosedHeader)?;
        let header = header::read(self.kind, inner);
        let inner_start = line.start + 1;
        // The name is a piece of `inner`, so the distance of their addresses is its place.
        let name_start = inner_start + (header.name.as_ptr().addr() - inner.as_ptr().addr());
        self.sections.push(SectionLines {
            line: place(line.number),
            header: span(line.start, line.end),
            inner: span(inner_start, inner_start + inner.len()),
            name: span(name_start, name_start + header.name.len()),
            role: header.role,
            oddity: header.oddity,
            entries: self.entries.len()..self.entries.len(),
        });
        self.state = State::Header;
        Ok(())
    }

    fn read_key(&mut self, line: &Line<'_>) -> Result<(), Problem> {
        if self.sections.is_empty() && matches!(self.state, State::Outside) {
            return Err(Problem::OutsideSection);
        }
        let comment = inline_comment(line.text);
        let message = line.text[..comment.unwrap_or(line.text.len())].trim_end_matches(BLANKS);
        let (key, rest) = message.split_once('=').ok_or_else(|| no_equals(message))?;
        let name = key.trim_end_matches(BLANKS);
        if name.is_empty() {
            return Err(Problem::NoKey);
        }
        let value = rest.trim_start_matches(BLANKS);
        let value_end = line.start + message.len();
        self.entries.push(Entry {
            line: place(line.number),
            key: span(line.start, line.start + name.len()),
            value: span(value_end - value.len(), value_end),
            comment: comment.map(|at| place(line.start + at)),
            line_end: place(line.end),
            end: place(line.end),
        });
        if let Some(section) = self.sections.last_mut() {
            section.entries.end = self.entries.len();
        }
        self.state = if value.is_empty() {
            State::Nested
        } else {
            State::Key
        };
        Ok(())
    }

    fn read_continuation(&mut self, line: &Line<'_>, trimmed: &str) -> Result<(), Problem> {
        match self.state {
            // Below a key, such a line belongs to its value.
            State::Outside | State::Header
                if trimmed.starts_with('[') && trimmed.ends_with(']') =>
            {
                return Err(Problem::IndentedHeader);
            }
            State::Outside => return Err(Problem::OutsideSection),
            State::Header => return Err(Problem::StrayContinuation),
            State::Lost => return Ok(()),
            State::Key => {}
            State::Nested => nested_setting(trimmed)?,
        }
        let entry = self.entries.last_mut().expect("these states follow a key");
        entry.end = place(line.end);
        Ok(())
    }
}

/// Refuses a line of a nested block that is not `name = value`. A commented-out setting is one too:
/// its `#` begins the name, as no white space precedes it.
pub(super) fn nested_setting(trimmed: &str) -> Result<(), Problem> {
    // The comment stays in the value, but it cannot lend the line its `=`.
    let message = &trimmed[..inline_comment(trimmed).unwrap_or(trimmed.len())];
    let (name, _) = message.split_once('=').ok_or(Problem::NestedNoEquals)?;
    match name.trim_matches(BLANKS).is_empty() {
        true => Err(Problem::NestedNoKey),
        false => Ok(()),
    }
}

/// The fault of a line that is not `key = value`. A line of invisible characters needs another fix.
fn no_equals(line: &str) -> Problem {
    match line.chars().all(|c| is_hidden(c) || BLANKS.contains(&c)) {
        true => Problem::Hidden,
        false => Problem::NoEquals,
    }
}

/// Returns the start of the comment of a key's line: a `#` or `;` after white space.
fn inline_comment(line: &str) -> Option<usize> {
    let mut from = 0;
    // Comparing bytes is several times faster than comparing characters, and a large file spends most of
    // its parsing time here.
    while let Some(found) = line.as_bytes()[from..]
        .iter()
        .position(|b| matches!(b, b'#' | b';'))
    {
        let at = from + found;
        if line[..at]
            .chars()
            .next_back()
            .is_some_and(char::is_whitespace)
        {
            return Some(at);
        }
        from = at + 1;
    }
    None
}

/// A line without its ending: `\n` or `\r\n`, and nothing else.
pub(super) fn body(raw: &str) -> &str {
    match raw.strip_suffix('\n') {
        Some(line) => line.strip_suffix('\r').unwrap_or(line),
        None => raw,
    }
}

/// Returns the text between the brackets of a header. A comment may follow it, and needs no blank
/// before it, unlike in a value. A `#` or `;` before the bracket is part of the header, as in
/// Python's parser. Most such names mean nothing to the SDKs, but the rest of the file does.
///
/// Source: <https://docs.python.org/3/library/configparser.html#supported-ini-file-structure>
fn header_text(line: &str) -> Option<&str> {
    let cut = line.find(COMMENT).unwrap_or(line.len());
    let (before, after) = (&line[1..cut], &line[cut..]);
    if let Some(inner) = before.trim_end_matches(BLANKS).strip_suffix(']') {
        return Some(inner);
    }
    let (rest, behind) = after.rsplit_once(']')?;
    let behind = behind.trim_start_matches(BLANKS);
    let ends = behind.is_empty() || behind.starts_with(COMMENT);
    (ends && !before.contains(']')).then(|| &line[1..cut + rest.len()])
}

fn span(start: usize, end: usize) -> Span {
    Span {
        start: place(start),
        end: place(end),
    }
}

fn place(at: usize) -> u32 {
    u32::try_from(at).expect("the length of the text was checked first")
}

#[cfg(test)]
pub(super) mod tests;
