//! `keyward account apply`: carries a plan out, after it was shown and agreed to.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::account::{BlueprintFile, Planned, PlannedAccount, Way, agree, carry_out, show};
use crate::error::CliError;
use crate::ui::{GOOD, Ui};
use crate::world::World;

use super::SignerArgs;

/// Make the account what the blueprint says
///
/// Shows the plan and asks. Safe to run again after any failure: it goes on where it stopped.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The blueprint
    file: PathBuf,

    #[command(flatten)]
    signer: SignerArgs,

    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Plans, shows, asks, applies.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let file = BlueprintFile::read(&args.file, ui)?;
    let world = World::load()?;
    let codes = args.signer.codes()?;
    let mut planned = Planned::make(
        &world,
        ui,
        &file,
        args.signer.profile.as_ref(),
        &codes,
        Way::Apply,
    )?;
    planned.check_recipients(&file)?;
    if planned.is_empty() {
        ui.say(format!(
            "{GOOD}nothing to do{GOOD:#}: the account is as the blueprint says"
        ));
        return planned.finish(ui);
    }
    show::plan(&planned, ui);
    if !args.yes {
        agree("Apply this plan?", "apply")?;
    }
    for account in &mut planned.accounts {
        if let PlannedAccount::Ready(ready) = account
            && let Err(error) = carry_out(&world, ui, ready)
        {
            *account = PlannedAccount::failed(ready, error);
        }
    }
    planned.finish(ui)
}
