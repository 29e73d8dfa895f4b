//! Resources of a statement: `*`, or an ARN with wildcards and variables. Case matters.

use std::fmt;

use super::pattern::{Case, Pattern, Scope};
use super::variables::VariableError;
use super::version::Version;
use crate::request::{Context, Resource};

/// What a statement says about resources.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResourcePattern {
    source: Box<str>,
    pattern: Pattern,
}

/// Why a text is no resource pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ResourceError {
    /// Neither `*` nor an ARN.
    #[error("a resource is an ARN or `*`; write it as `arn:aws:iam::*:user/alice`")]
    NotArn,
    /// A broken variable.
    #[error(transparent)]
    Variable(#[from] VariableError),
}

impl ResourcePattern {
    pub(crate) fn parse(text: &str, version: Version) -> Result<Self, ResourceError> {
        if text != "*" && !text.starts_with("arn:") {
            return Err(ResourceError::NotArn);
        }
        let pattern = Pattern::compile(text, Scope::Resource, version)?;
        Ok(Self {
            source: text.into(),
            pattern,
        })
    }

    /// The text as the policy has it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.source
    }

    /// Whether a resource is meant, with the request's values for variables.
    #[must_use]
    pub fn covers(&self, resource: &Resource, context: &Context) -> bool {
        self.pattern.matches(resource.as_str(), Case::Kept, context)
    }
}

impl fmt::Display for ResourcePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.source)
    }
}
