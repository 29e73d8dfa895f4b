//! The end of a key at AWS: off, seen to be off, gone. Only then is it forgotten here, so that a
//! run which dies can be done again.

use keyward_aws::{AccessKey, CallError, KeyStatus};
use keyward_core::id::{AccessKeyId, PrincipalArn, ProfileName, UserName};

use crate::error::CliError;
use crate::log::{self, How};
use crate::rotation::authority::{Authority, OwnKey, refuses_session};
use crate::session::CodeSource;
use crate::ui::{GOOD, Ui, listed};
use crate::world::World;

/// The key that ends.
pub(super) struct Ending<'a> {
    pub(super) profile: &'a ProfileName,
    /// The profiles that hold the same key.
    pub(super) others: &'a [ProfileName],
    pub(super) id: &'a AccessKeyId,
    /// Whose it is, where that is known.
    pub(super) arn: Option<&'a PrincipalArn>,
    /// The profile that does it in place of the key's owner.
    pub(super) via: Option<&'a ProfileName>,
}

impl Ending<'_> {
    /// Whether it is a key of the account's root user.
    pub(super) fn is_root(&self) -> bool {
        self.arn.is_some_and(|arn| arn.resource() == "root")
    }

    /// What the person is asked.
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

    /// What is said when it is done.
    pub(super) fn farewell(&self) -> Option<&'static str> {
        self.is_root().then_some(
            "the root user has one key less, and should have none: `keyward audit`, or the account's \
             security page in the console, shows whether another is left",
        )
    }

    fn user(&self) -> Option<UserName> {
        self.arn?.user_name()?.parse().ok()
    }
}

/// Deletes the key at AWS.
pub(super) fn revoke(
    world: &World,
    ui: &Ui,
    ending: &Ending<'_>,
    codes: &CodeSource,
) -> Result<(), CliError> {
    let user = ending.user();
    let mut authority = match ending.via {
        Some(_) if user.is_none() => {
            return Err(CliError::failed(
                "--via needs to know whose key it is, and nobody has asked AWS yet",
            )
            .hint(format!("keyward add {} --force", ending.profile.argument())));
        }
        Some(via) => Authority::via(world, ui, via, codes)?,
        None => {
            let key = OwnKey {
                holder: ending.profile.clone(),
                access_key_id: ending.id.clone(),
            };
            Authority::own(world, ui, ending.profile, &key, codes).map_err(|error| {
                error.hint(format!(
                    "where AWS has no such key any more, `keyward remove {}` forgets it here",
                    ending.profile.argument()
                ))
            })?
        }
    };
    let keys = authority.first(world, ui, codes, |aws, credentials| {
        aws.list_access_keys(credentials, user.as_ref())
    })?;
    if find(&keys, ending.id).is_none() {
        ui.say(format!("AWS has no key {} any more", ending.id));
        return Ok(());
    }
    let Authority {
        aws, credentials, ..
    } = &authority;
    aws.update_access_key(credentials, user.as_ref(), ending.id, KeyStatus::Inactive)?;
    log::key_step(world, ui, ending.profile, ending.id, How::KeyOff);
    let stopped = || {
        CliError::failed(format!(
            "{} is switched off and not deleted: the session ended with it",
            ending.id
        ))
        .hint(
            "delete it in the console, or with an administrator's profile: --revoke --via PROFILE",
        )
    };
    let refused = |error: CallError| match error {
        error if refuses_session(&error) => stopped().because(error),
        error => error.into(),
    };
    let keys = aws
        .list_access_keys(credentials, user.as_ref())
        .map_err(refused)?;
    if find(&keys, ending.id).is_some_and(|key| key.status == KeyStatus::Active) {
        return Err(CliError::failed(format!(
            "{} is still active after it was switched off; nothing was deleted",
            ending.id
        )));
    }
    match aws.delete_access_key(credentials, user.as_ref(), ending.id) {
        Ok(()) | Err(CallError::NoSuchEntity { .. }) => {}
        Err(error) => return Err(refused(error)),
    }
    log::key_step(world, ui, ending.profile, ending.id, How::KeyDeleted);
    ui.say(format!("{GOOD}deleted{GOOD:#} {} at AWS", ending.id));
    Ok(())
}

fn find<'k>(keys: &'k [AccessKey], id: &AccessKeyId) -> Option<&'k AccessKey> {
    keys.iter().find(|key| key.id == *id)
}

#[cfg(test)]
mod tests;
