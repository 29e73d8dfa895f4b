//! The stored form of a session: the encrypted credentials, and a plain sidecar with their owner and
//! expiry, so that listing decrypts nothing.
//!
//! Any process can encrypt to the session identity's public half, which every sidecar names. Both files
//! therefore carry a code that only the holder of the identity can make. A file without it is not read.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use keyward_core::chain::CacheKey;
use keyward_core::id::{AccessKeyId, AccountId, ProfileName, RoleArn};
use keyward_core::{Credentials, LONGEST_SESSION, Timestamp};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use crate::document::to_wiped_json;
use crate::identity::{Authenticity, Identity};

const VERSION: u32 = 1;

/// The distance by which the clock may have been set back since a session was made, as time
/// synchronization does, before the session counts as made in the future.
const CLOCK_STEP: Duration = Duration::from_secs(60);

/// A session without its credentials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionMeta {
    /// The profile for which it was first made. Other profiles that need the same session share it.
    pub profile: ProfileName,
    /// The call that returned it.
    pub call: SessionCall,
    /// The role, for a role session.
    pub role_arn: Option<RoleArn>,
    /// The source that the chain starts from.
    pub origin: SessionOrigin,
    /// The time of its creation.
    pub created: Timestamp,
}

/// The origin of a session, directly or through roles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SessionOrigin {
    /// The long-lived key at the start of the chain, if the chain starts from a key.
    pub key: Option<AccessKeyId>,
    /// The account of that key, if known.
    pub account: Option<AccountId>,
    /// The fingerprint of the source of the chain, unless that is only a key.
    pub source: Option<CacheKey>,
    /// Every profile under which the vault holds that key, if the chain starts from the vault.
    pub stored_as: Vec<ProfileName>,
}

impl SessionOrigin {
    /// Whether a session of this origin serves a plan that starts from `wanted`: from the same key,
    /// wherever that is kept, or from the same other source. An account that one of the two does
    /// not know makes no difference.
    ///
    /// Only the vault says which profile has which key. A chain with a key from the index therefore
    /// gets a session only if the vault has every name that the index lists for the key. A session
    /// made with such a session then names no others either.
    #[must_use]
    pub fn serves(&self, wanted: &Self) -> bool {
        let Self {
            key,
            account,
            source,
            stored_as,
        } = self;
        let same_account = match (account, &wanted.account) {
            (Some(one), Some(other)) => one == other,
            _ => true,
        };
        let known_names = wanted.stored_as.iter().all(|name| stored_as.contains(name));
        *key == wanted.key
            && (key.is_some() || *source == wanted.source)
            && same_account
            && known_names
    }
}

/// A call that returns temporary credentials.
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
    /// The metadata of the session.
    pub meta: SessionMeta,
    /// `ASIA…`.
    pub access_key_id: AccessKeyId,
    /// The expiry, if its source stated one.
    pub expires_at: Option<Timestamp>,
}

impl SessionEntry {
    pub(super) fn of(key: &CacheKey, meta: &SessionMeta, credentials: &Credentials) -> Self {
        Self {
            key: *key,
            meta: meta.clone(),
            access_key_id: credentials.access_key_id.clone(),
            expires_at: credentials.expires_at,
        }
    }

    /// Whether the session is no longer usable.
    pub(super) fn has_ended(&self, now: Timestamp) -> bool {
        !may_be_kept(self.meta.created, self.expires_at, now)
    }
}

/// The rule of the cache: no expired session, no session made in the future, and none for longer
/// than AWS's maximum, whatever expiry its source states.
fn may_be_kept(created: Timestamp, expires_at: Option<Timestamp>, now: Timestamp) -> bool {
    created <= now.after(CLOCK_STEP) && now < kept_until(created, expires_at)
}

/// The time at which the cache discards a session.
fn kept_until(created: Timestamp, expires_at: Option<Timestamp>) -> Timestamp {
    let longest = created.after(LONGEST_SESSION);
    expires_at.map_or(longest, |end| end.min(longest))
}

/// A session that was read.
#[derive(Debug, Clone)]
pub(super) struct Opened {
    /// The credentials.
    pub(super) credentials: Credentials,
    /// The time at which the cache discards them.
    #[cfg_attr(
        not(target_os = "linux"),
        allow(dead_code, reason = "ready answers ask for it")
    )]
    pub(super) kept_until: Timestamp,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct SidecarWire {
    version: u32,
    profile: String,
    call: String,
    role_arn: Option<String>,
    source_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source_account: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    stored_as: Vec<String>,
    access_key_id: String,
    created: String,
    expires_at: Option<String>,
    /// The public half of the session identity, which shows whether the session can still be decrypted.
    recipient: String,
    /// The code over the cache key and everything above.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mac: Option<String>,
}

impl SidecarWire {
    /// The input of the authentication code: the entry without its code.
    fn content(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("plain structs become JSON")
    }
}

pub(super) fn to_json(entry: &SessionEntry, identity: &Identity) -> Vec<u8> {
    let SessionEntry {
        key,
        meta,
        access_key_id,
        expires_at,
    } = entry;
    let SessionMeta {
        profile,
        call,
        role_arn,
        origin,
        created,
    } = meta;
    let SessionOrigin {
        key: source_key,
        account,
        source,
        stored_as,
    } = origin;
    let mut wire = SidecarWire {
        version: VERSION,
        profile: profile.to_string(),
        call: call.to_string(),
        role_arn: role_arn.as_ref().map(ToString::to_string),
        source_key: source_key.as_ref().map(ToString::to_string),
        source_account: account.as_ref().map(ToString::to_string),
        source: source.as_ref().map(ToString::to_string),
        stored_as: stored_as.iter().map(ToString::to_string).collect(),
        access_key_id: access_key_id.to_string(),
        created: created.to_string(),
        expires_at: expires_at.map(|at| at.to_string()),
        recipient: identity.recipient(),
        mac: None,
    };
    let name = key.to_string();
    let fields = [name.as_bytes(), &wire.content()];
    wire.mac = Some(identity.authenticate(Authenticity::SessionSidecar, &fields));
    serde_json::to_vec_pretty(&wire).expect("plain structs become JSON")
}

/// A sidecar as stored.
#[derive(Debug)]
pub(super) struct Sidecar {
    /// Its content.
    pub(super) entry: SessionEntry,
    wire: SidecarWire,
}

impl Sidecar {
    /// Whether the holder of this identity wrote it.
    pub(super) fn is_of(&self, identity: &Identity) -> bool {
        let mut wire = self.wire.clone();
        let Some(code) = wire.mac.take() else {
            return false;
        };
        let name = self.entry.key.to_string();
        let fields = [name.as_bytes(), &wire.content()];
        wire.recipient == identity.recipient()
            && identity.is_authentic(&code, Authenticity::SessionSidecar, &fields)
    }
}

pub(super) fn from_json(key: &CacheKey, bytes: &[u8]) -> Option<Sidecar> {
    let whole: SidecarWire = serde_json::from_slice(bytes).ok()?;
    if whole.version != VERSION {
        return None;
    }
    let wire = whole.clone();
    let meta = SessionMeta {
        profile: wire.profile.parse().ok()?,
        call: wire.call.parse().ok()?,
        role_arn: wire.role_arn.map(|text| text.parse()).transpose().ok()?,
        origin: origin(
            wire.source_key,
            wire.source_account,
            wire.source,
            wire.stored_as,
        )?,
        created: wire.created.parse().ok()?,
    };
    let entry = SessionEntry {
        key: *key,
        meta,
        access_key_id: wire.access_key_id.parse().ok()?,
        expires_at: wire.expires_at.map(|text| text.parse()).transpose().ok()?,
    };
    Some(Sidecar { entry, wire: whole })
}

fn origin(
    key: Option<String>,
    account: Option<String>,
    source: Option<String>,
    stored_as: Vec<String>,
) -> Option<SessionOrigin> {
    Some(SessionOrigin {
        key: key.map(|text| text.parse()).transpose().ok()?,
        account: account.map(|text| text.parse()).transpose().ok()?,
        source: source.map(|text| text.parse()).transpose().ok()?,
        stored_as: stored_as
            .iter()
            .map(|name| name.parse().ok())
            .collect::<Option<_>>()?,
    })
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
    /// The origin of the session. An index that lists another key must not find it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source_key: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source_account: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    stored_as: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    created: Option<String>,
    /// The code over everything above. Sessions of early versions have none and are not read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mac: Option<String>,
}

impl Drop for CredentialsWire {
    fn drop(&mut self) {
        self.secret_access_key.zeroize();
        self.session_token.zeroize();
    }
}

/// The content of a session's file, to be encrypted.
pub(super) fn credentials_to_json(
    key: &CacheKey,
    meta: &SessionMeta,
    credentials: &Credentials,
    identity: &Identity,
) -> Zeroizing<Vec<u8>> {
    let Credentials {
        access_key_id,
        secret_access_key,
        session_token,
        expires_at,
        account_id,
    } = credentials;
    let SessionOrigin {
        key: source_key,
        account: source_account,
        source,
        stored_as,
    } = &meta.origin;
    // The secrets are exposed here because this is the content that gets encrypted.
    let mut wire = CredentialsWire {
        version: VERSION,
        cache_key: key.to_string(),
        access_key_id: access_key_id.to_string(),
        secret_access_key: secret_access_key.expose().to_owned(),
        session_token: session_token
            .as_ref()
            .map(|token| token.expose().to_owned()),
        expires_at: expires_at.map(|at| at.to_string()),
        account_id: account_id.as_ref().map(ToString::to_string),
        source_key: source_key.as_ref().map(ToString::to_string),
        source_account: source_account.as_ref().map(ToString::to_string),
        source: source.as_ref().map(ToString::to_string),
        stored_as: stored_as.iter().map(ToString::to_string).collect(),
        created: Some(meta.created.to_string()),
        mac: None,
    };
    let unsigned = to_wiped_json(&wire);
    wire.mac = Some(identity.authenticate(Authenticity::Session, &[&unsigned]));
    to_wiped_json(&wire)
}

/// The credentials of a session's decrypted file, if they may be used at `now` for a chain that
/// starts from `origin`.
pub(super) fn credentials_from_json(
    key: &CacheKey,
    origin: &SessionOrigin,
    identity: &Identity,
    now: Timestamp,
    bytes: &[u8],
) -> Option<Opened> {
    let mut wire: CredentialsWire = serde_json::from_slice(bytes).ok()?;
    let code = wire.mac.take()?;
    let unsigned = to_wiped_json(&wire);
    let authentic = identity.is_authentic(&code, Authenticity::Session, &[&unsigned]);
    if wire.version != VERSION || wire.cache_key != key.to_string() || !authentic {
        return None;
    }
    let sealed = self::origin(
        wire.source_key.take(),
        wire.source_account.take(),
        wire.source.take(),
        std::mem::take(&mut wire.stored_as),
    )?;
    let created = wire.created.as_deref()?.parse().ok()?;
    let expires_at = wire
        .expires_at
        .as_deref()
        .map(str::parse)
        .transpose()
        .ok()?;
    if !sealed.serves(origin) || !may_be_kept(created, expires_at, now) {
        return None;
    }
    let credentials = Credentials {
        access_key_id: wire.access_key_id.parse().ok()?,
        secret_access_key: wire.secret_access_key.parse().ok()?,
        session_token: wire
            .session_token
            .as_deref()
            .map(str::parse)
            .transpose()
            .ok()?,
        expires_at,
        account_id: wire
            .account_id
            .as_deref()
            .map(str::parse)
            .transpose()
            .ok()?,
    };
    Some(Opened {
        credentials,
        kept_until: kept_until(created, expires_at),
    })
}
