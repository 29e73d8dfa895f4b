//! One line of the log. Refuses lines that lack what every entry has.

use std::borrow::Cow;

use keyward_core::Timestamp;
use keyward_core::id::{AccessKeyId, ProfileName, RoleArn};
use keyward_ready::log::{NextLine, quoted};
use serde::Deserialize;
use serde_json::{Value, json};

/// One hand-out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The time.
    pub(crate) time: Timestamp,
    /// The profile asked for.
    pub(crate) profile: ProfileName,
    /// The last role of its chain.
    pub(crate) role: Option<RoleArn>,
    /// The role session's name, as CloudTrail shows it.
    pub(crate) session: Option<String>,
    /// The id of what was handed out, as CloudTrail shows it.
    pub(crate) access_key_id: AccessKeyId,
    /// The end of the credentials.
    pub(crate) expires_at: Option<Timestamp>,
    /// The way of the hand-out.
    pub(crate) how: How,
    /// The process that handed out.
    pub(crate) pid: u32,
    /// The name of the program that started it.
    pub(crate) parent: Option<String>,
}

/// The ways out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum How {
    /// `exec`
    Exec,
    /// `env`
    Env,
    /// `credential-process`
    CredentialProcess,
    /// `refresh`
    Refresh,
    /// `assume`
    Assume,
    /// `login`
    Login,
    /// `serve`, and `exec --server`
    Server,
    /// No way out, but a step in a key's life: AWS made it.
    KeyMade,
    /// It is in its place in the vault.
    KeyPlaced,
    /// It is at its destination outside.
    KeyDelivered,
    /// It was switched off.
    KeyOff,
    /// It was deleted at AWS.
    KeyDeleted,
}

impl How {
    const ALL: [Self; 12] = [
        Self::Exec,
        Self::Env,
        Self::CredentialProcess,
        Self::Refresh,
        Self::Assume,
        Self::Login,
        Self::Server,
        Self::KeyMade,
        Self::KeyPlaced,
        Self::KeyDelivered,
        Self::KeyOff,
        Self::KeyDeleted,
    ];

    /// The command's name.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Exec => "exec",
            Self::Env => "env",
            Self::CredentialProcess => "credential-process",
            Self::Refresh => "refresh",
            Self::Assume => "assume",
            Self::Login => "login",
            Self::Server => "server",
            Self::KeyMade => "key-made",
            Self::KeyPlaced => "key-placed",
            Self::KeyDelivered => "key-delivered",
            Self::KeyOff => "key-off",
            Self::KeyDeleted => "key-deleted",
        }
    }
}

/// The line is not an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Unreadable;

impl Entry {
    /// The entry as JSON, without its place in the chain.
    pub(crate) fn to_json(&self) -> Value {
        let Self {
            time,
            profile,
            role,
            session,
            access_key_id,
            expires_at,
            how,
            pid,
            parent,
        } = self;
        json!({
            "time": time.to_string(),
            "profile": profile.as_str(),
            "role": role.as_ref().map(RoleArn::as_str),
            "session": session,
            "access_key_id": access_key_id.as_str(),
            "expires_at": expires_at.map(|end| end.to_string()),
            "how": how.as_str(),
            "pid": pid,
            "parent": parent,
        })
    }

    /// The line of the file, without its end.
    pub(super) fn to_line(&self, previous: &str) -> String {
        NextLine {
            time: self.time,
            what: &self.what(),
            pid: self.pid,
            parent: self.parent.as_deref(),
        }
        .to_text(previous)
    }

    /// The part of the line that is the same whenever the same is handed out the same way.
    pub(super) fn what(&self) -> String {
        let Self {
            time: _,
            profile,
            role,
            session,
            access_key_id,
            expires_at,
            how,
            pid: _,
            parent: _,
        } = self;
        let or_null = |text: Option<&str>| text.map_or_else(|| "null".to_owned(), quoted);
        let expires_at = expires_at.map(|end| end.to_string());
        format!(
            "\"profile\":{},\"role\":{},\"session\":{},\"access_key_id\":{},\"expires_at\":{},\"how\":{}",
            quoted(profile.as_str()),
            or_null(role.as_ref().map(RoleArn::as_str)),
            or_null(session.as_deref()),
            quoted(access_key_id.as_str()),
            or_null(expires_at.as_deref()),
            quoted(how.as_str()),
        )
    }

    /// Reads a line, and its digest of the previous line.
    pub(super) fn read(line: &[u8]) -> Result<(Self, String), Unreadable> {
        let wire: Wire<'_> = serde_json::from_slice(line).map_err(|_| Unreadable)?;
        let entry = || -> Option<Self> {
            Some(Self {
                time: wire.time.parse().ok()?,
                profile: wire.profile.parse().ok()?,
                role: wire.role.and_then(|arn| arn.parse().ok()),
                session: wire.session.map(Cow::into_owned),
                access_key_id: wire.access_key_id.parse().ok()?,
                expires_at: wire.expires_at.and_then(|end| end.parse().ok()),
                how: How::ALL.into_iter().find(|how| how.as_str() == wire.how)?,
                pid: wire.pid,
                parent: wire.parent.map(Cow::into_owned),
            })
        };
        let previous = wire.previous.into_owned();
        Ok((entry().ok_or(Unreadable)?, previous))
    }
}

/// A line as it is read. Most of it is compared and thrown away, so it is borrowed.
#[derive(Deserialize)]
struct Wire<'l> {
    #[serde(borrow)]
    time: Cow<'l, str>,
    #[serde(borrow)]
    profile: Cow<'l, str>,
    #[serde(borrow, default)]
    role: Option<Cow<'l, str>>,
    #[serde(borrow, default)]
    session: Option<Cow<'l, str>>,
    #[serde(borrow)]
    access_key_id: Cow<'l, str>,
    #[serde(borrow, default)]
    expires_at: Option<Cow<'l, str>>,
    #[serde(borrow)]
    how: Cow<'l, str>,
    pid: u32,
    #[serde(borrow, default)]
    parent: Option<Cow<'l, str>>,
    #[serde(borrow)]
    previous: Cow<'l, str>,
}
