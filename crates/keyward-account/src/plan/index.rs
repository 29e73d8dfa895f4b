//! Lookups that a plan repeats: names as AWS compares them, members of groups, holders of policies,
//! roles that trust something.

use std::collections::{BTreeMap, BTreeSet};

use keyward_core::id::{GroupName, PolicyArn, PolicyName, RoleName, UserName};
use keyward_iam::model::Account;
use keyward_iam::{Policy, Principal, Selection, Statement};

use super::holders::{self, Holders};
use crate::snapshot::Snapshot;

/// The lookups, of the account before any step.
pub(super) struct Index {
    /// Names in small letters, with the spelling of the account.
    pub(super) users: BTreeMap<String, UserName>,
    pub(super) groups: BTreeMap<String, GroupName>,
    pub(super) roles: BTreeMap<String, RoleName>,
    /// Customer-managed policies.
    pub(super) policies: BTreeMap<String, PolicyArn>,
    pub(super) members: BTreeMap<GroupName, Vec<UserName>>,
    pub(super) holders: BTreeMap<PolicyArn, Holders>,
    /// The roles whose trust policies name a user, role or provider, by its ARN.
    pub(super) trusting: BTreeMap<String, BTreeSet<RoleName>>,
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
            trusting: trusting(account),
        }
    }

    /// The ARN of the policy with this name, whatever its path.
    pub(super) fn policy(&self, name: &PolicyName) -> Option<&PolicyArn> {
        self.policies.get(&fold(name))
    }
}

fn trusting(account: &Account) -> BTreeMap<String, BTreeSet<RoleName>> {
    let mut trusting: BTreeMap<String, BTreeSet<RoleName>> = BTreeMap::new();
    for role in account.roles.values() {
        let statements = role.trust.policy().into_iter().flat_map(Policy::statements);
        let principals = statements.filter_map(Statement::principals);
        for principal in principals.flat_map(Selection::listed) {
            if let Principal::Arn(arn) | Principal::Federated(arn) = principal {
                let roles = trusting.entry(arn.clone()).or_default();
                roles.insert(role.name.clone());
            }
        }
    }
    trusting
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
