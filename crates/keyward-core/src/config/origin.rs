//! Positions in the AWS files.

use std::fmt;
use std::sync::Arc;

use crate::config::FileKind;

/// The position of a value: the file and the line, counted from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The file.
    pub file: FileKind,
    /// The file's path as it is shown to people.
    pub path: Arc<str>,
    /// The line, from 1.
    pub line: usize,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.path, self.line)
    }
}
