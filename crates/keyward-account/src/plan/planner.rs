//! The plan under construction: the steps so far, the problems so far, and the account as those
//! steps leave it. Every later choice is made against that account.

use keyward_core::id::{EntityPath, PolicyArn, RoleName};
use keyward_iam::model::{Document, Tags};

use super::checks;
use super::fingerprint::Fingerprint;
use super::index::Index;
use super::problem::{PlanProblem, PlanProblems};
use super::simulate::Simulation;
use super::step::{Change, ChangeAction, Kind, Plan, Stage, Step};
use super::work::{Ownership, Work};
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
    /// The removals that wait until all users are in their groups.
    lifted: Vec<(Stage, Kind, String, Work)>,
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
            lifted: Vec::new(),
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

    /// Keeps a removal until all users are in their groups, with everything that they get.
    pub(super) fn lift_later(
        &mut self,
        (stage, kind): (Stage, Kind),
        name: impl ToString,
        work: Work,
    ) {
        self.lifted.push((stage, kind, name.to_string(), work));
    }

    /// Makes the removals that had to wait.
    pub(super) fn lift(&mut self) {
        let mut lifted = std::mem::take(&mut self.lifted);
        lifted.sort_by_key(|(stage, ..)| *stage);
        for (stage, kind, name, work) in lifted {
            self.step(stage, (ChangeAction::Update, kind), name, work);
        }
    }

    /// Adds what AWS would refuse on the way.
    pub(super) fn check(&mut self) {
        self.check_trusts();
        let problems = checks::problems(self.desired, self.snapshot, &self.now, &self.steps);
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

    /// Whether an existing entity may be changed; notes a problem if not.
    pub(super) fn ownership(
        &mut self,
        entity: Entity,
        owner: Option<BlueprintName>,
    ) -> Option<Ownership> {
        match owner {
            Some(owner) if owner != self.desired.blueprint => {
                self.problems
                    .push(PlanProblem::OfAnotherBlueprint { entity, owner });
                None
            }
            _ if self.desired.adopted.contains(&entity) => Some(Ownership::Adopted),
            Some(_) => Some(Ownership::Ours),
            None => {
                self.problems.push(PlanProblem::Unmanaged(entity));
                None
            }
        }
    }

    /// Whether a missing entity may be created under its name; notes a problem if not.
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

    /// Whether the blueprint describes an entity.
    pub(super) fn describes(&self, entity: &Entity) -> bool {
        let account = &self.desired.account;
        match entity {
            Entity::User(name) => account.users.contains_key(name),
            Entity::Group(name) => account.groups.contains_key(name),
            Entity::Role(name) => account.roles.contains_key(name),
            Entity::Policy(arn) => account.policies.contains_key(arn),
            Entity::OidcProvider(issuer) => account.oidc_providers.contains_key(issuer),
        }
    }

    /// Whether an entity of the account is one that the blueprint describes or made.
    pub(super) fn manages(&self, entity: &Entity) -> bool {
        self.describes(entity) || self.made(entity)
    }

    /// The roles that trust an entity of this ARN and that the blueprint does not manage.
    pub(super) fn strangers_trusting(&self, arn: &str) -> Vec<RoleName> {
        let roles = self.index.trusting.get(arn).into_iter().flatten();
        let strangers = roles.filter(|role| !self.manages(&Entity::Role((*role).clone())));
        strangers.cloned().collect()
    }

    /// Says which of these roles lose their trust in an entity that is deleted. AWS writes the id of the
    /// entity into the trust policy, and a new entity of the same name has another.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>
    pub(super) fn lost_trusts(&self, arn: &str) -> Vec<Change> {
        let strangers = self.strangers_trusting(arn).into_iter();
        let lost = strangers.map(|role| {
            Change::remove(format!(
                "trusted by role `{role}`, which this blueprint does not manage"
            ))
        });
        lost.collect()
    }

    /// Whether this blueprint made an entity of the account.
    fn made(&self, entity: &Entity) -> bool {
        let account = &self.now.account;
        let ours = |tags: &Tags| self.is_ours(tags);
        match entity {
            Entity::User(name) => account.users.get(name).is_some_and(|it| ours(&it.tags)),
            Entity::Role(name) => account.roles.get(name).is_some_and(|it| ours(&it.tags)),
            Entity::OidcProvider(issuer) => {
                let provider = account.oidc_providers.get(issuer);
                provider.is_some_and(|it| ours(&it.tags))
            }
            Entity::Policy(arn) => {
                let policy = account.policies.get(arn);
                policy.is_some_and(|it| self.made_policy(&it.path))
            }
            Entity::Group(name) => account.groups.get(name).is_some_and(|group| {
                self.owner_of_group(group).as_ref() == Some(&self.desired.blueprint)
            }),
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
