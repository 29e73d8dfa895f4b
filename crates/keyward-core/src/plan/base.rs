//! The sources a chain can start from, read out of one profile. Refuses halves: half a key
//! pair, half an Identity Center assignment, a temporary key without its token.

use super::error::{Place, ResolveError};
use super::sso;
use super::view::{Found, Layer, View, find};
use super::{Base, ContainerEndpoint, Inputs, MetadataService, command};
use crate::id::{AccessKeyId, ProfileName};
use crate::time::Timestamp;

/// What a profile itself offers.
pub(super) enum Own<'a> {
    /// Credentials.
    Base(Base),
    /// A `credential_process` line that asks keyward for another profile: following it here
    /// saves a process and finds circles.
    Profile { name: ProfileName, line: Found<'a> },
}

/// The profile's own credentials other than a role and a key in the vault, in the SDKs' order
/// of precedence; `None` when it has none.
pub(super) fn own<'a>(
    view: &View<'a>,
    inputs: &Inputs<'a>,
    warnings: &mut Vec<String>,
) -> Result<Option<Own<'a>>, ResolveError> {
    let process = process(view);
    let kinds = [
        (
            view.has("sso_account_id") || view.has("sso_role_name"),
            "sso_account_id",
        ),
        (view.has("login_session"), "login_session"),
        (process.is_some(), "credential_process"),
        (
            view.has("aws_access_key_id") || view.has("aws_secret_access_key"),
            "aws_access_key_id",
        ),
    ];
    let present: Vec<&str> = kinds
        .iter()
        .filter(|(there, _)| *there)
        .map(|(_, key)| *key)
        .collect();
    if let [first, rest @ ..] = present.as_slice()
        && !rest.is_empty()
    {
        warnings.push(format!(
            "profile `{}` has `{first}` beside `{}`: AWS tools disagree on which wins; `{first}` is used",
            view.name,
            rest.join("`, `"),
        ));
    }
    if let Some(base) = sso::read(view, inputs.config, warnings)? {
        return Ok(Some(Own::Base(base)));
    }
    if let Some(session) = view.text("login_session") {
        return Ok(Some(Own::Base(Base::LoginSession {
            profile: view.name.clone(),
            session,
        })));
    }
    if let Some(line) = process {
        let other = command::plain_hand_out(line.value).and_then(|name| name.parse().ok());
        return Ok(Some(match other {
            Some(name) => Own::Profile { name, line },
            None => Own::Base(Base::Process {
                profile: view.name.clone(),
                command: line.value.to_owned(),
                key: None,
            }),
        }));
    }
    Ok(static_key(view, warnings)?.map(Own::Base))
}

/// The `credential_process` line, unless it asks keyward for this very profile: that line is
/// keyward's own hand-out to the SDKs, not a source.
fn process<'a>(view: &View<'a>) -> Option<Found<'a>> {
    view.get("credential_process")
        .filter(|line| !command::asks_for(line.value, view.name.as_str()))
}

/// The key pair written in the files.
pub(super) fn static_key(
    view: &View<'_>,
    warnings: &mut Vec<String>,
) -> Result<Option<Base>, ResolveError> {
    const ID: &str = "aws_access_key_id";
    const SECRET: &str = "aws_secret_access_key";
    let Some(Layer {
        name: holder,
        section,
    }) = view.layer_with(&[ID, SECRET])
    else {
        return Ok(None);
    };
    let half = |has, lacks, found: Found<'_>| ResolveError::HalfKey {
        profile: holder.clone(),
        has,
        lacks,
        at: found.origin.clone(),
    };
    let id = match (find(section, ID), find(section, SECRET)) {
        (Some(id), Some(_)) => id,
        (Some(id), None) => return Err(half(ID, SECRET, id)),
        (None, Some(secret)) => return Err(half(SECRET, ID, secret)),
        (None, None) => return Ok(None),
    };
    let access_key_id = key_id(id.value, Place::Line(id.origin.clone()))?;
    let temporary = find(section, "aws_session_token").is_some();
    if access_key_id.is_temporary() && !temporary {
        return Err(ResolveError::TokenMissing {
            profile: holder.clone(),
            at: id.origin.clone(),
        });
    }
    if !temporary {
        warnings.push(format!(
            "{}: the key of profile `{}` stands in the clear; `keyward import credentials` moves it into the vault",
            id.origin, holder
        ));
    }
    let expires_at = find(section, "x_security_token_expires").and_then(|found| {
        let time: Option<Timestamp> = found.value.parse().ok();
        if time.is_none() {
            warnings.push(format!(
                "{}: `x_security_token_expires` is no time (such as 2026-01-31T12:00:00Z), so it is not known when the credentials end",
                found.origin
            ));
        }
        time
    });
    Ok(Some(Base::Static {
        profile: holder.clone(),
        access_key_id,
        temporary,
        expires_at,
    }))
}

/// What `credential_source` names.
pub(super) fn credential_source(
    view: &View<'_>,
    source: Found<'_>,
    inputs: &Inputs<'_>,
) -> Result<Base, ResolveError> {
    match source.value {
        "Environment" => environment(view, source, inputs),
        "EcsContainer" => Ok(Base::EcsContainer {
            endpoint: ContainerEndpoint::read(inputs),
        }),
        // How it is reached may be said by a profile above this one.
        "Ec2InstanceMetadata" => Ok(Base::Ec2Metadata {
            service: MetadataService::default(),
        }),
        other => Err(ResolveError::UnknownCredentialSource {
            value: other.to_owned(),
            at: source.origin.clone(),
        }),
    }
}

fn environment(
    view: &View<'_>,
    source: Found<'_>,
    inputs: &Inputs<'_>,
) -> Result<Base, ResolveError> {
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
    // Only its presence matters here; the executor reads it.
    variable("AWS_SECRET_ACCESS_KEY")?;
    let access_key_id = key_id(&id, Place::Variable("AWS_ACCESS_KEY_ID"))?;
    let temporary = inputs.env("AWS_SESSION_TOKEN").is_some();
    if access_key_id.is_temporary() && !temporary {
        variable("AWS_SESSION_TOKEN")?;
    }
    Ok(Base::Environment {
        access_key_id,
        temporary,
    })
}

fn key_id(text: &str, place: Place) -> Result<AccessKeyId, ResolveError> {
    text.parse()
        .map_err(|_| ResolveError::InvalidKeyId { place })
}
