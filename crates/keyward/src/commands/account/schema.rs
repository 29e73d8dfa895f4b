//! `keyward account schema`: the JSON Schema of blueprints, for editors.

use std::process::ExitCode;

use keyward_account::blueprint::schema::SCHEMA;

use crate::screen::error::CliError;
use crate::screen::ui::Ui;

/// Print the JSON Schema of blueprints, for completion and checks in an editor
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Prints it.
pub(crate) fn run(_: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    ui.data(SCHEMA)?;
    Ok(ExitCode::SUCCESS)
}
