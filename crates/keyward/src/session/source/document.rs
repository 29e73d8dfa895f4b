//! Credentials as other programs and services write them in JSON. What is missing or wrong is
//! named by its field, and never shown: a wrong field may hold the right secret.

use std::str::FromStr;

use keyward_core::{Credentials, Timestamp};
use serde::Deserialize;
use zeroize::Zeroizing;

/// Which fields the writer uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `credential_process`, Version 1.
    ///
    /// Source: <https://docs.aws.amazon.com/sdkref/latest/guide/feature-process-credentials.html>
    Process,
    /// The container's endpoint and the instance metadata service, which always say when they
    /// end.
    Endpoint,
}

/// What is wrong with a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum DocumentError {
    /// It is no JSON object.
    #[error("it is not a JSON object")]
    NotJson,
    /// Another version, or none.
    #[error("its `Version` is not 1")]
    Version,
    /// Fields are not there.
    #[error("it lacks {}", list(.0))]
    Missing(Vec<&'static str>),
    /// A field has another shape.
    #[error("its `{0}` is not what it should be")]
    Malformed(&'static str),
    /// The credentials are over.
    #[error("its credentials ended at {0}")]
    Expired(Timestamp),
    /// The service has none.
    #[error("it says `{0}`")]
    Refused(String),
}

fn list(names: &[&str]) -> String {
    let quoted: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    quoted.join(" and ")
}

/// Every field either form has. Values are wiped when they go.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Wire {
    version: Option<serde_json::Value>,
    code: Option<String>,
    access_key_id: Option<String>,
    secret_access_key: Option<Zeroizing<String>>,
    session_token: Option<Zeroizing<String>>,
    token: Option<Zeroizing<String>>,
    expiration: Option<String>,
    account_id: Option<String>,
}

/// Reads a document that must be good at `now`.
pub(super) fn read(bytes: &[u8], form: Form, now: Timestamp) -> Result<Credentials, DocumentError> {
    let wire: Wire = serde_json::from_slice(bytes).map_err(|_| DocumentError::NotJson)?;
    let token = match form {
        Form::Process => {
            if wire.version != Some(serde_json::Value::from(1)) {
                return Err(DocumentError::Version);
            }
            wire.session_token
        }
        Form::Endpoint => {
            if let Some(code) = wire.code.filter(|code| code != "Success") {
                return Err(DocumentError::Refused(shown(&code)));
            }
            wire.token
        }
    };
    let needs_more = form == Form::Endpoint;
    let missing: Vec<&'static str> = [
        ("AccessKeyId", wire.access_key_id.is_none()),
        ("SecretAccessKey", wire.secret_access_key.is_none()),
        ("Token", needs_more && token.is_none()),
        ("Expiration", needs_more && wire.expiration.is_none()),
    ]
    .into_iter()
    .filter_map(|(name, absent)| absent.then_some(name))
    .collect();
    if !missing.is_empty() {
        return Err(DocumentError::Missing(missing));
    }
    let expires_at: Option<Timestamp> = optional("Expiration", wire.expiration.as_deref())?;
    if let Some(end) = expires_at.filter(|end| *end <= now) {
        return Err(DocumentError::Expired(end));
    }
    Ok(Credentials {
        access_key_id: shaped("AccessKeyId", &wire.access_key_id.unwrap_or_default())?,
        secret_access_key: shaped(
            "SecretAccessKey",
            &wire.secret_access_key.unwrap_or_default(),
        )?,
        session_token: optional(
            token_name(form),
            // Some programs write an empty token for a key that has none.
            token
                .as_deref()
                .map(String::as_str)
                .filter(|t| !t.is_empty()),
        )?,
        expires_at,
        account_id: optional("AccountId", wire.account_id.as_deref())?,
    })
}

fn token_name(form: Form) -> &'static str {
    match form {
        Form::Process => "SessionToken",
        Form::Endpoint => "Token",
    }
}

fn shaped<T: FromStr>(name: &'static str, text: &str) -> Result<T, DocumentError> {
    text.parse().map_err(|_| DocumentError::Malformed(name))
}

fn optional<T: FromStr>(
    name: &'static str,
    text: Option<&str>,
) -> Result<Option<T>, DocumentError> {
    text.map(|text| shaped(name, text)).transpose()
}

/// A word of the service, cut and without control characters.
fn shown(word: &str) -> String {
    word.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests;
