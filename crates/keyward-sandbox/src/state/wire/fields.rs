//! Members that several kinds of entity have.

use std::collections::BTreeMap;

use keyward_core::Timestamp;
use serde_json::Value;

use super::{AccountsError, JsonPath};
use crate::state::account::EPOCH;
use crate::state::{Account, Document, Grants, InlinePolicy};

pub(super) fn read_created(
    text: Option<String>,
    at: &JsonPath,
) -> Result<Timestamp, AccountsError> {
    match text {
        None => Ok(Timestamp::from_second(EPOCH)),
        Some(text) => text
            .parse()
            .map_err(|error| at.member("created").value(error)),
    }
}

/// A moment that may be left out.
pub(super) fn read_moment(
    text: Option<String>,
    at: &JsonPath,
) -> Result<Option<Timestamp>, AccountsError> {
    text.map(|text| text.parse().map_err(|error| at.value(error)))
        .transpose()
}

pub(super) fn read_path(path: String, at: &JsonPath) -> Result<String, AccountsError> {
    let whole = path.starts_with('/') && path.ends_with('/') && path.len() <= 512;
    match whole && path.bytes().all(|b| b.is_ascii_graphic()) {
        true => Ok(path),
        false => Err(at.member("path").value("a path begins and ends with `/`")),
    }
}

/// The alphabet of IAM names; the lengths differ by kind.
pub(super) fn read_name(name: String, at: &JsonPath) -> Result<String, AccountsError> {
    let fits = (1..=128).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b"_+=,.@-".contains(&b));
    match fits {
        true => Ok(name),
        false => Err(at
            .member("name")
            .value("a name is 1 to 128 letters, digits or _+=,.@-")),
    }
}

pub(super) fn read_boundary(
    arn: Option<String>,
    account: &Account,
    at: &JsonPath,
) -> Result<Option<String>, AccountsError> {
    match arn {
        Some(arn) if account.managed(&arn).is_none() => Err(at.missing("managed policy", &arn)),
        arn => Ok(arn),
    }
}

pub(super) fn write_document(document: &Document) -> Value {
    serde_json::from_str(document.as_str()).expect("a stored document is JSON")
}

pub(super) type WireGrants = (BTreeMap<String, Value>, Vec<String>);

pub(super) fn write_grants(grants: &Grants) -> WireGrants {
    let Grants { inline, attached } = grants;
    let named =
        |InlinePolicy { name, document }: &InlinePolicy| (name.clone(), write_document(document));
    (inline.iter().map(named).collect(), attached.clone())
}
