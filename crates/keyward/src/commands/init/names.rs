//! Names of profiles that `init` will write: refused before anything is asked or made where not
//! every AWS tool would read them.

use super::new_name::NewName;
use super::{Args, key, roles};
use crate::screen::error::CliError;
use crate::state::local_state::LocalState;
use crate::team::Team;

/// Refuses what flags and the team file name and could not be written. A profile that the file
/// already contains is not written again.
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
