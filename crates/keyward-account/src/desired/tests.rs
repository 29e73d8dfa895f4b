use std::time::Duration;

use keyward_iam::catalogue::Catalogue;
use keyward_iam::model::{Account, Gathered};
use keyward_iam::{ActionPattern, Context, Mfa, Request, evaluate, needs_no_permission};

use super::assume::{managed_name, number_of};
use super::{Desired, render};
use crate::blueprint::Blueprint;

/// The contract's own example, without its recipients.
const EXAMPLE: &str = r#"
version = 1

[account]
id = "123456789012"
alias = "example-team"
profile = "admin"

[password_policy]
min_length = 32

[groups.admins]
assume = ["ReadOnly", "Administrator"]

[roles.ReadOnly]
managed = ["ReadOnlyAccess"]

[roles.Administrator]
managed = ["AdministratorAccess"]
mfa_max_age = "1h"
max_session = "1h"

[users.alice]
path = "/team/"
groups = ["admins"]
pgp = "keybase:alice"
password = true
access_key = true
"#;

fn rendered(text: &str) -> Vec<Desired> {
    let blueprint = Blueprint::parse(text);
    render(&blueprint.unwrap_or_else(|error| panic!("{:#?}", error.problems)))
}

fn only(text: &str) -> Desired {
    let mut all = rendered(text);
    assert_eq!(all.len(), 1);
    all.remove(0)
}

fn context(user: &str, mfa: Mfa) -> Context {
    let mut context = Context::new();
    context.set("aws:username", user);
    mfa.set_keys(&mut context);
    context
}

fn session(seconds: u64) -> Mfa {
    Mfa::Session {
        age: Duration::from_secs(seconds),
    }
}

fn allowed(account: &Account, user: &str, action: &str, resource: &str, mfa: Mfa) -> bool {
    let gathered = Gathered::of_user(account, &account.users[&user.parse().unwrap()]);
    let context = context(user, mfa);
    let action = action.parse().unwrap();
    let request = Request {
        action: &action,
        resource: &resource.parse().unwrap(),
        context: &context,
    };
    needs_no_permission(&action) || evaluate(&gathered.permissions(), &request).is_allowed()
}

const WITHOUT: [Mfa; 2] = [Mfa::LongTermKey, Mfa::SessionWithout];
const ALICE: &str = "arn:aws:iam::123456789012:user/team/alice";
const BOB: &str = "arn:aws:iam::123456789012:user/team/bob";

#[test]
fn a_role_is_assumed_with_a_fresh_code_only() {
    let account = only(EXAMPLE).account;
    let admin = "arn:aws:iam::123456789012:role/Administrator";
    let may = |mfa| allowed(&account, "alice", "sts:AssumeRole", admin, mfa);
    assert!(may(session(60)));
    assert!(!may(session(3600)));
    assert!(!may(Mfa::LongTermKey));
    assert!(!may(Mfa::SessionWithout));
}

#[test]
fn a_role_that_is_not_listed_is_not_assumed() {
    let account = only(EXAMPLE).account;
    let other = "arn:aws:iam::123456789012:role/Other";
    let fresh = session(1);
    assert!(!allowed(&account, "alice", "sts:AssumeRole", other, fresh));
}

#[test]
fn a_user_with_every_right_can_only_enrol_without_mfa() {
    let text = format!(
        "{EXAMPLE}\n[users.alice.inline.everything]\nEffect = \"Allow\"\nAction = \"*\"\nResource = \"*\"\n"
    );
    let account = only(&text).account;
    for mfa in WITHOUT {
        for action in [
            "ec2:RunInstances",
            "iam:CreateAccessKey",
            "iam:DeactivateMFADevice",
        ] {
            assert!(!allowed(&account, "alice", action, ALICE, mfa), "{action}");
        }
        for action in ["iam:ChangePassword", "iam:EnableMFADevice", "iam:GetUser"] {
            assert!(allowed(&account, "alice", action, ALICE, mfa), "{action}");
            assert!(!allowed(&account, "alice", action, BOB, mfa), "{action}");
        }
        let device = |name| format!("arn:aws:iam::123456789012:mfa/{name}");
        let create = "iam:CreateVirtualMFADevice";
        assert!(allowed(&account, "alice", create, &device("alice"), mfa));
        assert!(allowed(&account, "alice", create, &device("alice-2"), mfa));
        assert!(!allowed(&account, "alice", create, &device("bob"), mfa));
    }
}

#[test]
fn a_user_replaces_keys_and_devices_with_mfa() {
    let account = only(EXAMPLE).account;
    let fresh = session(60);
    for action in [
        "iam:CreateAccessKey",
        "iam:DeleteAccessKey",
        "iam:DeactivateMFADevice",
    ] {
        assert!(allowed(&account, "alice", action, ALICE, fresh), "{action}");
        assert!(!allowed(&account, "alice", action, BOB, fresh), "{action}");
    }
}

#[test]
fn what_the_blueprint_makes_is_marked() {
    let desired = only(EXAMPLE);
    let account = &desired.account;
    let tag = ("keyward:blueprint".to_owned(), "main".to_owned());
    let user = account.users.values().next().unwrap();
    assert_eq!(user.tags.iter().next().unwrap(), (&tag.0, &tag.1));
    let group = account.groups.values().next().unwrap();
    let mark = crate::ownership::blueprint_of_group(group).unwrap();
    assert_eq!(mark.as_str(), "main");
    assert!(desired.adopted.is_empty());
}

#[test]
fn self_service_reaches_users_through_groups_or_directly() {
    let text = format!("{EXAMPLE}\n[users.carol]\n");
    let account = only(&text).account;
    let attached = |user: &str| account.users[&user.parse().unwrap()].grants.attached.len();
    assert_eq!(attached("alice"), 0);
    assert_eq!(attached("carol"), 2);
    assert_eq!(
        account
            .groups
            .values()
            .next()
            .unwrap()
            .grants
            .attached
            .len(),
        2
    );
    for role in account.roles.values() {
        let arns: Vec<&str> = role
            .grants
            .attached
            .iter()
            .map(|arn| arn.policy_name())
            .collect();
        let guards = arns
            .iter()
            .filter(|name| name.starts_with(super::GUARD_POLICY));
        assert_eq!(guards.count(), 0, "{}", role.name);
    }
}

#[test]
fn github_comes_in_by_its_provider_and_exactly_its_subjects() {
    let account = "version = 1\n[account]\nid = \"123456789012\"\n";
    let trust = |subjects: &str| {
        let desired = only(&format!("{account}[roles.deploy]\ngithub = [{subjects}]\n"));
        let role = desired.account.roles.into_values().next().unwrap();
        let provider = desired.account.oidc_providers.into_values().next().unwrap();
        assert_eq!(
            provider.issuer.as_str(),
            "token.actions.githubusercontent.com"
        );
        assert_eq!(
            provider.audiences.iter().next().unwrap(),
            "sts.amazonaws.com"
        );
        role.trust.to_json()
    };
    assert_eq!(
        trust("\"example/app:ref:refs/heads/main\""),
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"GitHubActions","Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com","token.actions.githubusercontent.com:sub":"repo:example/app:ref:refs/heads/main"}}}]}"#
    );
    assert_eq!(
        trust("\"example/app:ref:refs/tags/v*\""),
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"GitHubActions","Effect":"Allow","Principal":{"Federated":"arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"token.actions.githubusercontent.com:aud":"sts.amazonaws.com"},"StringLike":{"token.actions.githubusercontent.com:sub":"repo:example/app:ref:refs/tags/v*"}}}]}"#
    );
}

#[test]
fn people_and_services_may_share_a_role() {
    let text = EXAMPLE.replace(
        "[roles.ReadOnly]\n",
        "[roles.ReadOnly]\nservices = [\"ec2.amazonaws.com\"]\n",
    );
    let role = only(&text).account.roles[&"ReadOnly".parse().unwrap()].clone();
    assert_eq!(
        role.trust.to_json(),
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"PeopleWithMfa","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::123456789012:root"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:MultiFactorAuthPresent":"true"}}},{"Sid":"Services","Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#
    );
    let text = "version = 1\n[account]\nid = \"123456789012\"\n[roles.r]\nservices = \"ec2.amazonaws.com\"\n";
    let role = only(text).account.roles.into_values().next().unwrap();
    assert!(
        !role.trust.to_json().contains(":root"),
        "no user may assume it with MFA"
    );
}

#[test]
fn a_provider_that_exists_is_adopted() {
    let text = r#"
version = 1
[account]
id = "123456789012"
[roles.deploy]
github = "example/app:environment:production"
[oidc_providers."token.actions.githubusercontent.com"]
adopted = true
audiences = ["sts.amazonaws.com", "other"]
"#;
    let desired = only(text);
    let provider = desired.account.oidc_providers.values().next().unwrap();
    assert_eq!(provider.audiences.len(), 2);
    assert!(provider.tags.is_empty());
    let entity = super::Entity::OidcProvider(provider.issuer.clone());
    assert!(desired.adopted.contains(&entity));
}

#[test]
fn the_guard_can_be_turned_off() {
    let text = format!("{EXAMPLE}\n[self_service]\nguard = false\n");
    let account = only(&text).account;
    let own = account
        .policies
        .values()
        .filter(|policy| !policy.arn.is_aws_managed());
    let names: Vec<&str> = own.map(|policy| policy.name.as_str()).collect();
    assert_eq!(names, ["keyward-self-service-main"]);
}

#[test]
fn the_actions_that_read_secrets_are_known() {
    let catalogue = Catalogue::built_in();
    for text in super::SECRET_READING {
        let pattern = ActionPattern::parse(text).unwrap();
        assert!(catalogue.matching(&pattern).next().is_some(), "{text}");
    }
}

/// Twelve roles in fifty accounts are more than the inline policies of a group hold.
fn many_roles(accounts: usize) -> String {
    let mut text =
        "version = 1\n[accounts.people]\nid = \"123456789012\"\nusers = true\n".to_owned();
    for number in 0..accounts {
        text += &format!(
            "[accounts.a{number}]\nid = \"{:012}\"\n",
            200_000_000_000 + number
        );
    }
    let names: Vec<String> = (0..12).map(|number| format!("\"Role{number}\"")).collect();
    text += &format!("[groups.admins]\nassume = [{}]\n", names.join(", "));
    for number in 0..12 {
        let age = ["1h", "4h"][number % 2];
        text += &format!(
            "[roles.Role{number}]\nmanaged = [\"ReadOnlyAccess\"]\nmfa_max_age = \"{age}\"\n"
        );
    }
    text + "[users.alice]\ngroups = [\"admins\"]\n"
}

fn people(text: &str) -> Account {
    let mut accounts = rendered(text).into_iter().map(|it| it.account);
    accounts.find(|account| !account.users.is_empty()).unwrap()
}

#[test]
fn roles_that_do_not_fit_inline_are_in_managed_policies() {
    let account = &people(&many_roles(50));
    let group = &account.groups[&"admins".parse().unwrap()];
    let inline = group.grants.inline.values().map(|it| it.to_json().len());
    assert!(inline.sum::<usize>() < 200);
    let own = account.policies.values().filter(|policy| {
        let size = keyward_iam::size::non_whitespace_chars(&policy.document.to_json());
        assert!(
            policy.arn.is_aws_managed() || size <= 6144,
            "{}: {size}",
            policy.name
        );
        policy.name.as_str().starts_with("keyward-assume-admins-")
    });
    assert!((5..=8).contains(&own.count()));

    // Every role is there, with the age of its code.
    let alice = &account.users[&"alice".parse().unwrap()];
    let gathered = Gathered::of_user(account, alice);
    let may = |role: &str, age: u64| {
        let context = context("alice", session(age));
        let request = Request {
            action: &"sts:AssumeRole".parse().unwrap(),
            resource: &role.parse().unwrap(),
            context: &context,
        };
        evaluate(&gathered.permissions(), &request).is_allowed()
    };
    for number in 0..50 {
        for (role, age) in [("Role0", 3599), ("Role11", 14_399)] {
            let arn = format!(
                "arn:aws:iam::{:012}:role/{role}",
                200_000_000_000_u64 + number
            );
            assert!(may(&arn, age), "{arn}");
            assert!(!may(&arn, age + 1), "{arn}");
        }
    }
    assert!(!may("arn:aws:iam::200000000000:role/Other", 60));
    let few = &people(&many_roles(2));
    let managed = few.policies.keys();
    let managed = managed.filter(|arn| arn.policy_name().starts_with("keyward-assume-"));
    assert_eq!(managed.count(), 0);
}

#[test]
fn more_roles_than_a_group_can_hold_are_refused_with_a_way_out() {
    let error = Blueprint::parse(&many_roles(120)).unwrap_err();
    let problems: Vec<String> = error.problems.iter().map(ToString::to_string).collect();
    assert_eq!(problems.len(), 1, "{problems:?}");
    let end = "managed policies, and AWS accepts 10; make two groups, each with fewer roles under `assume`";
    assert!(problems[0].ends_with(end), "{problems:?}");
}

#[test]
fn the_names_of_policies_with_roles_are_reserved() {
    let text = "version = 1\n[account]\nid = \"123456789012\"\n[policies.keyward-assume-x]\ndocument = '{\"Version\":\"2012-10-17\",\"Statement\":[{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}]}'\n";
    let error = Blueprint::parse(text).unwrap_err();
    assert!(error.problems[0].to_string().contains("is reserved"));
    // One that was there before is left alone, unless a group needs its name.
    let adopted = |name: &str| {
        format!(
            "\n[policies.{name}]\nadopted = true\ndocument = '{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Deny\",\"Action\":\"*\",\"Resource\":\"*\"}}]}}'\n"
        )
    };
    let many = many_roles(50);
    let read = Blueprint::parse(&format!("{many}{}", adopted("keyward-assume-ops")));
    assert!(read.is_ok(), "{read:?}");
    let read = Blueprint::parse(&format!("{many}{}", adopted("Keyward-assume-admins-1")));
    let problems = read.unwrap_err().problems;
    assert!(
        problems[0].to_string().contains("is reserved"),
        "{problems:?}"
    );
    // It would be in place of the policy with the roles.
    let there = adopted("keyward-assume-admins-1") + "path = \"/keyward/main/\"\n";
    let problems = Blueprint::parse(&format!("{many}{there}"))
        .unwrap_err()
        .problems;
    assert_eq!(problems.len(), 1, "{problems:?}");
    assert!(
        problems[0].to_string().contains("is reserved"),
        "{problems:?}"
    );
}

#[test]
fn the_number_of_a_policy_fits_its_name() {
    let group = "g".repeat(128).parse().unwrap();
    for number in [1, 9999] {
        let name = managed_name(&group, number);
        assert_eq!(number_of(&group, name.as_str()), Some(number));
    }
    assert_eq!(number_of(&group, "limits-20270101"), None);
}
