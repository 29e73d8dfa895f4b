//! What a plan does to people: per user and context, what is gained and lost. The proof computes
//! it from the account before and after the plan; here is only its shape.

use std::collections::BTreeSet;

use keyward_core::id::{RoleArn, UserName};

pub use crate::prove::Scenario as Context;

/// What a user gains and loses in one context.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Effect {
    /// The user.
    pub user: UserName,
    /// How the user signs in.
    pub context: Context,
    /// What the user can do after the plan, and not before.
    pub gains: Reach,
    /// What the user can do before the plan, and not after.
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
