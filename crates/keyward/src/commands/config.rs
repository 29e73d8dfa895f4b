//! `keyward config dump`: both AWS files as the SDKs read them.

use std::process::ExitCode;

use crate::commands::print_json;
use crate::screen::error::CliError;
use crate::screen::ui::{STRONG, Ui, WARN};
use crate::state::local_state;
use crate::system::locations::Locations;

/// The AWS config files as the SDKs read them
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Print both files merged, with diagnostics; secrets are masked
    Dump {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
}

/// Prints what both files say.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let Verb::Dump { json } = args.command;
    let config = local_state::load_config(&Locations::find()?)?;
    let dump = config.to_json();
    if json {
        print_json(ui, &dump)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut text = String::new();
    for (title, key) in [
        ("profile", "profiles"),
        ("sso-session", "sso_sessions"),
        ("services", "services"),
        ("ignored", "ignored_sections"),
    ] {
        for (name, section) in dump[key].as_object().into_iter().flatten() {
            text.push_str(&format!("{STRONG}{title} {name}{STRONG:#}\n"));
            for (key, value) in section.as_object().into_iter().flatten() {
                text.push_str(&format!(
                    "  {key} = {}\n",
                    value.as_str().unwrap_or_default().replace('\n', "\n    ")
                ));
            }
        }
    }
    ui.data(&text)?;
    for diagnostic in config.diagnostics() {
        ui.say(format!(
            "{WARN}{}{WARN:#} {}",
            diagnostic.origin, diagnostic.message
        ));
    }
    Ok(ExitCode::SUCCESS)
}
