//! The plan under construction: the steps so far, the problems so far, and the account as those
//! steps leave it. Every later choice is made against that account.

use std::collections::BTreeMap;

use keyward_core::id::{EntityPath, GroupName, PolicyArn, PolicyName, RoleName, UserName};
use keyward_iam::model::{Document, Tags};

use super::checks;
use super::fingerprint::Fingerprint;
use super::holders::{self, Holders};
use super::operation::Operation;
use super::problem::{PlanProblem, PlanProblems};
use super::simulate::Simulation;
use super::step::{Change, ChangeAction, Kind, Plan, Stage, Step};
use crate::desired::{Desired, Entity};
use crate::ownership::{BlueprintName, blueprint_of, blueprint_of_policy};
use crate::snapshot::Snapshot;

/// A plan under construction.
pub(super) struct Planner<'a> {
    pub(super) desired: &'a Desired,
    pub(super) snapshot: &'a Snapshot,
    /// The account after the steps so far.
    pub(super) now: Simulation,
    pub(super) steps: Vec<Step>,
    pub(super) problems: Vec<PlanProblem>,
    pub(super) index: Index,
}

/// What a plan looks up often, of the account before any step.
pub(super) struct Index {
    /// Names in small letters, with the spelling of the account.
    pub(super) users: BTreeMap<String, UserName>,
    pub(super) groups: BTreeMap<String, GroupName>,
    pub(super) roles: BTreeMap<String, RoleName>,
    /// Customer-managed policies.
    pub(super) policies: BTreeMap<String, PolicyArn>,
    pub(super) members: BTreeMap<GroupName, Vec<UserName>>,
    pub(super) holders: BTreeMap<PolicyArn, Holders>,
}

/// To whom something of the blueprint belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Standing {
    /// This blueprint made it.
    Ours,
    /// It existed before; it is kept as described and never marked.
    Adopted,
}

impl<'a> Planner<'a> {
    /// Begins, unless the blueprint is about another account.
    pub(super) fn new(desired: &'a Desired, snapshot: &'a Snapshot) -> Result<Self, PlanProblems> {
        let (wanted, found) = (&desired.account.id, &snapshot.account.id);
        if wanted != found {
            return Err(PlanProblems(vec![PlanProblem::OtherAccount {
                wanted: wanted.clone(),
                found: found.clone(),
            }]));
        }
        Ok(Self {
            desired,
            snapshot,
            now: Simulation::new(snapshot),
            steps: Vec::new(),
            problems: Vec::new(),
            index: Index::new(snapshot),
        })
    }

    /// Adds a step, unless it does nothing.
    pub(super) fn step(
        &mut self,
        stage: Stage,
        (action, kind): (ChangeAction, Kind),
        name: impl ToString,
        work: Work,
    ) {
        if work.operations.is_empty() {
            return;
        }
        for operation in &work.operations {
            self.now.perform(operation);
        }
        self.steps.push(Step {
            stage,
            action,
            kind,
            name: name.to_string(),
            changes: work.changes,
            operations: work.operations,
        });
    }

    /// Adds what AWS would refuse on the way.
    pub(super) fn check(&mut self) {
        self.check_trusts();
        let problems = checks::problems(self.desired, self.snapshot, &self.now);
        self.problems.extend(problems);
    }

    /// The plan, unless there are problems.
    pub(super) fn finish(self) -> Result<Plan, PlanProblems> {
        if !self.problems.is_empty() {
            return Err(PlanProblems(self.problems));
        }
        let fingerprint = Fingerprint::new(self.desired, self.snapshot);
        let mut steps = self.steps;
        steps.sort_by_key(|step| step.stage);
        Ok(Plan { steps, fingerprint })
    }

    /// Whether something that exists may be changed; a problem is noted where it may not.
    pub(super) fn standing(
        &mut self,
        entity: Entity,
        owner: Option<BlueprintName>,
    ) -> Option<Standing> {
        match owner {
            Some(owner) if owner != self.desired.blueprint => {
                self.problems
                    .push(PlanProblem::OfAnotherBlueprint { entity, owner });
                None
            }
            _ if self.desired.adopted.contains(&entity) => Some(Standing::Adopted),
            Some(_) => Some(Standing::Ours),
            None => {
                self.problems.push(PlanProblem::Unmanaged(entity));
                None
            }
        }
    }

    /// Whether something that does not exist may be created under its name; a problem is noted
    /// where it may not.
    pub(super) fn may_create(&mut self, entity: Entity, existing: Option<String>) -> bool {
        let problem = if let Some(existing) = existing {
            PlanProblem::CaseClash {
                wanted: entity,
                existing,
            }
        } else if self.desired.adopted.contains(&entity) {
            PlanProblem::AdoptedIsAbsent(entity)
        } else {
            return true;
        };
        self.problems.push(problem);
        false
    }

    /// Whether an entity of the account is one that the blueprint describes or made.
    pub(super) fn manages(&self, entity: &Entity) -> bool {
        let account = &self.desired.account;
        match entity {
            Entity::User(name) => account.users.contains_key(name),
            Entity::Group(name) => account.groups.contains_key(name),
            Entity::Role(name) => account.roles.contains_key(name),
            Entity::Policy(arn) => account.policies.contains_key(arn),
            Entity::OidcProvider(issuer) => account.oidc_providers.contains_key(issuer),
        }
    }

    /// The document of a managed policy, as it will be, else as it is.
    pub(super) fn document(&self, arn: &PolicyArn) -> Option<&Document> {
        let wanted = self.desired.account.policies.get(arn);
        let policy = wanted.or_else(|| self.now.account.policies.get(arn));
        policy.map(|policy| &policy.document)
    }

    /// Whether a policy exists once the policies of the blueprint do, and stays.
    pub(super) fn will_exist(&self, arn: &PolicyArn) -> bool {
        if arn.is_aws_managed() {
            return true;
        }
        let Some(policy) = self.now.account.policies.get(arn) else {
            return false;
        };
        self.desired.account.policies.contains_key(arn) || !self.made_policy(&policy.path)
    }

    /// Whether this blueprint made the policy with this path.
    pub(super) fn made_policy(&self, path: &EntityPath) -> bool {
        blueprint_of_policy(path).as_ref() == Some(&self.desired.blueprint)
    }

    /// Whether this blueprint made the entity with these tags.
    pub(super) fn is_ours(&self, tags: &Tags) -> bool {
        blueprint_of(tags).as_ref() == Some(&self.desired.blueprint)
    }
}

/// The content of a step.
#[derive(Debug, Default)]
pub(super) struct Work {
    pub(super) changes: Vec<Change>,
    pub(super) operations: Vec<Operation>,
}

impl Work {
    pub(super) fn push(&mut self, change: Change, operation: Operation) {
        self.changes.push(change);
        self.operations.push(operation);
    }
}

impl Index {
    pub(super) fn new(snapshot: &Snapshot) -> Self {
        let account = &snapshot.account;
        let mut members: BTreeMap<GroupName, Vec<UserName>> = BTreeMap::new();
        for user in account.users.values() {
            for group in &user.groups {
                members
                    .entry(group.clone())
                    .or_default()
                    .push(user.name.clone());
            }
        }
        let own = account.policies.values();
        let own = own.filter(|policy| !policy.arn.is_aws_managed());
        Self {
            users: folded(account.users.keys(), UserName::as_str),
            groups: folded(account.groups.keys(), GroupName::as_str),
            roles: folded(account.roles.keys(), RoleName::as_str),
            policies: own
                .map(|policy| (fold(&policy.name), policy.arn.clone()))
                .collect(),
            members,
            holders: holders::of_all(account),
        }
    }

    /// The ARN of the policy with this name, whatever its path.
    pub(super) fn policy(&self, name: &PolicyName) -> Option<&PolicyArn> {
        self.policies.get(&fold(name))
    }
}

fn folded<'n, N: Clone + 'n>(
    names: impl Iterator<Item = &'n N>,
    text: fn(&N) -> &str,
) -> BTreeMap<String, N> {
    names
        .map(|name| (text(name).to_ascii_lowercase(), name.clone()))
        .collect()
}

/// A name as AWS compares it.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html#reference_iam-quotas-names>
pub(super) fn fold(name: &impl ToString) -> String {
    name.to_string().to_ascii_lowercase()
}
