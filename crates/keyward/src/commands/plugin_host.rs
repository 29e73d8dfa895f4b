//! `keyward plugin-host`: the process that keyward starts beside itself to run an age plugin in an
//! environment without secrets. It is for no person.

use std::process::ExitCode;

use crate::screen::error::CliError;
use crate::session::plugin_host;

/// Run an age plugin for the keyward that started this
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Do not prompt on the terminal
    #[arg(long)]
    no_terminal: bool,
}

/// Answers one request.
pub(crate) fn run(args: &Args) -> Result<ExitCode, CliError> {
    plugin_host::run(args.no_terminal)?;
    Ok(ExitCode::SUCCESS)
}
