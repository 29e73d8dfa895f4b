//! The long-lived keys of a document, in their order, found by name at a cost that does not depend on
//! their number.

use std::collections::HashMap;

use keyward_core::id::ProfileName;

use super::LongLivedKey;

/// Keys with different names.
#[derive(Debug, Clone, Default)]
pub(super) struct KeyList {
    keys: Vec<LongLivedKey>,
    places: HashMap<ProfileName, usize>,
}

impl KeyList {
    pub(super) fn as_slice(&self) -> &[LongLivedKey] {
        &self.keys
    }

    pub(super) fn get(&self, profile: &ProfileName) -> Option<&LongLivedKey> {
        self.keys.get(*self.places.get(profile)?)
    }

    /// The name of the key must stay.
    pub(super) fn get_mut(&mut self, profile: &ProfileName) -> Option<&mut LongLivedKey> {
        self.keys.get_mut(*self.places.get(profile)?)
    }

    /// Replaces the key of the same name, or appends the key.
    pub(super) fn put(&mut self, key: LongLivedKey) -> Option<LongLivedKey> {
        if let Some(old) = self.get_mut(&key.profile) {
            return Some(std::mem::replace(old, key));
        }
        self.places.insert(key.profile.clone(), self.keys.len());
        self.keys.push(key);
        None
    }

    pub(super) fn remove(&mut self, profile: &ProfileName) -> Option<LongLivedKey> {
        let at = self.places.remove(profile)?;
        for place in self.places.values_mut() {
            *place -= usize::from(*place > at);
        }
        Some(self.keys.remove(at))
    }
}
