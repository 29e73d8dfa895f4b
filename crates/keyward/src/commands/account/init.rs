//! `keyward account init`: a blueprint to begin with, from a template or from an account as it
//! is.

use std::path::PathBuf;
use std::process::ExitCode;

use keyward_account::templates::Template;

use crate::error::CliError;
use crate::places;
use crate::rewrite;
use crate::ui::{CODE, GOOD, Ui};

/// Write a blueprint to begin with
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The template: team, readonly-admin, kickstarter or two-accounts
    #[arg(long, value_name = "T")]
    template: Option<Template>,

    /// Write to this new file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

/// Writes it.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let text = args.template.unwrap_or(Template::Team).text();
    let Some(path) = &args.output else {
        ui.data(text)?;
        return Ok(ExitCode::SUCCESS);
    };
    rewrite::create(path, text.as_bytes()).map_err(|e| {
        CliError::failed(format!("cannot write `{}`", places::show(path)))
            .because(e)
            .hint("an existing file is never overwritten: name another, or move it away")
    })?;
    ui.say(format!("{GOOD}wrote{GOOD:#} {}", places::show(path)));
    ui.hint(format!(
        "read it, then: {CODE}keyward account plan {}{CODE:#}",
        places::show(path)
    ));
    Ok(ExitCode::SUCCESS)
}
