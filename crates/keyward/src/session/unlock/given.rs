//! The passphrase of the vault: from a file or a variable, or a new one.

use std::collections::BTreeSet;
use std::path::Path;

use keyward_core::secret::Passphrase;
use zeroize::Zeroizing;

use super::ATTEMPTS;
use crate::environment as env;
use crate::prompt::terminal::{Echo, Terminal};
use crate::screen::error::{CliError, ErrorKind};
use crate::system::read_limited;

/// The fewest characters of a new passphrase. A thief of the file can try passphrases without
/// limit, and scrypt makes each attempt cost a second, not an hour.
const SHORTEST: usize = 10;
/// The fewest different characters besides blanks. A key that is held down makes a long text too.
const FEWEST_DIFFERENT: usize = 3;
/// The groups of a generated passphrase, of [`GROUP`] letters or digits each: 100 bits.
const GROUPS: usize = 4;
/// The characters of a group.
const GROUP: usize = 5;
/// The alphabet of generated passphrases: 32 characters that do not look alike.
const LETTERS: &[u8; 32] = b"abcdefghjkmnpqrstuvwxyz023456789";

/// What a new passphrase opens.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Opens {
    /// The vault, every day.
    Vault,
    /// A copy of the vault, on the day of its import.
    Copy,
}

impl Opens {
    /// What a person should know before they choose.
    fn explanation(self) -> &'static str {
        match self {
            Self::Vault => {
                "Your keys are kept in an encrypted vault. You need its passphrase about once a day, and for commands that change keys or devices. It cannot be recovered."
            }
            Self::Copy => {
                "The copy is encrypted with a passphrase of its own. You need it to import the copy. It cannot be recovered."
            }
        }
    }
}

/// A new passphrase, asked for twice, or generated where none is typed. `instead` says what spares
/// the question.
pub(crate) fn choose_passphrase(
    opens: Opens,
    question: &str,
    instead: &str,
) -> Result<Passphrase, CliError> {
    let mut terminal = Terminal::required(
        "a new passphrase",
        format!("run the command in a terminal, or {instead}"),
    )?;
    terminal.say(opens.explanation());
    terminal.say(&format!(
        "It has at least {SHORTEST} characters. Press Enter to get a generated one."
    ));
    let mut offered: Option<Zeroizing<String>> = None;
    for _ in 0..ATTEMPTS {
        let mut first = terminal.ask(question, Echo::Hidden)?;
        if first.is_empty() {
            // The one that was shown may be written down already.
            first = match &offered {
                Some(shown) => shown.clone(),
                None => generated()?,
            };
            offered = Some(first.clone());
            terminal.say("Keep this passphrase in your password manager, or on paper:");
            terminal.say(&format!("  {}", first.as_str()));
        }
        if let Err(short) = long_enough(&first) {
            terminal.say(&format!("Not taken: {short}."));
            continue;
        }
        let again = terminal.ask("Type it once to confirm", Echo::Hidden)?;
        if first != again {
            terminal.say("The two differ.");
            continue;
        }
        if let Ok(passphrase) = first.parse() {
            return Ok(passphrase);
        }
    }
    Err(CliError::failed("no passphrase was chosen").hint(format!(
        "run the command again, or give one in {}",
        env::PASSPHRASE_FILE
    )))
}

/// Refuses a new passphrase that is too short. keyward accepts any passphrase that already opens a vault.
pub(super) fn refuse_short(passphrase: &Passphrase) -> Result<(), CliError> {
    // The passphrase is exposed because its characters are counted.
    long_enough(passphrase.expose()).map_err(|short| {
        CliError::usage(short).hint("use a password generator, or five unrelated words")
    })
}

/// A new passphrase from the first line of a file.
pub(crate) fn new_passphrase_in(path: &Path) -> Result<Passphrase, CliError> {
    let passphrase = passphrase_in(path)?;
    refuse_short(&passphrase)?;
    Ok(passphrase)
}

fn long_enough(text: &str) -> Result<(), String> {
    match text.chars().count() {
        count if count < SHORTEST => Err(format!(
            "the new passphrase is too short: it has {count} of at least {SHORTEST} characters"
        )),
        _ if different(text) < FEWEST_DIFFERENT => Err(format!(
            "the new passphrase is too simple: it has fewer than {FEWEST_DIFFERENT} different characters besides blanks"
        )),
        _ => Ok(()),
    }
}

/// Returns the number of different characters of a text, without blanks.
fn different(text: &str) -> usize {
    let written = text.chars().filter(|c| !c.is_whitespace());
    written.collect::<BTreeSet<char>>().len()
}

/// A random passphrase that is easy to copy by hand.
fn generated() -> Result<Zeroizing<String>, CliError> {
    let mut random = Zeroizing::new([0_u8; GROUPS * GROUP]);
    getrandom::fill(&mut *random).map_err(|error| {
        CliError::failed("the system provides no random numbers").because(error.to_string())
    })?;
    let mut text = Zeroizing::new(String::with_capacity(GROUPS * (GROUP + 1)));
    for (at, byte) in random.iter().enumerate() {
        if at > 0 && at % GROUP == 0 {
            text.push('-');
        }
        // 256 is a multiple of 32, so that each character is as likely as any other.
        text.push(char::from(LETTERS[usize::from(*byte) % LETTERS.len()]));
    }
    Ok(text)
}

/// The passphrase from a file or a variable.
pub(super) fn given_passphrase() -> Result<Option<Passphrase>, CliError> {
    if let Some(path) = env::path(env::PASSPHRASE_FILE) {
        return passphrase_in(&path).map(Some);
    }
    let Some(text) = env::text(env::PASSPHRASE)?.map(Zeroizing::new) else {
        return Ok(None);
    };
    let given = text.parse().map(Some);
    given.map_err(|e: keyward_core::secret::InvalidSecret| {
        CliError::new(
            ErrorKind::VaultClosed,
            format!("{} cannot be used", env::PASSPHRASE),
        )
        .because(e)
    })
}

/// Returns the source of the passphrase in place of a person.
pub(super) fn given_by() -> Option<String> {
    if let Some(path) = env::path(env::PASSPHRASE_FILE) {
        let shown = crate::system::locations::show(&path);
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
                crate::system::locations::show(path)
            ),
        )
    };
    let text = read_limited::text_without_mark(path, read_limited::PASSPHRASE)
        .map_err(|e| unusable().because(e))?;
    let line = text.lines().next().unwrap_or_default();
    line.parse()
        .map_err(|e: keyward_core::secret::InvalidSecret| unusable().because(e))
}

#[cfg(test)]
mod tests;
