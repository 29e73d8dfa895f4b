//! What a file's owner should know.

use crate::config::Origin;

/// How bad a diagnostic is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Worth knowing.
    Note,
    /// Ignored by the SDKs, or read differently by some of them.
    Warning,
}

/// Something in a file that its owner should know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Where.
    pub origin: Origin,
    /// How bad.
    pub severity: Severity,
    /// What, and what to do.
    pub message: String,
}
