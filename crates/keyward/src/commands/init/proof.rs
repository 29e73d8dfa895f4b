//! The last step: one real call, through the first role.

use keyward_aws::Aws;
use keyward_core::chain::{Flags, HandOut};
use keyward_core::id::ProfileName;

use super::Args;
use super::guide::Guide;
use crate::screen::error::CliError;
use crate::screen::ui::GOOD;
use crate::session::{ChainExecution, CodeSource, Freshness};
use crate::state::local_state::LocalState;

/// Asks AWS who one is, as the profile.
pub(super) fn run(
    guide: &Guide<'_>,
    local: &mut LocalState,
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
    let codes = CodeSource::new(args.mfa_code.clone())?;
    let who = local.plan_and_act(guide.ui, |local| {
        let chain = local.resolve(profile, flags.clone())?;
        for warning in &chain.warnings {
            guide.ui.warn(warning);
        }
        let mut execution = ChainExecution::new(
            local,
            guide.ui,
            &chain,
            codes.clone(),
            Freshness::CacheAllowed,
        );
        let (_, who) = execution
            .credentials_for(Aws::get_caller_identity)
            .map_err(super::again)?;
        Ok(who)
    })?;
    guide.tell(&format!("{GOOD}It works:{GOOD:#} {}", who.arn));
    Ok(())
}
