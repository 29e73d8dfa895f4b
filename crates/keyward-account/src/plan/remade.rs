//! Compares a saved plan with the plan that its blueprint results in now. Both must be the same, in
//! words and in operations, because a person agrees to the words and AWS gets the operations.

use super::fingerprint::StalePlan;
use super::hand_outs::names_key;
use super::operation::Operation;
use super::step::{Plan, Step};

impl Plan {
    /// Whether a plan that was made now, from the same blueprint, is this one.
    ///
    /// # Errors
    /// The first step that is another one.
    pub fn check_remade(&self, now: &Plan) -> Result<(), StalePlan> {
        if self.steps == now.steps {
            return Ok(());
        }
        let pairs = self.steps.iter().zip(&now.steps);
        let (mut saved, mut remade) = (self.steps.iter(), now.steps.iter());
        let same = pairs.take_while(|(saved, remade)| saved == remade).count();
        let (saved, remade) = (saved.nth(same), remade.nth(same));
        Err(match (saved, remade) {
            (Some(saved), Some(remade)) => difference(saved, remade),
            (saved, remade) => {
                let step = saved.or(remade);
                StalePlan::OtherSteps(step.map(Step::subject).unwrap_or_default())
            }
        })
    }
}

/// A step that makes a secret differs in the lines that name public keys, and in nothing else, if a
/// public key differs.
fn difference(saved: &Step, remade: &Step) -> StalePlan {
    let only_keys = without_keys(saved) == without_keys(remade);
    let user = saved.operations.iter().find_map(|it| match it {
        Operation::HandOut { user, .. } => Some(user),
        _ => None,
    });
    match user.filter(|_| only_keys) {
        Some(user) => StalePlan::OtherKey(user.clone()),
        None => StalePlan::OtherSteps(remade.subject()),
    }
}

fn without_keys(step: &Step) -> Step {
    let mut step = step.clone();
    step.changes.retain(|change| !names_key(change));
    step
}
