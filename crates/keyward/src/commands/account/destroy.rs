//! `keyward account destroy`: removes what the blueprint made, in an order that AWS accepts.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::account::{BlueprintFile, Planned, Way, agree, show};
use crate::screen::error::CliError;
use crate::screen::ui::{GOOD, Ui};
use crate::state::local_state::LocalState;
use crate::system::locations;

use super::SignerArgs;

/// Remove what the blueprint made, and nothing else
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

/// Plans, shows, asks, removes.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let file = BlueprintFile::read(&args.file, ui)?;
    let local = LocalState::load()?;
    let codes = args.signer.codes()?;
    let mut planned = Planned::make(
        &local,
        ui,
        &file,
        args.signer.profile.as_ref(),
        &codes,
        Way::Destroy,
    )?;
    planned.check_lockout(Way::Destroy)?;
    if planned.is_empty() {
        if planned.nothing_to_do() {
            ui.say(format!(
                "{GOOD}nothing to do{GOOD:#}: the account has nothing that this blueprint made"
            ));
            ui.say("stacks were looked for only in the regions that the blueprint names");
        }
        return planned.finish(ui);
    }
    show::plan(&planned, ui);
    if !args.yes {
        let command = args
            .signer
            .command("destroy", &[locations::word(&args.file)]);
        agree("Remove all of this?", &command)?;
    }
    planned.carry_out(&local, ui);
    planned.finish(ui)
}
