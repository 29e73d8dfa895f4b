//! Checks before anything is written: quotas with the account's own numbers, sizes and characters
//! of documents, names. The lockout checks judge a finished plan.

mod characters;
mod guarded;
mod lockout;
mod names;
mod quota;
mod way_in;

pub use guarded::{NeedsMfa, needs_mfa};
pub use lockout::{CallerName, Lockout, NeededFor, Reason, lockout};
pub use way_in::{
    BeforeAndAfter, OutdatedSetting, RoleRequest, Setting, WayIn, closed_way, outdated_settings,
};

use super::problem::PlanProblem;
use super::simulate::Simulation;
use super::step::Step;
use crate::desired::Desired;
use crate::snapshot::Snapshot;

/// Returns what AWS would refuse on the way to the desired account. `after` is the account that the
/// steps of the plan lead to.
pub(super) fn problems(
    desired: &Desired,
    before: &Snapshot,
    after: &Simulation,
    steps: &[Step],
) -> Vec<PlanProblem> {
    let mut problems = names::problems(desired);
    problems.extend(characters::problems(desired));
    problems.extend(quota::problems(desired, before, after, steps));
    problems
}

#[cfg(test)]
mod tests;
