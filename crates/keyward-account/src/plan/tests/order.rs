//! The order within a step, and between steps.

use std::collections::BTreeSet;
use std::time::Duration;

use keyward_core::id::PolicyArn;
use keyward_iam::model::{Account, Gathered, Role};
use keyward_iam::{Context, Mfa, Request, evaluate};

use super::cases::{ALLOW, Case, DENY, MARK, READ, document};
use crate::blueprint::Blueprint;
use crate::desired::{Desired, render};
use crate::ownership::group_policy;
use crate::plan::checks::lockout;
use crate::plan::simulate::Simulation;
use crate::plan::{Operation, Stage};

pub(super) fn calls(case: &Case) -> Vec<String> {
    let plan = case.plan().unwrap();
    plan.operations()
        .map(|operation| match operation {
            Operation::AttachPolicy { policy, .. } => format!("attach {}", policy.policy_name()),
            Operation::DetachPolicy { policy, .. } => format!("detach {}", policy.policy_name()),
            Operation::PutInlinePolicy { name, .. } => format!("put {name}"),
            Operation::DeleteInlinePolicy { name, .. } => format!("delete {name}"),
            Operation::PutBoundary { policy, .. } => format!("bound {}", policy.policy_name()),
            Operation::CreatePolicyVersion { arn, .. } => format!("write {}", arn.policy_name()),
            Operation::AddToGroup { group, .. } => format!("join {group}"),
            Operation::RemoveFromGroup { group, .. } => format!("leave {group}"),
            other => format!("{other:?}"),
        })
        .collect()
}

#[test]
fn limits_and_guards_come_before_grants_and_removals_last() {
    let mut case = Case::new();
    case.user("alice");
    let boundary = case.policy("/", "limit", ALLOW).arn.clone();
    let guard = case.policy("/", "guard", DENY).arn.clone();
    let mut case = case.apply();
    let alice = case.live.account.users.values_mut().next().unwrap();
    alice
        .grants
        .attached
        .insert("arn:aws:iam::aws:policy/PowerUserAccess".parse().unwrap());
    alice
        .grants
        .inline
        .insert("oldguard".parse().unwrap(), document(DENY));
    let alice = case.user("alice");
    alice.grants.boundary = Some(boundary);
    alice.grants.attached.extend([guard, READ.parse().unwrap()]);
    alice
        .grants
        .inline
        .insert("grant".parse().unwrap(), document(ALLOW));
    assert_eq!(
        calls(&case),
        [
            "bound limit",
            "attach guard",
            "attach ReadOnlyAccess",
            "put grant",
            "detach PowerUserAccess",
            "delete oldguard",
        ]
    );
}

/// Roles that no longer fit into the policy of a group move to attached ones. If IAM refuses those, the
/// group keeps its roles.
#[test]
fn the_policy_of_a_group_shrinks_after_the_others_are_attached() {
    let mut case = Case::new();
    case.group("admins");
    let mut case = case.apply();
    let mark = group_policy();
    let group = case.live.account.groups.values_mut().next().unwrap();
    let roles = MARK.replace(
        "}]}",
        r#"},{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}"#,
    );
    group.grants.inline.insert(mark, document(&roles));
    let roles = case.policy("/", "roles", ALLOW).arn.clone();
    case.group("admins").grants.attached.insert(roles);
    let calls = calls(&case);
    assert_eq!(calls[1..], ["attach roles", "put keyward"], "{calls:?}");
}

/// A group with these roles, in an account that has the roles too.
fn assuming(roles: &[String]) -> Desired {
    let listed: Vec<String> = roles.iter().map(|role| format!("\"{role}\"")).collect();
    let mut text = format!(
        "version = 1\n[account]\nid = \"123456789012\"\n[groups.admins]\nassume = [{}]\n[users.zoe]\ngroups = [\"admins\"]\n",
        listed.join(", ")
    );
    for role in roles {
        text += &format!("[roles.{role}]\nmanaged = [\"ReadOnlyAccess\"]\n");
    }
    render(&Blueprint::parse(&text).unwrap()).remove(0)
}

/// The roles that zoe may assume.
fn roles_of_zoe(account: &Account) -> BTreeSet<String> {
    let zoe = &account.users[&"zoe".parse().unwrap()];
    let gathered = Gathered::of_user(account, zoe);
    let mut context = Context::partial();
    Mfa::Session {
        age: Duration::ZERO,
    }
    .set_keys(&mut context);
    let may = |role: &Role| {
        let request = Request {
            action: &"sts:AssumeRole".parse().unwrap(),
            resource: &(&account.role_arn(role)).into(),
            context: &context,
        };
        evaluate(&gathered.permissions(), &request).is_allowed()
    };
    let roles = account.roles.values().filter(|role| may(role));
    roles.map(|role| role.name.to_string()).collect()
}

/// Roles come and go at the beginning, in the middle and at the end of several policies that list them.
/// A run that stops anywhere leaves a user each role that the user has before and after it.
#[test]
fn a_role_of_a_group_is_in_one_of_its_policies_at_any_time() {
    let name = |number: usize| format!("Role{number:03}WithAFairlyLongNameToFillThePolicy");
    let mut case = Case::new();
    case.desired = assuming(&(100..400).map(name).collect::<Vec<_>>());
    let mut case = case.apply();
    let next: [Vec<usize>; 4] = [
        (99..400).collect(),
        (100..399).filter(|number| number % 7 > 0).collect(),
        (0..3).chain(100..400).chain(500..503).collect(),
        (350..400).collect(),
    ];
    for numbers in next {
        case.desired = assuming(&numbers.into_iter().map(name).collect::<Vec<_>>());
        let plan = case.plan().unwrap();
        let before = roles_of_zoe(&case.live.account);
        let mut now = Simulation::new(&case.live);
        plan.operations().for_each(|it| now.perform(it));
        let after = roles_of_zoe(&now.account);
        assert_eq!(after.len(), case.desired.account.roles.len());
        let both: BTreeSet<&String> = before.intersection(&after).collect();
        let mut now = Simulation::new(&case.live);
        for operation in plan.operations() {
            now.perform(operation);
            let may = roles_of_zoe(&now.account);
            let lost = both.iter().find(|role| !may.contains(**role));
            assert_eq!(lost, None, "after {operation:?}");
        }
        case = case.apply();
        case.check("");
    }
}

/// A session of the user may be stolen, and live longer than the user's keys.
#[test]
fn a_denial_is_the_last_policy_that_a_deleted_user_or_role_loses() {
    let mut case = Case::new();
    case.group("admins").grants.attached = [READ.parse().unwrap()].into();
    let inline = [("denial".parse().unwrap(), document(DENY))];
    let alice = case.user("alice");
    alice.groups.insert("admins".parse().unwrap());
    alice.grants.attached = [READ.parse().unwrap()].into();
    alice.grants.inline = inline.clone().into();
    let reader = case.role("Reader");
    reader.grants.attached = [READ.parse().unwrap()].into();
    reader.grants.inline = inline.into();
    let mut case = case.apply();
    case.desired.account.users.clear();
    case.desired.account.roles.clear();
    let mut calls = calls(&case);
    calls.retain(|call| call.starts_with(char::is_lowercase));
    assert_eq!(
        calls,
        [
            "detach ReadOnlyAccess",
            "leave admins",
            "delete denial",
            "detach ReadOnlyAccess",
            "delete denial",
        ]
    );
    case.apply().check("");
}

#[test]
fn a_full_quota_turns_the_order_round() {
    let mut case = Case::new();
    case.user("alice");
    case.live
        .summary
        .insert("AttachedPoliciesPerUserQuota".to_owned(), 1);
    let mut case = case.apply();
    let alice = case.live.account.users.values_mut().next().unwrap();
    alice
        .grants
        .attached
        .insert("arn:aws:iam::aws:policy/PowerUserAccess".parse().unwrap());
    case.user("alice")
        .grants
        .attached
        .insert(READ.parse().unwrap());
    assert_eq!(
        calls(&case),
        ["detach PowerUserAccess", "attach ReadOnlyAccess"]
    );
    case.apply().check("");
}

#[test]
fn a_user_joins_before_it_leaves_unless_its_groups_are_full() {
    let mut case = Case::new();
    case.group("new");
    case.group("old");
    case.user("alice").groups.insert("old".parse().unwrap());
    let mut case = case.apply();
    case.user("alice").groups = ["new".parse().unwrap()].into();
    assert_eq!(calls(&case), ["join new", "leave old"]);
    case.live.summary.insert("GroupsPerUserQuota".to_owned(), 1);
    assert_eq!(calls(&case), ["leave old", "join new"]);
    case.apply().check("");
}

#[test]
fn a_guard_goes_once_the_new_groups_or_the_user_has_it() {
    let mut case = Case::new();
    let guard = case.policy("/", "guard", DENY).arn.clone();
    case.group("admins").grants.attached.insert(guard.clone());
    let inline = [("own".parse().unwrap(), document(ALLOW))];
    let alice = case.user("alice");
    alice.grants.attached.insert(guard.clone());
    alice.grants.inline.extend(inline);
    let mut case = case.apply();
    let alice = case.user("alice");
    alice.grants = Default::default();
    alice.groups.insert("admins".parse().unwrap());
    assert_eq!(calls(&case), ["join admins", "delete own", "detach guard"]);
    let mut case = case.apply();
    case.check("");
    // The other way round.
    case.group("admins").grants.attached.clear();
    case.user("alice").grants.attached.insert(guard.clone());
    assert_eq!(calls(&case), ["attach guard", "detach guard"]);
    let mut case = case.apply();
    // From one group to another.
    case.user("alice").grants.attached.clear();
    case.group("admins").grants.attached.insert(guard.clone());
    let mut case = case.apply();
    case.group("admins").grants.attached.clear();
    case.group("readers").grants.attached.insert(guard);
    case.user("alice").groups = ["readers".parse().unwrap()].into();
    let calls = calls(&case);
    let calls: Vec<&str> = calls[1..].iter().map(String::as_str).collect();
    assert_eq!(
        calls,
        [
            "put keyward",
            "attach guard",
            "join readers",
            "leave admins",
            "detach guard"
        ]
    );
    case.apply().check("");
}

#[test]
fn a_policy_that_moves_leaves_nobody_without_its_limits() {
    let mut case = Case::new();
    let limit = case.policy("/", "limit", ALLOW).arn.clone();
    let guard = case.policy("/", "guard", DENY).arn.clone();
    case.group("admins").grants.attached.insert(guard);
    case.user("ben").grants.boundary = Some(limit);
    let mut case = case.apply();
    case.desired.account.policies.clear();
    let limit = case.policy("/a/", "limit", ALLOW).arn.clone();
    let guard = case.policy("/a/", "guard", DENY).arn.clone();
    case.group("admins").grants.attached = [guard].into();
    case.user("ben").grants.boundary = Some(limit);
    let calls = calls(&case);
    let mut calls: Vec<&str> = calls.iter().map(String::as_str).collect();
    calls.retain(|call| call.starts_with(char::is_lowercase));
    assert_eq!(
        calls,
        [
            "put keyward-instead-of-guard",
            "detach guard",
            "attach guard",
            "delete keyward-instead-of-guard",
            "bound AWSDenyAll",
            "bound limit",
        ]
    );
    case.check(
        "
Policies and identity providers
  ~ policy `guard`
      ~ path `/keyward/main/` becomes `/keyward/main/a/`: the policy is deleted and created again
      ~ group `admins`: detached and attached again, with inline policy `keyward-instead-of-guard` in the meantime
  ~ policy `limit`
      ~ path `/keyward/main/` becomes `/keyward/main/a/`: the policy is deleted and created again
      ~ permissions boundary of user `ben`: `AWSDenyAll` until the policy exists again",
    );
    case.apply().check("");
}

/// The caller may have its rights from that policy.
#[test]
fn a_policy_that_moves_leaves_nobody_without_its_rights() {
    let mut case = Case::new();
    let all =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    let work = case.policy("/", "work", all).arn.clone();
    case.group("admins").grants.attached.insert(work.clone());
    case.user("alice").groups.insert("admins".parse().unwrap());
    case.user("ben").grants.attached.insert(work);
    let mut case = case.apply();
    case.live.caller = "arn:aws:iam::123456789012:user/alice".parse().unwrap();
    case.desired.account.policies.clear();
    let work = case.policy("/a/", "work", all).arn.clone();
    case.group("admins").grants.attached = [work].into();
    case.desired.account.users.remove(&"ben".parse().unwrap());
    let mut order = calls(&case);
    order.retain(|call| call.starts_with(char::is_lowercase));
    assert_eq!(
        order,
        [
            "detach work",
            "put keyward-instead-of-work",
            "detach work",
            "attach work",
            "delete keyward-instead-of-work",
        ]
    );
    assert_eq!(lockout(&case.live, &case.plan().unwrap()), None);
    case.apply().check("");
}

/// A guard whose text has at least this many characters.
fn long_guard(length: usize) -> String {
    DENY.replace("s3:*", &format!("s3:{}", "x".repeat(length)))
}

/// Returns the calls that change inline policies.
fn inline_calls(case: &Case) -> Vec<String> {
    let mut calls = calls(case);
    calls.retain(|call| call.starts_with("put ") || call.starts_with("delete "));
    calls
}

#[test]
fn only_the_policies_of_a_holder_need_room_for_what_denies_meanwhile() {
    let mut case = Case::new();
    let attach = |case: &mut Case, path: &str| {
        case.desired.account.policies.clear();
        let guard = case.policy(path, "guard", DENY).arn.clone();
        let grant = ALLOW.replace("GetObject", &"x".repeat(3000));
        let grant = case.policy(path, "grant", &grant).arn.clone();
        let other = case.policy(path, "other", &long_guard(3000)).arn.clone();
        case.user("alice").grants.attached = [guard, grant].into();
        case.user("ben").grants.attached = [other].into();
    };
    attach(&mut case, "/");
    let mut case = case.apply();
    attach(&mut case, "/a/");
    let name = "keyward-instead-of-guard";
    let expected = [format!("put {name}"), format!("delete {name}")];
    assert_eq!(inline_calls(&case), expected);
    case.apply().check("");
    // Two of one holder do not fit together.
    let mut case = Case::new();
    let attach = |case: &mut Case, path: &str| {
        case.desired.account.policies.clear();
        let one = case.policy(path, "one", &long_guard(1200)).arn.clone();
        let two = case.policy(path, "two", &long_guard(1200)).arn.clone();
        case.user("alice").grants.attached = [one, two].into();
    };
    attach(&mut case, "/");
    let mut case = case.apply();
    attach(&mut case, "/a/");
    assert_eq!(inline_calls(&case), [""; 0]);
}

/// A guard that is longer than all inline policies of a user may be.
#[test]
fn a_long_policy_that_moves_denies_as_a_managed_one_meanwhile() {
    let mut case = Case::new();
    let attach = |case: &mut Case, path: &str| {
        case.desired.account.policies.clear();
        let guard = case.policy(path, "guard", &long_guard(3000)).arn.clone();
        case.user("alice").grants.attached = [guard.clone()].into();
        case.user("ben").grants.attached = [guard].into();
    };
    attach(&mut case, "/");
    let mut case = case.apply();
    attach(&mut case, "/a/");
    case.user("ben").grants.attached.clear();
    let mut order = calls(&case);
    order.retain(|call| call.starts_with(char::is_lowercase));
    assert_eq!(
        order,
        [
            "attach keyward-instead-of-guard",
            "detach guard",
            "attach keyward-instead-of-guard",
            "detach guard",
            "attach guard",
            "detach keyward-instead-of-guard",
            "detach keyward-instead-of-guard",
        ]
    );
    case.check(
        "
Policies and identity providers
  ~ policy `guard`
      ~ path `/keyward/main/` becomes `/keyward/main/a/`: the policy is deleted and created again
      ~ user `alice`: detached and attached again, with policy `keyward-instead-of-guard` in the meantime
      - detached from user `ben`, which has policy `keyward-instead-of-guard` in the meantime
Users
  ~ user `ben`
      - policy `keyward-instead-of-guard`: detached
Deletions
  - policy `keyward-instead-of-guard`",
    );
    // After a run that stops anywhere, the users still have a denial, and the next run removes the rest.
    let plan = case.plan().unwrap();
    for done in 0..=plan.calls() {
        let between = case.stopped_after(&plan, done);
        let alice = &between.live.account.users[&"alice".parse().unwrap()];
        assert!(!alice.grants.attached.is_empty(), "after {done} calls");
        let after = between.apply();
        after.check("");
        assert_eq!(after.live.account.policies.len(), 1, "after {done} calls");
    }
    case.live
        .summary
        .insert("AttachedPoliciesPerUserQuota".to_owned(), 1);
    assert!(
        case.shown().contains("nothing in its place"),
        "{}",
        case.shown()
    );
}

#[test]
fn policies_whose_long_names_begin_alike_have_stand_ins_of_their_own() {
    let mut case = Case::new();
    let begin = "x".repeat(127);
    let attach = |case: &mut Case, path: &str| {
        case.desired.account.policies.clear();
        for end in ["1", "2"] {
            let guard = case
                .policy(path, &format!("{begin}{end}"), DENY)
                .arn
                .clone();
            case.user("alice").grants.attached.insert(guard);
        }
    };
    attach(&mut case, "/");
    let mut case = case.apply();
    case.user("alice").grants = Default::default();
    attach(&mut case, "/a/");
    let calls = inline_calls(&case);
    let names: BTreeSet<&str> = calls
        .iter()
        .filter_map(|it| it.strip_prefix("put "))
        .collect();
    assert_eq!((calls.len(), names.len()), (4, 2), "{calls:?}");
    assert!(names.iter().all(|name| name.len() == 128), "{names:?}");
    case.apply().check("");
}

#[test]
fn what_denies_in_place_of_a_policy_that_moves_stays_until_a_group_has_it() {
    let mut case = Case::new();
    let guard = case.policy("/", "guard", DENY).arn.clone();
    case.group("admins");
    case.user("alice").grants.attached.insert(guard);
    let mut case = case.apply();
    case.desired.account.policies.clear();
    let guard = case.policy("/a/", "guard", DENY).arn.clone();
    case.group("admins").grants.attached.insert(guard);
    let alice = case.user("alice");
    alice.grants.attached.clear();
    alice.groups.insert("admins".parse().unwrap());
    let mut order = calls(&case);
    order.retain(|call| call.starts_with(char::is_lowercase));
    assert_eq!(
        order,
        [
            "put keyward-instead-of-guard",
            "detach guard",
            "attach guard",
            "join admins",
            "delete keyward-instead-of-guard",
        ]
    );
    case.check(
        "
Policies and identity providers
  ~ policy `guard`
      ~ path `/keyward/main/` becomes `/keyward/main/a/`: the policy is deleted and created again
      - detached from user `alice`, which has inline policy `keyward-instead-of-guard` in the meantime
Groups
  ~ group `admins`
      + policy `guard`: attached
Memberships
  + membership `alice`
      + group `admins`
Policies and limits that go
  ~ user `alice`
      - inline policy `keyward-instead-of-guard`: statement `Guard` denies `s3:*` on `*` if `BoolIfExists aws:MultiFactorAuthPresent` is `false`",
    );
    // Wherever a run stops, the next one removes it completely.
    let plan = case.plan().unwrap();
    for done in 0..=plan.calls() {
        let between = case.stopped_after(&plan, done);
        let after = between.apply();
        after.check("");
        let alice = after.live.account.users.values().next().unwrap();
        assert!(alice.grants.inline.is_empty(), "after {done} calls");
    }
}

#[test]
fn a_trust_that_names_a_new_user_waits_and_admits_no_caller_until_then() {
    let mut case = Case::new();
    case.user("alice");
    let trust = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{"AWS":"arn:aws:iam::123456789012:user/alice"}}]}"#;
    case.role("Reader").trust = document(trust);
    case.check(
        "
Roles
  + role `Reader`
      + trust policy: admits no caller until the users and roles that it names exist
Users
  + user `alice`
Roles
  ~ role `Reader`
      - trust policy: statement `NotYet` denies `sts:AssumeRole` for `*`
      + trust policy: statement 1 allows `sts:AssumeRole` for `arn:aws:iam::123456789012:user/alice`",
    );
    assert_eq!(
        case.plan().unwrap().steps.last().unwrap().stage,
        Stage::Trusts
    );
    case.apply().check("");
}

#[test]
fn roles_can_trust_each_other() {
    let mut case = Case::new();
    for (role, other) in [("One", "Two"), ("Two", "One")] {
        let trust = format!(
            r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{{"AWS":"arn:aws:iam::123456789012:role/{other}"}}}}]}}"#
        );
        case.role(role).trust = document(&trust);
    }
    case.apply().check("");
}

#[test]
fn a_policy_moves_between_two_groups_of_a_user_without_a_gap() {
    let mut case = Case::new();
    let guard = case.policy("/", "guard", DENY).arn.clone();
    case.group("admins").grants.attached.insert(guard.clone());
    case.group("people");
    case.user("alice").groups = ["admins", "people"].map(|it| it.parse().unwrap()).into();
    let mut case = case.apply();
    case.group("admins").grants.attached.clear();
    case.group("people").grants.attached.insert(guard);
    assert_eq!(calls(&case), ["attach guard", "detach guard"]);
    case.apply().check("");
}

/// A user loses a denial, and leaves the group whose rights it limited.
#[test]
fn a_denial_of_a_user_goes_once_the_user_has_left_the_group() {
    let mut case = Case::new();
    case.group("readers")
        .grants
        .inline
        .insert("grant".parse().unwrap(), document(ALLOW));
    let alice = case.user("alice");
    alice.groups = ["readers".parse().unwrap()].into();
    alice
        .grants
        .inline
        .insert("denial".parse().unwrap(), document(DENY));
    let mut case = case.apply();
    let alice = case.user("alice");
    alice.groups.clear();
    alice.grants = Default::default();
    assert_eq!(calls(&case), ["leave readers", "delete denial"]);
    case.apply().check("");
}

/// The same for a group that denies, a managed policy that denies, and a role.
#[test]
fn denials_go_after_the_rights_that_they_limit() {
    let mut case = Case::new();
    let guard = case.policy("/", "guard", DENY).arn.clone();
    let admin: PolicyArn = "arn:aws:iam::aws:policy/AdministratorAccess"
        .parse()
        .unwrap();
    let group = case.group("limited");
    let denial = [("denial".parse().unwrap(), document(DENY))];
    group.grants.inline.extend(denial.clone());
    case.group("admins").grants.attached.insert(admin.clone());
    let alice = case.user("alice");
    alice.groups = ["limited".parse().unwrap()].into();
    alice.grants.attached = [guard.clone(), admin.clone()].into();
    let bob = case.user("bob");
    bob.groups = ["admins".parse().unwrap()].into();
    bob.grants.inline.extend(denial);
    case.role("Reader").grants.attached = [guard.clone(), admin.clone()].into();
    let mut case = case.apply();
    case.user("alice").groups.clear();
    case.user("alice").grants.attached = [guard.clone()].into();
    case.user("bob").grants = Default::default();
    case.group("admins").grants.attached.clear();
    case.role("Reader").grants.attached = [guard].into();
    case.desired
        .account
        .policies
        .values_mut()
        .for_each(|policy| {
            policy.document = document(ALLOW);
        });
    assert_eq!(
        calls(&case),
        [
            "write guard",
            "detach AdministratorAccess",
            "detach AdministratorAccess",
            "detach AdministratorAccess",
            "leave limited",
            "write guard",
            "delete denial",
        ]
    );
    case.apply().check("");
}
