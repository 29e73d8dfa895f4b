//! `keyward explain`: the plan, without touching the network or the vault.

use std::process::ExitCode;
use std::time::Duration;

use keyward_core::id::ProfileName;
use keyward_core::plan::Flags;
use keyward_core::time::parse_duration;

use crate::commands::print_json;
use crate::error::CliError;
use crate::ui::Ui;
use crate::world::World;

/// Show how a profile becomes credentials, without touching the network or the vault
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile
    profile: ProfileName,

    /// As if this lifetime were asked for
    #[arg(short, long, value_name = "D", value_parser = parse_duration)]
    duration: Option<Duration>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Shows the plan.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let world = World::load()?;
    let plan = world.resolve(
        &args.profile,
        Flags {
            duration: args.duration,
            ..Flags::default()
        },
    )?;
    if args.json {
        print_json(ui, &plan.to_json())?;
    } else {
        ui.data(&plan.show())?;
        for warning in &plan.warnings {
            ui.warn(warning);
        }
    }
    Ok(ExitCode::SUCCESS)
}
