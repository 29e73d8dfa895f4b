//! Ways to more rights that pass through another service: a command on an instance, the code of a
//! function, a permission set of IAM Identity Center. The account's details do not show what runs
//! there, so no such way is certain.

use std::collections::BTreeMap;

use keyward_core::id::RoleArn;
use keyward_iam::model::{Account, Role};

use crate::prove::credentials::{THROUGH_IDENTITY_CENTER, THROUGH_ORGANIZATION, THROUGH_SERVICES};
use crate::prove::escalation::Ways;
use crate::prove::finding::{Finding, Severity, SubjectKind};
use crate::prove::judged::Judged;
use crate::prove::scenario::Scenario;
use crate::prove::sweep::{Granted, Sweep};
use crate::prove::{ActionSet, ProofData};

use super::administrators::is_administrator;
use super::service_roles::takers;
use super::widen::is_powerful;

pub(super) fn check_user(data: &ProofData<'_>, judged: &Judged<'_>, found: &mut Vec<Finding>) {
    let person = judged.person;
    if is_administrator(&judged.proof.powers(Scenario::Mfa).actions) {
        return;
    }
    let sweep = judged.sweep(Scenario::Mfa);
    let subject = person.key.to_string();
    for way in ways(data, person.account, &[sweep], None) {
        found.push(way.finding(SubjectKind::User, &subject, "", " with a fresh MFA code"));
    }
}

pub(super) fn check_roles(
    data: &ProofData<'_>,
    roles: &BTreeMap<RoleArn, ActionSet>,
    found: &mut Vec<Finding>,
) {
    for position in data.roles.positions {
        let actions = roles.get(&position.arn);
        if actions.is_none_or(is_administrator) {
            continue;
        }
        let subject = data.subject(position.account, position.role.name.as_str());
        data.sessions(position, |[absent, without]| {
            let ways = ways(
                data,
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
struct WideningGrant {
    /// The end of the id, the same whatever else is allowed.
    id: &'static str,
    granted: Granted,
    /// What the identity can do: the words after "can", before and after those about the code.
    what: [String; 2],
}

/// The ways of an identity, by its sweeps. `own` is the role itself, if the identity is a role.
fn ways(
    data: &ProofData<'_>,
    account: &Account,
    sweeps: &[&Sweep<'_>],
    own: Option<&RoleArn>,
) -> Vec<WideningGrant> {
    let grant = |action: &str| {
        let grants = sweeps.iter().filter_map(|sweep| sweep.grant(action));
        Granted::surest(grants)
    };
    let through_services = THROUGH_SERVICES.iter().filter_map(|way| {
        let granted = grant(way.action)?;
        if way.with.iter().any(|partner| grant(partner).is_none()) {
            return None;
        }
        let mut services = way.services.iter();
        let role = services.find_map(|service| powerful(data, account, service, own))?;
        let effect = format!(
            ", which {}, which may run with the role `{}`",
            way.what,
            role.role_name()
        );
        Some(WideningGrant {
            id: way.action,
            granted,
            what: [format!("call `{}`", way.action), effect],
        })
    });
    let through_center = through_center(account, &grant);
    let through_organization = through_organization(data, account, &grant);
    through_services
        .chain(through_center)
        .chain(through_organization)
        .collect()
}

/// The way through an organization: one, whichever of its actions are allowed. Only its management
/// account, or one that it delegates to, can go it, and the details of an account do not say which it is.
fn through_organization(
    data: &ProofData<'_>,
    account: &Account,
    grant: &dyn Fn(&str) -> Option<Granted>,
) -> Option<WideningGrant> {
    let mut accounts = data.accounts.iter().map(|proven| proven.account);
    let limited = accounts.any(|account| account.service_control.is_some());
    if !limited && !account.roles.values().any(is_of_organizations) {
        return None;
    }
    let actions = THROUGH_ORGANIZATION.iter();
    let allowed = actions.filter_map(|action| Some((format!("`{action}`"), grant(action)?)));
    let (names, grants): (Vec<String>, Vec<Granted>) = allowed.unzip();
    let how = format!(
        " by {}, if this account manages the organization",
        names.join(", ")
    );
    Some(WideningGrant {
        id: "organization",
        granted: Granted::surest(grants)?,
        what: [
            "act in other accounts of the organization, or change their limits".to_owned(),
            how,
        ],
    })
}

/// The way through IAM Identity Center: one, whichever of its actions are allowed.
fn through_center(
    account: &Account,
    grant: &dyn Fn(&str) -> Option<Granted>,
) -> Option<WideningGrant> {
    if !account.roles.values().any(is_of_identity_center) {
        return None;
    }
    let actions = THROUGH_IDENTITY_CENTER.iter();
    let allowed = actions.filter_map(|action| Some((format!("`{action}`"), grant(action)?)));
    let (names, grants): (Vec<String>, Vec<Granted>) = allowed.unzip();
    let what = "change who holds which rights in IAM Identity Center".to_owned();
    let how = format!(
        " by {}, if this account manages IAM Identity Center",
        names.join(", ")
    );
    Some(WideningGrant {
        id: "identity-center",
        granted: Granted::surest(grants)?,
        what: [what, how],
    })
}

impl WideningGrant {
    /// The finding about it. `how` names the credentials that call the action.
    fn finding(self, kind: SubjectKind, subject: &str, who: &str, how: &str) -> Finding {
        let Self {
            id,
            granted,
            what: [what, effect],
        } = self;
        Finding {
            id: format!("widen/{id}"),
            severity: Severity::Medium,
            kind,
            subject: subject.to_owned(),
            message: format!("{who}can {what}{how}{effect}{}", granted.doubt()),
            statement: Some(granted.by),
            certain: false,
            breaks: None,
            fix: None,
        }
    }
}

/// A role of the account that a service may assume and that can grant itself every right.
fn powerful<'w>(
    data: &'w ProofData<'_>,
    account: &Account,
    service: &'static str,
    own: Option<&RoleArn>,
) -> Option<&'w RoleArn> {
    let number = data.number(account)?;
    let find = || {
        let takers = takers(data, account, service);
        let mut taken = takers
            .iter()
            .copied()
            .filter(|role| is_powerful(data, &data.roles.positions[*role].arn, Ways::All));
        let mut next = || taken.next();
        [next(), next()]
    };
    let taken = data.escalations.taken(number, service, find);
    let mut taken = taken.into_iter().flatten();
    taken.find_map(|role| {
        let arn = &data.roles.positions[role].arn;
        (Some(arn) != own).then_some(arn)
    })
}

/// Whether IAM Identity Center made the role.
///
/// Source: <https://docs.aws.amazon.com/singlesignon/latest/userguide/referencingpermissionsets.html>
fn is_of_identity_center(role: &Role) -> bool {
    role.name.as_str().starts_with("AWSReservedSSO_")
}

/// Whether AWS Organizations made the role, as it does in each account of an organization.
///
/// Source: <https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services-using_slrs.html>
fn is_of_organizations(role: &Role) -> bool {
    role.name.as_str() == "AWSServiceRoleForOrganizations"
}

#[cfg(test)]
mod tests;
