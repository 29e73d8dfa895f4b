//! A stored policy document: the text that reads return, and its compiled form. It refuses what the parser
//! refuses; the actions check sizes and names.

use keyward_iam::{Policy, PolicyKind, PolicyProblems};

/// A stored document.
#[derive(Debug, Clone, PartialEq)]
pub struct Document {
    text: Box<str>,
    policy: Policy,
}

impl Document {
    /// Reads a document that must be of one kind.
    ///
    /// # Errors
    /// The text is not JSON, or not a policy of this kind.
    pub fn parse(kind: PolicyKind, text: &str) -> Result<Self, PolicyProblems> {
        Ok(Self {
            text: text.into(),
            policy: Policy::parse_as(kind, text)?,
        })
    }

    /// The text, byte for byte as it was stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The policy.
    #[must_use]
    pub fn policy(&self) -> &Policy {
        &self.policy
    }

    /// The number of characters that count against a quota.
    #[must_use]
    pub fn size(&self) -> usize {
        keyward_iam::size::non_whitespace_chars(&self.text)
    }
}

impl From<Policy> for Document {
    fn from(policy: Policy) -> Self {
        Self {
            text: policy.to_json().into(),
            policy,
        }
    }
}

/// A policy embedded in a user, group or role.
#[derive(Debug, Clone, PartialEq)]
pub struct InlinePolicy {
    /// Its name, unique within its owner.
    pub name: String,
    /// Its document.
    pub document: Document,
}
