//! Delivery into the secrets of a GitHub repository or of one of its environments, and running a
//! workflow with them. The values travel in libsodium's sealed boxes; the token comes from the
//! environment or from `gh`, and appears in one header only.
//!
//! Source: <https://docs.github.com/en/rest/actions/secrets>

mod host;
pub(crate) mod workflow;

use crypto_box::PublicKey;
use crypto_box::aead::OsRng;
use data_encoding::BASE64;
use keyward_aws::{Aws, Method};
use serde::Deserialize;
use serde_json::json;

use self::host::Host;
use super::{Failed, Parcel, nothing, perhaps};
use crate::keys::rotation::destination::Repository;
use crate::screen::error::CliError;

/// The key that the host wants secrets sealed to.
#[derive(Deserialize)]
struct SealKey {
    key_id: String,
    key: String,
}

/// Whether the token may reach the secrets.
pub(super) fn check(aws: &Aws, repository: &Repository) -> Result<(), CliError> {
    seal_key(&Host::find(aws)?, repository).map(|_| ())
}

pub(super) fn deliver(
    aws: &Aws,
    repository: &Repository,
    parcel: &Parcel<'_>,
) -> Result<(), Failed> {
    let host = Host::find(aws).map_err(nothing)?;
    let (key_id, key) = seal_key(&host, repository).map_err(nothing)?;
    let halves = [
        // Exposed to be sealed for the host.
        (&parcel.names.secret, parcel.key.secret_access_key.expose()),
        (&parcel.names.id, parcel.key.access_key_id.as_str()),
    ];
    let mut failed_with: fn(CliError) -> Failed = nothing;
    for (name, value) in halves {
        let sealed = key.seal(&mut OsRng, value.as_bytes()).map_err(|_| {
            failed_with(CliError::failed(
                "the secret could not be sealed for the repository",
            ))
        })?;
        let body = json!({"encrypted_value": BASE64.encode(&sealed), "key_id": key_id});
        let path = format!("{}/{name}", secrets(repository));
        if let Err(failed) = host.ask(Method::Put, &path, Some(&body)) {
            return Err(if failed.refused {
                failed_with(failed.error)
            } else {
                perhaps(failed.error)
            });
        }
        // From here on the repository holds half of the new key.
        failed_with = perhaps;
    }
    Ok(())
}

fn seal_key(host: &Host<'_>, repository: &Repository) -> Result<(String, PublicKey), CliError> {
    let path = format!("{}/public-key", secrets(repository));
    let answer = host.ask(Method::Get, &path, None)?;
    let unreadable = || {
        CliError::failed(format!(
            "the answer of {} with the public key is not as documented",
            host.name()
        ))
    };
    let SealKey { key_id, key } = serde_json::from_value(answer).map_err(|_| unreadable())?;
    let bytes = BASE64.decode(key.as_bytes()).map_err(|_| unreadable())?;
    let key = PublicKey::from_slice(&bytes).map_err(|_| unreadable())?;
    Ok((key_id, key))
}

fn secrets(repository: &Repository) -> String {
    let Repository {
        owner,
        name,
        environment,
    } = repository;
    match environment {
        None => format!("/repos/{owner}/{name}/actions/secrets"),
        Some(environment) => format!(
            "/repos/{owner}/{name}/environments/{}/secrets",
            host::escape(environment)
        ),
    }
}
