//! A note about a file for its owner.

use crate::config::Origin;

/// The severity of a diagnostic.
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
    /// The place.
    pub origin: Origin,
    /// The severity.
    pub severity: Severity,
    /// The message, with the fix.
    pub message: String,
}
