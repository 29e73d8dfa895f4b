//! `keyward vault`: the store itself.

mod accept;
mod copy;
mod restore;
mod slot;
mod status;

use std::process::ExitCode;

use keyward_vault::SlotName;

use crate::environment as env;
use crate::screen::error::CliError;
use crate::screen::ui::{GOOD, Ui};
use crate::session::{Opens, choose_passphrase, new_passphrase_in, open_vault};
use crate::state::local_state::LocalState;

/// Manage the encrypted vault: slots, passphrase, copies
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Verb,
}

#[derive(Debug, clap::Subcommand)]
enum Verb {
    /// Show the vault's paths, its slots, and the age of each key
    Status {
        /// Print JSON
        #[arg(long)]
        json: bool,
    },
    /// Accept a vault that was changed outside keyward, such as one from a backup
    Accept(accept::Args),
    /// The ways to open the vault
    #[command(subcommand)]
    Slot(slot::Verb),
    /// Give a passphrase slot a new passphrase
    Passphrase {
        /// The slot
        #[arg(long, value_name = "SLOT", default_value = "passphrase")]
        slot: SlotName,

        /// Take the new passphrase from the first line of this file
        #[arg(long, value_name = "FILE")]
        new_passphrase_file: Option<std::path::PathBuf>,
    },
    /// Write an encrypted copy, for a backup or a new machine
    Export(copy::ExportArgs),
    /// Take keys over from an encrypted copy
    Import(copy::ImportArgs),
    /// Go back to an older copy of the vault, when the newest cannot be read
    Restore(restore::Args),
}

/// Shows or changes the store.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    // Each verb opens the vault if it must, which rebuilds a missing key index.
    let local = match args.command {
        Verb::Status { .. } | Verb::Slot(slot::Verb::List { .. }) => LocalState::load_to_show(ui)?,
        _ => LocalState::load_for_vault(ui)?,
    };
    match args.command {
        Verb::Status { json } => status::run(local, json, ui),
        Verb::Accept(args) => accept::run(&local, &args, ui),
        Verb::Slot(verb) => slot::run(&local, verb, ui),
        Verb::Passphrase {
            slot,
            new_passphrase_file,
        } => passphrase(&local, &slot, new_passphrase_file.as_deref(), ui),
        Verb::Export(args) => copy::export(&local, &args, ui),
        Verb::Import(args) => copy::import(&local, &args, ui),
        Verb::Restore(args) => restore::run(&local, &args, ui),
    }
}

fn passphrase(
    local: &LocalState,
    slot: &SlotName,
    file: Option<&std::path::Path>,
    ui: &Ui,
) -> Result<ExitCode, CliError> {
    let open = open_vault(local, ui)?;
    let new = match file {
        Some(file) => new_passphrase_in(file)?,
        None => choose_passphrase(Opens::Vault, "New passphrase", "give --new-passphrase-file")?,
    };
    open.change_passphrase(slot, &new, local.settings.passphrase_work)?;
    ui.say(format!(
        "{GOOD}changed{GOOD:#} the passphrase of slot `{slot}`"
    ));
    if env::get(env::PASSPHRASE).is_some() || env::path(env::PASSPHRASE_FILE).is_some() {
        ui.warn("the environment still gives the old passphrase");
    }
    Ok(ExitCode::SUCCESS)
}
