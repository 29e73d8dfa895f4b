//! Keys that are written down: in a section of the files, or in the environment. Refuses halves, a
//! temporary key without its token, a long-lived key beside another session's token, and a key
//! whose parts come from two files.

use super::error::{Place, ResolveError};
use super::view::{Found, Layer, View, find};
use super::{Base, Inputs};
use crate::config::{Origin, Property, Section};
use crate::credentials::KeyKind;
use crate::id::{AccessKeyId, KeyIdFault};
use crate::time::Timestamp;

const ID: &str = "aws_access_key_id";
const SECRET: &str = "aws_secret_access_key";

/// The keys under which tools write the token of temporary credentials. The second is that of
/// old SDKs, which boto3 still reads.
pub const TOKEN_KEYS: [&str; 2] = ["aws_session_token", "aws_security_token"];

/// The same as variables. boto3 takes the second as the token too.
pub const TOKEN_VARIABLES: [&str; 2] = ["AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN"];

/// The keys under which tools write the end of temporary credentials.
pub const END_KEYS: [&str; 5] = [
    "x_security_token_expires",
    "aws_credential_expiration",
    "aws_session_expiration",
    "aws_expiration",
    "expiration",
];

/// The session token of a section: its key and its property.
#[must_use]
pub fn session_token(section: &Section) -> Option<(&'static str, &Property)> {
    TOKEN_KEYS.into_iter().find_map(|key| {
        let property = section.get(key)?;
        (!property.value.is_empty()).then_some((key, property))
    })
}

/// When the temporary credentials of a section end, as the tool that wrote them says beside them.
/// Of several ends the last: an earlier one was left behind by an earlier session.
#[must_use]
pub fn stated_end(section: &Section) -> Option<Timestamp> {
    ends(section)
        .filter_map(|(_, property)| Timestamp::read_loosely(&property.value))
        .max()
}

/// The expiry beside the keys. A line of the other file belongs to other keys.
fn ends(section: &Section) -> impl Iterator<Item = (&'static str, &Property)> {
    let file = section.get(ID).map(|id| id.origin.file);
    END_KEYS.into_iter().filter_map(move |key| {
        let property = section.get(key)?;
        let beside = !property.value.is_empty() && Some(property.origin.file) == file;
        beside.then_some((key, property))
    })
}

/// The key pair written in the files.
pub(super) fn in_files(
    view: &View<'_>,
    warnings: &mut Vec<String>,
) -> Result<Option<Base>, ResolveError> {
    let Some(layer) = view.layer_with(&[ID, SECRET]) else {
        return Ok(None);
    };
    let (id, secret) = pair(layer)?;
    let section = layer.section;
    let token = session_token(section);
    from_one_file(layer, id, (SECRET, secret.origin))?;
    if let Some((key, token)) = token {
        from_one_file(layer, id, (key, &token.origin))?;
    }
    let access_key_id = key_id((id.value, secret.value), Place::Line(id.origin.clone()))?;
    without_quotes(SECRET, secret.value, || Place::Line(secret.origin.clone()))?;
    if let Some((key, token)) = token {
        without_quotes(key, &token.value, || Place::Line(token.origin.clone()))?;
    }
    let kind = KeyKind::of(&access_key_id, token.map(|(_, token)| token.value.as_str()));
    let temporary = match (kind, token) {
        (KeyKind::TokenMissing, _) => {
            return Err(ResolveError::TokenMissing {
                profile: layer.name.clone(),
                at: id.origin.clone(),
            });
        }
        (KeyKind::TokenLeftBehind, Some((key, token))) => {
            return Err(ResolveError::TokenLeftBehind {
                token: key,
                place: Place::Line(token.origin.clone()),
                id: Place::Line(id.origin.clone()),
            });
        }
        (kind, _) => kind == KeyKind::Temporary,
    };
    if !temporary && access_key_id.has_aws_shape() {
        warnings.push(format!(
            "{}: the key of profile `{}` is in plain text; `keyward import credentials` moves it into the vault",
            id.origin, layer.name
        ));
    }
    let expires_at = match temporary {
        true => stated_end(section),
        false => None,
    };
    if temporary && expires_at.is_none() {
        warnings.extend(ends(section).map(|(key, property)| {
            format!(
                "{}: `{key}` is not a time (such as 2026-01-31T12:00:00Z), so the credentials' expiry is unknown",
                property.origin
            )
        }));
    }
    Ok(Some(Base::Static {
        profile: layer.name.clone(),
        access_key_id,
        temporary,
        expires_at,
    }))
}

/// Both halves of a layer that has at least one of them.
fn pair<'a>(layer: &Layer<'a>) -> Result<(Found<'a>, Found<'a>), ResolveError> {
    let half = |has, lacks, found: Found<'_>| ResolveError::HalfKey {
        profile: layer.name.clone(),
        has,
        lacks,
        at: found.origin.clone(),
    };
    match (find(layer.section, ID), find(layer.section, SECRET)) {
        (Some(id), Some(secret)) => Ok((id, secret)),
        (Some(id), None) => Err(half(ID, SECRET, id)),
        (None, Some(secret)) => Err(half(SECRET, ID, secret)),
        (None, None) => Err(ResolveError::NoCredentials {
            profile: layer.name.clone(),
        }),
    }
}

/// Refuses a part of a key that comes from another file than its id: most SDKs take a key from
/// one file, and the parts of two keys make none.
fn from_one_file(
    layer: &Layer<'_>,
    id: Found<'_>,
    (part, at): (&'static str, &Origin),
) -> Result<(), ResolveError> {
    if id.origin.file == at.file {
        return Ok(());
    }
    Err(ResolveError::KeyOfTwoFiles {
        profile: layer.name.clone(),
        id: id.origin.clone(),
        part,
        at: at.clone(),
    })
}

/// The key of the environment, for a profile whose `credential_source` says so.
pub(super) fn in_environment(
    view: &View<'_>,
    source: Found<'_>,
    inputs: &Inputs<'_>,
) -> Result<Base, ResolveError> {
    let token = TOKEN_VARIABLES
        .into_iter()
        .find_map(|name| Some((name, inputs.env(name)?)));
    let variable = |name: &'static str| {
        inputs
            .env(name)
            .ok_or_else(|| ResolveError::NoEnvironmentKey {
                profile: view.name.clone(),
                variable: name,
                at: source.origin.clone(),
            })
    };
    let id = variable("AWS_ACCESS_KEY_ID")?;
    // The executor reads it; here it only shows whether the two are swapped.
    let secret = variable("AWS_SECRET_ACCESS_KEY")?;
    let access_key_id = key_id((&id, &secret), Place::Variable("AWS_ACCESS_KEY_ID"))?;
    const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
    without_quotes(SECRET, &secret, || Place::Variable(SECRET))?;
    let (name, text) = token.map_or((TOKEN_VARIABLES[0], None), |(name, text)| {
        (name, Some(text))
    });
    if let Some(text) = &text {
        without_quotes(name, text, || Place::Variable(name))?;
    }
    let temporary = match KeyKind::of(&access_key_id, text.as_deref()) {
        KeyKind::TokenMissing => {
            return Err(ResolveError::NoEnvironmentKey {
                profile: view.name.clone(),
                variable: name,
                at: source.origin.clone(),
            });
        }
        KeyKind::TokenLeftBehind => {
            return Err(ResolveError::TokenLeftBehind {
                token: name,
                place: Place::Variable(name),
                id: Place::Variable("AWS_ACCESS_KEY_ID"),
            });
        }
        kind => kind == KeyKind::Temporary,
    };
    Ok(Base::Environment {
        access_key_id,
        temporary,
    })
}

/// Refuses a secret in quotes: AWS tools read them as part of it, and no secret of AWS has any.
///
/// # Errors
/// The value is in quotes.
pub fn without_quotes(
    key: &'static str,
    value: &str,
    place: impl FnOnce() -> Place,
) -> Result<(), ResolveError> {
    let is_quoted =
        |quote: char| value.len() > 1 && value.starts_with(quote) && value.ends_with(quote);
    match ['"', '\''].into_iter().any(is_quoted) {
        true => Err(ResolveError::QuotedSecret {
            key,
            place: place(),
        }),
        false => Ok(()),
    }
}

/// The id of a pair of halves.
fn key_id((id, secret): (&str, &str), place: Place) -> Result<AccessKeyId, ResolveError> {
    match KeyIdFault::of_pair(id, secret) {
        Some(source) => Err(ResolveError::InvalidKeyId { place, source }),
        None => Ok(id.parse().expect("a text without a fault is an id")),
    }
}
