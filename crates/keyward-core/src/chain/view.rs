//! One profile as the chain sees it: its own keys, then those of the profiles it includes. Refuses
//! cycles of includes and missing includes; `[default]` is never mixed in.

use std::collections::BTreeSet;
use std::str::FromStr;

use super::error::{ResolveError, ValueOrigin};
use super::similar;
use super::{Inputs, LONGEST_CHAIN};
use crate::config::{ConfigSet, FileKind, Origin, Section};
use crate::id::{InvalidId, MfaSerial, ProfileName};

/// A value and its line.
#[derive(Debug, Clone, Copy)]
pub(super) struct LocatedValue<'a> {
    pub(super) value: &'a str,
    pub(super) origin: &'a Origin,
}

/// A profile and what it includes, nearest first.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) name: ProfileName,
    layers: Vec<Layer<'a>>,
}

/// One profile of a view.
#[derive(Debug)]
pub(super) struct Layer<'a> {
    pub(super) name: ProfileName,
    pub(super) section: &'a Section,
    lends: Lends,
}

/// The values that a layer lends to the profile above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lends {
    Everything,
    /// The device of the key's owner, and the region.
    DeviceAndRegion,
}

/// The keys that the profile of its name inherits from a section without `profile` in its header.
const LENT: [&str; 3] = ["mfa_serial", "mfa_arn", "region"];

impl<'a> Layer<'a> {
    fn find(&self, key: &str) -> Option<LocatedValue<'a>> {
        let lent = self.lends == Lends::Everything || LENT.contains(&key);
        find(self.section, key).filter(|_| lent)
    }
}

/// The way by which the profile was reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reached {
    /// It was asked for.
    Asked,
    /// A `source_profile` names it.
    AsSource,
}

impl<'a> View<'a> {
    /// The profile of that name, or `None` when no section defines it.
    pub(super) fn open(
        inputs: &Inputs<'a>,
        name: &ProfileName,
        reached: Reached,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Self>, ResolveError> {
        let Some(own) = own_section(inputs, name, reached, warnings) else {
            return Ok(None);
        };
        let mut view = Self {
            name: name.clone(),
            layers: vec![Layer {
                name: name.clone(),
                section: own,
                lends: Lends::Everything,
            }],
        };
        view.include(inputs)?;
        view.borrow_device(inputs.config, warnings);
        Ok(Some(view))
    }

    /// A profile that only the vault knows.
    pub(super) fn empty(name: &ProfileName) -> Self {
        Self {
            name: name.clone(),
            layers: Vec::new(),
        }
    }

    fn include(&mut self, inputs: &Inputs<'a>) -> Result<(), ResolveError> {
        // Most profiles include nothing, and pay nothing for it.
        let mut path = Vec::new();
        let mut passed = BTreeSet::new();
        while let Some(found) = self
            .layers
            .last()
            .and_then(|layer| find(layer.section, "include_profile"))
        {
            if path.is_empty() {
                path.push(self.name.clone());
                passed.insert(self.name.clone());
            }
            let next: ProfileName = parse(found, "include_profile")?;
            let from = path.last().unwrap_or(&self.name).clone();
            path.push(next.clone());
            if !passed.insert(next.clone()) {
                return Err(ResolveError::Loop {
                    key: "include_profile",
                    path,
                    at: found.origin.clone(),
                });
            }
            if path.len() > LONGEST_CHAIN {
                return Err(ResolveError::TooLong {
                    key: "include_profile",
                    next,
                    at: found.origin.clone(),
                });
            }
            let Some(profile) = inputs.config.profile(&next) else {
                return Err(unknown(
                    "include_profile",
                    &from,
                    next,
                    found.origin,
                    inputs,
                ));
            };
            self.layers.push(Layer {
                name: next,
                section: &profile.section,
                lends: Lends::Everything,
            });
        }
        Ok(())
    }

    /// A profile takes the device and the region that it lacks from a section `[NAME]` or
    /// `["NAME"]` in the config file: tutorials publish such a section beside the keys, and asking
    /// for a code too many is better than making a session without one. The same holds for the profiles
    /// that it includes.
    fn borrow_device(&mut self, config: &'a ConfigSet, warnings: &mut Vec<String>) {
        // Most files have no such section, and pay nothing for it.
        if config.ignored_sections().next().is_none() {
            return;
        }
        for at in 0..self.layers.len() {
            let name = self.layers[at].name.clone();
            // `[default]` is not such a section. Every tool ignores it beside `[profile default]`.
            if name.as_str() != "default" {
                self.borrow_from(&name, config, warnings);
            }
        }
    }

    /// Adds what is missing from the first section of that name that has some of it.
    fn borrow_from(
        &mut self,
        name: &ProfileName,
        config: &'a ConfigSet,
        warnings: &mut Vec<String>,
    ) {
        let headers = [name.to_string(), format!("\"{name}\""), format!("'{name}'")];
        for header in headers {
            let Some(section) = config.ignored(&header) else {
                continue;
            };
            let layer = Layer {
                name: name.clone(),
                section,
                lends: Lends::DeviceAndRegion,
            };
            let lent = LENT.iter().filter_map(|key| Some((*key, layer.find(key)?)));
            let lent: Vec<_> = lent
                .filter(|(key, found)| found.origin.file == FileKind::Config && !self.has(key))
                .collect();
            let Some((_, first)) = lent.first() else {
                continue;
            };
            let keys: Vec<String> = lent.iter().map(|(key, _)| format!("`{key}`")).collect();
            warnings.push(format!(
                "{origin}: profile `{name}` takes {keys} from the section `[{header}]`, which AWS tools ignore: {fix}",
                origin = first.origin,
                keys = keys.join(" and "),
                fix = match config.has_config_section(name) {
                    true => format!("move them to `[profile {name}]`"),
                    false => format!("its header should be `[profile {name}]`"),
                },
            ));
            self.layers.push(layer);
            return;
        }
    }

    /// The value of a key: the profile's own, or the nearest included one. An empty value
    /// counts as none.
    pub(super) fn get(&self, key: &str) -> Option<LocatedValue<'a>> {
        self.layers.iter().find_map(|layer| layer.find(key))
    }

    /// The value of a key as an identifier.
    pub(super) fn id<T>(&self, key: &'static str) -> Result<Option<T>, ResolveError>
    where
        T: FromStr<Err = InvalidId>,
    {
        self.get(key).map(|found| parse(found, key)).transpose()
    }

    /// The value of a nested key, such as `endpoint_url` of a service.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.get(key).map(|found| found.value.to_owned())
    }

    /// Whether the key is there.
    pub(super) fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The first layer that has any of `keys`, so that the two halves of a pair are never taken
    /// from two profiles.
    pub(super) fn layer_with(&self, keys: &[&str]) -> Option<&Layer<'a>> {
        self.layers
            .iter()
            .find(|layer| keys.iter().any(|key| layer.find(key).is_some()))
    }

    /// The MFA device. `mfa_arn` is a published misspelling that no AWS tool reads; reading it as
    /// meant asks for a code too many rather than one too few.
    pub(super) fn mfa_serial(
        &self,
        warnings: &mut Vec<String>,
    ) -> Result<Option<(MfaSerial, ValueOrigin)>, ResolveError> {
        for layer in &self.layers {
            for key in ["mfa_serial", "mfa_arn"] {
                let Some(found) = layer.find(key) else {
                    continue;
                };
                if key == "mfa_arn" {
                    warnings.push(format!(
                        "{}: `mfa_arn` is read as `mfa_serial`, which is what AWS tools look for",
                        found.origin
                    ));
                }
                return Ok(Some((
                    parse(found, key)?,
                    ValueOrigin::Line(found.origin.clone()),
                )));
            }
        }
        Ok(None)
    }
}

/// The section that defines the profile. Every AWS tool ignores a config section without `profile` in its
/// header. keyward uses it if another profile refers to it and no other section has that name.
fn own_section<'a>(
    inputs: &Inputs<'a>,
    name: &ProfileName,
    reached: Reached,
    warnings: &mut Vec<String>,
) -> Option<&'a Section> {
    let config: &'a ConfigSet = inputs.config;
    if let Some(profile) = config.profile(name) {
        return Some(&profile.section);
    }
    let section = config.ignored(name.as_str())?;
    if reached == Reached::Asked && inputs.stored(name).is_none() {
        return None;
    }
    let place = section
        .iter()
        .next()
        .map_or_else(String::new, |(_, first)| format!("{}: ", first.origin));
    let in_credentials = section
        .iter()
        .next()
        .is_some_and(|(_, first)| first.origin.file == FileKind::Credentials);
    warnings.push(match in_credentials {
        true => format!(
            "{place}the section `[{name}]` is used, but not every SDK reads its name: rename it to letters, digits and `_-/.%@:+`"
        ),
        false => format!(
            "{place}the section `[{name}]` is used, but AWS tools ignore it: its header should be `[profile {name}]`"
        ),
    });
    Some(section)
}

/// The non-empty value of a key of one section.
pub(super) fn find<'a>(section: &'a Section, key: &str) -> Option<LocatedValue<'a>> {
    let property = section
        .get(key)
        .filter(|property| !property.value.is_empty())?;
    Some(LocatedValue {
        value: &property.value,
        origin: &property.origin,
    })
}

/// Reads a value as an identifier.
pub(super) fn parse<T>(found: LocatedValue<'_>, key: &'static str) -> Result<T, ResolveError>
where
    T: FromStr<Err = InvalidId>,
{
    found
        .value
        .parse()
        .map_err(|source| ResolveError::InvalidValue {
            key,
            place: ValueOrigin::Line(found.origin.clone()),
            source,
        })
}

/// The error for a name that leads nowhere.
pub(super) fn unknown(
    key: &'static str,
    profile: &ProfileName,
    missing: ProfileName,
    at: &Origin,
    inputs: &Inputs<'_>,
) -> ResolveError {
    let similar = similar::similar_profiles(missing.as_str(), inputs);
    ResolveError::UnknownSource {
        profile: profile.clone(),
        key,
        missing,
        similar,
        at: at.clone(),
    }
}
