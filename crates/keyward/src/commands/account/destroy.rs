//! `keyward account destroy`: removes what the blueprint made, in an order that AWS accepts.

use std::path::PathBuf;
use std::process::ExitCode;

use keyward_account::plan::settings_that_stay;

use crate::account::{BlueprintFile, Goal, Planned, Ready, agree, show};
use crate::screen::error::CliError;
use crate::screen::ui::{GOOD, Ui};
use crate::state::local_state::LocalState;
use crate::system::locations;

use super::SignerArgs;

/// Remove what the blueprint made, and nothing else
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The blueprint
    #[arg(id = "blueprint", value_name = "FILE")]
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
        Goal::Destroy,
    )?;
    planned.check_lockout(Goal::Destroy)?;
    if planned.is_empty() {
        if planned.nothing_to_do() {
            ui.say(format!(
                "{GOOD}nothing to do{GOOD:#}: the account has nothing that this blueprint made"
            ));
            ui.say("stacks were looked for only in the regions that the blueprint names");
            tell_settings(&planned, &file, ui);
        }
        return planned.finish(ui);
    }
    show::plan(&planned, ui);
    tell_settings(&planned, &file, ui);
    if !args.yes {
        let command = args
            .signer
            .command("destroy", &[locations::word(&args.file)]);
        agree("Remove all of this?", &command)?;
    }
    planned.carry_out(&local, ui);
    planned.finish(ui)
}

/// Names the settings of the accounts that stay. They carry no mark, so only one that is as the blueprint
/// describes it goes.
fn tell_settings(planned: &Planned<'_>, file: &BlueprintFile, ui: &Ui) {
    let accounts = file.desired();
    for Ready { reached, .. } in planned.ready() {
        let account = &reached.snapshot.account;
        let place = match &reached.name {
            Some(name) => format!("account `{name}`: "),
            None => String::new(),
        };
        let desired = accounts.iter().filter(|it| it.account.id == account.id);
        for line in desired.flat_map(|desired| settings_that_stay(desired, account)) {
            ui.say(format!("{place}{line}"));
        }
    }
}
