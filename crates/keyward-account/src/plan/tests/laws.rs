//! The laws of planning, over random accounts and blueprints.

use proptest::prelude::*;

use super::world::{self, Choices};
use crate::desired::{Desired, Entity};
use crate::ownership::{blueprint_of, blueprint_of_group, blueprint_of_policy};
use crate::plan::simulate::Simulation;
use crate::plan::{Operation, Plan, Step, destroy, plan};
use crate::snapshot::Snapshot;
use keyward_iam::model::{Account, Document, Grants};

fn choices() -> impl Strategy<Value = Vec<u16>> {
    proptest::collection::vec(any::<u16>(), 0..900)
}

/// A random account, a blueprint that suits it, and the plan.
fn planned(choices: &mut Choices) -> Option<(Desired, Snapshot, Plan)> {
    let live = world::account(choices);
    let desired = world::blueprint(choices, &live.account);
    let live = world::observed(&desired, live);
    let plan = plan(&desired, &live).ok()?;
    Some((desired, live, plan))
}

fn run<'o>(snapshot: &Snapshot, operations: impl IntoIterator<Item = &'o Operation>) -> Snapshot {
    let mut now = Simulation::new(snapshot);
    for operation in operations {
        now.apply(operation)
            .unwrap_or_else(|refusal| panic!("{refusal}: {operation:?}"));
    }
    now.snapshot(snapshot)
}

/// The writes in another order: steps of one stage run at the same time, and each keeps its own
/// order.
fn interleaved<'p>(choices: &mut Choices, plan: &'p Plan) -> Vec<&'p Operation> {
    let mut order = Vec::new();
    for stage in plan.steps.chunk_by(|a, b| a.stage == b.stage) {
        let mut open: Vec<std::slice::Iter<'p, Operation>> = stage
            .iter()
            .map(|step: &Step| step.operations.iter())
            .collect();
        while !open.is_empty() {
            let at = choices.below(open.len());
            match open[at].next() {
                Some(operation) => order.push(operation),
                None => drop(open.remove(at)),
            }
        }
    }
    order
}

/// The account without what a second run may do differently: versions of policies and ids.
fn end_state(snapshot: &Snapshot) -> Account {
    let mut account = snapshot.account.clone();
    for policy in account.policies.values_mut() {
        policy.versions.clear();
        policy.tags.clear();
    }
    account
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, max_shrink_iters: 4000, ..ProptestConfig::default() })]

    #[test]
    fn planning_again_after_applying_is_empty(numbers in choices()) {
        let mut choices = Choices::new(numbers);
        if let Some((desired, live, first)) = planned(&mut choices) {
            let after = run(&live, first.operations());
            let second = plan(&desired, &after).unwrap();
            prop_assert_eq!(second.steps, vec![]);
        }
    }

    #[test]
    fn the_order_of_documents_does_not_matter(numbers in choices()) {
        let mut choices = Choices::new(numbers);
        if let Some((desired, live, first)) = planned(&mut choices) {
            let mut other = live.clone();
            reorder(&mut choices, &mut other.account);
            for role in other.account.roles.values_mut() {
                role.instance_profiles.reverse();
            }
            for policy in other.account.policies.values_mut() {
                policy.versions.reverse();
            }
            prop_assert_eq!(&plan(&desired, &other).unwrap().steps.len(), &first.steps.len());
            let mut wanted = desired.clone();
            reorder(&mut choices, &mut wanted.account);
            let second = plan(&wanted, &live).unwrap();
            let outline = |plan: &Plan| -> Vec<_> {
                let steps = plan.steps.iter();
                steps.map(|it| (it.stage, it.action, it.kind, it.name.clone(), it.operations.len())).collect()
            };
            prop_assert_eq!(outline(&second), outline(&first));
            let after = run(&live, first.operations());
            prop_assert!(plan(&wanted, &after).unwrap().is_empty());
        }
    }

    #[test]
    fn every_order_of_a_stage_is_accepted_and_ends_the_same(numbers in choices()) {
        let mut choices = Choices::new(numbers);
        if let Some((_, live, first)) = planned(&mut choices) {
            let expected = end_state(&run(&live, first.operations()));
            let order = interleaved(&mut choices, &first);
            prop_assert_eq!(end_state(&run(&live, order)), expected);
        }
    }

    #[test]
    fn a_run_that_is_interrupted_anywhere_is_finished_by_the_next(numbers in choices()) {
        let mut choices = Choices::new(numbers);
        if let Some((desired, live, first)) = planned(&mut choices) {
            let expected = run(&live, first.operations());
            let order = interleaved(&mut choices, &first);
            let done = choices.below(order.len() + 1);
            let between = world::observed(&desired, run(&live, order[..done].iter().copied()));
            let second = plan(&desired, &between).unwrap();
            let after = run(&between, second.operations());
            prop_assert_eq!(end_state(&after), end_state(&expected));
            prop_assert!(plan(&desired, &after).unwrap().is_empty());
            for (user, held) in &after.credentials {
                let unused = held.access_keys.values().filter(|it| **it == crate::snapshot::LastUse::Never);
                prop_assert!(unused.count() <= 1, "{user} has an orphan key");
            }
        }
    }

    #[test]
    fn what_the_blueprint_does_not_manage_stays(numbers in choices()) {
        let mut choices = Choices::new(numbers);
        if let Some((desired, live, first)) = planned(&mut choices) {
            let after = run(&live, first.operations());
            let is_managed = |entity: &Entity| manages(&desired, entity);
            unmanaged_stays(&live.account, &after.account, &is_managed)?;
        }
    }

    #[test]
    fn destroying_leaves_nothing_marked_and_touches_nothing_else(numbers in choices()) {
        let mut choices = Choices::new(numbers);
        let Some((desired, live, first)) = planned(&mut choices) else { return Ok(()) };
        let made = run(&live, first.operations());
        let Ok(end) = destroy(&desired, &made) else { return Ok(()) };
        let order = interleaved(&mut choices, &end);
        let done = choices.below(order.len() + 1);
        let between = run(&made, order[..done].iter().copied());
        let after = run(&made, order);
        let again = destroy(&desired, &between).unwrap();
        prop_assert_eq!(end_state(&run(&between, again.operations())), end_state(&after));
        prop_assert!(destroy(&desired, &after).unwrap().is_empty());
        let account = &after.account;
        prop_assert!(account.users.values().all(|it| blueprint_of(&it.tags).is_none()));
        prop_assert!(account.roles.values().all(|it| blueprint_of(&it.tags).is_none()));
        prop_assert!(account.policies.values().all(|it| blueprint_of_policy(&it.path).is_none()));
        prop_assert!(account.groups.values().all(|it| blueprint_of_group(it).is_none()));
        prop_assert!(account.oidc_providers.values().all(|it| blueprint_of(&it.tags).is_none()));
        unmanaged_stays(&made.account, account, &|_| false)?;
        for entity in &desired.adopted {
            prop_assert!(exists(account, entity), "{entity} is adopted and gone");
        }
    }

    #[test]
    fn a_plan_is_fresh_until_what_it_looked_at_changes(numbers in choices()) {
        let mut choices = Choices::new(numbers);
        if let Some((_, live, first)) = planned(&mut choices) {
            prop_assert_eq!(first.check_fresh(&live), Ok(()));
            if !first.is_empty() {
                let done = 1 + choices.below(first.calls());
                let between = run(&live, first.operations().take(done));
                // The snapshot does not list every credential.
                let seen = between.account != live.account || between.stacks != live.stacks;
                prop_assert_eq!(first.check_fresh(&between).is_err(), seen);
            }
        }
    }
}

fn reorder(choices: &mut Choices, account: &mut Account) {
    let again = |choices: &mut Choices, it: &mut Document| *it = world::reordered(choices, it);
    for user in account.users.values_mut() {
        user.grants
            .inline
            .values_mut()
            .for_each(|it| again(choices, it));
    }
    for group in account.groups.values_mut() {
        group
            .grants
            .inline
            .values_mut()
            .for_each(|it| again(choices, it));
    }
    for role in account.roles.values_mut() {
        again(choices, &mut role.trust);
        role.grants
            .inline
            .values_mut()
            .for_each(|it| again(choices, it));
    }
    account
        .policies
        .values_mut()
        .for_each(|it| again(choices, &mut it.document));
}

/// Whether the blueprint describes an entity or made it.
fn manages(desired: &Desired, entity: &Entity) -> bool {
    let account = &desired.account;
    match entity {
        Entity::User(name) => account.users.contains_key(name) || name.as_str().starts_with('k'),
        Entity::Group(name) => account.groups.contains_key(name) || name.as_str().starts_with('k'),
        Entity::Role(name) => account.roles.contains_key(name) || name.as_str().starts_with('k'),
        Entity::Policy(arn) => arn.policy_name().starts_with('k'),
        Entity::OidcProvider(issuer) => issuer.as_str().starts_with('k'),
    }
}

fn exists(account: &Account, entity: &Entity) -> bool {
    match entity {
        Entity::User(name) => account.users.contains_key(name),
        Entity::Group(name) => account.groups.contains_key(name),
        Entity::Role(name) => account.roles.contains_key(name),
        Entity::Policy(arn) => account.policies.contains_key(arn),
        Entity::OidcProvider(issuer) => account.oidc_providers.contains_key(issuer),
    }
}

/// Checks that entities that no blueprint made are as before, but for attachments of policies that
/// are gone, and for memberships in groups that the blueprint manages or that are gone.
fn unmanaged_stays(
    before: &Account,
    after: &Account,
    is_managed: &dyn Fn(&Entity) -> bool,
) -> Result<(), TestCaseError> {
    let was = world::strangers(before);
    let kept = |grants: &Grants| {
        let mut grants = grants.clone();
        let stays = |it: &keyward_core::id::PolicyArn| {
            it.is_aws_managed()
                || after.policies.contains_key(it)
                || !before.policies.contains_key(it)
        };
        grants.attached.retain(stays);
        grants.boundary = grants.boundary.filter(stays);
        grants
    };
    for (name, user) in was.users {
        if is_managed(&Entity::User(name.clone())) {
            continue;
        }
        let mut expected = user.clone();
        expected.grants = kept(&user.grants);
        expected.groups.retain(|group| {
            after.groups.contains_key(group) && !is_managed(&Entity::Group(group.clone()))
        });
        prop_assert_eq!(after.users.get(&name), Some(&expected));
    }
    for (name, group) in was.groups {
        if is_managed(&Entity::Group(name.clone())) {
            continue;
        }
        let mut expected = group.clone();
        expected.grants = kept(&group.grants);
        prop_assert_eq!(after.groups.get(&name), Some(&expected));
    }
    for (name, role) in was.roles {
        let mut expected = role.clone();
        expected.grants = kept(&role.grants);
        prop_assert_eq!(after.roles.get(&name), Some(&expected));
    }
    for (arn, policy) in was.policies {
        prop_assert_eq!(after.policies.get(&arn), Some(&policy));
    }
    for (issuer, provider) in was.oidc_providers {
        prop_assert_eq!(after.oidc_providers.get(&issuer), Some(&provider));
    }
    Ok(())
}
