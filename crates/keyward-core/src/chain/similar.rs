//! Profiles whose names are nearly the name asked for, for error messages.

use crate::chain::{Inputs, SimilarNames};
use crate::id::{ProfileName, QUOTES};
use crate::suggest::similar_names;

/// No more names are shown.
const MOST: usize = 3;

/// At most three names, nearest first; none if the inputs leave them out.
pub(super) fn similar_profiles(wanted: &str, inputs: &Inputs<'_>) -> Vec<String> {
    if inputs.similar_names == SimilarNames::LeftOut {
        return Vec::new();
    }
    let stored = inputs.stored_keys.iter().map(|key| &key.profile);
    let known = inputs
        .config
        .profile_names()
        .chain(stored.map(ProfileName::as_str));
    let known: Vec<&str> = known.collect();
    let bare = bare_name(wanted).filter(|name| known.contains(name));
    let similar = similar_names(wanted, known.iter().copied());
    let similar = similar.into_iter().filter(|name| Some(*name) != bare);
    let all = bare.into_iter().chain(similar);
    all.take(MOST).map(str::to_owned).collect()
}

/// The name in a text that also has the word `profile` of its header, or quotes.
#[must_use]
pub fn bare_name(text: &str) -> Option<&str> {
    let name = text.trim_matches(QUOTES);
    let name = name.strip_prefix("profile ").unwrap_or(name).trim();
    let name = name.trim_matches(QUOTES);
    (name != text && !name.is_empty()).then_some(name)
}
