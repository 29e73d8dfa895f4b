//! Edits of the AWS config file: read, changed in memory, written whole, never anything but the
//! lines that are meant.

use keyward_core::config::{ConfigFile, EditError, FileKind, SectionRef};
use keyward_core::id::{MfaSerial, ProfileName};

use crate::error::{CliError, ErrorKind};
use crate::places;
use crate::world::World;

/// Changes the config file; `change` says whether it did anything. What it cannot change is
/// told before anything is written.
pub(crate) fn edit(
    world: &World,
    change: impl FnOnce(&mut ConfigFile) -> Result<bool, EditError>,
) -> Result<(), CliError> {
    let path = &world.places.aws_config;
    let shown = places::show(path);
    let old = crate::rewrite::read(path)
        .map_err(|e| CliError::failed(format!("`{shown}` cannot be read")).because(e))?;
    let text = old.as_deref().unwrap_or_default();
    let mut file = ConfigFile::parse(FileKind::Config, &shown, text)?;
    let changed = change(&mut file).map_err(|e| {
        CliError::new(ErrorKind::Usage, format!("`{shown}` cannot be changed")).because(e)
    })?;
    if !changed {
        return Ok(());
    }
    crate::rewrite::replace(path, old.as_deref(), file.as_str())
        .map_err(|e| CliError::failed(format!("`{shown}` could not be written")).because(e))
}

/// Gives a key a value; says whether the profile had another.
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
    world: &World,
    file: &mut ConfigFile,
    old: &MfaSerial,
    new: Option<&MfaSerial>,
) -> Result<bool, EditError> {
    let naming: Vec<&ProfileName> = world
        .config
        .profiles()
        .filter(|profile| profile.section.value("mfa_serial") == Some(old.as_str()))
        .map(|profile| &profile.name)
        .collect();
    let mut changed = false;
    for profile in naming {
        changed |= match new {
            Some(new) => set(file, profile, "mfa_serial", new.as_str())?,
            None => file.remove_key(&SectionRef::Profile(profile.clone()), "mfa_serial"),
        };
    }
    Ok(changed)
}
