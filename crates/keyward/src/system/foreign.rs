//! A root user in another user's home, as after `sudo -E`. The owner cannot use the files that root
//! makes there: their next run could read no session, acquire no lock and replace no file.

use std::path::Path;

use super::locations::{self, Locations};
use crate::environment as env;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;

/// A folder that keyward writes to and that belongs to a person, while root runs keyward.
#[derive(Debug, PartialEq, Eq)]
struct Foreign {
    folder: String,
    owner: u32,
}

impl Foreign {
    fn of(locations: &Locations) -> Option<Self> {
        let Locations {
            settings,
            data,
            pins,
            aws_config,
            aws_credentials,
        } = locations;
        let files = [settings, aws_config, aws_credentials];
        let folders = files.into_iter().filter_map(|file| file.parent());
        let own = std::iter::once(data.as_path()).chain(pins.as_deref());
        own.chain(folders).find_map(|folder| {
            let (folder, owner) = nearest(folder)?;
            is_of_another_user(effective_user()?, owner).then(|| Self {
                folder: locations::show(folder),
                owner,
            })
        })
    }

    /// The owner as `sudo -u` takes it.
    fn owner(&self) -> String {
        let by_sudo = env::get(env::SUDO_USER).zip(env::get(env::SUDO_UID));
        match by_sudo {
            Some((name, id)) if id == self.owner.to_string() => name,
            _ => format!("#{}", self.owner),
        }
    }

    fn says(&self) -> String {
        format!(
            "`{}` belongs to the user {}, and keyward runs as root: that user could not use the files that it makes there",
            self.folder,
            self.owner()
        )
    }

    fn hint(&self) -> String {
        format!(
            "run it without sudo, or as that user: sudo -u '{}' keyward …",
            self.owner()
        )
    }
}

/// Whether a folder is a person's, and not the root's who runs keyward.
fn is_of_another_user(user: u32, owner: u32) -> bool {
    user == 0 && owner != 0
}

/// The folder, or the nearest one above it that exists, with its owner.
#[cfg(unix)]
fn nearest(folder: &Path) -> Option<(&Path, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    folder.ancestors().find_map(|folder| {
        let found = std::fs::metadata(folder).ok()?;
        Some((folder, found.uid()))
    })
}

#[cfg(unix)]
fn effective_user() -> Option<u32> {
    Some(rustix::process::geteuid().as_raw())
}

/// This system has no such users.
#[cfg(not(unix))]
fn nearest(_: &Path) -> Option<(&Path, u32)> {
    None
}

#[cfg(not(unix))]
fn effective_user() -> Option<u32> {
    None
}

/// Whether a tool made this user root for one command, so that the command can run without it.
fn is_lent() -> bool {
    [env::SUDO_UID, env::DOAS_USER, env::PKEXEC_UID]
        .iter()
        .any(|name| env::get(name).is_some())
}

/// Refuses to write into a person's folders as root after `sudo -E`. Warns where root is the only
/// user, as in a container with a mounted home. Other code reports unknown folders.
pub(crate) fn check_writer(ui: &Ui) -> Result<(), CliError> {
    let found = Locations::find().ok().and_then(|it| Foreign::of(&it));
    match found {
        Some(foreign) if is_lent() => Err(CliError::usage(foreign.says()).hint(foreign.hint())),
        Some(foreign) => {
            ui.warn(foreign.says());
            Ok(())
        }
        None => Ok(()),
    }
}

/// Warns of a hand-out as root from a person's folders, whose sessions and locks belong to root.
pub(crate) fn warn(ui: &Ui) {
    let found = Locations::find().ok().and_then(|it| Foreign::of(&it));
    if let Some(foreign) = found {
        ui.warn(foreign.says());
        if is_lent() {
            ui.hint("give root the credentials instead: keyward exec PROFILE -- sudo -E COMMAND");
        }
    }
}

#[cfg(test)]
mod tests;
