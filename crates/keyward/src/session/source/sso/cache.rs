//! The token files of the AWS CLI, read and written as it does, so that both share one
//! sign-in: `~/.aws/sso/cache/`, named by the SHA-1 of the session's name or of the start URL.
//!
//! Source: <https://docs.aws.amazon.com/cli/latest/userguide/cli-configure-sso.html>

use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use keyward_aws::{OidcClient, SsoToken};
use keyward_core::Timestamp;
use keyward_core::secret::{AccessToken, RefreshToken};
use keyward_core::shell::argument;
use serde::{Deserialize, Serialize};
use sha1::{Digest, Sha1};
use zeroize::Zeroizing;

use super::Center;
use crate::aws_files::rewrite::{self, Reserved};
use crate::environment as env;
use crate::screen::error::{CliError, make_writable};
use crate::screen::ui::Ui;
use crate::state::local_state::LocalState;
use crate::system::read_limited;

/// A sign-in as a file stores it.
#[derive(Debug, Clone)]
pub(super) struct CachedToken {
    /// The token for the portal.
    pub(super) access_token: AccessToken,
    /// The expiry.
    pub(super) expires_at: Timestamp,
    /// The refresh token, and the client that received it.
    pub(super) renewal: Option<(OidcClient, RefreshToken)>,
}

impl CachedToken {
    /// A sign-in that the Identity Center has just granted.
    pub(super) fn new(client: OidcClient, token: SsoToken, now: Timestamp) -> Self {
        let SsoToken {
            access_token,
            life,
            refresh_token,
        } = token;
        Self {
            access_token,
            expires_at: now.after(life),
            renewal: refresh_token.map(|refresh| (client, refresh)),
        }
    }

    /// Whether it is usable at `now`, directly or after a renewal.
    pub(super) fn is_good(&self, now: Timestamp) -> bool {
        let renewable = |(client, _): &(OidcClient, RefreshToken)| client.expires_at > now;
        self.expires_at > now || self.renewal.as_ref().is_some_and(renewable)
    }
}

/// The file's own words.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    #[serde(skip_serializing_if = "Option::is_none")]
    start_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    region: Option<String>,
    access_token: Zeroizing<String>,
    expires_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    client_secret: Option<Zeroizing<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    registration_expires_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<Zeroizing<String>>,
}

/// The text from which the file's name is made.
pub(super) fn key(center: &Center) -> &str {
    center.session.as_deref().unwrap_or(&center.start_url)
}

/// The file's name without its folder.
pub(super) fn file_name(center: &Center) -> String {
    file_name_of(key(center))
}

fn file_name_of(key: &str) -> String {
    format!("{}.json", HEXLOWER.encode(&Sha1::digest(key.as_bytes())))
}

fn place(center: &Center) -> Result<PathBuf, CliError> {
    place_of(key(center))
}

fn place_of(key: &str) -> Result<PathBuf, CliError> {
    let home = env::home_folder().ok_or_else(|| {
        CliError::usage("there is no home folder for the sign-in").hint("set HOME")
    })?;
    Ok(home
        .join(".aws")
        .join("sso")
        .join("cache")
        .join(file_name_of(key)))
}

/// The stored sign-in. An unreadable file counts as absent; a new sign-in replaces it.
pub(super) fn read(center: &Center) -> Option<CachedToken> {
    read_of(key(center))
}

/// The same by what the file is named after.
pub(super) fn read_of(key: &str) -> Option<CachedToken> {
    let text = read_limited::text(&place_of(key).ok()?, read_limited::DOCUMENT).ok()?;
    parse(&text)
}

fn parse(text: &str) -> Option<CachedToken> {
    let wire: Wire = serde_json::from_str(text).ok()?;
    Some(CachedToken {
        access_token: wire.access_token.parse().ok()?,
        expires_at: time(&wire.expires_at)?,
        renewal: renewal(&wire),
    })
}

fn renewal(wire: &Wire) -> Option<(OidcClient, RefreshToken)> {
    let client = OidcClient {
        id: wire.client_id.clone()?,
        secret: wire.client_secret.as_deref()?.parse().ok()?,
        expires_at: time(wire.registration_expires_at.as_deref()?)?,
    };
    Some((client, wire.refresh_token.as_deref()?.parse().ok()?))
}

/// Older versions of the AWS CLI wrote `UTC` where the others write `Z`.
fn time(text: &str) -> Option<Timestamp> {
    match text.strip_suffix("UTC") {
        Some(bare) => format!("{bare}Z").parse().ok(),
        None => text.parse().ok(),
    }
}

/// The place of a sign-in that can be written.
#[must_use = "a sign-in is kept by `keep`"]
pub(super) struct Room(Reserved);

/// Finds out whether the sign-in can be kept, before it is asked for.
pub(super) fn reserve(local: &LocalState, center: &Center) -> Result<Room, CliError> {
    let path = place(center)?;
    rewrite::reserve_secret(&path, local.deadline)
        .map(Room)
        .map_err(|e| unkept(&path, e))
}

impl Room {
    /// Stores the sign-in, readable by its owner only. If that fails, the sign-in is still valid, so the
    /// user only gets a warning.
    pub(super) fn keep(self, ui: &Ui, center: &Center, kept: &CachedToken) {
        let written = self.0.put(&show(center, kept));
        if let (Err(e), Ok(path)) = (written, place(center)) {
            ui.warn(format!("{}: {e}", unkept(&path, None)));
            ui.hint(format!(
                "the next sign-in needs you again: keyward sso login {}",
                argument(&center.name)
            ));
        }
    }
}

/// The folder of a file, for the user.
fn folder_of(path: &Path) -> String {
    crate::system::locations::show(path.parent().unwrap_or(path))
}

fn unkept(path: &Path, error: impl Into<Option<std::io::Error>>) -> CliError {
    let failed = CliError::failed(format!(
        "the sign-in cannot be kept in `{}`",
        crate::system::locations::show(path)
    ));
    match error.into() {
        Some(error) => {
            let hint = make_writable(folder_of(path), &error);
            failed.because(error).hint_all(hint)
        }
        None => failed,
    }
}

fn show(center: &Center, kept: &CachedToken) -> Zeroizing<String> {
    // Exposed because the file is where both tools look for them; it is its owner's alone.
    let secret = |text: &str| Zeroizing::new(text.to_owned());
    let renewal = kept.renewal.as_ref();
    let wire = Wire {
        start_url: Some(center.start_url.clone()),
        region: Some(center.region.to_string()),
        access_token: secret(kept.access_token.expose()),
        expires_at: kept.expires_at.to_string(),
        client_id: renewal.map(|(client, _)| client.id.clone()),
        client_secret: renewal.map(|(client, _)| secret(client.secret.expose())),
        registration_expires_at: renewal.map(|(client, _)| client.expires_at.to_string()),
        refresh_token: renewal.map(|(_, refresh)| secret(refresh.expose())),
    };
    Zeroizing::new(serde_json::to_string(&wire).expect("plain structs become JSON"))
}

/// Forgets the sign-in.
pub(super) fn remove(center: &Center) -> Result<(), CliError> {
    let path = place(center)?;
    match std::fs::remove_file(&path) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => Err(CliError::failed(format!(
            "`{}` cannot be removed",
            crate::system::locations::show(&path)
        ))
        .because(e)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests;
