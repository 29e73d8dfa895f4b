//! One account as a blueprint wants it, in the model that the real account has too. What the
//! blueprint does not manage is absent; the plan leaves that alone.

mod assume;
mod document;
mod render;
mod secrets;
mod self_service;
mod trust;
pub mod wire;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use keyward_core::id::{GroupName, OidcIssuer, PolicyArn, RoleName, UserName};
use keyward_iam::model::Account;

pub use assume::ASSUME_POLICY;
pub(crate) use assume::{Assumable, RolePart, managed_name, number_of, roles_listed};
pub(crate) use render::render_own;
pub use render::{ADOPTED_GROUP_POLICY, add_aws_managed, render};
pub use secrets::{NO_SECRETS_POLICY, SECRET_READING, no_secrets};
pub use self_service::{GUARD_POLICY, SELF_SERVICE_POLICY, guard, policy_name, self_service};
pub use trust::{GITHUB_AUDIENCE, GITHUB_ISSUER};

use crate::blueprint::Origin;
use crate::hand_out::HandOut;
use crate::ownership::BlueprintName;
use crate::stacks::Stack;

/// The desired state of one account.
#[derive(Debug, Clone, PartialEq)]
pub struct Desired {
    /// The blueprint's name, which marks what it makes.
    pub blueprint: BlueprintName,
    /// The entities that should exist, with the tags and reserved names that mark them. `alias` and
    /// `password_policy` are `None` if the blueprint does not manage them; `policies` holds the
    /// customer-managed policies of the blueprint, and those of AWS that it uses and whose
    /// documents are known.
    pub account: Account,
    /// Entities that existed before the blueprint: they are kept as the blueprint says, never
    /// tagged, and `destroy` leaves them.
    pub adopted: BTreeSet<Entity>,
    /// Whether the alias and the password policy are the blueprint's own. Those that existed
    /// before are kept as described, and `destroy` leaves them.
    pub settings: Origin,
    /// The users of the blueprint, including those that another account holds.
    pub people: BTreeSet<UserName>,
    /// The initial secrets of users. A user who is absent gets none.
    pub hand_outs: BTreeMap<UserName, HandOut>,
    /// The stacks, those that others build on first.
    pub stacks: Vec<Stack>,
}

/// A user, group, role, policy or identity provider of one account.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Entity {
    /// A user.
    User(UserName),
    /// A group.
    Group(GroupName),
    /// A role.
    Role(RoleName),
    /// A customer-managed policy.
    Policy(PolicyArn),
    /// An OpenID Connect provider.
    OidcProvider(OidcIssuer),
}

impl fmt::Display for Entity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(name) => write!(f, "user `{name}`"),
            Self::Group(name) => write!(f, "group `{name}`"),
            Self::Role(name) => write!(f, "role `{name}`"),
            Self::Policy(arn) => write!(f, "policy `{}`", arn.policy_name()),
            Self::OidcProvider(issuer) => write!(f, "identity provider `{issuer}`"),
        }
    }
}

#[cfg(test)]
mod tests;
