//! What is stored of a session: the credentials, which are encrypted, and a sidecar in the
//! clear that says whose they are and when they end, so that listing decrypts nothing.

use std::fmt;
use std::str::FromStr;

use keyward_core::id::{AccessKeyId, ProfileName, RoleArn};
use keyward_core::plan::CacheKey;
use keyward_core::{Credentials, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use crate::document::to_wiped_json;

const VERSION: u32 = 1;

/// What is known of a session besides its credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionMeta {
    /// The profile it was first made for. Others that need the same session share it.
    pub profile: ProfileName,
    /// The call that gave it.
    pub call: SessionCall,
    /// The role, where it is a role's.
    pub role_arn: Option<RoleArn>,
    /// The key at the start of the chain, where it is one.
    pub source_key: Option<AccessKeyId>,
    /// The fingerprint of what is at the start of the chain, where it is no key. Sessions that were
    /// kept by earlier versions have none.
    pub source: Option<CacheKey>,
    /// When it was made.
    pub created: Timestamp,
}

/// A call that gives temporary credentials.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SessionCall {
    /// `sts:GetSessionToken`.
    GetSessionToken,
    /// `sts:AssumeRole`.
    AssumeRole,
    /// `sts:AssumeRoleWithWebIdentity`.
    AssumeRoleWithWebIdentity,
    /// `sts:AssumeRoleWithSAML`.
    AssumeRoleWithSaml,
    /// `sts:GetFederationToken`.
    GetFederationToken,
    /// The Identity Center portal's `GetRoleCredentials`.
    GetRoleCredentials,
    /// A `credential_process`.
    CredentialProcess,
    /// The console's sign-in service, for a sign-in that the vault holds.
    CreateOAuth2Token,
}

/// A text that names no such call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is not a call that gives temporary credentials")]
pub struct UnknownCall;

const CALLS: [SessionCall; 8] = [
    SessionCall::GetSessionToken,
    SessionCall::AssumeRole,
    SessionCall::AssumeRoleWithWebIdentity,
    SessionCall::AssumeRoleWithSaml,
    SessionCall::GetFederationToken,
    SessionCall::GetRoleCredentials,
    SessionCall::CredentialProcess,
    SessionCall::CreateOAuth2Token,
];

impl SessionCall {
    /// The name as AWS writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::GetSessionToken => "GetSessionToken",
            Self::AssumeRole => "AssumeRole",
            Self::AssumeRoleWithWebIdentity => "AssumeRoleWithWebIdentity",
            Self::AssumeRoleWithSaml => "AssumeRoleWithSAML",
            Self::GetFederationToken => "GetFederationToken",
            Self::GetRoleCredentials => "GetRoleCredentials",
            Self::CredentialProcess => "CredentialProcess",
            Self::CreateOAuth2Token => "CreateOAuth2Token",
        }
    }
}

impl fmt::Display for SessionCall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for SessionCall {
    type Err = UnknownCall;

    fn from_str(text: &str) -> Result<Self, UnknownCall> {
        CALLS
            .into_iter()
            .find(|call| call.as_str() == text)
            .ok_or(UnknownCall)
    }
}

/// A session as it is listed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionEntry {
    /// Its name in the cache.
    pub key: CacheKey,
    /// What is known of it.
    pub meta: SessionMeta,
    /// `ASIA…`.
    pub access_key_id: AccessKeyId,
    /// When it ends, where its source said.
    pub expires_at: Option<Timestamp>,
}

impl SessionEntry {
    pub(super) fn of(key: &CacheKey, meta: &SessionMeta, credentials: &Credentials) -> Self {
        Self {
            key: key.clone(),
            meta: meta.clone(),
            access_key_id: credentials.access_key_id.clone(),
            expires_at: credentials.expires_at,
        }
    }

    /// Whether it is of no more use. One without an end is kept as long as STS could make it.
    pub(super) fn has_ended(&self, now: Timestamp) -> bool {
        self.expires_at
            .unwrap_or_else(|| self.meta.created.after(super::LONGEST_SESSION))
            <= now
    }
}

#[derive(Serialize, Deserialize)]
struct SidecarWire {
    version: u32,
    profile: String,
    call: String,
    role_arn: Option<String>,
    source_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    access_key_id: String,
    created: String,
    expires_at: Option<String>,
    /// The public half of the session identity, which tells whether it can still be read.
    recipient: String,
}

pub(super) fn to_json(entry: &SessionEntry, recipient: &str) -> Vec<u8> {
    let SessionEntry {
        key: _,
        meta,
        access_key_id,
        expires_at,
    } = entry;
    let SessionMeta {
        profile,
        call,
        role_arn,
        source_key,
        source,
        created,
    } = meta;
    let wire = SidecarWire {
        version: VERSION,
        profile: profile.to_string(),
        call: call.to_string(),
        role_arn: role_arn.as_ref().map(ToString::to_string),
        source_key: source_key.as_ref().map(ToString::to_string),
        source: source.as_ref().map(ToString::to_string),
        access_key_id: access_key_id.to_string(),
        created: created.to_string(),
        expires_at: expires_at.map(|at| at.to_string()),
        recipient: recipient.to_owned(),
    };
    serde_json::to_vec_pretty(&wire).expect("plain structs become JSON")
}

pub(super) fn from_json(key: &CacheKey, bytes: &[u8]) -> Option<(SessionEntry, String)> {
    let wire: SidecarWire = serde_json::from_slice(bytes).ok()?;
    if wire.version != VERSION {
        return None;
    }
    let meta = SessionMeta {
        profile: wire.profile.parse().ok()?,
        call: wire.call.parse().ok()?,
        role_arn: wire.role_arn.map(|text| text.parse()).transpose().ok()?,
        source_key: wire.source_key.map(|text| text.parse()).transpose().ok()?,
        source: wire.source.map(|text| text.parse()).transpose().ok()?,
        created: wire.created.parse().ok()?,
    };
    let entry = SessionEntry {
        key: key.clone(),
        meta,
        access_key_id: wire.access_key_id.parse().ok()?,
        expires_at: wire.expires_at.map(|text| text.parse()).transpose().ok()?,
    };
    Some((entry, wire.recipient))
}

#[derive(Serialize, Deserialize)]
struct CredentialsWire {
    version: u32,
    /// The file's own name: a file that was renamed must not pass for another session.
    cache_key: String,
    access_key_id: String,
    secret_access_key: String,
    session_token: Option<String>,
    expires_at: Option<String>,
    account_id: Option<String>,
}

impl Drop for CredentialsWire {
    fn drop(&mut self) {
        self.secret_access_key.zeroize();
        self.session_token.zeroize();
    }
}

pub(super) fn credentials_to_json(key: &CacheKey, credentials: &Credentials) -> Zeroizing<Vec<u8>> {
    let Credentials {
        access_key_id,
        secret_access_key,
        session_token,
        expires_at,
        account_id,
    } = credentials;
    // The secrets are exposed here because this is the content that gets encrypted.
    to_wiped_json(&CredentialsWire {
        version: VERSION,
        cache_key: key.to_string(),
        access_key_id: access_key_id.to_string(),
        secret_access_key: secret_access_key.expose().to_owned(),
        session_token: session_token
            .as_ref()
            .map(|token| token.expose().to_owned()),
        expires_at: expires_at.map(|at| at.to_string()),
        account_id: account_id.as_ref().map(ToString::to_string),
    })
}

pub(super) fn credentials_from_json(key: &CacheKey, bytes: &[u8]) -> Option<Credentials> {
    let wire: CredentialsWire = serde_json::from_slice(bytes).ok()?;
    if wire.version != VERSION || wire.cache_key != key.as_str() {
        return None;
    }
    Some(Credentials {
        access_key_id: wire.access_key_id.parse().ok()?,
        secret_access_key: wire.secret_access_key.parse().ok()?,
        session_token: wire
            .session_token
            .as_deref()
            .map(str::parse)
            .transpose()
            .ok()?,
        expires_at: wire
            .expires_at
            .as_deref()
            .map(str::parse)
            .transpose()
            .ok()?,
        account_id: wire
            .account_id
            .as_deref()
            .map(str::parse)
            .transpose()
            .ok()?,
    })
}
