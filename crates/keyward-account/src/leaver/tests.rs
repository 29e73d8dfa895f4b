//! The tag, and its effect on plans.

use std::time::Duration;

use keyward_core::Timestamp;
use keyward_iam::model::{Document, ManagedPolicy, Role, Tags, User};
use keyward_iam::{Policy, PolicyKind};

use super::{DELETE_AFTER_TAG, Leaver, waits};
use crate::blueprint::{Blueprint, Origin};
use crate::desired::{Desired, render};
use crate::plan::{self, Operation, Plan, simulate};
use crate::revoke::{deny_user, deny_user_in_role};
use crate::snapshot::Snapshot;

const DAY: Duration = Duration::from_secs(24 * 3600);

fn now() -> Timestamp {
    Timestamp::from_second(1_700_000_000)
}

fn desired() -> Desired {
    let text = "version = 1\nname = \"team\"\n[account]\nid = \"123456789012\"\n[groups.admins]\n";
    render(&Blueprint::parse(text).unwrap()).remove(0)
}

/// An account as the blueprint wants it, with zoe beside it, who leaves.
fn snapshot(desired: &Desired, tags: Tags) -> Snapshot {
    let mut account = desired.account.clone();
    let mut zoe = User::new("zoe".parse().unwrap());
    zoe.tags = tags;
    zoe.groups.insert("admins".parse().unwrap());
    let revoked = "keyward-revoked".parse().unwrap();
    zoe.grants.inline.insert(revoked, deny_user(now()).into());
    account.users.insert(zoe.name.clone(), zoe);
    Snapshot {
        account,
        summary: Default::default(),
        credentials: Default::default(),
        stacks: Default::default(),
        regions: Default::default(),
        caller: "arn:aws:iam::123456789012:root".parse().unwrap(),
        taken: now(),
    }
}

fn deletes(plan: &Plan) -> bool {
    plan.operations()
        .any(|operation| matches!(operation, Operation::DeleteUser(_)))
}

#[test]
fn a_user_is_deleted_once_the_grace_is_over_and_not_before() {
    let desired = desired();
    for (end, due) in [
        (now().after(DAY), false),
        (now(), true),
        (now().before(DAY), true),
    ] {
        let tags = Leaver::tags(end, Origin::Made, &desired.blueprint);
        assert_eq!(waits(&tags, now()), !due);
        let snapshot = snapshot(&desired, tags);
        let plan = plan::plan(&desired, &snapshot).unwrap();
        assert_eq!(deletes(&plan), due, "{end}");
        assert_eq!(plan.is_empty(), !due, "{end}");
    }
}

#[test]
fn a_tag_without_a_time_deletes_nobody() {
    let desired = desired();
    let mut tags = Tags::from([desired.blueprint.tag()]);
    tags.insert(DELETE_AFTER_TAG.to_owned(), "soon".to_owned());
    let plan = plan::plan(&desired, &snapshot(&desired, tags)).unwrap();
    assert!(!deletes(&plan));
}

#[test]
fn destroy_does_not_wait_for_the_grace() {
    let desired = desired();
    let tags = Leaver::tags(now().after(DAY), Origin::Made, &desired.blueprint);
    let plan = plan::destroy(&desired, &snapshot(&desired, tags)).unwrap();
    assert!(deletes(&plan));
}

#[test]
fn the_tag_remembers_that_the_user_was_adopted() {
    let desired = desired();
    let tags = Leaver::tags(now(), Origin::Adopted, &desired.blueprint);
    let leaver = Leaver::of(&tags).unwrap();
    assert_eq!(leaver.origin, Origin::Adopted);
    assert_eq!(leaver.delete_after, Some(now()));
    assert_eq!(leaver.keys().len(), 2);
    assert!(Leaver::of(&Tags::new()).is_none());
}

/// A role that denies the old sessions of a user who does not exist.
fn denied(desired: &Desired, until: Timestamp) -> Snapshot {
    let mut snapshot = snapshot(desired, Tags::new());
    let zoe = snapshot.account.users.values().next().unwrap().clone();
    snapshot.account.users.clear();
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;
    let trust = Policy::parse_as(PolicyKind::Trust, trust).unwrap();
    let mut role = Role::new("Ops".parse().unwrap(), Document::Read(trust));
    role.grants.inline.insert(
        "keyward-revoked.zoe".parse().unwrap(),
        deny_user_in_role(&zoe, until).into(),
    );
    snapshot.account.roles.insert(role.name.clone(), role);
    snapshot
}

#[test]
fn the_denial_of_a_user_of_another_account_goes_once_the_blueprint_lost_the_user() {
    let mut desired = desired();
    let long_ago = now().before(Duration::from_secs(48 * 3600));
    let mut snapshot = denied(&desired, long_ago);
    let ops = "Ops".parse().unwrap();
    let inline = &mut snapshot.account.roles.get_mut(&ops).unwrap().grants.inline;
    let document = std::mem::take(inline).into_values().next().unwrap();
    inline.insert(
        "keyward-revoked.zoe@111122223333".parse().unwrap(),
        document,
    );
    for (people, left) in [(&["zoe"][..], 1), (&[], 0)] {
        desired.people = people.iter().map(|name| name.parse().unwrap()).collect();
        let plan = plan::plan(&desired, &snapshot).unwrap();
        let after = simulate::after(&snapshot, &plan);
        let inline = &after.roles[&ops].grants.inline;
        assert_eq!(inline.len(), left, "{:?}", plan.steps);
    }
}

#[test]
fn the_denial_of_old_sessions_outlives_the_user_by_the_longest_session() {
    let desired = desired();
    let hours = |n: u64| Duration::from_secs(n * 3600);
    let early = denied(&desired, now().before(hours(11)));
    assert!(plan::plan(&desired, &early).unwrap().is_empty());
    let late = denied(&desired, now().before(hours(13)));
    let plan = plan::plan(&desired, &late).unwrap();
    assert_eq!(plan.steps.len(), 1, "{:?}", plan.steps);
    let after = simulate::after(&late, &plan);
    assert!(
        after
            .roles
            .values()
            .all(|role| role.grants.inline.is_empty())
    );
}

/// The managed policy that denies where the inline policies of the role are full.
#[test]
fn the_managed_denial_of_old_sessions_goes_as_late_and_whole() {
    let desired = desired();
    for (hours, left) in [(11, 1), (13, 0)] {
        let until = now().before(Duration::from_secs(hours * 3600));
        let mut snapshot = denied(&desired, until);
        let account = &mut snapshot.account;
        let path = "/keyward-revoked/".parse().unwrap();
        let name = "keyward-revoked-role.zoe".parse().unwrap();
        let arn = account.policy_arn(&path, &name);
        let grants = &mut account.roles.values_mut().next().unwrap().grants;
        let inline = std::mem::take(&mut grants.inline).into_values();
        grants.attached.insert(arn.clone());
        let denial = ManagedPolicy {
            arn: arn.clone(),
            name,
            path,
            document: inline.last().unwrap(),
            versions: vec![],
            tags: Tags::new(),
        };
        account.policies.insert(arn, denial);
        let plan = plan::plan(&desired, &snapshot).unwrap();
        assert_eq!(plan.is_empty(), left == 1, "{:?}", plan.steps);
        let after = simulate::after(&snapshot, &plan);
        let roles = after.roles.values();
        let attached: usize = roles.map(|role| role.grants.attached.len()).sum();
        let managed = after.policies.keys();
        let managed = managed.filter(|arn| arn.as_str().contains("/keyward-revoked/"));
        assert_eq!(
            (attached, managed.count()),
            (left, left),
            "{:?}",
            plan.steps
        );
    }
}

#[test]
fn leaving_plans_the_deletion_of_one_user_and_nothing_else() {
    let desired = desired();
    let tags = Leaver::tags(now(), Origin::Made, &desired.blueprint);
    let mut snapshot = snapshot(&desired, tags.clone());
    let mut other = User::new("other".parse().unwrap());
    other.tags = tags;
    snapshot.account.users.insert(other.name.clone(), other);
    let plan = plan::delete_user(&desired, &snapshot, &"zoe".parse().unwrap()).unwrap();
    let after = simulate::after(&snapshot, &plan);
    let left: Vec<&str> = after.users.keys().map(|name| name.as_str()).collect();
    assert_eq!(left, ["other"]);
}
