//! Removals, and what they leave.

use keyward_iam::model::{OidcProvider, Role, User};

use super::cases::{ALLOW, Case, DENY, READ, document, managed, shown};
use crate::desired::Entity;
use crate::plan::{Operation, destroy};

/// A user in a group with a policy, and a role.
fn team() -> Case {
    let mut case = Case::new();
    let policy = case.policy("/", "work", ALLOW).arn.clone();
    case.group("admins").grants.attached.insert(policy);
    let alice = case.user("alice");
    alice.groups.insert("admins".parse().unwrap());
    case.role("Reader")
        .grants
        .attached
        .insert(READ.parse().unwrap());
    case
}

#[test]
fn what_the_blueprint_no_longer_describes_goes_in_the_order_of_aws() {
    let mut case = team().apply();
    let reader = case.live.account.roles.values_mut().next().unwrap();
    reader.instance_profiles.push("web".to_owned());
    let account = &mut case.desired.account;
    account.users.clear();
    account.groups.clear();
    account.roles.clear();
    account.policies.clear();
    case.check(
        "
Deletions
  - user `alice`
      - group `admins`
      - every credential
  - group `admins`
      - inline policy `keyward`
      - policy `work`: detached
  - role `Reader`
      - policy `ReadOnlyAccess`: detached
      - instance profile `web`
  - policy `work`",
    );
    let case = case.apply();
    case.check("");
    assert!(case.live.account.users.is_empty() && case.live.account.policies.is_empty());
}

#[test]
fn a_policy_that_goes_is_detached_from_whatever_holds_it_and_says_so() {
    let mut case = team().apply();
    let mut zoe = User::new("zoe".parse().unwrap());
    let work = case.live.account.policies.keys().next().unwrap().clone();
    zoe.grants.attached.insert(work);
    case.live.account.users.insert(zoe.name.clone(), zoe);
    case.desired.account.policies.clear();
    case.group("admins").grants.attached.clear();
    case.check(
        "
Groups
  ~ group `admins`
      - policy `work`: detached
Deletions
  - policy `work`
      - detached from user `zoe`, which this blueprint does not manage",
    );
    case.apply().check("");
}

#[test]
fn a_policy_that_limits_an_unmanaged_user_cannot_be_deleted() {
    let mut case = team().apply();
    let mut zoe = User::new("zoe".parse().unwrap());
    let work = case.live.account.policies.keys().next().unwrap().clone();
    zoe.grants.boundary = Some(work);
    case.live.account.users.insert(zoe.name.clone(), zoe);
    let expected = "policy `work` is the permissions boundary of user `zoe`, which this \
                    blueprint does not manage: remove the boundary there first, or keep the policy";
    let problems = destroy(&case.desired, &case.live).unwrap_err();
    assert_eq!(problems.to_string(), expected);
    case.desired.account.policies.clear();
    case.group("admins").grants.attached.clear();
    case.check_problems(&[expected]);
}

#[test]
fn a_group_is_recognised_until_it_is_gone() {
    let mut case = team().apply();
    case.desired.account.users.clear();
    case.desired.account.groups.clear();
    let plan = case.plan().unwrap();
    let mut now = crate::plan::simulate::Simulation::new(&case.live);
    for operation in plan.operations() {
        if matches!(operation, Operation::DeleteGroup(_)) {
            break;
        }
        now.apply(operation).unwrap();
    }
    case.live = now.snapshot(&case.live);
    case.check(
        "
Deletions
  - group `admins`",
    );
}

#[test]
fn destroy_removes_what_was_made_and_leaves_what_was_adopted() {
    let mut case = team();
    case.desired.account.alias = Some("example-team".parse().unwrap());
    case.desired.account.password_policy = Some(Default::default());
    case.user("zoe");
    let zoe = User::new("zoe".parse().unwrap());
    case.live.account.users.insert(zoe.name.clone(), zoe);
    case.adopt(Entity::User("zoe".parse().unwrap()));
    let guard = case.policy("/", "guard", DENY).arn.clone();
    case.user("zoe").grants.attached.insert(guard);
    let theirs = managed("/".parse().unwrap(), "theirs", ALLOW);
    case.live
        .account
        .policies
        .insert(theirs.arn.clone(), theirs);
    let mut case = case.apply();
    case.desired.account.roles.clear();
    let plan = destroy(&case.desired, &case.live).unwrap();
    assert_eq!(
        shown(&plan),
        "\
Account
  - alias `example-team`
  - password policy
      - the account falls back to AWS's own rules
Deletions
  - user `alice`
      - group `admins`
      - every credential
  - group `admins`
      - inline policy `keyward`
      - policy `work`: detached
  - role `Reader`
      - policy `ReadOnlyAccess`: detached
  - policy `work`
  - policy `guard`
      - detached from user `zoe`"
    );
}

#[test]
fn destroy_leaves_settings_that_were_changed_since() {
    let mut case = Case::new();
    case.desired.account.alias = Some("example-team".parse().unwrap());
    case.live.account.alias = Some("their-team".parse().unwrap());
    assert!(destroy(&case.desired, &case.live).unwrap().is_empty());
}

#[test]
fn a_holder_that_goes_does_not_stop_a_policy_from_moving() {
    let mut case = Case::new();
    let look = case.policy("/", "look", ALLOW).arn.clone();
    case.role("Old").grants.attached.insert(look.clone());
    case.user("zoe").grants.boundary = Some(look.clone());
    let mut case = case.apply();
    let account = &mut case.desired.account;
    account.roles.clear();
    account.users.clear();
    account.policies.clear();
    case.policy("/a/", "look", ALLOW);
    // zoe leaves, and is not deleted yet.
    let zoe = case.live.account.users.values_mut().next().unwrap();
    let date = "2999-01-01T00:00:00Z".to_owned();
    zoe.tags.insert("keyward:delete-after".to_owned(), date);
    case.check(
        "
Policies and identity providers
  ~ policy `look`
      ~ path `/keyward/main/` becomes `/keyward/main/a/`: the policy is deleted and created again
      ~ permissions boundary of user `zoe`: `AWSDenyAll`
      - detached from role `Old`
Deletions
  - role `Old`",
    );
    case.apply().check("");
}

const ISSUER: &str = "token.example.com";

/// A role of the account's own with this principal in its trust policy.
fn with_stranger(case: &mut Case, principal: &str) {
    let trust = format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{principal}}}]}}"#
    );
    let stranger = Role::new("Hand".parse().unwrap(), document(&trust));
    let roles = &mut case.live.account.roles;
    roles.insert(stranger.name.clone(), stranger);
}

#[test]
fn a_provider_that_a_role_of_the_account_needs_stays_and_is_no_longer_marked() {
    let mut case = Case::new();
    let provider = OidcProvider {
        issuer: ISSUER.parse().unwrap(),
        audiences: ["sts.amazonaws.com".to_owned()].into(),
        thumbprints: Default::default(),
        tags: [case.desired.blueprint.tag()].into(),
    };
    let providers = &mut case.desired.account.oidc_providers;
    providers.insert(provider.issuer.clone(), provider);
    let mut case = case.apply();
    case.desired.account.oidc_providers.clear();
    case.check("\nDeletions\n  - identity provider `token.example.com`");
    let federated =
        format!(r#"{{"Federated":"arn:aws:iam::123456789012:oidc-provider/{ISSUER}"}}"#);
    with_stranger(&mut case, &federated);
    let stays = "
Deletions
  ~ identity provider `token.example.com`
      - tag `keyward:blueprint`: the provider stays, because it is trusted by `Hand`, which this blueprint does not manage";
    case.check(stays);
    let end = destroy(&case.desired, &case.live).unwrap();
    assert_eq!(shown(&end), stays.trim());
    let case = case.apply();
    case.check("");
    assert_eq!(case.live.account.oidc_providers.len(), 1);
}

#[test]
fn a_role_of_the_account_that_trusts_what_goes_is_named() {
    let mut case = team().apply();
    with_stranger(
        &mut case,
        r#"{"AWS":["arn:aws:iam::123456789012:role/Reader","arn:aws:iam::123456789012:user/alice"]}"#,
    );
    case.role("Reader").path = "/b/".parse().unwrap();
    let line = "- trusted by role `Hand`, which this blueprint does not manage";
    assert_eq!(case.shown().matches(line).count(), 1, "{}", case.shown());
    case.desired.account.roles.clear();
    case.desired.account.users.clear();
    assert_eq!(case.shown().matches(line).count(), 2, "{}", case.shown());
}
