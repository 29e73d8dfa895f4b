//! Ways to widen one's own rights: a user with a code, or the session of a role that is no
//! administrator's.

use std::collections::BTreeMap;

use keyward_core::id::RoleArn;
use keyward_iam::model::Role;
use keyward_iam::{Principal, Selection, StatementRef};

use crate::prove::credentials::{ABOUT_OTHERS, WIDENING};
use crate::prove::finding::{Finding, Severity};
use crate::prove::glob::Glob;
use crate::prove::own::{kinds, own};
use crate::prove::people::{Person, Position};
use crate::prove::scenario::Scenario;
use crate::prove::sweep::Sweep;
use crate::prove::{ActionSet, UserProof, World};

use super::administrators::is_administrator;

const PASS_ROLE: &str = "iam:PassRole";

pub(super) fn check_user(
    world: &World<'_>,
    person: &Person<'_>,
    proof: &UserProof,
    found: &mut Vec<Finding>,
) {
    let powers = proof.powers(Scenario::Mfa);
    if is_administrator(&powers.actions) {
        // That is a finding of its own.
        return;
    }
    let sweep = world.sweep(person, Scenario::Mfa);
    for (action, what) in WIDENING {
        let by = if action == PASS_ROLE {
            passes(world, &sweep, person.account)
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
        let sweeps = world.role_sweeps(position);
        for (action, what) in WIDENING {
            if !actions.contains(action) {
                continue;
            }
            let by = sweeps.iter().find_map(|sweep| {
                if action == PASS_ROLE {
                    passes(world, sweep, position.account)
                } else if ABOUT_OTHERS.contains(&action) {
                    kinds().iter().find_map(|kind| sweep.grant_on(action, kind))
                } else {
                    sweep.grant(action)
                }
            });
            if let Some(by) = by {
                let role = &position.role.name;
                let message = format!(
                    "a session of this role can call `{action}`, which {what}, although the role \
                     is no administrator's"
                );
                let subject = world.subject(position.account, role.as_str());
                found.push(finding(subject, action, by, message));
            }
        }
    }
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
    let any = sweep.grant_on(PASS_ROLE, &Glob::literal(&unnamed));
    any.or_else(|| {
        let mut positions = world.roles.positions.iter();
        positions.find_map(|position| {
            let by = sweep.grant_on(PASS_ROLE, &Glob::literal(position.arn.as_str()))?;
            (trusts_a_service(position.role) && is_administrators(world, position)).then_some(by)
        })
    })
}

fn is_administrators(world: &World<'_>, position: &Position<'_>) -> bool {
    is_administrator(&world.role_actions(position))
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
