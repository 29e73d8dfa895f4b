//! A new vault, and the slot that opens it first: a passphrase, or what the person chose instead.

use clap::ValueEnum;
use keyward_vault::{CreateError, NewSlot, OpenVault, ReadError, SlotName};

use super::{create_with_passphrase, open_vault, slot_access};
use crate::environment as env;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::state::local_state::{LocalState, now};
use crate::system::locations;

/// The slot of a new vault. Kinds that need more than a name have `vault slot add`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum FirstSlot {
    /// A passphrase, and the desktop's keystore beside it where one answers
    #[default]
    Passphrase,
    /// The desktop's keystore alone
    Os,
    /// The entry keyward/vault of the password store `pass` alone
    Pass,
}

/// The flag of commands that may make a vault.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct FirstSlotArgs {
    /// What opens the vault, where this makes a new one; `keyward vault slot add` has more kinds
    #[arg(
        long = "slot",
        value_name = "KIND",
        value_enum,
        default_value_t,
        hide_default_value = true
    )]
    first: FirstSlot,
}

impl FirstSlotArgs {
    /// The slot.
    pub(crate) fn first(self) -> FirstSlot {
        self.first
    }
}

impl FirstSlot {
    /// The word on the command line.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Passphrase => "passphrase",
            Self::Os => "os",
            Self::Pass => "pass",
        }
    }
}

/// Opens the vault, or makes one if there is none.
pub(crate) fn open_or_create(
    local: &LocalState,
    ui: &Ui,
    first: FirstSlot,
) -> Result<OpenVault, CliError> {
    match local.vault().exists() {
        true => open_vault(local, ui),
        false => create_vault(local, ui, first),
    }
}

/// Makes a new vault.
pub(crate) fn create_vault(
    local: &LocalState,
    ui: &Ui,
    first: FirstSlot,
) -> Result<OpenVault, CliError> {
    let new = match first {
        FirstSlot::Passphrase => {
            begin(local)?;
            return create_with_passphrase(local, ui);
        }
        FirstSlot::Os => NewSlot::Os,
        FirstSlot::Pass => NewSlot::Pass {
            entry: "keyward/vault".parse().expect("it is a name of an entry"),
        },
    };
    let name = first.name().parse().expect("a kind's name is a slot name");
    match create_with(local, ui, name, new)? {
        Some(open) => Ok(open),
        // Another run was faster, and its vault serves equally well.
        None => open_vault(local, ui),
    }
}

/// Makes a new vault that this slot alone opens; `None` where another run was faster.
pub(crate) fn create_with(
    local: &LocalState,
    ui: &Ui,
    name: SlotName,
    new: NewSlot<'_>,
) -> Result<Option<OpenVault>, CliError> {
    begin(local)?;
    let told = name.to_string();
    let made = local
        .vault()
        .create_with(name, new, &slot_access(local)?, now());
    let open = match made {
        Err(CreateError::Exists(_)) => return Ok(None),
        made => made?,
    };
    ui.say(format!(
        "made a new vault in {}, opened by its slot `{told}` alone",
        locations::show(&local.locations.data)
    ));
    ui.hint("keyward vault slot add passphrase   (a second slot, in case the first is lost)");
    Ok(Some(open))
}

/// Checks what can be checked before the person is asked for anything.
fn begin(local: &LocalState) -> Result<(), CliError> {
    if let Some(home) = locations::missing_home(&local.locations.data) {
        return Err(CliError::usage(format!(
            "the home folder `{}` does not exist, so no vault is made in it",
            home.display()
        ))
        .hint(format!("set HOME to an existing folder, or {}", env::HOME)));
    }
    // A new vault would bury a damaged one.
    if let Err(lost @ (ReadError::Damaged(_) | ReadError::Lost(_))) = local.vault().look() {
        return Err(lost.into());
    }
    local.lock_generation();
    Ok(())
}
