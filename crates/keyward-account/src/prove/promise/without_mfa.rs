//! Without MFA, users only enrol a device: everything else that a key alone can do is found,
//! and so is what it can turn into something longer-lived.

use keyward_iam::StatementRef;
use keyward_iam::catalogue::{AccessLevel, Catalogue, Resources};

use crate::prove::ActionSet;
use crate::prove::credentials::{LONGER_LIVED, OF_SERVICES, enrolment, takes_bearer_token};
use crate::prove::finding::{DOUBT, Finding, Promise, Severity, SubjectKind};
use crate::prove::judged::{Judged, UserGrant};
use crate::prove::own::grant_on_others;
use crate::prove::scenario::Scenario;

/// The number of actions of one user that become findings of their own.
const ONE_BY_ONE: usize = 60;

pub(super) fn check(judged: &Judged<'_>, found: &mut Vec<Finding>) {
    let proof = &judged.proof;
    let without = Scenario::WITHOUT_MFA.map(|scenario| proof.powers(scenario));
    let more = without[0]
        .actions
        .with(&without[1].actions)
        .without(enrolment());
    if more.len() > ONE_BY_ONE {
        found.push(many(judged, &more));
    } else {
        for action in more.names() {
            found.push(one(judged, &action));
        }
    }
    for (action, what) in LONGER_LIVED {
        if more.contains(action) || is_newer_and_allowed(judged, action) {
            found.push(longer_lived(judged, action, what));
        }
    }
    let of_services = OF_SERVICES.into_iter();
    for (action, what) in of_services.filter(|(action, _)| more.contains(action)) {
        found.push(longer_lived(judged, action, what));
    }
    for action in more.unlisted().filter(|action| takes_bearer_token(action)) {
        let what = "uses a long-term key of one service";
        found.push(longer_lived(judged, action, what));
    }
    // Actions that have nothing to do with enrolment were reported above.
    for action in without[0].others.with(&without[1].others).names() {
        if enrolment().contains(&action) {
            found.push(others(judged, &action));
        }
    }
}

fn one(judged: &Judged<'_>, action: &str) -> Finding {
    let scenarios = allowed_in(judged, action);
    let level = Catalogue::built_in()
        .find(action)
        .map(|entry| entry.level());
    let about_iam = action.starts_with("iam:");
    let severity = match level {
        Some(AccessLevel::List | AccessLevel::Read) if about_iam => Severity::Low,
        Some(AccessLevel::List) => Severity::Medium,
        _ => Severity::High,
    };
    let doubt = doubt(judged, &scenarios, action);
    let (statement, session) = parts(way(judged, &scenarios, action));
    Finding {
        id: format!("without-mfa/{action}"),
        severity,
        kind: SubjectKind::User,
        subject: judged.person.key.to_string(),
        statement,
        message: format!(
            "can call `{action}` with {}{session}{doubt}",
            words(&scenarios)
        ),
        certain: doubt.is_empty(),
        breaks: Some(Promise::OnlyEnrolmentWithoutMfa),
        fix: None,
    }
}

fn many(judged: &Judged<'_>, more: &ActionSet) -> Finding {
    let first = more.names().next().unwrap_or_default();
    let decided = Scenario::WITHOUT_MFA
        .map(|scenario| judged.proof.powers(scenario))
        .map(|powers| powers.actions.without(&powers.undecided));
    let doubtful = more.without(&decided[0].with(&decided[1])).len();
    let doubt = match doubtful {
        0 => String::new(),
        doubtful => {
            format!(" ({doubtful} of them only if a condition holds that depends on the request)")
        }
    };
    let (statement, session) = parts(way(judged, &Scenario::WITHOUT_MFA, &first));
    Finding {
        id: "without-mfa/many".to_owned(),
        severity: Severity::High,
        kind: SubjectKind::User,
        subject: judged.person.key.to_string(),
        statement,
        message: format!(
            "can call {} actions without MFA beyond enrolling a device, such as {}{session}{doubt}",
            more.len(),
            examples(more, 3).join(", ")
        ),
        certain: doubt.is_empty(),
        breaks: Some(Promise::OnlyEnrolmentWithoutMfa),
        fix: None,
    }
}

/// Whether the list of actions lacks an action, and some policy allows it, as `*` does.
fn is_newer_and_allowed(judged: &Judged<'_>, action: &str) -> bool {
    Catalogue::built_in().find(action).is_none() && !allowed_in(judged, action).is_empty()
}

fn longer_lived(judged: &Judged<'_>, action: &str, what: &str) -> Finding {
    let scenarios = allowed_in(judged, action);
    let doubt = doubt(judged, &scenarios, action);
    let (statement, session) = parts(way(judged, &scenarios, action));
    Finding {
        id: format!("longer-lived/{action}"),
        severity: Severity::High,
        kind: SubjectKind::User,
        subject: judged.person.key.to_string(),
        statement,
        message: format!(
            "`{action}` {what}, and is allowed with {}{session}{doubt}: a thief keeps it when the stolen key \
             is gone",
            words(&scenarios)
        ),
        certain: doubt.is_empty(),
        breaks: Some(Promise::OnlyEnrolmentWithoutMfa),
        fix: None,
    }
}

fn others(judged: &Judged<'_>, action: &str) -> Finding {
    let scenarios: Vec<Scenario> = Scenario::WITHOUT_MFA
        .into_iter()
        .filter(|scenario| judged.proof.powers(*scenario).others.contains(action))
        .collect();
    let mut powers = scenarios
        .iter()
        .map(|scenario| judged.proof.powers(*scenario));
    let decided = powers.any(|powers| !powers.undecided_others.contains(action));
    let ways = scenarios.iter().filter_map(|scenario| {
        judged.way(*scenario, action, |sweep| {
            grant_on_others(sweep, judged.person, action)
        })
    });
    let (statement, session) = parts(UserGrant::surest(ways));
    Finding {
        id: format!("others/{action}"),
        severity: Severity::High,
        kind: SubjectKind::User,
        subject: judged.person.key.to_string(),
        statement,
        message: format!(
            "can call `{action}` on other people's users or devices with {}{session}{}",
            words(&scenarios),
            match decided {
                true => "",
                false => DOUBT,
            }
        ),
        certain: decided,
        breaks: Some(Promise::OnlyEnrolmentWithoutMfa),
        fix: None,
    }
}

/// The end of a sentence about an action that is allowed in these scenarios: a thief chooses the
/// one that depends on no condition.
fn doubt(judged: &Judged<'_>, scenarios: &[Scenario], action: &str) -> &'static str {
    let decided = scenarios.iter().any(|scenario| {
        let powers = judged.proof.powers(*scenario);
        match powers.actions.contains(action) {
            true => !powers.undecided.contains(action),
            false => judged.is_sure(*scenario, action),
        }
    });
    if decided {
        return "";
    }
    if action.contains(['*', '?']) {
        return ", if there is such an action: the list of actions has none";
    }
    let entry = Catalogue::built_in().find(action);
    match entry.map(|entry| entry.resources()) {
        None | Some(Resources::Unknown) => {
            ", if a condition holds or the action takes such a resource: the list of actions does \
             not say"
        }
        Some(_) => DOUBT,
    }
}

/// The scenarios without MFA in which an action is allowed. One that the list of actions lacks is
/// asked for.
fn allowed_in(judged: &Judged<'_>, action: &str) -> Vec<Scenario> {
    let is_newer = Catalogue::built_in().find(action).is_none();
    let scenarios = Scenario::WITHOUT_MFA.into_iter();
    scenarios
        .filter(|scenario| {
            judged.proof.powers(*scenario).actions.contains(action)
                || (is_newer && way(judged, &[*scenario], action).is_some())
        })
        .collect()
}

/// The surest way to an action in these scenarios.
fn way(judged: &Judged<'_>, scenarios: &[Scenario], action: &str) -> Option<UserGrant> {
    let ways = scenarios.iter();
    UserGrant::surest(
        ways.filter_map(|scenario| judged.way(*scenario, action, |sweep| sweep.grant(action))),
    )
}

/// The statement of a way, and the end of a sentence about its session.
fn parts(way: Option<UserGrant>) -> (Option<StatementRef>, &'static str) {
    way.map_or((None, ""), |way| (Some(way.granted.by), way.session))
}

/// Actions that many people know.
const KNOWN: [&str; 6] = [
    "iam:CreateUser",
    "s3:GetObject",
    "ec2:RunInstances",
    "secretsmanager:GetSecretValue",
    "dynamodb:DeleteTable",
    "lambda:InvokeFunction",
];

/// Examples of many actions, in backticks: those that many people know first.
pub(super) fn examples(actions: &ActionSet, count: usize) -> Vec<String> {
    let known = KNOWN.iter().filter(|name| actions.contains(name));
    let known: Vec<String> = known.map(|name| (*name).to_owned()).collect();
    let others = actions
        .names()
        .filter(|name| !KNOWN.contains(&name.as_str()));
    let all = known.iter().cloned().chain(others.take(count));
    all.take(count).map(|name| format!("`{name}`")).collect()
}

/// The scenarios in words.
pub(super) fn words(scenarios: &[Scenario]) -> String {
    let words: Vec<&str> = scenarios.iter().map(|scenario| scenario.words()).collect();
    words.join(" or ")
}
