//! What keyward says: data on standard output, talk on standard error, colour where it is
//! wanted. Nothing else in the program prints.

use std::io::{self, Write};

use anstyle::{AnsiColor, Effects, Style};
use clap::ValueEnum;

use crate::error::CliError;

/// When to colour.
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
/// Something to know.
pub(crate) const WARN: Style = AnsiColor::Yellow.on_default();
/// What stands out.
pub(crate) const STRONG: Style = Style::new().effects(Effects::BOLD);
/// What stands back.
pub(crate) const FAINT: Style = Style::new().effects(Effects::DIMMED);
/// A command to type.
pub(crate) const CODE: Style = AnsiColor::Cyan.on_default();

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

    /// Writes data to standard output. A reader that went away is no error.
    pub(crate) fn data(&self, text: &str) -> Result<(), CliError> {
        let mut out = anstream::stdout().lock();
        match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
            Err(e) if e.kind() != io::ErrorKind::BrokenPipe => {
                Err(CliError::failed("cannot write to standard output").because(e))
            }
            _ => Ok(()),
        }
    }

    /// Says one line on standard error.
    pub(crate) fn say(&self, text: impl AsRef<str>) {
        // A closed standard error leaves nobody to tell.
        let _ = writeln!(anstream::stderr().lock(), "{}", text.as_ref());
    }

    /// Warns.
    pub(crate) fn warn(&self, text: impl AsRef<str>) {
        self.say(format!("{WARN}warning:{WARN:#} {}", text.as_ref()));
    }

    /// Names a next command.
    pub(crate) fn hint(&self, text: impl AsRef<str>) {
        self.say(format!("{CODE}hint:{CODE:#} {}", text.as_ref()));
    }

    /// Explains, with `-v`.
    pub(crate) fn explain(&self, text: impl FnOnce() -> String) {
        if self.verbosity > 0 {
            self.say(format!("{FAINT}{}{FAINT:#}", text()));
        }
    }

    /// Reports an error with its causes and hints.
    pub(crate) fn error(&self, error: &CliError) {
        self.say(format!("{BAD}error:{BAD:#} {error}"));
        let mut cause = std::error::Error::source(error);
        let mut last = error.to_string();
        while let Some(inner) = cause {
            let text = inner.to_string();
            // A wrapper that repeats its cause says it once.
            if text != last {
                self.say(format!("  {FAINT}caused by:{FAINT:#} {text}"));
            }
            last = text;
            cause = inner.source();
        }
        for hint in error.hints() {
            self.hint(hint);
        }
    }
}
