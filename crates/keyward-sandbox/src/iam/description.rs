//! The descriptions of roles and policies.

use crate::failure::Failure;
use crate::params::Params;

/// `Description`, at most a thousand characters; an empty one counts as absent.
pub(super) fn read(params: &Params) -> Result<Option<String>, Failure> {
    let Some(text) = params.get("Description") else {
        return Ok(None);
    };
    if text.chars().count() > 1000 {
        let constraint = "Member must have length less than or equal to 1000";
        return Err(Failure::constraint("description", text, constraint));
    }
    let allowed = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='~' | '\u{a1}'..='\u{ff}');
    match text.chars().all(allowed) {
        true => Ok(Some(text.to_owned()).filter(|text| !text.is_empty())),
        false => {
            let constraint = "Member must satisfy regular expression pattern: \
                              [\\u0009\\u000A\\u000D\\u0020-\\u007E\\u00A1-\\u00FF]*";
            Err(Failure::constraint("description", text, constraint))
        }
    }
}
