//! A plan: the steps from the account as it is to the account as it should be. Every choice is
//! in it; carrying it out adds none.
//!
//! What belongs to the blueprint is decided by [`crate::ownership`]; nothing else is touched,
//! with two exceptions that AWS demands: a user of the account's own leaves a group of the
//! blueprint, and a policy that goes is detached from whatever holds it.

pub mod checks;
mod denials;
mod document;
pub mod effect;
mod fingerprint;
mod gains;
mod grants;
mod groups;
mod hand_outs;
mod holders;
mod index;
mod made;
mod memberships;
mod open_secrets;
mod operation;
mod parts;
mod planner;
mod policies;
mod principals;
mod problem;
mod providers;
mod remade;
mod removal;
mod rights;
mod roles;
mod settings;
pub mod show;
pub mod simulate;
mod stacks;
mod step;
mod stray_tags;
mod tags;
mod users;
mod versions;
pub mod wire;
mod work;

pub(crate) use document::length as document_length;
pub use document::same_meaning;
pub use fingerprint::{Fingerprint, StalePlan};
pub use made::Existing;
pub use memberships::members_of_others;
pub use open_secrets::{credentials_needed, withheld};
pub use operation::{Operation, PrincipalName, StackAction, UserCredential};
pub use problem::{PlanProblem, PlanProblems};
pub use rights::{Right, rights};
pub use settings::settings_that_stay;
pub use step::{Change, ChangeAction, Kind, Plan, Sign, Stage, Step};
pub use stray_tags::{StrayTag, stray_tags};

pub(crate) use versions::{delete as delete_policy, new_version};

use keyward_core::id::UserName;
use planner::Planner;
use removal::Leaving;

use crate::blueprint::Origin;
use crate::desired::Desired;
use crate::snapshot::Snapshot;

/// Returns the plan that turns the account of the snapshot into the desired one.
///
/// # Errors
/// Every reason why there is no such plan: names that are taken, things of other owners,
/// references to what does not exist, quotas.
pub fn plan(desired: &Desired, snapshot: &Snapshot) -> Result<Plan, PlanProblems> {
    let desired = &*parts::in_place(desired, snapshot);
    let mut planner = Planner::new(desired, snapshot)?;
    planner.settings();
    planner.providers();
    planner.policies();
    let waiting = planner.roles();
    planner.groups();
    planner.users();
    planner.trusts(waiting);
    planner.memberships();
    planner.lift();
    planner.hand_outs();
    planner.stacks();
    planner.remove_stacks(Leaving::Undescribed);
    planner.removals(Leaving::Undescribed);
    planner.old_denials();
    planner.check();
    planner.finish()
}

/// Returns the plan that removes everything that this blueprint made, also what it no longer
/// describes. Adopted entities stay. The alias and the password policy carry no mark: the plan
/// removes them if the blueprint describes them and they still have the values that it sets.
///
/// # Errors
/// A policy of the blueprint limits an entity that it does not manage. AWS deletes such a policy
/// only once the boundary is removed, which would give that entity more rights.
pub fn destroy(desired: &Desired, snapshot: &Snapshot) -> Result<Plan, PlanProblems> {
    let mut planner = Planner::new(desired, snapshot)?;
    if desired.settings == Origin::Made {
        planner.reset_settings();
    }
    planner.remove_stacks(Leaving::Everything);
    planner.removals(Leaving::Everything);
    planner.old_denials();
    planner.finish()
}

/// The plan that deletes one user, with every credential and the leftovers of a revocation.
///
/// # Errors
/// The snapshot is of another account.
pub fn delete_user(
    desired: &Desired,
    snapshot: &Snapshot,
    user: &UserName,
) -> Result<Plan, PlanProblems> {
    let mut planner = Planner::new(desired, snapshot)?;
    planner.remove_user(user);
    planner.old_denials();
    planner.finish()
}

#[cfg(test)]
pub(crate) mod tests;
