//! The laws of planning, over random accounts and blueprints.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use keyward_iam::{Context, Decision, Mfa, Request, evaluate};
use proptest::prelude::*;
use proptest::test_runner::TestCaseError;

use super::world::{self, Choices};
use crate::desired::{Desired, Entity};
use crate::ownership::{blueprint_of, blueprint_of_group, blueprint_of_policy};
use crate::plan::simulate::Simulation;
use crate::plan::{ChangeAction, Operation, Plan, Step, destroy, plan};
use crate::snapshot::Snapshot;
use keyward_iam::model::{Account, Document, Gathered, Grants};

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
    fn nobody_has_less_or_more_between_two_calls_than_before_and_after(numbers in choices()) {
        let mut choices = Choices::new(numbers);
        if let Some((_, live, first)) = planned(&mut choices) {
            stays_between(&live, &first, &interleaved(&mut choices, &first))?;
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

/// The requests that a user or role may make, and those that a policy denies, by number.
#[derive(Default)]
struct Rights {
    has: BTreeSet<usize>,
    denied: BTreeSet<usize>,
}

/// Whether everyone has, after each of these calls, what they have before and after the plan, and is
/// denied what they are denied before and after it. A new limit may come before an old one goes. Entities that are deleted and created again do
/// not, and a full quota decides otherwise.
fn stays_between(live: &Snapshot, plan: &Plan, order: &[&Operation]) -> Result<(), TestCaseError> {
    let mut start = Simulation::new(live);
    start.learn(plan);
    let mut now = start.clone();
    order.iter().for_each(|operation| now.perform(operation));
    let (before, after) = (rights(&start.account), rights(&now.account));
    let mut steps = plan.steps.iter();
    let again = steps.any(|step| {
        let mut operations = step.operations.iter();
        let deletes =
            |it: &Operation| matches!(it, Operation::DeletePolicy(_) | Operation::DeleteRole(_));
        step.action == ChangeAction::Update && operations.any(deletes)
    });
    let mut users = start.account.users.values();
    let full = users.any(|user| {
        let later = now.account.users.get(&user.name);
        later.is_some_and(|later| later.groups.union(&user.groups).count() > 3)
    });
    if again || full {
        return Ok(());
    }
    let mut now = start;
    for operation in order {
        now.perform(operation);
        for (who, now) in rights(&now.account) {
            let (Some(before), Some(after)) = (before.get(&who), after.get(&who)) else {
                continue;
            };
            let mut both = before.has.intersection(&after.has);
            let lost = both.find(|it| !now.has.contains(it) && !now.denied.contains(it));
            prop_assert_eq!(lost, None, "{} lacks it after {:?}", who, operation);
            let mut both = before.denied.intersection(&after.denied);
            let open = both.find(|it| now.has.contains(it));
            prop_assert_eq!(open, None, "{} has it after {:?}", who, operation);
        }
    }
    Ok(())
}

/// The rights of every user and role.
fn rights(account: &Account) -> BTreeMap<Entity, Rights> {
    let users = account.users.values().map(|user| {
        let gathered = Gathered::of_user(account, user);
        (Entity::User(user.name.clone()), rights_of(&gathered))
    });
    let roles = account.roles.values().map(|role| {
        let gathered = Gathered::of_role(account, role);
        (Entity::Role(role.name.clone()), rights_of(&gathered))
    });
    users.chain(roles).collect()
}

/// Those with MFA and those without it.
fn rights_of(gathered: &Gathered<'_>) -> Rights {
    const REQUESTS: [(&str, &str); 5] = [
        ("s3:GetObject", "arn:aws:s3:::a"),
        ("ec2:RunInstances", "*"),
        ("iam:GetUser", "arn:aws:iam::123456789012:user/x"),
        ("iam:ListUsers", "*"),
        ("sqs:SendMessage", "arn:aws:sqs:eu-central-1:123456789012:q"),
    ];
    let age = Duration::ZERO;
    let mut rights = Rights::default();
    let mut number = 0;
    for mfa in [Mfa::LongTermKey, Mfa::Session { age }] {
        let mut context = Context::partial();
        mfa.set_keys(&mut context);
        for (action, resource) in REQUESTS {
            let request = Request {
                action: &action.parse().unwrap(),
                resource: &resource.parse().unwrap(),
                context: &context,
            };
            match evaluate(&gathered.permissions(), &request) {
                Decision::Allowed { .. } => rights.has.insert(number),
                Decision::ExplicitlyDenied { .. } => rights.denied.insert(number),
                _ => false,
            };
            number += 1;
        }
    }
    rights
}
