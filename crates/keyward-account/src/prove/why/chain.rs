//! The way to a role through other roles, which a user who may not assume the role itself can go.

use std::fmt;

use keyward_core::id::RoleArn;

use crate::prove::finding::DOUBT;
use crate::prove::reach::Path;

/// At least two roles, of which the user assumes the first, each session the next, and the last is
/// the one of the question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// The roles in the order in which they are assumed.
    pub roles: Vec<RoleArn>,
    /// Whether no step depends on a condition that cannot be decided.
    pub certain: bool,
}

impl Chain {
    /// The chain of a path, or `None` if the path is a single step.
    pub(super) fn of(path: Path) -> Option<Self> {
        let Path { roles, certain, .. } = path;
        (roles.len() > 1).then_some(Self { roles, certain })
    }
}

impl fmt::Display for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("reached through other roles: ")?;
        for (position, role) in self.roles.iter().enumerate() {
            let then = if position == 0 { "" } else { ", then " };
            write!(f, "{then}{role}")?;
        }
        f.write_str(if self.certain { "" } else { DOUBT })
    }
}
