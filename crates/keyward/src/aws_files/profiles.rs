//! Edits of the AWS config file: read, changed in memory, written whole, never anything but the
//! lines that are meant.

use std::path::Path;

use keyward_core::config::{ConfigEditor, ConfigFile, ConfigSet, EditError, FileKind, SectionRef};
use keyward_core::id::{MfaSerial, ProfileName};

use crate::aws_files::rewrite::{self, Holds, UpdateError};
use crate::prompt::deadline::Deadline;
use crate::screen::error::{CliError, ErrorKind};
use crate::state::local_state::LocalState;
use crate::system::locations;

/// Changes the config file; `change` says whether it did anything. It fails before anything is
/// written. If another program writes the file in the meantime, `change` runs again on the new
/// contents.
pub(crate) fn edit(
    local: &LocalState,
    change: impl FnMut(&mut ConfigFile) -> Result<bool, EditError>,
) -> Result<(), CliError> {
    let path = &local.locations.aws_config;
    edit_file(path, FileKind::Config, local.deadline, change)
}

/// The same for changes of many profiles at once: all of them are made, or none.
pub(crate) fn edit_many(
    local: &LocalState,
    mut change: impl FnMut(&mut ConfigEditor) -> Result<bool, EditError>,
) -> Result<(), CliError> {
    edit(local, |file| file.edit(&mut change))
}

/// The same for either file.
pub(crate) fn edit_file(
    path: &Path,
    kind: FileKind,
    deadline: Deadline,
    mut change: impl FnMut(&mut ConfigFile) -> Result<bool, EditError>,
) -> Result<(), CliError> {
    let shown = locations::show(path);
    let edited = rewrite::update(path, Holds::Settings, deadline, |old| {
        let mut file = ConfigFile::parse(kind, &shown, old.unwrap_or_default())?;
        let changed = change(&mut file).map_err(|e| {
            CliError::new(ErrorKind::Usage, format!("`{shown}` cannot be changed")).because(e)
        })?;
        Ok(changed.then(|| file.as_str().to_owned()))
    });
    edited.map_err(|error| match error {
        UpdateError::Read(e) => CliError::failed(format!("`{shown}` cannot be read")).because(e),
        UpdateError::Write(e) => rewrite::unwritten(path, e),
        UpdateError::Change(error) => error,
    })
}

/// The files as they would be with a change of the config file, which is not written.
pub(crate) fn preview(
    local: &LocalState,
    change: impl FnOnce(&mut ConfigFile) -> Result<(), EditError>,
) -> Result<ConfigSet, CliError> {
    let file = |path: &Path, kind| -> Result<ConfigFile, CliError> {
        let shown = locations::show(path);
        let text = rewrite::read(path)
            .map_err(|e| CliError::failed(format!("`{shown}` cannot be read")).because(e))?;
        let text = text.as_deref().unwrap_or_default();
        Ok(ConfigFile::parse(kind, &shown, text)?)
    };
    let mut config = file(&local.locations.aws_config, FileKind::Config)?;
    let credentials = file(&local.locations.aws_credentials, FileKind::Credentials)?;
    change(&mut config).map_err(|e| {
        CliError::usage(format!("`{}` cannot be changed", config.path())).because(e)
    })?;
    Ok(ConfigSet::merge(Some(&config), Some(&credentials)))
}

/// Sets the value of a key. Returns whether the profile had another.
pub(crate) fn set(
    file: &mut ConfigFile,
    profile: &ProfileName,
    key: &str,
    value: &str,
) -> Result<bool, EditError> {
    let section = SectionRef::Profile(profile.clone());
    if file.get(&section, key).as_deref() == Some(value) {
        return Ok(false);
    }
    file.set(&section, key, value)?;
    Ok(true)
}

/// Puts a device in the place of another, or of none, in every profile that names it.
pub(crate) fn replace_device(
    local: &LocalState,
    file: &mut ConfigEditor,
    old: &MfaSerial,
    new: Option<&MfaSerial>,
) -> Result<bool, EditError> {
    let naming: Vec<&ProfileName> = local
        .config
        .profiles()
        .filter(|profile| profile.section.value("mfa_serial") == Some(old.as_str()))
        .map(|profile| &profile.name)
        .collect();
    let mut changed = false;
    for profile in naming {
        let section = SectionRef::Profile(profile.clone());
        changed |= match new {
            Some(new) => file.set(&section, "mfa_serial", new.as_str())?,
            None => file.remove_key(&section, "mfa_serial"),
        };
    }
    Ok(changed)
}
