//! Opening the vault by whichever slot troubles the person least, and making a new one.

mod first_slot;
mod given;
mod prompter;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::Ordering;

use keyward_vault::{
    Access, CreateError, LookBack, NewSlot, OpenAnyError, OpenFor, OpenVault, Prompter, ReadError,
    RestoreError, SlotName, Tier, UnlockError, Vault,
};

use crate::environment as env;
use crate::process::dialog::Dialogs;
use crate::prompt::terminal::{StayHidden, Terminal};
use crate::screen::error::{CliError, ErrorKind, last_cause};
use crate::screen::ui::Ui;
use crate::session::plugin_host;
use crate::state::identity_cache::Locked;
use crate::state::local_state::{LocalState, now};

pub(crate) use first_slot::{FirstSlot, FirstSlotArgs, create_vault, create_with, open_or_create};
pub(crate) use given::{Opens, choose_passphrase, new_passphrase_in, passphrase_in};
use given::{given_by, given_passphrase, refuse_short};
pub(in crate::session) use prompter::UserPrompter;

/// The number of times that a person may mistype the passphrase.
const ATTEMPTS: u8 = 3;

/// Opens the vault.
pub(crate) fn open_vault(local: &LocalState, ui: &Ui) -> Result<OpenVault, CliError> {
    let vault = local.vault();
    // Before the user is asked for a passphrase that opens nothing.
    vault.look()?;
    // And before anything is opened that a lock is to close.
    local.lock_generation();
    if let Some(identity) = local.identity_cache.get().map_err(locked)? {
        return Ok(vault.unlock_with_identity(identity)?);
    }
    if let Some(open) = still_open(local, &vault)? {
        ui.explain(|| "the vault is still open".to_owned());
        return identity_cache(local, Ok(open), &prompter(local));
    }
    let prompter = Arc::new(prompter(local));
    let access = access(prompter.clone())?;
    let result = patiently(&prompter, || open_once(&vault, local, &access, ui));
    identity_cache(local, result, &prompter)
}

/// Opens a vault that differs from what this machine last saw. The person has seen the changes.
pub(crate) fn open_unpinned(local: &LocalState, ui: &Ui) -> Result<OpenVault, CliError> {
    let vault = local.vault().without_pin();
    vault.look()?;
    let prompter = Arc::new(prompter(local));
    let access = access(prompter.clone())?;
    let opened = patiently(&prompter, || {
        let skip = |slot: &SlotName, why: &_| ui.say(format!("slot `{slot}` is skipped: {why}"));
        vault.unlock(&local.settings.slot_order, &access, skip)
    });
    Ok(opened.map_err(|error| closed(error, &prompter))?.vault)
}

/// Tries until the passphrase is right, as often as a person may mistype it.
fn patiently<T>(
    prompter: &UserPrompter,
    mut open: impl FnMut() -> Result<T, OpenAnyError>,
) -> Result<T, OpenAnyError> {
    // While a passphrase is tried, the next may be typed already.
    let _hidden = StayHidden::begin();
    for _ in 1..ATTEMPTS {
        match open() {
            // Only a person can try again; a passphrase from a file stays what it is.
            Err(OpenAnyError::WrongPassphrase { .. })
                if prompter.on_terminal.load(Ordering::Relaxed) =>
            {
                prompter.say("That is not the passphrase.");
                if let Some(terminal) = Terminal::open() {
                    terminal.forget_typed_ahead();
                }
            }
            other => return other,
        }
    }
    open()
}

/// Opens an older copy of the vault, and the vault itself if possible, to compare them.
pub(crate) fn look_back(local: &LocalState, ui: &Ui, copy: &Path) -> Result<LookBack, CliError> {
    let vault = local.vault();
    let prompter = Arc::new(prompter(local));
    let access = access(prompter.clone())?;
    let look = || {
        let order = &local.settings.slot_order;
        let looked = vault.look_back(copy, order, &access, |slot, why| {
            ui.say(format!("slot `{slot}` is skipped: {why}"));
        });
        match looked {
            Err(RestoreError::Open(error)) => Err(error),
            other => Ok(other),
        }
    };
    Ok(patiently(&prompter, look).map_err(|error| closed(error, &prompter))??)
}

/// Returns the prompter of the slots when a command opens the vault.
fn prompter(local: &LocalState) -> UserPrompter {
    UserPrompter::new(local.deadline, local.settings.dialogs)
}

fn open_once(
    vault: &Vault,
    local: &LocalState,
    access: &Access,
    ui: &Ui,
) -> Result<OpenVault, OpenAnyError> {
    let unlocked = vault.unlock(&local.settings.slot_order, access, |slot, why| {
        ui.say(format!("slot `{slot}` is skipped: {why}"));
    })?;
    ui.explain(|| format!("the vault was opened by its slot `{}`", unlocked.slot));
    if let Some(lasts) = local.settings.unlock_for {
        let place = OpenFor::of(&local.paths);
        match place.keep(unlocked.vault.identity(), lasts, local.lock_generation()) {
            Ok(true) => {}
            Ok(false) => ui.warn(
                "`unlock_for` is set, but this machine has no kernel keyring to keep the vault open in",
            ),
            Err(error) => ui.warn(format!("the vault is not kept open: {error}")),
        }
    }
    Ok(unlocked.vault)
}

fn identity_cache(
    local: &LocalState,
    result: Result<OpenVault, OpenAnyError>,
    prompter: &UserPrompter,
) -> Result<OpenVault, CliError> {
    match result {
        Ok(open) => {
            local.identity_cache.put(open.identity()).map_err(locked)?;
            Ok(open)
        }
        Err(error) => Err(closed(error, prompter)),
    }
}

/// `keyward lock` stopped the server that opens the vault, perhaps during the prompt.
fn locked(_: Locked) -> CliError {
    CliError::failed("the vault was locked by keyward lock")
}

/// Returns the error about a vault that stays closed.
fn closed(error: OpenAnyError, prompter: &UserPrompter) -> CliError {
    match error {
        // A slot that could not prompt is not broken.
        OpenAnyError::NoneOpens { .. } if prompter.nobody.load(Ordering::Relaxed) => CliError::new(
            ErrorKind::PersonNeeded,
            format!(
                "the vault passphrase is needed and {}",
                match prompter.unanswered.load(Ordering::Relaxed) {
                    true => "the dialog was not answered",
                    false => Terminal::why_not(),
                }
            ),
        )
        .hint(format!(
            "run the command in a terminal, or name a file in {}",
            env::PASSPHRASE_FILE
        )),
        OpenAnyError::WrongPassphrase { .. } => CliError::from(error).hint(given_by().map_or_else(
            || "keyward vault status   (what else opens it)".to_owned(),
            |giver| format!("it came from {giver}"),
        )),
        error => error.into(),
    }
}

/// The vault, opened by the identity that an earlier run left for a time, if that is wanted. A
/// vault that was changed outside keyward is refused before the user is asked for its passphrase.
fn still_open(local: &LocalState, vault: &Vault) -> Result<Option<OpenVault>, CliError> {
    let left = local
        .settings
        .unlock_for
        .and_then(|_| OpenFor::of(&local.paths).recall());
    let Some(identity) = left else {
        return Ok(None);
    };
    match vault.unlock_with_identity(identity) {
        Ok(open) => Ok(Some(open)),
        Err(UnlockError::Read(error @ ReadError::ChangedOutside(_))) => Err(error.into()),
        Err(_) => Ok(None),
    }
}

/// Makes a new vault that a passphrase opens, so that a lost keystore does not lose the vault. If a desktop
/// keystore answers, it opens the vault too, without a question.
fn create_with_passphrase(local: &LocalState, ui: &Ui) -> Result<OpenVault, CliError> {
    let vault = local.vault();
    let given = given_passphrase()?;
    let by_person = given.is_none();
    let passphrase = match given {
        Some(given) => {
            refuse_short(&given)?;
            given
        }
        None => choose_passphrase(
            Opens::Vault,
            "New vault passphrase",
            &format!("name a file in {}", env::PASSPHRASE_FILE),
        )?,
    };
    let open = match vault.create(&passphrase, local.settings.passphrase_work, now()) {
        // Another run was faster, and its vault serves equally well.
        Err(CreateError::Exists(_)) => return open_vault(local, ui),
        made => made?,
    };
    ui.say(format!(
        "made a new vault in {}, opened by its passphrase",
        crate::system::locations::show(&local.locations.data)
    ));
    if env::path(env::HOME).is_some_and(|home| home.is_relative()) {
        let (name, absolute) = (env::HOME, local.locations.data.display());
        ui.warn(format!(
            "{name} is a relative path: in another folder, keyward looks for another vault"
        ));
        ui.hint(format!("set {name} to `{absolute}`"));
    }
    if by_person {
        add_keystore(&open, ui);
    }
    Ok(open)
}

/// Adds the desktop's keystore, if it answers, and reports the choice.
fn add_keystore(open: &OpenVault, ui: &Ui) {
    let name: SlotName = "os".parse().expect("a plain word is a slot name");
    match open.add_slot(name, NewSlot::Os, &Access::unattended(), now()) {
        Ok(_) => {
            ui.say("this desktop's keystore is unlocked, so it opens the vault too, and keyward rarely asks for the passphrase");
            ui.hint("keyward vault slot remove os   (if only the passphrase should open it)");
        }
        Err(error) => ui.explain(|| format!("no desktop keystore: {}", last_cause(&error))),
    }
}

/// The means of slots: the given passphrase, the terminal, other programs.
pub(crate) fn slot_access(local: &LocalState) -> Result<Access, CliError> {
    // Dialogs are for programs that need the vault opened, not for changes of its slots.
    let prompter = UserPrompter::new(local.deadline, Dialogs::Unwanted);
    access(Arc::new(prompter))
}

pub(super) fn access(prompter: Arc<UserPrompter>) -> Result<Access, CliError> {
    prompter.given.set(given_passphrase()?).ok();
    let programs = prompter.deadline.of_programs();
    let attended = Terminal::open().is_some();
    let base = if attended && has_screen() {
        Access::with(prompter)
    } else {
        Access {
            person: prompter,
            ..Access::unattended()
        }
    };
    Ok(Access {
        terminal: terminal_name(),
        withheld: env::SECRETS.iter().map(ToString::to_string).collect(),
        plugins: plugin_host::place(),
        programs,
        ..base
    })
}

/// Whether the user would see a keystore's own window. On Linux it needs a display, which a user
/// connected over SSH usually lacks.
fn has_screen() -> bool {
    !cfg!(target_os = "linux")
        || env::get("DISPLAY").is_some()
        || env::get("WAYLAND_DISPLAY").is_some()
}

/// The name of the terminal, which gpg's pinentry wants.
#[cfg(unix)]
fn terminal_name() -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    let named =
        |name: std::ffi::CString| PathBuf::from(std::ffi::OsString::from_vec(name.into_bytes()));
    // `/dev/tty` means the terminal of the process that opens it. The agent has none, so it needs the real
    // name.
    let on = |fd: std::io::Result<std::ffi::CString>| fd.ok().map(named);
    on(rustix::termios::ttyname(std::io::stdin(), Vec::new()).map_err(Into::into))
        .or_else(|| on(rustix::termios::ttyname(std::io::stderr(), Vec::new()).map_err(Into::into)))
}

#[cfg(not(unix))]
fn terminal_name() -> Option<PathBuf> {
    None
}

/// Returns the stores for short sessions on this machine.
pub(crate) fn session_tier() -> Tier {
    Tier::of_environment()
}
