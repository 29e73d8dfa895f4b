//! Quotas: how many entities the account may have, how much one entity may have, and how long
//! documents may be. The numbers are the account's own if `GetAccountSummary` returns them. The denials
//! of a revocation, which stay on users and roles, count too.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html>
//! Source: <https://docs.aws.amazon.com/general/latest/gr/iam-service.html>

use std::collections::{BTreeMap, BTreeSet};

use keyward_core::id::UserName;
use keyward_iam::model::{Account, Grants, Tags};
use keyward_iam::size::MANAGED_POLICY;

use crate::desired::{Desired, Entity};
use crate::plan::document::length;
use crate::plan::operation::{Operation, PrincipalName};
use crate::plan::problem::PlanProblem;
use crate::plan::simulate::{Limits, Simulation};
use crate::plan::step::Step;
use crate::revoke::{is_attached_revocation, is_revocation};
use crate::snapshot::Snapshot;

/// Tags of one entity.
const TAGS: usize = 50;

pub(super) fn problems(
    desired: &Desired,
    before: &Snapshot,
    after: &Simulation,
    steps: &[Step],
) -> Vec<PlanProblem> {
    let receivers = receivers(steps);
    let mut check = Check {
        limits: after.limits(),
        summary: &before.summary,
        problems: Vec::new(),
    };
    check.totals(&before.account, &desired.account);
    for (name, user) in &desired.account.users {
        let entity = Entity::User(name.clone());
        let limit = check.limits.groups_per_user;
        check.at_most(&entity, user.groups.len(), "groups", limit);
        let live = after.account.users.get(name);
        let on = PrincipalName::User(name.clone());
        check.grants(&on, &user.grants, live.map(|it| &it.grants), after);
        let tags = live.map_or(0, |it| it.tags.len());
        match receivers.contains(name) {
            // The last hand-out removes its mark after it has recorded the secret.
            true => check.at_most(&entity, tags + 1, "tags while secrets are handed out", TAGS),
            false => check.at_most(&entity, tags, "tags", TAGS),
        }
    }
    for (name, group) in &desired.account.groups {
        let on = PrincipalName::Group(name.clone());
        check.grants(&on, &group.grants, None, after);
    }
    for (name, role) in &desired.account.roles {
        let entity = Entity::Role(name.clone());
        let live = after.account.roles.get(name);
        let on = PrincipalName::Role(name.clone());
        check.grants(&on, &role.grants, live.map(|it| &it.grants), after);
        let limit = check.number("AssumeRolePolicySizeQuota", 2048);
        let of = "characters in its trust policy";
        check.at_most(&entity, length(&role.trust), of, limit);
        check.tags(&entity, live.map(|it| &it.tags));
    }
    let own = desired.account.policies.values();
    for policy in own.filter(|policy| !policy.arn.is_aws_managed()) {
        let entity = Entity::Policy(policy.arn.clone());
        let limit = check.number("PolicySizeQuota", MANAGED_POLICY);
        check.at_most(&entity, length(&policy.document), "characters", limit);
        check.tags(&entity, Some(&policy.tags));
    }
    check.problems
}

/// The users who receive secrets.
fn receivers(steps: &[Step]) -> BTreeSet<&UserName> {
    let operations = steps.iter().flat_map(|step| &step.operations);
    let receivers = operations.filter_map(|operation| match operation {
        Operation::HandOut { user, .. } => Some(user),
        _ => None,
    });
    receivers.collect()
}

struct Check<'a> {
    limits: Limits,
    summary: &'a BTreeMap<String, i64>,
    problems: Vec<PlanProblem>,
}

impl Check<'_> {
    fn number(&self, key: &str, default: usize) -> usize {
        crate::plan::simulate::quota(self.summary, key, default)
    }

    /// New entities are created before old ones are deleted, so all of them count.
    fn totals(&mut self, live: &Account, wanted: &Account) {
        let users = union(live.users.keys(), wanted.users.keys());
        self.total(users, "users", "UsersQuota", 5000);
        let groups = union(live.groups.keys(), wanted.groups.keys());
        self.total(groups, "groups", "GroupsQuota", 300);
        let roles = union(live.roles.keys(), wanted.roles.keys());
        self.total(roles, "roles", "RolesQuota", 1000);
        let own = |account: &Account| -> Vec<String> {
            let own = account.policies.values();
            let own = own.filter(|policy| !policy.arn.is_aws_managed());
            own.map(|policy| policy.name.to_string()).collect()
        };
        let policies = union(own(live).iter(), own(wanted).iter());
        self.total(policies, "customer-managed policies", "PoliciesQuota", 1500);
    }

    /// Only a plan that adds some can exceed a total.
    fn total(&mut self, (live, both): (usize, usize), of: &'static str, key: &str, default: usize) {
        let limit = self.number(key, default);
        if both > live && both > limit {
            self.problems.push(PlanProblem::Quota {
                what: "the account".to_owned(),
                wanted: both,
                of,
                limit,
            });
        }
    }

    /// What an entity has that should have these grants. `live` is what the plan leaves to it.
    fn grants(
        &mut self,
        on: &PrincipalName,
        wanted: &Grants,
        live: Option<&Grants>,
        after: &Simulation,
    ) {
        let entity = on.entity();
        let denials = Denials::of(on, wanted, live, after);
        let attached = wanted.attached.len() + denials.attached;
        let of = match denials.attached {
            0 => "attached policies",
            _ => "attached policies, with the denial of a revocation",
        };
        self.at_most(&entity, attached, of, self.limits.attached(on));
        let characters: usize = wanted.inline.values().map(length).sum();
        let of = match denials.inline {
            0 => "characters in its inline policies",
            _ => "characters in its inline policies, with the denial of a revocation",
        };
        let characters = characters + denials.inline;
        self.at_most(&entity, characters, of, self.limits.inline(on));
    }

    fn tags(&mut self, entity: &Entity, tags: Option<&Tags>) {
        self.at_most(entity, tags.map_or(0, Tags::len), "tags", TAGS);
    }

    fn at_most(&mut self, entity: &Entity, wanted: usize, of: &'static str, limit: usize) {
        if wanted > limit {
            self.problems.push(PlanProblem::Quota {
                what: entity.to_string(),
                wanted,
                of,
                limit,
            });
        }
    }
}

/// The denials of a revocation that stay on an entity beside what it should have.
struct Denials {
    /// The number of managed policies.
    attached: usize,
    /// The characters of the inline policies.
    inline: usize,
}

impl Denials {
    fn of(on: &PrincipalName, wanted: &Grants, live: Option<&Grants>, after: &Simulation) -> Self {
        let attached = live.into_iter().flat_map(|live| &live.attached);
        let attached = attached.filter(|arn| {
            let policy = after.account.policies.get(*arn);
            !wanted.attached.contains(*arn)
                && policy.is_some_and(|it| is_attached_revocation(on, arn, &it.document))
        });
        let inline = live.into_iter().flat_map(|live| &live.inline);
        let inline = inline.filter(|(name, document)| {
            !wanted.inline.contains_key(*name) && is_revocation(on, name, document)
        });
        Self {
            attached: attached.count(),
            inline: inline.map(|(_, document)| length(document)).sum(),
        }
    }
}

/// Returns the number that exists, and the number with the new ones.
fn union<'n, N: Ord + 'n>(
    live: impl Iterator<Item = &'n N>,
    wanted: impl Iterator<Item = &'n N>,
) -> (usize, usize) {
    let live: BTreeSet<&N> = live.collect();
    let new = wanted.filter(|name| !live.contains(name)).count();
    (live.len(), live.len() + new)
}
