//! Opening the vault: the passphrase from where the person put it, asked at most once.

use keyward_core::secret::Passphrase;
use keyward_vault::{OpenVault, Tier, UnlockError, Vault};
use zeroize::Zeroizing;

use crate::environment as env;
use crate::error::{CliError, ErrorKind};
use crate::terminal::{Echo, Terminal};
use crate::ui::Ui;
use crate::world::World;

/// How often a person may mistype the passphrase.
const ATTEMPTS: u8 = 3;

/// Opens the vault. A second time in one run, nobody is asked again.
pub(crate) fn open_vault(world: &World, ui: &Ui) -> Result<OpenVault, CliError> {
    if let Some(identity) = world.opened.get() {
        return Ok(Vault::at(world.paths.clone()).unlock_with_identity(identity.clone())?);
    }
    let open = ask_and_open(world, ui)?;
    // Another opener of the same run would have put the same identity there.
    let _ = world.opened.set(open.identity().clone());
    Ok(open)
}

fn ask_and_open(world: &World, ui: &Ui) -> Result<OpenVault, CliError> {
    let vault = Vault::at(world.paths.clone());
    if !vault.exists() {
        return Err(
            CliError::new(ErrorKind::VaultClosed, "there is no vault yet")
                .hint("keyward add PROFILE"),
        );
    }
    if let Some(given) = given_passphrase()? {
        return Ok(vault.unlock_with_passphrase(&given)?);
    }
    let mut terminal = Terminal::required(
        "the vault passphrase",
        format!(
            "run the command in a terminal, or name a file in {}",
            env::PASSPHRASE_FILE
        ),
    )?;
    for attempt in 1..=ATTEMPTS {
        let answer = terminal.ask("Vault passphrase", Echo::Hidden)?;
        let Ok(passphrase) = answer.parse::<Passphrase>() else {
            terminal.say("Nothing was typed.");
            continue;
        };
        ui.explain(|| "opening the vault with its passphrase".to_owned());
        match vault.unlock_with_passphrase(&passphrase) {
            Err(UnlockError::WrongPassphrase) if attempt < ATTEMPTS => {
                terminal.say("That is not the passphrase.")
            }
            other => return Ok(other?),
        }
    }
    Err(UnlockError::WrongPassphrase.into())
}

/// Makes a new vault with a passphrase slot.
pub(crate) fn create_vault(world: &World, ui: &Ui) -> Result<OpenVault, CliError> {
    let passphrase = match given_passphrase()? {
        Some(given) => given,
        None => choose_passphrase()?,
    };
    let vault = Vault::at(world.paths.clone());
    let open = vault.create(
        &passphrase,
        world.settings.passphrase_work,
        crate::world::now(),
    )?;
    ui.say(format!(
        "made a new vault in {}",
        crate::places::show(&world.places.data)
    ));
    Ok(open)
}

fn choose_passphrase() -> Result<Passphrase, CliError> {
    let mut terminal = Terminal::required(
        "a passphrase for the new vault",
        format!(
            "run the command in a terminal, or name a file in {}",
            env::PASSPHRASE_FILE
        ),
    )?;
    terminal.say("Your keys are kept in an encrypted vault. Choose its passphrase; it is asked about once a day.");
    for _ in 0..ATTEMPTS {
        let first = terminal.ask("New vault passphrase", Echo::Hidden)?;
        let again = terminal.ask("The same again", Echo::Hidden)?;
        if first != again {
            terminal.say("The two differ.");
            continue;
        }
        match first.parse() {
            Ok(passphrase) => return Ok(passphrase),
            Err(_) => terminal.say("Nothing was typed."),
        }
    }
    Err(CliError::failed("no passphrase was chosen"))
}

/// The passphrase from a file or a variable.
fn given_passphrase() -> Result<Option<Passphrase>, CliError> {
    if let Some(path) = env::path(env::PASSPHRASE_FILE) {
        let unusable = || {
            CliError::new(
                ErrorKind::VaultClosed,
                format!("the file of {} cannot be used", env::PASSPHRASE_FILE),
            )
        };
        let text =
            Zeroizing::new(std::fs::read_to_string(&path).map_err(|e| unusable().because(e))?);
        let line = text.lines().next().unwrap_or_default();
        return line
            .parse()
            .map(Some)
            .map_err(|e: keyward_core::secret::InvalidSecret| unusable().because(e));
    }
    Ok(env::get(env::PASSPHRASE).and_then(|text| Zeroizing::new(text).parse().ok()))
}

/// Where short sessions may be kept on this machine.
pub(crate) fn session_tier() -> Tier {
    let choice = env::get(env::SESSION_TIER)
        .and_then(|text| text.parse().ok())
        .unwrap_or_default();
    Tier {
        choice,
        runtime_dir: env::path("XDG_RUNTIME_DIR"),
    }
}
