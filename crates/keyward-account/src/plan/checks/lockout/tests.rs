use keyward_core::id::PolicyArn;

use super::lockout;
use crate::hand_out::InitialSecret::{AccessKey, Password};
use crate::plan::checks::NeededFor;
use crate::plan::destroy;
use crate::plan::rights;
use crate::plan::tests::cases::{Case, document};
use crate::plan::{Operation, PrincipalName};

const EVERYTHING: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
const GUARD: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"Guard","Effect":"Deny","NotAction":"sts:*","Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}]}"#;
const NO_IAM: &str = r#"{"Version":"2012-10-17","Statement":[{"Sid":"NoIam","Effect":"Deny","Action":"iam:*","Resource":"*"}]}"#;

/// An administrator who is in the blueprint by an inline policy, and carries out the plan.
fn administrator() -> Case {
    let mut case = Case::new();
    let alice = case.user("alice");
    alice
        .grants
        .inline
        .insert("all".parse().unwrap(), document(EVERYTHING));
    let mut case = case.apply();
    case.live.caller = "arn:aws:iam::123456789012:user/alice".parse().unwrap();
    case
}

#[track_caller]
fn check(case: &Case, expected: Option<&str>) {
    let plan = case.plan().unwrap();
    let found = lockout(&case.live, &plan);
    assert_eq!(found.map(|it| it.to_string()).as_deref(), expected);
}

#[test]
fn rights_that_stay_are_no_lockout() {
    let mut case = administrator();
    check(&case, None);
    case.user("bob");
    check(&case, None);
}

#[test]
fn a_right_that_goes_is_named_with_what_needs_it() {
    let mut case = administrator();
    case.user("bob");
    case.user("alice").grants.inline.clear();
    check(
        &case,
        Some(
            "user `alice` would lose the right `iam:CreateUser` on \
             `arn:aws:iam::123456789012:user/bob`, which this plan needs for user `bob`: no \
             identity-based policy allows it",
        ),
    );
}

#[test]
fn a_right_that_goes_at_the_end_is_missed_by_the_next_run() {
    let mut case = administrator();
    case.user("alice").grants.inline.clear();
    check(
        &case,
        Some(
            "user `alice` would lose the right `iam:DeleteUserPolicy` on \
             `arn:aws:iam::123456789012:user/alice`, which the next run needs: no \
             identity-based policy allows it",
        ),
    );
}

#[test]
fn a_deny_in_a_group_of_the_caller_is_found() {
    let mut case = administrator();
    let policy = case.policy("/", "limit", NO_IAM).arn.clone();
    case.group("admins").grants.attached.insert(policy);
    case.user("alice").groups.insert("admins".parse().unwrap());
    let plan = case.plan().unwrap();
    let found = lockout(&case.live, &plan).unwrap();
    assert!(found.to_string().contains("`NoIam`"), "{found}");
}

#[test]
fn a_guard_that_asks_for_a_code_is_no_lockout() {
    let mut case = administrator();
    let guard = case.policy("/", "guard", GUARD).arn.clone();
    case.group("admins").grants.attached.insert(guard);
    case.user("alice").groups.insert("admins".parse().unwrap());
    check(&case, None);
}

#[test]
fn a_caller_who_is_deleted_loses_everything() {
    let case = administrator();
    let plan = destroy(&case.desired, &case.live).unwrap();
    let found = lockout(&case.live, &plan).unwrap();
    assert!(
        found.to_string().ends_with("this plan deletes the caller"),
        "{found}"
    );
}

#[test]
fn root_and_rights_that_were_never_there_are_left_aside() {
    let mut case = administrator();
    case.user("alice").grants.inline.clear();
    case.live.caller = "arn:aws:iam::123456789012:root".parse().unwrap();
    check(&case, None);
    let mut case = administrator();
    let alice = case.live.account.users.values_mut().next().unwrap();
    alice.grants.inline.clear();
    case.user("alice").grants.inline.clear();
    case.user("bob");
    check(&case, None);
}

#[test]
fn a_role_that_carries_out_the_plan_is_judged_by_its_own_policies() {
    let mut case = Case::new();
    let role = case.role("Operator");
    role.grants
        .inline
        .insert("all".parse().unwrap(), document(EVERYTHING));
    let mut case = case.apply();
    case.live.caller = "arn:aws:sts::123456789012:assumed-role/Operator/alice"
        .parse()
        .unwrap();
    case.user("bob");
    check(&case, None);
    case.desired.account.roles.clear();
    let plan = case.plan().unwrap();
    let found = lockout(&case.live, &plan).unwrap();
    assert!(
        found.to_string().starts_with("role `Operator` would lose"),
        "{found}"
    );
}

#[test]
fn a_policy_of_aws_grants_what_the_catalogue_says() {
    let mut case = administrator();
    let alice = case.user("alice");
    alice.grants.inline.clear();
    let administrator = "arn:aws:iam::aws:policy/AdministratorAccess";
    alice.grants.attached.insert(administrator.parse().unwrap());
    check(&case, None);
    let alice = case.user("alice");
    alice.grants.attached = ["arn:aws:iam::aws:policy/ReadOnlyAccess".parse().unwrap()].into();
    let plan = case.plan().unwrap();
    assert!(lockout(&case.live, &plan).is_some());
}

/// AWS's pattern for delegated administration: the boundary of the target decides.
const DELEGATED: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","Action":"iam:*UserP*","Resource":"*",
     "Condition":{"StringEquals":{"iam:PermissionsBoundary":"arn:aws:iam::aws:policy/ReadOnlyAccess"}}},
    {"Effect":"Allow","NotAction":"iam:*UserP*","Resource":"*"}]}"#;
const NOT_DELEGATED: &str = r#"{"Version":"2012-10-17","Statement":[
    {"Effect":"Allow","NotAction":"iam:*UserP*","Resource":"*"}]}"#;

#[test]
fn a_condition_on_the_boundary_looks_at_the_one_that_the_target_has() {
    let boundary = "arn:aws:iam::aws:policy/ReadOnlyAccess";
    let own = |json: &str| [("own".parse().unwrap(), document(json))].into();
    let mut case = administrator();
    case.user("alice").grants.inline = own(DELEGATED);
    let bob = case.user("bob");
    bob.grants.boundary = Some(boundary.parse().unwrap());
    bob.grants.inline = own(NO_IAM);
    let mut case = case.apply();
    case.live.caller = "arn:aws:iam::123456789012:user/alice".parse().unwrap();
    case.user("bob").grants.inline.clear();
    check(&case, None);
    case.user("alice").grants.inline = own(NOT_DELEGATED);
    let plan = case.plan().unwrap();
    let found = lockout(&case.live, &plan).unwrap();
    let right = "`iam:DeleteUserPolicy` on `arn:aws:iam::123456789012:user/bob`";
    assert_eq!(found.right.to_string(), right);
}

/// AWS's sample for a fixed network: everything else is denied.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_aws_deny-ip.html>
const NETWORK: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"NotIpAddress":{"aws:SourceIp":"192.0.2.0/24"}}}}"#;
const SINCE: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"DateGreaterThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}}}"#;
const TAGGED: &str = r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalTag/admin":"yes"}}}}"#;

/// alice with the rights of these policies, and with those of the others in the blueprint.
fn changed(before: &[&str], after: &[&str]) -> Case {
    let inline = |policies: &[&str]| {
        let numbered = policies.iter().enumerate();
        let named = numbered.map(|(at, json)| (format!("p{at}").parse().unwrap(), document(json)));
        named.collect()
    };
    let mut case = Case::new();
    case.user("alice").grants.inline = inline(before);
    let mut case = case.apply();
    case.live.caller = "arn:aws:iam::123456789012:user/alice".parse().unwrap();
    case.user("alice").grants.inline = inline(after);
    case
}

#[test]
fn a_condition_on_the_request_hides_no_lockout() {
    let lost = |case: &Case| lockout(&case.live, &case.plan().unwrap()).is_some();
    assert!(lost(&changed(&[EVERYTHING, NETWORK], &[NO_IAM, NETWORK])));
    assert!(lost(&changed(&[SINCE], &[NO_IAM])));
    assert!(!lost(&changed(&[EVERYTHING, NETWORK], &[EVERYTHING])));
    assert!(!lost(&changed(&[EVERYTHING], &[EVERYTHING, NETWORK])));
    assert!(!lost(&changed(&[SINCE], &[EVERYTHING])));
    assert!(!lost(&changed(&[EVERYTHING], &[SINCE])));
    // A tag that a user lacks is known.
    assert!(lost(&changed(&[EVERYTHING], &[TAGGED])));
}

#[test]
fn a_date_that_has_passed_keeps_no_right() {
    let until = |key: &str, date: &str| {
        let condition = format!(r#","Condition":{{"DateLessThan":{{"{key}":"{date}"}}}}}}"#);
        EVERYTHING.replace("}]}", &(condition + "]}"))
    };
    let lost = |case: &Case| lockout(&case.live, &case.plan().unwrap()).is_some();
    for key in ["aws:CurrentTime", "aws:TokenIssueTime"] {
        let (past, later) = (until(key, "2020-01-01"), until(key, "2222-01-01"));
        assert!(lost(&changed(&[EVERYTHING], &[&past])), "{key}");
        assert!(!lost(&changed(&[EVERYTHING], &[&later])), "{key}");
        assert!(
            !lost(&changed(&[EVERYTHING], &[EVERYTHING, &past])),
            "{key}"
        );
    }
    // The session of a role.
    for key in ["aws:CurrentTime", "aws:TokenIssueTime"] {
        let mut case = Case::new();
        let own = |case: &mut Case, json: &str| {
            let inline = &mut case.role("Operator").grants.inline;
            inline.insert("all".parse().unwrap(), document(json));
        };
        own(&mut case, EVERYTHING);
        let mut case = case.apply();
        let session = "arn:aws:sts::123456789012:assumed-role/Operator/alice";
        case.live.caller = session.parse().unwrap();
        own(&mut case, &until(key, "2020-01-01"));
        assert!(lost(&case), "{key}");
    }
}

#[test]
fn a_right_of_the_key_alone_is_none_of_the_next_run() {
    let only = |state: bool| {
        let condition = format!(r#","Condition":{{"Null":{{"aws:TokenIssueTime":"{state}"}}}}}}"#);
        EVERYTHING.replace("}]}", &(condition + "]}"))
    };
    let lost = |own: &str| {
        let case = changed(&[EVERYTHING], &[own]);
        let found = lockout(&case.live, &case.plan().unwrap());
        found.map(|lockout| lockout.needed_for)
    };
    assert_eq!(lost(&only(true)), Some(NeededFor::NextRun));
    assert_eq!(lost(&only(false)), None);
    assert_eq!(lost(NO_IAM), Some(NeededFor::NextRun));
}

#[test]
fn every_right_is_an_action_of_iam() {
    let catalogue = keyward_iam::catalogue::Catalogue::built_in();
    let mut case = administrator();
    case.role("Operator");
    case.group("admins");
    case.policy("/", "limit", NO_IAM);
    case.hand_out("alice", &[Password, AccessKey]);
    case.desired.account.alias = Some("example-team".parse().unwrap());
    case.desired.account.password_policy = Some(Default::default());
    let plan = case.plan().unwrap();
    let case = case.apply();
    let end = destroy(&case.desired, &case.live).unwrap();
    for operation in plan.operations().chain(end.operations()) {
        let rights = rights(&case.live.account, operation);
        assert!(!rights.is_empty(), "{operation:?}");
        for right in rights {
            assert!(catalogue.find(right.action.as_str()).is_some(), "{right}");
        }
    }
}

#[test]
fn a_right_is_on_what_the_call_changes_with_the_policies_that_conditions_name() {
    let mut case = administrator();
    case.group("admins").path = "/staff/".parse().unwrap();
    let limit = case.policy("/", "limit", NO_IAM).arn.clone();
    case.user("alice").grants.boundary = Some(limit.clone());
    let case = case.apply();
    let alice = || PrincipalName::User("alice".parse().unwrap());
    let other: PolicyArn = limit.as_str().replace("limit", "other").parse().unwrap();
    let (group, path) = ("admins".parse().unwrap(), "/new/".parse().unwrap());
    let shown = |operation: &Operation| {
        let rights = rights(&case.live.account, operation).into_iter();
        let shown = rights.map(|right| {
            let policies = right.policies.iter();
            let policies = policies.map(|(key, arn)| format!(" {key}={}", arn.policy_name()));
            right.to_string() + &policies.collect::<String>()
        });
        let shown: Vec<String> = shown.collect();
        shown.join(", ").replace("arn:aws:iam::123456789012:", "")
    };
    for (operation, expect) in [
        (
            Operation::CreateUser {
                name: "bob".parse().unwrap(),
                path: "/staff/".parse().unwrap(),
                boundary: Some(limit.clone()),
                tags: Default::default(),
            },
            "`iam:CreateUser` on `user/staff/bob` iam:PermissionsBoundary=limit",
        ),
        (
            Operation::AddToGroup {
                user: "alice".parse().unwrap(),
                group,
            },
            "`iam:AddUserToGroup` on `group/staff/admins`",
        ),
        (
            Operation::CreateGroup {
                name: "readers".parse().unwrap(),
                path,
            },
            "`iam:CreateGroup` on `group/new/readers`",
        ),
        (
            Operation::AttachPolicy {
                to: alice(),
                policy: other.clone(),
            },
            "`iam:AttachUserPolicy` on `user/alice` iam:PolicyARN=other iam:PermissionsBoundary=limit",
        ),
        (
            Operation::PutBoundary {
                on: alice(),
                policy: other,
            },
            "`iam:PutUserPermissionsBoundary` on `user/alice` iam:PermissionsBoundary=other",
        ),
        (
            Operation::DeleteBoundary { on: alice() },
            "`iam:DeleteUserPermissionsBoundary` on `user/alice` iam:PermissionsBoundary=limit",
        ),
    ] {
        assert_eq!(shown(&operation), expect);
    }
}

#[test]
fn the_callers_own_boundary_may_move() {
    let user = "arn:aws:iam::123456789012:user/alice";
    let role = "arn:aws:sts::123456789012:assumed-role/Operator/alice";
    for caller in [user, role] {
        let bound = |case: &mut Case, path: &str| {
            let limit = case.policy(path, "limit", EVERYTHING).arn.clone();
            case.user("alice").grants.boundary = Some(limit.clone());
            case.role("Operator").grants.boundary = Some(limit);
        };
        let mut case = administrator();
        let all = [("all".parse().unwrap(), document(EVERYTHING))];
        case.role("Operator").grants.inline = all.into();
        bound(&mut case, "/");
        let mut case = case.apply();
        case.live.caller = caller.parse().unwrap();
        case.desired.account.policies.clear();
        bound(&mut case, "/a/");
        check(&case, None);
        // Only the caller is without a boundary in the meantime.
        let plan = case.plan().unwrap();
        let count =
            |wanted: &dyn Fn(&Operation) -> bool| plan.operations().filter(|it| wanted(it)).count();
        assert_eq!(
            count(&|it| matches!(it, Operation::DeleteBoundary { .. })),
            1
        );
        assert_eq!(
            count(
                &|it| matches!(it, Operation::PutBoundary { policy, .. } if policy.is_aws_managed())
            ),
            1
        );
        case.apply().check("");
    }
}
