//! Whether a plan makes the caller need MFA. A guard does so on purpose; a lockout is something else.
//! A caller who signs with a key and has no device learns it only from the next refusal, unless the
//! program says so.

use keyward_iam::{Decision, Mfa, Resource, StatementRef};

use super::lockout::{CallerName, FRESH, Judge, READS, Reason};
use crate::plan::rights::Right;
use crate::plan::simulate::Simulation;
use crate::plan::step::Plan;
use crate::snapshot::Snapshot;

/// The right that the caller's key alone no longer has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NeedsMfa {
    /// The user who carries out the plan.
    pub caller: CallerName,
    /// The first right that the next run needs and the key alone no longer has.
    pub right: Right,
    /// The statement that denies it.
    pub by: StatementRef,
}

/// Returns what a policy denies to the caller's key after the plan and did not deny before, if a
/// session with a fresh code may do it. `None` for root and for roles, which no guard of a
/// blueprint binds.
#[must_use]
pub fn needs_mfa(snapshot: &Snapshot, plan: &Plan) -> Option<NeedsMfa> {
    let caller = CallerName::of(&snapshot.caller)?;
    if !matches!(caller, CallerName::User(_)) {
        return None;
    }
    let mut now = Simulation::new(snapshot);
    now.learn(plan);
    let before = now.account.clone();
    for operation in plan.operations() {
        now.perform(operation);
    }
    let key_before = Judge::new(&before, &caller, Mfa::LongTermKey);
    let key_after = Judge::new(&now.account, &caller, Mfa::LongTermKey);
    let session_after = Judge::new(&now.account, &caller, FRESH);
    let rights = READS.map(|action| Right::new(action, Resource::Unspecified));
    rights.into_iter().find_map(|right| {
        let Some(Reason::Policies(Decision::ExplicitlyDenied { by })) = key_after.refuses(&right)
        else {
            return None;
        };
        let is_new = key_before.refuses(&right).is_none();
        let is_about_mfa = session_after.refuses(&right).is_none();
        (is_new && is_about_mfa).then(|| NeedsMfa {
            caller: caller.clone(),
            right,
            by,
        })
    })
}
