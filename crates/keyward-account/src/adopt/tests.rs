use keyward_core::id::PolicyName;
use keyward_iam::PolicyKind;
use keyward_iam::model::{Account, Document, Group, ManagedPolicy, Role, User};
use proptest::prelude::*;

use super::*;
use crate::blueprint::Blueprint;
use crate::desired::{Desired, render};
use crate::plan::tests::world::{self, Choices};
use crate::plan::{PlanProblem, plan};

fn read_back(adoption: &Adoption) -> Desired {
    let read = Blueprint::parse(&adoption.text);
    let blueprint = read.unwrap_or_else(|error| panic!("{}\n{:#?}", adoption.text, error.problems));
    assert_eq!(blueprint.warnings, [], "{}", adoption.text);
    render(&blueprint).remove(0)
}

/// The account without what no blueprint describes, and without what is left out.
fn described(mut account: Account) -> Account {
    let left_out = LeftOut::of(&account);
    account
        .users
        .retain(|name, _| !left_out.users.contains_key(name));
    account
        .groups
        .retain(|name, _| !left_out.groups.contains_key(name));
    account
        .roles
        .retain(|name, _| !left_out.roles.contains_key(name));
    account
        .policies
        .retain(|arn, _| !arn.is_aws_managed() && !left_out.policies.contains_key(arn));
    account
        .oidc_providers
        .retain(|issuer, _| !left_out.providers.contains_key(issuer));
    for user in account.users.values_mut() {
        user.id = None;
        user.created = None;
    }
    for group in account.groups.values_mut() {
        group.id = None;
        group.created = None;
    }
    for role in account.roles.values_mut() {
        role.id = None;
        role.created = None;
        role.last_used = None;
        role.instance_profiles.clear();
    }
    for policy in account.policies.values_mut() {
        policy.versions.clear();
        policy.tags.clear();
    }
    account
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn what_is_adopted_is_described_as_it_is(numbers in prop::collection::vec(any::<u16>(), 0..600)) {
        let live = world::account(&mut Choices::new(numbers));
        let adoption = adopt(&live.account, Source::Live, None);
        let desired = read_back(&adoption);
        prop_assert_eq!(described(desired.account), described(live.account));
    }

    #[test]
    fn the_plan_of_an_adopted_account_is_empty(numbers in prop::collection::vec(any::<u16>(), 0..600)) {
        let live = world::account(&mut Choices::new(numbers));
        let adoption = adopt(&live.account, Source::Live, None);
        let desired = read_back(&adoption);
        let live = world::observed(&desired, live);
        let plan = plan(&desired, &live);
        match plan {
            Ok(plan) => prop_assert_eq!(plan.steps, vec![], "{}", adoption.text),
            // AWS follows a principal that moves to another path; this world does not.
            Err(problems) => prop_assert!(
                problems.0.iter().all(|it| matches!(it, PlanProblem::NoSuchPrincipal { .. })),
                "{problems}\n{}",
                adoption.text
            ),
        }
    }

    #[test]
    fn any_text_survives_as_a_string_a_key_and_lines(text in any::<String>(), other in "[ -~\n\t'\"\\\\]{0,40}") {
        for text in [text, other] {
            let document = format!("{} = {}\n", super::toml::key(&text), super::toml::lines(&text));
            let (table, errors) = ::toml::de::DeTable::parse_recoverable(&document);
            prop_assert!(errors.is_empty(), "{document}");
            let (key, value) = table.get_ref().iter().next().unwrap();
            prop_assert_eq!(key.as_ref(), text.as_str());
            // A literal string of several lines may end with a line feed of its own.
            let value = value.as_ref().as_str().unwrap();
            prop_assert!(value == text || value == format!("{text}\n"), "{value:?}");
        }
    }
}

fn account() -> Account {
    Account::empty("123456789012".parse().unwrap())
}

fn document(text: &str) -> Document {
    Document::read(PolicyKind::Identity, text)
}

fn trust() -> Document {
    Document::read(
        PolicyKind::Trust,
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#,
    )
}

fn whys(adoption: &Adoption) -> Vec<String> {
    let entities = adoption.unmanaged.iter().filter(|unmanaged| {
        let kinds = ["user ", "group ", "role ", "policy "];
        kinds.iter().any(|kind| unmanaged.what.starts_with(kind))
    });
    entities
        .map(|Unmanaged { what, why }| format!("{what}: {why}"))
        .collect()
}

#[test]
fn a_revocation_is_not_adopted() {
    let mut account = account();
    let mut user = User::new("alice".parse().unwrap());
    let until = keyward_core::Timestamp::from_second(1_800_000_000);
    let of_user = crate::revoke::REVOCATION_POLICY.parse().unwrap();
    let denial = crate::revoke::deny_user(until).into();
    user.grants.inline.insert(of_user, denial);
    let mut role = Role::new("Ops".parse().unwrap(), trust());
    let of_role = "keyward-revoked.alice".parse().unwrap();
    let denial = crate::revoke::deny_user_in_role(&user, until).into();
    role.grants.inline.insert(of_role, denial);
    // As where the inline policies of the role are full.
    let path = "/keyward-revoked/".parse().unwrap();
    let name = "keyward-revoked-role.alice".parse().unwrap();
    let arn = account.policy_arn(&path, &name);
    let denial = ManagedPolicy {
        arn: arn.clone(),
        name,
        path,
        document: crate::revoke::deny_user_in_role(&user, until).into(),
        versions: vec![],
        tags: Default::default(),
    };
    account.policies.insert(arn.clone(), denial);
    role.grants.attached.insert(arn);
    account.users.insert(user.name.clone(), user);
    account.roles.insert(role.name.clone(), role);

    let adoption = adopt(&account, Source::Live, None);
    assert!(
        !adoption.text.contains("TokenIssueTime")
            && !adoption.text.contains("keyward-revoked-role"),
        "{}",
        adoption.text
    );
    let told = adoption
        .unmanaged
        .iter()
        .any(|it| it.what == "revocations of users");
    assert!(told, "{:?}", adoption.unmanaged);
    let desired = read_back(&adoption);
    assert_eq!(
        (desired.account.users.len(), desired.account.roles.len()),
        (1, 1)
    );
}

#[test]
fn what_a_blueprint_cannot_hold_is_left_out_with_the_reason() {
    let mut account = account();
    let mut linked = Role::new("AWSServiceRoleForSupport".parse().unwrap(), trust());
    linked.path = "/aws-service-role/support.amazonaws.com/".parse().unwrap();
    account.roles.insert(linked.name.clone(), linked);
    let mut group = Group::new("odd".parse().unwrap());
    let name: PolicyName = "broken".parse().unwrap();
    group.grants.inline.insert(name, document("{}"));
    let mut member = User::new("alice".parse().unwrap());
    member.groups.insert(group.name.clone());
    account.groups.insert(group.name.clone(), group);
    account.users.insert(member.name.clone(), member);
    let mut made = User::new("bob".parse().unwrap());
    made.tags
        .insert("keyward:blueprint".to_owned(), "adopted".to_owned());
    account.users.insert(made.name.clone(), made);

    let adoption = adopt(&account, Source::Details, None);
    let whys = whys(&adoption);
    assert_eq!(whys.len(), 4, "{whys:?}");
    assert_eq!(whys[0], "user alice: its group `odd` is not in this file");
    assert_eq!(whys[1], "user bob: the blueprint named `adopted` made it");
    assert!(whys[2].starts_with("group odd: its inline policy `broken` cannot be read: "));
    assert!(whys[3].starts_with("role AWSServiceRoleForSupport: AWS owns it"));
    for Unmanaged { what, .. } in &adoption.unmanaged {
        assert!(adoption.text.contains(what.as_str()), "{what}");
    }
    let desired = read_back(&adoption);
    assert_eq!(desired.blueprint.as_str(), "adopted2");
    assert!(desired.account.users.is_empty() && desired.account.roles.is_empty());
}

#[test]
fn tags_of_aws_are_left_out_and_others_kept() {
    let mut account = account();
    let mut role = Role::new("stack".parse().unwrap(), trust());
    role.tags
        .insert("aws:cloudformation:stack-name".to_owned(), "s".to_owned());
    role.tags
        .insert("Cost Center".to_owned(), "a = b".to_owned());
    account.roles.insert(role.name.clone(), role);
    let desired = read_back(&adopt(&account, Source::Live, None));
    let tags = &desired.account.roles.values().next().unwrap().tags;
    assert_eq!(tags.len(), 1);
    assert_eq!(tags["Cost Center"], "a = b");
}

#[test]
fn a_policy_with_the_name_of_one_of_aws_is_kept_apart() {
    let mut account = account();
    let text = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;
    let mut user = User::new("alice".parse().unwrap());
    for arn in [
        "arn:aws:iam::123456789012:policy/ReadOnlyAccess",
        "arn:aws:iam::aws:policy/ReadOnlyAccess",
        "arn:aws:iam::aws:policy/job-function/Billing",
        "arn:aws:iam::aws:policy/NewerThanTheCatalogue",
        "arn:aws:iam::123456789012:policy/not-in/the-details",
    ] {
        user.grants.attached.insert(arn.parse().unwrap());
    }
    let arn = "arn:aws:iam::123456789012:policy/ReadOnlyAccess"
        .parse()
        .unwrap();
    let policy = keyward_iam::model::ManagedPolicy {
        arn,
        name: "ReadOnlyAccess".parse().unwrap(),
        path: "/".parse().unwrap(),
        document: document(text),
        versions: Vec::new(),
        tags: Default::default(),
    };
    account.policies.insert(policy.arn.clone(), policy);
    account.users.insert(user.name.clone(), user);
    let adoption = adopt(&account, Source::Details, None);
    let desired = read_back(&adoption);
    assert_eq!(desired.account.users, account.users, "{}", adoption.text);
    assert!(adoption.text.contains("\"Billing\""));
}

#[test]
fn settings_are_written_where_they_are_known() {
    let mut account = account();
    account.alias = Some("example-team".parse().unwrap());
    account.password_policy = Some(keyward_iam::model::PasswordPolicy::default());
    let profile = "admin".parse().unwrap();
    let adoption = adopt(&account, Source::Live, Some(&profile));
    let blueprint = Blueprint::parse(&adoption.text).unwrap();
    assert_eq!(blueprint.password_policy, account.password_policy);
    assert_eq!(blueprint.accounts[0].profile, Some(profile));
    assert_eq!(render(&blueprint)[0].account.alias, account.alias);
}
