//! The sessions that go with a profile: those its chains keep, and those made from its key under
//! whatever profile. A profile without a key or source of its own, such as a role over another
//! profile's key, loses its own sessions; the session that it starts from serves others too.

use std::borrow::Cow;
use std::collections::BTreeSet;

use keyward_core::chain::{Base, CacheKey, Chain, Flags, HandOut, StoredKey};
use keyward_core::id::{AccessKeyId, ProfileName};
use keyward_vault::{SessionCall, SessionEntry, SessionMeta, SessionStore};

use crate::screen::error::CliError;
use crate::session::{LastAnswers, after_answers, fingerprint};
use crate::state::local_state::{LocalState, now};

/// The profile's own source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// A key or another source: everything made from it goes.
    Own,
    /// Another profile's: only the profile's last step goes.
    Borrowed,
}

/// Forgets them, and says how many could still be used. Sessions from a key that `others` also hold
/// and still use stay.
pub(super) fn forget(
    local: &LocalState,
    store: &SessionStore,
    profile: &ProfileName,
    stored: Option<&StoredKey>,
    others: &[ProfileName],
) -> Result<usize, CliError> {
    let kept = store.list(now());
    let answers = LastAnswers::of(&kept);
    let of = |profile: &ProfileName| -> Vec<Chain> {
        let plans = plans(local, profile);
        plans
            .iter()
            .flat_map(|chain| after_answers(chain, &answers))
            .map(Cow::into_owned)
            .collect()
    };
    let plans = of(profile);
    let theirs: BTreeSet<CacheKey> = others
        .iter()
        .flat_map(of)
        .flat_map(|chain| kept_by(&chain).collect::<Vec<_>>())
        .collect();
    let source = plans.iter().find_map(|chain| own_source(chain, profile));
    let has_key = stored.is_some() || plans.iter().any(|chain| own_key(chain, profile).is_some());
    let whose = match has_key || source.is_some() {
        true => Source::Own,
        false => Source::Borrowed,
    };
    // Both ways to hand out, and both reasons to go, may name the same session.
    let planned: BTreeSet<CacheKey> = plans
        .iter()
        .flat_map(|chain| match whose {
            Source::Own => kept_by(chain).collect::<Vec<_>>(),
            Source::Borrowed => vec![last_step(chain)],
        })
        .filter(|key| !theirs.contains(key))
        .collect();
    let own: BTreeSet<&AccessKeyId> = stored
        .map(|key| &key.access_key_id)
        .into_iter()
        .chain(plans.iter().filter_map(|chain| own_key(chain, profile)))
        .filter(|_| others.is_empty())
        .collect();
    let concerned = |entry: &SessionEntry| {
        let SessionMeta {
            profile: made_for,
            origin,
            call,
            ..
        } = &entry.meta;
        // With flags, a session has a name that the chain does not know.
        planned.contains(&entry.key)
            || (made_for == profile
                && !theirs.contains(&entry.key)
                && (whose == Source::Own || *call != SessionCall::GetSessionToken))
            || origin.key.as_ref().is_some_and(|id| own.contains(id))
            || own.contains(&entry.access_key_id)
            || (source.is_some() && origin.source == source)
    };
    let usable: Vec<&SessionEntry> = kept.iter().filter(|entry| concerned(entry)).collect();
    for key in usable.iter().map(|entry| &entry.key).chain(&planned) {
        store.remove(key)?;
    }
    for id in &own {
        store.remove_for(id)?;
    }
    Ok(usable.len())
}

/// A profile's chains without flags: to hand out static credentials, and such as renew themselves.
pub(crate) fn plans(local: &LocalState, profile: &ProfileName) -> Vec<Chain> {
    let chain = |hand_out| {
        let flags = Flags {
            hand_out,
            ..Flags::default()
        };
        local.resolve(profile, flags).ok()
    };
    let both = [HandOut::Static, HandOut::Refreshing];
    both.into_iter().filter_map(chain).collect()
}

/// The cache entries of a chain: its source, if that is cached, and every hop after it.
pub(crate) fn kept_by(chain: &Chain) -> impl Iterator<Item = CacheKey> {
    let hops = chain.hops.iter().map(|hop| hop.cache_key);
    hops.chain([chain.base_cache_key()])
}

/// Returns the cache key of a chain's last step.
fn last_step(chain: &Chain) -> CacheKey {
    let last = chain.hops.last().map(|hop| hop.cache_key);
    last.unwrap_or_else(|| chain.base_cache_key())
}

/// The key that a profile holds itself; a profile that borrows another's has none.
fn own_key<'p>(chain: &'p Chain, profile: &ProfileName) -> Option<&'p AccessKeyId> {
    match &chain.base {
        Base::VaultKey(_) | Base::Static(_) if chain.base.profile() == Some(profile) => {
            chain.base.key_id()
        }
        _ => None,
    }
}

/// The same for a source that is not a key.
fn own_source(chain: &Chain, profile: &ProfileName) -> Option<CacheKey> {
    (chain.base.profile() == Some(profile))
        .then(|| fingerprint(chain))
        .flatten()
}
