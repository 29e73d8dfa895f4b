//! `config.toml`: the person's choices.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use keyward_core::id::{AccountId, InvalidId, ProfileName};
use keyward_core::time::parse_duration;
use keyward_vault::{SlotName, WorkFactor};
use serde::Deserialize;

use crate::dialog::Dialogs;
use crate::error::CliError;
use crate::places;

/// The choices, with their defaults where the file is silent.
#[derive(Debug)]
pub(crate) struct Settings {
    /// How long an MFA session is asked to live.
    pub(crate) session_duration: Option<Duration>,
    /// How much work a new passphrase slot costs whoever tries passphrases.
    pub(crate) passphrase_work: WorkFactor,
    /// The slots to try first when the vault is opened.
    pub(crate) slot_order: Vec<SlotName>,
    /// How long the vault stays open after it was opened; without it, not at all.
    pub(crate) unlock_for: Option<Duration>,
    /// How old a stored key may become before it is due for rotation.
    pub(crate) key_max_age: Duration,
    /// The account on a YubiKey whose codes are used, as `ykman oath accounts` names it.
    pub(crate) ykman: Option<String>,
    /// Whether desktop dialogs may ask where there is no terminal.
    pub(crate) dialogs: Dialogs,
    /// Accounts by the names that people give them, in the order of their names.
    pub(crate) accounts: BTreeMap<String, AccountId>,
    /// The profile whose credentials `assume` starts from.
    pub(crate) assume_from: Option<ProfileName>,
}

/// The age that the common benchmarks ask for.
const KEY_MAX_AGE: Duration = Duration::from_secs(90 * 24 * 3600);

/// The file's own words.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    session_duration: Option<String>,
    unlock_for: Option<String>,
    passphrase_work: Option<u8>,
    #[serde(default)]
    slot_order: Vec<String>,
    key_max_age: Option<String>,
    ykman: Option<String>,
    dialogs: Option<bool>,
    /// Names of accounts.
    #[serde(default)]
    accounts: BTreeMap<String, String>,
    assume_from: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            session_duration: None,
            passphrase_work: WorkFactor::one_second(),
            slot_order: Vec::new(),
            unlock_for: None,
            key_max_age: KEY_MAX_AGE,
            ykman: None,
            dialogs: Dialogs::Allowed,
            accounts: BTreeMap::new(),
            assume_from: None,
        }
    }
}

impl Settings {
    /// Reads the file; a missing one means the defaults.
    pub(crate) fn load(path: &Path) -> Result<Self, CliError> {
        match std::fs::read_to_string(path) {
            Ok(text) => Self::parse(&text).map_err(|e| {
                CliError::usage(format!("`{}` is not as it should be", places::show(path)))
                    .because(e)
            }),
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => {
                Err(CliError::failed(format!("`{}` cannot be read", places::show(path))).because(e))
            }
        }
    }

    fn parse(text: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        let wire: Wire = toml_edit::de::from_str(text)?;
        let duration = |text: Option<String>| text.as_deref().map(parse_duration).transpose();
        let fallback = Self::default();
        Ok(Self {
            session_duration: duration(wire.session_duration)?,
            passphrase_work: match wire.passphrase_work {
                Some(log_n) => WorkFactor::fixed(log_n)?,
                None => fallback.passphrase_work,
            },
            slot_order: wire
                .slot_order
                .iter()
                .map(|name| name.parse())
                .collect::<Result<_, _>>()?,
            unlock_for: duration(wire.unlock_for)?,
            key_max_age: duration(wire.key_max_age)?.unwrap_or(fallback.key_max_age),
            ykman: wire.ykman,
            dialogs: match wire.dialogs {
                Some(false) => Dialogs::Unwanted,
                _ => Dialogs::Allowed,
            },
            accounts: wire
                .accounts
                .into_iter()
                .map(|(name, id)| Ok((name, id.parse()?)))
                .collect::<Result<_, InvalidId>>()?,
            assume_from: wire.assume_from.map(|name| name.parse()).transpose()?,
        })
    }
}
