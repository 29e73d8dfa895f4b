//! The edits after keys are in the vault. They add the keys' profiles to the config file and remove the
//! keys' lines from the files. Each file changes completely or not at all.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use keyward_core::Timestamp;
use keyward_core::config::{ConfigEditor, ConfigFile, FileKind, SectionRef};
use keyward_core::id::{MfaSerial, ProfileName};

use super::aws_files::AwsFile;
use super::{FoundKey, ProcessLine, Removal, backup, process_line};
use crate::aws_files::helper_line as line;
use crate::aws_files::rewrite;
use crate::keys::new_key;
use crate::prompt::deadline::Deadline;
use crate::screen::error::{CliError, Given, elsewhere};
use crate::system::locations;

/// A key that the vault holds now.
pub(super) struct Secured {
    /// Its origin.
    pub(super) found: FoundKey,
    /// Its device.
    pub(super) mfa_serial: Option<MfaSerial>,
}

/// A file and its new text.
pub(super) struct Edit {
    path: PathBuf,
    old: Option<String>,
    file: ConfigFile,
    /// Whether the edit removes keys, so that keyward keeps a copy of the file.
    thins: Thins,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Thins {
    No,
    Yes,
}

/// The edits, and a message for everything that could not be written.
pub(super) fn prepare(
    config: &Path,
    secured: &[Secured],
) -> Result<(Vec<Edit>, Vec<String>), CliError> {
    let mut trouble = Vec::new();
    let before = AwsFile::read(config, FileKind::Config)?;
    let mut removals: Vec<(&Path, Vec<&Removal>)> = vec![(config, Vec::new())];
    for removal in secured.iter().flat_map(|key| &key.found.removals) {
        match removals.iter_mut().find(|(path, _)| *path == removal.path) {
            Some((_, of_file)) => of_file.push(removal),
            None => removals.push((&removal.path, vec![removal])),
        }
    }
    let redirected = redirected(secured)?;
    let mut edits = Vec::new();
    // The config file comes first, so that a profile gets its section there before it loses another.
    for (path, removals) in removals {
        let is_config = edits.is_empty();
        let kind = removals
            .first()
            .map_or(FileKind::Config, |removal| removal.kind);
        let mut edit = Edit::open(path, kind)?;
        edit.change(|editor, thins| {
            if is_config {
                give_profiles(editor, config, &before, secured, &mut trouble);
                redirect(editor, &redirected, &mut trouble);
            }
            for removal in removals {
                remove(editor, &removal.section, &removal.keys, thins);
            }
        })?;
        edits.push(edit);
    }
    for edit in edits.iter().filter(|edit| edit.thins == Thins::Yes) {
        for (profile, line) in repeated(edit.file.as_str(), secured) {
            trouble.push(format!(
                "the secret of `{profile}` is also in {}, on line {line} after this edit",
                locations::show(&edit.path)
            ));
        }
    }
    edits.retain(|edit| edit.old.as_deref().unwrap_or_default() != edit.file.as_str());
    Ok((edits, trouble))
}

/// Writes the profiles of the keys into the config file.
fn give_profiles(
    editor: &mut ConfigEditor,
    config: &Path,
    before: &AwsFile,
    secured: &[Secured],
    trouble: &mut Vec<String>,
) {
    for key in secured {
        let profile = &key.found.profile;
        let known = before.set.profile(profile);
        let written = new_key::give_profile(editor, known, profile, key.mfa_serial.as_ref());
        if let Err(error) = written {
            trouble.push(format!(
                "profile `{profile}` is not written into {}: {error}",
                locations::show(config)
            ));
        }
    }
}

/// The profiles of another tool's keys that are to ask this program, with their lines. A line is missing
/// where not every SDK would read it.
fn redirected(secured: &[Secured]) -> Result<Vec<(&ProfileName, Option<String>)>, CliError> {
    let asking = secured
        .iter()
        .filter(|key| key.found.process == ProcessLine::Redirect);
    asking
        .map(|key| {
            let program = line::program()?;
            let profile = &key.found.profile;
            Ok((profile, process_line::ours(&program, profile)))
        })
        .collect()
}

/// Makes these profiles ask this program.
fn redirect(
    editor: &mut ConfigEditor,
    redirected: &[(&ProfileName, Option<String>)],
    trouble: &mut Vec<String>,
) {
    for (profile, line) in redirected {
        let section = SectionRef::Profile((*profile).clone());
        let written = line
            .as_ref()
            .is_some_and(|line| editor.set(&section, "credential_process", line).is_ok());
        if !written {
            trouble.push(format!(
                "the `credential_process` line of `{profile}` stays as it is, because not every SDK would read a new one"
            ));
        }
    }
}

/// Removes keys from a section, and the section if it is empty then.
fn remove(editor: &mut ConfigEditor, section: &SectionRef, keys: &[&str], thins: &mut Thins) {
    let mut gone = false;
    for key in keys {
        gone |= editor.remove_key(section, key);
    }
    if !gone {
        return;
    }
    *thins = Thins::Yes;
    let SectionRef::Profile(profile) = section else {
        return;
    };
    if !editor.is_empty(section) {
        return;
    }
    match editor.kind() {
        FileKind::Credentials => {
            editor.remove_section(section);
        }
        // The SDKs must still know the profile.
        FileKind::Config => {
            // A section that cannot be written stays empty, which is harmless.
            let _ = new_key::give_profile(editor, None, profile, None);
        }
    }
}

/// The profiles whose secret is in a text, each with the number of its first line there: a comment may
/// repeat what a line held. The text is read once for each length of a secret.
fn repeated<'s>(text: &str, secured: &'s [Secured]) -> Vec<(&'s ProfileName, usize)> {
    let mut by_length: BTreeMap<usize, HashMap<&[u8], Vec<&ProfileName>>> = BTreeMap::new();
    for key in secured {
        // Exposed to search for it.
        let secret = key.found.given.secret_access_key.expose().as_bytes();
        let same = by_length.entry(secret.len()).or_default();
        same.entry(secret).or_default().push(&key.found.profile);
    }
    let mut found = Vec::new();
    for (length, mut secrets) in by_length {
        let (mut line, mut from) = (1, 0);
        for (at, part) in text.as_bytes().windows(length).enumerate() {
            if let Some(profiles) = secrets.remove(part) {
                line += text.as_bytes()[from..at]
                    .iter()
                    .filter(|c| **c == b'\n')
                    .count();
                from = at;
                found.extend(profiles.into_iter().map(|profile| (profile, line)));
            }
        }
    }
    found
}

impl Edit {
    fn open(path: &Path, kind: FileKind) -> Result<Self, CliError> {
        let shown = locations::show(path);
        let old = rewrite::read(path)
            .map_err(|e| CliError::failed(format!("`{shown}` cannot be read")).because(e))?;
        let file = ConfigFile::parse(kind, &shown, old.as_deref().unwrap_or_default())?;
        Ok(Self {
            path: path.to_owned(),
            old,
            file,
            thins: Thins::No,
        })
    }

    /// Makes all changes of the file at once, so that a file of many sections is read once.
    fn change(
        &mut self,
        change: impl FnOnce(&mut ConfigEditor, &mut Thins),
    ) -> Result<(), CliError> {
        let thins = &mut self.thins;
        let changed = self.file.edit(|editor| {
            change(editor, thins);
            Ok(())
        });
        changed.map_err(|error| {
            let shown = locations::show(&self.path);
            CliError::failed(format!("`{shown}` cannot be changed")).because(error)
        })
    }

    /// Writes the file; returns the copy that is kept of the old one.
    pub(super) fn write(
        &self,
        now: Timestamp,
        deadline: Deadline,
    ) -> Result<Option<PathBuf>, CliError> {
        let shown = locations::show(&self.path);
        let unwritable = |e: std::io::Error| {
            let next = elsewhere(&self.path, Given::File, &e);
            CliError::failed(format!(
                "the keys are stored, but `{shown}` could not be written"
            ))
            .because(e)
            .hint_all(next)
            .hint("the same command continues from here")
        };
        let copy = match (&self.old, self.thins) {
            (Some(old), Thins::Yes) => {
                Some(backup::write(&self.path, old, now).map_err(unwritable)?)
            }
            _ => None,
        };
        let old = self.old.as_deref();
        let written = rewrite::replace(&self.path, old, self.file.as_str(), deadline);
        if let (Err(_), Some(copy)) = (&written, &copy) {
            // The file still says all of it.
            let _ = std::fs::remove_file(copy);
        }
        written.map_err(unwritable)?;
        Ok(copy)
    }

    /// The file's path.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}
