//! Profiles whose names are nearly the name asked for, for error messages.

use crate::chain::StoredKey;
use crate::config::ConfigSet;
use crate::id::ProfileName;
use crate::suggest::similar_names;

/// At most three names, nearest first.
pub(super) fn similar_profiles(
    wanted: &str,
    config: &ConfigSet,
    stored: &[StoredKey],
) -> Vec<String> {
    let known = config
        .profiles()
        .map(|profile| &profile.name)
        .chain(stored.iter().map(|key| &key.profile))
        .map(ProfileName::as_str);
    similar_names(wanted, known)
        .into_iter()
        .map(str::to_owned)
        .collect()
}
