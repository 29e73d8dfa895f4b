//! Two files to one set: profiles of both names joined, the credentials file winning key by key.
//! It refuses nothing; what the AWS tools read differently becomes a diagnostic.

use std::collections::{BTreeMap, BTreeSet};

use crate::config::file::{ConfigFile, Entry, SectionLines};
use crate::config::header::{Oddity, Role, Why};
use crate::config::set::Named;
use crate::config::{
    ConfigSet, FileKind, ParseError, Profile, Property, Section, is_identifier, lint,
};
use crate::id::ProfileName;

/// Sections with more keys than this get an index; nobody writes one by hand.
const LINEAR: usize = 32;

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

    /// What both files say together. Where both have a key of a profile, the credentials file's
    /// value counts.
    ///
    /// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/file-format.html>
    #[must_use]
    pub fn merge(config: Option<&ConfigFile>, credentials: Option<&ConfigFile>) -> Self {
        let mut merger = Merger::default();
        for file in [config, credentials].into_iter().flatten() {
            merger.sort_in(file);
        }
        merger.finish()
    }
}

/// Where a section ends up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Group {
    Profile,
    SsoSession,
    Services,
    Ignored,
}

/// A section on its way into the set.
#[derive(Clone, Copy)]
struct Place<'f> {
    group: Group,
    name: &'f str,
    /// The place in the order of both files.
    rank: usize,
    file: &'f ConfigFile,
    section: &'f SectionLines,
}

#[derive(Default)]
struct Merger<'f> {
    places: Vec<Place<'f>>,
    set: ConfigSet,
    /// Profiles that the config file names in quotes.
    quoted: BTreeSet<&'f str>,
}

impl<'f> Merger<'f> {
    /// Puts every section of a file where it belongs.
    fn sort_in(&mut self, file: &'f ConfigFile) {
        lint::check(file, &mut self.set.diagnostics);
        let shadowing = Shadowing::of(file);
        for section in &file.sections {
            let name = file.slice(section.name);
            let shadowed = shadowing.hides(section, name);
            let group = match section.role {
                _ if shadowed => Group::Ignored,
                Role::Profile | Role::BareDefault => Group::Profile,
                Role::SsoSession => Group::SsoSession,
                Role::Services => Group::Services,
                // The AWS CLI writes a name with a blank in quotes into the config file and
                // without into the credentials file, so the two belong together.
                Role::Ignored(Why::BlankInName) if self.quoted.contains(name) => Group::Profile,
                Role::Ignored(_) => Group::Ignored,
            };
            if shadowed {
                self.set.diagnostics.push(lint::shadowed(file, section));
            }
            if group == Group::Profile && section.oddity == Oddity::Quoted {
                self.quoted.insert(name);
            }
            let name = match group {
                Group::Ignored => file.slice(section.inner).trim(),
                _ => name,
            };
            self.places.push(Place {
                group,
                name,
                rank: self.places.len(),
                file,
                section,
            });
        }
    }

    fn finish(mut self) -> ConfigSet {
        let mut places = std::mem::take(&mut self.places);
        // The sort is stable, so sections of one name stay in the order of the files.
        places.sort_by(|a, b| (a.group, a.name).cmp(&(b.group, b.name)));
        let mut ranks = Vec::new();
        for same in places.chunk_by(|a, b| (a.group, a.name) == (b.group, b.name)) {
            let section = self.join(same);
            let first = &same[0];
            let named = match first.group {
                Group::Profile => {
                    let name: ProfileName = first
                        .name
                        .parse()
                        .expect("identifiers and checked quoted names are names");
                    let origin = first.file.origin(first.section.line);
                    ranks.push((first.rank, self.set.profiles.len()));
                    self.set.profiles.push(Profile {
                        name,
                        origin,
                        section,
                    });
                    continue;
                }
                Group::SsoSession => &mut self.set.sso_sessions,
                Group::Services => &mut self.set.services,
                Group::Ignored => &mut self.set.ignored,
            };
            let Named(sections) = named;
            sections.push((first.name.to_owned(), section));
        }
        ranks.sort_unstable();
        self.set.order = ranks.into_iter().map(|(_, at)| at).collect();
        self.set
            .diagnostics
            .sort_by_key(|d| (d.origin.file, d.origin.line));
        self.set
    }

    /// The keys of all sections of one name: the last of a key wins, at the place of the first.
    fn join(&mut self, same: &[Place<'f>]) -> Section {
        let keys = same.iter().map(|p| p.section.entries.len()).sum();
        let mut joined = Joined::with_capacity(keys);
        for (at, place) in same.iter().enumerate() {
            let before = same[..at].last().filter(|b| b.file.kind == place.file.kind);
            if let Some(before) = before {
                self.set.diagnostics.push(lint::repeated_section(
                    place.file,
                    place.section,
                    before.section,
                ));
            }
            for entry in place.file.entries_of(place.section) {
                let Some(replaced) = joined.put(place.file, entry) else {
                    continue;
                };
                let here = replaced.origin.file == place.file.kind
                    && replaced.origin.line > place.section.line as usize;
                if here {
                    self.set
                        .diagnostics
                        .push(lint::repeated_key(place.file, entry, &replaced));
                }
            }
        }
        Section {
            properties: joined.properties,
        }
    }
}

/// Which sections of a file stand in the shade of a better written one.
struct Shadowing<'f> {
    prefixed_default: bool,
    /// Names of profiles, SSO sessions and services written without quotes; only filled where
    /// the file quotes any.
    plain: BTreeSet<(u8, &'f str)>,
}

impl<'f> Shadowing<'f> {
    fn of(file: &'f ConfigFile) -> Self {
        let prefixed_default = file.sections.iter().any(|s| {
            s.role == Role::Profile && s.oddity != Oddity::Quoted && file.slice(s.name) == "default"
        }) && file.kind == FileKind::Config;
        let quotes = file.sections.iter().any(|s| s.oddity == Oddity::Quoted);
        let plain = file
            .sections
            .iter()
            .filter(|s| quotes && s.oddity != Oddity::Quoted)
            .filter_map(|s| Some((kind(s.role)?, file.slice(s.name))))
            .collect();
        Self {
            prefixed_default,
            plain,
        }
    }

    /// `[default]` beside `[profile default]`, or a quoted name beside the same name unquoted:
    /// the SDKs read only the other one.
    fn hides(&self, section: &SectionLines, name: &str) -> bool {
        match (section.role, section.oddity) {
            (Role::BareDefault, _) => self.prefixed_default,
            (role, Oddity::Quoted) => {
                kind(role).is_some_and(|kind| self.plain.contains(&(kind, name)))
            }
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

/// Keys being joined.
struct Joined {
    properties: Vec<(String, Property)>,
    /// Where each key stands, once there are too many to look through.
    index: Option<BTreeMap<String, usize>>,
}

impl Joined {
    fn with_capacity(keys: usize) -> Self {
        let index = (keys > LINEAR).then(BTreeMap::new);
        Self {
            properties: Vec::with_capacity(keys),
            index,
        }
    }

    /// Puts a key in; gives back what it replaces. A key that is no identifier is left out.
    fn put(&mut self, file: &ConfigFile, entry: &Entry) -> Option<Property> {
        let key = file.slice(entry.key);
        if !is_identifier(key) {
            return None;
        }
        let mut key = key.to_owned();
        key.make_ascii_lowercase();
        let property = Property {
            value: file.value_of(entry),
            origin: file.origin(entry.line),
        };
        let at = match &self.index {
            Some(index) => index.get(&key).copied(),
            None => self.properties.iter().position(|(k, _)| *k == key),
        };
        if let Some(at) = at {
            return Some(std::mem::replace(&mut self.properties[at].1, property));
        }
        if let Some(index) = &mut self.index {
            index.insert(key.clone(), self.properties.len());
        }
        self.properties.push((key, property));
        None
    }
}

#[cfg(test)]
mod tests;
