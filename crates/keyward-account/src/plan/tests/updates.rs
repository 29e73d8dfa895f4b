//! Creation and drift.

use std::time::Duration;

use keyward_iam::model::{OidcProvider, PasswordPolicy, Requirement, User};

use super::cases::{ALLOW, Case, DENY, READ, document, managed, version};
use crate::plan::{Operation, PrincipalName};

/// A user in a group that may assume a role, with a guard.
fn team() -> Case {
    let mut case = Case::new();
    let guard = case.policy("/", "guard", DENY).arn.clone();
    let admins = case.group("admins");
    admins.grants.attached.insert(guard);
    let alice = case.user("alice");
    alice.path = "/team/".parse().unwrap();
    alice.groups.insert("admins".parse().unwrap());
    let reader = case.role("Reader");
    reader.grants.attached.insert(READ.parse().unwrap());
    reader.max_session = Some(Duration::from_secs(7200));
    case
}

#[test]
fn everything_is_created_in_the_order_of_its_stages() {
    team().check(
        "
Policies and identity providers
  + policy `guard`
      + document: statement `Guard` denies `s3:*` on `*` if `BoolIfExists aws:MultiFactorAuthPresent` is `false`
Roles
  + role `Reader`
      + `max_session` 2h
      + trust policy: statement 1 allows `sts:AssumeRole` for `123456789012`
      + policy `ReadOnlyAccess`: attached
Groups
  + group `admins`
      + policy `guard`: attached
      + mark of blueprint `main`, which grants nothing
Users
  + user `alice`
      + path `/team/`
Memberships
  + membership `alice`
      + group `admins`",
    );
}

#[test]
fn tags_of_new_entities_are_in_the_plan_without_the_mark() {
    let mut case = Case::new();
    let team = ("team".to_owned(), "blue".to_owned());
    case.user("alice").tags.extend([team.clone()]);
    case.role("Reader").tags.extend([team.clone()]);
    let policy = case.policy("/", "read", ALLOW);
    policy.tags.extend([team.clone()]);
    let provider = OidcProvider {
        issuer: "token.example.com".parse().unwrap(),
        audiences: ["sts.amazonaws.com".to_owned()].into(),
        thumbprints: Default::default(),
        tags: [case.desired.blueprint.tag(), team].into(),
    };
    let providers = &mut case.desired.account.oidc_providers;
    providers.insert(provider.issuer.clone(), provider);
    case.check(
        "
Policies and identity providers
  + identity provider `token.example.com`
      + audience `sts.amazonaws.com`
      + tag `team` is `blue`
  + policy `read`
      + document: statement `Read` allows `s3:GetObject` on `*`
      + tag `team` is `blue`
Roles
  + role `Reader`
      + tag `team` is `blue`
      + trust policy: statement 1 allows `sts:AssumeRole` for `123456789012`
Users
  + user `alice`
      + tag `team` is `blue`",
    );
    case.apply().check("");
}

#[test]
fn a_plan_after_its_own_application_is_empty() {
    team().apply().check("");
}

#[test]
fn changes_by_hand_are_named_and_nothing_else() {
    let mut case = team().apply();
    let account = &mut case.live.account;
    let alice = account.users.values_mut().next().unwrap();
    alice.grants.attached.insert(
        "arn:aws:iam::aws:policy/AdministratorAccess"
            .parse()
            .unwrap(),
    );
    alice
        .grants
        .inline
        .insert("mine".parse().unwrap(), document(ALLOW));
    alice.groups.clear();
    alice.tags.insert("Team".to_owned(), "theirs".to_owned());
    let guard = account.policies.values_mut().next().unwrap();
    guard.document = document(&DENY.replace("s3:*", "s3:Get*"));
    account.roles.values_mut().next().unwrap().max_session = Some(Duration::from_secs(3600));
    case.check(
        "
Policies and identity providers
  ~ policy `guard`
      - document: statement `Guard`: action `s3:Get*`
      + document: statement `Guard`: action `s3:*`
Roles
  ~ role `Reader`
      ~ `max_session` 1h becomes 2h
Memberships
  + membership `alice`
      + group `admins`
Policies and limits that go
  ~ user `alice`
      - policy `AdministratorAccess`: detached
      - inline policy `mine`: statement `Read` allows `s3:GetObject` on `*`",
    );
    case.apply().check("");
}

#[test]
fn tags_of_the_blueprint_are_compared_by_key_without_regard_to_case() {
    let mut case = team().apply();
    let alice = case.live.account.users.values_mut().next().unwrap();
    alice.tags.insert("team".to_owned(), "red".to_owned());
    case.user("alice")
        .tags
        .insert("Team".to_owned(), "red".to_owned());
    case.check("");
    case.user("alice")
        .tags
        .insert("Team".to_owned(), "blue".to_owned());
    case.check(
        "
Users
  ~ user `alice`
      ~ tag `Team` `red` becomes `blue`",
    );
    case.apply().check("");
}

#[test]
fn keys_of_tags_of_a_provider_differ_by_case() {
    let mut case = team();
    let provider = OidcProvider {
        issuer: "issuer.example.com".parse().unwrap(),
        audiences: ["a".to_owned()].into_iter().collect(),
        thumbprints: Default::default(),
        tags: [
            case.desired.blueprint.tag(),
            ("Team".to_owned(), "red".to_owned()),
        ]
        .into(),
    };
    let providers = &mut case.desired.account.oidc_providers;
    providers.insert(provider.issuer.clone(), provider);
    let mut case = case.apply();
    let live = case
        .live
        .account
        .oidc_providers
        .values_mut()
        .next()
        .unwrap();
    live.tags.remove("Team");
    live.tags.insert("team".to_owned(), "red".to_owned());
    case.check(
        "
Policies and identity providers
  ~ identity provider `issuer.example.com`
      + tag `Team` is `red`",
    );
    let case = case.apply();
    case.check("");
    let tags = &case
        .live
        .account
        .oidc_providers
        .values()
        .next()
        .unwrap()
        .tags;
    assert!(
        tags.contains_key("team") && tags.contains_key("Team"),
        "{tags:?}"
    );
}

#[test]
fn a_user_of_the_accounts_own_leaves_a_managed_group_and_is_not_touched_otherwise() {
    let mut case = team().apply();
    let mut zoe = keyward_iam::model::User::new("zoe".parse().unwrap());
    zoe.groups.insert("admins".parse().unwrap());
    zoe.grants.attached.insert(READ.parse().unwrap());
    case.live.account.users.insert(zoe.name.clone(), zoe);
    case.check(
        "
Memberships
  - membership `zoe`
      - group `admins`",
    );
    assert_eq!(case.plan().unwrap().calls(), 1);
    case.live.caller = "arn:aws:iam::123456789012:user/zoe".parse().unwrap();
    case.check("");
}

#[test]
fn the_oldest_version_makes_room_for_a_sixth() {
    let mut case = team().apply();
    let guard = case.live.account.policies.values_mut().next().unwrap();
    guard.versions = vec![
        version(11, false),
        version(9, false),
        version(2, true),
        version(10, false),
        version(12, false),
    ];
    case.policy("/", "guard", ALLOW);
    let guard = case.desired.account.policies.values_mut().next().unwrap();
    guard.document = document(ALLOW);
    let plan = case.plan().unwrap();
    let operations: Vec<&Operation> = plan.operations().collect();
    assert!(matches!(
        operations[..],
        [Operation::DeletePolicyVersion { version, .. }, Operation::CreatePolicyVersion { .. }]
            if version.as_str() == "v9"
    ));
}

#[test]
fn another_path_moves_users_and_groups_and_replaces_roles_and_policies() {
    let mut case = team().apply();
    case.user("alice").path = "/".parse().unwrap();
    case.group("admins").path = "/a/".parse().unwrap();
    case.role("Reader").path = "/b/".parse().unwrap();
    case.desired.account.policies.clear();
    let guard = case.policy("/c/", "guard", DENY).arn.clone();
    case.group("admins").grants.attached = [guard].into();
    case.check(
        "
Policies and identity providers
  ~ policy `guard`
      ~ path `/keyward/main/` becomes `/keyward/main/c/`: the policy is deleted and created again
      ~ group `admins`: detached and attached again, with inline policy `keyward-instead-of-guard` in the meantime
Roles
  ~ role `Reader`
      ~ path `/` becomes `/b/`: the role is deleted and created again
      + path `/b/`
      + `max_session` 2h
      + trust policy: statement 1 allows `sts:AssumeRole` for `123456789012`
      + policy `ReadOnlyAccess`: attached
Groups
  ~ group `admins`
      ~ path `/` becomes `/a/`
Users
  ~ user `alice`
      ~ path `/team/` becomes `/`",
    );
    let plan = case.plan().unwrap();
    assert!(plan.operations().any(|operation| matches!(
        operation,
        Operation::AttachPolicy { to: PrincipalName::Group(_), policy }
            if policy.as_str().ends_with("/keyward/main/c/guard")
    )));
    case.apply().check("");
}

#[test]
fn a_role_in_an_instance_profile_keeps_its_path() {
    let mut case = team().apply();
    let reader = case.live.account.roles.values_mut().next().unwrap();
    reader.instance_profiles.push("web".to_owned());
    case.role("Reader").path = "/b/".parse().unwrap();
    case.check_problems(&[
        "role `Reader` cannot get another path while instance profile `web` holds it: remove \
         it from there first, or keep the path",
    ]);
}

#[test]
fn settings_are_compared_whole_and_left_alone_where_the_blueprint_is_silent() {
    let mut case = Case::new();
    case.live.account.alias = Some("old-team".parse().unwrap());
    case.live.account.password_policy = Some(PasswordPolicy::default());
    case.check("");
    case.desired.account.alias = Some("new-team".parse().unwrap());
    case.desired.account.password_policy = Some(PasswordPolicy {
        minimum_length: 32,
        symbols: Requirement::On,
        max_age_days: Some(90),
        ..PasswordPolicy::default()
    });
    case.check(
        "
Account
  ~ alias `new-team`
      ~ `old-team` becomes `new-team`
  ~ password policy
      ~ `min_length` 6 becomes 32
      ~ `require_symbols` false becomes true
      ~ `max_age_days` none becomes 90",
    );
    case.apply().check("");
}

#[test]
fn a_new_session_length_keeps_the_description_of_the_account() {
    let mut case = team().apply();
    let reader = case.live.account.roles.values_mut().next().unwrap();
    reader.description = Some("theirs".to_owned());
    case.role("Reader").max_session = Some(Duration::from_secs(3600));
    let plan = case.plan().unwrap();
    assert!(plan.operations().any(|operation| matches!(
        operation,
        Operation::UpdateRole { description: Some(kept), max_session: Some(_), .. } if kept == "theirs"
    )));
    case.apply().check("");
}

#[test]
fn a_policy_that_limits_an_unmanaged_user_keeps_its_path() {
    let mut case = team().apply();
    let guard = case.live.account.policies.keys().next().unwrap().clone();
    let mut zoe = User::new("zoe".parse().unwrap());
    zoe.grants.boundary = Some(guard.clone());
    case.live.account.users.insert(zoe.name.clone(), zoe);
    case.desired.account.policies.clear();
    let moved = case.policy("/c/", "guard", DENY).arn.clone();
    case.group("admins").grants.attached = [moved].into();
    let limit = "policy `guard` is the permissions boundary of user `zoe`, which this blueprint does \
                 not manage: remove the boundary there first, or keep the policy";
    case.check_problems(&[limit]);
    assert_eq!(case.plan().unwrap_err().0.len(), 1);
    let zoe = case.live.account.users.values_mut().last().unwrap();
    zoe.grants.attached.insert(guard);
    case.check_problems(&[
        "policy `guard` cannot get another path while it is attached to user `zoe`, which this \
         blueprint does not manage: detach it there first, or keep the path",
        limit,
    ]);
}

#[test]
fn a_session_length_is_shown_in_full() {
    let mut case = team().apply();
    case.role("Reader").max_session = Some(Duration::from_secs(7201));
    case.check(
        "
Roles
  ~ role `Reader`
      ~ `max_session` 2h becomes 2h 1s",
    );
}

#[test]
fn a_plan_is_stale_once_a_policy_that_it_attaches_has_changed() {
    let mut case = Case::new();
    let used = managed("/".parse().unwrap(), "theirs", ALLOW);
    let role = case.role("Reader");
    role.grants.attached.insert(used.arn.clone());
    case.live
        .account
        .policies
        .insert(used.arn.clone(), used.clone());
    let plan = case.plan().unwrap();
    assert_eq!(plan.check_fresh(&case.live), Ok(()));
    let live = case.live.account.policies.get_mut(&used.arn).unwrap();
    live.document = document(DENY);
    let stale = plan.check_fresh(&case.live).unwrap_err();
    assert!(stale.to_string().contains("policy `theirs`"), "{stale}");
}
