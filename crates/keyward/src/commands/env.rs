//! `keyward env`: credentials printed for another program.

use std::process::ExitCode;

use keyward_core::id::ProfileName;

use crate::log::How;
use crate::ready::ThisRun;
use crate::screen::error::CliError;
use crate::screen::output::{self, Format};
use crate::screen::ui::Ui;
use crate::session::{HandOutArgs, hand_out};

/// Print credentials for another program
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile
    #[arg(required_unless_present = "unset")]
    profile: Option<ProfileName>,

    /// The form; the shell's own by default
    #[arg(long, value_enum, value_name = "F")]
    format: Option<Format>,

    /// Print the lines that remove what `env` sets
    #[arg(long, conflicts_with = "profile")]
    unset: bool,

    #[command(flatten)]
    hand_out: HandOutArgs,
}

/// Prints the credentials.
pub(crate) fn run(args: Args, ui: &Ui, this_run: &ThisRun) -> Result<ExitCode, CliError> {
    let own = args.format.or_else(Format::of_this_shell);
    let format = own.unwrap_or_else(|| lines_for_unknown_shell(ui));
    let Some(profile) = args.profile else {
        let lines = output::render_unset(format).ok_or_else(|| {
            CliError::usage("no shell reads this format, so it cannot remove variables")
                .hint("keyward env --unset --format bash")
        })?;
        ui.data(&lines)?;
        return Ok(ExitCode::SUCCESS);
    };
    // A ready answer has no warning.
    let repeatable = own.is_some() && args.hand_out.is_repeatable();
    let handed = hand_out(&profile, args.hand_out, How::Env, ui)?;
    let region = handed.chain.region.as_ref();
    output::refuse_lossy(format, &handed.credentials, region)?;
    let render = |credentials: &_| output::render(format, &profile, credentials, region);
    ui.data(&render(&handed.credentials))?;
    if repeatable {
        this_run.keep_text(&handed.local, &handed.chain, render);
    }
    Ok(ExitCode::SUCCESS)
}

/// The lines of bash, with a warning: a shell that reads others would do something else with them.
fn lines_for_unknown_shell(ui: &Ui) -> Format {
    ui.warn(format!(
        "keyward does not know the lines of the shell `{}`; these are lines of bash",
        output::shell_name()
    ));
    ui.hint("keyward env --help   (--format names other forms)");
    Format::Bash
}
