//! The end of a key at AWS. Another identity switches the key off, sees that it is off, and
//! deletes it. A key that signs its own end is deleted at once, because a key that is off signs
//! nothing. Only then is the key forgotten here, so that a run which dies can be done again.

use std::cell::Cell;
use std::time::Duration;

use keyward_aws::{AccessKey, CallError, KeyStatus};
use keyward_core::id::{AccessKeyId, PrincipalArn, ProfileName, UserName};

use crate::keys::rotation::authority::{Authority, OwnKey, refuses_session};
use crate::log::{self, How};
use crate::screen::error::CliError;
use crate::screen::ui::{GOOD, Ui, listed};
use crate::session::CodeSource;
use crate::state::local_state::LocalState;
use crate::system::crash_point as point;

/// The number of calls with a deleted key until AWS refuses it.
const LOOKS: u32 = 5;
/// The pause between two of these looks.
const PAUSE: Duration = Duration::from_secs(1);

/// The key that ends.
pub(super) struct Ending<'a> {
    pub(super) profile: &'a ProfileName,
    /// The profiles that hold the same key.
    pub(super) others: &'a [ProfileName],
    pub(super) id: &'a AccessKeyId,
    /// Its owner, if known.
    pub(super) arn: Option<&'a PrincipalArn>,
    /// The profile that does it in place of the key's owner.
    pub(super) via: Option<&'a ProfileName>,
}

impl Ending<'_> {
    /// Whether it is a key of the account's root user.
    pub(super) fn is_root(&self) -> bool {
        self.arn.is_some_and(|arn| arn.resource() == "root")
    }

    /// The question.
    pub(super) fn question(&self) -> String {
        if self.is_root() {
            format!(
                "Delete the root user's key {} at AWS, for good? Afterwards root signs in with its password and its MFA device only.",
                self.id
            )
        } else {
            format!(
                "Delete {} of {} at AWS, for good, and forget it?",
                self.id,
                listed([self.profile].into_iter().chain(self.others))
            )
        }
    }

    /// The message after success.
    pub(super) fn farewell(&self) -> Option<&'static str> {
        self.is_root().then_some(
            "the root user has one key less, and should have none: the account's security credentials \
             page in the console shows whether another is left",
        )
    }

    fn user(&self) -> Option<UserName> {
        self.arn?.user_name()?.parse().ok()
    }

    /// The way for a user whose policies do not let it delete its own key.
    fn by_another(&self) -> Option<String> {
        let own = self.via.is_none() && !self.is_root();
        own.then(|| {
            format!(
                "where the user may not delete its own key: `keyward remove {} --revoke --via PROFILE` lets an administrator's profile do it",
                self.profile.argument()
            )
        })
    }

    /// The meaning of a failed call while the key is active.
    fn denied(&self, error: CallError) -> CliError {
        let is_denied = matches!(error, CallError::Denied { .. });
        let error = CliError::from(error).about_key(self.profile);
        error.hint_all(self.by_another().filter(|_| is_denied))
    }

    /// The meaning of a failed call once the key is inactive.
    fn refused(&self, error: CallError) -> CliError {
        if !refuses_session(&error) {
            return error.into();
        }
        if self.via.is_some() {
            return CliError::failed(format!("{} is switched off but not deleted", self.id))
                .hint(
                    "delete it in the console, or with a profile that may call iam:DeleteAccessKey",
                )
                .because(error);
        }
        let hint = if self.is_root() {
            "sign in to the console as the root user and delete it on the security credentials page"
        } else {
            "delete it in the console, or with an administrator's profile: --revoke --via PROFILE"
        };
        CliError::failed(format!(
            "{} is switched off but not deleted, because the session ended with it",
            self.id
        ))
        .hint(hint)
        .because(error)
    }
}

/// Deletes the key at AWS.
pub(super) fn revoke(
    local: &LocalState,
    ui: &Ui,
    ending: &Ending<'_>,
    codes: &CodeSource,
) -> Result<(), CliError> {
    let user = ending.user();
    let mut authority = authority(local, ui, ending, codes)?;
    let (unknown, denied) = (Cell::new(false), Cell::new(false));
    let answer = authority.first(local, ui, codes, |aws, credentials| {
        aws.list_access_keys(credentials, user.as_ref())
            .inspect_err(|error| {
                unknown.set(matches!(error, CallError::KeyUnknown { .. }));
                denied.set(matches!(error, CallError::Denied { .. }));
            })
    });
    // The answer to an earlier deletion may have been lost.
    let keys = answer.map_err(|error| match (ending.via, unknown.get()) {
        (None, true) => error.hint(forget_here(ending)),
        _ => error.hint_all(ending.by_another().filter(|_| denied.get())),
    })?;
    if find(&keys, ending.id).is_none() {
        ui.say(format!("AWS no longer has key {}", ending.id));
        return Ok(());
    }
    if authority.credentials.access_key_id == *ending.id {
        delete_with_itself(&authority, ui, ending, user.as_ref())?;
    } else {
        switch_off(local, ui, &authority, ending, user.as_ref())?;
        match authority
            .aws
            .delete_access_key(&authority.credentials, user.as_ref(), ending.id)
        {
            Ok(()) | Err(CallError::NoSuchEntity { .. }) => {}
            Err(error) => return Err(ending.refused(error)),
        }
    }
    log::key_step(local, ui, ending.profile, ending.id, How::KeyDeleted);
    ui.say(format!("{GOOD}deleted{GOOD:#} {} at AWS", ending.id));
    Ok(())
}

/// The identity that deletes the key: the profile of `--via`, or the key's owner.
fn authority(
    local: &LocalState,
    ui: &Ui,
    ending: &Ending<'_>,
    codes: &CodeSource,
) -> Result<Authority, CliError> {
    let Some(via) = ending.via else {
        let key = OwnKey {
            holder: ending.profile.clone(),
            access_key_id: ending.id.clone(),
        };
        return Authority::own(local, ui, ending.profile, &key, codes)
            .map_err(|error| error.hint(forget_here(ending)));
    };
    if ending.is_root() {
        return Err(CliError::usage(format!(
            "`{via}` cannot delete a key of the root user: only the root user can"
        ))
        .hint(format!(
            "keyward remove {} --revoke",
            ending.profile.argument()
        )));
    }
    if ending.user().is_none() {
        return Err(CliError::failed(
            "--via needs the owner of the key, and AWS has not been asked yet",
        )
        .hint(format!("keyward add {} --force", ending.profile.argument())));
    }
    Authority::via(local, ui, via, codes)
}

/// The way out if the key has gone already, so that it cannot sign anything.
fn forget_here(ending: &Ending<'_>) -> String {
    format!(
        "if AWS no longer has the key, `keyward remove {}` forgets it here",
        ending.profile.argument()
    )
}

/// Switches the key off, and has AWS confirm that it is off.
fn switch_off(
    local: &LocalState,
    ui: &Ui,
    authority: &Authority,
    ending: &Ending<'_>,
    user: Option<&UserName>,
) -> Result<(), CliError> {
    let Authority {
        aws, credentials, ..
    } = authority;
    aws.update_access_key(credentials, user, ending.id, KeyStatus::Inactive)
        .map_err(|error| ending.denied(error))?;
    log::key_step(local, ui, ending.profile, ending.id, How::KeyOff);
    let keys = aws
        .list_access_keys(credentials, user)
        .map_err(|error| ending.refused(error))?;
    if find(&keys, ending.id).is_some_and(|key| key.status == KeyStatus::Active) {
        return Err(CliError::failed(format!(
            "{} is still active after it was switched off; nothing was deleted",
            ending.id
        )));
    }
    Ok(())
}

/// Deletes the key by a call that the key itself signs. The key cannot list what is left, so
/// `GetCallerIdentity` shows that AWS refuses it.
fn delete_with_itself(
    authority: &Authority,
    ui: &Ui,
    ending: &Ending<'_>,
    user: Option<&UserName>,
) -> Result<(), CliError> {
    let Authority {
        aws, credentials, ..
    } = authority;
    let unsure = match aws.delete_access_key(credentials, user, ending.id) {
        Ok(()) | Err(CallError::NoSuchEntity { .. }) => None,
        // The first answer may have been lost, and the call repeated with a deleted key.
        Err(error @ CallError::KeyUnknown { .. }) => Some(error),
        Err(error) => return Err(ending.denied(error)),
    };
    for look in 0..LOOKS {
        if look > 0 {
            std::thread::sleep(point::pace(PAUSE));
        }
        if let Err(CallError::KeyUnknown { .. }) = aws.get_caller_identity(credentials) {
            return Ok(());
        }
    }
    match unsure {
        Some(error) => Err(error.into()),
        None => {
            ui.warn(format!(
                "AWS confirmed that it deleted {}, and does not refuse it everywhere yet; that takes seconds",
                ending.id
            ));
            Ok(())
        }
    }
}

fn find<'k>(keys: &'k [AccessKey], id: &AccessKeyId) -> Option<&'k AccessKey> {
    keys.iter().find(|key| key.id == *id)
}

#[cfg(test)]
mod tests;
