//! The sections of one name to one section: the last of a key wins.

use std::collections::BTreeMap;

use smol_str::{SmolStr, StrExt as _};

use crate::config::file::ConfigFile;
use crate::config::lines::Entry;
use crate::config::table::Chain;
use crate::config::{Profile, Property, Section, is_identifier};
use crate::id::ProfileName;

/// Sections with more keys than this get an index; people do not write such sections by hand.
const LINEAR: usize = 32;

/// A profile from its sections.
pub(super) fn profile(chain: Chain<'_>) -> Profile {
    let (file, first) = chain
        .clone()
        .next()
        .expect("a name is in a table for a section");
    let name: ProfileName = file
        .slice(first.name)
        .parse()
        .expect("identifiers and checked quoted names are profile names");
    Profile {
        name,
        origin: file.origin(first.line),
        section: section(chain),
    }
}

/// The keys of all sections of one name: the last of a key wins, at the place of the first.
pub(super) fn section(chain: Chain<'_>) -> Section {
    let keys = chain
        .clone()
        .map(|(_, section)| section.entries.len())
        .sum();
    let mut joined = Joined {
        properties: Vec::with_capacity(keys),
        index: (keys > LINEAR).then(BTreeMap::new),
    };
    for (file, section) in chain {
        for entry in file.entries_of(section) {
            joined.put(file, entry);
        }
    }
    Section {
        properties: joined.properties,
    }
}

/// Keys being joined.
struct Joined {
    properties: Vec<(SmolStr, Property)>,
    /// The position of each key, once there are too many to search.
    index: Option<BTreeMap<SmolStr, usize>>,
}

impl Joined {
    /// Inserts a key. A name that is not an identifier is left out.
    fn put(&mut self, file: &ConfigFile, entry: &Entry) {
        let key = file.slice(entry.key);
        if !is_identifier(key) {
            return;
        }
        let key = key.to_ascii_lowercase_smolstr();
        let property = Property {
            value: file.value_of(entry),
            origin: file.origin(entry.line),
        };
        let at = match &self.index {
            Some(index) => index.get(&key).copied(),
            None => self.properties.iter().position(|(k, _)| *k == key),
        };
        if let Some(at) = at {
            self.properties[at].1 = property;
            return;
        }
        if let Some(index) = &mut self.index {
            index.insert(key.clone(), self.properties.len());
        }
        self.properties.push((key, property));
    }
}
