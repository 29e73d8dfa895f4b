//! Changes of one's own tags, name and path: conditions that allow something look at them, so that
//! who may change them may open what the conditions close.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_tags.html>
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html>

use std::collections::BTreeMap;

use keyward_core::id::RoleArn;
use keyward_iam::{ArnSet, Caller, Condition, Context, Effect, Negation, Policy, Statement};

use crate::prove::finding::{DOUBT, Finding, Promise, Severity, SubjectKind};
use crate::prove::judged::{Judged, UserGrant};
use crate::prove::looks::{limits, looks_at, own};
use crate::prove::people::Person;
use crate::prove::reach::Path;
use crate::prove::scenario::{Scenario, user_context};
use crate::prove::sweep::{Granted, Swept};
use crate::prove::{ActionSet, ProofData};

use super::administrators::is_administrator;

const TAGS: &str = "aws:PrincipalTag/";
const NAME: &str = "aws:username";
const ARN: &str = "aws:PrincipalArn";

/// A change that a user makes to itself.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Change {
    NewTags,
    FewerTags,
    Name,
}

impl Change {
    const ALL: [Self; 3] = [Self::NewTags, Self::FewerTags, Self::Name];

    fn action(self) -> &'static str {
        match self {
            Self::NewTags => "iam:TagUser",
            Self::FewerTags => "iam:UntagUser",
            Self::Name => "iam:UpdateUser",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::NewTags => "with tags of its choice",
            Self::FewerTags => "without its tags",
            Self::Name => "under another name or path",
        }
    }

    /// The keys that it changes, in small letters.
    fn keys(self) -> &'static [&'static str] {
        match self {
            Self::NewTags | Self::FewerTags => &["aws:principaltag/"],
            Self::Name => &["aws:username", "aws:principalarn"],
        }
    }

    /// Makes unknown what the user can change.
    fn open(self, context: &mut Context, person: &Person<'_>) {
        match self {
            Self::NewTags => {
                context.forget_prefix(TAGS);
            }
            Self::FewerTags => {
                for tag in person.user.tags.keys() {
                    context.forget(&format!("{TAGS}{tag}"));
                }
            }
            Self::Name => {
                context.forget(NAME).forget(ARN);
            }
        }
    }

    /// Sets what conditions ask for. The first that asks for a key decides.
    fn set(self, context: &mut Context, person: &Person<'_>, asked: &[(String, String)]) {
        match self {
            Self::NewTags => {
                for (key, value) in asked.iter().rev() {
                    context.set(key, value);
                }
            }
            Self::FewerTags => self.open(context, person),
            Self::Name => {
                let mut asked = asked.iter();
                let Some((_, name)) = asked.find(|(key, _)| key.eq_ignore_ascii_case(NAME)) else {
                    return;
                };
                let account = person.account;
                let (partition, id) = (&account.partition, &account.id);
                let path = &person.user.path;
                let arn = format!("arn:{partition}:iam::{id}:user{path}{name}");
                context.set(NAME, name).set(ARN, arn);
            }
        }
    }
}

/// The rights that a change opens.
struct Opened {
    scenario: Scenario,
    granted: Granted,
    session: &'static str,
    roles: Vec<RoleArn>,
    actions: ActionSet,
    certain: bool,
}

pub(super) fn check(data: &ProofData<'_>, judged: &Judged<'_>, found: &mut Vec<Finding>) {
    for change in Change::ALL {
        let scenarios = Scenario::ALL.into_iter();
        let opened = scenarios.filter_map(|scenario| opened(data, judged, change, scenario));
        let opened: Vec<Opened> = opened.collect();
        let mut ways = opened.iter();
        let roles = ways.find(|way| !way.scenario.has_mfa() && !way.roles.is_empty());
        if let Some(way) = roles.or(opened.first()) {
            found.push(finding(judged.person, change, way));
        }
    }
}

fn opened(
    data: &ProofData<'_>,
    judged: &Judged<'_>,
    change: Change,
    scenario: Scenario,
) -> Option<Opened> {
    let person = judged.person;
    let powers = judged.proof.powers(scenario);
    if !powers.actions.contains(change.action()) || is_administrator(&powers.actions) {
        return None;
    }
    let user = ArnSet::one(person.arn.as_str());
    let way = judged.way(scenario, change.action(), |sweep| {
        sweep.grant_on(change.action(), &user)
    });
    let UserGrant { granted, session } = way?;
    let statements = statements(data, person);
    let mut looking = statements.iter();
    let keys = change.keys();
    if !looking.any(|statement| keys.iter().any(|key| looks_at(statement, key))) {
        return None;
    }
    let context = |set: &dyn Fn(&mut Context)| {
        let mut context = user_context(person.account, person.user, scenario, data.stale);
        set(&mut context);
        judged.rules.settled(context)
    };
    let (may, roles) = after(
        data,
        judged,
        scenario,
        &context(&|context| change.open(context, person)),
    );
    let actions = may.allowed.without(&powers.actions);
    let roles: Vec<RoleArn> = roles
        .into_keys()
        .filter(|role| !powers.roles.contains_key(role))
        .collect();
    if actions.is_empty() && roles.is_empty() {
        return None;
    }
    // It is certain if it works with the very values that conditions ask for.
    let asked = asked(&statements, keys);
    let (does, reached) = after(
        data,
        judged,
        scenario,
        &context(&|context| change.set(context, person, &asked)),
    );
    let decided = does.allowed.without(&does.undecided);
    let sure_role = |role| reached.get(role).is_some_and(|path: &Path| path.certain);
    let certain = granted.certain
        && (roles.iter().any(sure_role) || (roles.is_empty() && !decided.and(&actions).is_empty()));
    Some(Opened {
        scenario,
        granted,
        session,
        roles,
        actions,
        certain,
    })
}

/// Returns the rights of the user in a context.
fn after(
    data: &ProofData<'_>,
    judged: &Judged<'_>,
    scenario: Scenario,
    context: &Context,
) -> (Swept, BTreeMap<RoleArn, Path>) {
    let person = judged.person;
    let caller = Caller {
        arn: &person.arn,
        role: None,
        account: &person.account.id,
    };
    let permissions = person.gathered.permissions();
    let roles = data.roles.of_user(scenario, &caller, &permissions, context);
    (judged.rules.bind(context).over_all(), roles)
}

/// The statements that decide about a user: its own, those of its limits, and those of trust
/// policies.
fn statements<'s>(data: &'s ProofData<'_>, person: &'s Person<'_>) -> Vec<&'s Statement> {
    let permissions = person.gathered.permissions();
    let trusts = data.roles.positions.iter();
    let trusts = trusts
        .filter_map(|position| position.role.trust.policy())
        .flat_map(Policy::statements);
    let all = own(&permissions).chain(limits(&permissions)).chain(trusts);
    all.collect()
}

/// The values that allowing statements ask of these keys, each with its key. A wildcard matches any
/// text.
fn asked(statements: &[&Statement], keys: &[&str]) -> Vec<(String, String)> {
    let allowing = statements
        .iter()
        .filter(|one| one.effect() == Effect::Allow);
    let conditions = allowing.flat_map(|one| one.conditions());
    let conditions = conditions.filter(|condition| {
        let key = condition.key().to_ascii_lowercase();
        condition.operator().negation == Negation::Plain
            && keys.iter().any(|own| key.starts_with(own))
    });
    let first = |condition: &Condition| {
        let mut values = condition.values().iter();
        let value = values.find(|value| !value.as_str().contains("${"))?;
        Some((
            condition.key().to_owned(),
            value.as_str().replace(['*', '?'], "x"),
        ))
    };
    conditions.filter_map(first).collect()
}

fn finding(person: &Person<'_>, change: Change, opened: &Opened) -> Finding {
    let roles: Vec<String> = opened
        .roles
        .iter()
        .map(|role| format!("`{}`", person.key.role_name(role)))
        .collect();
    let roles = match roles.len() {
        0 => None,
        1 => Some(format!("assume the role {}", roles[0])),
        _ => Some(format!("assume the roles {}", roles.join(", "))),
    };
    let mut names = opened.actions.names();
    let actions = names.next().map(|first| match opened.actions.len() {
        1 => format!("call `{first}`"),
        many => format!("call {many} more actions, such as `{first}`"),
    });
    let opens: Vec<String> = roles.into_iter().chain(actions).collect();
    let without_mfa = !opened.scenario.has_mfa();
    Finding {
        id: format!("widen/{}", change.action()),
        severity: Severity::High,
        kind: SubjectKind::User,
        subject: person.key.to_string(),
        message: format!(
            "can call `{}` on the own user with {}{}, and {} {}{}",
            change.action(),
            opened.scenario.words(),
            opened.session,
            change.words(),
            opens.join(" and "),
            match opened.certain {
                true => "",
                false => DOUBT,
            }
        ),
        statement: Some(opened.granted.by.clone()),
        certain: opened.certain,
        breaks: (without_mfa && !opened.roles.is_empty()).then_some(Promise::NoRoleWithoutMfa),
        fix: None,
    }
}

#[cfg(test)]
mod tests;
