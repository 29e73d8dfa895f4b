//! Makes initial secrets, encrypts each to its person, and keeps the ciphertext in a file that
//! only this user can read. The plain secret exists in memory only.
//!
//! A run that dies after AWS made a secret and before the file was written leaves a secret that
//! nobody received: the next plan deletes it and makes another.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use keyward_account::hand_out::InitialSecret as Kind;
use keyward_account::plan::Operation;
use keyward_core::id::{AccessKeyId, AccountId, UserName};
use keyward_recipients::rand_core::OsRng;
use keyward_recipients::{
    InitialSecret, MinimumLength, Recipient, Sealed, SealedFormat, encrypt, initial_password,
};
use serde::{Deserialize, Serialize};

use super::Signer;
use super::execute::Secrets;
use super::failure::Failure;
use super::recipients::Recipients;
use crate::aws_files::rewrite::put_secret;
use crate::screen::error::CliError;
use crate::state::local_state::LocalState;
use crate::system::crash_point as point;
use crate::system::locations::{self, Locations};
use crate::system::read_limited;

/// The encrypted secrets of one user, as the file holds them.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
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
    /// The keys that it is encrypted to, in words.
    #[serde(default)]
    pub(crate) recipients: Vec<String>,
}

/// One encrypted text.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Ciphertext {
    /// What opens it.
    pub(crate) format: Format,
    /// The text.
    pub(crate) text: String,
}

/// What opens a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// `base64 --decode | gpg --decrypt`.
    Pgp,
    /// `age --decrypt -i KEYFILE`.
    Age,
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

    /// Reads what was handed out to a user from this machine; `None` where nothing was.
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
}

/// Hands initial secrets out in one account.
pub(crate) struct HandOver<'a> {
    local: &'a LocalState,
    account: AccountId,
    recipients: Recipients,
    minimum: MinimumLength,
    written: Mutex<BTreeMap<UserName, PathBuf>>,
}

impl<'a> HandOver<'a> {
    /// Prepares the hand-outs of one account; the keys were read and checked. Passwords satisfy
    /// a policy of this minimum length and every character class.
    pub(crate) fn new(
        local: &'a LocalState,
        account: AccountId,
        recipients: Recipients,
        minimum_length: Option<u32>,
    ) -> Result<Self, CliError> {
        let minimum = match minimum_length {
            None => MinimumLength::AWS_DEFAULT,
            Some(length) => MinimumLength::try_from(length)
                .map_err(|e| CliError::failed("no initial password can be made").because(e))?,
        };
        Ok(Self {
            local,
            account,
            recipients,
            minimum,
            written: Mutex::default(),
        })
    }

    /// The files that were written in this run, by user.
    pub(crate) fn written(&self) -> BTreeMap<UserName, PathBuf> {
        self.written
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn keys(&self, user: &UserName) -> Result<&[Recipient], CliError> {
        self.recipients
            .get(user)
            .map(Vec::as_slice)
            .filter(|keys| !keys.is_empty())
            .ok_or_else(|| {
                CliError::failed(format!("user `{user}` has no key to encrypt a secret to"))
            })
    }

    fn password(&self, signer: &Signer<'_>, user: &UserName) -> Result<(), Failure> {
        let keys = self.keys(user)?;
        let password = initial_password(self.minimum, &mut OsRng);
        let sealed = seal(&InitialSecret::Password(&password), keys)?;
        point::through("create login profile", &self.local.paths, || {
            signer
                .aws
                .create_login_profile(&signer.credentials, user, &password)
        })?;
        self.write(user, keys, |sheet| sheet.password = sealed)?;
        Ok(())
    }

    fn access_key(&self, signer: &Signer<'_>, user: &UserName) -> Result<(), Failure> {
        let keys = self.keys(user)?;
        let key = point::through("create access key", &self.local.paths, || {
            signer
                .aws
                .create_access_key(&signer.credentials, Some(user))
        })?;
        let sealed = seal(
            &InitialSecret::AccessKey {
                id: &key.id,
                secret: &key.secret,
            },
            keys,
        );
        let kept = sealed.and_then(|sealed| {
            self.write(user, keys, |sheet| {
                sheet.access_key = sealed;
                sheet.access_key_id = Some(key.id.to_string());
            })
        });
        kept.map_err(|error| self.take_back(signer, user, &key.id, error))?;
        Ok(())
    }

    /// Deletes a key that could not be written down. Where that fails too, the user's tag makes
    /// the next plan delete it.
    fn take_back(
        &self,
        signer: &Signer<'_>,
        user: &UserName,
        id: &AccessKeyId,
        error: CliError,
    ) -> CliError {
        match signer
            .aws
            .delete_access_key(&signer.credentials, Some(user), id)
        {
            Ok(()) => error,
            Err(_) => error.hint(format!(
                "access key {id} of {user} was made and was never delivered: the next run deletes it"
            )),
        }
    }

    fn write(
        &self,
        user: &UserName,
        keys: &[Recipient],
        change: impl FnOnce(&mut Sheet),
    ) -> Result<(), CliError> {
        let path = Sheet::path(&self.local.locations, &self.account, user);
        // A file that cannot be read any more holds nothing worth keeping.
        let mut sheet = Sheet::read(&path).ok().flatten().unwrap_or_default();
        sheet.version = 1;
        sheet.recipients = keys.iter().map(ToString::to_string).collect();
        change(&mut sheet);
        let text = serde_json::to_string_pretty(&sheet)
            .map_err(|e| CliError::failed("the hand-out cannot be written").because(e))?;
        put_secret(&path, &text, self.local.deadline).map_err(|e| {
            CliError::failed(format!(
                "cannot write the hand-out `{}`",
                locations::show(&path)
            ))
            .because(e)
        })?;
        self.written
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(user.clone(), path);
        Ok(())
    }
}

impl Secrets for HandOver<'_> {
    fn hand_out(&self, signer: &Signer<'_>, operation: &Operation) -> Result<(), Failure> {
        match operation {
            Operation::HandOut {
                user,
                secret: Kind::Password,
                ..
            } => self.password(signer, user),
            Operation::HandOut {
                user,
                secret: Kind::AccessKey,
                ..
            } => self.access_key(signer, user),
            _ => Ok(()),
        }
    }
}

fn seal(secret: &InitialSecret<'_>, keys: &[Recipient]) -> Result<Vec<Ciphertext>, CliError> {
    let sealed = encrypt(secret, keys, &mut OsRng)
        .map_err(|e| CliError::failed("a secret cannot be encrypted").because(e))?;
    Ok(sealed
        .into_iter()
        .map(|Sealed { format, text }| Ciphertext {
            format: match format {
                SealedFormat::Pgp => Format::Pgp,
                SealedFormat::Age => Format::Age,
            },
            text,
        })
        .collect())
}
