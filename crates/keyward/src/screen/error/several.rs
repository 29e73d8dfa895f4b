//! Combines errors: each becomes a cause, in order; duplicate hints are dropped.

use std::error::Error;
use std::fmt;

use super::{CliError, Hint};

/// The most errors that one message lists.
const TOLD: usize = 20;

impl CliError {
    /// One error for all of them, which are in `place`, with the class of the first; `None` for an empty
    /// list.
    pub(crate) fn all(place: &str, mut errors: Vec<Self>) -> Option<Self> {
        if errors.len() < 2 {
            return errors.pop();
        }
        let count: usize = errors.iter().map(|error| error.count).sum();
        let kind = errors.first()?.kind;
        let single = errors.iter().filter(|error| error.count == 1);
        let mut lines: Vec<String> = single.take(TOLD).map(one_line).collect();
        if count > lines.len() {
            lines.push(format!("and {} more", count - lines.len()));
        }
        let mut hints: Vec<Hint> = Vec::new();
        let (single, many): (Vec<Self>, Vec<Self>) =
            errors.into_iter().partition(|error| error.count == 1);
        let told = many.into_iter().chain(single.into_iter().take(TOLD));
        for hint in told.flat_map(|error| error.hints) {
            if !hints.contains(&hint) {
                hints.push(hint);
            }
        }
        let causes = lines
            .into_iter()
            .rev()
            .fold(None, |next, line| Some(Box::new(Cause { line, next })));
        let error = Self::new(kind, format!("{count} faults in {place}")).hint_all(hints);
        Some(match causes {
            Some(first) => error.because(*first),
            None => error,
        })
    }
}

/// An error with its own cause on the same line.
fn one_line(error: &CliError) -> String {
    match &error.source {
        Some(source) => format!("{error}: {source}"),
        None => error.to_string(),
    }
}

/// One of them, before the next.
#[derive(Debug)]
struct Cause {
    line: String,
    next: Option<Box<Self>>,
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

impl Error for Cause {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.next
            .as_deref()
            .map(|next| next as &(dyn Error + 'static))
    }
}
