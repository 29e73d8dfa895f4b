//! One profile as the plan sees it: its own keys, then those of the profiles it includes.
//! Refuses circles of includes and includes that lead nowhere; `[default]` is never mixed in.

use std::collections::BTreeSet;
use std::str::FromStr;

use super::Inputs;
use super::error::{Place, ResolveError};
use super::near;
use crate::config::{ConfigSet, Origin, Section};
use crate::id::{InvalidId, MfaSerial, ProfileName};

/// A value and the line it stands on.
#[derive(Debug, Clone, Copy)]
pub(super) struct Found<'a> {
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
}

/// How the profile was reached.
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
            }],
        };
        view.include(inputs)?;
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
            });
        }
        Ok(())
    }

    /// The value of a key: the profile's own, or the nearest included one. An empty value
    /// counts as none.
    pub(super) fn get(&self, key: &str) -> Option<Found<'a>> {
        self.layers
            .iter()
            .find_map(|layer| find(layer.section, key))
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
            .find(|layer| keys.iter().any(|key| find(layer.section, key).is_some()))
    }

    /// The MFA device. `mfa_arn` is a published misspelling that no AWS tool reads; taking it
    /// for what it means asks for a code too many rather than one too few.
    pub(super) fn mfa_serial(
        &self,
        warnings: &mut Vec<String>,
    ) -> Result<Option<(MfaSerial, Place)>, ResolveError> {
        for Layer { name: _, section } in &self.layers {
            for key in ["mfa_serial", "mfa_arn"] {
                let Some(found) = find(section, key) else {
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
                    Place::Line(found.origin.clone()),
                )));
            }
        }
        Ok(None)
    }
}

/// The section that defines the profile. A config section without `profile` in its header is
/// ignored by every AWS tool; it serves where somebody refers to it and nothing else is called
/// so.
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
    warnings.push(format!(
        "{place}the section `[{name}]` is used, but AWS tools ignore it: its header should be `[profile {name}]`"
    ));
    Some(section)
}

/// The non-empty value of a key of one section.
pub(super) fn find<'a>(section: &'a Section, key: &str) -> Option<Found<'a>> {
    let property = section
        .get(key)
        .filter(|property| !property.value.is_empty())?;
    Some(Found {
        value: &property.value,
        origin: &property.origin,
    })
}

/// Reads a value as an identifier.
pub(super) fn parse<T>(found: Found<'_>, key: &'static str) -> Result<T, ResolveError>
where
    T: FromStr<Err = InvalidId>,
{
    found
        .value
        .parse()
        .map_err(|source| ResolveError::InvalidValue {
            key,
            place: Place::Line(found.origin.clone()),
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
    let near = near::misses(missing.as_str(), inputs.config, inputs.stored_keys);
    ResolveError::UnknownSource {
        profile: profile.clone(),
        key,
        missing,
        near,
        at: at.clone(),
    }
}
