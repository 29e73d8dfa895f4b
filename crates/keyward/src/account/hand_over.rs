//! Makes initial secrets, encrypts each to its person, and keeps the ciphertext in the person's
//! sheet. The plain secret exists in memory only.
//!
//! A run that dies after AWS made a secret and before the file was written leaves a secret that no
//! person received: the next plan deletes it and makes another.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use keyward_account::hand_out::InitialSecret as Kind;
use keyward_account::plan::{Operation, Plan, UserCredential};
use keyward_aws::CallError;
use keyward_core::id::{AccessKeyId, AccountId, UserName};
use keyward_recipients::rand_core::OsRng;
use keyward_recipients::{InitialSecret, MinimumLength, Recipient, encrypt, initial_password};

use super::execute::Secrets;
use super::failure::Failure;
use super::recipients::Recipients;
use super::settled::settled;
use super::sheet::{Ciphertext, Sheet};
use super::{Interrupt, Signer};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::state::local_state::LocalState;
use crate::system::crash_point as point;

/// Hands initial secrets out in one account.
pub(crate) struct HandOver<'a> {
    local: &'a LocalState,
    ui: &'a Ui,
    interrupt: Interrupt,
    account: AccountId,
    recipients: Recipients,
    minimum: MinimumLength,
    /// The keys that the plan deletes, which AWS may list for a while.
    deleted: BTreeSet<AccessKeyId>,
    written: Mutex<BTreeMap<UserName, PathBuf>>,
}

impl<'a> HandOver<'a> {
    /// Prepares the hand-outs of one account; the keys were read and checked. Passwords will satisfy a
    /// policy of this minimum length and every character class.
    ///
    /// # Errors
    /// No such password can be made, or the folder of the sheets cannot be written.
    pub(crate) fn new(
        local: &'a LocalState,
        (ui, interrupt): (&'a Ui, &Interrupt),
        account: AccountId,
        recipients: Recipients,
        minimum_length: Option<u32>,
        plan: &Plan,
    ) -> Result<Self, CliError> {
        let minimum = match minimum_length {
            None => MinimumLength::AWS_DEFAULT,
            Some(length) => MinimumLength::try_from(length)
                .map_err(|e| CliError::failed("no initial password can be made").because(e))?,
        };
        if let Some(user) = recipients.keys().next() {
            Sheet::reserve(local, &account, user)
                .map_err(|e| e.hint("nothing was changed in this account"))?;
        }
        let deleted = plan.operations().filter_map(|operation| match operation {
            Operation::DeleteAccessKey { key, .. } => Some(key.clone()),
            _ => None,
        });
        Ok(Self {
            local,
            ui,
            interrupt: interrupt.clone(),
            account,
            recipients,
            minimum,
            deleted: deleted.collect(),
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
        let kept = self.write(user, |sheet| sheet.password = sealed);
        kept.map_err(|error| {
            let kind = UserCredential::LoginProfile;
            let undone = signer
                .aws
                .delete_credentials(&signer.credentials, user, kind);
            taken_back(error, undone, format!("a console password of {user}"))
        })?;
        Ok(())
    }

    fn access_key(&self, signer: &Signer<'_>, user: &UserName) -> Result<(), Failure> {
        let keys = self.keys(user)?;
        let key = point::through("create access key", &self.local.paths, || {
            signer
                .aws
                .create_access_key(&signer.credentials, Some(user))
        })?;
        let sealed = || {
            seal(
                &InitialSecret::AccessKey {
                    id: &key.id,
                    secret: &key.secret,
                },
                keys,
            )
        };
        let kept = self.is_only_key(signer, user, &key.id).and_then(|()| {
            let sealed = sealed()?;
            self.write(user, |sheet| {
                sheet.access_key = sealed;
                sheet.access_key_id = Some(key.id.to_string());
            })
        });
        kept.map_err(|error| {
            let undone = signer
                .aws
                .delete_access_key(&signer.credentials, Some(user), &key.id);
            taken_back(error, undone, format!("access key {} of {user}", key.id))
        })?;
        Ok(())
    }

    /// Refuses a second key. Before the hand-out the user had none, so another run made it: AWS
    /// allows two keys, and both runs would succeed.
    fn is_only_key(
        &self,
        signer: &Signer<'_>,
        user: &UserName,
        own: &AccessKeyId,
    ) -> Result<(), CliError> {
        let list = || signer.aws.list_access_keys(&signer.credentials, Some(user));
        // A new user may not have reached every copy of IAM.
        let found = settled(self.ui, &self.interrupt, list)?;
        let mut others = found.iter().map(|key| &key.id);
        let other = others.find(|id| *id != own && !self.deleted.contains(id));
        match other {
            None => Ok(()),
            Some(other) => Err(CliError::failed(format!(
                "another run is handing out an access key to `{user}`: {other}"
            ))),
        }
    }

    fn write(&self, user: &UserName, change: impl FnOnce(&mut Sheet)) -> Result<(), CliError> {
        let path = Sheet::change(self.local, &self.account, user, change)?;
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

    fn forget(&self, operation: &Operation) -> Result<(), CliError> {
        Sheet::forget(self.local, &self.account, operation)
    }
}

/// The error of a secret that could not be handed out, and was deleted again. If that fails too, the
/// user's tag makes the next plan delete it.
fn taken_back(error: CliError, undone: Result<(), CallError>, what: String) -> CliError {
    match undone {
        Ok(()) => error,
        Err(_) => error.hint(format!(
            "{what} was made and was never delivered: the next run deletes it"
        )),
    }
}

fn seal(secret: &InitialSecret<'_>, keys: &[Recipient]) -> Result<Vec<Ciphertext>, CliError> {
    let sealed = encrypt(secret, keys, &mut OsRng)
        .map_err(|e| CliError::failed("a secret cannot be encrypted").because(e))?;
    let texts = sealed.into_iter();
    Ok(texts.map(|text| Ciphertext::new(text, keys)).collect())
}
