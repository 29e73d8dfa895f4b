//! Resumes an earlier run: finds its entry, and with it everything that the run needs.

use std::time::Duration;

use keyward_core::id::{ProfileName, UserName};

use super::authority::{OwnKey, refreshing};
use super::destination::Destination;
use super::journal::Journal;
use super::run::{Run, Subject};
use super::{deliver, entry_name};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::{CodeSource, client, open_vault};
use crate::state::local_state::{LocalState, now};

/// The journal entry to resume.
pub(crate) enum Which {
    /// The entry of this name, or of this profile's key.
    Own(ProfileName),
    /// The entry of another user.
    MachineUser {
        /// The user.
        user: UserName,
        /// The profile that rotates the key, if the journal has entries of several.
        via: Option<ProfileName>,
    },
    /// The entry of exactly this name in the journal.
    Entry(ProfileName),
}

/// The options that may change when a rotation resumes.
#[derive(Default)]
pub(crate) struct Changes {
    /// A new grace period, from now on.
    pub(crate) grace: Option<Duration>,
    /// Another destination.
    pub(crate) to: Option<Destination>,
}

/// The run of an entry that exists.
pub(crate) fn run<'a>(
    local: &'a LocalState,
    ui: &'a Ui,
    which: &Which,
    changes: Changes,
    codes: CodeSource,
) -> Result<Run<'a>, CliError> {
    let name = find(local, which)?;
    let vault = open_vault(local, ui)?;
    let mut journal = Journal::new(vault, name, ui);
    let entry = journal.entry()?;
    let subject = match &entry.delivery {
        Some(delivery) => Subject::MachineUser {
            user: delivery.user.clone(),
            via: delivery.via.clone(),
        },
        None => Subject::Own {
            profile: match which {
                Which::Own(profile) => profile.clone(),
                Which::MachineUser { .. } | Which::Entry(_) => entry.profile.clone(),
            },
            user: journal
                .document()
                .key(&entry.profile)
                .and_then(|key| key.user_arn.as_ref()?.user_name()?.parse().ok()),
        },
    };
    let by = match &subject {
        Subject::Own { profile, .. } => profile,
        Subject::MachineUser { via, .. } => via,
    };
    let aws = client(&local.resolve(by, refreshing())?);
    if let Some(grace) = changes.grace {
        let until = (!grace.is_zero()).then(|| now().after(grace));
        journal.grace(until)?;
    }
    if let Some(to) = changes.to {
        if matches!(subject, Subject::Own { .. }) {
            return Err(CliError::usage("--to is for the key of another user"));
        }
        deliver::check(&aws, &to)?;
        journal.redirect(&to.to_string())?;
    }
    Ok(Run {
        local,
        ui,
        journal,
        subject,
        codes,
        aws,
        authority: None,
    })
}

fn find(local: &LocalState, which: &Which) -> Result<ProfileName, CliError> {
    let none = |what: String| {
        CliError::failed(format!("no rotation of {what} is unfinished")).hint("keyward list")
    };
    match which {
        Which::Entry(name) => Ok(name.clone()),
        Which::Own(profile) => {
            let key = OwnKey::of(local, profile).ok();
            // Before the promotion the key has its old id, after it only the name fits.
            let fits = |known: &&keyward_vault::IndexedRotation| {
                known.user.is_none()
                    && (known.profile == *profile
                        || key.as_ref().is_some_and(|key| {
                            key.holder == known.profile
                                || key.access_key_id == known.old_access_key_id
                                || shares(local, &key.access_key_id, &known.profile)
                        }))
            };
            let found = local.index.rotations.iter().find(fits);
            found
                .map(|known| known.profile.clone())
                .ok_or_else(|| none(format!("`{profile}`")))
        }
        Which::MachineUser { user, via } => {
            let mut fitting = local
                .index
                .rotations
                .iter()
                .filter(|known| known.user.as_ref() == Some(user))
                .filter(|known| {
                    via.as_ref()
                        .is_none_or(|via| known.profile == entry_name(user, via))
                });
            match (fitting.next(), fitting.next()) {
                (None, _) => Err(none(format!("user `{user}`"))),
                (Some(one), None) => Ok(one.profile.clone()),
                (Some(_), Some(_)) => Err(CliError::usage(format!(
                    "two rotations of users named `{user}` are unfinished: say which with --via PROFILE"
                ))),
            }
        }
    }
}

/// Whether a name holds the same key.
pub(super) fn shares(
    local: &LocalState,
    id: &keyward_core::id::AccessKeyId,
    name: &ProfileName,
) -> bool {
    let stored = local.stored.get(name);
    stored.is_some_and(|stored| stored.access_key_id == *id)
}
