//! One entry of the session cache: its subject (a hop of the chain, or the source that the chain starts
//! from), how early it is renewed, and the metadata stored with it.

use std::time::Duration;

use keyward_core::chain::{CacheKey, Call, Chain, Hop};
use keyward_core::id::{ProfileName, RoleArn};
use keyward_vault::{SessionCall, SessionOrigin};
#[cfg(target_os = "linux")]
use {
    crate::session::session_tier,
    crate::state::local_state::now,
    keyward_core::Credentials,
    keyward_ready::Conditions,
    keyward_vault::{Reused, SessionStore},
    zeroize::Zeroizing,
};

use crate::session::margin;
use crate::session::source::{self, SourceEntry};
use crate::state::local_state::LocalState;

/// One entry of the cache.
pub(super) struct CacheEntry<'p> {
    /// Its name in the cache.
    pub(super) key: CacheKey,
    /// The call that returns it.
    pub(super) call: SessionCall,
    /// The life it must have left to be used.
    pub(super) margin: Duration,
    /// The keys that it was made from.
    pub(super) origin: SessionOrigin,
    of: Subject<'p>,
}

enum Subject<'p> {
    Hop(&'p Hop),
    Source(&'p Chain, String),
}

impl<'p> CacheEntry<'p> {
    pub(super) fn of_hop(local: &LocalState, chain: &Chain, hop: &'p Hop) -> Self {
        let wanted = if hop.mfa_serial.is_some() {
            margin::WITH_CODE
        } else {
            margin::SILENT
        };
        Self {
            key: hop.cache_key,
            call: match &hop.call {
                Call::AssumeRole(_) => SessionCall::AssumeRole,
                Call::GetSessionToken => SessionCall::GetSessionToken,
            },
            // A session asked to be very short would otherwise never be fresh enough.
            margin: wanted.min(hop.duration / 3),
            origin: source::origin(local, chain),
            of: Subject::Hop(hop),
        }
    }

    /// The source, where its answers are worth keeping.
    pub(super) fn of_base(local: &LocalState, chain: &'p Chain) -> Option<Self> {
        let SourceEntry { call, margin, what } = source::cached_as(&chain.base)?;
        Some(Self {
            key: chain.source_cache_key(),
            call,
            margin,
            origin: source::origin(local, chain),
            of: Subject::Source(chain, what),
        })
    }

    pub(super) fn profile(&self) -> &'p ProfileName {
        match &self.of {
            Subject::Hop(hop) => &hop.profile,
            Subject::Source(chain, _) => chain.base.profile().unwrap_or(&chain.profile),
        }
    }

    pub(super) fn role_arn(&self) -> Option<&'p RoleArn> {
        match &self.of {
            Subject::Hop(hop) => match &hop.call {
                Call::AssumeRole(role) => Some(&role.role_arn),
                Call::GetSessionToken => None,
            },
            Subject::Source(chain, _) => chain.base.role_arn(),
        }
    }

    pub(super) fn what(&self) -> String {
        match &self.of {
            Subject::Hop(hop) => describe(hop),
            Subject::Source(_, what) => what.clone(),
        }
    }
}

/// Keeps the answer that `make` builds from the session that a chain ends in, if the cache has
/// one that may be handed out.
#[cfg(target_os = "linux")]
pub(crate) fn keep_ready(
    local: &LocalState,
    chain: &Chain,
    conditions: &Conditions,
    make: impl FnOnce(&Credentials) -> Option<Vec<Zeroizing<String>>>,
) {
    let entry = match chain.hops.last() {
        Some(hop) => Some(CacheEntry::of_hop(local, chain, hop)),
        None => CacheEntry::of_base(local, chain),
    };
    if let Some(entry) = entry {
        let reused = Reused {
            key: &entry.key,
            origin: &entry.origin,
            margin: entry.margin,
        };
        let store = SessionStore::open(&local.paths, session_tier());
        store.keep_ready(conditions, &reused, now(), make);
    }
}

/// A hop, for people.
pub(super) fn describe(hop: &Hop) -> String {
    match &hop.call {
        Call::GetSessionToken => format!("session of profile `{}`", hop.profile),
        Call::AssumeRole(role) => format!("role {}", role.role_arn),
    }
}
