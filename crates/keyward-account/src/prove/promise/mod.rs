//! The promises, each with the check that looks for what breaks it, and further checks for what
//! people should know. Every finding names the statement behind it.

mod administrators;
pub(super) mod enrolment;
pub(super) mod grants;
mod guard;
mod outsiders;
mod own_change;
mod roles;
mod service_roles;
mod unknown;
mod widen;
mod widen_elsewhere;
mod without_mfa;

use std::collections::BTreeMap;

use keyward_core::id::RoleArn;

use super::action_set::ActionSet;
use super::finding::Finding;
use super::judged::Judged;
use super::scenario::Scenario;
use super::{Admission, ProofData};

pub(super) use guard::LACKS_KEY;
/// Adds the findings about a user.
pub(super) fn of_user(data: &ProofData<'_>, judged: &Judged<'_>, found: &mut Vec<Finding>) {
    without_mfa::check(judged, found);
    roles::check(data, judged, found);
    guard::check(data, judged, found);
    let [alone, with_code] =
        [Scenario::LongTermKey, Scenario::Mfa].map(|scenario| judged.sweep(scenario));
    found.extend(enrolment::defects(judged.person, alone, with_code));
    administrators::check(data, judged, found);
    widen::check_user(data, judged, found);
    widen_elsewhere::check_user(data, judged, found);
    own_change::check(data, judged, found);
    unknown::check_user(data, judged, found);
}

/// Adds the findings about the roles that outsiders reach.
pub(super) fn of_outsiders(
    data: &ProofData<'_>,
    admissions: &[Admission],
    found: &mut Vec<Finding>,
) {
    outsiders::check(data, admissions, found);
}

/// Adds the findings about the roles that users reach, and about statements without effect.
pub(super) fn of_roles(
    data: &ProofData<'_>,
    reached: &BTreeMap<RoleArn, ActionSet>,
    found: &mut Vec<Finding>,
) {
    widen::check_roles(data, reached, found);
    widen_elsewhere::check_roles(data, reached, found);
    found.extend(grants::dead(data.accounts));
    unknown::check_roles(data, found);
}

/// The worst first, then by subject and id; each once. A user and a role may have the same name.
pub(super) fn in_order(found: &mut Vec<Finding>) {
    found.sort_by_cached_key(|f| {
        (
            std::cmp::Reverse(f.severity),
            f.subject.clone(),
            f.id.clone(),
            f.kind,
            f.evidence(),
        )
    });
    found.dedup_by(|a, b| a.is_of_same_kind(b) && a.evidence() == b.evidence());
}

#[cfg(test)]
mod tests;
