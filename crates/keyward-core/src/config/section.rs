//! A section as programs see it: keys with their values and places.

use std::fmt;

use smol_str::SmolStr;

use crate::config::{BLANKS, Origin};
use crate::id::ProfileName;

/// One key of a section.
#[derive(Clone, PartialEq, Eq)]
pub struct Property {
    /// The value as the SDKs read it: inline comments gone, continuations joined with `\n`.
    pub value: SmolStr,
    /// The position in the file.
    pub origin: Origin,
}

/// The value may be a secret, so only its place is shown.
impl fmt::Debug for Property {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Property(*** at {})", self.origin)
    }
}

/// A section's keys, in the order of the file; keys are lower case.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Section {
    pub(super) properties: Vec<(SmolStr, Property)>,
}

impl Section {
    /// The property of that (lower-case) key.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Property> {
        self.properties
            .iter()
            .find(|(k, _)| k == key)
            .map(|(_, p)| p)
    }

    /// The value of that key; an empty value counts as absent.
    #[must_use]
    pub fn value(&self, key: &str) -> Option<&str> {
        self.get(key)
            .map(|p| p.value.as_str())
            .filter(|v| !v.is_empty())
    }

    /// Every key with its property.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Property)> {
        self.properties.iter().map(|(k, p)| (k.as_str(), p))
    }

    /// The sub-property `name` of a nested key such as `s3` or a service of a `services` section;
    /// if it occurs twice, the last.
    #[must_use]
    pub fn nested(&self, key: &str, name: &str) -> Option<&str> {
        self.get(key)?.value.split('\n').rev().find_map(|line| {
            let (k, v) = line.split_once('=')?;
            let found = k.trim_matches(BLANKS).eq_ignore_ascii_case(name);
            found.then(|| v.trim_matches(BLANKS))
        })
    }
}

/// A profile and its keys from both files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: ProfileName,
    /// The header of its first section.
    pub origin: Origin,
    /// Its keys; where both files have one, the credentials file's.
    pub section: Section,
}
