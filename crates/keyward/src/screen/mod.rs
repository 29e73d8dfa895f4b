//! Texts for a person or a program: standard output and error, the shells, and errors with their
//! hints.

pub(crate) mod error;
pub(crate) mod output;
pub(crate) mod shell;
pub(crate) mod ui;
