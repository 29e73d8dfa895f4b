//! Findings that stand for many rights. The same finding before and after a change may hide that there
//! are more of them.

use std::collections::BTreeMap;

use keyward_core::id::RoleArn;

use super::credentials::enrolment;
use super::finding::Finding;
use super::scenario::Scenario;
use super::sweep::Swept;
use super::{ActionSet, Admission, Proof, UserProof};

/// Whether a finding of the later proof says more than the same one of the earlier: further actions
/// without MFA, or further actions of a role that a key or an outsider opens without MFA.
#[must_use]
pub fn has_grown(before: &Proof, after: &Proof, finding: &Finding) -> bool {
    match finding.id.split_once('/') {
        Some(("without-mfa", "many")) => of_users(before, after, finding, |old, new| {
            Scenario::WITHOUT_MFA.into_iter().any(|scenario| {
                let [old, new] = [old, new].map(|user| Swept::of(user.powers(scenario)));
                !new.beyond(&old).without(enrolment()).is_empty()
            })
        }),
        Some(("role-without-mfa", subject)) => of_users(before, after, finding, |_, new| {
            let reached = Scenario::WITHOUT_MFA.map(|scenario| &new.powers(scenario).roles);
            let mut roles = reached.into_iter().flat_map(BTreeMap::keys);
            roles.any(|role| {
                after.role_subject(role) == subject && role_has_grown(before, after, role)
            })
        }),
        Some(("role-open-to", _)) => admission_has_grown(before, after, finding),
        _ => false,
    }
}

/// Whether more holds of a finding's user. A user of one proof only has no earlier finding.
fn of_users(
    before: &Proof,
    after: &Proof,
    finding: &Finding,
    more: impl FnOnce(&UserProof, &UserProof) -> bool,
) -> bool {
    let [old, new] = [before, after].map(|proof| {
        let mut users = proof.users.iter();
        let own = users.find(|(key, _)| key.to_string() == finding.subject);
        own.map(|(_, user)| user)
    });
    matches!((old, new), (Some(old), Some(new)) if more(old, new))
}

/// Whether a role that outsiders get into can do more, or its sessions reach further roles.
fn admission_has_grown(before: &Proof, after: &Proof, finding: &Finding) -> bool {
    let is_meant = |admission: &Admission| {
        admission.finding_id() == finding.id
            && after.role_subject(&admission.role) == finding.subject
    };
    let mut admissions = after.outsiders.iter();
    admissions.any(|now| {
        let mut old = before.outsiders.iter();
        let led = old.any(|old| {
            let mut reached = now.leads_to.iter();
            (&old.role, old.entry.who.id()) == (&now.role, now.entry.who.id())
                && reached.all(|role| old.leads_to.contains(role))
        });
        let mut reached = std::iter::once(&now.role).chain(&now.leads_to);
        is_meant(now) && (!led || reached.any(|role| role_has_grown(before, after, role)))
    })
}

fn role_has_grown(before: &Proof, after: &Proof, role: &RoleArn) -> bool {
    let [old, new] = [before, after].map(|proof| of_role(proof, role));
    !new.beyond(&old).is_empty()
}

fn of_role(proof: &Proof, role: &RoleArn) -> Swept {
    let held = |sets: &BTreeMap<RoleArn, ActionSet>| sets.get(role).cloned().unwrap_or_default();
    Swept {
        allowed: held(&proof.roles),
        undecided: held(&proof.undecided_of_roles),
    }
}

#[cfg(test)]
mod tests;
