//! Problems of a blueprint: each has its place, a message and a fix. Reading never stops at the
//! first one.

use std::fmt;
use std::ops::Range;

/// A place in a file, counted from 1. Columns count characters, not bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column.
    pub column: usize,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.line, self.column)
    }
}

/// A value and where the blueprint states it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct At<T> {
    /// The value.
    pub value: T,
    /// Its place.
    pub at: Position,
}

/// Whether a problem stops the work.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The blueprint means nothing until this is fixed.
    Error,
    /// The blueprint can be used; this is probably not what its author wants.
    Warning,
}

/// One problem of a blueprint.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its place.
    pub at: Position,
    /// Whether it stops the work.
    pub severity: Severity,
    /// The message, in lower case and without a full stop.
    pub message: String,
    /// The text to write instead.
    pub fix: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}; {}", self.at, self.message, self.fix)
    }
}

/// A blueprint that cannot be used, with everything that is wrong with it, in the order of the
/// file. Warnings are among them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidBlueprint {
    /// The problems, at least one of which is an error.
    pub problems: Vec<Problem>,
}

impl std::error::Error for InvalidBlueprint {}

impl fmt::Display for InvalidBlueprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let of = |severity| {
            let problems = self.problems.iter();
            problems.filter(|it| it.severity == severity).count()
        };
        match of(Severity::Error) {
            1 => f.write_str("the blueprint has 1 error")?,
            many => write!(f, "the blueprint has {many} errors")?,
        }
        match of(Severity::Warning) {
            0 => Ok(()),
            1 => f.write_str(" and 1 warning"),
            many => write!(f, " and {many} warnings"),
        }
    }
}

/// Collects problems while a text is read, and turns offsets into positions.
#[derive(Debug)]
pub(crate) struct Report<'t> {
    text: &'t str,
    line_starts: Vec<usize>,
    problems: Vec<Problem>,
}

impl<'t> Report<'t> {
    pub(crate) fn new(text: &'t str) -> Self {
        let after_newlines = text.match_indices('\n').map(|(at, _)| at + 1);
        Self {
            text,
            line_starts: std::iter::once(0).chain(after_newlines).collect(),
            problems: Vec::new(),
        }
    }

    /// The position of an offset in bytes.
    pub(crate) fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line - 1];
        let before = self.text.get(start..offset).unwrap_or_default();
        Position {
            line,
            column: before.chars().count() + 1,
        }
    }

    pub(crate) fn error(&mut self, span: &Range<usize>, message: String, fix: impl Into<String>) {
        let at = self.position(span.start);
        self.error_at(at, message, fix);
    }

    pub(crate) fn error_at(&mut self, at: Position, message: String, fix: impl Into<String>) {
        self.push(at, Severity::Error, message, fix.into());
    }

    pub(crate) fn warning_at(&mut self, at: Position, message: String, fix: impl Into<String>) {
        self.push(at, Severity::Warning, message, fix.into());
    }

    fn push(&mut self, at: Position, severity: Severity, message: String, fix: String) {
        // An entity that several accounts get is measured in each of them.
        let same = |known: &Problem| known.at == at && known.message == message;
        if self.problems.iter().any(same) {
            return;
        }
        self.problems.push(Problem {
            at,
            severity,
            message,
            fix,
        });
    }

    pub(crate) fn has_errors(&self) -> bool {
        let mut problems = self.problems.iter();
        problems.any(|problem| problem.severity == Severity::Error)
    }

    /// The problems in the order of the file.
    pub(crate) fn finish(mut self) -> Vec<Problem> {
        self.problems.sort_by_key(|problem| problem.at);
        self.problems
    }
}
