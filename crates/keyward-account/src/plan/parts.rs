//! The managed policies that list the roles of a group. A role stays in the policy that lists it: a
//! plan writes these policies one after the other, and a role that moved would be in none of them
//! until the last was written and attached. One who runs the plan by such a role could not finish it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use keyward_core::id::{EntityPath, GroupName, PolicyArn, RoleArn};
use keyward_iam::Policy;
use keyward_iam::model::{Account, Grants, ManagedPolicy};

use super::operation::PrincipalName;
use super::simulate::Limits;
use crate::desired::{Assumable, Desired, RolePart, managed_name, number_of, roles_listed};
use crate::ownership::{BlueprintName, policy_path};
use crate::snapshot::Snapshot;

/// The desired state, in which each role stays in the policy that lists it now, and new roles are where
/// there is room. It is the rendered one for a group without such policies, and for one whose quota is
/// too small for that.
pub(super) fn in_place<'d>(desired: &'d Desired, snapshot: &Snapshot) -> Cow<'d, Desired> {
    let mut settled = Cow::Borrowed(desired);
    let limits = Limits::of(&snapshot.summary);
    for (name, group) in &desired.account.groups {
        let Some(live) = snapshot.account.groups.get(name) else {
            continue;
        };
        let of = |account, grants| numbered(&desired.blueprint, account, name, grants);
        let live = of(&snapshot.account, &live.grants);
        let rendered = of(&desired.account, &group.grants);
        let Some((_, sample)) = rendered.first_key_value().filter(|_| !live.is_empty()) else {
            continue;
        };
        let parts = settled_parts(&live, &rendered);
        let others = group.grants.attached.len() - rendered.len();
        if others + parts.len() <= limits.attached(&PrincipalName::Group(name.clone())) {
            let sample = (*sample).clone();
            let arns = rendered.values().map(|it| it.arn.clone()).collect();
            replace(settled.to_mut(), name, (arns, &sample), parts);
        }
    }
    settled
}

/// The managed policies with roles that a group of this name has, by their numbers.
fn numbered<'a>(
    blueprint: &BlueprintName,
    account: &'a Account,
    group: &GroupName,
    grants: &Grants,
) -> BTreeMap<usize, &'a ManagedPolicy> {
    let path = policy_path(blueprint, &EntityPath::root());
    let attached = grants.attached.iter();
    let attached = attached.filter_map(|arn| account.policies.get(arn));
    let own = attached.filter(|policy| policy.path == path);
    own.filter_map(|policy| Some((number_of(group, policy.name.as_str())?, policy)))
        .collect()
}

/// The rendered roles, each in the policy that lists it, and the others where there is room.
fn settled_parts(
    live: &BTreeMap<usize, &ManagedPolicy>,
    rendered: &BTreeMap<usize, &ManagedPolicy>,
) -> BTreeMap<usize, Policy> {
    let live: BTreeMap<usize, BTreeSet<RoleArn>> = live
        .iter()
        .map(|(number, policy)| (*number, roles(policy).into_values().flatten().collect()))
        .collect();
    let mut parts: BTreeMap<usize, RolePart> = BTreeMap::new();
    let mut new = Vec::new();
    for (age, role) in rendered.values().flat_map(|policy| each(roles(policy))) {
        let mut listing = live.iter().filter(|(_, roles)| roles.contains(&role));
        let stays = listing.any(|(number, _)| parts.entry(*number).or_default().add(age, &role));
        if !stays {
            new.push((age, role));
        }
    }
    for (age, role) in new {
        // An empty policy has room for any role.
        let _ = (1..).find(|number| parts.entry(*number).or_default().add(age, &role));
    }
    let parts = parts.into_iter();
    parts
        .filter_map(|(number, part)| Some((number, part.policy()?)))
        .collect()
}

fn roles(policy: &ManagedPolicy) -> Assumable {
    let document = policy.document.policy();
    document.map(roles_listed).unwrap_or_default()
}

fn each<A: Copy>(roles: BTreeMap<A, BTreeSet<RoleArn>>) -> impl Iterator<Item = (A, RoleArn)> {
    let roles = roles.into_iter();
    roles.flat_map(|(age, roles)| roles.into_iter().map(move |role| (age, role)))
}

/// Puts these policies of a group in place of the rendered ones, which are like `sample`.
fn replace(
    desired: &mut Desired,
    group: &GroupName,
    (rendered, sample): (BTreeSet<PolicyArn>, &ManagedPolicy),
    parts: BTreeMap<usize, Policy>,
) {
    let account = &mut desired.account;
    account.policies.retain(|arn, _| !rendered.contains(arn));
    let mut attached = BTreeSet::new();
    for (number, document) in parts {
        let name = managed_name(group, number);
        let policy = ManagedPolicy {
            arn: account.policy_arn(&sample.path, &name),
            name,
            document: document.into(),
            ..sample.clone()
        };
        attached.insert(policy.arn.clone());
        account.policies.insert(policy.arn.clone(), policy);
    }
    if let Some(group) = account.groups.get_mut(group) {
        let grants = &mut group.grants;
        grants.attached.retain(|arn| !rendered.contains(arn));
        grants.attached.extend(attached);
    }
}
