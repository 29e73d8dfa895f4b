//! Problems of a policy document. Every message names the place inside the JSON and the fix.

use std::fmt;

use crate::language::condition::{OperatorError, ValueError};
use crate::language::principal::PrincipalError;
use crate::language::resource::ResourceError;
use crate::request::ActionError;

/// The place of a problem in a document, such as `Statement[2].Condition.Bool`; empty for the
/// document itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JsonPath(String);

impl JsonPath {
    pub(super) fn document() -> Self {
        Self(String::new())
    }

    pub(super) fn element(&self, element: &str) -> Self {
        let dot = if self.0.is_empty() { "" } else { "." };
        Self(format!("{}{dot}{}", self.0, shown(element)))
    }

    pub(super) fn item(&self, index: usize) -> Self {
        Self(format!("{}[{index}]", self.0))
    }
}

impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            f.write_str("the policy")
        } else {
            write!(f, "`{}`", self.0)
        }
    }
}

/// One problem of a document.
#[derive(Debug, thiserror::Error)]
pub enum PolicyProblem {
    /// Not JSON at all.
    #[error("the policy is not JSON")]
    Json(#[source] serde_json::Error),
    /// The same name twice in one object; readers disagree about which one counts.
    #[error("{place} has `{name}` twice; keep one")]
    DuplicateKey {
        /// The object.
        place: JsonPath,
        /// The repeated name.
        name: String,
    },
    /// An element that the policy language does not define here.
    #[error(
        "{place} has an element `{name}`, which policies do not have there; elements are case-sensitive: {known}"
    )]
    UnknownElement {
        /// The object.
        place: JsonPath,
        /// The unknown name.
        name: String,
        /// The names that are valid there.
        known: &'static str,
    },
    /// A value of the wrong JSON type.
    #[error("{place} must be {wanted}")]
    WrongType {
        /// The value.
        place: JsonPath,
        /// The expected type.
        wanted: &'static str,
    },
    /// Something is left out.
    #[error("{place} lacks `{element}`; {fix}")]
    Missing {
        /// The object.
        place: JsonPath,
        /// The missing part.
        element: &'static str,
        /// The text to write.
        fix: &'static str,
    },
    /// An element and its opposite.
    #[error("{place} has both `{first}` and `{second}`; keep one")]
    Both {
        /// The statement.
        place: JsonPath,
        /// The element.
        first: &'static str,
        /// Its opposite.
        second: &'static str,
    },
    /// An element that this kind of policy does not have.
    #[error("{place} is not for this kind of policy; {fix}")]
    Misplaced {
        /// The element.
        place: JsonPath,
        /// The fix.
        fix: &'static str,
    },
    /// A version that AWS does not know.
    #[error("{place} is `{given}`; write `2012-10-17`")]
    Version {
        /// The element.
        place: JsonPath,
        /// The refused text.
        given: String,
    },
    /// Neither `Allow` nor `Deny`.
    #[error("{place} is `{given}`; write `Allow` or `Deny`, with a capital letter")]
    Effect {
        /// The element.
        place: JsonPath,
        /// The refused text.
        given: String,
    },
    /// A statement id with characters other than letters and digits.
    #[error("{place} is `{given}`; a statement id has letters and digits only")]
    Sid {
        /// The element.
        place: JsonPath,
        /// The refused text.
        given: String,
    },
    /// A statement id that an earlier statement has.
    #[error("{place} is `{given}`, as in an earlier statement; give each its own")]
    DuplicateSid {
        /// The element.
        place: JsonPath,
        /// The refused text.
        given: String,
    },
    /// A text that is not an action.
    #[error("{place} is `{given}`; {error}")]
    Action {
        /// The value.
        place: JsonPath,
        /// The refused text.
        given: String,
        /// The fault.
        error: ActionError,
    },
    /// A text that is not a resource.
    #[error("{place} is `{given}`; {error}")]
    Resource {
        /// The value.
        place: JsonPath,
        /// The refused text.
        given: String,
        /// The fault.
        error: ResourceError,
    },
    /// A text that is not a principal.
    #[error("{place} is `{given}`; {error}")]
    Principal {
        /// The value.
        place: JsonPath,
        /// The refused text.
        given: String,
        /// The fault.
        error: PrincipalError,
    },
    /// A name that is not a condition operator.
    #[error("{place}: {error}")]
    Operator {
        /// The operator.
        place: JsonPath,
        /// The fault.
        error: OperatorError,
    },
    /// A condition value that its operator cannot compare.
    #[error("{place} is `{given}`; {error}")]
    Value {
        /// The value.
        place: JsonPath,
        /// The refused text.
        given: String,
        /// The fault.
        error: ValueError,
    },
}

impl PolicyProblem {
    /// The place of the error, such as `Statement[2].Condition.Bool`; empty for the document
    /// itself.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Json(_) => "",
            Self::DuplicateKey { place, .. }
            | Self::UnknownElement { place, .. }
            | Self::WrongType { place, .. }
            | Self::Missing { place, .. }
            | Self::Both { place, .. }
            | Self::Misplaced { place, .. }
            | Self::Version { place, .. }
            | Self::Effect { place, .. }
            | Self::Sid { place, .. }
            | Self::DuplicateSid { place, .. }
            | Self::Action { place, .. }
            | Self::Resource { place, .. }
            | Self::Principal { place, .. }
            | Self::Operator { place, .. }
            | Self::Value { place, .. } => &place.0,
        }
    }
}

/// All problems of a document, at least one, in the order of reading.
#[derive(Debug)]
pub struct PolicyProblems(Vec<PolicyProblem>);

impl PolicyProblems {
    /// The problems, in the order of reading.
    pub fn iter(&self) -> std::slice::Iter<'_, PolicyProblem> {
        self.0.iter()
    }

    /// The first of them.
    #[must_use]
    pub fn first(&self) -> &PolicyProblem {
        self.0.first().expect("there is at least one problem")
    }
}

impl<'a> IntoIterator for &'a PolicyProblems {
    type Item = &'a PolicyProblem;
    type IntoIter = std::slice::Iter<'a, PolicyProblem>;

    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl IntoIterator for PolicyProblems {
    type Item = PolicyProblem;
    type IntoIter = std::vec::IntoIter<PolicyProblem>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// One problem is its own message; several are counted and listed, one a line.
impl fmt::Display for PolicyProblems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let [only] = self.0.as_slice() {
            return only.fmt(f);
        }
        write!(f, "the policy has {} problems", self.0.len())?;
        self.0
            .iter()
            .try_for_each(|problem| write!(f, "\n- {problem}"))
    }
}

impl std::error::Error for PolicyProblems {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self.0.as_slice() {
            [only] => only.source(),
            _ => None,
        }
    }
}

/// The problems found so far.
#[derive(Debug, Default)]
pub(super) struct Problems(Vec<PolicyProblem>);

impl Problems {
    pub(super) fn add(&mut self, problem: PolicyProblem) {
        self.0.push(problem);
    }

    /// The value, unless a problem was found on the way.
    pub(super) fn unless_any<T>(self, value: Option<T>) -> Result<T, PolicyProblems> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(PolicyProblems(self.0)),
        }
    }
}

/// The start of a text for a message; the rest of a long one helps no reader.
pub(super) fn shown(text: &str) -> String {
    match text.char_indices().nth(80) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text.to_owned(),
    }
}
