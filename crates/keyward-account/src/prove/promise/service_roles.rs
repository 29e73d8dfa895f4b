//! The roles that services may assume, and what a role reaches by changing what a service runs.

use std::collections::BTreeSet;
use std::rc::Rc;

use keyward_iam::model::{Account, Role};
use keyward_iam::{Action, Context, Effect, Policy, Principal, Selection, Truth};

use crate::prove::credentials::THROUGH_SERVICES;
use crate::prove::{ActionSet, ProofData};

/// The numbers of the roles of an account that a service may assume, without those that AWS owns.
pub(super) fn takers(
    data: &ProofData<'_>,
    account: &Account,
    service: &'static str,
) -> Rc<[usize]> {
    let Some(number) = data.number(account) else {
        return Rc::default();
    };
    data.escalations.takers(number, service, || {
        let positions = data.roles.positions.iter().enumerate();
        let taken = positions.filter(|(_, position)| {
            std::ptr::eq(position.account, account)
                && !position.role.is_aws_owned()
                && trusts(position.role, service)
        });
        taken.map(|(number, _)| number).collect()
    })
}

/// The numbers of the roles with which something may run that these actions change.
pub(super) fn behind_services(
    data: &ProofData<'_>,
    account: &Account,
    actions: &ActionSet,
) -> Vec<usize> {
    let ways = THROUGH_SERVICES.iter().filter(|way| {
        let mut needed = std::iter::once(&way.action).chain(way.with);
        needed.all(|action| actions.contains(action))
    });
    let services: BTreeSet<&'static str> = ways.flat_map(|way| way.services).copied().collect();
    let taken = services.into_iter();
    let taken: BTreeSet<usize> = taken
        .flat_map(|service| takers(data, account, service).to_vec())
        .collect();
    taken.into_iter().collect()
}

pub(super) fn trusts_a_service(role: &Role) -> bool {
    // An unreadable trust policy does not show who may assume the role.
    let Some(trust) = role.trust.policy() else {
        return true;
    };
    services(trust).next().is_some()
}

/// The services that a trust policy admits: an allow names them, and no denial shuts each of them out. A
/// denial shuts a service out only if it names that service and has no condition, because nothing is
/// known about the calls of services. Another case is another name: a denial of `Lambda.amazonaws.com` may
/// deny nothing.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateServiceLinkedRole.html>: service
/// principals are case-sensitive
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html>
fn services(trust: &Policy) -> impl Iterator<Item = &str> {
    let assume: Action = "sts:AssumeRole".parse().expect("this is an action");
    let denials = trust.statements().iter().filter(move |statement| {
        statement.effect() == Effect::Deny
            && statement.covers(&assume) == Truth::Yes
            && statement.conditions_hold(&Context::partial()) == Truth::Yes
    });
    let denied: Vec<&str> = denials
        .filter_map(|statement| match statement.principals()? {
            Selection::Only(listed) => Some(listed),
            Selection::Except(_) => None,
        })
        .flatten()
        .filter_map(service)
        .collect();
    let allowed = admitted(trust).filter_map(service);
    allowed.filter(move |name| !denied.contains(name))
}

/// The principals that the allows of a trust policy list.
pub(super) fn admitted(trust: &Policy) -> impl Iterator<Item = &Principal> {
    let statements = trust.statements().iter();
    let allows = statements.filter(|statement| statement.effect() == Effect::Allow);
    let principals = allows.filter_map(|statement| statement.principals());
    principals.flat_map(Selection::listed)
}

/// The name of a service.
fn service(principal: &Principal) -> Option<&str> {
    match principal {
        Principal::Service(name) => Some(name),
        _ => None,
    }
}

/// Whether a trust policy admits a service, in whatever partition: `ec2.amazonaws.com.cn`. An
/// unreadable one may admit any.
fn trusts(role: &Role, service: &str) -> bool {
    let Some(trust) = role.trust.policy() else {
        return true;
    };
    services(trust).any(|name| {
        let rest = name.get(service.len()..).unwrap_or_default();
        name.get(..service.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(service))
            && rest.starts_with('.')
    })
}
