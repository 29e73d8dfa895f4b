//! What else a plan does for those who lose something: they may get the same statement from their other
//! policies, their groups, or another boundary, and a loss waits for these. They may lose rights there, and
//! a limit of these rights stays until then.
//!
//! A boundary with more rights is not delayed, although other rights of its holder may go later.

use std::collections::BTreeSet;

use keyward_core::id::{GroupName, PolicyArn, PolicyName};
use keyward_iam::model::{Account, Grants};

use super::document;
use super::operation::PrincipalName;
use super::planner::Planner;
use super::step::{Kind, Stage};
use super::work::{Lifted, Work};

/// A policy that loses a statement.
#[derive(Debug, Clone, Copy)]
pub(super) enum Loser<'a> {
    /// An inline policy of this entity.
    Inline(&'a PrincipalName, &'a PolicyName),
    /// A managed policy.
    Managed(&'a PolicyArn),
}

impl Planner<'_> {
    /// Whether those who have a policy get a statement from elsewhere in this plan.
    pub(super) fn gains_elsewhere(&self, loser: Loser<'_>) -> bool {
        let holders = match loser {
            Loser::Inline(on, _) => vec![on.clone()],
            Loser::Managed(arn) => {
                let holders = self.index.holders.get(arn).cloned().unwrap_or_default();
                holders.attached
            }
        };
        let mut related = holders.iter().flat_map(|holder| self.related(holder));
        related.any(|it| self.gains(&it, Some(loser)))
    }

    /// Whether a policy is the boundary of someone who gets another one or none. With fewer rights, it would
    /// limit them until then.
    pub(super) fn was_boundary(&self, arn: &PolicyArn) -> bool {
        let holders = self.index.holders.get(arn).into_iter();
        let limited = holders.flat_map(|holders| &holders.boundary);
        let mut wanted = limited.filter_map(|it| it.grants(&self.desired.account));
        wanted.any(|wanted| wanted.boundary.as_ref() != Some(arn))
    }

    /// Whether those who have a policy lose a limit with it, and get or lose something elsewhere in this
    /// plan.
    pub(super) fn changes_beside(&self, loser: Loser<'_>) -> bool {
        let holders = match loser {
            Loser::Inline(on, _) => vec![on.clone()],
            Loser::Managed(arn) => {
                let holders = self.index.holders.get(arn).cloned().unwrap_or_default();
                holders
                    .attached
                    .into_iter()
                    .chain(holders.boundary)
                    .collect()
            }
        };
        let mut related = holders.iter().flat_map(|holder| self.related(holder));
        related.any(|it| self.changes(&it, Some(loser)))
    }

    /// Adds the removals of an entity to its other writes, or keeps them for later: rights while its
    /// members or itself get others, and limits while these get or lose anything elsewhere.
    pub(super) fn lift_around(&mut self, on: &PrincipalName, lifted: Lifted, work: &mut Work) {
        let Lifted { grants, limits } = lifted;
        let (kind, name) = match on {
            PrincipalName::User(name) => (Kind::User, name.to_string()),
            PrincipalName::Group(name) => (Kind::Group, name.to_string()),
            PrincipalName::Role(name) => (Kind::Role, name.to_string()),
        };
        match !grants.operations.is_empty() && self.gains_around(on) {
            true => self.lift_later((Stage::LiftedGrants, kind), &name, grants),
            false => work.append(grants),
        }
        match !limits.operations.is_empty() && self.changes_around(on) {
            true => self.lift_later((Stage::LiftedLimits, kind), &name, limits),
            false => work.append(limits),
        }
    }

    /// Whether an entity loses rights while later steps, or steps of the same stage, give the same people
    /// some: groups before users, and users before memberships.
    fn gains_around(&self, on: &PrincipalName) -> bool {
        match on {
            PrincipalName::User(_) => self.joins(on),
            PrincipalName::Group(_) => {
                let related = self.related(on).into_iter();
                let mut others = related.filter(|it| it != on);
                others.any(|it| self.gains(&it, None))
            }
            PrincipalName::Role(_) => false,
        }
    }

    /// Whether anything changes for an entity or its members, beside its own grants.
    fn changes_around(&self, on: &PrincipalName) -> bool {
        let mut related = self.related(on).into_iter();
        related.any(|it| match it == *on {
            true => self.groups_change(&it) || self.documents_change(&it, None),
            false => self.changes(&it, None),
        })
    }

    /// The entity, and those whose rights come together with its own: groups of a user; members of a group
    /// with their groups.
    fn related(&self, holder: &PrincipalName) -> BTreeSet<PrincipalName> {
        let mut related = BTreeSet::from([holder.clone()]);
        match holder {
            PrincipalName::User(_) | PrincipalName::Role(_) => {
                related.extend(self.with_groups(holder));
            }
            PrincipalName::Group(name) => {
                let members = self.index.members.get(name).into_iter().flatten();
                let members = members.map(|user| PrincipalName::User(user.clone()));
                related.extend(members.flat_map(|user| self.with_groups(&user)));
            }
        }
        related
    }

    /// A user with all its groups, before and after the plan. Anything else alone.
    fn with_groups(&self, who: &PrincipalName) -> Vec<PrincipalName> {
        let (live, wanted) = (&self.snapshot.account, &self.desired.account);
        let groups = groups(live, who).into_iter().chain(groups(wanted, who));
        let groups = groups.flatten().cloned().map(PrincipalName::Group);
        groups.chain([who.clone()]).collect()
    }

    /// Whether an entity gets a statement in this plan, beside those of the policy that loses some.
    fn gains(&self, who: &PrincipalName, loser: Option<Loser<'_>>) -> bool {
        let (live, wanted) = (&self.snapshot.account, &self.desired.account);
        let Some(new) = who.grants(wanted) else {
            return false;
        };
        let none = Grants::default();
        let old = who.grants(live).unwrap_or(&none);
        let inline = new.inline.iter().any(|(name, document)| {
            let is_loser = is_inline(loser, who, name);
            !is_loser && document::gains(old.inline.get(name), document)
        });
        let attached = new.attached.iter().any(|arn| {
            let Some(policy) = wanted.policies.get(arn).filter(|_| !arn.is_aws_managed()) else {
                return !old.attached.contains(arn);
            };
            let before = live
                .policies
                .get(arn)
                .filter(|_| old.attached.contains(arn));
            let is_loser = is_managed(loser, arn);
            let before = before.map(|it| &it.document);
            (!is_loser || before.is_none()) && document::gains(before, &policy.document)
        });
        inline || attached || self.joins(who)
    }

    /// Whether a user joins a group in this plan.
    fn joins(&self, who: &PrincipalName) -> bool {
        let (live, wanted) = (&self.snapshot.account, &self.desired.account);
        match (groups(live, who), groups(wanted, who)) {
            (before, Some(after)) => !before.is_some_and(|before| after.is_subset(before)),
            (_, None) => false,
        }
    }

    /// Whether anything changes for an entity in this plan, beside the policy that loses something.
    fn changes(&self, who: &PrincipalName, loser: Option<Loser<'_>>) -> bool {
        self.groups_change(who) || self.policies_change(who, loser)
    }

    /// The same without the groups of a user.
    fn policies_change(&self, who: &PrincipalName, loser: Option<Loser<'_>>) -> bool {
        let (live, wanted) = (&self.snapshot.account, &self.desired.account);
        let Some(new) = who.grants(wanted) else {
            return false;
        };
        let none = Grants::default();
        let mut old = who.grants(live).unwrap_or(&none).clone();
        let mut new = new.clone();
        for grants in [&mut old, &mut new] {
            grants.inline.retain(|name, _| !is_inline(loser, who, name));
        }
        !are_same(&old, &new) || self.documents_change(who, loser)
    }

    /// Whether any policy of a user or of its groups changes in this plan.
    pub(super) fn policies_change_around(&self, user: &PrincipalName) -> bool {
        let mut related = self.related(user).into_iter();
        related.any(|it| self.policies_change(&it, None))
    }

    /// Whether a user gets other groups in this plan. One who is not in the blueprint may have to leave some.
    fn groups_change(&self, who: &PrincipalName) -> bool {
        groups(&self.snapshot.account, who) != groups(&self.desired.account, who)
    }

    /// Whether a managed policy that an entity has gets another document in this plan.
    fn documents_change(&self, who: &PrincipalName, loser: Option<Loser<'_>>) -> bool {
        let (live, wanted) = (&self.snapshot.account, &self.desired.account);
        let attached = [live, wanted].into_iter().filter_map(|it| who.grants(it));
        let mut attached = attached.flat_map(|grants| &grants.attached);
        attached.any(|arn| {
            let both = live.policies.get(arn).zip(wanted.policies.get(arn));
            let differ = both.is_some_and(|(live, wanted)| {
                !document::same_meaning(&live.document, &wanted.document)
            });
            differ && !is_managed(loser, arn)
        })
    }
}

fn is_inline(loser: Option<Loser<'_>>, who: &PrincipalName, name: &PolicyName) -> bool {
    matches!(loser, Some(Loser::Inline(on, it)) if on == who && it == name)
}

fn is_managed(loser: Option<Loser<'_>>, arn: &PolicyArn) -> bool {
    matches!(loser, Some(Loser::Managed(it)) if it == arn)
}

/// Whether an entity already has exactly what it should.
fn are_same(live: &Grants, wanted: &Grants) -> bool {
    let same = |(name, document)| {
        let live = live.inline.get(name);
        live.is_some_and(|live| document::same_meaning(live, document))
    };
    live.boundary == wanted.boundary
        && live.attached == wanted.attached
        && live.inline.len() == wanted.inline.len()
        && wanted.inline.iter().all(same)
}

fn groups<'a>(account: &'a Account, who: &PrincipalName) -> Option<&'a BTreeSet<GroupName>> {
    match who {
        PrincipalName::User(name) => account.users.get(name).map(|it| &it.groups),
        PrincipalName::Group(_) | PrincipalName::Role(_) => None,
    }
}
