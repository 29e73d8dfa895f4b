//! One thing that the user should know. No value of a file is ever repeated in it.

use serde_json::{Value, json};

/// The importance of a finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// Something fails, or does other than it seems to.
    Problem,
    /// Worth knowing.
    Note,
}

/// A finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Finding {
    /// A short name for programs.
    pub(super) id: &'static str,
    /// The importance.
    pub(super) weight: Weight,
    /// A file and its line, a variable, a profile.
    pub(super) place: Option<String>,
    /// The problem.
    pub(super) message: String,
    /// The fix.
    pub(super) hint: Option<String>,
    /// Whether `--fix` fixes it.
    pub(super) fixable: bool,
}

impl Finding {
    pub(super) fn problem(id: &'static str, message: impl Into<String>) -> Self {
        Self {
            id,
            weight: Weight::Problem,
            place: None,
            message: message.into(),
            hint: None,
            fixable: false,
        }
    }

    pub(super) fn note(id: &'static str, message: impl Into<String>) -> Self {
        Self {
            weight: Weight::Note,
            ..Self::problem(id, message)
        }
    }

    pub(super) fn at(mut self, place: impl ToString) -> Self {
        self.place = Some(place.to_string());
        self
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    pub(super) fn fixable(mut self) -> Self {
        self.fixable = true;
        self
    }

    pub(super) fn to_json(&self) -> Value {
        let Self {
            id,
            weight,
            place,
            message,
            hint,
            fixable,
        } = self;
        json!({
            "id": id,
            "severity": match weight {
                Weight::Problem => "problem",
                Weight::Note => "note",
            },
            "place": place,
            "message": message,
            "hint": hint,
            "fixable": fixable,
        })
    }
}
