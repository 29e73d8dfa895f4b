//! Memberships: the groups of every user of the blueprint, and the groups of the blueprint that
//! other users are in. A user is added before it is removed, so that it is never without the
//! guard of both groups; where its quota of groups is full, it is removed first. A user joins a group that
//! denies something before it gets other rights, and leaves one once it has lost the rights that the plan
//! takes away.

use std::collections::BTreeSet;

use keyward_core::id::{GroupName, UserName};
use keyward_iam::model::{Account, User};

use super::document;
use super::operation::{Operation, PrincipalName};
use super::planner::Planner;
use super::problem::PlanProblem;
use super::step::{Change, ChangeAction, Kind, Stage};
use super::work::Work;
use crate::desired::Desired;
use crate::leaver::{self, LeaverStanding};
use crate::ownership::{BlueprintName, blueprint_of};

/// The users in groups of a blueprint that another one made, by their tag, with these groups. A plan
/// leaves them there. Anyone who may tag users can write the tag.
#[must_use]
pub fn members_of_others(
    desired: &Desired,
    account: &Account,
) -> Vec<(UserName, BlueprintName, BTreeSet<GroupName>)> {
    let managed = &desired.account;
    let users = account.users.values();
    let others = users.filter(|user| !managed.users.contains_key(&user.name));
    let members = others.filter_map(|user| {
        let owner = blueprint_of(&user.tags).filter(|owner| *owner != desired.blueprint)?;
        let groups = user.groups.iter();
        let groups = groups.filter(|group| managed.groups.contains_key(*group));
        Some((user.name.clone(), owner, groups.cloned().collect()))
    });
    members
        .filter(|(_, _, groups): &(_, _, BTreeSet<GroupName>)| !groups.is_empty())
        .collect()
}

impl Planner<'_> {
    pub(super) fn memberships(&mut self) {
        for wanted in self.desired.account.users.values() {
            if let Some(live) = self.now.account.users.get(&wanted.name).cloned() {
                let goal = self.known_groups(wanted);
                self.membership(&live, &goal);
            }
        }
        for name in self.intruders() {
            if let Some(live) = self.now.account.users.get(&name).cloned() {
                let managed = &self.desired.account.groups;
                let goal = live
                    .groups
                    .iter()
                    .filter(|group| !managed.contains_key(*group));
                let goal = goal.cloned().collect();
                self.membership(&live, &goal);
            }
        }
    }

    /// The groups that a user should be in, as far as they exist by then.
    fn known_groups(&mut self, wanted: &User) -> BTreeSet<GroupName> {
        let (known, unknown): (BTreeSet<GroupName>, BTreeSet<GroupName>) = wanted
            .groups
            .iter()
            .cloned()
            .partition(|group| self.group_stays(group));
        for group in unknown {
            if !self.desired.account.groups.contains_key(&group) {
                self.problems.push(PlanProblem::NoSuchGroup {
                    user: wanted.name.clone(),
                    group,
                });
            }
        }
        known
    }

    fn group_stays(&self, name: &GroupName) -> bool {
        let Some(group) = self.now.account.groups.get(name) else {
            return false;
        };
        self.desired.account.groups.contains_key(name)
            || self.owner_of_group(group).as_ref() != Some(&self.desired.blueprint)
    }

    /// Users who are not in the blueprint, and are in a group that is. Those that another
    /// blueprint made are left to that one; [`members_of_others`] names them. The user who carries
    /// out the plan is left alone: often it is the one that the account was set up with.
    fn intruders(&self) -> BTreeSet<UserName> {
        let account = &self.desired.account;
        account
            .groups
            .keys()
            .filter_map(|group| self.index.members.get(group))
            .flatten()
            .filter(|user| !account.users.contains_key(*user))
            .filter(|user| !self.is_marked(user))
            .filter(|user| self.snapshot.caller.user_name() != Some(user.as_str()))
            .cloned()
            .collect()
    }

    /// Whether another blueprint made the user, or this one did and its plan deletes the user: now,
    /// or later a leaver whose sessions are denied until then. Anyone who may tag can write such tags, so a
    /// leaver without a date or without a revocation is not one.
    fn is_marked(&self, user: &UserName) -> bool {
        let live = self.now.account.users.get(user);
        live.is_some_and(|live| match blueprint_of(&live.tags) {
            Some(owner) if owner == self.desired.blueprint => {
                leaver::standing(&self.now.account, live, self.snapshot.taken)
                    != Some(LeaverStanding::Unproven)
            }
            owner => owner.is_some(),
        })
    }

    fn membership(&mut self, live: &User, goal: &BTreeSet<GroupName>) {
        let user = &live.name;
        let (guards, others) = self.by_limits(goal.difference(&live.groups));
        let (guards, others) = (joining(user, guards), joining(user, others));
        let (limiting, free) = self.by_limits(live.groups.difference(goal));
        let (limiting, mut leaves) = (leaving(user, limiting), leaving(user, free));
        let room = live.groups.union(goal).count() <= self.now.limits().groups_per_user;
        let on = PrincipalName::User(user.clone());
        let waits = room && self.policies_change_around(&on);
        // A new user has no key and no password yet.
        let early = waits && self.snapshot.account.users.contains_key(user);
        let (early, mut joins) = match early {
            true => (guards, Work::default()),
            false => (Work::default(), guards),
        };
        joins.append(others);
        let lifted = match waits {
            true => limiting,
            false => {
                leaves.append(limiting);
                Work::default()
            }
        };
        let (mut work, second) = match room {
            true => (joins, leaves),
            false => (leaves, joins),
        };
        work.append(second);
        let action = match live.groups.is_empty() {
            true => ChangeAction::Create,
            false => ChangeAction::Update,
        };
        let action = if goal.is_empty() {
            ChangeAction::Delete
        } else {
            action
        };
        self.step(Stage::Guards, (action, Kind::Membership), user, early);
        self.step(Stage::Memberships, (action, Kind::Membership), user, work);
        if !lifted.operations.is_empty() {
            self.lift_later((Stage::LeftGroups, Kind::Membership), user, lifted);
        }
    }

    /// The groups that may deny something to their members, and the others.
    fn by_limits<'g>(
        &self,
        groups: impl Iterator<Item = &'g GroupName>,
    ) -> (Vec<&'g GroupName>, Vec<&'g GroupName>) {
        groups.partition(|group| self.limits(group))
    }

    /// Whether a group may deny something to its members, before the plan or by now.
    fn limits(&self, name: &GroupName) -> bool {
        let accounts = [&self.snapshot.account, &self.now.account];
        accounts.into_iter().any(|account| {
            account.groups.get(name).is_some_and(|group| {
                let mut inline = group.grants.inline.values();
                let mut attached = group.grants.attached.iter().filter_map(|arn| {
                    let own = account.policies.get(arn).map(|policy| &policy.document);
                    own.or_else(|| self.document(arn))
                });
                inline.any(document::may_deny) || attached.any(document::may_deny)
            })
        })
    }
}

/// The calls by which a user joins groups.
fn joining(user: &UserName, groups: Vec<&GroupName>) -> Work {
    let mut work = Work::default();
    for group in groups {
        work.push(
            Change::add(format!("group `{group}`")),
            Operation::AddToGroup {
                user: user.clone(),
                group: group.clone(),
            },
        );
    }
    work
}

/// The calls by which a user leaves groups.
fn leaving(user: &UserName, groups: Vec<&GroupName>) -> Work {
    let mut work = Work::default();
    for group in groups {
        work.push(
            Change::remove(format!("group `{group}`")),
            Operation::RemoveFromGroup {
                user: user.clone(),
                group: group.clone(),
            },
        );
    }
    work
}
