//! Output: data on standard output, messages on standard error, and colour. Nothing else in the program
//! prints. A terminal receives no control characters from outside.

mod parts;
mod screen;
mod table;
mod wrap;

use std::borrow::Cow;
use std::io::{self, IsTerminal as _, Write};

use anstyle::{AnsiColor, Effects, Style};
use clap::ValueEnum;
use keyward_ready::output::refuse_closed;

use crate::screen::error::CliError;

pub(crate) use parts::Parts;
pub(crate) use screen::{plain, shown};
pub(crate) use table::{Cell, Ink, Table, cut};
pub(crate) use wrap::wrap;
use wrap::wrap_around;

/// The choice of colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Good news.
pub(crate) const GOOD: Style = AnsiColor::Green.on_default();
/// Bad news.
pub(crate) const BAD: Style = AnsiColor::Red.on_default().effects(Effects::BOLD);
/// Something to know. For words and marks, not for sentences: yellow is hard to read on a light ground.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();
/// The style of emphasis.
pub(crate) const STRONG: Style = Style::new().effects(Effects::BOLD);
/// The style of details.
pub(crate) const FAINT: Style = Style::new().effects(Effects::DIMMED);
/// A command to type.
pub(crate) const CODE: Style = AnsiColor::Cyan.on_default();

/// A line whose first word or mark has the style [`WARN`].
pub(crate) fn first_warned(line: &str) -> String {
    let start = line.len() - line.trim_start().len();
    let (indent, rest) = line.split_at(start);
    let (first, rest) = rest.split_at(rest.find(' ').unwrap_or(rest.len()));
    format!("{indent}{WARN}{first}{WARN:#}{rest}")
}

/// The number of bytes of a long text that are written at a time.
pub(crate) const PART: usize = 64 * 1024;

/// The two streams and how much to say.
#[derive(Debug)]
pub(crate) struct Ui {
    verbosity: u8,
}

impl Ui {
    /// Sets the colour choice for both streams.
    pub(crate) fn new(color: Color, verbosity: u8) -> Self {
        match color {
            Color::Auto => {}
            Color::Always => anstream::ColorChoice::AlwaysAnsi.write_global(),
            Color::Never => anstream::ColorChoice::Never.write_global(),
        }
        Self { verbosity }
    }

    /// Writes to standard output. Control characters are replaced on a terminal; piped output keeps its
    /// bytes, minus colour codes. A closed pipe is not an error.
    pub(crate) fn data(&self, text: &str) -> Result<(), CliError> {
        whole(Self::put(text))
    }

    /// Writes what `write` writes to standard output, as [`Ui::data`] does, a part at a time: a
    /// document of gigabytes is never one text. It must be UTF-8.
    pub(crate) fn document(
        &self,
        write: impl FnOnce(&mut Parts) -> io::Result<()>,
    ) -> Result<(), CliError> {
        let mut parts = Parts::default();
        whole(write(&mut parts).and_then(|()| parts.flush()))
    }

    /// Writes to standard output.
    fn put(text: &str) -> io::Result<()> {
        if text.is_empty() {
            return Ok(());
        }
        refuse_closed()?;
        let text = match io::stdout().is_terminal() {
            true => shown(text),
            false => Cow::Borrowed(text),
        };
        // The stream itself would write each text between two colours by itself.
        if is_plain() {
            let mut out = io::stdout().lock();
            return out
                .write_all(plain(&text).as_bytes())
                .and_then(|()| out.flush());
        }
        let mut out = anstream::stdout().lock();
        out.write_all(text.as_bytes()).and_then(|()| out.flush())
    }

    /// Writes sentences to standard output, and breaks lines that are wider than its terminal. A continued
    /// line is indented by `hang` more than its start.
    pub(crate) fn text(&self, text: &str, hang: usize) -> Result<(), CliError> {
        self.data(&self.folded(text, hang))
    }

    /// Writes a table to standard output, a part at a time: a table of a hundred thousand rows is
    /// never one text.
    pub(crate) fn table<const N: usize>(&self, table: &Table<N>) -> Result<(), CliError> {
        let ink = match is_plain() {
            true => Ink::Plain,
            false => Ink::Colours,
        };
        let mut part = String::new();
        for line in table.lines(columns(Stream::Out), ink) {
            part.push_str(&line);
            if part.len() >= PART {
                self.data(&part)?;
                part.clear();
            }
        }
        self.data(&part)
    }

    /// Writes bytes to standard output for a reader that needs them unchanged.
    pub(crate) fn bytes(&self, bytes: &[u8]) -> Result<(), CliError> {
        refuse_closed().map_err(unwritable)?;
        let mut out = io::stdout().lock();
        out.write_all(bytes)
            .and_then(|()| out.flush())
            .map_err(unwritable)
    }

    /// Breaks lines for standard output where they are wider than its terminal; elsewhere they are
    /// left as they are. A continued line is indented by `hang` more than its start.
    pub(crate) fn folded(&self, text: &str, hang: usize) -> String {
        match columns(Stream::Out) {
            Some(width) => wrap::wrap(text, width, hang),
            None => text.to_owned(),
        }
    }

    /// The width of a line on standard output, if it is a terminal.
    pub(crate) fn columns() -> Option<usize> {
        columns(Stream::Out)
    }

    /// The width of a line on standard error, if it is a terminal.
    pub(crate) fn width() -> Option<usize> {
        columns(Stream::Err)
    }

    /// Says something on standard error.
    pub(crate) fn say(&self, text: impl AsRef<str>) {
        self.say_hanging(text.as_ref(), 0);
    }

    /// Says a line that people copy into a file, however wide the terminal is.
    pub(crate) fn say_unbroken(&self, text: &str) {
        // A closed standard error accepts no message.
        let _ = writeln!(anstream::stderr().lock(), "{}", shown(text));
    }

    /// Says something. A continued line is indented by `hang` more than its start.
    pub(crate) fn say_hanging(&self, text: &str, hang: usize) {
        self.message(text, "", hang);
    }

    /// Says something, and does not break the part `whole` of it.
    fn message(&self, text: &str, whole: &str, hang: usize) {
        // Sanitized even when standard error is not a terminal: its reader may print it to one.
        let (text, whole) = (&*shown(text), &*shown(whole));
        let mut out = anstream::stderr().lock();
        // A closed standard error accepts no message.
        let _ = match columns(Stream::Err) {
            Some(width) => writeln!(out, "{}", wrap_around(whole, text, width, hang)),
            None => writeln!(out, "{text}"),
        };
    }

    /// Says a word that is coloured, and what it is about below it.
    fn say_as(&self, indent: &str, tint: Style, word: &str, text: &str) {
        let line = format!("{indent}{tint}{word}:{tint:#} {text}");
        self.say_hanging(&line, word.len() + 2);
    }

    /// Warns.
    pub(crate) fn warn(&self, text: impl AsRef<str>) {
        self.say_as("", WARN, "warning", text.as_ref());
    }

    /// Names a next command.
    pub(crate) fn hint(&self, text: impl std::fmt::Display) {
        let text = text.to_string();
        let line = format!("{CODE}hint:{CODE:#} {text}");
        self.message(&line, command_in(&text), "hint: ".len());
    }

    /// Explains, with `-v`.
    pub(crate) fn explain(&self, text: impl FnOnce() -> String) {
        if self.verbosity > 0 {
            self.say(format!("{FAINT}{}{FAINT:#}", text()));
        }
    }

    /// Reports an error with its causes and hints.
    pub(crate) fn error(&self, error: &CliError) {
        self.say_as("", BAD, "error", &error.to_string());
        let mut cause = std::error::Error::source(error);
        let mut last = error.to_string();
        while let Some(inner) = cause {
            let text = inner.to_string();
            // If an error repeats its cause, the text appears once.
            if text != last {
                self.say_as("  ", FAINT, "caused by", &text);
            }
            last = text;
            cause = inner.source();
        }
        for hint in error.hints() {
            self.hint(hint);
        }
    }
}

/// The command in a hint: it begins the hint or comes after a colon, and ends before its explanation.
/// Empty if there is none.
fn command_in(hint: &str) -> &str {
    let code = CODE.to_string();
    let begins = |at: &usize| {
        let before = &hint[..*at];
        before.is_empty() || before.ends_with(": ") || before.ends_with(&code)
    };
    let programs = ["keyward ", "aws ", "shred ", "sudo "];
    let places = programs
        .iter()
        .flat_map(|program| hint.match_indices(program));
    let Some(start) = places.map(|(at, _)| at).filter(begins).min() else {
        return "";
    };
    let rest = &hint[start..];
    let ends = ["   (", ", ", "\u{1b}", "\n"];
    let end = ends.iter().filter_map(|end| rest.find(end)).min();
    &rest[..end.unwrap_or(rest.len())]
}

/// Whether standard output is without colours.
fn is_plain() -> bool {
    anstream::AutoStream::choice(&io::stdout()) == anstream::ColorChoice::Never
}

/// If the reader left, a partial write counts as a complete one.
fn whole(written: io::Result<()>) -> Result<(), CliError> {
    match written {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(unwritable(e)),
        _ => Ok(()),
    }
}

/// The error for data that was not written.
pub(crate) fn unwritable(error: io::Error) -> CliError {
    CliError::failed("cannot write to standard output").because(error)
}

/// Names for a sentence.
pub(crate) fn listed<'n, N: std::fmt::Display + 'n>(
    names: impl IntoIterator<Item = &'n N>,
) -> String {
    let quoted: Vec<String> = names.into_iter().map(|name| format!("`{name}`")).collect();
    quoted.join(", ")
}

/// One of the streams.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stream {
    Out,
    Err,
}

/// The width of a stream's terminal, if it is one.
#[cfg(unix)]
fn columns(stream: Stream) -> Option<usize> {
    let size = match stream {
        Stream::Out => rustix::termios::tcgetwinsize(io::stdout()),
        Stream::Err => rustix::termios::tcgetwinsize(io::stderr()),
    };
    size.ok()
        .map(|size| usize::from(size.ws_col))
        .filter(|columns| *columns > 0)
}

#[cfg(not(unix))]
fn columns(_stream: Stream) -> Option<usize> {
    None
}
