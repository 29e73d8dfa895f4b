//! Asking the person at a terminal, and how long a command waits for an answer.

pub(crate) mod deadline;
pub(crate) mod terminal;
