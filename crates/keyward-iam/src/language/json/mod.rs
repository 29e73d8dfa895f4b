//! The JSON of policy documents, version 2008-10-17 and 2012-10-17, in and out. Strict where AWS
//! is strict, and about repeated names stricter than most readers, which keep the last silently.
//! All problems of a document are found in one reading.

mod problem;
mod read;
mod shape;
mod statement;
mod tree;
mod write;

use std::fmt;
use std::str::FromStr;

pub use problem::{JsonPath, PolicyProblem, PolicyProblems};

use super::policy::Policy;
use super::rules::{Form, PolicyKind, Rules};

impl Policy {
    /// Reads a document whose kind is not known: a statement with a principal may do without a
    /// resource, and no rule of one kind applies. A document that is going to be judged is read
    /// by its kind, see [`Policy::parse_as`].
    ///
    /// # Errors
    /// The text is not JSON, or not a policy. All problems are reported, each with its place
    /// inside the document.
    pub fn parse(json: &str) -> Result<Self, PolicyProblems> {
        read::read(
            json,
            Rules {
                kind: None,
                form: Form::New,
            },
        )
    }

    /// Reads a document that AWS must accept as one of a kind.
    ///
    /// # Errors
    /// As [`Policy::parse`], and each element that this kind forbids or lacks.
    pub fn parse_as(kind: PolicyKind, json: &str) -> Result<Self, PolicyProblems> {
        read::read(
            json,
            Rules {
                kind: Some(kind),
                form: Form::New,
            },
        )
    }

    /// Reads a document that AWS stores. Older documents contain what AWS refuses today, and some
    /// of it has no documented meaning: an action with a blank at its end, an operator that does
    /// not exist. Such parts are kept, and their meaning is unknown.
    ///
    /// # Errors
    /// The text is not JSON, or so far from a policy that it cannot be judged.
    pub fn parse_stored(kind: PolicyKind, json: &str) -> Result<Self, PolicyProblems> {
        read::read(
            json,
            Rules {
                kind: Some(kind),
                form: Form::Stored,
            },
        )
    }

    /// The document as compact JSON. Single values are not wrapped into lists, accounts stay as
    /// they were written, and the order is kept.
    #[must_use]
    pub fn to_json(&self) -> String {
        write::write(self)
    }
}

impl FromStr for Policy {
    type Err = PolicyProblems;

    fn from_str(json: &str) -> Result<Self, PolicyProblems> {
        Self::parse(json)
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.to_json())
    }
}

#[cfg(test)]
mod tests;
