//! `keyward switch`: the lines behind the shell function `kw`. It prints; only the shell can
//! change itself.

use std::process::ExitCode;

use keyward_core::chain::{Flags, HandOut};
use keyward_core::id::{ProfileName, Region};

use crate::commands::setup;
use crate::screen::error::CliError;
use crate::screen::shell::Shell;
use crate::screen::ui::Ui;
use crate::state::local_state::LocalState;

/// Print the lines with which a shell switches to a profile; `kw` runs them
#[derive(Debug, clap::Args)]
#[command(disable_help_flag = true)]
pub(crate) struct Args {
    /// The profile; `-` for none
    #[arg(required_unless_present = "help")]
    profile: Option<String>,

    /// The kind of shell
    #[arg(long, value_enum)]
    shell: Shell,

    /// Another region than the profile's
    #[arg(long, value_name = "R")]
    region: Option<Region>,

    /// Say how `kw` is used
    #[arg(short, long)]
    help: bool,
}

/// The text of `kw --help`. The shell runs all text on standard output, so it goes to the other
/// stream.
const HELP: &str = "\
kw                       list the profiles
kw PROFILE [--region R]  switch this shell to a profile
kw -                     leave this shell without a profile";

/// Prints the lines.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let Some(profile) = args.profile.as_deref().filter(|_| !args.help) else {
        ui.say(HELP);
        return Ok(ExitCode::SUCCESS);
    };
    if profile == "-" {
        ui.data(&args.shell.clear())?;
        return Ok(ExitCode::SUCCESS);
    }
    let local = LocalState::load()?;
    let profile: ProfileName = profile
        .parse()
        .map_err(|e: keyward_core::id::InvalidId| CliError::usage(e.to_string()))?;
    let flags = Flags {
        hand_out: HandOut::Refreshing,
        region: args.region.clone(),
        ..Flags::default()
    };
    let chain = local.resolve(&profile, flags)?;
    if !setup::sdks_can_use(&local, &profile) {
        ui.warn(format!(
            "SDKs do not ask keyward for `{profile}` yet, so that programs in this shell get no credentials"
        ));
        ui.hint(format!("keyward setup {}", profile.argument()));
    }
    ui.data(&args.shell.switch(&profile, chain.region.as_ref()))?;
    Ok(ExitCode::SUCCESS)
}
