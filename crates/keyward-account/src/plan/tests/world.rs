//! Random accounts and blueprints for the laws: names from a small pool, so that they meet.

use std::collections::BTreeSet;
use std::time::Duration;

use keyward_core::id::{EntityPath, GroupName, PolicyArn, UserName};
use keyward_iam::Policy;
use keyward_iam::model::{
    Account, Document, Grants, Group, ManagedPolicy, OidcProvider, PasswordPolicy, PolicyVersion,
    Role, User,
};

use crate::desired::{Desired, Entity};
use crate::hand_out::{HandOut, InitialSecret, RecipientKind, RecipientText};
use crate::ownership::{BlueprintName, group_policy, policy_path};
use crate::plan::simulate::Simulation;
use crate::plan::{Operation, PrincipalName, plan};
use crate::snapshot::{LastUse, Snapshot, UserCredentials};
use crate::stacks::{Stack, StackName, StackPlace, Template};

/// Numbers that decide; zero once they run out, so that fewer make a simpler world.
pub(crate) struct Choices {
    numbers: Vec<u16>,
    next: usize,
}

impl Choices {
    pub(crate) fn new(numbers: Vec<u16>) -> Self {
        Self { numbers, next: 0 }
    }

    /// A number below `count`.
    pub(crate) fn below(&mut self, count: usize) -> usize {
        let number = self.numbers.get(self.next).copied().unwrap_or(0);
        self.next += 1;
        usize::from(number) % count
    }

    /// True once in `count` times; never once the numbers run out.
    pub(crate) fn once_in(&mut self, count: usize) -> bool {
        self.below(count) == count - 1
    }

    fn subset<T: Clone>(&mut self, all: &[T], odds: usize) -> Vec<T> {
        let mut chosen = all.to_vec();
        chosen.retain(|_| self.once_in(odds));
        chosen
    }

    /// The same entries in another order.
    pub(crate) fn shuffled<T>(&mut self, mut all: Vec<T>) -> Vec<T> {
        for at in (1..all.len()).rev() {
            let other = self.below(at + 1);
            all.swap(at, other);
        }
        all
    }
}

pub(crate) fn empty() -> Account {
    Account::empty("123456789012".parse().unwrap())
}

pub(crate) fn snapshot(account: Account) -> Snapshot {
    Snapshot {
        account,
        summary: [("GroupsPerUserQuota".to_owned(), 3)].into(),
        credentials: Default::default(),
        stacks: Default::default(),
        regions: Default::default(),
        caller: "arn:aws:iam::123456789012:root".parse().unwrap(),
        taken: keyward_core::Timestamp::from_second(0),
    }
}

pub(crate) fn bare_desired() -> Desired {
    Desired {
        settings: crate::blueprint::Origin::Made,
        blueprint: BlueprintName::default(),
        account: empty(),
        adopted: BTreeSet::new(),
        people: BTreeSet::new(),
        hand_outs: Default::default(),
        stacks: Vec::new(),
    }
}

/// A snapshot with everything that the plan of this blueprint needs to know.
pub(crate) fn observed(desired: &Desired, mut snapshot: Snapshot) -> Snapshot {
    for user in crate::plan::credentials_needed(desired, &snapshot) {
        snapshot.credentials.entry(user).or_default();
    }
    snapshot
}

pub(crate) const DOCUMENTS: [&str; 5] = [
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":["arn:aws:s3:::a","arn:aws:s3:::b"]}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"ec2:*","Resource":"*"},{"Sid":"No","Effect":"Deny","Action":["iam:GetUser","iam:ListUsers"],"Resource":"*"}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Sid":"Guard","Effect":"Deny","NotAction":["iam:GetUser","sts:GetSessionToken"],"Resource":"*","Condition":{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sqs:SendMessage","Resource":"*"}]}"#,
    r#"{"Version":"2012-10-17","Statement":[{"Sid":"No","Effect":"Deny","Action":"iam:GetUser","Resource":"*"}]}"#,
];

pub(crate) fn document(choices: &mut Choices) -> Policy {
    Policy::parse(DOCUMENTS[choices.below(DOCUMENTS.len())]).unwrap()
}

fn path(choices: &mut Choices) -> keyward_core::id::EntityPath {
    ["/", "/a/", "/b/c/"][choices.below(3)].parse().unwrap()
}

const AWS_MANAGED: [&str; 2] = [
    "arn:aws:iam::aws:policy/ReadOnlyAccess",
    "arn:aws:iam::aws:policy/AdministratorAccess",
];

fn grants(choices: &mut Choices, policies: &[PolicyArn]) -> Grants {
    let mut grants = Grants::default();
    for index in 0..2 {
        if choices.once_in(3) {
            let name = format!("inline{index}").parse().unwrap();
            grants.inline.insert(name, document(choices).into());
        }
    }
    grants.attached.extend(choices.subset(policies, 3));
    let managed: Vec<PolicyArn> = AWS_MANAGED.iter().map(|it| it.parse().unwrap()).collect();
    grants.attached.extend(choices.subset(&managed, 4));
    grants
}

fn boundary(choices: &mut Choices, policies: &[PolicyArn]) -> Option<PolicyArn> {
    if policies.is_empty() || !choices.once_in(4) {
        return None;
    }
    Some(policies[choices.below(policies.len())].clone())
}

fn trust(choices: &mut Choices, account: &Account, roles: &[String]) -> Policy {
    let root = "arn:aws:iam::123456789012:root".to_owned();
    let users = account.users.values().map(|user| account.user_arn(user));
    let named: Vec<String> = users.chain(roles.iter().cloned()).collect();
    let mut principals = vec![root];
    principals.extend(choices.subset(&named, 4));
    let principals = serde_json::to_string(&principals).unwrap();
    Policy::parse(&format!(
        r#"{{"Version":"2012-10-17","Statement":[{{"Effect":"Allow","Action":"sts:AssumeRole","Principal":{{"AWS":{principals}}}}}]}}"#
    ))
    .unwrap()
}

/// Entities named `PREFIX0` and so on, with what they hold and whom they trust.
pub(crate) fn entities(choices: &mut Choices, prefix: &str, outer: &Account) -> Account {
    let mut account = empty();
    for index in 0..3 {
        if choices.once_in(2) {
            let mut own = path(choices);
            if prefix == "k" {
                own = policy_path(&BlueprintName::default(), &own);
            }
            let name = format!("{prefix}policy{index}");
            let policy = managed_policy(choices, &account, own, &name);
            account.policies.insert(policy.arn.clone(), policy);
        }
    }
    let own: Vec<PolicyArn> = account.policies.keys().cloned().collect();
    let mut policies = own.clone();
    policies.extend(outer.policies.keys().cloned());
    for index in 0..3 {
        if choices.once_in(2) {
            let mut group = Group::new(format!("{prefix}group{index}").parse().unwrap());
            group.path = path(choices);
            group.grants = grants(choices, &policies);
            account.groups.insert(group.name.clone(), group);
        }
    }
    let mut groups: Vec<GroupName> = account.groups.keys().cloned().collect();
    groups.extend(outer.groups.keys().cloned());
    for index in 0..4 {
        if choices.once_in(2) {
            let mut user = User::new(format!("{prefix}user{index}").parse().unwrap());
            user.path = path(choices);
            user.groups = choices.subset(&groups, 3).into_iter().take(3).collect();
            user.grants = grants(choices, &policies);
            user.grants.boundary = boundary(choices, &policies);
            if choices.once_in(3) {
                user.tags.insert("Team".to_owned(), "x".to_owned());
            }
            account.users.insert(user.name.clone(), user);
        }
    }
    roles(choices, prefix, &mut account, &policies);
    if choices.once_in(3) {
        let provider = OidcProvider {
            issuer: format!("{prefix}issuer.example.com").parse().unwrap(),
            audiences: choices
                .subset(&["a".to_owned(), "b".to_owned()], 2)
                .into_iter()
                .collect(),
            thumbprints: BTreeSet::new(),
            tags: Default::default(),
        };
        account
            .oidc_providers
            .insert(provider.issuer.clone(), provider);
    }
    account
}

fn managed_policy(
    choices: &mut Choices,
    account: &Account,
    path: EntityPath,
    name: &str,
) -> ManagedPolicy {
    let name = name.parse().unwrap();
    ManagedPolicy {
        arn: account.policy_arn(&path, &name),
        name,
        path,
        document: document(choices).into(),
        versions: vec![PolicyVersion {
            id: "v1".parse().unwrap(),
            is_default: true,
            created: None,
        }],
        tags: Default::default(),
    }
}

fn roles(choices: &mut Choices, prefix: &str, account: &mut Account, policies: &[PolicyArn]) {
    let mut shapes = Vec::new();
    for index in 0..3 {
        if choices.once_in(2) {
            shapes.push((format!("{prefix}role{index}"), path(choices)));
        }
    }
    let arns: Vec<String> = shapes
        .iter()
        .map(|(name, path)| format!("arn:aws:iam::123456789012:role{path}{name}"))
        .collect();
    for (name, path) in shapes {
        let trust = trust(choices, account, &arns);
        let mut role = Role::new(name.parse().unwrap(), trust.into());
        role.path = path;
        role.grants = grants(choices, policies);
        role.grants.boundary = boundary(choices, policies);
        role.max_session = choices.once_in(2).then(|| Duration::from_secs(7200));
        role.description = choices.once_in(3).then(|| "for people".to_owned());
        account.roles.insert(role.name.clone(), role);
    }
}

/// A random blueprint, which adopts some of what exists and is not its own.
pub(crate) fn blueprint(choices: &mut Choices, live: &Account) -> Desired {
    let mut desired = bare_desired();
    let strangers = strangers(live);
    desired.account = entities(choices, "k", &empty());
    mark(&mut desired);
    adopt(choices, &mut desired, &strangers);
    if choices.once_in(2) {
        let alias = ["one-team", "two-team"][choices.below(2)];
        desired.account.alias = Some(alias.parse().unwrap());
    }
    if choices.once_in(2) {
        desired.account.password_policy = Some(PasswordPolicy {
            minimum_length: 8 + u32::try_from(choices.below(2)).unwrap(),
            ..PasswordPolicy::default()
        });
    }
    let users: Vec<UserName> = desired.account.users.keys().cloned().collect();
    for user in users {
        if desired.adopted.contains(&Entity::User(user.clone())) {
            continue;
        }
        let all = [InitialSecret::Password, InitialSecret::AccessKey];
        let secrets: BTreeSet<InitialSecret> = choices.subset(&all, 2).into_iter().collect();
        if !secrets.is_empty() {
            let recipients = vec![RecipientText {
                kind: RecipientKind::Age,
                text: "age1example".to_owned(),
            }];
            desired.hand_outs.insert(
                user,
                HandOut {
                    secrets,
                    recipients,
                },
            );
        }
    }
    for name in StackName::ALL {
        if choices.once_in(3) {
            let number = choices.below(2);
            let body = serde_json::json!({
                "Resources": { "Topic": { "Type": "AWS::SNS::Topic", "Properties": { "TopicName": number.to_string() } } },
            });
            desired.stacks.push(Stack {
                place: StackPlace::new(&"eu-central-1".parse().unwrap(), name),
                template: Template::of_json(body).unwrap(),
            });
        }
    }
    desired
}

/// Everything that no blueprint made.
pub(crate) fn strangers(live: &Account) -> Account {
    let mut strangers = live.clone();
    strangers
        .users
        .retain(|name, _| name.as_str().starts_with('x'));
    strangers
        .groups
        .retain(|name, _| name.as_str().starts_with('x'));
    strangers
        .roles
        .retain(|name, _| name.as_str().starts_with('x'));
    strangers
        .policies
        .retain(|arn, _| arn.policy_name().starts_with('x'));
    strangers
        .oidc_providers
        .retain(|issuer, _| issuer.as_str().starts_with('x'));
    strangers
}

fn mark(desired: &mut Desired) {
    let tag = desired.blueprint.tag();
    let account = &mut desired.account;
    account
        .users
        .values_mut()
        .for_each(|it| it.tags.extend([tag.clone()]));
    account
        .roles
        .values_mut()
        .for_each(|it| it.tags.extend([tag.clone()]));
    account
        .policies
        .values_mut()
        .for_each(|it| it.tags.extend([tag.clone()]));
    account
        .oidc_providers
        .values_mut()
        .for_each(|it| it.tags.extend([tag.clone()]));
    let mark = Policy::parse(
        r#"{"Version":"2012-10-17","Statement":[{"Sid":"main","Effect":"Allow","Action":"sts:GetCallerIdentity","Resource":"*"}]}"#,
    )
    .unwrap();
    for group in account.groups.values_mut() {
        group
            .grants
            .inline
            .insert(group_policy(), mark.clone().into());
    }
}

/// Adds some unmanaged entities to the blueprint, nearly unchanged.
fn adopt(choices: &mut Choices, desired: &mut Desired, strangers: &Account) {
    let ours: Vec<PolicyArn> = desired.account.policies.keys().cloned().collect();
    for group in strangers.groups.values().filter(|_| choices.once_in(4)) {
        desired.adopted.insert(Entity::Group(group.name.clone()));
        desired
            .account
            .groups
            .insert(group.name.clone(), group.clone());
    }
    let groups: BTreeSet<GroupName> = desired.account.groups.keys().cloned().collect();
    let known = |policy: &PolicyArn| policy.policy_name().starts_with('x');
    for user in strangers.users.values() {
        if !choices.once_in(4) {
            continue;
        }
        let mut user = user.clone();
        user.groups
            .retain(|it| groups.contains(it) || it.as_str().starts_with('x'));
        user.grants
            .attached
            .retain(|it| it.is_aws_managed() || known(it));
        user.grants.attached.extend(choices.subset(&ours, 4));
        user.grants.boundary = user.grants.boundary.filter(known);
        desired.adopted.insert(Entity::User(user.name.clone()));
        desired.account.users.insert(user.name.clone(), user);
    }
    for group in desired.account.groups.values_mut() {
        let kept = |it: &PolicyArn| it.is_aws_managed() || known(it) || ours.contains(it);
        group.grants.attached.retain(kept);
    }
}

/// An account with strangers, what an earlier blueprint made, and changes by hand.
pub(crate) fn account(choices: &mut Choices) -> Snapshot {
    let account = entities(choices, "x", &empty());
    let start = snapshot(account);
    let earlier = blueprint(choices, &start.account);
    let start = observed(&earlier, start);
    let mut now = Simulation::new(&start);
    if let Ok(plan) = plan(&earlier, &start) {
        for operation in plan.operations() {
            now.apply(operation).unwrap();
        }
    }
    for _ in 0..choices.below(12) {
        let operation = by_hand(choices, &now.account);
        if let Some(operation) = operation {
            let _ = now.apply(&operation);
        }
    }
    credentials_by_hand(choices, &mut now);
    let mut live = now.snapshot(&start);
    for policy in live.account.policies.values_mut() {
        // IAM lists policies without their tags.
        policy.tags.clear();
    }
    live
}

/// A change by hand.
fn by_hand(choices: &mut Choices, account: &Account) -> Option<Operation> {
    let users: Vec<UserName> = account.users.keys().cloned().collect();
    let groups: Vec<GroupName> = account.groups.keys().cloned().collect();
    let policies: Vec<PolicyArn> = account.policies.keys().cloned().collect();
    let principals: Vec<PrincipalName> = users
        .iter()
        .cloned()
        .map(PrincipalName::User)
        .chain(groups.iter().cloned().map(PrincipalName::Group))
        .chain(account.roles.keys().cloned().map(PrincipalName::Role))
        .collect();
    let pick = |choices: &mut Choices, count: usize| (count > 0).then(|| choices.below(count));
    let principal = principals.get(pick(choices, principals.len())?)?.clone();
    let policy = policies.get(pick(choices, policies.len()).unwrap_or(0));
    let user = users.get(pick(choices, users.len()).unwrap_or(0));
    let group = groups.get(pick(choices, groups.len()).unwrap_or(0));
    Some(match choices.below(10) {
        0 => Operation::AttachPolicy {
            to: principal,
            policy: policy?.clone(),
        },
        1 => Operation::DetachPolicy {
            from: principal,
            policy: policy?.clone(),
        },
        2 => Operation::PutInlinePolicy {
            on: principal,
            name: "byhand".parse().unwrap(),
            document: document(choices),
        },
        3 => Operation::AddToGroup {
            user: user?.clone(),
            group: group?.clone(),
        },
        4 => Operation::RemoveFromGroup {
            user: user?.clone(),
            group: group?.clone(),
        },
        5 => Operation::CreatePolicyVersion {
            arn: policy?.clone(),
            document: document(choices),
        },
        6 if !matches!(principal, PrincipalName::Group(_)) => Operation::PutBoundary {
            on: principal,
            policy: policy?.clone(),
        },
        7 => Operation::MoveUser {
            name: user?.clone(),
            path: path(choices),
        },
        8 => Operation::CreateAlias("by-hand".parse().unwrap()),
        _ => Operation::UpdatePasswordPolicy(PasswordPolicy::default()),
    })
}

/// Passwords and keys that people made for themselves, and use.
fn credentials_by_hand(choices: &mut Choices, now: &mut Simulation) {
    let users: Vec<UserName> = now.account.users.keys().cloned().collect();
    for user in users {
        let held: &mut UserCredentials = now.credentials.entry(user).or_default();
        let used = LastUse::At(keyward_core::Timestamp::from_second(1));
        if choices.once_in(4) {
            held.password = Some(used);
        }
        if choices.once_in(4) && held.access_keys.len() < 2 {
            held.access_keys
                .insert("AKIABYHAND0000000000".parse().unwrap(), used);
        }
    }
}

/// A document with its statements and lists in another order.
pub(crate) fn reordered(choices: &mut Choices, document: &Document) -> Document {
    let value: serde_json::Value = serde_json::from_str(&document.to_json()).unwrap();
    let value = reorder(choices, value);
    Policy::parse(&value.to_string()).unwrap().into()
}

fn reorder(choices: &mut Choices, value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Array(all) => {
            let all = all.into_iter().map(|it| reorder(choices, it)).collect();
            Value::Array(choices.shuffled(all))
        }
        Value::Object(all) => {
            let all = all.into_iter().map(|(key, it)| (key, reorder(choices, it)));
            let all: Vec<_> = all.collect();
            Value::Object(choices.shuffled(all).into_iter().collect())
        }
        other => other,
    }
}
