//! Grants that can never apply: a statement names an action, and none of its resources is of a
//! kind that the action takes.

use keyward_iam::catalogue::{Catalogue, Resources as Types};
use keyward_iam::model::{Account, Document, Grants};
use keyward_iam::{Context, Effect, Holder, Policy, PolicySource, Statement, StatementRef};

use crate::prove::World;
use crate::prove::finding::{Finding, Severity};
use crate::prove::glob::Glob;
use crate::prove::resource::{Reading, Resources};

pub(super) fn check(world: &World<'_>, found: &mut Vec<Finding>) {
    for proven in world.accounts {
        let account = proven.account;
        for user in account.users.values() {
            let holder = Holder::User(user.name.clone());
            of(world, account, &holder, &user.grants, found);
        }
        for group in account.groups.values() {
            let holder = Holder::Group(group.name.clone());
            of(world, account, &holder, &group.grants, found);
        }
        for role in account.roles.values().filter(|role| !role.is_aws_owned()) {
            let holder = Holder::Role(role.name.clone());
            of(world, account, &holder, &role.grants, found);
        }
    }
}

fn of(
    world: &World<'_>,
    account: &Account,
    holder: &Holder,
    grants: &Grants,
    found: &mut Vec<Finding>,
) {
    let embedded = grants.inline.iter().map(|(name, document)| {
        let source = PolicySource::Inline {
            holder: holder.clone(),
            name: name.clone(),
        };
        (source, document.policy())
    });
    let own = grants.attached.iter().filter(|arn| !arn.is_aws_managed());
    let attached = own.map(|arn| {
        let source = PolicySource::Attached {
            holder: holder.clone(),
            arn: arn.clone(),
        };
        let managed = account.policies.get(arn);
        let policy = managed.and_then(|managed| Document::policy(&managed.document));
        (source, policy)
    });
    for (source, policy) in embedded.chain(attached) {
        for (policy, index, statement, action) in policy.into_iter().flat_map(named) {
            if !is_dead(policy, statement, action) {
                continue;
            }
            let subject = match &source {
                PolicySource::Attached { arn, .. } => arn.policy_name(),
                _ => match holder {
                    Holder::User(name) => name.as_str(),
                    Holder::Group(name) => name.as_str(),
                    Holder::Role(name) => name.as_str(),
                },
            };
            found.push(Finding {
                id: format!("dead-grant/{action}"),
                severity: Severity::Low,
                subject: world.subject(account, subject),
                statement: Some(StatementRef {
                    policy: source.clone(),
                    sid: statement.sid().map(str::to_owned),
                    index,
                }),
                message: format!(
                    "the grant of `{action}` can never apply, because none of its resources is \
                     one that the action takes; {}",
                    takes(action)
                ),
                breaks: None,
                fix: None,
            });
        }
    }
}

/// The actions that the allows of a policy name in full.
fn named(policy: &Policy) -> impl Iterator<Item = (&Policy, usize, &Statement, &str)> {
    let statements = policy.statements().iter().enumerate();
    statements
        .filter(|(_, statement)| statement.effect() == Effect::Allow)
        .filter(|(_, statement)| matches!(statement.actions(), keyward_iam::Selection::Only(_)))
        .flat_map(move |(index, statement)| {
            let listed = statement.actions().listed().iter();
            listed.map(move |pattern| (policy, index, statement, pattern.as_str()))
        })
        .filter(|(_, _, _, action)| !action.contains(['*', '?']))
}

fn is_dead(policy: &Policy, statement: &Statement, action: &str) -> bool {
    let anyone = Context::partial();
    let Resources::Only(listed) = Resources::of(policy, statement, &anyone, Reading::Widest) else {
        return false;
    };
    let targets = targets(action);
    !targets.is_empty()
        && !listed
            .iter()
            .any(|set| targets.iter().any(|target| set.meets(target)))
}

/// The resources that an action takes, in any account; none where that is not known.
fn targets(action: &str) -> Vec<Glob> {
    let Some(entry) = Catalogue::built_in().find(action) else {
        return Vec::new();
    };
    match entry.resources() {
        Types::Any => vec![Glob::literal("*")],
        Types::Unknown => Vec::new(),
        Types::Types(types) => types
            .flat_map(|resource_type| resource_type.formats())
            .map(|format| {
                Glob::pattern(&format.fill(|placeholder| match placeholder {
                    "Account" => "????????????",
                    _ => "*",
                }))
            })
            .collect(),
    }
}

fn takes(action: &str) -> String {
    let entry = Catalogue::built_in().find(action);
    match entry.map(|entry| entry.resources()) {
        Some(Types::Types(types)) => {
            let formats: Vec<String> = types
                .flat_map(|resource_type| resource_type.formats())
                .map(|format| format!("`{format}`"))
                .collect();
            format!("it takes {}", formats.join(" or "))
        }
        _ => "it takes `*` only".to_owned(),
    }
}
