//! The edits that follow once keys are in the vault: their profiles into the config file, their
//! lines out of the files. Each file is changed as a whole or not at all.

use std::path::{Path, PathBuf};

use keyward_core::Timestamp;
use keyward_core::config::{ConfigFile, FileKind, SectionRef};
use keyward_core::id::{MfaSerial, ProfileName};

use super::aws_files::AwsFile;
use super::{Found, ProcessLine, backup, process_line};
use crate::aws_files::helper_line as line;
use crate::aws_files::rewrite;
use crate::keys::new_key;
use crate::screen::error::CliError;
use crate::system::locations;

/// A key that the vault holds now.
pub(super) struct Secured {
    /// Where it came from.
    pub(super) found: Found,
    /// Its device.
    pub(super) mfa_serial: Option<MfaSerial>,
}

/// A file and its new text.
pub(super) struct Edit {
    path: PathBuf,
    old: Option<String>,
    file: ConfigFile,
    /// Whether keys go out of it, so that a copy is kept.
    thins: Thins,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Thins {
    No,
    Yes,
}

/// The edits, and what could not be written, in words.
pub(super) fn prepare(
    config: &Path,
    secured: &[Secured],
) -> Result<(Vec<Edit>, Vec<String>), CliError> {
    // The config file comes first: a profile has its section before it loses another.
    let mut edits = vec![Edit::open(config, FileKind::Config)?];
    let mut trouble = Vec::new();
    let before = AwsFile::read(config, FileKind::Config)?;
    for key in secured {
        let profile = &key.found.profile;
        let known = before.set.profile(profile);
        let written =
            new_key::give_profile(&mut edits[0].file, known, profile, key.mfa_serial.as_ref());
        if let Err(error) = written {
            trouble.push(format!(
                "profile `{profile}` is not written into {}: {error}",
                locations::show(config)
            ));
        }
    }
    redirect(&mut edits[0].file, secured, &mut trouble)?;
    for removal in secured.iter().flat_map(|key| &key.found.removals) {
        let at = match edits.iter().position(|edit| edit.path == removal.path) {
            Some(at) => at,
            None => {
                edits.push(Edit::open(&removal.path, removal.kind)?);
                edits.len() - 1
            }
        };
        edits[at].remove(&removal.section, &removal.keys)?;
    }
    for key in secured {
        // Exposed to search for it: a comment may repeat what a line held.
        let secret = key.found.given.secret_access_key.expose();
        for edit in edits.iter().filter(|edit| edit.thins == Thins::Yes) {
            if let Some(at) = edit.file.as_str().find(secret) {
                let line = edit.file.as_str()[..at].matches('\n').count() + 1;
                trouble.push(format!(
                    "the secret of `{}` is in {} once more, on the future line {line}",
                    key.found.profile,
                    locations::show(&edit.path)
                ));
            }
        }
    }
    edits.retain(|edit| edit.old.as_deref().unwrap_or_default() != edit.file.as_str());
    Ok((edits, trouble))
}

/// Lets the profiles of another tool's keys ask this program.
fn redirect(
    config: &mut ConfigFile,
    secured: &[Secured],
    trouble: &mut Vec<String>,
) -> Result<(), CliError> {
    let asking = |key: &&Secured| key.found.process == ProcessLine::Redirect;
    for key in secured.iter().filter(asking) {
        let profile = &key.found.profile;
        let program = line::program()?;
        let section = SectionRef::Profile(profile.clone());
        let written = process_line::ours(&program, profile)
            .is_some_and(|line| config.set(&section, "credential_process", &line).is_ok());
        if !written {
            trouble.push(format!(
                "the `credential_process` line of `{profile}` stays as it is, because not every SDK would read a new one"
            ));
        }
    }
    Ok(())
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

    /// Takes keys out, and a section that is empty then.
    fn remove(&mut self, section: &SectionRef, keys: &[&str]) -> Result<(), CliError> {
        let mut gone = false;
        for key in keys {
            gone |= self.file.remove_key(section, key);
        }
        if !gone {
            return Ok(());
        }
        self.thins = Thins::Yes;
        let SectionRef::Profile(profile) = section else {
            return Ok(());
        };
        if !self.is_empty(profile)? {
            return Ok(());
        }
        match self.file.kind() {
            FileKind::Credentials => {
                self.file.remove_section(section);
            }
            // The SDKs must go on to know the profile.
            FileKind::Config => {
                // A section that cannot be written stays empty, which is harmless.
                let _ = new_key::give_profile(&mut self.file, None, profile, None);
            }
        }
        Ok(())
    }

    fn is_empty(&self, profile: &ProfileName) -> Result<bool, CliError> {
        let now = AwsFile::parse(&self.path, self.file.kind(), self.file.as_str())?;
        let profile = now.set.profile(profile);
        Ok(profile.is_none_or(|profile| profile.section.iter().next().is_none()))
    }

    /// Writes the file; gives the copy that is kept of the old one.
    pub(super) fn write(&self, now: Timestamp) -> Result<Option<PathBuf>, CliError> {
        let shown = locations::show(&self.path);
        let unwritable = |e: std::io::Error| {
            CliError::failed(format!(
                "the keys are stored, but `{shown}` could not be written"
            ))
            .because(e)
            .hint("the same command continues from here")
        };
        let copy = match (&self.old, self.thins) {
            (Some(old), Thins::Yes) => {
                Some(backup::write(&self.path, old, now).map_err(unwritable)?)
            }
            _ => None,
        };
        let written = rewrite::replace(&self.path, self.old.as_deref(), self.file.as_str());
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
