//! `keyward vault accept`: accepts a vault that was changed outside keyward. It names the changes and the
//! slots before it opens any of them. If the vault is gone, it sets the remaining files aside, so that
//! the user can make a new vault.

use std::process::ExitCode;

use keyward_vault::{LostVault, OpenVault, SlotKind, Vault, VaultChange};

use super::slot;
use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;
use crate::screen::ui::{GOOD, Ui};
use crate::session::open_unpinned;
use crate::state::local_state::LocalState;
use crate::system::locations;

/// The command's arguments.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
}

/// Names the changes, asks for consent, opens the vault, and pins its present state.
pub(super) fn run(local: &LocalState, args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let vault = local.vault();
    if let Some(lost) = vault.lost() {
        return give_up(&vault, &lost, args, ui);
    }
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
        let hint = "pass --yes to accept it without asking";
        let mut terminal = Terminal::required("your consent", hint)?;
        if !terminal
            .confirm("Did you make these changes? The vault is opened and used from now on")?
        {
            return Err(CliError::failed("nothing was accepted"));
        }
    }
    vault.refuse_unseen(&seen)?;
    let open = open_unpinned(local, ui)?;
    give_up_changes(&vault, &open, args, ui)?;
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

/// Asks again if the vault lacks the last changes of this machine, which only the opened vault
/// shows.
fn give_up_changes(vault: &Vault, open: &OpenVault, args: &Args, ui: &Ui) -> Result<(), CliError> {
    let changes = vault.changes_of(open)?;
    let mut lost = changes.iter().filter(|change| change.loses_changes());
    let Some(lost) = lost.next() else {
        return Ok(());
    };
    ui.warn(lost.to_string());
    ui.say("a key that was stored or rotated here since then is not in it");
    ui.say("the syncing program may have kept the other copy of `vault.age`");
    if args.yes {
        return Ok(());
    }
    let hint = "pass --yes to accept it without asking";
    match Terminal::required("your consent", hint)?
        .confirm("Give up the last changes of this machine?")?
    {
        true => Ok(()),
        false => Err(CliError::failed("nothing was accepted")),
    }
}

/// Sets aside what is left of a vault that is gone for good.
fn give_up(vault: &Vault, lost: &LostVault, args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    ui.warn(format!("the vault `{}` is missing", lost.path.display()));
    for left in &lost.left {
        ui.warn(left.to_string());
    }
    ui.hint("mount its disk, if it is on one");
    if !args.yes {
        let hint = "pass --yes to set the rest aside without asking";
        let mut terminal = Terminal::required("your consent", hint)?;
        if !terminal.confirm("Is it gone for good? The rest is kept under other names")? {
            return Err(CliError::failed("nothing was changed"));
        }
    }
    for kept in vault.set_aside()? {
        ui.say(format!("kept as `{}`", locations::show(&kept)));
    }
    ui.say("there is no vault now; the next `keyward add PROFILE` makes a new one");
    Ok(ExitCode::SUCCESS)
}

/// Whether a change is the pin's own, which then says nothing about `vault.age`.
fn of_pin(change: &VaultChange) -> bool {
    matches!(
        change,
        VaultChange::PinDamaged(_) | VaultChange::PinNewer { .. }
    )
}
