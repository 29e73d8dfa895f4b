//! Fixes that change no meaning: modes, a misspelt key, and comments that some tools read as part
//! of a value.

use std::path::{Path, PathBuf};

use keyward_core::config::{ConfigEditor, ConfigFile, ConfigSet, EditError, FileKind, SectionRef};
use keyward_vault::Paths;

use crate::aws_files::rewrite;
use crate::environment as env;
use crate::prompt::deadline::Deadline;
use crate::screen::error::CliError;
use crate::state::local_state::load_config;
use crate::system::locations::{self, Locations};

/// Fixes everything, and reports what it did.
pub(super) fn all(locations: &Locations, deadline: Deadline) -> Result<Vec<String>, CliError> {
    let mut done = Vec::new();
    for (path, wanted) in guarded(locations) {
        let of_others = is_shared_home(locations, &path) || is_elsewhere(locations, &path);
        if too_open(&path, wanted).is_some() && !of_others {
            close(&path, wanted)?;
            done.push(format!("{}: mode {wanted:03o}", locations::show(&path)));
        }
    }
    for (path, kind) in [
        (&locations.aws_config, FileKind::Config),
        (&locations.aws_credentials, FileKind::Credentials),
    ] {
        done.extend(lines(locations, path, kind, deadline)?);
    }
    Ok(done)
}

/// Files and folders that are their owner's alone, with their widest mode. In a folder of other programs,
/// only the files beside a vault are keyward's.
pub(super) fn guarded(locations: &Locations) -> Vec<(PathBuf, u32)> {
    let paths = Paths::as_named(&locations.data);
    let mut guarded = vec![
        (locations.aws_credentials.clone(), 0o600),
        // The config file holds no secret, but a line in it runs a program.
        (locations.aws_config.clone(), 0o644),
    ];
    // A folder in the place of a file has another mode.
    guarded.retain(|(path, _)| !path.is_dir());
    if locations.data.is_dir() {
        guarded.push((locations.data.clone(), 0o700));
    }
    if paths.root_may_be_closed() || paths.vault().exists() {
        let own = |name: &str| locations.data.join(name);
        guarded.extend([
            (own("vault.age"), 0o600),
            (own("index.json"), 0o600),
            (own("log.jsonl"), 0o600),
            (locations.settings.clone(), 0o644),
        ]);
    }
    guarded
}

/// Whether a path is a file outside the home folder and the data folder, which a variable or a link names.
/// Other programs may need it as it is.
pub(super) fn is_elsewhere(locations: &Locations, path: &Path) -> bool {
    let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
    let path = real(path);
    let is_in = |folder: &Path| folder.parent().is_some() && path.starts_with(real(folder));
    let is_in_home = env::home_folder().is_some_and(|home| is_in(&home));
    !is_in_home && !is_in(&locations.data)
}

/// Whether a path is the data folder and other programs use it too.
pub(super) fn is_shared_home(locations: &Locations, path: &Path) -> bool {
    path == locations.data && !Paths::as_named(path).root_may_be_closed()
}

/// The mode of a file or folder that allows more than it should. A device such as `/dev/null` must
/// stay open to every user.
#[cfg(unix)]
pub(super) fn too_open(path: &Path, wanted: u32) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;
    let found = std::fs::metadata(path)
        .ok()
        .filter(|found| found.is_file() || found.is_dir())?;
    let mode = found.permissions().mode() & 0o777;
    (mode & !wanted & 0o077 != 0).then_some(mode)
}

#[cfg(not(unix))]
pub(super) fn too_open(_path: &Path, _wanted: u32) -> Option<u32> {
    None
}

#[cfg(unix)]
fn close(path: &Path, wanted: u32) -> Result<(), CliError> {
    use std::os::unix::fs::PermissionsExt as _;
    let cannot = |e| {
        CliError::failed(format!(
            "the mode of `{}` stays as it is",
            locations::show(path)
        ))
        .because(e)
    };
    let mode = std::fs::metadata(path)
        .map_err(cannot)?
        .permissions()
        .mode();
    // Only removes rights: it adds none for the owner.
    let closed = std::fs::Permissions::from_mode(mode & 0o777 & (wanted | 0o700));
    std::fs::set_permissions(path, closed).map_err(cannot)
}

#[cfg(not(unix))]
fn close(_path: &Path, _wanted: u32) -> Result<(), CliError> {
    Ok(())
}

/// One of the AWS files; returns what was fixed.
fn lines(
    locations: &Locations,
    path: &Path,
    kind: FileKind,
    deadline: Deadline,
) -> Result<Vec<String>, CliError> {
    let shown = locations::show(path);
    // The look that follows reports a file that cannot be read.
    let (Ok(Some(old)), Ok(config)) = (rewrite::read(path), load_config(locations)) else {
        return Ok(Vec::new());
    };
    let mut file = ConfigFile::parse(kind, &shown, &old)?;
    let fixed = file
        .edit(|editor| Ok(edit(editor, &config, kind, &old)))
        .map_err(|e| CliError::failed(format!("`{shown}` cannot be changed")).because(e))?;
    if file.as_str() == old {
        return Ok(Vec::new());
    }
    rewrite::replace(path, Some(&old), file.as_str(), deadline)
        .map_err(|e| rewrite::unwritten(path, e))?;
    Ok(fixed)
}

/// Changes the lines of a file that can be fixed, and says which.
fn edit(file: &mut ConfigEditor, config: &ConfigSet, kind: FileKind, old: &str) -> Vec<String> {
    let lines: Vec<&str> = old.lines().collect();
    let mut fixed = Vec::new();
    for profile in config.profiles() {
        let section = SectionRef::Profile(profile.name.clone());
        let own = profile
            .section
            .iter()
            .filter(|(_, property)| property.origin.file == kind);
        for (key, property) in own {
            let place = &property.origin;
            let raw = lines.get(place.line - 1).copied().unwrap_or_default();
            if key == "mfa_arn" && profile.section.get("mfa_serial").is_none() {
                let renamed = rename(file, &section, &property.value);
                fixed.extend(reported(renamed, || {
                    format!("{place}: `mfa_arn` is `mfa_serial` now")
                }));
            } else if has_comment(raw, &property.value) {
                // The same value again: the comment goes to a line of its own.
                let moved = file.rewrite(&section, key, &property.value);
                fixed.extend(reported(moved, || {
                    format!("{place}: the comment behind `{key}` has a line of its own")
                }));
            }
        }
    }
    fixed
}

fn rename(file: &mut ConfigEditor, section: &SectionRef, serial: &str) -> Result<(), EditError> {
    file.set(section, "mfa_serial", serial)?;
    file.remove_key(section, "mfa_arn");
    Ok(())
}

/// Reports a fix that the editor made; the look that follows reports what the editor refused.
fn reported(result: Result<(), EditError>, words: impl FnOnce() -> String) -> Option<String> {
    result.is_ok().then(words)
}

/// Whether a line has a comment after its value.
fn has_comment(raw: &str, value: &str) -> bool {
    let Some((_, given)) = raw.split_once('=') else {
        return false;
    };
    given
        .trim()
        .strip_prefix(value)
        .is_some_and(|rest| !value.is_empty() && rest.trim_start().starts_with(['#', ';']))
}
