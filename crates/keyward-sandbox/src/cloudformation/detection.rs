//! The result of a detection of drift, as a stack remembers it.

use keyward_core::Timestamp;
use serde_json::Value;

/// One detection of drift.
#[derive(Debug, Clone)]
pub(super) struct Detection {
    pub(super) id: String,
    pub(super) at: Timestamp,
    pub(super) resources: Vec<ResourceDrift>,
}

/// A resource as a detection found it.
#[derive(Debug, Clone)]
pub(super) struct ResourceDrift {
    pub(super) id: String,
    pub(super) physical: String,
    pub(super) kind: String,
    pub(super) status: &'static str,
    pub(super) expected: Value,
    /// `None` for a resource that is gone.
    pub(super) actual: Option<Value>,
}

impl Detection {
    pub(super) fn drifted(&self) -> usize {
        let drifted = self.resources.iter();
        drifted.filter(|it| it.status != "IN_SYNC").count()
    }

    /// The status of the whole stack.
    pub(super) fn status(&self) -> &'static str {
        match self.drifted() {
            0 => "IN_SYNC",
            _ => "DRIFTED",
        }
    }

    pub(super) fn at(&self) -> Timestamp {
        self.at
    }
}
