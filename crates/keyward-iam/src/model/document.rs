//! The text of a policy with what it says. A document that cannot be read is kept as text: no
//! function may judge it, and none may silently leave it out.

use crate::{Policy, PolicyKind};

/// A policy document of an account.
#[derive(Debug, Clone, PartialEq)]
pub enum Document {
    /// A document that was read.
    Read(Policy),
    /// A document that AWS stores but keyward cannot read.
    Unread {
        /// The text as AWS returns it, percent-decoded.
        text: String,
        /// The reason why it cannot be read.
        problem: String,
    },
}

impl Document {
    /// Reads a document as AWS returns it: percent-encoded, or as plain JSON, which begins with a
    /// brace.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_PolicyVersion.html>
    #[must_use]
    pub fn read(kind: PolicyKind, given: &str) -> Self {
        let text = if given.trim_start().starts_with('{') {
            given.to_owned()
        } else {
            percent_decode(given)
        };
        match Policy::parse_stored(kind, &text) {
            Ok(policy) => Self::Read(policy),
            Err(problems) => Self::Unread {
                problem: problems.to_string(),
                text,
            },
        }
    }

    /// The policy, if the document could be read.
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

/// Undoes the percent-encoding of policy documents. A text that is not a valid escape stays
/// unchanged.
#[must_use]
pub fn percent_decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = text
            .get(at + 1..at + 3)
            .filter(|d| bytes[at] == b'%' && d.bytes().all(|b| b.is_ascii_hexdigit()));
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}

#[cfg(test)]
mod tests;
