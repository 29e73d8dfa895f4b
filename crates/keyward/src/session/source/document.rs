//! Credentials as other programs and services write them in JSON. What is missing or wrong is
//! named by its field, and never shown: a wrong field may hold the right secret.

use std::str::FromStr;

use keyward_core::credentials::KeyKind;
use keyward_core::id::{AccessKeyId, AccountId, KeyIdFault};
use keyward_core::secret::SessionToken;
use keyward_core::{Credentials, Timestamp};
use serde::{Deserialize, Deserializer};
use zeroize::Zeroizing;

/// The fields that the writer uses.
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

/// The fault of a document.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum DocumentError {
    /// There is nothing.
    #[error("it is empty")]
    Empty,
    /// It is not a JSON object.
    #[error("it is not a JSON object")]
    NotJson,
    /// A field is there twice, so that it is unclear which one is meant.
    #[error("it has `{0}` twice")]
    Twice(&'static str),
    /// Another version.
    #[error("its `Version` is not 1")]
    Version,
    /// No version.
    #[error("it lacks `Version`, which is the number 1")]
    VersionMissing,
    /// A version that is not a number, such as a text.
    #[error("its `Version` is not a JSON number (write 1, without quotes)")]
    VersionNotNumber,
    /// Fields are not there.
    #[error("it lacks {}", list(.0))]
    Missing(Vec<&'static str>),
    /// A field of another type.
    #[error("its `{0}` is not a JSON string")]
    NotText(&'static str),
    /// The id is not an access key id.
    #[error("its `AccessKeyId` is not an access key id")]
    KeyId(#[source] KeyIdFault),
    /// A field that is empty or contains blanks.
    #[error("its `{0}` is empty or contains blanks")]
    Blanks(&'static str),
    /// A required expiry is not a time.
    #[error("its `Expiration` is not a time (such as 2026-01-31T12:00:00Z)")]
    End,
    /// A temporary key without its token.
    #[error("its key is temporary, but it lacks `{0}`")]
    TokenMissing(&'static str),
    /// A long-lived key with the token of something else.
    #[error("its `{0}` is set beside a long-lived key, which has no token")]
    TokenLeftBehind(&'static str),
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

/// A field as it came: a text, a number as it was written, or something else.
enum Field {
    Text(Zeroizing<String>),
    Number(serde_json::Number),
    Other,
}

impl<'de> Deserialize<'de> for Field {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(match serde_json::Value::deserialize(deserializer)? {
            serde_json::Value::String(text) => Self::Text(Zeroizing::new(text)),
            serde_json::Value::Number(number) => Self::Number(number),
            _ => Self::Other,
        })
    }
}

/// Every field either form has; `null` counts as absent. Values are wiped when they go.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Wire {
    version: Option<Field>,
    code: Option<Field>,
    access_key_id: Option<Field>,
    secret_access_key: Option<Field>,
    session_token: Option<Field>,
    token: Option<Field>,
    expiration: Option<Field>,
    account_id: Option<Field>,
}

/// Reports the fault of bytes that do not parse as a document.
fn fault(bytes: &[u8], error: &serde_json::Error) -> DocumentError {
    match twice(error) {
        _ if bytes.trim_ascii().is_empty() => DocumentError::Empty,
        Some(field) => DocumentError::Twice(field),
        None => DocumentError::NotJson,
    }
}

/// The field that is there twice. The library has no other sign of it than its message, which begins
/// with words of its own and the field's name.
fn twice(error: &serde_json::Error) -> Option<&'static str> {
    const FIELDS: [&str; 8] = [
        "Version",
        "Code",
        "AccessKeyId",
        "SecretAccessKey",
        "SessionToken",
        "Token",
        "Expiration",
        "AccountId",
    ];
    let message = error.to_string();
    let name = message
        .strip_prefix("duplicate field `")?
        .split('`')
        .next()?;
    FIELDS.into_iter().find(|field| *field == name)
}

/// Reads a document that must be good at `now`. An optional field that cannot be read is left
/// out.
pub(super) fn read(bytes: &[u8], form: Form, now: Timestamp) -> Result<Credentials, DocumentError> {
    let wire: Wire = serde_json::from_slice(bytes).map_err(|error| fault(bytes, &error))?;
    let token = match form {
        Form::Process => {
            check_version(wire.version.as_ref())?;
            wire.session_token
        }
        Form::Endpoint => {
            if let Some(Field::Text(code)) = &wire.code
                && code.as_str() != "Success"
            {
                return Err(DocumentError::Refused(shown(code)));
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
    let expires_at = wire.expiration.as_ref().and_then(end);
    if needs_more && expires_at.is_none() {
        return Err(DocumentError::End);
    }
    if let Some(end) = expires_at.filter(|end| *end <= now) {
        return Err(DocumentError::Expired(end));
    }
    let access_key_id = key_id(wire.access_key_id)?;
    Ok(Credentials {
        session_token: session_token(form, &access_key_id, token)?,
        access_key_id,
        secret_access_key: secret("SecretAccessKey", wire.secret_access_key)?,
        expires_at,
        account_id: wire.account_id.as_ref().and_then(account),
    })
}

/// The only version, also if a program writes it as `1.0`.
fn check_version(version: Option<&Field>) -> Result<(), DocumentError> {
    match version {
        Some(Field::Number(number)) if number.as_f64() == Some(1.0) => Ok(()),
        Some(Field::Number(_)) => Err(DocumentError::Version),
        Some(Field::Text(_) | Field::Other) => Err(DocumentError::VersionNotNumber),
        None => Err(DocumentError::VersionMissing),
    }
}

fn text(name: &'static str, field: Option<Field>) -> Result<Zeroizing<String>, DocumentError> {
    match field {
        Some(Field::Text(text)) => Ok(text),
        Some(Field::Number(_) | Field::Other) => Err(DocumentError::NotText(name)),
        None => Err(DocumentError::Missing(vec![name])),
    }
}

fn key_id(field: Option<Field>) -> Result<AccessKeyId, DocumentError> {
    let text = text("AccessKeyId", field)?;
    match KeyIdFault::of(&text) {
        Some(fault) => Err(DocumentError::KeyId(fault)),
        None => Ok(text.parse().expect("a text without a fault is an id")),
    }
}

fn secret<T: FromStr>(name: &'static str, field: Option<Field>) -> Result<T, DocumentError> {
    text(name, field)?
        .parse()
        .map_err(|_| DocumentError::Blanks(name))
}

/// The token, if it is that of the key. Some programs write an empty one for a key that has none.
fn session_token(
    form: Form,
    id: &AccessKeyId,
    field: Option<Field>,
) -> Result<Option<SessionToken>, DocumentError> {
    let name = match form {
        Form::Process => "SessionToken",
        Form::Endpoint => "Token",
    };
    let token = field.map(|field| text(name, Some(field))).transpose()?;
    let token = token.filter(|token| !token.is_empty());
    match KeyKind::of(id, token.as_deref().map(String::as_str)) {
        KeyKind::TokenMissing => Err(DocumentError::TokenMissing(name)),
        KeyKind::TokenLeftBehind => Err(DocumentError::TokenLeftBehind(name)),
        KeyKind::LongLived | KeyKind::Temporary => token
            .map(|token| secret(name, Some(Field::Text(token))))
            .transpose(),
    }
}

fn end(field: &Field) -> Option<Timestamp> {
    match field {
        Field::Text(text) => Timestamp::read_loosely(text),
        Field::Number(number) => Timestamp::read_loosely(&number.to_string()),
        Field::Other => None,
    }
}

fn account(field: &Field) -> Option<AccountId> {
    match field {
        Field::Text(text) => text.parse().ok(),
        // A number has lost its zeros.
        Field::Number(number) => format!("{:012}", number.as_u64()?).parse().ok(),
        Field::Other => None,
    }
}

/// A word of the service, cut and without control characters.
fn shown(word: &str) -> String {
    word.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests;
