//! Ways to widen one's own rights: a user with a code, or the session of a role that is no
//! administrator's.

use std::collections::BTreeMap;

use keyward_core::id::RoleArn;
use keyward_iam::model::Role;
use keyward_iam::{ArnSet, Principal, Selection, StatementRef};

use crate::prove::credentials::{ABOUT_OTHERS, WIDENING};
use crate::prove::finding::{Finding, Severity};
use crate::prove::judged::Judged;
use crate::prove::own::{kinds, own};
use crate::prove::people::Position;
use crate::prove::scenario::Scenario;
use crate::prove::sweep::Sweep;
use crate::prove::{ActionSet, World};

use super::administrators::is_administrator;

const PASS_ROLE: &str = "iam:PassRole";

pub(super) fn check_user(world: &World<'_>, judged: &Judged<'_>, found: &mut Vec<Finding>) {
    let person = judged.person;
    let powers = judged.proof.powers(Scenario::Mfa);
    if is_administrator(&powers.actions) {
        // That is a finding of its own.
        return;
    }
    let sweep = judged.sweep(Scenario::Mfa);
    for (action, what) in WIDENING {
        let by = if action == PASS_ROLE {
            passes(world, sweep, person.account)
        } else if ABOUT_OTHERS.contains(&action) {
            let allowed = powers.others.contains(action);
            allowed
                .then(|| sweep.grant_outside(action, &own(person)))
                .flatten()
        } else {
            let allowed = powers.actions.contains(action);
            allowed.then(|| sweep.grant(action)).flatten()
        };
        if let Some(by) = by {
            let message = format!("can call `{action}` with a fresh MFA code, which {what}");
            found.push(finding(person.key.to_string(), action, by, message));
        }
    }
}

pub(super) fn check_roles(
    world: &World<'_>,
    roles: &BTreeMap<RoleArn, ActionSet>,
    found: &mut Vec<Finding>,
) {
    for position in world.roles.positions {
        let Some(actions) = roles.get(&position.arn) else {
            continue;
        };
        if is_administrator(actions) {
            continue;
        }
        world.sessions(position, |sweeps| {
            let held = WIDENING
                .iter()
                .filter(|(action, _)| actions.contains(action));
            for (action, what) in held {
                let mut sweeps = sweeps.iter();
                if let Some(by) = sweeps.find_map(|sweep| widens(world, position, sweep, action)) {
                    let message = format!(
                        "a session of this role can call `{action}`, which {what}, although the \
                         role is not an administrator"
                    );
                    let subject = world.subject(position.account, position.role.name.as_str());
                    found.push(finding(subject, action, by, message));
                }
            }
        });
    }
}

/// The statement with which a session of a role widens its rights by an action.
fn widens(
    world: &World<'_>,
    position: &Position<'_>,
    sweep: &Sweep<'_>,
    action: &str,
) -> Option<StatementRef> {
    if action == PASS_ROLE {
        return passes(world, sweep, position.account);
    }
    if ABOUT_OTHERS.contains(&action) {
        return kinds().iter().find_map(|kind| sweep.grant_on(action, kind));
    }
    sweep.grant(action)
}

fn finding(subject: String, action: &str, by: StatementRef, message: String) -> Finding {
    Finding {
        id: format!("widen/{action}"),
        severity: Severity::High,
        subject,
        statement: Some(by),
        message,
        breaks: None,
        fix: None,
    }
}

/// Whether `iam:PassRole` widens rights: it is allowed for roles that no policy names, or for a
/// role of administrators that some service may take.
fn passes(
    world: &World<'_>,
    sweep: &Sweep<'_>,
    account: &keyward_iam::model::Account,
) -> Option<StatementRef> {
    let unnamed = format!(
        "arn:{}:iam::{}:role/zz-any-other-role",
        account.partition, account.id
    );
    let any = sweep.grant_on(PASS_ROLE, &ArnSet::one(&unnamed));
    any.or_else(|| {
        let mut positions = world.roles.positions.iter();
        positions.find_map(|position| {
            let by = sweep.grant_on(PASS_ROLE, &ArnSet::one(position.arn.as_str()))?;
            (trusts_a_service(position.role) && is_administrators(world, position)).then_some(by)
        })
    })
}

fn is_administrators(world: &World<'_>, position: &Position<'_>) -> bool {
    world
        .role_actions(&position.arn)
        .is_some_and(is_administrator)
}

fn trusts_a_service(role: &Role) -> bool {
    let statements = role.trust.policy().map(|trust| trust.statements());
    let mut principals = statements
        .into_iter()
        .flatten()
        .filter_map(|statement| statement.principals())
        .flat_map(Selection::listed);
    principals.any(|principal| matches!(principal, Principal::Service(_)))
}
