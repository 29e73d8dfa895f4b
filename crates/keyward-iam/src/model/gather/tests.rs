//! Laws for users and roles of a small account.

use keyward_core::id::PolicyArn;

use super::{Boundary, Gathered, UnknownPolicy, UnknownReason};
use crate::evaluate::{ControlLevel, Holder, PolicySource, is_allowed};
use crate::model::{Account, Document, Group, ManagedPolicy, Role, Tags, User};
use crate::request::{Context, Request};
use crate::testing::{action, policy, resource};

const OWN: &str = "arn:aws:iam::123456789012:policy/Own";
const AWS: &str = "arn:aws:iam::aws:policy/ReadOnlyAccess";

fn arn(text: &str) -> PolicyArn {
    text.parse().unwrap()
}

fn allow(actions: &str) -> Document {
    policy(&format!(
        r#"{{"Effect":"Allow","Action":"{actions}","Resource":"*"}}"#
    ))
    .into()
}

fn account() -> Account {
    let mut account = Account::empty("123456789012".parse().unwrap());
    let managed = ManagedPolicy {
        arn: arn(OWN),
        name: "Own".parse().unwrap(),
        path: "/".parse().unwrap(),
        document: allow("s3:*"),
        versions: Vec::new(),
        tags: Tags::new(),
    };
    account.policies.insert(arn(OWN), managed);
    let mut group = Group::new("readers".parse().unwrap());
    group.grants.attached.insert(arn(OWN));
    group
        .grants
        .inline
        .insert("ec2".parse().unwrap(), allow("ec2:*"));
    account.groups.insert(group.name.clone(), group);
    account
}

fn alice() -> User {
    let mut user = User::new("alice".parse().unwrap());
    user.groups.insert("readers".parse().unwrap());
    user.grants
        .inline
        .insert("iam".parse().unwrap(), allow("iam:*"));
    user
}

fn allowed(gathered: &Gathered<'_>, text: &str) -> bool {
    let request = Request {
        action: &action(text),
        resource: &resource("*"),
        context: &Context::new(),
    };
    is_allowed(&gathered.permissions(), &request)
}

#[test]
fn a_user_has_its_own_policies_and_those_of_its_groups() {
    let (account, user) = (account(), alice());
    let gathered = Gathered::of_user(&account, &user);
    for (action, expect) in [
        ("iam:GetUser", true),
        ("s3:GetObject", true),
        ("ec2:RunInstances", true),
        ("sqs:SendMessage", false),
    ] {
        assert_eq!(allowed(&gathered, action), expect, "{action}");
    }
    let sources: Vec<String> = gathered
        .identity
        .iter()
        .map(|p| p.source.to_string())
        .collect();
    assert_eq!(
        sources,
        [
            "`iam` of user `alice`",
            "`ec2` of group `readers`",
            "`Own` of group `readers`"
        ]
    );
}

#[test]
fn a_boundary_limits_and_one_without_a_text_is_unknown() {
    let account = account();
    let mut user = alice();
    user.grants.boundary = Some(arn(OWN));
    let bounded = Gathered::of_user(&account, &user);
    assert!(allowed(&bounded, "s3:GetObject"));
    assert!(!allowed(&bounded, "iam:GetUser"));
    user.grants.boundary = Some(arn("arn:aws:iam::123456789012:policy/Gone"));
    let dangling = Gathered::of_user(&account, &user);
    assert!(allowed(&dangling, "s3:GetObject"));
    let unknown: Vec<&PolicySource> = dangling.unknown().iter().map(|u| &u.source).collect();
    assert_eq!(unknown, [&PolicySource::Boundary]);
    user.grants.boundary = None;
    let mut gone = Gathered::of_user(&account, &user);
    assert!(allowed(&gone, "s3:GetObject"));
    gone.bound(Boundary::Gone);
    assert!(!allowed(&gone, "s3:GetObject"));
}

#[test]
fn service_control_policies_limit_all_but_service_linked_roles() {
    let mut account = account();
    account.service_control = Some(vec![ControlLevel {
        name: "root".to_owned(),
        policies: Vec::new(),
    }]);
    assert!(!allowed(
        &Gathered::of_user(&account, &alice()),
        "iam:GetUser"
    ));
    for (path, of_aws, expect) in [
        ("/", false, false),
        ("/aws-reserved/sso.amazonaws.com/", true, false),
        ("/aws-service-role/support.amazonaws.com/", true, true),
    ] {
        let mut role = Role::new("Ops".parse().unwrap(), allow("x:y"));
        role.path = path.parse().unwrap();
        assert_eq!(role.is_aws_owned(), of_aws, "{path}");
        role.grants
            .inline
            .insert("iam".parse().unwrap(), allow("iam:*"));
        let gathered = Gathered::of_role(&account, &role);
        assert_eq!(allowed(&gathered, "iam:GetUser"), expect, "{path}");
    }
}

#[test]
fn a_group_that_the_account_does_not_hold_is_unknown() {
    let (account, mut user) = (account(), alice());
    user.groups.insert("missing".parse().unwrap());
    let gathered = Gathered::of_user(&account, &user);
    assert_eq!(
        gathered.unknown(),
        [UnknownPolicy {
            source: PolicySource::Named("missing".to_owned()),
            reason: UnknownReason::NoGroup,
        }]
    );
}

#[test]
fn what_cannot_be_judged_is_listed() {
    let mut account = account();
    let mut role = Role::new("Ops".parse().unwrap(), allow("x:y"));
    role.grants.attached.insert(arn(AWS));
    role.grants.boundary = Some(arn(AWS));
    let unread = Document::Unread {
        text: "{".into(),
        problem: "it is cut off".into(),
    };
    role.grants.inline.insert("odd".parse().unwrap(), unread);
    account.roles.insert(role.name.clone(), role.clone());
    let gathered = Gathered::of_role(&account, &role);
    let holder = Holder::Role("Ops".parse().unwrap());
    let source = PolicySource::Inline {
        holder: holder.clone(),
        name: "odd".parse().unwrap(),
    };
    let attached = PolicySource::Attached {
        holder,
        arn: arn(AWS),
    };
    let reason = UnknownReason::NoText;
    assert_eq!(
        gathered.unknown(),
        [
            UnknownPolicy {
                source,
                reason: UnknownReason::Unread("it is cut off".into()),
            },
            UnknownPolicy {
                source: attached,
                reason: reason.clone(),
            },
            UnknownPolicy {
                source: PolicySource::Boundary,
                reason,
            },
        ]
    );
}

#[test]
fn the_arn_of_an_entity_has_its_path_and_a_role_is_found_by_it() {
    let mut account = account();
    account.partition = "aws-cn".to_owned();
    let (path, mut user) = ("/team/", alice());
    user.path = path.parse().unwrap();
    let mut group = Group::new("readers".parse().unwrap());
    group.path = path.parse().unwrap();
    let mut role = Role::new("Ops".parse().unwrap(), allow("x:y"));
    role.path = path.parse().unwrap();
    account.roles.insert(role.name.clone(), role.clone());
    let arn = |rest: &str| format!("arn:aws-cn:iam::123456789012:{rest}");
    assert_eq!(account.user_arn(&user), arn("user/team/alice"));
    assert_eq!(account.group_arn(&group), arn("group/team/readers"));
    assert_eq!(account.role_arn(&role).as_str(), arn("role/team/Ops"));
    for (text, is_found) in [("role/team/Ops", true), ("role/Ops", false)] {
        let found = account.role(&arn(text).parse().unwrap());
        assert_eq!(found.is_some(), is_found, "{text}");
    }
}
