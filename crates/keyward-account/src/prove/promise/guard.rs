//! No user can lift their own guard, and there is one: a right that is added to a user later
//! must not work without MFA either.

mod ways;

use std::collections::BTreeMap;

use keyward_core::id::RoleArn;
use keyward_iam::{Effect, GrantedPolicy, Statement, StatementRef};

use crate::prove::ProofData;
use crate::prove::federated::{FEDERATE, IN_SESSION};
use crate::prove::finding::{DOUBT, Finding, Promise, Severity, SubjectKind};
use crate::prove::judged::{GAPS, Judged, Unlimited};
use crate::prove::own::others;
use crate::prove::people::Person;
use crate::prove::scenario::{Scenario, misses_keys};
use crate::prove::sweep::{Granted, surest};

use super::administrators::is_administrator;
use super::without_mfa::{examples, words};
use ways::{LiftingAction, ways};

pub(super) fn check(data: &ProofData<'_>, judged: &Judged<'_>, found: &mut Vec<Finding>) {
    let ways = ways(judged.person);
    lifting(judged, &ways, found);
    lifting_by_roles(data, judged, &ways, found);
    missing(judged, found);
}

/// Finds what the sessions of roles that the user reaches can do to the policies that deny the user
/// something. The roles of administrators are made for that.
fn lifting_by_roles(
    data: &ProofData<'_>,
    judged: &Judged<'_>,
    ways: &[LiftingAction],
    found: &mut Vec<Finding>,
) {
    let person = judged.person;
    let powers = Scenario::ALL
        .iter()
        .map(|scenario| judged.proof.powers(*scenario));
    // Each role with whether some way to it is certain.
    let mut reached: BTreeMap<&RoleArn, bool> = BTreeMap::new();
    for (role, path) in powers.flat_map(|powers| &powers.roles) {
        *reached.entry(role).or_default() |= path.certain;
    }
    for position in data.roles.positions {
        let Some(is_reached) = reached.get(&position.arn).copied() else {
            continue;
        };
        let actions = data.role_actions(&position.arn);
        let Some(actions) = actions.filter(|actions| !is_administrator(actions)) else {
            continue;
        };
        let held: Vec<_> = ways
            .iter()
            .filter(|way| actions.contains(way.action))
            .collect();
        if held.is_empty() {
            continue;
        }
        data.sessions(position, |sweeps| {
            for LiftingAction {
                action,
                how,
                targets,
            } in held
            {
                let questions = sweeps
                    .iter()
                    .flat_map(|sweep| targets.iter().map(move |target| (sweep, target)));
                let granted = Granted::surest(
                    questions.filter_map(|(sweep, target)| sweep.grant_on(action, target)),
                );
                let Some(mut granted) = granted else { continue };
                granted.certain &= is_reached;
                let role = data.subject(position.account, position.role.name.as_str());
                found.push(Finding {
                    id: format!("lift-guard/{action}/{role}"),
                    severity: Severity::High,
                    kind: SubjectKind::User,
                    subject: person.key.to_string(),
                    message: format!(
                        "can call `{action}`, which {how}, with the role `{role}`, which is not \
                         an administrator's{}",
                        granted.doubt()
                    ),
                    statement: Some(granted.by),
                    certain: granted.certain,
                    breaks: Some(Promise::NoLiftingOfOwnGuard),
                    fix: None,
                });
            }
        });
    }
}

/// Finds what the user can do, in any scenario, to the policies that deny it something.
fn lifting(judged: &Judged<'_>, ways: &[LiftingAction], found: &mut Vec<Finding>) {
    let person = judged.person;
    for LiftingAction {
        action,
        how,
        targets,
    } in ways
    {
        let scenarios = Scenario::ALL.into_iter();
        let scenarios =
            scenarios.filter(|scenario| judged.proof.powers(*scenario).actions.contains(action));
        let hits = scenarios.flat_map(|scenario| {
            let ways = targets.iter().filter_map(move |target| {
                judged.way(scenario, action, |sweep| sweep.grant_on(action, target))
            });
            ways.map(move |way| (scenario, way))
        });
        let Some((scenario, way)) = surest(hits, |(_, way)| way.granted.certain) else {
            continue;
        };
        let granted = way.granted;
        found.push(Finding {
            id: format!("lift-guard/{action}"),
            severity: Severity::High,
            kind: SubjectKind::User,
            subject: person.key.to_string(),
            message: format!(
                "can call `{action}`, which {how}, with {}{}{}",
                scenario.words(),
                way.session,
                granted.doubt()
            ),
            statement: Some(granted.by),
            certain: granted.certain,
            breaks: Some(Promise::NoLiftingOfOwnGuard),
            fix: None,
        });
    }
}

fn missing(judged: &Judged<'_>, found: &mut Vec<Finding>) {
    let person = judged.person;
    let unlimited = judged.with_everything();
    let open = || {
        unlimited
            .iter()
            .filter(|one| !one.beyond_enrolment.is_empty())
    };
    if let Some(first) = open().next() {
        let scenarios: Vec<Scenario> = open().map(|one| one.scenario).collect();
        found.push(open_guard(person, &scenarios, first));
        return;
    }
    let reached = unlimited.iter().find_map(|one| {
        let others = others(&one.sweep, person, &one.allowed).allowed;
        (!others.is_empty()).then_some(others)
    });
    if let Some(others) = reached {
        let names: Vec<String> = others.names().map(|name| format!("`{name}`")).collect();
        found.push(Finding {
            id: "guard/others".to_owned(),
            severity: Severity::Low,
            kind: SubjectKind::User,
            subject: person.key.to_string(),
            statement: intended(person).map(Intended::cite),
            message: format!(
                "the guard leaves open what enrolment takes on other people's users and devices, \
                 should a right for it be added: {}",
                names.join(", ")
            ),
            certain: true,
            breaks: None,
            fix: None,
        });
    }
}

/// A guard that is missing, or that lets through more than enrolment needs.
fn open_guard(person: &Person<'_>, scenarios: &[Scenario], first: &Unlimited<'_>) -> Finding {
    let own = &first.beyond_enrolment;
    let open = own.with(&first.in_session.allowed);
    let decided = open.without(&first.in_session.undecided.without(own));
    let names: Vec<String> = open.names().take(GAPS).map(|n| format!("`{n}`")).collect();
    let with = words(scenarios);
    let intended = intended(person);
    let mut certain = true;
    let (id, severity, message) = if own.len() <= GAPS && open.len() > GAPS {
        certain = decided.len() > GAPS;
        let message = format!(
            "the guard lets through `{FEDERATE}`: with {}{IN_SESSION}, any right that is added \
             later works at once ({} actions, such as {}){}",
            first.scenario.words(),
            open.len(),
            examples(&open, 2).join(" and "),
            match certain {
                true => "",
                false => DOUBT,
            }
        );
        ("guard/missing", Severity::Medium, message)
    } else if open.len() > GAPS && intended.as_ref().is_some_and(Intended::misses_keys) {
        let message = format!(
            "the guard holds in sessions without MFA only, because a request with a long-term key \
             {LACKS_KEY}: with {with}, any right that is added later works at once ({} actions, such \
             as {})",
            open.len(),
            examples(&open, 2).join(" and ")
        );
        ("guard/missing", Severity::Medium, message)
    } else if open.len() > GAPS {
        let message = format!(
            "no statement denies this user everything else without MFA: with {with}, any right \
             that is added later works at once ({} actions, such as {})",
            open.len(),
            examples(&open, 2).join(" and ")
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
        kind: SubjectKind::User,
        subject: person.key.to_string(),
        statement: intended.map(Intended::cite),
        message,
        certain,
        breaks: None,
        fix: None,
    }
}

/// What a request with a long-term key lacks if a guard does not hold of it.
pub(in crate::prove) const LACKS_KEY: &str = "lacks what its condition compares";

/// The first statement that denies something about MFA, which is what was meant as a guard.
struct Intended<'p> {
    granted: &'p GrantedPolicy<'p>,
    index: usize,
    statement: &'p Statement,
}

fn intended<'p>(person: &'p Person<'_>) -> Option<Intended<'p>> {
    let statements = person.gathered.permissions().identity.iter();
    let mut statements = statements.flat_map(|granted| {
        let statements = granted.policy.statements().iter().enumerate();
        statements.map(move |(index, statement)| Intended {
            granted,
            index,
            statement,
        })
    });
    statements.find(|Intended { statement, .. }| {
        let mut conditions = statement.conditions().iter();
        statement.effect() == Effect::Deny
            && conditions.any(|condition| {
                let key = condition.key().to_ascii_lowercase();
                key.starts_with("aws:multifactorauth")
            })
    })
}

impl Intended<'_> {
    fn misses_keys(&self) -> bool {
        misses_keys(self.statement)
    }

    fn cite(self) -> StatementRef {
        StatementRef {
            policy: self.granted.source.clone(),
            sid: self.statement.sid().map(str::to_owned),
            index: self.index,
        }
    }
}
