//! Keys that are written in a section of the files. Refuses halves, a temporary key without its
//! token, a long-lived key beside another session's token, and a key whose parts come from two
//! files.

use serde_json::{Value, json};

use super::written::{key_id, kind_of, usable_secret};
use super::{Lifetime, Source};
use crate::chain::Endpoints;
use crate::chain::cache_key::Fingerprint;
use crate::chain::error::{ResolveError, ValueOrigin};
use crate::chain::view::{Layer, LocatedValue, View, find};
use crate::config::{ConfigSet, Origin, Property, Section};
use crate::credentials::KeyKind;
use crate::id::{AccessKeyId, ProfileName};
use crate::time::Timestamp;

const ID: &str = "aws_access_key_id";
const SECRET: &str = "aws_secret_access_key";

/// The keys under which tools write the token of temporary credentials. The second is that of
/// old SDKs, which boto3 still reads.
pub const TOKEN_KEYS: [&str; 2] = ["aws_session_token", "aws_security_token"];

/// The keys under which tools write the end of temporary credentials.
pub const END_KEYS: [&str; 5] = [
    "x_security_token_expires",
    "aws_credential_expiration",
    "aws_session_expiration",
    "aws_expiration",
    "expiration",
];

/// Keys written in the files. The secret is read from the files when the chain is executed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StaticKey {
    /// The profile whose section holds them, which may be one that was included; see
    /// [`key_section`].
    pub profile: ProfileName,
    /// Their id.
    pub access_key_id: AccessKeyId,
    /// Whether a session token belongs to them.
    pub temporary: bool,
    /// Their end, as the tool that wrote them says beside them; see [`stated_end`].
    pub expires_at: Option<Timestamp>,
}

impl StaticKey {
    /// The key pair that a profile holds.
    pub(in crate::chain) fn read(
        view: &View<'_>,
        warnings: &mut Vec<String>,
    ) -> Result<Option<Self>, ResolveError> {
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
        let access_key_id = key_id(
            (id.value, secret.value),
            ValueOrigin::Line(id.origin.clone()),
        )?;
        usable_secret(SECRET, secret.value, || {
            ValueOrigin::Line(secret.origin.clone())
        })?;
        if let Some((key, token)) = token {
            usable_secret(key, &token.value, || {
                ValueOrigin::Line(token.origin.clone())
            })?;
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
                    place: ValueOrigin::Line(token.origin.clone()),
                    id: ValueOrigin::Line(id.origin.clone()),
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
        Ok(Some(Self {
            profile: layer.name.clone(),
            access_key_id,
            temporary,
            expires_at,
        }))
    }
}

impl Source for StaticKey {
    fn kind(&self) -> &'static str {
        "static"
    }

    fn noun(&self) -> &'static str {
        match self.temporary {
            true => "temporary credentials in the files",
            false => "a key in the files",
        }
    }

    fn show(&self) -> String {
        let Self {
            profile,
            access_key_id,
            temporary,
            expires_at,
        } = self;
        let until = expires_at
            .map(|time| format!(", until {time}"))
            .unwrap_or_default();
        format!(
            "{} {access_key_id} in the files, profile {profile}{until}",
            kind_of(*temporary)
        )
    }

    fn to_json(&self) -> Value {
        let Self {
            profile,
            access_key_id,
            temporary,
            expires_at,
        } = self;
        json!({
            "profile": profile.as_str(),
            "access_key_id": access_key_id.as_str(),
            "temporary": temporary,
            "expires_at": expires_at.map(|time| time.to_string()),
        })
    }

    fn fingerprint(&self, out: &mut Fingerprint, _: &Endpoints) {
        let Self {
            profile: _,
            access_key_id,
            temporary: _,
            expires_at: _,
        } = self;
        out.key(access_key_id);
    }

    fn lifetime(&self) -> Option<Lifetime> {
        Some(Lifetime::of_key(self.temporary))
    }

    fn key_id(&self) -> Option<&AccessKeyId> {
        Some(&self.access_key_id)
    }

    fn profile(&self) -> Option<&ProfileName> {
        Some(&self.profile)
    }
}

/// The section that holds the keys of a [`StaticKey`]: the profile's, or the one without `profile`
/// in its header that serves in its place.
#[must_use]
pub fn key_section<'c>(config: &'c ConfigSet, profile: &ProfileName) -> Option<&'c Section> {
    config
        .profile(profile)
        .map(|found| &found.section)
        .or_else(|| config.ignored(profile.as_str()))
}

/// The session token of a section: its key and its property.
#[must_use]
pub fn session_token(section: &Section) -> Option<(&'static str, &Property)> {
    TOKEN_KEYS.into_iter().find_map(|key| {
        let property = section.get(key)?;
        (!property.value.is_empty()).then_some((key, property))
    })
}

/// Returns the end of a section's temporary credentials, as the tool that wrote them states it
/// beside them. Of several ends the last: an earlier one was left behind by an earlier session.
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

/// Both halves of a layer that has at least one of them.
fn pair<'a>(layer: &Layer<'a>) -> Result<(LocatedValue<'a>, LocatedValue<'a>), ResolveError> {
    let half = |has, lacks, found: LocatedValue<'_>| ResolveError::HalfKey {
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
    id: LocatedValue<'_>,
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
