//! Session tags: their shape, and what a chain passes on.

use crate::failure::Failure;
use crate::params::Params;
use crate::state::{Principal, Session, SessionTags};

/// The most tags a session may have.
const MOST: usize = 50;

/// Reads `Tags` and `TransitiveTagKeys` and adds what the caller's own session passes on.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_session-tags.html>
pub(super) fn read(params: &Params, caller: Option<&Session>) -> Result<SessionTags, Failure> {
    let mut tags = SessionTags::default();
    for member in params.structures("Tags") {
        let key = member.get("Key").copied().unwrap_or_default();
        let value = member.get("Value").copied().unwrap_or_default();
        check("tags.1.member.key", key, 1..=128)?;
        check("tags.1.member.value", value, 0..=256)?;
        let known = tags
            .values
            .keys()
            .any(|other| other.eq_ignore_ascii_case(key));
        if known {
            return Err(Failure::new(
                400,
                "InvalidParameterValue",
                format!(
                    "Duplicate tag keys found. Please note that Tag keys are case insensitive. {key}"
                ),
            ));
        }
        tags.values.insert(key.to_owned(), value.to_owned());
    }
    if tags.values.len() > MOST {
        let constraint = "Member must have length less than or equal to 50";
        return Err(Failure::constraint("tags", tags.values.len(), constraint));
    }
    for key in params.list("TransitiveTagKeys") {
        if !tags.values.contains_key(key) {
            return Err(Failure::new(
                400,
                "InvalidParameterValue",
                "The specified transitive tag key must be included in the requested tags.",
            ));
        }
        tags.transitive.insert(key.to_owned());
    }
    inherit(&mut tags, caller)?;
    Ok(tags)
}

/// Transitive tags of the caller come along and cannot be overwritten.
fn inherit(tags: &mut SessionTags, caller: Option<&Session>) -> Result<(), Failure> {
    let Some(Principal::Role(role)) = caller.map(|session| &session.principal) else {
        return Ok(());
    };
    for key in &role.tags.transitive {
        if tags.values.keys().any(|own| own.eq_ignore_ascii_case(key)) {
            return Err(Failure::new(
                400,
                "InvalidParameterValue",
                "One of the specified transitive tag keys can't be set because it conflicts \
                 with a transitive tag key from the calling session.",
            ));
        }
    }
    for key in &role.tags.transitive {
        if let Some(value) = role.tags.values.get(key) {
            tags.values.insert(key.clone(), value.clone());
            tags.transitive.insert(key.clone());
        }
    }
    Ok(())
}

fn check(
    member: &'static str,
    text: &str,
    length: std::ops::RangeInclusive<usize>,
) -> Result<(), Failure> {
    let allowed = |c: char| c.is_alphanumeric() || c.is_whitespace() || "_.:/=+-@".contains(c);
    if length.contains(&text.chars().count()) && text.chars().all(allowed) {
        return Ok(());
    }
    let constraint =
        "Member must satisfy regular expression pattern: [\\p{L}\\p{Z}\\p{N}_.:/=+\\-@]*";
    Err(Failure::constraint(member, text, constraint))
}
