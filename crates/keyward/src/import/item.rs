//! The items of the keyring library that aws-vault and granted share: which hold a long-lived
//! key and which do not. Every store of that library keeps the same JSON.

use data_encoding::BASE64;
use keyward_core::id::{AccessKeyId, ProfileName};
use keyward_core::secret::SecretAccessKey;
use serde::Deserialize;
use zeroize::{Zeroize, Zeroizing};

use crate::keys::new_key::EnteredKey;

/// The kind of an item, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A key, under its profile's name.
    Key,
    /// A cached session or sign-in, which can be obtained again.
    Session,
}

/// The kind of an item by its name, so that sessions need not be opened.
pub(crate) fn kind(name: &str) -> Kind {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let commas: Vec<&str> = name.split(',').collect();
    let session = match commas[..] {
        // `sts.GetSessionToken,PROFILE,SERIAL,EXPIRY`, and `session,…` before it had calls.
        [call, profile, _, expiry] => !call.is_empty() && !profile.is_empty() && digits(expiry),
        ["session", _, expiry] => digits(expiry),
        _ => false,
    };
    // Two older forms, and sign-ins.
    let session = session
        || name.starts_with("session:")
        || name.starts_with("oidc:")
        || name
            .rsplit_once(" session (")
            .and_then(|(_, rest)| rest.strip_suffix(')'))
            .is_some_and(digits);
    if session { Kind::Session } else { Kind::Key }
}

/// The reasons why an item has no usable key. Nothing of its content is repeated, but for the name
/// it claims.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum ItemError {
    /// No JSON of that library.
    #[error("it holds no item of that tool")]
    NotItem,
    /// The library binds no item to its place, so a swapped one would go unnoticed.
    #[error("it says that it is `{0}`")]
    OtherName(String),
    /// The name is not a profile name.
    #[error("its name cannot be a profile")]
    Name,
    /// Temporary credentials.
    #[error("it holds temporary credentials")]
    Temporary,
    /// Some other secret, or half a key.
    #[error("it holds no access key")]
    NotKey,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Item {
    key: String,
    data: Wiped,
}

/// The credentials as the SDK for Go serialises them.
#[derive(Deserialize)]
struct Stored {
    #[serde(rename = "AccessKeyID", default)]
    access_key_id: Wiped,
    #[serde(rename = "SecretAccessKey", default)]
    secret_access_key: Wiped,
    #[serde(rename = "SessionToken", default)]
    session_token: Wiped,
}

#[derive(Default, Deserialize)]
struct Wiped(String);

impl Drop for Wiped {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// The profile and the key in an item that was kept under `name`.
pub(crate) fn read(name: &str, json: &[u8]) -> Result<(ProfileName, EnteredKey), ItemError> {
    let item: Item = serde_json::from_slice(json).map_err(|_| ItemError::NotItem)?;
    if item.key != name {
        return Err(ItemError::OtherName(item.key.chars().take(64).collect()));
    }
    let profile: ProfileName = name.parse().map_err(|_| ItemError::Name)?;
    let data = BASE64
        .decode(item.data.0.as_bytes())
        .map(Zeroizing::new)
        .map_err(|_| ItemError::NotItem)?;
    let stored: Stored = serde_json::from_slice(&data).map_err(|_| ItemError::NotKey)?;
    let access_key_id: AccessKeyId = stored
        .access_key_id
        .0
        .parse()
        .map_err(|_| ItemError::NotKey)?;
    if access_key_id.is_temporary() || !stored.session_token.0.is_empty() {
        return Err(ItemError::Temporary);
    }
    let secret_access_key: SecretAccessKey = stored
        .secret_access_key
        .0
        .parse()
        .map_err(|_| ItemError::NotKey)?;
    Ok((
        profile,
        EnteredKey {
            access_key_id,
            secret_access_key,
        },
    ))
}

#[cfg(test)]
mod tests;
