//! Gets a new key from AWS without ever losing one. If the answer is lost, keyward finds the key by
//! its age, deletes it, and asks again.

use std::time::Duration;

use keyward_aws::{AccessKey, CallError, KeyStatus, NewAccessKey};
use keyward_core::Timestamp;
use keyward_core::id::AccessKeyId;
use keyward_vault::PendingKey;

use super::{Run, Subject};
use crate::keys::rotation::{advice, revoked};
use crate::log::How;
use crate::screen::error::CliError;
use crate::state::local_state::now;
use crate::system::crash_point as point;

/// A key whose answer was lost was made at the time of the request, give or take the duration of
/// a request. Both times are of AWS's clock.
const BEFORE: Duration = Duration::from_secs(5 * 60);
const AFTER: Duration = Duration::from_secs(10 * 60);

/// Whether AWS may have made a key that is not in the journal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lost {
    Surely,
    Perhaps,
}

impl Run<'_> {
    /// Asks for a key and keeps it. If the answer is lost, cleans up and asks again.
    pub(super) fn create(&mut self) -> Result<(), CliError> {
        // Only a run that has just listed the keys and begun knows that there is no orphan.
        let mut lost = self.authority.is_none().then_some(Lost::Perhaps);
        self.refuse_revoked_since()?;
        loop {
            if lost.is_some() {
                if let Some(stranger) = self.clear_orphan()? {
                    return Err(CliError::failed(format!(
                        "{stranger} exists beside the old key, and this rotation may not have made it"
                    ))
                    .hint("delete it if it is unused and continue, or give up with --abort"));
                }
                let at = self.aws_now();
                self.journal.asking(at)?;
            }
            let user = self.subject.user().cloned();
            let paths = self.journal.paths().clone();
            let authority = self.authority()?;
            let made = point::through("create", &paths, || {
                authority
                    .aws
                    .create_access_key(&authority.credentials, user.as_ref())
            });
            match made {
                Ok(new) => return self.keep(new),
                Err(error) if may_have_made(&error) => {
                    if lost == Some(Lost::Surely) {
                        return Err(error.into());
                    }
                    self.ui
                        .say("the answer with the new key was lost; checking whether AWS made it");
                    lost = Some(Lost::Surely);
                }
                Err(error) => {
                    // AWS made nothing, so there is nothing to resume later.
                    self.journal.strike()?;
                    return Err(error.into());
                }
            }
        }
    }

    /// Refuses to resume for another user who was revoked since the rotation began. A run that has
    /// credentials has looked already.
    pub(super) fn refuse_revoked_since(&mut self) -> Result<(), CliError> {
        if self.authority.is_some() {
            return Ok(());
        }
        self.refuse_revoked()
    }

    /// Refuses to go on for another user who is revoked.
    pub(super) fn refuse_revoked(&mut self) -> Result<(), CliError> {
        let Subject::MachineUser { user, .. } = &self.subject else {
            return Ok(());
        };
        let (ui, user) = (self.ui, user.clone());
        revoked::refuse(ui, self.authority()?, &user)
    }

    fn keep(&mut self, new: NewAccessKey) -> Result<(), CliError> {
        let NewAccessKey {
            id,
            secret,
            created_at,
            user,
        } = new;
        self.ui.explain(|| format!("AWS made {id} for {user}"));
        let key = PendingKey {
            access_key_id: id.clone(),
            secret_access_key: secret,
        };
        let Err(error) = self.journal.created(key, created_at) else {
            self.log(&id, How::KeyMade);
            return Ok(());
        };
        // The secret is about to be lost with this process, so the key must go too.
        let fate = match self.delete_key(&id) {
            Ok(()) => format!("the new key {id} was deleted again, and the old one is as it was"),
            Err(_) => format!(
                "AWS has a new key {id} whose secret could not be stored; `{}` deletes it and asks for another",
                self.subject.resume()
            ),
        };
        Err(error.hint(fate))
    }

    /// Deletes a key of the user; one that is gone is deleted.
    pub(super) fn delete_key(&mut self, id: &AccessKeyId) -> Result<(), CallErrorOr> {
        let user = self.subject.user().cloned();
        let paths = self.journal.paths().clone();
        let authority = self.authority().map_err(CallErrorOr::Other)?;
        let deleted = point::through("delete new", &paths, || {
            authority
                .aws
                .delete_access_key(&authority.credentials, user.as_ref(), id)
        });
        match deleted {
            Ok(()) | Err(CallError::NoSuchEntity { .. }) => {
                self.log(id, How::KeyDeleted);
                Ok(())
            }
            Err(error) => Err(CallErrorOr::Call(error)),
        }
    }

    /// Deletes the key that AWS made for a call whose answer was lost, if there is one. A key that another
    /// person may have made is left alone and returned for display.
    pub(super) fn clear_orphan(&mut self) -> Result<Option<AccessKeyId>, CliError> {
        let entry = self.journal.entry()?;
        let (old, asked) = (entry.old_access_key_id.clone(), entry.started);
        let keys = self.list_keys()?;
        let Some(other) = keys.iter().find(|key| key.id != old) else {
            return Ok(None);
        };
        let id = other.id.clone();
        if !self.is_orphan(other, asked)? {
            let authority = self.authority()?;
            for line in advice::lines(&authority.aws, &authority.credentials, &keys) {
                self.ui.say(line);
            }
            return Ok(Some(id));
        }
        self.delete_key(&id)?;
        self.ui
            .say(format!("deleted {id}, whose secret never arrived"));
        Ok(None)
    }

    fn is_orphan(&mut self, key: &AccessKey, asked: Timestamp) -> Result<bool, CliError> {
        let fits = key.status == KeyStatus::Active
            && key
                .created_at
                .is_some_and(|at| at >= asked.before(BEFORE) && at <= asked.after(AFTER));
        if !fits {
            return Ok(false);
        }
        let authority = self.authority()?;
        let used = authority
            .aws
            .get_access_key_last_used(&authority.credentials, &key.id);
        // Some callers may not ask; then the key's age decides.
        Ok(!used.is_ok_and(|used| used.at.is_some()))
    }

    pub(super) fn list_keys(&mut self) -> Result<Vec<AccessKey>, CliError> {
        let user = self.subject.user().cloned();
        let paths = self.journal.paths().clone();
        let authority = self.authority()?;
        Ok(point::through("list", &paths, || {
            authority
                .aws
                .list_access_keys(&authority.credentials, user.as_ref())
        })?)
    }

    /// The time by AWS's clock, as far as it is known.
    fn aws_now(&self) -> Timestamp {
        self.authority
            .as_ref()
            .map_or_else(now, |authority| authority.aws.aws_time())
    }
}

/// Whether a call that failed may still have made a key.
fn may_have_made(error: &CallError) -> bool {
    matches!(
        error,
        CallError::Network { .. } | CallError::Unreadable { .. }
    )
}

/// The reason why a key was not deleted.
#[derive(Debug)]
pub(super) enum CallErrorOr {
    /// AWS's answer, or none.
    Call(CallError),
    /// Something before the call.
    Other(CliError),
}

impl From<CallErrorOr> for CliError {
    fn from(error: CallErrorOr) -> Self {
        match error {
            CallErrorOr::Call(error) => error.into(),
            CallErrorOr::Other(error) => error,
        }
    }
}
