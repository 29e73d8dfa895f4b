//! The text of a policy with what it says. A document that cannot be read is kept as text:
//! nobody may judge it, and nothing may silently leave it out.

use crate::Policy;

/// A policy document of an account.
#[derive(Debug, Clone, PartialEq)]
pub enum Document {
    /// A document that was read.
    Read(Policy),
    /// A document that keyward cannot read, which AWS stores all the same.
    Unread {
        /// The text as AWS gives it, percent-decoded.
        text: String,
        /// Why it cannot be read.
        problem: String,
    },
}

impl Document {
    /// What the document says, if it could be read.
    #[must_use]
    pub fn policy(&self) -> Option<&Policy> {
        match self {
            Self::Read(policy) => Some(policy),
            Self::Unread { .. } => None,
        }
    }

    /// The document as JSON text.
    #[must_use]
    pub fn to_json(&self) -> String {
        match self {
            Self::Read(policy) => policy.to_json(),
            Self::Unread { text, .. } => text.clone(),
        }
    }
}

impl From<Policy> for Document {
    fn from(policy: Policy) -> Self {
        Self::Read(policy)
    }
}
