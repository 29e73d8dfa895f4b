//! `keyward mfa`: the MFA devices of one's own user.

mod code;
mod enroll;
mod list;
mod remove;
mod resync;

use std::process::ExitCode;

use crate::screen::error::CliError;
use crate::screen::ui::Ui;

/// MFA devices: list them, enrol one, take a code, set one right, remove one
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    List(list::Args),
    Enroll(enroll::Args),
    Code(code::Args),
    Resync(resync::Args),
    Remove(remove::Args),
}

/// Does it.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let (profile, result) = match args.action {
        Action::List(args) => (args.profile.clone(), list::run(args, ui)),
        Action::Enroll(args) => (args.profile.clone(), enroll::run(args, ui)),
        Action::Code(args) => return code::run(args, ui),
        Action::Resync(args) => (args.profile.clone(), resync::run(args, ui)),
        Action::Remove(args) => (args.profile.clone(), remove::run(args, ui)),
    };
    result.map_err(|error| error.about(&profile))
}
