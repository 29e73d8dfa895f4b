//! What a plan does to people: per user and context, what is gained and lost. The proof computes
//! it from the account before and after the plan; here is only its shape.

use std::collections::BTreeSet;

use keyward_core::id::{RoleArn, UserName};

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

/// How a user signs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Context {
    /// With an access key alone.
    LongTermKey,
    /// With a session made without a code.
    SessionWithoutMfa,
    /// With a session made with a code just now.
    Mfa,
    /// With a session whose code is older than every age that a policy names.
    StaleMfa,
}

impl Context {
    /// The name in JSON.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::LongTermKey => "long_term_key",
            Self::SessionWithoutMfa => "session_without_mfa",
            Self::Mfa => "mfa",
            Self::StaleMfa => "stale_mfa",
        }
    }
}

/// Actions and roles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// Actions, as `service:Action`.
    pub actions: BTreeSet<String>,
    /// Roles.
    pub roles: BTreeSet<RoleArn>,
}

/// The effects of the plan of one account.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Effects {
    /// One for each user and context in which something changes.
    pub users: Vec<Effect>,
    /// Roles that people reach before and after, and whose own rights change.
    pub roles_changed: BTreeSet<RoleArn>,
}
