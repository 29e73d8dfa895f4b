//! A policy document, read once and compiled. What it holds is what AWS would have accepted as
//! far as the document alone shows; quotas and the existence of names are not judged here.

use std::fmt;
use std::str::FromStr;

use crate::error::PolicyError;
use crate::statement::Statement;
use crate::wire;

/// The version of the policy language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Version {
    /// `2008-10-17`, which knows no variables. Also what a document without a version has.
    V2008,
    /// `2012-10-17`.
    V2012,
}

/// Where a policy will stand, which decides about `Principal` and `Resource`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyKind {
    /// Attached to a user, group or role, or used as a boundary or session policy: resources,
    /// no principals.
    Identity,
    /// The trust policy of a role: principals, no resources, actions of STS.
    Trust,
}

/// A policy document.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    pub(crate) version: Option<Version>,
    pub(crate) id: Option<String>,
    pub(crate) statements: Vec<Statement>,
}

impl Policy {
    /// Reads a document of any kind: a statement with a principal may do without a resource.
    ///
    /// # Errors
    /// The text is not JSON, or not a policy; the error names the place inside the document.
    pub fn parse(json: &str) -> Result<Self, PolicyError> {
        wire::read(json, None)
    }

    /// Reads a document that must be of one kind.
    ///
    /// # Errors
    /// As [`Policy::parse`], and an element that this kind does not take or must have.
    pub fn parse_as(kind: PolicyKind, json: &str) -> Result<Self, PolicyError> {
        wire::read(json, Some(kind))
    }

    /// The document as compact JSON. Single values are not wrapped into lists, accounts stay as
    /// they were written, and the order is kept.
    #[must_use]
    pub fn to_json(&self) -> String {
        wire::write(self)
    }

    /// The statements, in their order.
    #[must_use]
    pub fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// The document's own id, if it has one.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// The version whose rules hold.
    #[must_use]
    pub fn version(&self) -> Version {
        self.version.unwrap_or(Version::V2008)
    }
}

impl FromStr for Policy {
    type Err = PolicyError;

    fn from_str(json: &str) -> Result<Self, PolicyError> {
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
