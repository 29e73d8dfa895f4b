//! `keyward account apply`: carries a plan out, after it was shown and agreed to.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use keyward_account::plan::wire::{PlanFileError, SavedPlans, read};

use crate::account::{BlueprintFile, Goal, Planned, agree, show};
use crate::screen::error::CliError;
use crate::screen::ui::{GOOD, Ui};
use crate::state::local_state::LocalState;
use crate::system::locations;
use crate::system::read_limited;

use super::SignerArgs;

/// Make the account what the blueprint says
///
/// Shows the plan and asks. Safe to run again after any failure: it continues where it stopped.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The blueprint, or a plan that `plan --out` saved
    file: PathBuf,

    #[command(flatten)]
    signer: SignerArgs,

    /// Do not ask
    #[arg(long)]
    yes: bool,

    /// Go on although the plan takes away the caller's own means to apply
    #[arg(long)]
    allow_lockout: bool,

    /// Go on although a stolen key could do more afterwards, or a user lift their own guard
    #[arg(long)]
    allow_worse: bool,
}

/// Plans, shows, asks, applies.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let saved = saved(&args.file)?;
    let local = LocalState::load()?;
    let codes = args.signer.codes()?;
    let profile = args.signer.profile.as_ref();
    let mut planned = match saved {
        Some(saved) => Planned::of_saved(&local, ui, &saved, profile, &codes)?,
        None => {
            let file = BlueprintFile::read(&args.file, ui)?;
            let mut planned = Planned::make(&local, ui, &file, profile, &codes, Goal::Apply)?;
            planned.check_recipients(&file)?;
            planned
        }
    };
    if !args.allow_lockout {
        planned.check_lockout(Goal::Apply)?;
    }
    if !args.allow_worse {
        planned.check_promises()?;
    }
    if planned.is_empty() {
        if planned.nothing_to_do() {
            ui.say(format!(
                "{GOOD}nothing to do{GOOD:#}: the account is as the blueprint says"
            ));
        }
        return planned.finish(ui);
    }
    show::plan(&planned, ui);
    if !args.yes {
        let mut command = args.signer.command("apply", &[locations::word(&args.file)]);
        for (given, flag) in [
            (args.allow_lockout, "--allow-lockout"),
            (args.allow_worse, "--allow-worse"),
        ] {
            command.flag(given, flag);
        }
        agree("Apply this plan?", &command)?;
    }
    planned.carry_out(&local, ui);
    planned.finish(ui)
}

/// The plans in a file, if it holds saved plans and not a blueprint.
fn saved(path: &Path) -> Result<Option<SavedPlans>, CliError> {
    let Ok(text) = read_limited::text(path, read_limited::SETTINGS) else {
        // Reading it as a blueprint says why it cannot be read.
        return Ok(None);
    };
    if !text.trim_start().starts_with('{') {
        return Ok(None);
    }
    read(&text).map(Some).map_err(|e| {
        let hint = match e {
            PlanFileError::Version(_) => {
                "make a new plan: keyward account plan BLUEPRINT --out FILE"
            }
            PlanFileError::Malformed(_) => {
                "give a blueprint, or a file that `keyward account plan --out` wrote"
            }
        };
        CliError::usage(format!("cannot use `{}`", locations::show(path)))
            .because(e)
            .hint(hint)
    })
}
