//! The reasons why keyward makes no plan. It reports all of them together, each with its fix.

use keyward_core::id::{AccountId, GroupName, PolicyArn, RoleName, UserName};

use crate::blueprint::{Blueprint, Position};
use crate::desired::Entity;
use crate::ownership::BlueprintName;
use crate::stacks::{ExceededLimit, StackName, StackPlace, StackStatus};

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
        /// The entity.
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
        /// The entity of the blueprint.
        wanted: Entity,
        /// The name that exists.
        existing: String,
    },
    /// The new path of a role would remove it from its instance profiles.
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
        /// The limited entity.
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
        /// The entity that should have it.
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
        /// The entity, or the account.
        what: String,
        /// The number that it would have.
        wanted: usize,
        /// Of what.
        of: &'static str,
        /// The most that AWS allows.
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
    /// A character that AWS accepts in no policy document.
    #[error(
        "the {document} has the character `{character}`, and AWS accepts only U+0020 to U+00FF in policies"
    )]
    Character {
        /// The document.
        document: String,
        /// The first such character.
        character: char,
    },
}

impl PlanProblem {
    /// The place in the blueprint that describes the subject of the problem. `None` if it does
    /// not describe it, or if the account as a whole is the problem.
    #[must_use]
    pub fn position(&self, blueprint: &Blueprint) -> Option<Position> {
        match self {
            Self::Unmanaged(entity)
            | Self::OfAnotherBlueprint { entity, .. }
            | Self::AdoptedIsAbsent(entity)
            | Self::AdoptedElsewhere(entity)
            | Self::CaseClash { wanted: entity, .. }
            | Self::NoSuchPolicy { entity, .. } => entity_position(entity, blueprint),
            Self::InInstanceProfile { role, .. } | Self::NoSuchPrincipal { role, .. } => {
                Some(blueprint.roles.get(role)?.at)
            }
            Self::NoSuchGroup { user, group } => {
                let spec = blueprint.users.get(user)?;
                let named = spec.groups.iter().find(|it| it.value == *group);
                Some(named.map_or(spec.at, |it| it.at))
            }
            Self::HandOutToAdopted(user) | Self::CredentialsUnknown(user) => {
                Some(blueprint.users.get(user)?.at)
            }
            Self::BoundaryOfUnmanaged { policy, .. } | Self::OnUnmanaged { policy, .. } => {
                entity_position(&Entity::Policy(policy.clone()), blueprint)
            }
            Self::Region { because, .. } => {
                let vpc = blueprint.vpc.as_ref()?;
                Some(match because {
                    ExceededLimit::Addresses { .. } => vpc.nat.at,
                    ExceededLimit::Zones { .. } => vpc.zones.at,
                })
            }
            Self::UnmanagedStack(place)
            | Self::StackOfAnotherBlueprint { place, .. }
            | Self::StackBusy { place, .. }
            | Self::StackStuck { place, .. } => match place.name {
                StackName::Vpc => Some(blueprint.vpc.as_ref()?.at),
                StackName::Config => Some(blueprint.config.as_ref()?.at),
            },
            Self::OtherAccount { wanted, .. } => {
                let mut accounts = blueprint.accounts.iter();
                Some(accounts.find(|it| it.id.value == *wanted)?.id.at)
            }
            Self::Quota { .. } | Self::Character { .. } => None,
        }
    }
}

fn entity_position(entity: &Entity, blueprint: &Blueprint) -> Option<Position> {
    Some(match entity {
        Entity::User(name) => blueprint.users.get(name)?.at,
        Entity::Group(name) => blueprint.groups.get(name)?.at,
        Entity::Role(name) => blueprint.roles.get(name)?.at,
        Entity::Policy(arn) => {
            let name = arn.policy_name().parse().ok()?;
            blueprint.policies.get(&name)?.at
        }
        Entity::OidcProvider(issuer) => blueprint.oidc_providers.get(issuer)?.at,
    })
}

#[cfg(test)]
mod tests;
