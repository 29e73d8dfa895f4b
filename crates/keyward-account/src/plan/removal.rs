//! Removals: entities that this blueprint made and no longer describes, or all of them. Each is
//! first taken from everything that makes AWS refuse its deletion.
//!
//! Order: users, groups, roles, then policies and providers.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteUser.html>,
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteGroup.html>,
//! <https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html>

use std::collections::BTreeSet;

use keyward_core::id::{GroupName, OidcIssuer, PolicyArn, RoleName, UserName};
use keyward_iam::model::{Grants, Group, Tags, User};

use super::document;
use super::grants::Stripped;
use super::holders::Holders;
use super::operation::{Operation, PrincipalName, UserCredential};
use super::planner::Planner;
use super::policies::is_stand_in;
use super::problem::PlanProblem;
use super::step::{Change, ChangeAction, Kind, Stage};
use super::versions;
use super::work::Work;
use crate::desired::Entity;
use crate::leaver;
use crate::ownership::{BLUEPRINT_TAG, deletion_path, group_policy};

/// The entities to remove among those that the blueprint made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Leaving {
    /// Those that the blueprint no longer describes.
    Undescribed,
    /// All of them.
    Everything,
}

impl Planner<'_> {
    pub(super) fn removals(&mut self, leaving: Leaving) {
        let gone = self.leaving(leaving);
        for name in gone.users {
            self.remove_user(&name);
        }
        for name in gone.groups {
            self.remove_group(&name);
        }
        for name in gone.roles {
            self.remove_role(&name);
        }
        for arn in gone.policies {
            self.remove_policy(&arn, leaving);
        }
        for issuer in gone.providers {
            self.remove_provider(issuer);
        }
    }

    fn leaving(&self, leaving: Leaving) -> Gone {
        let account = &self.now.account;
        let goes = |entity: Entity| {
            !self.desired.adopted.contains(&entity)
                && (leaving == Leaving::Everything || !self.describes(&entity))
        };
        let ours = |tags: &Tags| self.is_ours(tags);
        let users = account.users.values().filter(|it| ours(&it.tags));
        let users = users.filter(|it| {
            leaving == Leaving::Everything || !leaver::waits(&it.tags, self.snapshot.taken)
        });
        let groups = account.groups.values();
        let groups =
            groups.filter(|it| self.owner_of_group(it).as_ref() == Some(&self.desired.blueprint));
        let roles = account
            .roles
            .values()
            .filter(|it| ours(&it.tags) && !it.is_aws_owned());
        let policies = account
            .policies
            .values()
            .filter(|it| self.made_policy(&it.path));
        let providers = account.oidc_providers.values().filter(|it| ours(&it.tags));
        Gone {
            users: users
                .map(|it| it.name.clone())
                .filter(|it| goes(Entity::User(it.clone())))
                .collect(),
            groups: groups
                .map(|it| it.name.clone())
                .filter(|it| goes(Entity::Group(it.clone())))
                .collect(),
            roles: roles
                .map(|it| it.name.clone())
                .filter(|it| goes(Entity::Role(it.clone())))
                .collect(),
            policies: policies
                .map(|it| it.arn.clone())
                .filter(|it| goes(Entity::Policy(it.clone())))
                .collect(),
            providers: providers
                .map(|it| it.issuer.clone())
                .filter(|it| goes(Entity::OidcProvider(it.clone())))
                .collect(),
        }
    }

    pub(super) fn remove_user(&mut self, name: &UserName) {
        let Some(live) = self.now.account.users.get(name).cloned() else {
            return;
        };
        let mut changes = losses(&live.grants);
        let groups = live.groups.iter();
        changes.extend(groups.map(|group| Change::remove(format!("group `{group}`"))));
        changes.push(Change::remove("every credential"));
        changes.extend(self.lost_trusts(&self.snapshot.account.user_arn(&live)));
        let work = Work {
            changes,
            operations: self.delete_user(&live),
        };
        let what = (ChangeAction::Delete, Kind::User);
        self.step(Stage::DeleteUsers, what, name, work);
    }

    fn remove_group(&mut self, name: &GroupName) {
        let Some(live) = self.now.account.groups.get(name).cloned() else {
            return;
        };
        let members: Vec<UserName> = self
            .index
            .members
            .get(name)
            .into_iter()
            .flatten()
            .filter(|user| {
                let user = self.now.account.users.get(*user);
                user.is_some_and(|user| user.groups.contains(name))
            })
            .cloned()
            .collect();
        let mut work = Work {
            changes: losses(&live.grants),
            operations: Vec::new(),
        };
        for user in members {
            work.push(
                Change::remove(format!("member `{user}`")),
                Operation::RemoveFromGroup {
                    user,
                    group: name.clone(),
                },
            );
        }
        work.operations.extend(self.delete_group(&live));
        let what = (ChangeAction::Delete, Kind::Group);
        self.step(Stage::DeleteGroups, what, name, work);
    }

    /// The reserved policy goes last, and the path says whose group it was, so that the next run
    /// recognises it if this one is interrupted.
    fn delete_group(&self, live: &Group) -> Vec<Operation> {
        let on = PrincipalName::Group(live.name.clone());
        let mut grants = live.grants.clone();
        let mark = grants.inline.remove(&group_policy());
        let Stripped { grants, denials } = self.strip(&on, &grants);
        let mut operations: Vec<Operation> = grants.into_iter().chain(denials).collect();
        if mark.is_some() {
            let path = deletion_path(&self.desired.blueprint);
            if live.path != path {
                operations.push(Operation::MoveGroup {
                    name: live.name.clone(),
                    path,
                });
            }
            operations.push(Operation::DeleteInlinePolicy {
                on,
                name: group_policy(),
            });
        }
        operations.push(Operation::DeleteGroup(live.name.clone()));
        operations
    }

    fn remove_role(&mut self, name: &RoleName) {
        let Some(live) = self.now.account.roles.get(name).cloned() else {
            return;
        };
        let mut work = Work {
            changes: losses(&live.grants),
            operations: self.delete_role(&live),
        };
        for profile in &live.instance_profiles {
            let change = Change::remove(format!("instance profile `{profile}`"));
            work.changes.push(change);
        }
        let arn = self.snapshot.account.role_arn(&live);
        work.changes.extend(self.lost_trusts(arn.as_str()));
        let what = (ChangeAction::Delete, Kind::Role);
        self.step(Stage::DeleteRoles, what, name, work);
    }

    fn remove_policy(&mut self, arn: &PolicyArn, leaving: Leaving) {
        let Some(live) = self.now.account.policies.get(arn).cloned() else {
            return;
        };
        let holders = self.holders_now(arn);
        let strangers = holders.boundary.iter().map(PrincipalName::entity);
        let strangers: Vec<Entity> = strangers.filter(|it| !self.manages(it)).collect();
        if !strangers.is_empty() {
            let problem = |holder| PlanProblem::BoundaryOfUnmanaged {
                policy: arn.clone(),
                holder,
            };
            for problem in strangers.into_iter().map(problem) {
                // A policy that gets another path has the same problem.
                if !self.problems.contains(&problem) {
                    self.problems.push(problem);
                }
            }
            return;
        }
        let mut work = Work::default();
        for holder in &holders.attached {
            let entity = holder.entity();
            let stranger = match leaving {
                Leaving::Undescribed if !self.manages(&entity) => {
                    ", which this blueprint does not manage"
                }
                _ => "",
            };
            work.changes
                .push(Change::remove(format!("detached from {entity}{stranger}")));
        }
        for holder in &holders.attached {
            work.operations.push(Operation::DetachPolicy {
                from: holder.clone(),
                policy: arn.clone(),
            });
        }
        for holder in &holders.boundary {
            let entity = holder.entity();
            // A leaver who is not deleted yet gets no rights back.
            if leaving == Leaving::Undescribed && !self.describes(&entity) {
                let policy = self.deny_all();
                let name = policy.policy_name();
                let change = Change::alter(format!("permissions boundary of {entity}: `{name}`"));
                let on = holder.clone();
                work.push(change, Operation::PutBoundary { on, policy });
                continue;
            }
            work.push(
                Change::remove(format!("permissions boundary of {entity}")),
                Operation::DeleteBoundary { on: holder.clone() },
            );
        }
        work.operations.extend(versions::delete(&live));
        let what = (ChangeAction::Delete, Kind::Policy);
        // Holders that stay lose what grants before what limits them.
        let limits = !holders.boundary.is_empty() || document::may_deny(&live.document);
        let stage = match limits {
            true => Stage::DeleteLimits,
            false => Stage::DeletePolicies,
        };
        self.step(stage, what, &live.name, work);
    }

    /// Those that hold a policy after the steps so far. Only holders from before can still do, except
    /// of a stand-in, which this plan may have attached.
    fn holders_now(&self, arn: &PolicyArn) -> Holders {
        let mut before = self.index.holders.get(arn).cloned().unwrap_or_default();
        if is_stand_in(arn) {
            before.attached = self.principals().collect();
        }
        let attached = |holder: &PrincipalName| {
            let grants = holder.grants(&self.now.account);
            grants.is_some_and(|it| it.attached.contains(arn))
        };
        let limited = |holder: &PrincipalName| {
            let grants = holder.grants(&self.now.account);
            grants.is_some_and(|it| it.boundary.as_ref() == Some(arn))
        };
        Holders {
            attached: before.attached.into_iter().filter(attached).collect(),
            boundary: before.boundary.into_iter().filter(limited).collect(),
        }
    }

    /// Every user, group and role after the steps so far.
    fn principals(&self) -> impl Iterator<Item = PrincipalName> {
        let account = &self.now.account;
        let users = account.users.keys().cloned().map(PrincipalName::User);
        let groups = account.groups.keys().cloned().map(PrincipalName::Group);
        let roles = account.roles.keys().cloned().map(PrincipalName::Role);
        users.chain(groups).chain(roles)
    }

    /// Deletes a provider, unless a role that the blueprint does not manage needs it. Then the provider
    /// stays without the blueprint's mark.
    fn remove_provider(&mut self, issuer: OidcIssuer) {
        let arn = self.snapshot.account.oidc_provider_arn(&issuer);
        let strangers = self.strangers_trusting(&arn);
        let mut work = Work::default();
        if strangers.is_empty() {
            work.operations
                .push(Operation::DeleteOidcProvider(issuer.clone()));
            let what = (ChangeAction::Delete, Kind::OidcProvider);
            self.step(Stage::DeletePolicies, what, issuer, work);
            return;
        }
        let roles: Vec<String> = strangers.iter().map(|role| format!("`{role}`")).collect();
        work.push(
            Change::remove(format!(
                "tag `{BLUEPRINT_TAG}`: the provider stays, because it is trusted by {}, which this \
                 blueprint does not manage",
                roles.join(", ")
            )),
            Operation::Untag {
                entity: Entity::OidcProvider(issuer.clone()),
                keys: BTreeSet::from([BLUEPRINT_TAG.to_owned()]),
            },
        );
        let what = (ChangeAction::Update, Kind::OidcProvider);
        self.step(Stage::DeletePolicies, what, issuer, work);
    }
}

struct Gone {
    users: Vec<UserName>,
    groups: Vec<GroupName>,
    roles: Vec<RoleName>,
    policies: Vec<PolicyArn>,
    providers: Vec<OidcIssuer>,
}

impl Planner<'_> {
    /// The writes that delete a user. Credentials go first, because they let the user in; keys and
    /// password go before the MFA devices that guard them. Denials go last, because sessions end later.
    fn delete_user(&self, live: &User) -> Vec<Operation> {
        let on = PrincipalName::User(live.name.clone());
        let credential = |kind| Operation::DeleteCredentials {
            user: live.name.clone(),
            kind,
        };
        let mut operations = vec![
            credential(UserCredential::LoginProfile),
            credential(UserCredential::AccessKeys),
            credential(UserCredential::MfaDevices),
            credential(UserCredential::SshPublicKeys),
            credential(UserCredential::SigningCertificates),
            credential(UserCredential::ServiceSpecificCredentials),
        ];
        let Stripped { grants, denials } = self.strip(&on, &live.grants);
        operations.extend(grants);
        for group in &live.groups {
            operations.push(Operation::RemoveFromGroup {
                user: live.name.clone(),
                group: group.clone(),
            });
        }
        operations.extend(denials);
        operations.push(Operation::DeleteUser(live.name.clone()));
        operations
    }
}

fn losses(grants: &Grants) -> Vec<Change> {
    let inline = grants
        .inline
        .keys()
        .map(|name| format!("inline policy `{name}`"));
    let attached = grants.attached.iter();
    let attached = attached.map(|policy| format!("policy `{}`: detached", policy.policy_name()));
    inline.chain(attached).map(Change::remove).collect()
}
