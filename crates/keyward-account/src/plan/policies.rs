//! Customer-managed policies: a new version for another document; deleted and created again for
//! another path, which AWS cannot change. Tags are set at creation and not compared, because IAM
//! lists policies without them.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_managed-versioning.html>

use keyward_core::id::PolicyArn;
use keyward_iam::Policy;
use keyward_iam::model::ManagedPolicy;

use super::document;
use super::holders::Holders;
use super::operation::{Operation, PrincipalName};
use super::planner::Planner;
use super::problem::PlanProblem;
use super::simulate::{POLICY_VERSIONS, number};
use super::step::{Change, ChangeAction, Kind, Stage};
use super::tags;
use super::work::{Standing, Work};
use crate::desired::Entity;
use crate::ownership::blueprint_of_policy;

impl Planner<'_> {
    pub(super) fn policies(&mut self) {
        let wanted = self.desired.account.policies.values();
        for wanted in wanted.filter(|policy| !policy.arn.is_aws_managed()) {
            let Some(document) = wanted.document.policy() else {
                continue;
            };
            let live = self.index.policy(&wanted.name).cloned();
            match live.and_then(|arn| self.now.account.policies.get(&arn).cloned()) {
                Some(live) if live.name == wanted.name => {
                    self.update_policy(&live, wanted, document)
                }
                live => {
                    let existing = live.map(|live| live.name.to_string());
                    if self.may_create(Entity::Policy(wanted.arn.clone()), existing) {
                        self.create_policy(wanted, document);
                    }
                }
            }
        }
    }

    fn create_policy(&mut self, wanted: &ManagedPolicy, document: &Policy) {
        let mut changes = document::added("document", document);
        changes.extend(tags::added(&wanted.tags));
        let work = Work {
            changes,
            operations: vec![create(wanted, document)],
        };
        let what = (ChangeAction::Create, Kind::Policy);
        self.step(Stage::Policies, what, &wanted.name, work);
    }

    fn update_policy(&mut self, live: &ManagedPolicy, wanted: &ManagedPolicy, document: &Policy) {
        let entity = Entity::Policy(wanted.arn.clone());
        let owner = blueprint_of_policy(&live.path);
        let Some(standing) = self.standing(entity.clone(), owner) else {
            return;
        };
        if live.path != wanted.path {
            if standing == Standing::Adopted {
                self.problems.push(PlanProblem::AdoptedElsewhere(entity));
            } else {
                self.replace_policy(live, wanted, document);
            }
            return;
        }
        let mut work = Work::default();
        if !document::same_meaning(&live.document, &wanted.document) {
            work.changes = document::changes("document", &live.document, document);
            work.operations.extend(oldest_version(live));
            work.operations.push(Operation::CreatePolicyVersion {
                arn: live.arn.clone(),
                document: document.clone(),
            });
        }
        let what = (ChangeAction::Update, Kind::Policy);
        self.step(Stage::Policies, what, &wanted.name, work);
    }

    /// Deletes the policy and creates it under its new path. Holders that exist already get it
    /// back in the same step, so that they are without it for as short as possible.
    fn replace_policy(&mut self, live: &ManagedPolicy, wanted: &ManagedPolicy, document: &Policy) {
        let holders = self
            .index
            .holders
            .get(&live.arn)
            .cloned()
            .unwrap_or_default();
        let mut fine = true;
        for holder in holders.attached.iter().map(PrincipalName::entity) {
            if !self.manages(&holder) {
                fine = false;
                self.problems.push(PlanProblem::OnUnmanaged {
                    policy: live.arn.clone(),
                    holder,
                });
            }
        }
        for holder in holders.boundary.iter().map(PrincipalName::entity) {
            if !self.manages(&holder) {
                fine = false;
                self.problems.push(PlanProblem::BoundaryOfUnmanaged {
                    policy: live.arn.clone(),
                    holder,
                });
            }
        }
        if !fine {
            return;
        }
        let mut work = Work::default();
        work.changes.push(Change::alter(format!(
            "path `{}` becomes `{}`: the policy is deleted and created again",
            live.path, wanted.path
        )));
        if !document::same_meaning(&live.document, &wanted.document) {
            let changes = document::changes("document", &live.document, document);
            work.changes.extend(changes);
        }
        release(&live.arn, &holders, &mut work);
        work.operations.extend(delete(live));
        work.operations.push(create(wanted, document));
        self.return_policy(&wanted.arn, &holders, &mut work);
        let what = (ChangeAction::Update, Kind::Policy);
        self.step(Stage::Policies, what, &wanted.name, work);
    }

    /// Puts a replaced policy back on its holders, where the blueprint wants it there.
    fn return_policy(&self, arn: &PolicyArn, holders: &Holders, work: &mut Work) {
        let account = &self.desired.account;
        let wants = |holder: &PrincipalName| match holder {
            PrincipalName::User(name) => account.users.get(name).map(|it| &it.grants),
            PrincipalName::Group(name) => account.groups.get(name).map(|it| &it.grants),
            PrincipalName::Role(name) => account.roles.get(name).map(|it| &it.grants),
        };
        for holder in &holders.boundary {
            if wants(holder).is_some_and(|it| it.boundary.as_ref() == Some(arn)) {
                work.operations.push(Operation::PutBoundary {
                    on: holder.clone(),
                    policy: arn.clone(),
                });
            }
        }
        for holder in &holders.attached {
            if wants(holder).is_some_and(|it| it.attached.contains(arn)) {
                work.operations.push(Operation::AttachPolicy {
                    to: holder.clone(),
                    policy: arn.clone(),
                });
            }
        }
    }
}

fn create(wanted: &ManagedPolicy, document: &Policy) -> Operation {
    Operation::CreatePolicy {
        arn: wanted.arn.clone(),
        name: wanted.name.clone(),
        path: wanted.path.clone(),
        document: document.clone(),
        tags: wanted.tags.clone(),
    }
}

/// Takes a policy from everything that holds it.
pub(super) fn release(arn: &PolicyArn, holders: &Holders, work: &mut Work) {
    for holder in &holders.boundary {
        work.operations
            .push(Operation::DeleteBoundary { on: holder.clone() });
    }
    for holder in &holders.attached {
        work.operations.push(Operation::DetachPolicy {
            from: holder.clone(),
            policy: arn.clone(),
        });
    }
}

/// Deletes a policy that nothing holds, its other versions first.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html>
pub(super) fn delete(live: &ManagedPolicy) -> Vec<Operation> {
    let others = live.versions.iter().filter(|version| !version.is_default);
    let mut operations: Vec<Operation> = others
        .map(|version| Operation::DeletePolicyVersion {
            arn: live.arn.clone(),
            version: version.id.clone(),
        })
        .collect();
    operations.push(Operation::DeletePolicy(live.arn.clone()));
    operations
}

/// The deletion of the oldest version, where there is no room for another.
fn oldest_version(live: &ManagedPolicy) -> Option<Operation> {
    if live.versions.len() < POLICY_VERSIONS {
        return None;
    }
    let others = live.versions.iter().filter(|version| !version.is_default);
    let oldest = others.min_by_key(|version| number(&version.id))?;
    Some(Operation::DeletePolicyVersion {
        arn: live.arn.clone(),
        version: oldest.id.clone(),
    })
}
