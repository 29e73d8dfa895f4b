//! `config.toml`: the person's choices.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use keyward_core::id::AccountId;
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
    /// How old a stored key may become before it is due for rotation.
    pub(crate) key_max_age: Duration,
    /// The account on a YubiKey whose codes are used, as `ykman oath accounts` names it.
    pub(crate) ykman: Option<String>,
    /// Whether desktop dialogs may ask where there is no terminal.
    pub(crate) dialogs: Dialogs,
}

/// The age that the common benchmarks ask for.
const KEY_MAX_AGE: Duration = Duration::from_secs(90 * 24 * 3600);

/// The file's own words.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wire {
    session_duration: Option<String>,
    passphrase_work: Option<u8>,
    #[serde(default)]
    slot_order: Vec<String>,
    key_max_age: Option<String>,
    ykman: Option<String>,
    dialogs: Option<bool>,
    /// Names of accounts.
    #[serde(default)]
    accounts: BTreeMap<String, String>,
}

impl Settings {
    /// Reads the file; a missing one means the defaults.
    pub(crate) fn load(path: &Path) -> Result<Self, CliError> {
        let text = match std::fs::read_to_string(path) {
            Ok(text) => text,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self {
                    session_duration: None,
                    passphrase_work: WorkFactor::one_second(),
                    slot_order: Vec::new(),
                    key_max_age: KEY_MAX_AGE,
                    ykman: None,
                    dialogs: Dialogs::Allowed,
                });
            }
            Err(e) => {
                return Err(
                    CliError::failed(format!("`{}` cannot be read", places::show(path))).because(e),
                );
            }
        };
        let wrong = || CliError::usage(format!("`{}` is not as it should be", places::show(path)));
        let wire: Wire = toml_edit::de::from_str(&text).map_err(|e| wrong().because(e))?;
        let session_duration = wire
            .session_duration
            .as_deref()
            .map(parse_duration)
            .transpose()
            .map_err(|e| wrong().because(e))?;
        let passphrase_work = match wire.passphrase_work {
            Some(log_n) => WorkFactor::fixed(log_n).map_err(|e| wrong().because(e))?,
            None => WorkFactor::one_second(),
        };
        let key_max_age = wire
            .key_max_age
            .as_deref()
            .map(parse_duration)
            .transpose()
            .map_err(|e| wrong().because(e))?
            .unwrap_or(KEY_MAX_AGE);
        for id in wire.accounts.values() {
            id.parse::<AccountId>().map_err(|e| wrong().because(e))?;
        }
        let slot_order = wire
            .slot_order
            .iter()
            .map(|name| name.parse())
            .collect::<Result<_, keyward_vault::InvalidSlotName>>()
            .map_err(|e| wrong().because(e))?;
        Ok(Self {
            session_duration,
            passphrase_work,
            slot_order,
            key_max_age,
            ykman: wire.ykman,
            dialogs: match wire.dialogs {
                Some(false) => Dialogs::Unwanted,
                _ => Dialogs::Allowed,
            },
        })
    }
}
