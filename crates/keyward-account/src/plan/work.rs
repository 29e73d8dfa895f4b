//! Values that the parts of a planner pass on: the content of a step, and the owner of its entity.

use super::operation::Operation;
use super::step::Change;

/// The content of a step.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) changes: Vec<Change>,
    pub(super) operations: Vec<Operation>,
}

impl Work {
    pub(super) fn push(&mut self, change: Change, operation: Operation) {
        self.changes.push(change);
        self.operations.push(operation);
    }

    pub(super) fn append(&mut self, other: Self) {
        self.changes.extend(other.changes);
        self.operations.extend(other.operations);
    }
}

/// The removals of one entity.
#[derive(Default)]
pub(super) struct Lifted {
    /// Of what grants.
    pub(super) grants: Work,
    /// Of what may forbid, and then of the boundary.
    pub(super) limits: Work,
}

/// To whom something of the blueprint belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Ownership {
    /// This blueprint made it.
    Ours,
    /// It existed before; it is kept as described and never marked.
    Adopted,
}
