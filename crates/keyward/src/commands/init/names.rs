//! Names of profiles that `init` will write: refused before anything is asked or made where not
//! every AWS tool would read them.

use std::str::FromStr;

use keyward_core::config::{EditError, FileKind, SectionRef};
use keyward_core::id::{InvalidId, ProfileName};

use super::{Args, key, roles};
use crate::screen::error::CliError;
use crate::state::local_state::LocalState;
use crate::team::Team;

/// A name that a new section of the config file can have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct NewName(ProfileName);

/// Why a name cannot be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum NewNameError {
    /// It is no name at all.
    #[error(transparent)]
    Name(#[from] InvalidId),
    /// Not every AWS tool would read it.
    #[error(transparent)]
    Section(#[from] EditError),
}

impl NewName {
    fn of(name: ProfileName) -> Result<Self, EditError> {
        SectionRef::Profile(name.clone()).writable(FileKind::Config)?;
        Ok(Self(name))
    }
}

impl FromStr for NewName {
    type Err = NewNameError;

    fn from_str(text: &str) -> Result<Self, NewNameError> {
        Ok(Self::of(text.parse()?)?)
    }
}

impl From<NewName> for ProfileName {
    fn from(name: NewName) -> Self {
        name.0
    }
}

/// Refuses what flags and the team file name and could not be written. What stands in the file
/// already is not written again.
pub(super) fn check(local: &LocalState, args: &Args, team: &Team) -> Result<(), CliError> {
    let own = key::named(local, args, team)
        .filter(|name| !local.index.keys.iter().any(|key| key.profile == *name));
    let of_flags = roles::names(args)?;
    let of_team = team.roles.iter().map(|role| role.profile.clone());
    for name in own.into_iter().chain(of_flags).chain(of_team) {
        if local.config.profile(&name).is_some() {
            continue;
        }
        NewName::of(name.clone()).map_err(|e| {
            CliError::usage(format!("no profile `{name}` can be written")).because(e)
        })?;
    }
    Ok(())
}
