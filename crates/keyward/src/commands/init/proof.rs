//! The last step: one real call, through the first role.

use keyward_core::id::ProfileName;
use keyward_core::plan::{Flags, HandOut};

use super::Args;
use super::guide::Guide;
use crate::error::CliError;
use crate::session::{CodeSource, Freshness, Walk, client};
use crate::ui::GOOD;
use crate::world::World;

/// Asks AWS who one is, as the profile.
pub(super) fn run(
    guide: &Guide<'_>,
    world: &World,
    args: &Args,
    profile: &ProfileName,
) -> Result<(), CliError> {
    guide.step(
        4,
        "A first call",
        &format!("Asking AWS who `{profile}` is."),
    );
    let flags = Flags {
        hand_out: HandOut::Refreshing,
        ..Flags::default()
    };
    let plan = world.resolve(profile, flags)?;
    for warning in &plan.warnings {
        guide.ui.warn(warning);
    }
    let again = |error: CliError| {
        error.hint("mend that, then run `keyward init` again: it goes on from here")
    };
    let codes = CodeSource::new(args.mfa_code.clone())?;
    let credentials = Walk::new(world, guide.ui, &plan, codes, Freshness::Ample)
        .credentials()
        .map_err(again)?;
    let who = client(&plan)
        .get_caller_identity(&credentials)
        .map_err(|e| again(CliError::from(e).about_plan(&plan)))?;
    guide.tell(&format!("{GOOD}It works:{GOOD:#} {}", who.arn));
    Ok(())
}
