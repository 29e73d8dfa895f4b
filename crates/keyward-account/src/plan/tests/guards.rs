//! A limit comes before the right that it limits, and goes after it.

use super::cases::{ALLOW, Case, DENY, READ, document};
use super::order::calls;
use crate::ownership::group_policy;
use crate::plan::Stage;

const NARROW: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Narrow","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}"#;
const WIDE: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Narrow","Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Sid":"Wide","Effect":"Allow","Action":"ec2:*","Resource":"*"}]}"#;
const CLOSED: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"123456789012"},"Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}}]}"#;
const OPEN: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"123456789012"}}]}"#;

#[test]
fn a_user_joins_a_group_that_denies_before_it_gets_other_rights() {
    let mut case = Case::new();
    let denial = [("denial".parse().unwrap(), document(DENY))];
    case.group("guarded").grants.inline.extend(denial);
    case.group("readers");
    case.user("alice");
    let mut case = case.apply();
    let alice = case.user("alice");
    alice.groups = ["guarded", "readers"].map(|it| it.parse().unwrap()).into();
    alice.grants.attached = [READ.parse().unwrap()].into();
    assert_eq!(
        calls(&case),
        ["join guarded", "attach ReadOnlyAccess", "join readers"]
    );
    let plan = case.plan().unwrap();
    let stages: Vec<Stage> = plan.steps.iter().map(|step| step.stage).collect();
    assert_eq!(stages, [Stage::Guards, Stage::Users, Stage::Memberships]);
    case.check(
        "
Memberships
  + membership `alice`
      + group `guarded`
Users
  ~ user `alice`
      + policy `ReadOnlyAccess`: attached
Memberships
  + membership `alice`
      + group `readers`",
    );
    case.apply().check("");
}

/// The group that a user joins stops to deny in the same plan, once its other rights have gone.
#[test]
fn a_group_that_still_denies_is_joined_first() {
    let mut case = Case::new();
    let denial = [("denial".parse().unwrap(), document(DENY))];
    case.group("guarded").grants.inline.extend(denial);
    case.user("alice");
    let mut case = case.apply();
    let group = case.desired.account.groups.values_mut().next().unwrap();
    group
        .grants
        .inline
        .retain(|name, _| *name == group_policy());
    case.group("guarded").grants.attached = [READ.parse().unwrap()].into();
    let alice = case.user("alice");
    alice.groups = ["guarded".parse().unwrap()].into();
    alice.grants.inline = [("own".parse().unwrap(), document(ALLOW))].into();
    let calls = calls(&case);
    let place = |call: &str| calls.iter().position(|it| it == call).unwrap();
    assert!(place("join guarded") < place("put own"), "{calls:?}");
    case.apply().check("");
}

#[test]
fn a_boundary_that_widens_comes_after_the_rights_that_go() {
    let mut case = Case::new();
    let narrow = case.policy("/", "narrow", NARROW).arn.clone();
    let wide = case.policy("/", "wide", WIDE).arn.clone();
    let alice = case.user("alice");
    alice.grants.boundary = Some(narrow.clone());
    alice.grants.attached = [READ.parse().unwrap()].into();
    let mut case = case.apply();
    let alice = case.user("alice");
    alice.grants.boundary = Some(wide);
    alice.grants.attached.clear();
    assert_eq!(calls(&case), ["detach ReadOnlyAccess", "bound wide"]);
    let mut case = case.apply();
    case.check("");
    // One that narrows comes first.
    let alice = case.user("alice");
    alice.grants.boundary = Some(narrow);
    alice.grants.attached = [READ.parse().unwrap()].into();
    assert_eq!(calls(&case), ["bound narrow", "attach ReadOnlyAccess"]);
}

#[test]
fn a_trust_that_opens_comes_after_the_rights_that_go() {
    let mut case = Case::new();
    let role = case.role("Admin");
    role.trust = document(CLOSED);
    role.grants.attached = [READ.parse().unwrap()].into();
    let mut case = case.apply();
    let role = case.role("Admin");
    role.trust = document(OPEN);
    role.grants.attached.clear();
    let opens = calls(&case);
    assert_eq!(opens[0], "detach ReadOnlyAccess", "{opens:?}");
    assert!(opens[1].starts_with("UpdateTrust"), "{opens:?}");
    let mut case = case.apply();
    // And one that closes comes before the rights that it guards.
    let role = case.role("Admin");
    role.trust = document(CLOSED);
    role.grants.attached = [READ.parse().unwrap()].into();
    let closes = calls(&case);
    assert!(closes[0].starts_with("UpdateTrust"), "{closes:?}");
    assert_eq!(closes[1], "attach ReadOnlyAccess", "{closes:?}");
    case.apply().check("");
}
