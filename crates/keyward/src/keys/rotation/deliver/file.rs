//! Delivery into a credentials file: the `[default]` section, losslessly, whole or not at all;
//! a new file is its owner's alone.

use std::path::Path;

use keyward_core::config::{ConfigFile, FileKind, SectionRef};

use super::{Failed, Parcel, nothing, perhaps};
use crate::aws_files::credentials_file::{ELSEWHERE, KEYS};
use crate::aws_files::profiles;
use crate::aws_files::rewrite;
use crate::prompt::deadline::Deadline;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::system::locations;

/// With one of these in the section, a program uses other credentials than the key, or none.
const OTHER_SOURCES: [&str; 11] = [
    "role_arn",
    "source_profile",
    "credential_source",
    "credential_process",
    "web_identity_token_file",
    "login_session",
    "sso_session",
    "sso_account_id",
    "sso_role_name",
    "sso_start_url",
    "sso_region",
];

/// The file must be one that can be edited, and programs must find the key in its `[default]`
/// section.
pub(super) fn check(path: &Path) -> Result<(), CliError> {
    rewrite::take_files_only(path)?;
    let (_, file) = read(path)?;
    let default = default_section();
    match OTHER_SOURCES
        .iter()
        .find(|key| file.get(&default, key).is_some())
    {
        None => Ok(()),
        Some(key) => Err(CliError::usage(format!(
            "`[default]` in `{}` has `{key}`, so programs would not use a key in it",
            locations::show(path)
        ))
        .hint("remove that line, or deliver to another file")),
    }
}

fn default_section() -> SectionRef {
    SectionRef::Profile("default".parse().expect("a plain word is a profile name"))
}

pub(super) fn deliver(
    path: &Path,
    parcel: &Parcel<'_>,
    ui: &Ui,
    deadline: Deadline,
) -> Result<(), Failed> {
    let (before, _) = read(path).map_err(nothing)?;
    let default = default_section();
    let key = parcel.key;
    let written = profiles::edit_file(path, FileKind::Credentials, deadline, |file| {
        file.set(&default, "aws_access_key_id", key.access_key_id.as_str())?;
        // The file is where the person wants the secret to be.
        file.set(
            &default,
            "aws_secret_access_key",
            key.secret_access_key.expose(),
        )?;
        // They belong to temporary credentials that the section had: a key with their token is refused.
        let [_, _, temporary @ ..] = KEYS;
        for key in temporary.into_iter().chain(ELSEWHERE) {
            file.remove_key(&default, key);
        }
        Ok(true)
    });
    // The file is the old or the new one, whole.
    written.map_err(|error| match rewrite::read(path) {
        Ok(now) if now == before => nothing(error),
        _ => perhaps(error),
    })?;
    warn_if_open(path, ui);
    Ok(())
}

fn read(path: &Path) -> Result<(Option<String>, ConfigFile), CliError> {
    let old = rewrite::read(path).map_err(|e| {
        CliError::failed(format!("`{}` cannot be read", locations::show(path))).because(e)
    })?;
    let file = ConfigFile::parse(
        FileKind::Credentials,
        &locations::show(path),
        old.as_deref().unwrap_or_default(),
    )?;
    Ok((old, file))
}

/// An existing file keeps its mode, because a service may read it through its group.
#[cfg(unix)]
fn warn_if_open(path: &Path, ui: &Ui) {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = std::fs::metadata(path).map(|data| data.permissions().mode());
    if mode.is_ok_and(|mode| mode & 0o007 != 0) {
        ui.warn(format!(
            "every user of this machine may read `{}`: chmod 600 it",
            locations::show(path)
        ));
    }
}

#[cfg(not(unix))]
fn warn_if_open(_path: &Path, _ui: &Ui) {}
