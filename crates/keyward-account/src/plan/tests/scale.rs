//! A large account: 1,000 users, 100 groups and 200 roles. The writes are counted, not timed.

use super::cases::{ALLOW, Case, DENY, READ};
use crate::hand_out::InitialSecret::AccessKey;
use crate::plan::destroy;

fn large() -> Case {
    let mut case = Case::new();
    case.live
        .summary
        .insert("GroupsPerUserQuota".to_owned(), 10);
    let guard = case.policy("/", "guard", DENY).arn.clone();
    let work = case.policy("/", "work", ALLOW).arn.clone();
    for index in 0..100 {
        let group = case.group(&format!("group{index}"));
        group.grants.attached.extend([guard.clone(), work.clone()]);
    }
    for index in 0..200 {
        let role = case.role(&format!("role{index}"));
        role.grants.attached.insert(READ.parse().unwrap());
    }
    for index in 0..1000 {
        let name = format!("user{index}");
        let groups = [index % 100, (index + 7) % 100];
        let user = case.user(&name);
        user.groups = groups
            .map(|it| format!("group{it}").parse().unwrap())
            .into();
        case.hand_out(&name, &[AccessKey]);
    }
    case
}

#[test]
fn every_write_of_a_large_account_is_needed() {
    let case = large();
    // Policies; groups with their mark and two policies; roles with one; users; memberships; and
    // for each key its making, its record, and the end of the hand-out.
    let expected = 2 + 100 * (1 + 1 + 2) + 200 * (1 + 1) + 1000 + 1000 * 2 + 1000 * 3;
    assert_eq!(case.plan().unwrap().calls(), expected);
    let case = case.apply();
    assert!(case.plan().unwrap().is_empty());
    // Six kinds of credentials, two groups and the deletion; two policies, a move, the mark and
    // the deletion; one policy and the deletion; the policies.
    let expected = 1000 * (6 + 2 + 1) + 100 * (2 + 1 + 1 + 1) + 200 * (1 + 1) + 2;
    assert_eq!(
        destroy(&case.desired, &case.live).unwrap().calls(),
        expected
    );
}
