//! One file per verb: `Args` is its data and its help, `run` does it.

pub(crate) mod account;
pub(crate) mod add;
pub(crate) mod assume;
pub(crate) mod audit;
pub(crate) mod candidates;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod credential_process;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod env;
pub(crate) mod exec;
pub(crate) mod explain;
pub(crate) mod habits;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod list;
pub(crate) mod lock;
pub(crate) mod log;
pub(crate) mod login;
pub(crate) mod man;
pub(crate) mod mfa;
pub(crate) mod password;
pub(crate) mod picker;
pub(crate) mod plugin_host;
pub(crate) mod refresh;
pub(crate) mod remove;
pub(crate) mod rotate;
pub(crate) mod sandbox;
pub(crate) mod serve;
pub(crate) mod setup;
pub(crate) mod setup_sso;
pub(crate) mod shell_init;
pub(crate) mod signin;
pub(crate) mod sso;
pub(crate) mod status;
pub(crate) mod switch;
pub(crate) mod vault;
pub(crate) mod whoami;

use std::process::ExitCode;

use crate::cli::Cli;
use crate::screen::error::CliError;
use crate::screen::ui::{PART, Ui};

/// The bare command: help.
pub(crate) fn help(ui: &Ui) -> Result<ExitCode, CliError> {
    ui.data(&Cli::definition().render_help().ansi().to_string())?;
    Ok(ExitCode::SUCCESS)
}

/// Writes a JSON document with a line end.
pub(crate) fn print_json(ui: &Ui, value: &serde_json::Value) -> Result<(), CliError> {
    ui.data(&format!("{value:#}\n"))
}

/// Writes a JSON array with a line end, a part at a time, so that a long one is never one text.
pub(crate) fn print_json_array(
    ui: &Ui,
    values: impl Iterator<Item = serde_json::Value>,
) -> Result<(), CliError> {
    let mut part = String::from("[");
    let mut separator = "\n";
    for value in values {
        part.push_str(separator);
        separator = ",\n";
        let mut ends = "";
        for line in format!("{value:#}").lines() {
            part.push_str(ends);
            part.push_str("  ");
            part.push_str(line);
            ends = "\n";
        }
        if part.len() >= PART {
            ui.data(&part)?;
            part.clear();
        }
    }
    part.push_str(if separator == "\n" { "]\n" } else { "\n]\n" });
    ui.data(&part)
}
