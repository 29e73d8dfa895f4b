//! Grants that can never apply: a statement names an action, and none of its resources is of a kind
//! that the action takes, or no request meets its conditions. A statement that keyward cannot read
//! is a hint.

use keyward_iam::catalogue::{Catalogue, Resources as Types};
use keyward_iam::model::{Account, Document, Grants};
use keyward_iam::{
    Condition, Context, Effect, Holder, Policy, PolicySource, Selection, Statement, StatementRef,
    Targets, Truth, Version,
};

use crate::prove::ProvenAccount;
use crate::prove::finding::{Finding, Severity, SubjectKind};
use crate::prove::scenario::{earliest, set_time};
use crate::prove::sweep::targets_of_everyone;

/// The grants of these accounts that can never apply.
pub(in crate::prove) fn dead(accounts: &[ProvenAccount<'_>]) -> Vec<Finding> {
    let mut found = Vec::new();
    for proven in accounts {
        let account = proven.account;
        let targets = targets_of_everyone(account);
        for user in account.users.values() {
            let holder = Holder::User(user.name.clone());
            of(proven, &targets, &holder, &user.grants, &mut found);
        }
        for group in account.groups.values() {
            let holder = Holder::Group(group.name.clone());
            of(proven, &targets, &holder, &group.grants, &mut found);
        }
        for role in account.roles.values().filter(|role| !role.is_aws_owned()) {
            let holder = Holder::Role(role.name.clone());
            of(proven, &targets, &holder, &role.grants, &mut found);
        }
    }
    found
}

fn of(
    proven: &ProvenAccount<'_>,
    targets: &[Targets<'static>],
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
        let managed = proven.account.policies.get(arn);
        let policy = managed.and_then(|managed| Document::policy(&managed.document));
        (source, policy)
    });
    for (source, policy) in embedded.chain(attached) {
        let Some(policy) = policy else { continue };
        for (index, statement, action) in named(policy) {
            let Some(dead) = dead_grant(proven.account, targets, policy, statement, action) else {
                continue;
            };
            let (kind, subject) = match &source {
                PolicySource::Attached { arn, .. } => (SubjectKind::Policy, arn.policy_name()),
                _ => match holder {
                    Holder::User(name) => (SubjectKind::User, name.as_str()),
                    Holder::Group(name) => (SubjectKind::Group, name.as_str()),
                    Holder::Role(name) => (SubjectKind::Role, name.as_str()),
                },
            };
            found.push(Finding {
                id: format!("dead-grant/{action}"),
                severity: Severity::Low,
                kind,
                subject: proven.subject(subject),
                statement: Some(StatementRef {
                    policy: source.clone(),
                    sid: statement.sid().map(str::to_owned),
                    index,
                }),
                message: dead.message(action),
                certain: matches!(dead, Dead::Never(_)),
                breaks: None,
                fix: None,
            });
        }
    }
}

/// The reasons why a grant does not apply.
enum Dead {
    /// It can never apply.
    Never(String),
    /// AWS does not say what it makes of the statement.
    Perhaps(String),
}

impl Dead {
    fn message(&self, action: &str) -> String {
        match self {
            Self::Never(why) => format!("the grant of `{action}` can never apply, because {why}"),
            Self::Perhaps(why) => {
                format!("AWS may never apply the grant of `{action}`, because {why}")
            }
        }
    }
}

/// Returns why a grant does not apply; `None` if it does.
fn dead_grant(
    account: &Account,
    targets: &[Targets<'static>],
    policy: &Policy,
    statement: &Statement,
    action: &str,
) -> Option<Dead> {
    if let Some(condition) = never_met(account, statement) {
        let why = format!("no request meets its condition {condition}");
        return Some(Dead::Never(why));
    }
    if let Some(unclear) = statement
        .actions()
        .listed()
        .iter()
        .find(|pattern| pattern.is_unclear() && pattern.as_str() == action)
    {
        let mut meant = Catalogue::built_in().matching(unclear);
        return Some(match meant.next() {
            Some(_) => Dead::Perhaps(
                "AWS documents only `service:name`, with wildcards in the name, and `*` for \
                 every action"
                    .to_owned(),
            ),
            None if action.trim().ends_with(':') => {
                Dead::Never("no action has such a name".to_owned())
            }
            None => Dead::Perhaps("no listed action has such a name".to_owned()),
        });
    }
    if !action.contains(['*', '?']) && is_dead(targets, statement, action) {
        return Some(Dead::Never(format!(
            "none of its resources is one that the action takes; {}{}",
            takes(action),
            old_version(policy, statement)
        )));
    }
    if let Some(operator) = statement.unknown_operator() {
        let why = format!("AWS has no condition operator `{operator}`");
        return Some(Dead::Perhaps(why));
    }
    let mut conditions = statement.conditions().iter();
    let unread = conditions.find(|condition| condition.has_unreadable_value())?;
    Some(Dead::Perhaps(format!(
        "its condition {} has a value that the operator cannot compare",
        of_condition(unread)
    )))
}

/// A condition that no request can meet: a date that has passed.
fn never_met(account: &Account, statement: &Statement) -> Option<String> {
    let mut anyone = Context::partial();
    set_time(&mut anyone, earliest(Some(account)));
    let mut conditions = statement.conditions().iter();
    let dead = conditions.find(|condition| condition.holds(&anyone) == Truth::No);
    dead.map(of_condition)
}

fn of_condition(condition: &Condition) -> String {
    format!("`{}` on `{}`", condition.operator(), condition.key())
}

/// The actions that the allows of a policy list.
fn named(policy: &Policy) -> impl Iterator<Item = (usize, &Statement, &str)> {
    let statements = policy.statements().iter().enumerate();
    statements
        .filter(|(_, statement)| statement.effect() == Effect::Allow)
        .filter(|(_, statement)| matches!(statement.actions(), Selection::Only(_)))
        .flat_map(move |(index, statement)| {
            let listed = statement.actions().listed().iter();
            listed.map(move |pattern| (index, statement, pattern.as_str()))
        })
}

/// Whether no resource of the statement, in whatever account or of AWS itself, is one that the
/// action takes.
///
/// Source: <https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-finding-public-parameters.html>
fn is_dead(targets: &[Targets<'static>], statement: &Statement, action: &str) -> bool {
    let entry = Catalogue::built_in().find(action);
    let named = |entry| {
        let mut targets = targets.iter();
        targets.any(|targets| targets.are_named_by(statement, entry, &Context::partial()))
    };
    entry.is_some_and(|entry| !named(entry))
}

/// A variable of a document that has none.
fn old_version(policy: &Policy, statement: &Statement) -> &'static str {
    let resources = statement.resources().map_or(&[][..], Selection::listed);
    let mut resources = resources.iter();
    match policy.version() == Version::V2008
        && resources.any(|pattern| pattern.as_str().contains("${"))
    {
        true => "; variables need `\"Version\": \"2012-10-17\"` in the document",
        false => "",
    }
}

/// `it takes ARN or ARN`.
pub(in crate::prove) fn takes(action: &str) -> String {
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
