//! Steps: what happens to one entity, in words and as operations.

use super::Operation;

/// What a step does to its entity.
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

/// When a step may run: all steps of a stage may run at the same time, and every step of an
/// earlier stage is done before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Settings of the account.
    Account,
    /// Identity providers and managed policies that appear or change.
    Policies,
    /// Roles that appear or change.
    Roles,
    /// Groups that appear or change.
    Groups,
    /// Users that appear or change.
    Users,
    /// Memberships.
    Memberships,
    /// Initial secrets.
    HandOuts,
    /// Users that go.
    DeleteUsers,
    /// Groups that go.
    DeleteGroups,
    /// Roles that go.
    DeleteRoles,
    /// Policies and identity providers that go.
    DeletePolicies,
}

/// What happens to one entity.
#[derive(Debug, Clone, PartialEq)]
pub struct Step {
    /// When it may run.
    pub stage: Stage,
    /// Create, update or delete.
    pub action: ChangeAction,
    /// What it is.
    pub kind: Kind,
    /// Its name, never an ARN.
    pub name: String,
    /// Each change in words; names the policy, group or setting.
    pub changes: Vec<String>,
    /// The writes, in their order.
    pub operations: Vec<Operation>,
}

/// All steps, in the order of their stages.
#[derive(Debug, Clone, PartialEq)]
pub struct Plan {
    /// The steps.
    pub steps: Vec<Step>,
    /// A digest of the blueprint and of the account that the plan was made from; a plan is
    /// refused when the account has changed since.
    pub fingerprint: String,
}

impl Plan {
    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// How many writes the plan makes. One that lists first counts as one.
    #[must_use]
    pub fn calls(&self) -> usize {
        self.steps.iter().map(|step| step.operations.len()).sum()
    }
}
