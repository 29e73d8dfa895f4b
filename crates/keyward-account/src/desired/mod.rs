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

pub(crate) use render::render_own;
pub use render::{ADOPTED_GROUP_POLICY, add_aws_managed, render};
pub use secrets::{NO_SECRETS_POLICY, SECRET_READING, no_secrets};
pub use self_service::{GUARD_POLICY, SELF_SERVICE_POLICY, guard, policy_name, self_service};
pub use trust::{GITHUB_AUDIENCE, GITHUB_ISSUER};

use crate::blueprint::Origin;
use crate::ownership::BlueprintName;
use crate::stacks::Stack;

/// The desired state of one account.
#[derive(Debug, Clone, PartialEq)]
pub struct Desired {
    /// The blueprint's name, which marks what it makes.
    pub blueprint: BlueprintName,
    /// What should exist, with the tags and reserved names that mark it. `alias` and
    /// `password_policy` are `None` where the blueprint does not manage them; `policies` holds
    /// the customer-managed policies of the blueprint, and those of AWS that it uses and whose
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

/// The initial secrets that one user should have received.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HandOut {
    /// The kinds of secrets.
    pub secrets: BTreeSet<InitialSecret>,
    /// To whom they are encrypted, as the blueprint writes it; checked before anything is made.
    pub recipients: Vec<RecipientText>,
}

/// A kind of initial secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InitialSecret {
    /// A console password that must be changed at the first sign-in.
    Password,
    /// A long-lived access key.
    AccessKey,
}

impl InitialSecret {
    /// The word for it in tags and in the blueprint.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::AccessKey => "access_key",
        }
    }
}

/// A recipient as the blueprint names it: the key of the table, and the text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecipientText {
    /// Which kind of key.
    pub kind: RecipientKind,
    /// `keybase:NAME`, a file, an armored or base64 key, an `age1…` or `ssh-…` line.
    pub text: String,
}

/// The kinds of recipients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecipientKind {
    /// An OpenPGP certificate.
    Pgp,
    /// An SSH public key.
    Ssh,
    /// An age recipient.
    Age,
}

#[cfg(test)]
mod tests;
