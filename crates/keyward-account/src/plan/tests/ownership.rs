//! The owner of an entity.

use keyward_iam::model::{Group, User};

use super::cases::{ALLOW, Case, READ, document, managed};
use crate::desired::Entity;

#[test]
fn a_name_that_is_taken_is_a_problem_with_its_fix() {
    let mut case = Case::new();
    case.user("alice");
    case.user("bob");
    case.user("carol");
    case.group("admins");
    let users = &mut case.live.account.users;
    let alice = User::new("alice".parse().unwrap());
    users.insert(alice.name.clone(), alice);
    let mut bob = User::new("bob".parse().unwrap());
    bob.tags
        .insert("keyward:blueprint".to_owned(), "other".to_owned());
    users.insert(bob.name.clone(), bob);
    let carol = User::new("Carol".parse().unwrap());
    users.insert(carol.name.clone(), carol);
    let mut admins = Group::new("admins".parse().unwrap());
    admins.grants.attached.insert(READ.parse().unwrap());
    case.live.account.groups.insert(admins.name.clone(), admins);
    case.check_problems(&[
        "group `admins` exists and this blueprint did not make it: add `adopted = true` to it, \
         or rename it",
        "user `alice` exists and this blueprint did not make it: add `adopted = true` to it, \
         or rename it",
        "user `bob` belongs to blueprint `other`: rename it here, or remove it there first",
        "user `carol` differs from the existing `Carol` in case only, and AWS treats both as \
         the same name: write `Carol`, or choose another name",
    ]);
}

#[test]
fn an_adopted_entity_is_kept_as_described_and_never_marked() {
    let mut case = Case::new();
    case.user("alice");
    let alice = User::new("alice".parse().unwrap());
    case.live.account.users.insert(alice.name.clone(), alice);
    case.adopt(Entity::User("alice".parse().unwrap()));
    case.check("");
    let mut changed = Case { ..case };
    changed
        .user("alice")
        .grants
        .attached
        .insert(READ.parse().unwrap());
    changed.check(
        "
Users
  ~ user `alice`
      + policy `ReadOnlyAccess`: attached",
    );
}

#[test]
fn what_the_blueprint_made_can_be_adopted_later() {
    let mut case = Case::new();
    case.user("alice");
    case.group("admins");
    let mut case = case.apply();
    case.adopt(Entity::User("alice".parse().unwrap()));
    case.adopt(Entity::Group("admins".parse().unwrap()));
    case.check(
        "
Groups
  ~ group `admins`
      - mark of blueprint `main`, which grants nothing
Users
  ~ user `alice`
      - tag `keyward:blueprint`: adopted from now on",
    );
    case.apply().check("");
}

#[test]
fn a_blueprint_of_another_account_is_refused() {
    let mut case = Case::new();
    case.live.account.id = "111122223333".parse().unwrap();
    case.check_problems(&[
        "the blueprint is about account `123456789012`, and this is account `111122223333`",
    ]);
}

#[test]
fn an_adopted_entity_must_exist() {
    let mut case = Case::new();
    case.user("alice");
    case.adopt(Entity::User("alice".parse().unwrap()));
    case.check_problems(&[
        "user `alice` is adopted but does not exist: remove `adopted`, or correct the name \
         and path",
    ]);
}

#[test]
fn an_empty_group_of_an_interrupted_run_is_taken_over() {
    let mut case = Case::new();
    case.group("admins");
    let left = Group::new("admins".parse().unwrap());
    case.live.account.groups.insert(left.name.clone(), left);
    case.check(
        "
Groups
  ~ group `admins`
      + mark of blueprint `main`, which grants nothing",
    );
}

#[test]
fn names_that_differ_in_case_only_are_a_problem_within_the_blueprint() {
    let mut case = Case::new();
    case.role("Reader");
    case.role("reader");
    case.check_problems(&[
        "role `reader` differs from the existing `Reader` in case only, and AWS treats both as \
         the same name: write `Reader`, or choose another name",
    ]);
}

#[test]
fn what_is_named_must_exist() {
    let mut case = Case::new();
    let user = case.user("alice");
    user.groups.insert("absent".parse().unwrap());
    user.grants
        .attached
        .insert("arn:aws:iam::123456789012:policy/gone".parse().unwrap());
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::123456789012:user/zoe"}}]}"#;
    case.role("Reader").trust = document(trust);
    case.check_problems(&[
        "role `Reader` should trust `arn:aws:iam::123456789012:user/zoe`, which does not exist",
        "user `alice` should be in group `absent`, which does not exist",
        "user `alice` should have policy `arn:aws:iam::123456789012:policy/gone`, which does \
         not exist",
    ]);
}

#[test]
fn a_policy_of_the_accounts_own_can_be_attached() {
    let mut case = Case::new();
    let theirs = managed("/".parse().unwrap(), "theirs", ALLOW);
    let arn = theirs.arn.clone();
    case.live.account.policies.insert(arn.clone(), theirs);
    case.user("alice").grants.attached.insert(arn);
    case.apply().check("");
}

#[test]
fn a_trust_that_stays_may_name_a_user_who_was_gone() {
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::123456789012:user/zoe"}}]}"#;
    let gone =
        "role `Reader` should trust `arn:aws:iam::123456789012:user/zoe`, which does not exist";
    let mut case = Case::new();
    case.user("zoe");
    case.role("Reader").trust = document(trust);
    let mut case = case.apply();
    // The plan itself deletes the user.
    let zoe = "zoe".parse().unwrap();
    case.desired.account.users.remove(&zoe);
    case.check_problems(&[gone]);
    case.live.account.users.remove(&zoe);
    case.check("");
    // A role that is created again needs a trust policy that AWS accepts.
    case.role("Reader").path = "/b/".parse().unwrap();
    case.check_problems(&[gone]);
}
