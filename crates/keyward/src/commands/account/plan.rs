//! `keyward account plan`: what would change. Changes nothing.

use std::path::PathBuf;
use std::process::ExitCode;

use crate::account::{BlueprintFile, Planned, Way, show};
use crate::commands::print_json;
use crate::error::CliError;
use crate::ui::Ui;
use crate::world::World;

use super::SignerArgs;

/// The exit code of a plan with changes.
const CHANGES: u8 = 5;

/// Show what would change, and for whom
///
/// Exits with 0 where nothing would, and with 5 where something would.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The blueprint
    file: PathBuf,

    #[command(flatten)]
    signer: SignerArgs,

    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Plans.
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
    if args.json {
        print_json(ui, &show::json(&planned))?;
    } else {
        show::print(&planned, ui)?;
    }
    let changes = !planned.is_empty();
    let code = planned.finish(ui)?;
    Ok(match changes && code == ExitCode::SUCCESS {
        true => ExitCode::from(CHANGES),
        false => code,
    })
}
