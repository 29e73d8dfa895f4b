use std::time::Duration;

use keyward_iam::model::Account;

use super::{BeforeAndAfter, RoleRequest, Setting, WayIn, closed_way, outdated_settings};
use crate::plan::simulate::after;
use crate::plan::tests::cases::{Case, document};
use crate::plan::{Plan, destroy};

const MAY_ASSUME: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}"#;
const OTHER_TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"210987654321"}}]}"#;
const WITH_MFA: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"123456789012"},"Condition":{"NumericLessThan":{"aws:MultiFactorAuthAge":"3600"}}}]}"#;
const UNTIL_2020: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":["123456789012","210987654321"]},"Condition":{"DateLessThan":{"aws:CurrentTime":"2020-01-01"}}}]}"#;
const BY_ADDRESS: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"123456789012"},"Condition":{"IpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}]}"#;

/// alice, who may assume `Administrator` as a member of `admins`.
fn administrator() -> Case {
    let mut case = Case::new();
    let admins = case.group("admins");
    let inline = &mut admins.grants.inline;
    inline.insert("assume".parse().unwrap(), document(MAY_ASSUME));
    case.user("alice").groups.insert("admins".parse().unwrap());
    case.role("Administrator");
    case.apply()
}

fn way(start: &str, roles: &[&str]) -> WayIn {
    let request = |role: &&str| RoleRequest {
        role: format!("arn:aws:iam::123456789012:role/{role}")
            .parse()
            .unwrap(),
        profile: "boss".parse().unwrap(),
        external_id: None,
        duration: HOUR,
    };
    WayIn {
        start: start.parse().unwrap(),
        roles: roles.iter().map(request).collect(),
    }
}

const HOUR: Duration = Duration::from_secs(3600);
const ALICE: &str = "arn:aws:iam::123456789012:user/alice";

#[track_caller]
fn check_plan(case: &Case, plan: &Plan, way: &WayIn, expected: Option<&str>) {
    let change = BeforeAndAfter {
        before: &case.live,
        after: &after(&case.live, plan),
        plan,
    };
    let found = closed_way(way, change, &[]);
    let expected = expected.map(|reason| {
        let role = "arn:aws:iam::123456789012:role/Administrator";
        format!(
            "would lose the right `sts:AssumeRole` on `{role}`, which the next run needs: {reason}"
        )
    });
    let found = found.map(|it| it.to_string().split_once("` ").unwrap().1.to_owned());
    assert_eq!(found, expected);
}

#[track_caller]
fn check(case: &Case, expected: Option<&str>) {
    let plan = case.plan().unwrap();
    check_plan(case, &plan, &way(ALICE, &["Administrator"]), expected);
}

#[test]
fn a_way_that_stays_is_open() {
    let mut case = administrator();
    check(&case, None);
    case.user("bob");
    check(&case, None);
    // The code of the next run opens it.
    case.role("Administrator").trust = document(WITH_MFA);
    check(&case, None);
    let mut case = case.apply();
    case.role("Administrator").trust = document(BY_ADDRESS);
    check(&case, None);
}

#[test]
fn a_role_that_admits_only_until_a_past_date_is_closed() {
    let mut case = administrator();
    case.role("Administrator").trust = document(UNTIL_2020);
    check(&case, Some("the trust policy does not allow the caller"));
    // The way begins in an account that was not read.
    let mut case = administrator();
    case.role("Administrator").trust = document(OTHER_TRUST);
    let mut case = case.apply();
    case.role("Administrator").trust = document(UNTIL_2020);
    let plan = case.plan().unwrap();
    let elsewhere = way("arn:aws:iam::210987654321:user/alice", &["Administrator"]);
    let closed = Some("the trust policy does not allow the caller");
    check_plan(&case, &plan, &elsewhere, closed);
}

/// The policy that opens the role is replaced while the quota leaves no room for both.
#[test]
fn a_way_that_is_closed_between_two_calls_is_a_lockout_too() {
    let mut case = Case::new();
    let old = case.policy("/", "old", MAY_ASSUME).arn.clone();
    let new = case.policy("/", "new", MAY_ASSUME).arn.clone();
    case.role("Administrator");
    case.user("alice").grants.attached.insert(old);
    let mut case = case.apply();
    case.user("alice").grants.attached = [new].into();
    check(&case, None);
    let quota = "AttachedPoliciesPerUserQuota".to_owned();
    case.live.summary.insert(quota, 1);
    let plan = case.plan().unwrap();
    let change = BeforeAndAfter {
        before: &case.live,
        after: &after(&case.live, &plan),
        plan: &plan,
    };
    let found = closed_way(&way(ALICE, &["Administrator"]), change, &[]).unwrap();
    assert_eq!(
        found.to_string(),
        "user `alice` would lose the right `sts:AssumeRole` on \
         `arn:aws:iam::123456789012:role/Administrator`, which the next run needs if this one stops \
         at user `alice`: no identity-based policy allows it"
    );
}

#[test]
fn a_user_who_moves_keeps_the_way_of_a_trust_policy_that_names_it() {
    let mut case = administrator();
    let trusting = |arn: &str| document(&OTHER_TRUST.replace("210987654321", arn));
    case.role("Administrator").trust = trusting(ALICE);
    let mut case = case.apply();
    case.user("alice").path = "/team/".parse().unwrap();
    let moved = "arn:aws:iam::123456789012:user/team/alice";
    case.role("Administrator").trust = trusting(moved);
    check(&case, None);
}

#[test]
fn a_user_who_may_no_longer_assume_the_role_is_locked_out() {
    let nothing = Some("no identity-based policy allows it");
    let mut case = administrator();
    let admins = case.group("admins");
    admins.grants.inline.remove(&"assume".parse().unwrap());
    check(&case, nothing);
    let mut case = administrator();
    case.user("alice").groups.clear();
    check(&case, nothing);
}

#[test]
fn a_role_that_no_longer_admits_the_user_is_closed() {
    let mut case = administrator();
    case.role("Administrator").trust = document(OTHER_TRUST);
    check(&case, Some("the trust policy does not allow the caller"));
    let mut case = administrator();
    case.desired.account.roles.clear();
    check(&case, Some("this plan deletes the role"));
}

#[test]
fn the_user_who_begins_the_way_must_stay() {
    let mut case = administrator();
    case.desired.account.users.clear();
    check(&case, Some("this plan deletes the caller"));
    let case = administrator();
    let plan = destroy(&case.desired, &case.live).unwrap();
    let way = way(ALICE, &["Administrator"]);
    check_plan(&case, &plan, &way, Some("this plan deletes the caller"));
}

#[test]
fn a_way_that_was_never_open_is_no_lockout() {
    let mut case = administrator();
    case.user("bob");
    let mut case = case.apply();
    let way = way("arn:aws:iam::123456789012:user/bob", &["Administrator"]);
    case.role("Administrator").trust = document(OTHER_TRUST);
    let plan = case.plan().unwrap();
    check_plan(&case, &plan, &way, None);
}

#[test]
fn every_role_of_a_chain_counts() {
    let mut case = administrator();
    let operator = case.role("Operator");
    let inline = &mut operator.grants.inline;
    inline.insert("assume".parse().unwrap(), document(MAY_ASSUME));
    let mut case = case.apply();
    let way = way(ALICE, &["Operator", "Administrator"]);
    let plan = case.plan().unwrap();
    check_plan(&case, &plan, &way, None);
    case.role("Operator").grants.inline.clear();
    let plan = case.plan().unwrap();
    let nothing = Some("no identity-based policy allows it");
    check_plan(&case, &plan, &way, nothing);
}

#[test]
fn a_user_of_another_account_needs_both_sides() {
    let way = way("arn:aws:iam::210987654321:user/zoe", &["Administrator"]);
    let trusting = |json: &str| {
        let mut case = administrator();
        case.role("Administrator").trust = document(json);
        case
    };
    let mut case = trusting(OTHER_TRUST).apply();
    // The account of the user was not read.
    case.role("Administrator").trust = document(WITH_MFA);
    let plan = case.plan().unwrap();
    let closed = Some("the trust policy does not allow the caller");
    check_plan(&case, &plan, &way, closed);
    // It was read, and never allowed the user to leave it.
    let home = Account::empty("210987654321".parse().unwrap());
    let change = BeforeAndAfter {
        before: &case.live,
        after: &after(&case.live, &plan),
        plan: &plan,
    };
    assert_eq!(closed_way(&way, change, &[&home]), None);
}

fn with_external_id(id: &str) -> String {
    format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{{"AWS":"123456789012"}},"Condition":{{"StringEquals":{{"sts:ExternalId":"{id}"}}}}}}]}}"#
    )
}

#[test]
fn a_setting_of_the_profile_that_no_longer_fits_is_found_and_closes_no_way() {
    let outdated = |case: &Case, id: Option<&str>, duration| {
        let plan = case.plan().unwrap();
        let mut way = way(ALICE, &["Administrator"]);
        way.roles[0].external_id = id.map(|id| id.parse().unwrap());
        way.roles[0].duration = duration;
        let change = BeforeAndAfter {
            before: &case.live,
            after: &after(&case.live, &plan),
            plan: &plan,
        };
        assert_eq!(closed_way(&way, change, &[]), None);
        let found = outdated_settings(&way, change, &[]);
        found.into_iter().map(|it| it.setting).collect::<Vec<_>>()
    };
    let mut case = administrator();
    case.role("Administrator").trust = document(&with_external_id("one"));
    assert_eq!(outdated(&case, None, HOUR), [Setting::ExternalId]);
    let mut case = case.apply();
    case.role("Administrator").trust = document(&with_external_id("two"));
    assert_eq!(outdated(&case, Some("one"), HOUR), [Setting::ExternalId]);
    // It did not fit before.
    assert_eq!(outdated(&case, Some("two"), HOUR), []);
    case.role("Administrator").trust = document(&with_external_id("one"));
    case.role("Administrator").max_session = Some(4 * HOUR);
    let mut case = case.apply();
    case.role("Administrator").max_session = Some(2 * HOUR);
    let shorter = Setting::Duration { longest: 2 * HOUR };
    assert_eq!(outdated(&case, Some("one"), 3 * HOUR), [shorter]);
    assert_eq!(outdated(&case, Some("one"), 2 * HOUR), []);
    assert_eq!(outdated(&case, Some("one"), 5 * HOUR), []);
}
