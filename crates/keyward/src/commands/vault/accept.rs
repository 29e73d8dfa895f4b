//! `keyward vault accept`: takes a vault that was changed outside keyward as the one to go by from
//! now on. It names the changes and the slots before any of them is opened.

use std::process::ExitCode;

use keyward_vault::{SlotKind, VaultChange};

use super::slot;
use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;
use crate::screen::ui::{GOOD, Ui};
use crate::session::open_unpinned;
use crate::state::local_state::LocalState;
use crate::system::locations;

/// How sure.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
}

/// Names the changes, asks, opens the vault, and remembers it as it is.
pub(super) fn run(local: &LocalState, args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let vault = local.vault();
    vault.look()?;
    let changes = vault.changes()?;
    if changes.is_empty() && vault.is_as_pinned() {
        ui.say("the vault is as keyward last saw it on this machine; there is nothing to accept");
        return Ok(ExitCode::SUCCESS);
    }
    for change in &changes {
        ui.warn(change.to_string());
    }
    if !vault.is_as_pinned() && !changes.iter().any(of_pin) {
        ui.warn("`vault.age` is not the file that this machine last saw");
    }
    let seen = vault.seen_slots()?;
    let slots = vault.look_at_slots()?;
    ui.say("these slots open the vault:");
    for look in slots.iter().filter(|look| look.fault.is_none()) {
        ui.say(format!("  {}", slot::told(look)));
        if let Some(SlotKind::Command { read }) = look.slot.as_ref().map(|slot| &slot.kind) {
            ui.warn(format!(
                "`{}` would run: {}",
                look.name,
                read.words().join(" ")
            ));
        }
    }
    if !args.yes {
        let hint = "give --yes to accept it without a question";
        let mut terminal = Terminal::required("your consent", hint)?;
        if !terminal
            .confirm("Did you make these changes? The vault is opened and used from now on")?
        {
            return Err(CliError::failed("nothing was accepted"));
        }
    }
    vault.refuse_unseen(&seen)?;
    let open = open_unpinned(local, ui)?;
    open.accept(&vault, &seen)?;
    ui.say(format!(
        "{GOOD}accepted{GOOD:#} the vault in {}, which holds:",
        locations::show(&local.locations.data)
    ));
    for key in open.document().keys() {
        ui.say(format!("  {} {}", key.profile, key.access_key_id));
    }
    Ok(ExitCode::SUCCESS)
}

/// Whether a change is the pin's own, which then says nothing of `vault.age`.
fn of_pin(change: &VaultChange) -> bool {
    matches!(change, VaultChange::PinDamaged(_))
}
