//! One rotation's entry in the vault: begun, moved on, struck off. Every change is on the disk
//! when it returns.

use keyward_aws::CallerIdentity;
use keyward_core::Credentials;
use keyward_core::Timestamp;
use keyward_core::id::{AccessKeyId, ProfileName};
use keyward_vault::{Document, OpenVault, PendingKey, Rotation, UpdateError};

use super::state::{Check, Kind, State};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::state::local_state::now;
use crate::system::crash_point as point;

/// The open vault and the name of the entry in it.
pub(crate) struct Journal<'a> {
    vault: OpenVault,
    name: ProfileName,
    ui: &'a Ui,
}

impl<'a> Journal<'a> {
    /// The entry of that name, which need not exist yet.
    pub(crate) fn new(vault: OpenVault, name: ProfileName, ui: &'a Ui) -> Self {
        Self { vault, name, ui }
    }

    /// The vault as it was last read or written here.
    pub(crate) fn document(&self) -> &Document {
        self.vault.document()
    }

    /// The files of the vault.
    pub(crate) fn paths(&self) -> &keyward_vault::Paths {
        self.vault.paths()
    }

    /// The entry.
    pub(crate) fn entry(&self) -> Result<&Rotation, CliError> {
        self.document().rotation(&self.name).ok_or_else(|| {
            CliError::failed(format!(
                "the vault holds no unfinished rotation of `{}`",
                self.name
            ))
            .hint("keyward list")
        })
    }

    /// The state of the rotation.
    pub(crate) fn state(&self) -> Result<State, CliError> {
        let state = &self.entry()?.state;
        State::read(state).ok_or_else(|| {
            CliError::failed(format!(
                "the rotation of `{}` is in the state `{state}`, which this version does not know",
                self.name
            ))
            .hint("finish it with the newer version that began it")
        })
    }

    /// The owner of the key.
    pub(crate) fn kind(&self) -> Result<Kind, CliError> {
        Ok(match &self.entry()?.delivery {
            None => Kind::Own,
            Some(delivery) => Kind::MachineUser {
                check: if delivery.dispatch.is_some() {
                    Check::Workflow
                } else {
                    Check::None
                },
            },
        })
    }

    /// The new key's credentials.
    pub(crate) fn new_key(&self) -> Result<Credentials, CliError> {
        let entry = self.entry()?;
        let key = entry.new_key.as_ref().ok_or_else(|| {
            CliError::failed(format!("the entry of `{}` has lost its new key", self.name))
                .hint(format!("keyward rotate {} --abort", self.name.argument()))
        })?;
        Ok(Credentials {
            access_key_id: key.access_key_id.clone(),
            secret_access_key: key.secret_access_key.clone(),
            session_token: None,
            expires_at: None,
            account_id: None,
        })
    }

    /// Begins, unless a rotation of the same key is under way.
    pub(crate) fn begin(&mut self, entry: Rotation) -> Result<(), CliError> {
        let old = entry.old_access_key_id.clone();
        let name = self.name.clone();
        let busy = self.write("journal begun", |document| {
            let taken = document
                .rotations()
                .iter()
                .find(|known| known.profile == name || known.old_access_key_id == old)
                .map(|known| known.profile.clone());
            if taken.is_none() {
                document.put_rotation(entry);
            }
            taken
        })?;
        match busy {
            None => Ok(()),
            Some(other) => Err(super::unfinished(&other)),
        }
    }

    /// Records that AWS is about to be asked for a key, so that a lost one can be recognized by its age.
    pub(crate) fn asking(&mut self, at: Timestamp) -> Result<(), CliError> {
        self.change("journal asking", |entry| entry.started = at)
    }

    /// Keeps the new key.
    pub(crate) fn created(
        &mut self,
        key: PendingKey,
        at: Option<Timestamp>,
    ) -> Result<(), CliError> {
        self.change("journal created", |entry| {
            entry.new_key = Some(key);
            entry.new_key_created = at;
            entry.state = State::Created.stored();
        })
    }

    /// Advances the entry to the next state.
    pub(crate) fn moved(&mut self, point: &str, state: State) -> Result<(), CliError> {
        self.change(point, |entry| entry.state = state.stored())
    }

    /// Sets until when the old key is left alone.
    pub(crate) fn grace(&mut self, until: Option<Timestamp>) -> Result<(), CliError> {
        self.change("journal grace", |entry| entry.grace_until = until)
    }

    /// Changes the destination of the new key.
    pub(crate) fn redirect(&mut self, to: &str) -> Result<(), CliError> {
        self.change("journal redirect", |entry| {
            if let Some(delivery) = &mut entry.delivery {
                to.clone_into(&mut delivery.to);
            }
        })
    }

    /// Puts the new key in the place of the old one, for every name that holds the old one, and
    /// says which. One write: either all of it happened or nothing.
    pub(crate) fn promote(
        &mut self,
        identity: CallerIdentity,
    ) -> Result<Vec<ProfileName>, CliError> {
        let name = self.name.clone();
        let holders = self.write("journal promoted", |document| {
            promote(document, &name, identity)
        })?;
        if holders.is_empty() {
            return Err(CliError::failed(format!(
                "the old key of `{}` is no longer in the vault",
                self.name
            ))
            .hint("--abort deletes the new key at AWS"));
        }
        Ok(holders)
    }

    /// Refuses to touch the old key unless the vault holds the new one outside this entry, which is about
    /// to be deleted.
    pub(crate) fn must_be_in_place(&mut self) -> Result<(), CliError> {
        self.vault.reload()?;
        let new = self.new_key()?.access_key_id;
        if self.kind()? == Kind::Own && holders(self.document(), &new).is_empty() {
            return Err(CliError::failed(format!(
                "{new} is no longer in the vault, so the old key stays"
            )));
        }
        Ok(())
    }

    /// Strikes the entry.
    pub(crate) fn strike(&mut self) -> Result<(), CliError> {
        let name = self.name.clone();
        self.write("journal struck", |document| {
            document.remove_rotation(&name);
        })
    }

    fn change(&mut self, point: &str, change: impl FnOnce(&mut Rotation)) -> Result<(), CliError> {
        let name = self.name.clone();
        self.write(point, |document| {
            if let Some(entry) = document.rotation_mut(&name) {
                change(entry);
            }
        })
    }

    fn write<T>(
        &mut self,
        point: &str,
        change: impl FnOnce(&mut Document) -> T,
    ) -> Result<T, CliError> {
        let paths = self.vault.paths().clone();
        let mut done = None;
        let result = point::through(point, &paths, || {
            self.vault.update(|document| done = Some(change(document)))
        });
        match (result, done) {
            (Ok(()), Some(done)) => Ok(done),
            // The vault holds the change; the list beside it is fixed by the next opening.
            (Err(UpdateError::Index(error)), Some(done)) => {
                self.ui.warn(format!(
                    "the list of keys beside the vault could not be written: {error}"
                ));
                Ok(done)
            }
            (Err(error), _) => Err(error.into()),
            (Ok(()), None) => unreachable!("an update that succeeds has run its change"),
        }
    }
}

fn promote(
    document: &mut Document,
    name: &ProfileName,
    identity: CallerIdentity,
) -> Vec<ProfileName> {
    let Some(entry) = document.rotation(name).cloned() else {
        return Vec::new();
    };
    let Some(new) = entry.new_key.clone() else {
        return Vec::new();
    };
    let holders: Vec<ProfileName> = document
        .keys()
        .iter()
        .filter(|key| key.access_key_id == entry.old_access_key_id)
        .map(|key| key.profile.clone())
        .collect();
    if holders.is_empty() {
        return holders;
    }
    let mut old_key = None;
    for holder in &holders {
        if let Some(key) = document.key_mut(holder) {
            let old_secret =
                std::mem::replace(&mut key.secret_access_key, new.secret_access_key.clone());
            old_key.get_or_insert(PendingKey {
                access_key_id: entry.old_access_key_id.clone(),
                secret_access_key: old_secret,
            });
            key.access_key_id = new.access_key_id.clone();
            // The key was made in this rotation, so that the present is near enough.
            key.created = entry.new_key_created.unwrap_or_else(now);
            key.dated = keyward_vault::KeyDate::Made;
            key.verified = Some(now());
            key.user_arn = Some(identity.arn.clone());
            key.account_id = Some(identity.account.clone());
        }
    }
    if let Some(entry) = document.rotation_mut(name) {
        entry.state = State::Placed.stored();
        entry.old_key = old_key;
    }
    holders
}

/// The keys of the vault under one id.
pub(crate) fn holders(document: &Document, id: &AccessKeyId) -> Vec<ProfileName> {
    document
        .keys()
        .iter()
        .filter(|key| key.access_key_id == *id)
        .map(|key| key.profile.clone())
        .collect()
}
