//! No user can lift the own guard, and there is one: a right that somebody adds to a user later
//! must not work without MFA either.

use std::sync::OnceLock;

use keyward_iam::{Effect, Policy, PolicySource, StatementRef};

use crate::prove::credentials::{ENROLMENT, LIFTING};
use crate::prove::finding::{Finding, Promise, Severity};
use crate::prove::glob::Glob;
use crate::prove::own::others;
use crate::prove::people::Person;
use crate::prove::scenario::{Scenario, user_context};
use crate::prove::sweep::{Sweep, borrowed};
use crate::prove::{ActionSet, UserProof, World};

use super::without_mfa::words;

/// How many actions a guard may let through and still be one.
const GAPS: usize = 60;

pub(super) fn check(
    world: &World<'_>,
    person: &Person<'_>,
    proof: &UserProof,
    found: &mut Vec<Finding>,
) {
    lifting(world, person, proof, found);
    missing(world, person, found);
}

/// What the user can do, in any scenario, to the policies that deny it something.
fn lifting(world: &World<'_>, person: &Person<'_>, proof: &UserProof, found: &mut Vec<Finding>) {
    for (action, what) in LIFTING {
        let targets = targets(person, action);
        let hit = Scenario::ALL.into_iter().find_map(|scenario| {
            if !proof.powers(scenario).actions.contains(action) {
                return None;
            }
            let sweep = world.sweep(person, scenario);
            let mut targets = targets.iter();
            targets
                .find_map(|target| sweep.grant_on(action, target))
                .map(|by| (scenario, by))
        });
        let Some((scenario, by)) = hit else { continue };
        found.push(Finding {
            id: format!("lift-guard/{action}"),
            severity: Severity::High,
            subject: person.key.to_string(),
            statement: Some(by),
            message: format!(
                "can call `{action}`, which {what}, with {}",
                scenario.words()
            ),
            breaks: Some(Promise::NoLiftingOfOwnGuard),
            fix: None,
        });
    }
}

/// What an action would have to name to lift the guard of the user.
fn targets(person: &Person<'_>, action: &str) -> Vec<Glob> {
    let account = person.account;
    let groups = || {
        person
            .user
            .groups
            .iter()
            .filter_map(|name| account.groups.get(name))
    };
    if action.contains("Group") {
        return groups()
            .map(|group| Glob::literal(&account.group_arn(group)))
            .collect();
    }
    if action.contains("Policy") && !action.contains("User") {
        let own = person.user.grants.attached.iter();
        let through = groups().flat_map(|group| &group.grants.attached);
        let boundary = person.user.grants.boundary.iter();
        return own
            .chain(through)
            .chain(boundary)
            .filter(|arn| !arn.is_aws_managed())
            .map(|arn| Glob::literal(arn.as_str()))
            .collect();
    }
    vec![Glob::literal(person.arn.as_str())]
}

/// The user with every right, as if somebody had added it by hand.
fn with_everything<'s>(
    world: &'s World<'_>,
    person: &'s Person<'s>,
    scenario: Scenario,
) -> Sweep<'s> {
    static EVERYTHING: OnceLock<Policy> = OnceLock::new();
    let everything = EVERYTHING.get_or_init(|| {
        r#"{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}"#
            .parse()
            .expect("the document is a policy")
    });
    let permissions = person.gathered.permissions();
    let mut policies = borrowed(&permissions);
    let source = PolicySource::Named("every right".to_owned());
    policies.push((source, everything));
    let context = user_context(person.account, person.user, scenario, world.stale);
    // A boundary is no guard: it limits what may be granted, with MFA or without.
    Sweep::new(
        world.shelf,
        person.account,
        &policies,
        permissions.boundary,
        &context,
    )
}

/// What a further right would open without MFA beyond enrolment.
pub(super) fn unguarded(world: &World<'_>, person: &Person<'_>, scenario: Scenario) -> ActionSet {
    let enrolment: ActionSet = ENROLMENT.iter().collect();
    let sweep = with_everything(world, person, scenario);
    sweep.allowed().without(&enrolment)
}

fn missing(world: &World<'_>, person: &Person<'_>, found: &mut Vec<Finding>) {
    let open: Vec<(Scenario, ActionSet)> = Scenario::WITHOUT_MFA
        .into_iter()
        .map(|scenario| (scenario, unguarded(world, person, scenario)))
        .filter(|(_, open)| !open.is_empty())
        .collect();
    if let Some((_, first)) = open.first() {
        let scenarios: Vec<Scenario> = open.iter().map(|(scenario, _)| *scenario).collect();
        found.push(open_guard(person, &scenarios, first));
        return;
    }
    let mut scenarios = Scenario::WITHOUT_MFA.into_iter();
    let reached = scenarios.find_map(|scenario| {
        let sweep = with_everything(world, person, scenario);
        let others = others(&sweep, person, &sweep.allowed());
        (!others.is_empty()).then_some(others)
    });
    if let Some(others) = reached {
        let names: Vec<String> = others.names().map(|name| format!("`{name}`")).collect();
        found.push(Finding {
            id: "guard/others".to_owned(),
            severity: Severity::Low,
            subject: person.key.to_string(),
            statement: deny(person),
            message: format!(
                "the guard leaves open what enrolment takes on other people's users and devices, \
                 should a right for it be added: {}",
                names.join(", ")
            ),
            breaks: None,
            fix: None,
        });
    }
}

/// A guard that is missing, or that lets through more than enrolment takes.
fn open_guard(person: &Person<'_>, scenarios: &[Scenario], open: &ActionSet) -> Finding {
    let names: Vec<String> = open.names().take(GAPS).map(|n| format!("`{n}`")).collect();
    let with = words(scenarios);
    let (id, severity, message) = if open.len() > GAPS {
        let message = format!(
            "no statement denies this user everything else without MFA: with {with}, any right \
             that is added later works at once ({} actions, such as {})",
            open.len(),
            names[..2].join(" and ")
        );
        ("guard/missing", Severity::Medium, message)
    } else {
        let message = format!(
            "the guard lets through more than enrolment takes: with {with}, a right that is \
             added later works at once for {}",
            names.join(", ")
        );
        ("guard/gaps", Severity::Low, message)
    };
    Finding {
        id: id.to_owned(),
        severity,
        subject: person.key.to_string(),
        statement: deny(person),
        message,
        breaks: None,
        fix: None,
    }
}

/// The first statement that denies something about MFA, which is what was meant as a guard.
fn deny(person: &Person<'_>) -> Option<StatementRef> {
    let permissions = person.gathered.permissions();
    let statements = permissions.identity.iter().flat_map(|granted| {
        let statements = granted.policy.statements().iter().enumerate();
        statements.map(move |(index, statement)| (granted, index, statement))
    });
    let mut guards = statements.filter(|(_, _, statement)| {
        let mut conditions = statement.conditions().iter();
        statement.effect() == Effect::Deny
            && conditions.any(|condition| {
                condition
                    .key()
                    .to_ascii_lowercase()
                    .starts_with("aws:multifactorauth")
            })
    });
    guards
        .next()
        .map(|(granted, index, statement)| StatementRef {
            policy: granted.source.clone(),
            sid: statement.sid().map(str::to_owned),
            index,
        })
}
