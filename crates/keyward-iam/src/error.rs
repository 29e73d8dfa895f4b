//! What can be wrong with a policy document. Every message names the place inside the JSON and
//! the mend.

use std::fmt;

use crate::action::ActionMistake;
use crate::condition::{OperatorMistake, ValueMistake};
use crate::principal::PrincipalMistake;
use crate::resource::ResourceMistake;

/// Where in a document a mistake is, such as `Statement[2].Condition.Bool`; empty for the
/// document itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place(pub(crate) String);

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            f.write_str("the policy")
        } else {
            write!(f, "`{}`", self.0)
        }
    }
}

/// A document that is no policy.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// Not JSON at all.
    #[error("the policy is not JSON")]
    Json(#[source] serde_json::Error),
    /// The same name twice in one object; readers disagree about which one counts.
    #[error("{place} has `{name}` twice; keep one")]
    Twice {
        /// The object.
        place: Place,
        /// The repeated name.
        name: String,
    },
    /// An element the policy language does not have here.
    #[error(
        "{place} has an element `{name}`, which policies do not have there; elements are case-sensitive: {known}"
    )]
    UnknownElement {
        /// The object.
        place: Place,
        /// The unknown name.
        name: String,
        /// The names that may stand there.
        known: &'static str,
    },
    /// A value of the wrong JSON type.
    #[error("{place} must be {wanted}")]
    WrongType {
        /// The value.
        place: Place,
        /// What it should be.
        wanted: &'static str,
    },
    /// Something is left out.
    #[error("{place} lacks `{element}`; {mend}")]
    Missing {
        /// The object.
        place: Place,
        /// What is missing.
        element: &'static str,
        /// What to write.
        mend: &'static str,
    },
    /// An element and its opposite.
    #[error("{place} has both `{first}` and `{second}`; keep one")]
    Both {
        /// The statement.
        place: Place,
        /// The element.
        first: &'static str,
        /// Its opposite.
        second: &'static str,
    },
    /// An element that this kind of policy does not take.
    #[error("{place} is not for this kind of policy; {mend}")]
    Misplaced {
        /// The element.
        place: Place,
        /// What to do about it.
        mend: &'static str,
    },
    /// A version that AWS does not know.
    #[error("{place} is `{given}`; write `2012-10-17`")]
    Version {
        /// The element.
        place: Place,
        /// What it says.
        given: String,
    },
    /// Neither `Allow` nor `Deny`.
    #[error("{place} is `{given}`; write `Allow` or `Deny`, with a capital letter")]
    Effect {
        /// The element.
        place: Place,
        /// What it says.
        given: String,
    },
    /// A statement id with other characters than letters and digits.
    #[error("{place} is `{given}`; a statement id has letters and digits only")]
    Sid {
        /// The element.
        place: Place,
        /// What it says.
        given: String,
    },
    /// A statement id that an earlier statement has.
    #[error("{place} is `{given}`, as in an earlier statement; give each its own")]
    SidTwice {
        /// The element.
        place: Place,
        /// What it says.
        given: String,
    },
    /// A text that is no action.
    #[error("{place} is `{given}`; {mistake}")]
    Action {
        /// The value.
        place: Place,
        /// What it says.
        given: String,
        /// What is wrong.
        mistake: ActionMistake,
    },
    /// A text that is no resource.
    #[error("{place} is `{given}`; {mistake}")]
    Resource {
        /// The value.
        place: Place,
        /// What it says.
        given: String,
        /// What is wrong.
        mistake: ResourceMistake,
    },
    /// A text that is no principal.
    #[error("{place} is `{given}`; {mistake}")]
    Principal {
        /// The value.
        place: Place,
        /// What it says.
        given: String,
        /// What is wrong.
        mistake: PrincipalMistake,
    },
    /// A name that is no condition operator.
    #[error("{place}: {mistake}")]
    Operator {
        /// The operator.
        place: Place,
        /// What is wrong.
        mistake: OperatorMistake,
    },
    /// A condition value that its operator cannot compare.
    #[error("{place} is `{given}`; {mistake}")]
    Value {
        /// The value.
        place: Place,
        /// What it says.
        given: String,
        /// What is wrong.
        mistake: ValueMistake,
    },
}

impl PolicyError {
    /// Where the mistake is, such as `Statement[2].Condition.Bool`; empty for the document
    /// itself.
    #[must_use]
    pub fn path(&self) -> &str {
        match self {
            Self::Json(_) => "",
            Self::Twice { place, .. }
            | Self::UnknownElement { place, .. }
            | Self::WrongType { place, .. }
            | Self::Missing { place, .. }
            | Self::Both { place, .. }
            | Self::Misplaced { place, .. }
            | Self::Version { place, .. }
            | Self::Effect { place, .. }
            | Self::Sid { place, .. }
            | Self::SidTwice { place, .. }
            | Self::Action { place, .. }
            | Self::Resource { place, .. }
            | Self::Principal { place, .. }
            | Self::Operator { place, .. }
            | Self::Value { place, .. } => &place.0,
        }
    }
}
