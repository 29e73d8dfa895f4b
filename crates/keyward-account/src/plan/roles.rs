//! Roles: trust, session length, boundary, policies and tags. A role whose path changes is
//! deleted and created again.
//!
//! AWS refuses a trust policy that names a user or role which does not exist. A role that trusts
//! one of the same plan is created with a trust policy that admits no caller, and gets its own once
//! users and roles exist.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html>

use keyward_core::id::RoleName;
use keyward_core::time::exact_duration;
use keyward_iam::Policy;
use keyward_iam::model::{Grants, Role};

use super::document::{self, Transition};
use super::grants::Stripped;
use super::index::fold;
use super::operation::{Operation, PrincipalName};
use super::planner::Planner;
use super::principals::local_principals;
use super::problem::PlanProblem;
use super::step::{Change, ChangeAction, Kind, Stage};
use super::tags;
use super::work::{Ownership, Work};
use crate::desired::Entity;
use crate::ownership::blueprint_of;

/// Trust policies that wait for the users and roles that they name.
pub(super) type WaitingTrusts = Vec<(RoleName, Policy)>;

impl Planner<'_> {
    /// Plans the roles, and returns the trust policies that have to wait.
    pub(super) fn roles(&mut self) -> WaitingTrusts {
        let mut waiting = WaitingTrusts::new();
        for wanted in self.desired.account.roles.values() {
            let Some(trust) = wanted.trust.policy() else {
                continue;
            };
            let entity = Entity::Role(wanted.name.clone());
            let live = self.index.roles.get(&fold(&wanted.name)).cloned();
            match live.and_then(|name| self.now.account.roles.get(&name).cloned()) {
                Some(live) if live.name == wanted.name => {
                    self.update_role(&entity, &live, wanted, trust, &mut waiting);
                }
                live => {
                    let existing = live.map(|live| live.name.to_string());
                    if self.may_create(entity, existing) {
                        let mut work = Work::default();
                        self.create_role(wanted, trust, &mut work, &mut waiting);
                        let what = (ChangeAction::Create, Kind::Role);
                        self.step(Stage::Roles, what, &wanted.name, work);
                    }
                }
            }
        }
        waiting
    }

    /// Sets the trust policies that had to wait.
    pub(super) fn trusts(&mut self, waiting: WaitingTrusts) {
        for (name, trust) in waiting {
            let Some(live) = self.now.account.roles.get(&name).cloned() else {
                continue;
            };
            let mut work = Work {
                changes: document::changes("trust policy", &live.trust, &trust),
                operations: Vec::new(),
            };
            work.operations.push(Operation::UpdateTrust {
                name: name.clone(),
                trust,
            });
            let what = (ChangeAction::Update, Kind::Role);
            self.step(Stage::Trusts, what, name, work);
        }
    }

    fn create_role(
        &mut self,
        wanted: &Role,
        trust: &Policy,
        work: &mut Work,
        waiting: &mut WaitingTrusts,
    ) {
        let on = PrincipalName::Role(wanted.name.clone());
        let boundary = wanted.grants.boundary.clone();
        if let Some(policy) = &boundary
            && !self.expect_policy(&on, policy)
        {
            return;
        }
        work.changes.extend(appearance(wanted));
        let first_trust = if self.must_wait(trust) {
            waiting.push((wanted.name.clone(), trust.clone()));
            work.changes.push(Change::add(
                "trust policy: admits no caller until the users and roles that it names exist",
            ));
            admits_no_caller()
        } else {
            work.changes.extend(document::added("trust policy", trust));
            trust.clone()
        };
        work.operations.push(Operation::CreateRole {
            name: wanted.name.clone(),
            path: wanted.path.clone(),
            trust: first_trust,
            max_session: wanted.max_session,
            description: wanted.description.clone(),
            boundary: boundary.clone(),
            tags: wanted.tags.clone(),
        });
        let bare = Grants {
            boundary,
            ..Grants::default()
        };
        self.grants(&on, &bare, &wanted.grants, work);
    }

    fn update_role(
        &mut self,
        entity: &Entity,
        live: &Role,
        wanted: &Role,
        trust: &Policy,
        waiting: &mut WaitingTrusts,
    ) {
        let owner = blueprint_of(&live.tags);
        let Some(ownership) = self.ownership(entity.clone(), owner) else {
            return;
        };
        let mut work = Work::default();
        if live.path != wanted.path {
            if ownership == Ownership::Adopted {
                let problem = PlanProblem::AdoptedElsewhere(entity.clone());
                self.problems.push(problem);
                return;
            }
            self.replace_role(live, wanted, trust, &mut work, waiting);
        } else {
            let on = PrincipalName::Role(wanted.name.clone());
            let mut rights = Work::default();
            let lifted = self.grants_under_limits(&on, &live.grants, &wanted.grants, &mut rights);
            let loses = !lifted.grants.operations.is_empty();
            self.lift_around(&on, lifted, &mut rights);
            let admission = self.admission(live, wanted, trust, waiting);
            // The role admits no new caller before its old rights are gone.
            let late = loses && document::transition(&live.trust, trust) != Transition::Loss;
            let (before, after) = match late {
                true => (Work::default(), admission),
                false => (admission, Work::default()),
            };
            work.append(before);
            settings(live, wanted, &mut work);
            tags::compare(entity, ownership, &live.tags, &wanted.tags, &mut work);
            work.append(rights);
            work.append(after);
        }
        let what = (ChangeAction::Update, Kind::Role);
        self.step(Stage::Roles, what, &wanted.name, work);
    }

    /// The change of the callers whom a role admits, unless it must wait for one who does not exist yet.
    fn admission(
        &self,
        live: &Role,
        wanted: &Role,
        trust: &Policy,
        waiting: &mut WaitingTrusts,
    ) -> Work {
        let mut work = Work::default();
        if document::same_meaning(&live.trust, &wanted.trust) {
            return work;
        }
        if self.must_wait(trust) {
            waiting.push((wanted.name.clone(), trust.clone()));
            return work;
        }
        work.changes = document::changes("trust policy", &live.trust, trust);
        work.operations.push(Operation::UpdateTrust {
            name: wanted.name.clone(),
            trust: trust.clone(),
        });
        work
    }

    fn replace_role(
        &mut self,
        live: &Role,
        wanted: &Role,
        trust: &Policy,
        work: &mut Work,
        waiting: &mut WaitingTrusts,
    ) {
        if let Some(profile) = live.instance_profiles.first() {
            self.problems.push(PlanProblem::InInstanceProfile {
                role: live.name.clone(),
                profile: profile.clone(),
            });
            return;
        }
        work.changes.push(Change::alter(format!(
            "path `{}` becomes `{}`: the role is deleted and created again",
            live.path, wanted.path
        )));
        let arn = self.snapshot.account.role_arn(live);
        work.changes.extend(self.lost_trusts(arn.as_str()));
        work.operations.extend(self.delete_role(live));
        self.create_role(wanted, trust, work, waiting);
    }

    /// The writes that delete a role.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteRole.html>
    pub(super) fn delete_role(&self, live: &Role) -> Vec<Operation> {
        let on = PrincipalName::Role(live.name.clone());
        let mut operations = Vec::new();
        for profile in &live.instance_profiles {
            operations.push(Operation::RemoveRoleFromInstanceProfile {
                name: live.name.clone(),
                profile: profile.clone(),
            });
        }
        let Stripped { grants, denials } = self.strip(&on, &live.grants);
        operations.extend(grants.into_iter().chain(denials));
        operations.push(Operation::DeleteRole(live.name.clone()));
        operations
    }

    /// Whether a trust policy names a user or role that does not exist before this plan.
    fn must_wait(&self, trust: &Policy) -> bool {
        let before = &self.snapshot.account;
        let named = local_principals(before, trust);
        named.iter().any(|principal| !principal.exists_in(before))
    }

    /// Notes the users and roles that trust policies name and that will not exist. A trust policy
    /// that stays may name one that was gone before.
    pub(super) fn check_trusts(&mut self) {
        let before = &self.snapshot.account;
        for role in self.desired.account.roles.values() {
            let Some(trust) = role.trust.policy() else {
                continue;
            };
            let stays = before.roles.get(&role.name).is_some_and(|live| {
                live.path == role.path && document::same_meaning(&live.trust, &role.trust)
            });
            for principal in local_principals(&self.desired.account, trust) {
                let was_gone = stays && !principal.exists_in(before);
                if !was_gone && !principal.exists_in(&self.now.account) {
                    self.problems.push(PlanProblem::NoSuchPrincipal {
                        role: role.name.clone(),
                        principal: principal.arn().to_owned(),
                    });
                }
            }
        }
    }
}

/// Session length and description, which one call sets.
fn settings(live: &Role, wanted: &Role, work: &mut Work) {
    let mut changes = Vec::new();
    if let Some(is) = wanted.max_session
        && live.max_session != Some(is)
    {
        let is = exact_duration(is);
        changes.push(match live.max_session.map(exact_duration) {
            Some(was) => Change::alter(format!("`max_session` {was} becomes {is}")),
            None => Change::alter(format!("`max_session` becomes {is}")),
        });
    }
    if let Some(is) = &wanted.description
        && live.description.as_ref() != Some(is)
    {
        changes.push(Change::alter(format!("description becomes `{is}`")));
    }
    if changes.is_empty() {
        return;
    }
    work.changes.extend(changes);
    work.operations.push(Operation::UpdateRole {
        name: wanted.name.clone(),
        max_session: wanted.max_session.or(live.max_session),
        description: wanted
            .description
            .clone()
            .or_else(|| live.description.clone()),
    });
}

/// The settings that a new role has from the start.
fn appearance(wanted: &Role) -> Vec<Change> {
    let mut changes = Vec::new();
    if wanted.path.as_str() != "/" {
        changes.push(Change::add(format!("path `{}`", wanted.path)));
    }
    if let Some(max_session) = wanted.max_session {
        let length = exact_duration(max_session);
        changes.push(Change::add(format!("`max_session` {length}")));
    }
    if let Some(boundary) = &wanted.grants.boundary {
        let name = boundary.policy_name();
        changes.push(Change::add(format!("permissions boundary `{name}`")));
    }
    changes.extend(tags::added(&wanted.tags));
    changes
}

/// A trust policy that admits no caller.
fn admits_no_caller() -> Policy {
    Policy::parse(
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"NotYet","Effect":"Deny","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}"#,
    )
    .expect("a constant document is a policy")
}
