//! Findings that stand for many rights. The same finding before and after a change may hide that there
//! are more of them.

use std::collections::BTreeMap;

use keyward_core::id::RoleArn;

use super::credentials::enrolment;
use super::finding::Finding;
use super::scenario::Scenario;
use super::sweep::Swept;
use super::{ActionSet, Proof, UserProof};

/// Whether a finding of the later proof says more than the same one of the earlier: further actions
/// without MFA, or further actions of a role that is open without MFA.
#[must_use]
pub fn has_grown(before: &Proof, after: &Proof, finding: &Finding) -> bool {
    let user = |proof: &Proof| -> Option<UserProof> {
        let mut users = proof.users.iter();
        let own = users.find(|(key, _)| key.to_string() == finding.subject);
        own.map(|(_, user)| user.clone())
    };
    let (Some(old), Some(new)) = (user(before), user(after)) else {
        return false;
    };
    match finding.id.split_once('/') {
        Some(("without-mfa", "many")) => Scenario::WITHOUT_MFA.into_iter().any(|scenario| {
            let [old, new] = [&old, &new].map(|user| Swept::of(user.powers(scenario)));
            !new.beyond(&old).without(enrolment()).is_empty()
        }),
        Some(("role-without-mfa", name)) => {
            let name = name.rsplit('/').next().unwrap_or(name);
            let reached = Scenario::WITHOUT_MFA.map(|scenario| &new.powers(scenario).roles);
            let mut roles = reached.into_iter().flat_map(BTreeMap::keys);
            roles.any(|role| {
                let [old, new] = [before, after].map(|proof| of_role(proof, role));
                role.role_name() == name && !new.beyond(&old).is_empty()
            })
        }
        _ => false,
    }
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
