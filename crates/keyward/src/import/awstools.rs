//! The settings of awstools: the names of accounts, the profile that roles are assumed from and
//! the age at which the key is replaced go into keyward's own `config.toml`, whose other lines
//! stay as they are.

use keyward_core::id::AccountId;
use toml_edit::{DocumentMut, Item, Table, TableLike, TomlError, value};

use super::plan::Overwrite;
use super::{Harvest, Left};

/// The contents of awstools' file.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Awstools {
    /// Accounts, in the order of the file.
    pub(crate) accounts: Vec<(String, AccountId)>,
    /// The minutes after which the key is replaced.
    pub(crate) rotation_minutes: Option<u64>,
    /// The section of the credentials file that holds its key.
    pub(crate) main_profile: Option<String>,
    /// The section it writes its session to.
    pub(crate) session_profile: Option<String>,
}

/// Reads the file. Entries that are not accounts are noted in `harvest`.
pub(crate) fn read(text: &str, harvest: &mut Harvest) -> Result<Awstools, TomlError> {
    let document: DocumentMut = text.parse()?;
    let mut found = Awstools::default();
    for (key, item) in document.iter() {
        match plain(key).as_str() {
            "accounts" => {
                for (name, id) in entries(item) {
                    match id.as_str().map(str::parse) {
                        Some(Ok(id)) => found.accounts.push((name.to_owned(), id)),
                        _ => harvest.miss(
                            format!("account `{name}`"),
                            "its id is not twelve digits in quotes",
                        ),
                    }
                }
            }
            "keyrotationintervalminutes" => {
                found.rotation_minutes = item
                    .as_integer()
                    .and_then(|minutes| u64::try_from(minutes).ok())
                    .filter(|minutes| *minutes > 0);
            }
            "profiles" => {
                for (name, section) in entries(item) {
                    let section = section.as_str().map(str::to_owned);
                    match plain(name).as_str() {
                        "mainaccount" | "bastion" => found.main_profile = section,
                        "mainaccountmfasession" | "bastionmfa" => found.session_profile = section,
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }
    Ok(found)
}

/// Its reader treats `keyName`, `key_name` and `KeyName` as the same.
fn plain(key: &str) -> String {
    key.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_lowercase())
        .collect()
}

fn entries(item: &Item) -> impl Iterator<Item = (&str, &Item)> {
    item.as_table_like().into_iter().flat_map(TableLike::iter)
}

/// keyward's settings with these in them, and what is done, line by line.
#[derive(Debug)]
pub(crate) struct Merged {
    /// The new text.
    pub(crate) text: String,
    /// The new entries.
    pub(crate) steps: Vec<String>,
    /// The unchanged entries.
    pub(crate) left: Vec<Left>,
}

/// Merges them into the text of `config.toml`.
pub(crate) fn merge(
    settings: &str,
    found: &Awstools,
    overwrite: Overwrite,
) -> Result<Merged, TomlError> {
    let mut document: DocumentMut = settings.parse()?;
    let mut steps = Vec::new();
    let mut harvest = Harvest::default();
    let wanted = [
        ("key_max_age", found.rotation_minutes.map(duration)),
        ("assume_from", found.main_profile.clone()),
    ];
    for (key, wanted) in wanted {
        let Some(wanted) = wanted else { continue };
        match document.get(key).map(shown) {
            Some(old) if old == wanted => {}
            Some(old) if overwrite == Overwrite::Never => harvest.ignore(
                format!("`{key} = \"{wanted}\"`"),
                format!("config.toml has \"{old}\" there; --force replaces it"),
            ),
            _ => {
                steps.push(format!("set       `{key} = \"{wanted}\"`"));
                set(document.as_table_mut(), key, &wanted);
            }
        }
    }
    merge_accounts(&mut document, found, overwrite, &mut steps, &mut harvest);
    Ok(Merged {
        text: document.to_string(),
        steps,
        left: harvest.left,
    })
}

/// The minutes in the largest unit that needs no second one.
fn duration(minutes: u64) -> String {
    match minutes {
        m if m % 1440 == 0 => format!("{}d", m / 1440),
        m if m % 60 == 0 => format!("{}h", m / 60),
        m => format!("{m}m"),
    }
}

fn merge_accounts(
    document: &mut DocumentMut,
    found: &Awstools,
    overwrite: Overwrite,
    steps: &mut Vec<String>,
    harvest: &mut Harvest,
) {
    if found.accounts.is_empty() {
        return;
    }
    let accounts = document
        .entry("accounts")
        .or_insert_with(|| Item::Table(Table::new()));
    let Some(accounts) = accounts.as_table_like_mut() else {
        harvest.miss("the accounts", "`accounts` of config.toml is not a table");
        return;
    };
    for (name, id) in &found.accounts {
        match accounts.get(name).map(shown) {
            Some(old) if old == id.as_str() => continue,
            Some(old) if overwrite == Overwrite::Never => {
                harvest.miss(
                    format!("account `{name}`, {id}"),
                    format!("config.toml has {old} under that name; --force replaces it"),
                );
                continue;
            }
            Some(old) => steps.push(format!("replace   account `{name}`, {old} by {id}")),
            None => steps.push(format!("add       account `{name}`, {id}")),
        }
        set(accounts, name, id.as_str());
    }
}

/// A value for comparison and display. A string has no quotes.
fn shown(item: &Item) -> String {
    let text = item.as_str().map(str::to_owned);
    text.unwrap_or_else(|| item.to_string().trim().to_owned())
}

/// Sets a key to a text, and keeps the blanks and the comment around an old value.
fn set(table: &mut dyn TableLike, key: &str, text: &str) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            let decor = old.decor().clone();
            *old = text.into();
            *old.decor_mut() = decor;
        }
        None => {
            table.insert(key, value(text));
        }
    }
}

#[cfg(test)]
mod tests;
