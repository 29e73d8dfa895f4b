//! Ways to widen one's own rights: a user with a code, or the session of a role that is no
//! administrator's.

use std::collections::BTreeMap;

use keyward_core::id::RoleArn;
use keyward_iam::model::Account;
use keyward_iam::{ArnSet, Principal};

use crate::prove::credentials::{ABOUT_EXISTING, ABOUT_OTHERS, ABOUT_ROLES, WIDENING};
use crate::prove::escalation::{Escalation, Leads, Ways};
use crate::prove::finding::{Finding, Severity, SubjectKind};
use crate::prove::judged::Judged;
use crate::prove::own::{grant_on_others, kinds, of_aws};
use crate::prove::people::Position;
use crate::prove::scenario::Scenario;
use crate::prove::sweep::{Granted, Sweep, surest};
use crate::prove::{ActionSet, ProofData};

use super::administrators::is_administrator;
use super::service_roles::{admitted, behind_services, trusts_a_service};

const PASS_ROLE: &str = "iam:PassRole";
const UPDATE_SAML: &str = "iam:UpdateSAMLProvider";

pub(super) fn check_user(data: &ProofData<'_>, judged: &Judged<'_>, found: &mut Vec<Finding>) {
    let person = judged.person;
    let powers = judged.proof.powers(Scenario::Mfa);
    if is_administrator(&powers.actions) {
        // That is a finding of its own.
        return;
    }
    let sweep = judged.sweep(Scenario::Mfa);
    for (action, what) in WIDENING {
        let way = if action == PASS_ROLE {
            passes(data, sweep, person.account)
        } else if ABOUT_OTHERS.contains(&action) {
            let allowed = powers.others.contains(action);
            allowed
                .then(|| grant_on_others(sweep, person, action))
                .flatten()
                .map(Way::from)
        } else {
            let allowed = powers.actions.contains(action);
            let account = person.account;
            allowed
                .then(|| on_changeable(sweep, account, action))
                .flatten()
                .map(Way::from)
        };
        if let Some(way) = way {
            let passed = way.passed_in_words(data);
            let message =
                format!("can call `{action}` with a fresh MFA code, which {what}{passed}");
            let subject = (SubjectKind::User, person.key.to_string());
            found.push(finding(subject, action, way.granted, &message));
        }
    }
}

pub(super) fn check_roles(
    data: &ProofData<'_>,
    roles: &BTreeMap<RoleArn, ActionSet>,
    found: &mut Vec<Finding>,
) {
    for position in data.roles.positions {
        let Some(actions) = roles.get(&position.arn) else {
            continue;
        };
        if is_administrator(actions) {
            continue;
        }
        data.sessions(position, |sweeps| {
            let held = WIDENING
                .iter()
                .filter(|(action, _)| actions.contains(action));
            for (action, what) in held {
                let sweeps = sweeps.iter();
                let ways = sweeps.filter_map(|sweep| widens(data, position, sweep, action));
                if let Some(way) = surest(ways, Way::is_certain) {
                    let passed = way.passed_in_words(data);
                    let message = format!(
                        "a session of this role can call `{action}`, which {what}{passed}, \
                         although the role is not an administrator"
                    );
                    let name = position.role.name.as_str();
                    let subject = (SubjectKind::Role, data.subject(position.account, name));
                    found.push(finding(subject, action, way.granted, &message));
                }
            }
        });
    }
}

/// A way to widen rights by an action.
struct Way {
    granted: Granted,
    /// The role that it hands to a service, if it is `iam:PassRole`.
    passed: Option<Passed>,
}

/// A role that an identity may hand to a service.
enum Passed {
    /// Any that no policy names.
    Unnamed,
    /// The powerful role of this number.
    Role(usize),
}

impl Way {
    fn is_certain(&self) -> bool {
        self.granted.certain
    }

    /// The end of a sentence about starting a service with a role.
    fn passed_in_words(&self, data: &ProofData<'_>) -> String {
        match self.passed {
            None => String::new(),
            Some(Passed::Unnamed) => ", even one that no policy names".to_owned(),
            Some(Passed::Role(number)) => {
                let position = &data.roles.positions[number];
                let name = data.subject(position.account, position.role.name.as_str());
                format!(", such as `{name}`")
            }
        }
    }
}

impl From<Granted> for Way {
    fn from(granted: Granted) -> Self {
        Self {
            granted,
            passed: None,
        }
    }
}

/// The way in which a session of a role widens its rights by an action.
fn widens(
    data: &ProofData<'_>,
    position: &Position<'_>,
    sweep: &Sweep<'_>,
    action: &str,
) -> Option<Way> {
    if action == PASS_ROLE {
        return passes(data, sweep, position.account);
    }
    if ABOUT_OTHERS.contains(&action) {
        let kinds = kinds().iter();
        let ways = kinds.filter_map(|kind| sweep.grant_on(action, kind));
        return Granted::surest(ways).map(Way::from);
    }
    on_changeable(sweep, position.account, action).map(Way::from)
}

/// The statement that allows an action on something that the account can change.
fn on_changeable(sweep: &Sweep<'_>, account: &Account, action: &str) -> Option<Granted> {
    if ABOUT_EXISTING.contains(&action) {
        let existing = existing(account, action).into_iter();
        let sets = existing.map(|arn| ArnSet::one(&arn));
        let ways = sets.filter_map(|set| sweep.grant_on(action, &set));
        return Granted::surest(ways.chain(on_creatable(sweep, action)));
    }
    match ABOUT_ROLES.contains(&action) {
        true => sweep.grant_outside(action, of_aws()),
        false => sweep.grant(action),
    }
}

/// The statement that changes a boundary, if the identity may also create users or roles. It may
/// then create one with the boundary that a policy demands, and lift that. Which names both calls
/// allow is not judged, so that this is never certain.
fn on_creatable(sweep: &Sweep<'_>, action: &str) -> Option<Granted> {
    let create = match action {
        UPDATE_SAML => return None,
        action if action.contains("User") => "iam:CreateUser",
        _ => "iam:CreateRole",
    };
    sweep.grant(create)?;
    let granted = sweep.grant_outside(action, of_aws())?;
    Some(Granted {
        certain: false,
        ..granted
    })
}

/// The users and roles that have a boundary, or the identity providers whose identities some role
/// admits.
fn existing(account: &Account, action: &str) -> Vec<String> {
    if action == UPDATE_SAML {
        let trusts = account
            .roles
            .values()
            .filter_map(|role| role.trust.policy());
        let principals = trusts.flat_map(admitted);
        let providers = principals.filter_map(|principal| match principal {
            Principal::Federated(arn) if arn.contains(":saml-provider/") => Some(arn.clone()),
            _ => None,
        });
        return providers.collect();
    }
    if action.contains("User") {
        let users = account.users.values();
        let bounded = users.filter(|user| user.grants.boundary.is_some());
        return bounded.map(|user| account.user_arn(user)).collect();
    }
    let roles = account.roles.values();
    let bounded = roles.filter(|role| role.grants.boundary.is_some() && !role.is_aws_owned());
    bounded
        .map(|role| account.role_arn(role).to_string())
        .collect()
}

fn finding(
    (kind, subject): (SubjectKind, String),
    action: &str,
    granted: Granted,
    message: &str,
) -> Finding {
    Finding {
        id: format!("widen/{action}"),
        severity: Severity::High,
        kind,
        subject,
        message: format!("{message}{}", granted.doubt()),
        statement: Some(granted.by),
        certain: granted.certain,
        breaks: None,
        fix: None,
    }
}

/// Whether a role can give itself or others every right: it is an administrator's, it can
/// widen its own rights by one of [`WIDENING`], or it leads to such a role. It leads to the roles that it
/// can assume, to those that it can pass to a service, and perhaps to those of a service whose work it
/// can change.
pub(super) fn is_powerful(data: &ProofData<'_>, role: &RoleArn, ways: Ways) -> bool {
    let known = data.actions.get(role);
    known.is_some_and(|(number, _)| leads_to_power(data, *number, ways))
}

fn leads_to_power(data: &ProofData<'_>, role: usize, ways: Ways) -> bool {
    let escalations = &data.escalations;
    escalations.is_powerful(role, ways, |role| escalation(data, role))
}

/// What a role may do, whatever the roles can do that it leads to.
fn escalation(data: &ProofData<'_>, role: usize) -> Escalation {
    let position = &data.roles.positions[role];
    let mut leads = Leads::default();
    let Some(actions) = data.role_actions(&position.arn) else {
        return Escalation::Leads(leads);
    };
    let held = WIDENING.iter().map(|(action, _)| *action);
    let held: Vec<&str> = held.filter(|action| actions.contains(action)).collect();
    let (depends, plain): (Vec<&str>, Vec<&str>) = held.into_iter().partition(|action| {
        *action == PASS_ROLE || ABOUT_ROLES.contains(action) || ABOUT_EXISTING.contains(action)
    });
    if is_administrator(actions) || !plain.is_empty() {
        return Escalation::Powerful;
    }
    for (next, certain) in data.roles.next(role) {
        match certain {
            true => leads.surely.push(next),
            false => leads.perhaps.push(next),
        }
    }
    leads
        .perhaps
        .extend(behind_services(data, position.account, actions));
    if depends.is_empty() {
        return Escalation::Leads(leads);
    }
    data.sessions(position, |sweeps| {
        let account = position.account;
        let widens = |action: &str, sweep: &Sweep<'_>| match action {
            PASS_ROLE => on_unnamed(sweep, account).is_some(),
            action => on_changeable(sweep, account, action).is_some(),
        };
        let mut questions = depends
            .iter()
            .flat_map(|action| sweeps.iter().map(move |sweep| (*action, sweep)));
        if questions.any(|(action, sweep)| widens(action, sweep)) {
            return Escalation::Powerful;
        }
        let passed = sweeps.iter().flat_map(|sweep| passable(data, sweep));
        leads.surely.extend(passed.map(|(role, _)| role));
        Escalation::Leads(leads)
    })
}

/// Whether `iam:PassRole` widens rights: it is allowed for roles that no policy names, or for a
/// powerful role that some service may take.
fn passes(data: &ProofData<'_>, sweep: &Sweep<'_>, account: &Account) -> Option<Way> {
    let any = on_unnamed(sweep, account).map(|granted| Way {
        granted,
        passed: Some(Passed::Unnamed),
    });
    if any.as_ref().is_some_and(Way::is_certain) {
        return any;
    }
    let mut roles = passable(data, sweep);
    roles.sort_by_key(|(_, granted)| !granted.certain);
    // The first powerful role decides.
    let first = |ways: Ways| {
        let mut roles = roles.iter();
        let first = roles.find(|(role, _)| leads_to_power(data, *role, ways));
        first.map(|(role, granted)| Way {
            granted: Granted {
                by: granted.by.clone(),
                certain: granted.certain && ways == Ways::Sure,
            },
            passed: Some(Passed::Role(*role)),
        })
    };
    let powerful = first(Ways::Sure).or_else(|| first(Ways::All));
    surest(any.into_iter().chain(powerful), Way::is_certain)
}

/// The statement that lets an identity pass roles that no policy names.
fn on_unnamed(sweep: &Sweep<'_>, account: &Account) -> Option<Granted> {
    let unnamed = format!(
        "arn:{}:iam::{}:role/zz-any-other-role",
        account.partition, account.id
    );
    sweep.grant_on(PASS_ROLE, &ArnSet::one(&unnamed))
}

/// The numbers of the roles that an identity may pass to some service, each with the statement.
fn passable(data: &ProofData<'_>, sweep: &Sweep<'_>) -> Vec<(usize, Granted)> {
    let positions = data.roles.positions.iter().enumerate();
    let taken = positions.filter(|(_, position)| trusts_a_service(position.role));
    let passed = taken.filter_map(|(number, position)| {
        let granted = sweep.grant_on(PASS_ROLE, &ArnSet::one(position.arn.as_str()))?;
        Some((number, granted))
    });
    passed.collect()
}
