//! The passphrase of the vault: from a file or a variable, and chosen anew.

use std::path::Path;

use keyward_core::secret::Passphrase;
use zeroize::Zeroizing;

use super::ATTEMPTS;
use crate::bounded;
use crate::environment as env;
use crate::error::{CliError, ErrorKind};
use crate::terminal::{Echo, Terminal};

/// A new passphrase, asked for twice. `instead` says what spares the question.
pub(crate) fn choose_passphrase(question: &str, instead: &str) -> Result<Passphrase, CliError> {
    let mut terminal = Terminal::required(
        "a new passphrase",
        format!("run the command in a terminal, or {instead}"),
    )?;
    terminal.say("Your keys are kept in an encrypted vault. Its passphrase is asked about once a day, and cannot be recovered.");
    for _ in 0..ATTEMPTS {
        let first = terminal.ask(question, Echo::Hidden)?;
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
pub(super) fn given_passphrase() -> Result<Option<Passphrase>, CliError> {
    if let Some(path) = env::path(env::PASSPHRASE_FILE) {
        return passphrase_in(&path).map(Some);
    }
    Ok(env::get(env::PASSPHRASE).and_then(|text| Zeroizing::new(text).parse().ok()))
}

/// What gives the passphrase in place of a person.
pub(super) fn given_by() -> Option<String> {
    if let Some(path) = env::path(env::PASSPHRASE_FILE) {
        let shown = crate::places::show(&path);
        return Some(format!(
            "the file `{shown}`, which {} names",
            env::PASSPHRASE_FILE
        ));
    }
    env::get(env::PASSPHRASE).map(|_| env::PASSPHRASE.to_owned())
}

/// The first line of a file.
pub(crate) fn passphrase_in(path: &Path) -> Result<Passphrase, CliError> {
    let unusable = || {
        CliError::new(
            ErrorKind::VaultClosed,
            format!(
                "the passphrase file `{}` cannot be used",
                crate::places::show(path)
            ),
        )
    };
    let bytes = bounded::read(path, bounded::PASSPHRASE).map_err(|e| unusable().because(e))?;
    let bytes = Zeroizing::new(bytes);
    let text =
        std::str::from_utf8(&bytes).map_err(|_| unusable().because("it is not UTF-8 text"))?;
    let line = text.lines().next().unwrap_or_default();
    line.parse()
        .map_err(|e: keyward_core::secret::InvalidSecret| unusable().because(e))
}
