//! The effect of a plan on people: gains and losses per user and context. The proof computes it
//! from the account before and after the plan; here is only its shape.

use std::collections::BTreeSet;

use keyward_core::id::{RoleArn, UserName};

pub use crate::prove::Scenario as Context;

/// The gains and losses of a user in one context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The user.
    pub user: UserName,
    /// The sign-in of the user.
    pub context: Context,
    /// The rights that the user has only after the plan.
    pub gains: Reach,
    /// The rights that the user has only before the plan.
    pub loses: Reach,
}

/// Actions and roles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// Actions, as `service:Action`.
    pub actions: BTreeSet<String>,
    /// Roles.
    pub roles: BTreeSet<RoleArn>,
}

impl Reach {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.actions.is_empty() && self.roles.is_empty()
    }
}

/// The effects of the plan of one account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    /// One for each user and context in which something changes.
    pub users: Vec<Effect>,
    /// Roles that people reach before and after, and whose own rights change.
    pub roles_changed: BTreeSet<RoleArn>,
}
