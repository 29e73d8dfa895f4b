//! Temporary credentials written into the AWS credentials file, for tools that know nothing
//! else. It refuses to write over a long-lived key, and leaves every other line as it was.

use std::collections::BTreeMap;
use std::path::Path;

use keyward_core::Credentials;
use keyward_core::chain::{TOKEN_KEYS, session_token};
use keyward_core::config::{
    ConfigFile, ConfigSet, EditError, FileKind, SectionRef, WrittenSection,
};
use keyward_core::credentials::KeyKind;
use keyward_core::id::{ProfileName, Region};
use keyward_core::time::Timestamp;
use smol_str::SmolStr;

use crate::aws_files::rewrite::{self, Holds, UpdateError};
use crate::screen::error::{CliError, ErrorKind};
use crate::screen::ui::Ui;
use crate::state::local_state::{LocalState, now};
use crate::system::locations;

/// The keys of a section of temporary credentials.
pub(crate) const KEYS: [&str; 4] = [
    "aws_access_key_id",
    "aws_secret_access_key",
    "aws_session_token",
    "x_security_token_expires",
];

/// The names that other tools write in place of the last two.
pub(crate) const ELSEWHERE: [&str; 5] = [
    "aws_security_token",
    "aws_credential_expiration",
    "aws_session_expiration",
    "aws_expiration",
    "expiration",
];

/// The entry to write.
pub(crate) struct Written<'a> {
    /// The section that every SDK reads.
    pub(crate) profile: &'a ProfileName,
    /// A second name with a blank in it, which only boto3 and the AWS CLI read.
    pub(crate) spaced: Option<&'a str>,
    /// The temporary credentials.
    pub(crate) credentials: &'a Credentials,
    /// The region to write beside them.
    pub(crate) region: Option<&'a Region>,
}

/// Writes the credentials, whole or not at all.
pub(crate) fn write(local: &LocalState, ui: &Ui, what: &Written<'_>) -> Result<(), CliError> {
    let path = &local.locations.aws_credentials;
    let shown = locations::show(path);
    if what.credentials.session_token.is_none() {
        return Err(CliError::usage(format!(
            "the key of profile `{}` is not an AWS key, so AWS makes no session of it",
            what.profile
        ))
        .hint("programs can use that key where it is"));
    }
    refuse_long_lived(local, what.profile)?;
    close_to_others(path, ui);
    let written = rewrite::update(path, Holds::Secrets, local.deadline, |old| {
        edited(&shown, old.unwrap_or_default(), what).map(Some)
    });
    written.map_err(|error| match error {
        UpdateError::Read(e) => CliError::failed(format!("`{shown}` cannot be read")).because(e),
        UpdateError::Write(e) => rewrite::unwritten(path, e),
        UpdateError::Change(error) => error,
    })
}

/// The files without the keys that an earlier write left for this profile. They show the original
/// source of its credentials.
pub(crate) fn without_temporary(
    local: &LocalState,
    profile: &ProfileName,
) -> Result<ConfigSet, CliError> {
    let file = |path: &Path, kind| -> Result<Option<ConfigFile>, CliError> {
        let shown = locations::show(path);
        let text = rewrite::read(path)
            .map_err(|e| CliError::failed(format!("`{shown}` cannot be read")).because(e))?;
        Ok(text
            .map(|text| ConfigFile::parse(kind, &shown, &text))
            .transpose()?)
    };
    let config = file(&local.locations.aws_config, FileKind::Config)?;
    let mut credentials = file(&local.locations.aws_credentials, FileKind::Credentials)?;
    let section = SectionRef::Profile(profile.clone());
    if let Some(file) = &mut credentials
        && !holds_long_lived(file, &section)
    {
        for key in KEYS.into_iter().chain(ELSEWHERE) {
            file.remove_key(&section, key);
        }
    }
    Ok(ConfigSet::merge(config.as_ref(), credentials.as_ref()))
}

/// A session in the credentials file that is still valid.
pub(crate) struct LeftSession {
    /// The text between the brackets.
    pub(crate) section: String,
    /// The end of the session.
    pub(crate) ends: Timestamp,
}

/// The sections as `refresh` and `assume` write them: a temporary key, its token and its end. Some
/// other tools write the same four lines.
pub(crate) fn left_sessions(local: &LocalState, now: Timestamp) -> Vec<LeftSession> {
    let left = |section: WrittenSection<'_>| {
        let keys: BTreeMap<&str, SmolStr> = section.keys().collect();
        let [id, _, token, end] = KEYS.map(|key| keys.get(key));
        if is_long_lived(id?, Some(token?)) {
            return None;
        }
        let ends: Timestamp = end?.parse().ok()?;
        (ends > now).then(|| LeftSession {
            section: section.header().to_owned(),
            ends,
        })
    };
    let sections = local.config.written();
    sections
        .filter(|section| section.file() == FileKind::Credentials)
        .filter_map(left)
        .collect()
}

/// Warns of each session in the credentials file, because any program can use it.
pub(crate) fn tell_of_left_sessions(local: &LocalState, ui: &Ui) {
    let shown = locations::show(&local.locations.aws_credentials);
    for LeftSession { section, ends } in left_sessions(local, now()) {
        ui.warn(format!(
            "`[{section}]` of `{shown}` holds a session in the clear, which works until {ends}"
        ));
        ui.hint(format!(
            "remove the lines below `[{section}]` from `{shown}`; programs that read them need `keyward refresh` again"
        ));
    }
}

fn refuse_long_lived(local: &LocalState, profile: &ProfileName) -> Result<(), CliError> {
    let Some(found) = local.config.profile(profile) else {
        return Ok(());
    };
    let id = found.section.get("aws_access_key_id");
    let token = session_token(&found.section).map(|(_, token)| token.value.as_str());
    match id.filter(|id| is_long_lived(&id.value, token)) {
        None => Ok(()),
        Some(id) => Err(CliError::usage(format!(
            "{}: `{profile}` holds a long-lived key, which is not written over",
            id.origin
        ))
        .hint("keyward import credentials")
        .hint("or write elsewhere with --as NAME")),
    }
}

fn edited(shown: &str, text: &str, what: &Written<'_>) -> Result<String, CliError> {
    let cannot = |e: EditError| {
        CliError::new(ErrorKind::Usage, format!("`{shown}` cannot be changed")).because(e)
    };
    let mut file = ConfigFile::parse(FileKind::Credentials, shown, text)?;
    keep_long_lived(shown, &file, what.profile, what.profile)?;
    fill(&mut file, what.profile, what).map_err(cannot)?;
    let Some(spaced) = what.spaced else {
        return Ok(file.as_str().to_owned());
    };
    // The editor knows only names that every tool reads, so this name replaces the other during the
    // edit.
    let stand_in: ProfileName = "keyward-stand-in"
        .parse()
        .expect("a plain word is a profile name");
    let swap = |text: &str, from: &str, to: &str| -> String {
        let lines = text.split_inclusive('\n').map(|line| {
            let header = line.trim_end_matches(['\r', '\n']);
            if header == from {
                line.replacen(from, to, 1)
            } else {
                line.to_owned()
            }
        });
        lines.collect()
    };
    let shown_name = spaced;
    let (spaced, plain) = (format!("[{spaced}]"), format!("[{stand_in}]"));
    let text = swap(file.as_str(), &spaced, &plain);
    let mut file = ConfigFile::parse(FileKind::Credentials, shown, &text)?;
    keep_long_lived(shown, &file, &stand_in, &shown_name)?;
    fill(&mut file, &stand_in, what).map_err(cannot)?;
    Ok(swap(file.as_str(), &plain, &spaced))
}

/// Refuses to write over a long-lived key in the very text that is edited: it may have come
/// there since the profile was looked at.
fn keep_long_lived(
    shown: &str,
    file: &ConfigFile,
    section: &ProfileName,
    name: &impl std::fmt::Display,
) -> Result<(), CliError> {
    let section = SectionRef::Profile(section.clone());
    if holds_long_lived(file, &section) {
        return Err(CliError::usage(format!(
            "`{name}` of `{shown}` holds a long-lived key, which is not written over"
        ))
        .hint("keyward import credentials"));
    }
    Ok(())
}

/// Whether a section holds a key that no tool writes again, whatever token was left beside it.
fn holds_long_lived(file: &ConfigFile, section: &SectionRef) -> bool {
    let token = TOKEN_KEYS
        .into_iter()
        .find_map(|key| file.get(section, key))
        .filter(|token| !token.is_empty());
    file.get(section, "aws_access_key_id")
        .is_some_and(|id| is_long_lived(&id, token.as_deref()))
}

fn is_long_lived(id: &str, token: Option<&str>) -> bool {
    match id.parse() {
        Ok(id) => matches!(
            KeyKind::of(&id, token),
            KeyKind::LongLived | KeyKind::TokenLeftBehind
        ),
        // An unreadable id may be a key all the same.
        Err(_) => token.is_none(),
    }
}

fn fill(file: &mut ConfigFile, name: &ProfileName, what: &Written<'_>) -> Result<(), EditError> {
    let Credentials {
        access_key_id,
        secret_access_key,
        session_token,
        expires_at,
        account_id: _,
    } = what.credentials;
    let section = SectionRef::Profile(name.clone());
    file.set(&section, KEYS[0], access_key_id.as_str())?;
    // Tools that know nothing else read the secret from this file: that is what was asked for.
    file.set(&section, KEYS[1], secret_access_key.expose())?;
    if let Some(token) = session_token {
        file.set(&section, KEYS[2], token.expose())?;
    }
    match expires_at {
        Some(end) => file.set(&section, KEYS[3], &end.to_string())?,
        None => drop(file.remove_key(&section, KEYS[3])),
    }
    // They belong to the earlier credentials: boto3 prefers the old token to the new one.
    for key in ELSEWHERE {
        file.remove_key(&section, key);
    }
    if let Some(region) = what.region {
        file.set(&section, "region", region.as_str())?;
    }
    Ok(())
}

/// A file of secrets is its owner's alone, whatever it was before.
#[cfg(unix)]
fn close_to_others(path: &Path, ui: &Ui) {
    use std::os::unix::fs::PermissionsExt as _;
    let Ok(metadata) = std::fs::metadata(path) else {
        return;
    };
    // A device is open to every user, and the write refuses it.
    if !metadata.is_file() || metadata.permissions().mode() & 0o077 == 0 {
        return;
    }
    let closed = std::fs::Permissions::from_mode(0o600);
    match std::fs::set_permissions(path, closed) {
        Ok(()) => ui.warn(format!(
            "`{}` could be read by others; its mode is 0600 now",
            locations::show(path)
        )),
        Err(e) => ui.warn(format!(
            "`{}` can be read by others: {e}",
            locations::show(path)
        )),
    }
}

#[cfg(not(unix))]
fn close_to_others(_path: &Path, _ui: &Ui) {}
