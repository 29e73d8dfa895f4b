//! The states of the vault that a document was made from. Two machines that both write a
//! synchronized vault make two states, and neither has the other's changes. The counter alone
//! cannot distinguish such a state from a later one.

use super::Generation;
use crate::digest::StateDigest;

/// The number of states that are remembered.
const LENGTH: usize = 256;

/// One earlier state of `vault.age`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct State {
    /// Its generation.
    pub(crate) generation: Generation,
    /// The [short](StateDigest::short) digest of the file.
    pub(crate) digest: String,
}

/// The last states before a document, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct History {
    /// The document that it belongs to. A program that knows no history carries the old one along.
    pub(crate) of: Generation,
    pub(crate) states: Vec<State>,
}

/// Whether a document was made from a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Descent {
    /// It was.
    Descends,
    /// It was made from another state, so it lacks what the state had.
    Diverged,
    /// The history does not go back far enough.
    Unknown,
}

impl History {
    /// The history of the next document, which is made from a file and the document in it.
    pub(crate) fn after(&self, before: Generation, file: &[u8], next: Generation) -> Self {
        let known = match self.of == before {
            true => self.states.as_slice(),
            false => &[],
        };
        let last = State {
            generation: before,
            digest: StateDigest::of_vault(file).short().to_owned(),
        };
        let skipped = (known.len() + 1).saturating_sub(LENGTH);
        let states = known.iter().skip(skipped).cloned().chain([last]);
        Self {
            of: next,
            states: states.collect(),
        }
    }

    /// Whether the document of a generation, to which this history should belong, was made from the
    /// state of these digests.
    pub(crate) fn descent(
        &self,
        document: Generation,
        from: Generation,
        digests: &[StateDigest],
    ) -> Descent {
        if self.of != document {
            return Descent::Unknown;
        }
        let mut states = self.states.iter();
        if states.any(|state| digests.iter().any(|it| it.short() == state.digest)) {
            return Descent::Descends;
        }
        match self.states.first() {
            Some(oldest) if oldest.generation <= from => Descent::Diverged,
            _ => Descent::Unknown,
        }
    }
}
