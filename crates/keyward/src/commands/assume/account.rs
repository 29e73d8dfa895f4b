//! Accounts by the names that people give them. Refuses a part that fits several.

use std::collections::BTreeMap;

use keyward_core::id::AccountId;

use crate::screen::error::CliError;

/// An account and what it is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Account {
    /// Its name, or its number where it has none.
    pub(super) name: String,
    /// Its number.
    pub(super) id: AccountId,
}

impl Account {
    /// The account that is meant: by its number, its name, or a part that fits no other name.
    pub(super) fn find(
        accounts: &BTreeMap<String, AccountId>,
        wanted: &str,
    ) -> Result<Self, CliError> {
        let named = |(name, id): (&String, &AccountId)| Self {
            name: name.clone(),
            id: id.clone(),
        };
        if let Ok(id) = wanted.parse::<AccountId>() {
            let known = accounts.iter().find(|(_, known)| **known == id);
            return Ok(known.map(named).unwrap_or_else(|| Self {
                name: wanted.to_owned(),
                id,
            }));
        }
        if let Some(exact) = accounts.get_key_value(wanted) {
            return Ok(named(exact));
        }
        let lower = wanted.to_lowercase();
        let fits: Vec<_> = accounts
            .iter()
            .filter(|(name, _)| name.to_lowercase().contains(&lower))
            .collect();
        let whole = fits
            .iter()
            .filter(|(name, _)| name.to_lowercase() == lower)
            .collect::<Vec<_>>();
        match (whole.as_slice(), fits.as_slice()) {
            ([one], _) => Ok(named(**one)),
            (_, [one]) => Ok(named(*one)),
            (_, []) => Err(unknown(accounts, wanted)),
            (_, several) => Err(CliError::usage(format!(
                "`{wanted}` fits several accounts: {}",
                list(several.iter().copied())
            ))
            .hint("give more of the name, or the account's number")),
        }
    }
}

fn unknown(accounts: &BTreeMap<String, AccountId>, wanted: &str) -> CliError {
    let error = CliError::usage(format!("no account is called `{wanted}`"));
    if accounts.is_empty() {
        error.hint("name accounts in config.toml: [accounts] and NAME = \"123456789012\"")
    } else {
        error.hint(format!("known are {}", list(accounts.iter())))
    }
}

fn list<'a>(accounts: impl Iterator<Item = (&'a String, &'a AccountId)>) -> String {
    let shown: Vec<String> = accounts
        .map(|(name, id)| format!("{name} ({id})"))
        .collect();
    shown.join(", ")
}

#[cfg(test)]
mod tests;
