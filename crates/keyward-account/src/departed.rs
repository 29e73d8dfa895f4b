//! Accounts that left a blueprint. keyward keeps no state file, so the only trace of such an account
//! is in the account of the users: the groups that the blueprint made may still assume roles there.
//! The first apply without the account removes that trace.

use std::collections::BTreeSet;

use keyward_core::id::{AccountId, RoleArn};
use keyward_iam::model::{Account, Group};
use keyward_iam::{Effect, Selection};

use crate::blueprint::Blueprint;
use crate::desired::{ADOPTED_GROUP_POLICY, Desired, Entity};
use crate::ownership::{blueprint_of_group, group_policy};

/// The accounts whose roles the groups of the blueprint may assume, and that it no longer names.
#[must_use]
pub fn departed(
    blueprint: &Blueprint,
    desired: &Desired,
    account: &Account,
) -> BTreeSet<AccountId> {
    let groups = account.groups.values().filter(|group| {
        let adopted = Entity::Group(group.name.clone());
        blueprint_of_group(group).as_ref() == Some(&desired.blueprint)
            || desired.adopted.contains(&adopted)
    });
    let mut found: BTreeSet<AccountId> = groups.flat_map(reached).collect();
    for named in &blueprint.accounts {
        found.remove(&named.id.value);
    }
    found
}

/// The accounts of the roles that keyward's own policy of a group names.
fn reached(group: &Group) -> impl Iterator<Item = AccountId> {
    let own = group
        .grants
        .inline
        .iter()
        .filter(|(name, _)| **name == group_policy() || name.as_str() == ADOPTED_GROUP_POLICY);
    let policies = own.filter_map(|(_, document)| document.policy());
    let statements = policies.flat_map(|policy| policy.statements());
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
