//! `keyward candidates`: the values that fit in one place of a command line, for completion scripts.
//! Reads files only, and an unreadable one counts as empty.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::ValueEnum;
use keyward_core::id::UserName;
use toml_edit::{DocumentMut, Item};

use crate::environment as env;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::state::local_state::LocalState;
use crate::system::read_limited;

/// The number of blueprints of a folder that are read.
const BLUEPRINTS: usize = 16;

/// The values that are looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Values {
    /// The `sso-session` sections.
    Sessions,
    /// The slots of the vault.
    Slots,
    /// The accounts of the settings.
    Accounts,
    /// The users of a blueprint.
    Users,
}

/// Print the values that fit in a place, one a line
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Which values
    #[arg(value_enum)]
    values: Values,

    /// The words of the command line
    #[arg(last = true)]
    words: Vec<String>,
}

/// Prints them.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let found = match args.values {
        Values::Users => users(&args.words),
        values => LocalState::load_closed()
            .map(|local| known(&local, values))
            .unwrap_or_default(),
    };
    let lines = found.into_iter().map(|value| format!("{value}\n"));
    ui.data(&lines.collect::<String>())?;
    Ok(ExitCode::SUCCESS)
}

fn known(local: &LocalState, values: Values) -> BTreeSet<String> {
    match values {
        Values::Sessions => {
            let sessions = local.config.sso_sessions();
            sessions.map(|(name, _)| name.to_owned()).collect()
        }
        Values::Slots => {
            let slots = local.vault().look_at_slots().unwrap_or_default();
            slots.iter().map(|slot| slot.name.to_string()).collect()
        }
        Values::Accounts => local.settings.accounts.keys().cloned().collect(),
        Values::Users => BTreeSet::new(),
    }
}

/// The users of the blueprint on the command line; without one, those of the blueprints in this folder.
fn users(words: &[String]) -> BTreeSet<String> {
    let named = words.iter().filter_map(|word| blueprint(word));
    let mut files: Vec<PathBuf> = named.collect();
    if files.is_empty() {
        let here = std::fs::read_dir(".").into_iter().flatten().flatten();
        files = here
            .map(|entry| entry.path())
            .filter(|path| is_toml(path))
            .collect();
        files.sort();
        files.truncate(BLUEPRINTS);
    }
    files.iter().flat_map(|file| users_in(file)).collect()
}

/// The file that a word names, if it may be a blueprint. The shell has not expanded the word.
fn blueprint(word: &str) -> Option<PathBuf> {
    let word = word.strip_prefix("--blueprint=").unwrap_or(word);
    let path = match word.strip_prefix("~/") {
        Some(rest) => env::home_folder()?.join(rest),
        None => PathBuf::from(word),
    };
    is_toml(&path).then_some(path)
}

fn is_toml(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "toml") && path.is_file()
}

/// The users that a blueprint describes, also while the rest of it is not valid.
fn users_in(file: &Path) -> Vec<String> {
    let text = read_limited::text(file, read_limited::DOCUMENT).unwrap_or_default();
    let Ok(document) = text.parse::<DocumentMut>() else {
        return Vec::new();
    };
    let users = document.get("users").and_then(Item::as_table_like);
    // Other files have such a table too.
    let users = users.filter(|_| document.get("version").is_some_and(Item::is_integer));
    let names = users.into_iter().flat_map(|users| users.iter());
    // A name that AWS refuses may hold line ends, which the script would read as further values.
    let names = names.filter(|(name, _)| name.parse::<UserName>().is_ok());
    names.map(|(name, _)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests;
