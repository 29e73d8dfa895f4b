//! `keyward account render`: the policies of a blueprint, without asking AWS.

use std::path::PathBuf;
use std::process::ExitCode;

use keyward_account::desired::wire;

use crate::account::BlueprintFile;
use crate::commands::print_json;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;

/// Print the users, groups, roles and policies that a blueprint describes
///
/// The output has the shape of `aws iam get-account-authorization-details`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The blueprint
    #[arg(id = "blueprint", value_name = "FILE")]
    file: PathBuf,

    /// JSON, which is the only format
    #[arg(long)]
    json: bool,
}

/// Prints the entities.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let _ = args.json;
    let file = BlueprintFile::read(&args.file, ui)?;
    let mut accounts: Vec<serde_json::Value> = file
        .desired()
        .iter()
        .map(|desired| wire::details(&desired.account))
        .collect();
    let document = match accounts.len() {
        1 => accounts.remove(0),
        _ => serde_json::Value::Object(
            file.blueprint
                .accounts
                .iter()
                .zip(accounts)
                .map(|(spec, details)| {
                    let name = spec
                        .name
                        .as_ref()
                        .map_or_else(|| spec.id.value.to_string(), ToString::to_string);
                    (name, details)
                })
                .collect(),
        ),
    };
    print_json(ui, &document)?;
    Ok(ExitCode::SUCCESS)
}
