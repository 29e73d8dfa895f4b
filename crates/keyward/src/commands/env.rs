//! `keyward env`: credentials printed for another program.

use std::process::ExitCode;

use keyward_core::id::ProfileName;

use crate::log::How;
use crate::screen::error::CliError;
use crate::screen::output::{self, Format};
use crate::screen::ui::Ui;
use crate::session::{HandOutArgs, hand_out};

/// Print credentials for another program
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile
    profile: ProfileName,

    /// The form; the shell's own by default
    #[arg(long, value_enum, value_name = "F")]
    format: Option<Format>,

    #[command(flatten)]
    hand_out: HandOutArgs,
}

/// Prints the credentials.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let handed = hand_out(&args.profile, args.hand_out, How::Env, ui)?;
    let format = args.format.unwrap_or_else(Format::of_this_shell);
    ui.data(&output::render(
        format,
        &args.profile,
        &handed.credentials,
        handed.chain.region.as_ref(),
    ))?;
    Ok(ExitCode::SUCCESS)
}
