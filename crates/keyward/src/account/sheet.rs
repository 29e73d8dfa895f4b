//! The record of what one user received from this machine: encrypted secrets, in a file that only
//! the user of this machine can read. A secret that keyward deletes at AWS leaves the file too.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use keyward_account::plan::{Operation, UserCredential};
use keyward_core::id::{AccessKeyId, AccountId, UserName};
use keyward_recipients::{Recipient, Sealed, SealedFormat};
use serde::{Deserialize, Serialize};

use crate::aws_files::rewrite::{put_secret, reserve_secret};
use crate::screen::error::{CliError, Given, elsewhere};
use crate::state::local_state::LocalState;
use crate::system::locations::{self, Locations};
use crate::system::read_limited;

/// The version of the file.
const VERSION: u32 = 1;

/// The encrypted secrets of one user, as the file holds them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Sheet {
    version: u32,
    /// The console password.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) password: Vec<Ciphertext>,
    /// The id of the access key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) access_key_id: Option<String>,
    /// The access key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) access_key: Vec<Ciphertext>,
}

/// One encrypted text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Ciphertext {
    /// The format, which decides what opens it.
    pub(crate) format: Format,
    /// The text.
    pub(crate) text: String,
    /// The public keys that it is encrypted to, in words.
    #[serde(default)]
    pub(crate) recipients: Vec<String>,
}

/// The format of a text, which decides what opens it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// `base64 --decode | gpg --decrypt`.
    Pgp,
    /// `age --decrypt -i KEYFILE`.
    Age,
}

impl Ciphertext {
    /// A text, and those of the keys that open it.
    pub(super) fn new(sealed: Sealed, keys: &[Recipient]) -> Self {
        let Sealed { format, text } = sealed;
        let format = match format {
            SealedFormat::Pgp => Format::Pgp,
            SealedFormat::Age => Format::Age,
        };
        let opens = |key: &&Recipient| match key {
            Recipient::Pgp(_) => format == Format::Pgp,
            Recipient::Age(_) | Recipient::Ssh(_) => format == Format::Age,
        };
        Self {
            format,
            text,
            recipients: keys.iter().filter(opens).map(ToString::to_string).collect(),
        }
    }
}

impl Sheet {
    /// The file of one user.
    pub(crate) fn path(locations: &Locations, account: &AccountId, user: &UserName) -> PathBuf {
        locations
            .data
            .join("hand-outs")
            .join(account.as_str())
            .join(format!("{user}.json"))
    }

    /// Reads what was handed out to a user from this machine; `None` if nothing was.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, CliError> {
        if !path.exists() {
            return Ok(None);
        }
        let unusable = || {
            CliError::failed(format!(
                "cannot read the hand-out `{}`",
                locations::show(path)
            ))
        };
        let text =
            read_limited::text(path, read_limited::DOCUMENT).map_err(|e| unusable().because(e))?;
        serde_json::from_str(&text)
            .map(Some)
            .map_err(|e| unusable().because(e))
    }

    /// Finds out whether a sheet can be written, before AWS makes the secret that it will hold.
    pub(super) fn reserve(
        local: &LocalState,
        account: &AccountId,
        user: &UserName,
    ) -> Result<(), CliError> {
        let path = Self::path(&local.locations, account, user);
        reserve_secret(&path, local.deadline)
            .map(drop)
            .map_err(|e| unwritten(&path, e))
    }

    /// Changes the sheet of a user, and returns its path.
    pub(super) fn change(
        local: &LocalState,
        account: &AccountId,
        user: &UserName,
        change: impl FnOnce(&mut Self),
    ) -> Result<PathBuf, CliError> {
        let path = Self::path(&local.locations, account, user);
        // A file that can no longer be read holds nothing worth keeping.
        let mut sheet = Self::read(&path).ok().flatten().unwrap_or_default();
        sheet.version = VERSION;
        change(&mut sheet);
        let text = serde_json::to_string_pretty(&sheet)
            .map_err(|e| CliError::failed("the hand-out cannot be written").because(e))?;
        put_secret(&path, &text, local.deadline).map_err(|e| unwritten(&path, e))?;
        Ok(path)
    }

    /// Removes the secrets that an operation ended. It is called once AWS has done the operation: a
    /// secret that AWS keeps may be readable nowhere else, while a dead one does no harm. A new user has
    /// no secret of an earlier one with the same name.
    pub(super) fn forget(
        local: &LocalState,
        account: &AccountId,
        operation: &Operation,
    ) -> Result<(), CliError> {
        use UserCredential::{AccessKeys, LoginProfile};
        let (user, ended) = match operation {
            Operation::CreateUser { name, .. } | Operation::DeleteUser(name) => {
                return Self::remove(local, account, name);
            }
            Operation::DeleteCredentials { user, kind } => match kind {
                LoginProfile => (user, Ended::Password),
                AccessKeys => (user, Ended::Keys(None)),
                _ => return Ok(()),
            },
            Operation::DeleteAccessKey { user, key } => (user, Ended::Keys(Some(key))),
            _ => return Ok(()),
        };
        let path = Self::path(&local.locations, account, user);
        let Ok(Some(before)) = Self::read(&path) else {
            return Ok(());
        };
        let after = before.clone().without(&ended);
        if after == before {
            return Ok(());
        }
        match after.is_empty() {
            true => Self::remove(local, account, user),
            false => Self::change(local, account, user, |sheet| *sheet = after).map(drop),
        }
    }

    /// Deletes the sheet of a user.
    pub(crate) fn remove(
        local: &LocalState,
        account: &AccountId,
        user: &UserName,
    ) -> Result<(), CliError> {
        let path = Self::path(&local.locations, account, user);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(CliError::failed(
                format!("cannot delete the hand-out `{}`", locations::show(&path)),
            )
            .because(error)),
            _ => Ok(()),
        }
    }

    fn without(mut self, ended: &Ended<'_>) -> Self {
        match ended {
            Ended::Password => self.password.clear(),
            Ended::Keys(key) => {
                let own = self.access_key_id.as_deref();
                if key.is_none_or(|key| own == Some(key.as_str())) {
                    self.access_key.clear();
                    self.access_key_id = None;
                }
            }
        }
        self
    }

    fn is_empty(&self) -> bool {
        self.password.is_empty() && self.access_key.is_empty()
    }
}

/// The secrets that end.
enum Ended<'a> {
    Password,
    /// One key, or all of them.
    Keys(Option<&'a AccessKeyId>),
}

fn unwritten(path: &Path, error: io::Error) -> CliError {
    let next = elsewhere(path, Given::File, &error);
    CliError::failed(format!(
        "cannot write the hand-out `{}`",
        locations::show(path)
    ))
    .because(error)
    .hint_all(next)
}
