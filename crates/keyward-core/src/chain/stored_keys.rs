//! The keys of the vault by the names they are stored under. Refuses to be searched from end to
//! end: every profile of a file may ask for a name.

use std::collections::BTreeMap;

use super::StoredKey;
use crate::id::{AccessKeyId, ProfileName};

/// The keys in the vault, in the order of its index, found by name in logarithmic time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StoredKeys {
    keys: Vec<StoredKey>,
    /// The place of the first key of each name.
    by_name: BTreeMap<ProfileName, usize>,
}

impl StoredKeys {
    /// The key of that name.
    #[must_use]
    pub fn get(&self, name: &ProfileName) -> Option<&StoredKey> {
        self.position(name).map(|at| &self.keys[at])
    }

    /// The place of the key of that name in the order of the index, counted from 0.
    #[must_use]
    pub fn position(&self, name: &ProfileName) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// Every key, in the order of the index.
    pub fn iter(&self) -> impl Iterator<Item = &StoredKey> {
        self.keys.iter()
    }

    /// Every key, in the order of the index.
    #[must_use]
    pub fn as_slice(&self) -> &[StoredKey] {
        &self.keys
    }

    /// Every name of one key, sorted.
    #[must_use]
    pub fn names_of(&self, key: &AccessKeyId) -> Vec<ProfileName> {
        let same = self
            .keys
            .iter()
            .filter(|stored| stored.access_key_id == *key);
        let mut names: Vec<ProfileName> = same.map(|stored| stored.profile.clone()).collect();
        names.sort();
        names
    }

    /// Whether there is no key.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }
}

impl FromIterator<StoredKey> for StoredKeys {
    fn from_iter<I: IntoIterator<Item = StoredKey>>(keys: I) -> Self {
        let keys: Vec<StoredKey> = keys.into_iter().collect();
        let mut by_name = BTreeMap::new();
        for (at, key) in keys.iter().enumerate() {
            by_name.entry(key.profile.clone()).or_insert(at);
        }
        Self { keys, by_name }
    }
}
