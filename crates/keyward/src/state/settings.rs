//! `config.toml`: the person's choices.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;
use std::time::Duration;

use keyward_core::id::{AccountId, ProfileName};
use keyward_core::suggest::similar_names;
use keyward_core::time::parse_duration;
use keyward_vault::{InvalidWorkFactor, SlotName, WorkFactor};
use serde::Deserialize;

#[cfg(debug_assertions)]
use crate::environment as env;
use crate::process::dialog::Dialogs;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::system::locations;
use crate::system::read_limited;

/// The choices, with their defaults where the file is silent.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    /// The requested length of an MFA session.
    pub(crate) session_duration: Option<Duration>,
    /// The work that a new passphrase slot costs for each guess.
    pub(crate) passphrase_work: WorkFactor,
    /// The slots to try first when the vault is opened.
    pub(crate) slot_order: Vec<SlotName>,
    /// The time for which the vault stays open after it was opened; without it, not at all.
    pub(crate) unlock_for: Option<Duration>,
    /// The age at which a stored key is due for rotation.
    pub(crate) key_max_age: Duration,
    /// The account on a YubiKey whose codes are used, as `ykman oath accounts` names it.
    pub(crate) ykman: Option<String>,
    /// Whether desktop dialogs may ask without a terminal.
    pub(crate) dialogs: Dialogs,
    /// Accounts by the names that people give them, in the order of their names.
    pub(crate) accounts: BTreeMap<String, AccountId>,
    /// The profile whose credentials `assume` starts from.
    pub(crate) assume_from: Option<ProfileName>,
    /// The names in the file that are not those of settings.
    #[cfg_attr(
        not(target_os = "linux"),
        allow(dead_code, reason = "ready answers ask for it")
    )]
    pub(crate) unknown: Vec<String>,
}

/// The age that the common benchmarks ask for.
const KEY_MAX_AGE: Duration = Duration::from_secs(90 * 24 * 3600);

/// The version of the file that this program reads. A file need not name it.
const VERSION: i64 = 1;

/// The names of all settings.
const NAMES: [&str; 11] = [
    "version",
    "session_duration",
    "session_ttl",
    "unlock_for",
    "passphrase_work",
    "slot_order",
    "key_max_age",
    "ykman",
    "dialogs",
    "accounts",
    "assume_from",
];

/// The file's own words. [`warn_of_unknown`] reports the others.
#[derive(Debug, Default, Deserialize)]
struct Wire {
    #[serde(alias = "session_ttl")]
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

/// The work factor that the file asks for. A thief of the slot's file can try passphrases forever, so a low
/// number does not count.
fn work(log_n: u8) -> Result<WorkFactor, InvalidWorkFactor> {
    // Hundreds of tests make a vault each.
    #[cfg(debug_assertions)]
    if env::get(env::TEST_LIGHT_WORK).is_some() {
        return WorkFactor::fixed(log_n);
    }
    WorkFactor::at_least(log_n)
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
            unknown: Vec::new(),
        }
    }
}

impl Settings {
    /// Reads the file; a missing one means the defaults.
    pub(crate) fn load(path: &Path) -> Result<Self, CliError> {
        Self::read(path).map_err(|faults| {
            CliError::all("the settings", faults).expect("whatever is refused has a fault")
        })
    }

    /// Reads the file, or returns every fault in it, at least one.
    pub(crate) fn read(path: &Path) -> Result<Self, Vec<CliError>> {
        let bytes = match read_limited::read(path, read_limited::SETTINGS) {
            Ok(bytes) => bytes,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(e) => return Err(vec![read_limited::unreadable(path, e)]),
        };
        let wrong = || CliError::usage(format!("`{}` is invalid", locations::show(path)));
        let text =
            String::from_utf8(bytes).map_err(|_| vec![wrong().because("it is not UTF-8 text")])?;
        if let Some(newer) = version(&text).filter(|version| *version > VERSION) {
            let told = wrong().because(format!(
                "it has version {newer}, and this program reads version {VERSION}"
            ));
            return Err(vec![told.hint("install a newer keyward")]);
        }
        if let Some(other) = other_version(&text) {
            let told = wrong().because(format!("its version is `{other}`, which is not a number"));
            return Err(vec![told.hint(format!("write `version = {VERSION}`"))]);
        }
        let wire: Wire = toml_edit::de::from_str(&text).map_err(|e| {
            let told = wrong().because(e.to_string().trim_end().to_owned());
            vec![told.hint("correct or remove the line")]
        })?;
        Self::of(wire, &text).map_err(|problems| {
            let told = |problem: Problem| {
                CliError::usage(format!(
                    "{}{}: `{}` has a value that cannot be used",
                    locations::show(path),
                    problem
                        .line
                        .map_or_else(String::new, |line| format!(":{line}")),
                    problem.key
                ))
                .because(problem.source)
                .hint("correct the value, or remove the line")
            };
            problems.into_iter().map(told).collect()
        })
    }

    /// The settings where the file cannot be read. It may have forbidden dialogs.
    pub(crate) fn unread() -> Self {
        Self {
            dialogs: Dialogs::Unwanted,
            ..Self::default()
        }
    }

    /// Reads the settings from the file's text and reports every unusable value.
    fn of(wire: Wire, text: &str) -> Result<Self, Vec<Problem>> {
        let fallback = Self::default();
        let mut problems = Problems::default();
        let passphrase_work = match wire.passphrase_work {
            Some(log_n) => problems
                .keep(work(log_n).map_err(wrong(text, &["passphrase_work"])))
                .unwrap_or(fallback.passphrase_work),
            None => fallback.passphrase_work,
        };
        let slot_order = wire.slot_order.iter().map(|name| name.parse());
        let slot_order: Result<_, _> = slot_order.collect();
        let settings = Self {
            session_duration: problems.duration(text, "session_duration", wire.session_duration),
            passphrase_work,
            slot_order: problems
                .keep(slot_order.map_err(wrong(text, &["slot_order"])))
                .unwrap_or_default(),
            unlock_for: problems.duration(text, "unlock_for", wire.unlock_for),
            key_max_age: problems
                .duration(text, "key_max_age", wire.key_max_age)
                .unwrap_or(fallback.key_max_age),
            ykman: wire.ykman,
            dialogs: match wire.dialogs {
                Some(false) => Dialogs::Unwanted,
                _ => Dialogs::Allowed,
            },
            accounts: wire
                .accounts
                .into_iter()
                .filter_map(|(name, id)| {
                    let id = id.parse().map_err(wrong(text, &["accounts", &name]));
                    Some((name, problems.keep(id)?))
                })
                .collect(),
            assume_from: wire.assume_from.and_then(|name| {
                problems.keep(name.parse().map_err(wrong(text, &["assume_from"])))
            }),
            unknown: unknown(text),
        };
        match problems.0.is_empty() {
            true => Ok(settings),
            false => Err(problems.0),
        }
    }
}

/// Warns of each setting that this program does not know. It has no effect, because a newer program
/// may have written it.
pub(crate) fn warn_of_unknown(path: &Path, ui: &Ui) {
    let text = read_limited::read(path, read_limited::SETTINGS).map(String::from_utf8);
    let Ok(Ok(text)) = text else {
        return;
    };
    for key in unknown(&text) {
        let line = line_of(&text, &[&key]).map_or_else(String::new, |line| format!(":{line}"));
        let shown = locations::show(path);
        ui.warn(format!(
            "{shown}{line}: ignored the unknown setting `{key}`"
        ));
        match similar_names(&key, NAMES).first() {
            Some(name) => ui.hint(format!("did you mean `{name}`?")),
            None => ui.hint("remove the line, or install a newer keyward"),
        }
    }
}

/// The names at the top of the file that are not those of settings, in the order of the file.
fn unknown(text: &str) -> Vec<String> {
    let document: Option<toml_edit::Document<&str>> = toml_edit::Document::parse(text).ok();
    let names = document.iter().flat_map(|document| document.iter());
    names
        .map(|(name, _)| name.to_owned())
        .filter(|name| !NAMES.contains(&name.as_str()))
        .collect()
}

/// The version that the file names.
fn version(text: &str) -> Option<i64> {
    let document: toml_edit::Document<&str> = toml_edit::Document::parse(text).ok()?;
    document.get("version")?.as_integer()
}

/// A version that is not a number, as the file spells it: a newer one in quotation marks is not to be ignored.
fn other_version(text: &str) -> Option<String> {
    let document: toml_edit::Document<&str> = toml_edit::Document::parse(text).ok()?;
    let item = document.get("version")?;
    item.as_integer()
        .is_none()
        .then(|| item.to_string().trim().to_owned())
}

/// A value that its key does not accept.
#[derive(Debug)]
struct Problem {
    key: String,
    line: Option<usize>,
    source: Box<dyn Error + Send + Sync>,
}

/// The problems of a file.
#[derive(Debug, Default)]
struct Problems(Vec<Problem>);

impl Problems {
    /// Returns the value, or records its problem.
    fn keep<T>(&mut self, value: Result<T, Problem>) -> Option<T> {
        value.map_err(|problem| self.0.push(problem)).ok()
    }

    fn duration(&mut self, text: &str, key: &str, value: Option<String>) -> Option<Duration> {
        let value = parse_duration(&value?).map_err(wrong(text, &[key]));
        self.keep(value)
    }
}

/// The problem with the value at `path`.
fn wrong<E: Into<Box<dyn Error + Send + Sync>>>(
    text: &str,
    path: &[&str],
) -> impl FnOnce(E) -> Problem {
    let (key, line) = (path.join("."), line_of(text, path));
    move |error| Problem {
        key,
        line,
        source: error.into(),
    }
}

/// The line that a key's value begins on.
fn line_of(text: &str, path: &[&str]) -> Option<usize> {
    let document: toml_edit::Document<&str> = toml_edit::Document::parse(text).ok()?;
    let mut item = document.as_item();
    for key in path {
        item = item.get(key)?;
    }
    let before = text.get(..item.span()?.start)?;
    Some(before.matches('\n').count() + 1)
}

#[cfg(test)]
mod tests;
