//! The progress of a rotation, and the next step: pure, and the whole order of it. Every state is
//! written into the vault before the step after it begins, so that a run which dies anywhere can be
//! taken up by another.

use std::fmt;

use keyward_core::Timestamp;
use keyward_vault::RotationState;

/// The last step that a journal entry records as done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// AWS has been or is about to be asked for a new key; its secret is not known.
    Begun,
    /// The new key is in the journal.
    Created,
    /// The new key is on its way to a destination, which may have it already.
    Placing,
    /// The new key is where programs will use it.
    Placed,
    /// The required workflow has succeeded with the new key.
    Checked,
    /// The old key is switched off.
    Deactivated,
}

/// The owner of the replaced key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A key of this vault.
    Own,
    /// Another user's, delivered to a destination.
    MachineUser {
        /// The required proof of the new key.
        check: Check,
    },
}

/// Whether a destination must prove the new key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Check {
    /// No: it is enough that AWS accepts the key.
    None,
    /// A workflow must succeed.
    Workflow,
}

/// The next thing to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NextAction {
    /// Ask AWS for a key and write it down.
    Create,
    /// Check that the new key works, and note that it is about to be delivered.
    Prove,
    /// Check that the new key works, and replace the old one with it.
    Place,
    /// Deliver it.
    Deliver,
    /// Run the required workflow.
    Check,
    /// Leave the old key alone until then.
    Wait(Timestamp),
    /// Switch the old key off.
    Deactivate,
    /// See that the new key still works, delete the old one, strike the entry.
    Delete,
}

/// The two ways of giving up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Abort {
    /// Whatever key AWS made is deleted again; the old one stays.
    GoBack,
    /// The new key is in use, or may be: the rotation can only go forward.
    GoOn,
}

/// Every state, in order.
const STATES: [(State, &str); 6] = [
    (State::Begun, "begun"),
    (State::Created, "created"),
    (State::Placing, "placing"),
    (State::Placed, "placed"),
    (State::Checked, "checked"),
    (State::Deactivated, "deactivated"),
];

impl State {
    /// Reads what the vault holds; `None` for a state of a newer program.
    pub(crate) fn read(state: &RotationState) -> Option<Self> {
        STATES
            .iter()
            .find(|(_, name)| *name == state.as_str())
            .map(|(state, _)| *state)
    }

    /// As the vault stores it.
    pub(crate) fn stored(self) -> RotationState {
        self.name()
            .parse()
            .expect("every name is lower-case letters")
    }

    fn name(self) -> &'static str {
        STATES
            .iter()
            .find(|(state, _)| *state == self)
            .map_or("begun", |(_, name)| name)
    }

    /// Returns the next step.
    pub(crate) fn next_action(
        self,
        kind: Kind,
        grace_until: Option<Timestamp>,
        now: Timestamp,
    ) -> NextAction {
        match (self, kind) {
            (Self::Begun, _) => NextAction::Create,
            (Self::Created, Kind::Own) => NextAction::Place,
            (Self::Created, Kind::MachineUser { .. }) => NextAction::Prove,
            (Self::Placing, _) => NextAction::Deliver,
            (
                Self::Placed,
                Kind::MachineUser {
                    check: Check::Workflow,
                },
            ) => NextAction::Check,
            (Self::Placed | Self::Checked, _) => match grace_until {
                Some(end) if end > now => NextAction::Wait(end),
                _ => NextAction::Deactivate,
            },
            (Self::Deactivated, _) => NextAction::Delete,
        }
    }

    /// Whether there is a way back.
    pub(crate) fn abort(self) -> Abort {
        match self {
            Self::Begun | Self::Created => Abort::GoBack,
            Self::Placing | Self::Placed | Self::Checked | Self::Deactivated => Abort::GoOn,
        }
    }
}

impl fmt::Display for State {
    /// Completes "the rotation stopped when …".
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Begun => "a new key was asked for",
            Self::Created => "the new key was made",
            Self::Placing => "the new key was being delivered",
            Self::Placed => "the new key was in its place",
            Self::Checked => "the new key had proved itself",
            Self::Deactivated => "the old key was switched off",
        })
    }
}

#[cfg(test)]
mod tests;
