//! The profiles that the person uses most: each hand-out counts, the older the less.

use std::collections::HashMap;

use keyward_core::Timestamp;
use keyward_core::id::ProfileName;

use crate::log::Entry;

/// A hand-out of this many seconds ago counts half as much as one of now.
const HALF: f64 = 3.0 * 86_400.0;

/// The use of each profile.
#[derive(Debug, Default)]
pub(super) struct Habit(HashMap<ProfileName, f64>);

/// Reads it out of the log.
pub(super) fn of(entries: &[Entry], now: Timestamp) -> Habit {
    let mut weights = HashMap::new();
    for entry in entries {
        let age = entry.time.elapsed(now).as_secs_f64();
        *weights.entry(entry.profile.clone()).or_default() += HALF / (HALF + age);
    }
    Habit(weights)
}

impl Habit {
    /// The more, the more used; 0 for what never was.
    pub(super) fn weight(&self, profile: &ProfileName) -> f64 {
        self.0.get(profile).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests;
