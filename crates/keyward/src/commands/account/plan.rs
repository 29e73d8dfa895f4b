//! `keyward account plan`: what would change. Changes nothing.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use keyward_account::plan::wire::{SavedBlueprint, SavedPlan, SavedPlans, is_saved, write};

use crate::account::drift::{self, Looked};
use crate::account::{BlueprintFile, Goal, Planned, show};
use crate::aws_files::rewrite::put_report;
use crate::prompt::deadline::Deadline;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::state::local_state::LocalState;

use super::SignerArgs;

/// The exit code of a plan with changes.
const CHANGES: u8 = 5;

/// Show what would change, and for whom
///
/// Exits with 0 if nothing would change, and with 5 if something would or if stacks have drifted.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The blueprint
    #[arg(id = "blueprint", value_name = "FILE")]
    file: PathBuf,

    #[command(flatten)]
    signer: SignerArgs,

    /// Print JSON
    #[arg(long)]
    json: bool,

    /// Ask CloudFormation for manual changes in the stacks, which takes minutes
    #[arg(long)]
    drift: bool,

    /// Save the plan, for `apply PLAN`
    #[arg(long, value_name = "PLAN")]
    out: Option<PathBuf>,
}

/// Plans.
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
        Goal::Apply,
    )?;
    planned.check_recipients(&file)?;
    let looked = match args.drift {
        true => drift::detect(&mut planned, ui),
        false => Looked::Everywhere,
    };
    if let Some(out) = &args.out {
        save(&planned, &file, out, local.deadline)?;
    }
    if args.json {
        ui.data(&show::json(&planned))?;
    } else {
        show::print(&planned, ui)?;
    }
    let drifted = planned.has_drift();
    if drifted {
        ui.hint("`apply` does not undo drift: revert it by hand, or with a drift-aware change set of CloudFormation");
    }
    let changes = !planned.is_empty() || drifted;
    let code = planned.finish(ui)?;
    if looked == Looked::Partly {
        return Ok(ExitCode::from(1));
    }
    Ok(match changes && code == ExitCode::SUCCESS {
        true => ExitCode::from(CHANGES),
        false => code,
    })
}

/// Writes the plans to a file that `apply` reads, with the blueprint. They hold no secret.
fn save(
    planned: &Planned<'_>,
    file: &BlueprintFile,
    path: &Path,
    deadline: Deadline,
) -> Result<(), CliError> {
    let plans = planned.ready().map(|ready| SavedPlan {
        profile: Some(ready.reached.signer.profile().clone()),
        taken: ready.reached.snapshot.taken,
        plan: ready.plan.clone(),
    });
    let saved = SavedPlans {
        blueprint: SavedBlueprint {
            path: file.path.display().to_string(),
            text: file.text.clone(),
        },
        plans: plans.collect(),
    };
    put_report(path, &write(&saved), is_saved, deadline)
}
