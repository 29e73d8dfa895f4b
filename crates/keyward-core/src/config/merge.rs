//! Two files to one set: profiles of both names joined, the credentials file winning key by key.
//! It refuses nothing; what the AWS tools read differently becomes a diagnostic.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use crate::config::file::ConfigFile;
use crate::config::header::{Oddity, Role, Why};
use crate::config::lines::SectionLines;
use crate::config::table::{Group, GroupedSection, Source, Table};
use crate::config::{ConfigSet, FileKind, ParseError};

impl ConfigSet {
    /// Both files, each as a path to show and its text; `None` is a file that does not exist.
    ///
    /// # Errors
    /// The SDKs refuse one of the files.
    pub fn load(
        config: Option<(&str, &str)>,
        credentials: Option<(&str, &str)>,
    ) -> Result<Self, ParseError> {
        let parse = |kind, file: Option<(&str, &str)>| {
            file.map(|(path, text)| ConfigFile::parse(kind, path, text))
                .transpose()
        };
        let config = parse(FileKind::Config, config)?;
        let credentials = parse(FileKind::Credentials, credentials)?;
        Ok(Self::merge(config.as_ref(), credentials.as_ref()))
    }

    /// Merges both files. If both have a key of a profile, the credentials file's value counts.
    ///
    /// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>
    #[must_use]
    pub fn merge(config: Option<&ConfigFile>, credentials: Option<&ConfigFile>) -> Self {
        let mut source = Source::default();
        let mut quoted = BTreeSet::new();
        for (file, number) in [config, credentials].into_iter().flatten().zip(0..) {
            sort(file, number, &mut quoted, &mut source.places);
            source.files.push(file.clone());
        }
        Self {
            profiles: Table::of(Group::Profile, &mut source),
            sso_sessions: Table::of(Group::SsoSession, &mut source),
            services: Table::of(Group::Services, &mut source),
            ignored: Table::of(Group::Ignored, &mut source),
            diagnostics: OnceLock::new(),
            source,
        }
    }
}

/// Puts every section of a file where it belongs. `quoted` are the profiles that the config file
/// names in quotes.
fn sort<'f>(
    file: &'f ConfigFile,
    number: u8,
    quoted: &mut BTreeSet<&'f str>,
    places: &mut Vec<GroupedSection>,
) {
    let shade = Shade::of(file);
    places.reserve(file.sections.len());
    for (section, at) in file.sections.iter().zip(0..) {
        let group = match section.role {
            _ if shade.covers(file, section) => Group::Ignored,
            Role::Profile | Role::BareDefault => Group::Profile,
            Role::SsoSession => Group::SsoSession,
            Role::Services => Group::Services,
            // The AWS CLI writes a name with a blank in quotes into the config file and without
            // into the credentials file, so the two belong together.
            Role::Ignored(Why::BlankInName) if quoted.contains(file.slice(section.name)) => {
                Group::Profile
            }
            Role::Ignored(_) => Group::Ignored,
        };
        if group == Group::Profile && section.oddity == Oddity::Quoted {
            quoted.insert(file.slice(section.name));
        }
        places.push(GroupedSection::new(group, number, at));
    }
}

/// The sections that others of a file hide: the SDKs read `[profile default]` instead of
/// `[default]`, and an unquoted name instead of the same name in quotes.
pub(super) struct Shade<'f> {
    prefixed_default: bool,
    /// Values without their quotes; filled only if the file quotes anything.
    plain: BTreeSet<(u8, &'f str)>,
}

impl<'f> Shade<'f> {
    pub(super) fn of(file: &'f ConfigFile) -> Self {
        let mut bare = false;
        let mut prefixed = false;
        let mut quotes = false;
        for section in &*file.sections {
            bare |= section.role == Role::BareDefault;
            quotes |= section.oddity == Oddity::Quoted;
            prefixed |= section.role == Role::Profile
                && section.oddity != Oddity::Quoted
                && file.slice(section.name) == "default";
        }
        let plain = file
            .sections
            .iter()
            .filter(|s| quotes && s.oddity != Oddity::Quoted)
            .filter_map(|s| Some((kind(s.role)?, file.slice(s.name))))
            .collect();
        Self {
            prefixed_default: bare && prefixed,
            plain,
        }
    }

    pub(super) fn covers(&self, file: &ConfigFile, section: &SectionLines) -> bool {
        match (section.role, section.oddity) {
            (Role::BareDefault, _) => self.prefixed_default,
            (role, Oddity::Quoted) => kind(role)
                .is_some_and(|kind| self.plain.contains(&(kind, file.slice(section.name)))),
            _ => false,
        }
    }
}

/// Tells profiles, SSO sessions and services apart.
fn kind(role: Role) -> Option<u8> {
    match role {
        Role::Profile | Role::BareDefault => Some(0),
        Role::SsoSession => Some(1),
        Role::Services => Some(2),
        Role::Ignored(_) => None,
    }
}

#[cfg(test)]
mod tests;
