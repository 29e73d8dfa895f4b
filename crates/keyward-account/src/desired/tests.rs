use std::time::Duration;

use keyward_iam::catalogue::Catalogue;
use keyward_iam::model::{Account, Gathered};
use keyward_iam::{ActionPattern, Context, Mfa, Request, evaluate, needs_no_permission};

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
        assert!(!arns.contains(&super::GUARD_POLICY), "{}", role.name);
    }
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
    assert_eq!(names, [super::SELF_SERVICE_POLICY]);
}

#[test]
fn the_actions_that_read_secrets_are_known() {
    let catalogue = Catalogue::built_in();
    for text in super::SECRET_READING {
        let pattern = ActionPattern::parse(text).unwrap();
        assert!(catalogue.matching(&pattern).next().is_some(), "{text}");
    }
}
