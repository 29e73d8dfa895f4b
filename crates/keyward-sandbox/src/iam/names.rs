//! Shapes of IAM's names, paths and tags.

use std::collections::BTreeMap;

use crate::failure::Failure;
use crate::params::Params;

/// The constraint that a wrong name breaks.
pub(super) const WORD: &str = "The specified value is invalid. It must contain only alphanumeric characters and/or the \
     following: +=,.@_-";

/// Whether every character may stand in a name.
pub(super) fn is_word(name: &str) -> bool {
    name.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b))
}

/// `Path`, or `/` where there is none.
pub(super) fn path(params: &Params) -> Result<String, Failure> {
    let path = params.get("Path").unwrap_or("/");
    let whole = path.starts_with('/') && path.ends_with('/') && path.len() <= 512;
    match whole && path.bytes().all(|b| b.is_ascii_graphic()) {
        true => Ok(path.to_owned()),
        false => Err(Failure::validation(
            "The specified value for path is invalid. It must begin and end with / and contain \
             only alphanumeric characters and/or / characters.",
        )),
    }
}

/// `Tags`, at most fifty.
pub(super) fn tags(params: &Params) -> Result<BTreeMap<String, String>, Failure> {
    let mut tags = BTreeMap::new();
    for member in params.structures("Tags") {
        let text = |name: &str| member.get(name).copied().unwrap_or_default().to_owned();
        let (key, value) = (text("Key"), text("Value"));
        if key.is_empty() || key.chars().count() > 128 || value.chars().count() > 256 {
            let constraint = "Member must have length between 1 and 128";
            return Err(Failure::constraint("tags.1.member.key", key, constraint));
        }
        if tags.insert(key, value).is_some() {
            return Err(Failure::new(
                400,
                "InvalidInput",
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ));
        }
    }
    match tags.len() {
        n if n > 50 => Err(Failure::limit("TagsPerResource", 50)),
        _ => Ok(tags),
    }
}
