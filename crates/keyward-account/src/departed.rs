//! Accounts that left a blueprint. keyward keeps no state file, so the only trace of such an account
//! is in the account of the users: the groups that the blueprint made may still assume roles there.
//! The first apply without the account removes that trace.

use std::collections::BTreeSet;

use keyward_core::id::{AccountId, RoleArn};
use keyward_iam::model::{Account, Document, Group};
use keyward_iam::{Effect, Policy, Selection};

use crate::blueprint::Blueprint;
use crate::desired::{ADOPTED_GROUP_POLICY, ASSUME_POLICY, Desired, Entity};
use crate::ownership::{BlueprintName, blueprint_of_group, blueprint_of_policy, group_policy};

/// The accounts whose roles the groups of the blueprint may assume, and that it no longer names.
#[must_use]
pub fn departed(
    blueprint: &Blueprint,
    desired: &Desired,
    account: &Account,
) -> BTreeSet<AccountId> {
    let groups = account.groups.values();
    let groups = groups.filter(|group| {
        let adopted = Entity::Group(group.name.clone());
        blueprint_of_group(group).as_ref() == Some(&desired.blueprint)
            || desired.adopted.contains(&adopted)
    });
    let own = groups.flat_map(|group| policies(group, account, &desired.blueprint));
    let mut found: BTreeSet<AccountId> = own.flat_map(reached).collect();
    for named in &blueprint.accounts {
        found.remove(&named.id.value);
    }
    found
}

/// Keyward's own policies of a group.
fn policies<'a>(
    group: &'a Group,
    account: &'a Account,
    blueprint: &BlueprintName,
) -> Vec<&'a Policy> {
    let inline = group
        .grants
        .inline
        .iter()
        .filter(|(name, _)| **name == group_policy() || name.as_str() == ADOPTED_GROUP_POLICY)
        .map(|(_, document)| document);
    let attached = group.grants.attached.iter();
    let attached = attached.filter_map(|arn| account.policies.get(arn));
    let attached = attached
        .filter(|policy| policy.name.as_str().starts_with(ASSUME_POLICY))
        .filter(|policy| blueprint_of_policy(&policy.path).as_ref() == Some(blueprint))
        .map(|policy| &policy.document);
    inline
        .chain(attached)
        .filter_map(Document::policy)
        .collect()
}

/// The accounts of the roles that a policy names.
fn reached(policy: &Policy) -> impl Iterator<Item = AccountId> {
    let statements = policy.statements().iter();
    let allowing = statements.filter(|statement| statement.effect() == Effect::Allow);
    let resources = allowing.flat_map(|statement| match statement.resources() {
        Some(Selection::Only(resources)) => resources.as_slice(),
        _ => &[],
    });
    resources.filter_map(|resource| {
        let role: RoleArn = resource.as_str().parse().ok()?;
        role.as_str().split(':').nth(4)?.parse().ok()
    })
}

#[cfg(test)]
mod tests;
