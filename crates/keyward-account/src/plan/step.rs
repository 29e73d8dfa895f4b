//! Steps: what happens to one entity, in words and as operations.

use std::fmt;

use keyward_core::id::AccountId;

use super::fingerprint::{Fingerprint, StalePlan};
use super::operation::Operation;
use crate::snapshot::Snapshot;

/// The effect of a step on its entity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeAction {
    /// It does not exist yet.
    Create,
    /// It exists and changes.
    Update,
    /// It goes.
    Delete,
}

/// The kinds of things that a plan changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A user.
    User,
    /// A group.
    Group,
    /// A role.
    Role,
    /// A customer-managed policy.
    Policy,
    /// The groups of one user.
    Membership,
    /// The account's rules for passwords.
    PasswordPolicy,
    /// The account's alias.
    Alias,
    /// An initial access key.
    AccessKey,
    /// An initial console password.
    LoginProfile,
    /// A CloudFormation stack.
    Stack,
    /// An OpenID Connect provider.
    OidcProvider,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::User => "user",
            Self::Group => "group",
            Self::Role => "role",
            Self::Policy => "policy",
            Self::Membership => "membership",
            Self::PasswordPolicy => "password policy",
            Self::Alias => "alias",
            Self::AccessKey => "access key",
            Self::LoginProfile => "console password",
            Self::Stack => "stack",
            Self::OidcProvider => "identity provider",
        })
    }
}

/// The order of steps: all steps of a stage may run at the same time, and every step of an earlier
/// stage is done before. The operations of one step keep their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Settings of the account.
    Account,
    /// Identity providers and managed policies that appear or change, and denials of ended sessions that
    /// leave roles.
    Policies,
    /// Roles that appear or change. A trust policy that names a user or role which does not
    /// exist yet is set in [`Stage::Trusts`]; until then the role admits no caller.
    Roles,
    /// Groups that appear or change.
    Groups,
    /// The groups with denials that users join who get other rights in this plan.
    Guards,
    /// Users that appear or change.
    Users,
    /// Trust policies that name users or roles of this plan.
    Trusts,
    /// Memberships.
    Memberships,
    /// The rights that users and groups lose while their members or groups change, and the statements that
    /// managed policies lose while those who have them get others. Everyone has the new ones by then.
    LiftedGrants,
    /// The groups with denials that users leave, who have lost their other rights by then.
    LeftGroups,
    /// The policies that deny and the boundaries that go while those whom they limit lose rights
    /// elsewhere, or get limits there. Everyone has the new limits by then, and has lost these rights.
    LiftedLimits,
    /// The statements that go from policies which were boundaries, and no longer are.
    FormerBoundaries,
    /// Initial console passwords.
    Passwords,
    /// Initial access keys.
    AccessKeys,
    /// Stacks that appear or change. They take minutes, so everything quick comes before.
    Stacks,
    /// Stacks that go.
    DeleteStacks,
    /// Users that go.
    DeleteUsers,
    /// Groups that go.
    DeleteGroups,
    /// Roles that go.
    DeleteRoles,
    /// Policies that only grant, and identity providers, that go.
    DeletePolicies,
    /// The other policies that go: those that deny something, and boundaries.
    DeleteLimits,
}

/// Whether a change adds, alters or removes something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sign {
    /// Something appears.
    Add,
    /// Something becomes different.
    Alter,
    /// Something goes.
    Remove,
}

/// One change in words, which names the policy, group or setting.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Change {
    /// Its direction.
    pub sign: Sign,
    /// The words, such as ``policy `guard`: attached``.
    pub text: String,
}

impl Change {
    /// Something that appears.
    #[must_use]
    pub fn add(text: impl Into<String>) -> Self {
        Self::new(Sign::Add, text)
    }

    /// Something that becomes different.
    #[must_use]
    pub fn alter(text: impl Into<String>) -> Self {
        Self::new(Sign::Alter, text)
    }

    /// Something that goes.
    #[must_use]
    pub fn remove(text: impl Into<String>) -> Self {
        Self::new(Sign::Remove, text)
    }

    fn new(sign: Sign, text: impl Into<String>) -> Self {
        Self {
            sign,
            text: text.into(),
        }
    }
}

impl fmt::Display for Change {
    /// The sign and the words, such as ``+ policy `guard`: attached``.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = match self.sign {
            Sign::Add => '+',
            Sign::Alter => '~',
            Sign::Remove => '-',
        };
        write!(f, "{sign} {}", self.text)
    }
}

/// All operations on one entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// The stage in which it may run.
    pub stage: Stage,
    /// Create, update or delete.
    pub action: ChangeAction,
    /// Its kind.
    pub kind: Kind,
    /// Its name, never an ARN.
    pub name: String,
    /// Each change in words.
    pub changes: Vec<Change>,
    /// The writes, in their order.
    pub operations: Vec<Operation>,
}

/// All steps, in the order of their stages.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
    /// The digests of everything that the plan looked at; the plan is refused once one has changed.
    pub fingerprint: Fingerprint,
}

impl Plan {
    /// The account that the plan is for.
    #[must_use]
    pub fn account(&self) -> &AccountId {
        &self.fingerprint.account
    }

    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The number of writes that the plan makes. One that lists first counts as one.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.operations().count()
    }

    /// All writes in an order that AWS accepts.
    pub fn operations(&self) -> impl Iterator<Item = &Operation> {
        self.steps.iter().flat_map(|step| &step.operations)
    }

    /// Whether the account is still as the plan found it. The snapshot must hold the credentials
    /// of the users that [`Fingerprint::credentials`] names.
    ///
    /// # Errors
    /// What is different.
    pub fn check_fresh(&self, snapshot: &Snapshot) -> Result<(), StalePlan> {
        self.fingerprint.check(snapshot)
    }
}
