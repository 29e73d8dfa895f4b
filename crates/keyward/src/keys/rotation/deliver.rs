//! Bringing a new key to its destination. A delivery says, when it fails, whether the
//! destination may hold the key already: only if it cannot, is there a way back.

mod command;
mod file;
pub(crate) mod github;

use keyward_aws::Aws;
use keyward_core::Credentials;
use keyward_core::id::UserName;

use super::destination::{Destination, SecretNames};
use crate::prompt::deadline::Deadline;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;

/// The key to deliver.
pub(crate) struct Parcel<'a> {
    /// The key.
    pub(crate) key: &'a Credentials,
    /// Whose it is.
    pub(crate) user: &'a UserName,
    /// The names it is stored under, if the destination has names.
    pub(crate) names: &'a SecretNames,
}

/// A failed delivery, and how far it got.
#[derive(Debug)]
pub(crate) struct Failed {
    /// Whether the destination may hold the new key, or half of it.
    pub(crate) reached: Reached,
    /// The error.
    pub(crate) error: CliError,
}

/// The last step of a failed delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reached {
    /// The destination is as it was.
    Nothing,
    /// It may hold the key, or half of it.
    Perhaps,
}

/// Checks, before any key is made, whether the destination would accept one.
pub(crate) fn check(aws: &Aws, to: &Destination) -> Result<(), CliError> {
    match to {
        Destination::GitHub(repository) => github::check(aws, repository),
        Destination::File(path) => file::check(path),
        // A command cannot be checked before it runs.
        Destination::Command(_) => Ok(()),
    }
}

/// Delivers. Doing it twice does no harm.
pub(crate) fn deliver(
    aws: &Aws,
    ui: &Ui,
    to: &Destination,
    parcel: &Parcel<'_>,
    deadline: Deadline,
) -> Result<(), Failed> {
    match to {
        Destination::GitHub(repository) => github::deliver(aws, repository, parcel),
        Destination::File(path) => file::deliver(path, parcel, ui, deadline),
        Destination::Command(command) => command::deliver(command, parcel),
    }
}

fn nothing(error: CliError) -> Failed {
    Failed {
        reached: Reached::Nothing,
        error,
    }
}

fn perhaps(error: CliError) -> Failed {
    Failed {
        reached: Reached::Perhaps,
        error,
    }
}
