//! The places where those who lose a statement may get it again in the same plan: their other policies,
//! their groups, and another boundary. A loss waits for these.

use std::collections::BTreeSet;

use keyward_core::id::{GroupName, PolicyArn, PolicyName};
use keyward_iam::model::{Account, Grants};

use super::document;
use super::operation::PrincipalName;
use super::planner::Planner;

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
                let limited = holders.boundary.iter();
                let mut wanted = limited.filter_map(|it| grants(&self.desired.account, it));
                // A boundary with fewer rights would limit them until they have another one.
                if wanted.any(|wanted| wanted.boundary.as_ref() != Some(arn)) {
                    return true;
                }
                holders.attached
            }
        };
        let mut related: BTreeSet<PrincipalName> = BTreeSet::new();
        for holder in holders {
            match &holder {
                PrincipalName::User(_) | PrincipalName::Role(_) => {
                    related.extend(self.with_groups(&holder));
                }
                PrincipalName::Group(name) => {
                    let members = self.index.members.get(name).into_iter().flatten();
                    let members = members.map(|user| PrincipalName::User(user.clone()));
                    related.extend(members.flat_map(|user| self.with_groups(&user)));
                }
            }
            related.insert(holder);
        }
        related.iter().any(|it| self.gains(it, loser))
    }

    /// A user with all its groups, before and after the plan. Anything else alone.
    fn with_groups(&self, who: &PrincipalName) -> Vec<PrincipalName> {
        let (live, wanted) = (&self.snapshot.account, &self.desired.account);
        let groups = groups(live, who).into_iter().chain(groups(wanted, who));
        let groups = groups.flatten().cloned().map(PrincipalName::Group);
        groups.chain([who.clone()]).collect()
    }

    /// Whether an entity gets a statement in this plan, beside those of the policy that loses some.
    fn gains(&self, who: &PrincipalName, loser: Loser<'_>) -> bool {
        let (live, wanted) = (&self.snapshot.account, &self.desired.account);
        let Some(new) = grants(wanted, who) else {
            return false;
        };
        let none = Grants::default();
        let old = grants(live, who).unwrap_or(&none);
        let inline = new.inline.iter().any(|(name, document)| {
            let is_loser = matches!(loser, Loser::Inline(on, it) if on == who && it == name);
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
            let is_loser = matches!(loser, Loser::Managed(it) if it == arn);
            let before = before.map(|it| &it.document);
            (!is_loser || before.is_none()) && document::gains(before, &policy.document)
        });
        let joins = match (groups(live, who), groups(wanted, who)) {
            (before, Some(after)) => !before.is_some_and(|before| after.is_subset(before)),
            (_, None) => false,
        };
        inline || attached || joins
    }
}

fn grants<'a>(account: &'a Account, who: &PrincipalName) -> Option<&'a Grants> {
    match who {
        PrincipalName::User(name) => account.users.get(name).map(|it| &it.grants),
        PrincipalName::Group(name) => account.groups.get(name).map(|it| &it.grants),
        PrincipalName::Role(name) => account.roles.get(name).map(|it| &it.grants),
    }
}

fn groups<'a>(account: &'a Account, who: &PrincipalName) -> Option<&'a BTreeSet<GroupName>> {
    match who {
        PrincipalName::User(name) => account.users.get(name).map(|it| &it.groups),
        PrincipalName::Group(_) | PrincipalName::Role(_) => None,
    }
}
