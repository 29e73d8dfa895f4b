//! The end of the old key: off, then gone, with the new one proved before each.

use keyward_aws::{Aws, CallError, KeyStatus};
use keyward_core::Credentials;
use keyward_core::id::{AccessKeyId, UserName};

use super::create::CallErrorOr;
use super::{Run, Subject, reloaded};
use crate::keys::rotation::authority::refuses_session;
use crate::keys::rotation::state::{Abort, State};
use crate::log::How;
use crate::screen::error::CliError;
use crate::screen::ui::GOOD;
use crate::state::local_state::now;
use crate::system::crash_point as point;

impl Run<'_> {
    /// Switches the old key off.
    pub(super) fn deactivate(&mut self) -> Result<(), CliError> {
        self.journal.must_be_in_place()?;
        match self.switch_old(KeyStatus::Inactive) {
            // The key is already deleted, which is the aim.
            Ok(()) | Err(CallErrorOr::Call(CallError::NoSuchEntity { .. })) => {}
            Err(error) => return Err(error.into()),
        }
        let old = self.journal.entry()?.old_access_key_id.clone();
        self.log(&old, How::KeyOff);
        self.journal
            .moved("journal deactivated", State::Deactivated)
    }

    /// Deletes the old key, once the new one has answered without it.
    pub(super) fn delete(&mut self) -> Result<(), CliError> {
        self.journal.must_be_in_place()?;
        let old = self.journal.entry()?.old_access_key_id.clone();
        if let Err(error) = self.prove_new("prove again") {
            return Err(self.switch_on_again(error));
        }
        match self.delete_old() {
            Ok(()) | Err(CallErrorOr::Call(CallError::NoSuchEntity { .. })) => {}
            Err(CallErrorOr::Call(error)) if refuses_session(&error) => {
                self.renew_and_delete(error)?;
            }
            Err(error) => return Err(error.into()),
        }
        self.log(&old, How::KeyDeleted);
        let new = self.journal.new_key()?.access_key_id;
        self.journal.strike()?;
        self.ui.say(format!(
            "{GOOD}rotated{GOOD:#}: {new} replaces {old}, which is deleted"
        ));
        Ok(())
    }

    fn delete_old(&mut self) -> Result<(), CallErrorOr> {
        self.change_old("delete old", |aws, signer, user, old| {
            aws.delete_access_key(signer, user, old)
        })
    }

    /// Makes a call about the old key, signed by the authority of this rotation.
    fn change_old(
        &mut self,
        point: &str,
        call: impl FnOnce(&Aws, &Credentials, Option<&UserName>, &AccessKeyId) -> Result<(), CallError>,
    ) -> Result<(), CallErrorOr> {
        let old = self
            .journal
            .entry()
            .map_err(CallErrorOr::Other)?
            .old_access_key_id
            .clone();
        let user = self.subject.user().cloned();
        let paths = self.journal.paths().clone();
        let authority = self.authority().map_err(CallErrorOr::Other)?;
        point::through(point, &paths, || {
            call(&authority.aws, &authority.credentials, user.as_ref(), &old)
        })
        .map_err(CallErrorOr::Call)
    }

    /// A session may end with the key that it was made from; then the new key's owner continues.
    fn renew_and_delete(&mut self, refused: CallError) -> Result<(), CliError> {
        let Subject::Own { profile, user } = self.subject.clone() else {
            return Err(refused.into());
        };
        let old = self.journal.entry()?.old_access_key_id.clone();
        let new = self.journal.new_key()?;
        let local = reloaded(self.local)?;
        let ui = self.ui;
        let authority = self.authority()?;
        authority.renew(&local, ui, &profile, &new, |aws, credentials| {
            match aws.delete_access_key(credentials, user.as_ref(), &old) {
                Err(CallError::NoSuchEntity { .. }) => Ok(()),
                other => other,
            }
        })
    }

    /// Switches the old key on again if the new key fails after it, unless a person may have switched
    /// both off, as `account revoke` does.
    fn switch_on_again(&mut self, error: CliError) -> CliError {
        if let Err(reason) = self.may_switch_on() {
            return error.hint(format!("the old key stays off: {reason}"));
        }
        if self.switch_old(KeyStatus::Active).is_err() {
            return error;
        }
        // The state in which switching off comes next again.
        match self.journal.moved("journal reactivated", State::Checked) {
            Ok(()) => error.hint("the old key was switched on again"),
            Err(_) => error,
        }
    }

    /// Refuses if the user is revoked, if the new key is not active at AWS, or if AWS does not answer
    /// either question.
    fn may_switch_on(&mut self) -> Result<(), CliError> {
        self.refuse_revoked()?;
        let new = self.journal.new_key()?.access_key_id;
        let keys = self.list_keys()?;
        if keys
            .iter()
            .any(|key| key.id == new && key.status == KeyStatus::Active)
        {
            return Ok(());
        }
        Err(CliError::failed(format!(
            "the new key {new} was switched off or deleted in the meantime"
        )))
    }

    fn switch_old(&mut self, status: KeyStatus) -> Result<(), CallErrorOr> {
        self.change_old("switch old", |aws, signer, user, old| {
            aws.update_access_key(signer, user, old, status)
        })
    }

    /// Abandons the rotation: returns to the old key if possible, else goes on to the end.
    pub(crate) fn abort(&mut self) -> Result<(), CliError> {
        let state = self.journal.state()?;
        if state.abort() == Abort::GoOn {
            if let Some(end) = self.journal.entry()?.grace_until.filter(|end| *end > now()) {
                return Err(CliError::failed(format!(
                    "there is no way back, because {state}; the old key stays active until {end}"
                ))
                .hint(format!(
                    "to end that now: {} --grace 0",
                    self.subject.resume()
                )));
            }
            self.ui.say(format!(
                "the rotation cannot be undone, because {state}: continuing instead"
            ));
            return self.finish().map(|_| ());
        }
        match state {
            State::Begun => {
                if let Some(stranger) = self.clear_orphan()? {
                    self.ui.say(format!(
                        "{stranger} may belong to someone else and is left alone"
                    ));
                }
            }
            _ => {
                let new = self.journal.new_key()?.access_key_id;
                self.delete_key(&new)?;
                self.ui.say(format!("deleted the new key {new}"));
            }
        }
        let old = self.journal.entry()?.old_access_key_id.clone();
        self.journal.strike()?;
        self.ui.say(format!(
            "{GOOD}given up{GOOD:#}: {old} is the key, as before"
        ));
        Ok(())
    }
}
