//! Profiles whose names are nearly the name asked for, for error messages.

use crate::chain::{Inputs, SimilarNames};
use crate::id::ProfileName;
use crate::suggest::similar_names;

/// At most three names, nearest first; none where the inputs leave them out.
pub(super) fn similar_profiles(wanted: &str, inputs: &Inputs<'_>) -> Vec<String> {
    if inputs.similar_names == SimilarNames::LeftOut {
        return Vec::new();
    }
    let stored = inputs.stored_keys.iter().map(|key| &key.profile);
    let known = inputs
        .config
        .profile_names()
        .chain(stored.map(ProfileName::as_str));
    similar_names(wanted, known)
        .into_iter()
        .map(str::to_owned)
        .collect()
}
