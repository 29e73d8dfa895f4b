//! Key rotation: a journalled sequence of small steps, so that one working key is in place and at
//! AWS, whichever process dies and when. `state` is the order of the steps and nothing else; `run`
//! executes them; `journal` keeps them in the vault; `authority` has the credentials for AWS;
//! `deliver` brings another user's key to its destination.

pub(crate) mod advice;
pub(crate) mod authority;
pub(crate) mod begin;
mod deliver;
pub(crate) mod destination;
mod journal;
pub(crate) mod key_age;
mod prove;
pub(crate) mod resume;
mod revoked;
pub(crate) mod run;
pub(crate) mod show;
pub(crate) mod state;

use keyward_core::id::{ProfileName, UserName};

use crate::prompt::deadline::take_or_refuse;
use crate::screen::error::CliError;
use crate::state::local_state::LocalState;

/// The name of another user's rotation in the journal.
pub(crate) fn entry_name(user: &UserName, via: &ProfileName) -> ProfileName {
    format!("{user} via {via}")
        .parse()
        .expect("a user name and a profile name hold nothing that a name may not")
}

/// The refusal to begin a rotation that has already begun.
pub(crate) fn unfinished(name: &ProfileName) -> CliError {
    CliError::failed(format!("a rotation of `{name}` is not finished"))
        .hint("continue it with --resume instead of the other options, or abandon it with --abort")
}

/// Refuses to change a key that is being replaced, under any of its names.
pub(crate) fn refuse_change(local: &LocalState, profile: &ProfileName) -> Result<(), CliError> {
    let held = |name: &ProfileName| Some(&local.stored.get(name)?.access_key_id);
    let own = held(profile);
    let concerns = |known: &&keyward_vault::IndexedRotation| {
        known.user.is_none()
            && (known.profile == *profile
                || own == Some(&known.old_access_key_id)
                || (own.is_some() && own == held(&known.profile)))
    };
    match local.index.rotations.iter().find(concerns) {
        Some(known) => Err(CliError::failed(format!(
            "the key of `{profile}` is being replaced, and that is not finished"
        ))
        .hint(show::resume_command(known))),
        None => Ok(()),
    }
}

/// Makes sure that one rotation runs at a time.
pub(crate) fn alone(local: &LocalState) -> Result<keyward_vault::LockGuard, CliError> {
    take_or_refuse(&local.paths.rotation_lock(), |holder| {
        CliError::failed(format!("another keyward is rotating a key{holder}"))
            .hint("wait until it has finished, and look at `keyward list`")
    })
}
