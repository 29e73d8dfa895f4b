//! Ways to more rights that pass through another service: a command on an instance, the code of a function,
//! a permission set of IAM Identity Center. The account's details do not show what runs there, so none of these
//! ways is certain.

use std::collections::BTreeMap;

use keyward_core::id::RoleArn;
use keyward_iam::model::{Account, Role};
use keyward_iam::{Principal, Selection};

use crate::prove::credentials::{THROUGH_IDENTITY_CENTER, THROUGH_SERVICES};
use crate::prove::finding::{Finding, Severity, SubjectKind};
use crate::prove::judged::Judged;
use crate::prove::scenario::Scenario;
use crate::prove::sweep::{Granted, Sweep};
use crate::prove::{ActionSet, World};

use super::administrators::is_administrator;
use super::widen::is_powerful;

pub(super) fn check_user(world: &World<'_>, judged: &Judged<'_>, found: &mut Vec<Finding>) {
    let person = judged.person;
    if is_administrator(&judged.proof.powers(Scenario::Mfa).actions) {
        return;
    }
    let sweep = judged.sweep(Scenario::Mfa);
    let subject = person.key.to_string();
    for way in ways(world, person.account, &[sweep], None) {
        found.push(way.finding(SubjectKind::User, &subject, "", " with a fresh MFA code"));
    }
}

pub(super) fn check_roles(
    world: &World<'_>,
    roles: &BTreeMap<RoleArn, ActionSet>,
    found: &mut Vec<Finding>,
) {
    for position in world.roles.positions {
        let actions = roles.get(&position.arn);
        if actions.is_none_or(is_administrator) {
            continue;
        }
        let subject = world.subject(position.account, position.role.name.as_str());
        world.sessions(position, |[absent, without]| {
            let ways = ways(
                world,
                position.account,
                &[absent, without],
                Some(&position.arn),
            );
            let who = "a session of this role ";
            let findings = ways.into_iter();
            found.extend(findings.map(|way| way.finding(SubjectKind::Role, &subject, who, "")));
        });
    }
}

/// A way to more rights.
struct Way {
    action: &'static str,
    granted: Granted,
    /// What the action does: the end of "can call `ACTION`, which …".
    what: String,
}

/// The ways of an identity, by its sweeps. `own` is the role itself, if the identity is a role.
fn ways(
    world: &World<'_>,
    account: &Account,
    sweeps: &[&Sweep<'_>],
    own: Option<&RoleArn>,
) -> Vec<Way> {
    let grant = |action: &str| {
        let grants = sweeps.iter().filter_map(|sweep| sweep.grant(action));
        Granted::surest(grants)
    };
    // Each service is asked about once.
    let mut roles: BTreeMap<&str, Option<&RoleArn>> = BTreeMap::new();
    let through_services = THROUGH_SERVICES.iter().filter_map(|way| {
        let granted = grant(way.action)?;
        if way.with.iter().any(|partner| grant(partner).is_none()) {
            return None;
        }
        let role = roles.entry(way.service);
        let role = role.or_insert_with(|| powerful(world, account, way.service, own));
        let role = (*role)?;
        let what = format!(
            "{}, which may run with the role `{}`",
            way.what,
            role.role_name()
        );
        Some(Way {
            action: way.action,
            granted,
            what,
        })
    });
    let has_center = account.roles.values().any(is_of_identity_center);
    let through_center = THROUGH_IDENTITY_CENTER.iter().filter(|_| has_center);
    let through_center = through_center.filter_map(|(action, what)| {
        Some(Way {
            action,
            granted: grant(action)?,
            what: format!("{what}, if this account manages IAM Identity Center"),
        })
    });
    through_services.chain(through_center).collect()
}

impl Way {
    /// The finding about it. `how` says with what the action is called.
    fn finding(self, kind: SubjectKind, subject: &str, who: &str, how: &str) -> Finding {
        let Self {
            action,
            granted,
            what,
        } = self;
        Finding {
            id: format!("widen/{action}"),
            severity: Severity::Medium,
            kind,
            subject: subject.to_owned(),
            message: format!(
                "{who}can call `{action}`{how}, which {what}{}",
                granted.doubt()
            ),
            statement: Some(granted.by),
            certain: false,
            breaks: None,
            fix: None,
        }
    }
}

/// A role of the account that a service may take, and that can give itself every right.
fn powerful<'w>(
    world: &'w World<'_>,
    account: &Account,
    service: &str,
    own: Option<&RoleArn>,
) -> Option<&'w RoleArn> {
    let positions = world.roles.positions.iter();
    let here = positions.filter(|position| std::ptr::eq(position.account, account));
    let taken = here.filter(|position| {
        Some(&position.arn) != own
            && !position.role.is_aws_owned()
            && trusts(position.role, service)
    });
    let mut taken = taken.map(|position| &position.arn);
    taken.find(|role| is_powerful(world, role))
}

/// Whether a trust policy names a service, in whatever partition: `ec2.amazonaws.com.cn`. An unreadable one
/// may name any.
fn trusts(role: &Role, service: &str) -> bool {
    let Some(trust) = role.trust.policy() else {
        return true;
    };
    let statements = trust.statements().iter();
    let principals = statements.filter_map(|statement| statement.principals());
    let mut listed = principals.flat_map(Selection::listed);
    listed.any(|principal| match principal {
        Principal::Service(name) => {
            let rest = name.get(service.len()..).unwrap_or_default();
            name.get(..service.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(service))
                && rest.starts_with('.')
        }
        _ => false,
    })
}

/// Whether IAM Identity Center made the role.
///
/// Source: <https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>
fn is_of_identity_center(role: &Role) -> bool {
    role.name.as_str().starts_with("AWSReservedSSO_")
}

#[cfg(test)]
mod tests;
