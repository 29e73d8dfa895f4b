//! Why there is no plan. All reasons are reported together, each with its fix.

use keyward_core::id::{AccountId, GroupName, PolicyArn, RoleName, UserName};

use crate::desired::Entity;
use crate::ownership::BlueprintName;
use crate::stacks::{ExceededLimit, StackPlace, StackStatus};

/// Everything that prevents a plan, in the order of the kinds of entities.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}", lines(.0))]
pub struct PlanProblems(pub Vec<PlanProblem>);

fn lines(problems: &[PlanProblem]) -> String {
    let lines: Vec<String> = problems.iter().map(ToString::to_string).collect();
    lines.join("\n")
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlanProblem {
    /// The blueprint is about another account.
    #[error("the blueprint is about account `{wanted}`, and this is account `{found}`")]
    OtherAccount {
        /// The account of the blueprint.
        wanted: AccountId,
        /// The account of the snapshot.
        found: AccountId,
    },
    /// Something of that name exists, and no blueprint made it.
    #[error(
        "{0} exists and this blueprint did not make it: add `adopted = true` to it, or rename it"
    )]
    Unmanaged(Entity),
    /// Another blueprint made it.
    #[error("{entity} belongs to blueprint `{owner}`: rename it here, or remove it there first")]
    OfAnotherBlueprint {
        /// What.
        entity: Entity,
        /// The blueprint that made it.
        owner: BlueprintName,
    },
    /// The blueprint adopts what does not exist.
    #[error("{0} is adopted but does not exist: remove `adopted`, or correct the name and path")]
    AdoptedIsAbsent(Entity),
    /// The path of an adopted role or policy differs, and AWS cannot change it.
    #[error(
        "{0} is adopted under another path, which AWS cannot change: write the path that it has"
    )]
    AdoptedElsewhere(Entity),
    /// A name that differs in case only from one that exists.
    #[error(
        "{wanted} differs from the existing `{existing}` in case only, and AWS treats both as the same name: write `{existing}`, or choose another name"
    )]
    CaseClash {
        /// What the blueprint wants.
        wanted: Entity,
        /// The name that exists.
        existing: String,
    },
    /// The new path of a role would take it from its instance profiles.
    #[error(
        "role `{role}` cannot get another path while instance profile `{profile}` holds it: remove it from there first, or keep the path"
    )]
    InInstanceProfile {
        /// The role.
        role: RoleName,
        /// The instance profile.
        profile: String,
    },
    /// A policy that goes limits an entity that the blueprint does not manage.
    #[error(
        "policy `{}` is the permissions boundary of {holder}, which this blueprint does not manage: remove the boundary there first, or keep the policy", policy.policy_name()
    )]
    BoundaryOfUnmanaged {
        /// The policy.
        policy: PolicyArn,
        /// What it limits.
        holder: Entity,
    },
    /// A policy whose path changes is on an entity that the blueprint does not manage.
    #[error(
        "policy `{}` cannot get another path while it is attached to {holder}, which this blueprint does not manage: detach it there first, or keep the path", policy.policy_name()
    )]
    OnUnmanaged {
        /// The policy.
        policy: PolicyArn,
        /// The entity that holds it.
        holder: Entity,
    },
    /// A group that the blueprint names, does not define, and that does not exist.
    #[error("user `{user}` should be in group `{group}`, which does not exist")]
    NoSuchGroup {
        /// The user.
        user: UserName,
        /// The group.
        group: GroupName,
    },
    /// A policy that the blueprint names, does not define, and that does not exist.
    #[error("{entity} should have policy `{policy}`, which does not exist")]
    NoSuchPolicy {
        /// Who should have it.
        entity: Entity,
        /// The policy.
        policy: PolicyArn,
    },
    /// A trust policy names a user or role of the account that does not exist.
    #[error("role `{role}` should trust `{principal}`, which does not exist")]
    NoSuchPrincipal {
        /// The role.
        role: RoleName,
        /// The ARN.
        principal: String,
    },
    /// Initial secrets for an adopted user, which could not be recorded.
    #[error(
        "user `{0}` is adopted, and keyward never tags adopted users, so it cannot record that an initial secret was handed out: remove `password` and `access_key`"
    )]
    HandOutToAdopted(UserName),
    /// The snapshot lacks the credentials of a user.
    #[error("the password and keys of user `{0}` were not read, and its initial secrets are open")]
    CredentialsUnknown(UserName),
    /// More than AWS allows. Entities that go count, because they are deleted last.
    #[error("{what} would have {wanted} {of}, and AWS allows {limit}")]
    Quota {
        /// Which entity, or the account.
        what: String,
        /// How many it would have.
        wanted: usize,
        /// Of what.
        of: &'static str,
        /// How many AWS allows.
        limit: usize,
    },
    /// A stack of that name exists, and no blueprint made it.
    #[error(
        "the stack `{}` exists in {}, and keyward did not make it: delete or rename it there, or remove the table from the blueprint", .0.name, .0.region
    )]
    UnmanagedStack(StackPlace),
    /// Another blueprint made the stack.
    #[error(
        "the stack `{}` in {} belongs to blueprint `{owner}`: remove the table here or there", place.name, place.region
    )]
    StackOfAnotherBlueprint {
        /// The stack.
        place: StackPlace,
        /// The blueprint that made it.
        owner: BlueprintName,
    },
    /// CloudFormation is working on the stack.
    #[error(
        "CloudFormation is working on the stack `{}` in {} ({status}): run the command again when it is done", place.name, place.region
    )]
    StackBusy {
        /// The stack.
        place: StackPlace,
        /// Its status.
        status: StackStatus,
    },
    /// The stack is in a state that only a person can end.
    #[error(
        "the stack `{}` in {} is in {status}: end that in the CloudFormation console (`Continue update rollback`), then run the command again", place.name, place.region
    )]
    StackStuck {
        /// The stack.
        place: StackPlace,
        /// Its status.
        status: StackStatus,
    },
    /// The region has no room for what the stack holds.
    #[error("the stack `{}` does not fit into {}: {because}", place.name, place.region)]
    Region {
        /// The stack.
        place: StackPlace,
        /// The missing part.
        because: ExceededLimit,
    },
    /// A character that AWS takes in no policy document.
    #[error(
        "the {document} has the character `{character}`, and AWS takes only U+0020 to U+00FF in policies"
    )]
    Character {
        /// Which document.
        document: String,
        /// The first such character.
        character: char,
    },
}
