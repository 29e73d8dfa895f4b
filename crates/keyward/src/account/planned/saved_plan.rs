//! The plans of a file. The blueprint in the file is planned again for the accounts as they are now, and
//! what is shown and carried out is that plan. It is refused unless it is the plan of the file.

use keyward_account::plan::StalePlan;
use keyward_account::plan::wire::{SavedPlan, SavedPlans};
use keyward_core::id::{AccountId, ProfileName};

use super::{Goal, Planned};
use crate::account::targets::{Reading, Targets, Unreached};
use crate::account::{BlueprintFile, Reached};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::CodeSource;
use crate::state::local_state::LocalState;

impl<'a> Planned<'a> {
    /// The plans of a file, each checked against the account and the public keys as they are now.
    pub(crate) fn of_saved(
        local: &'a LocalState,
        ui: &'a Ui,
        saved: &SavedPlans,
        profile: Option<&ProfileName>,
        codes: &CodeSource,
    ) -> Result<Self, CliError> {
        let file = BlueprintFile::of_saved(&saved.blueprint, ui)?;
        let plans = &saved.plans;
        let profile = profile.or_else(|| used_profile(&file, plans));
        let mut targets = Targets::observe(local, ui, &file, profile, codes, Reading::ForPlan)?;
        hold_against(&mut targets, &file, plans)?;
        let mut planned = Self::of_targets(targets, ui, &file, profile, Goal::Apply)?;
        planned.check_recipients(&file)?;
        planned.check_remade(plans)?;
        Ok(planned)
    }

    /// Refuses plans that are not those of the file.
    fn check_remade(&self, plans: &[SavedPlan]) -> Result<(), CliError> {
        for ready in self.ready() {
            if let Some(saved) = of_account(plans, &ready.reached.snapshot.account.id) {
                saved.plan.check_remade(&ready.plan).map_err(refused)?;
            }
        }
        Ok(())
    }
}

/// Refuses accounts that have changed since the plans were made, and sets those aside that have no plan.
/// Deletions that time brings are planned as of the time of the file.
fn hold_against(
    targets: &mut Targets<'_>,
    file: &BlueprintFile,
    plans: &[SavedPlan],
) -> Result<(), CliError> {
    let known = |id: &AccountId| {
        let mut accounts = file.blueprint.accounts.iter();
        accounts.any(|spec| spec.id.value == *id)
    };
    if let Some(other) = plans.iter().find(|saved| !known(saved.plan.account())) {
        let steps = other.plan.account().to_string();
        return Err(refused(StalePlan::OtherSteps(steps)));
    }
    let reached = std::mem::take(&mut targets.reached);
    for (desired, mut reached) in reached {
        let Reached { name, snapshot, .. } = &mut reached;
        match of_account(plans, &snapshot.account.id) {
            Some(saved) => {
                saved.plan.check_fresh(snapshot).map_err(refused)?;
                snapshot.taken = saved.taken;
                targets.reached.push((desired, reached));
            }
            None => targets.unreached.push(Unreached {
                name: name.take(),
                error: CliError::failed(
                    "the saved plan leaves this account out, because `plan` failed there",
                )
                .hint("make a new plan and look at it"),
            }),
        }
    }
    Ok(())
}

/// The profile that reached an account for which the blueprint names none.
fn used_profile<'s>(file: &BlueprintFile, plans: &'s [SavedPlan]) -> Option<&'s ProfileName> {
    let accounts = file.blueprint.accounts.iter();
    // A single account may have been reached by another profile than the blueprint's.
    let unnamed = accounts.filter(|spec| spec.name.is_none() || spec.profile.is_none());
    let mut saved = unnamed.filter_map(|spec| of_account(plans, &spec.id.value));
    saved.find_map(|saved| saved.profile.as_ref())
}

fn of_account<'s>(plans: &'s [SavedPlan], id: &AccountId) -> Option<&'s SavedPlan> {
    plans.iter().find(|saved| saved.plan.account() == id)
}

fn refused(stale: StalePlan) -> CliError {
    let error = match stale {
        StalePlan::OtherSteps(_) => {
            CliError::failed("the saved plan was edited, or another version of keyward made it")
        }
        _ => CliError::failed("the saved plan is stale"),
    };
    error
        .because(stale)
        .hint("nothing was changed; make a new plan and look at it")
}
