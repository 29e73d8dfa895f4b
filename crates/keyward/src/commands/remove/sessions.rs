//! The sessions that go with a profile: those its plans keep, and those made from its key under
//! whatever profile. A profile without a key or source of its own, such as a role over another
//! profile's key, loses its own sessions; the session that it starts from serves others too.

use std::collections::BTreeSet;

use keyward_core::id::{AccessKeyId, ProfileName};
use keyward_core::plan::{Base, CacheKey, Flags, HandOut, Plan, StoredKey};
use keyward_vault::{SessionCall, SessionEntry, SessionMeta, SessionStore};

use crate::error::CliError;
use crate::session::{after_answers, fingerprint};
use crate::world::{World, now};

/// What a profile has of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Source {
    /// A key or another source: everything made from it goes.
    Own,
    /// Another profile's: only the profile's last step goes.
    Borrowed,
}

/// Forgets them, and says how many could still be used. What is made from a key that `others`
/// hold too, and go on using, stays theirs.
pub(super) fn forget(
    world: &World,
    store: &SessionStore,
    profile: &ProfileName,
    stored: Option<&StoredKey>,
    others: &[ProfileName],
) -> Result<usize, CliError> {
    let kept = store.list(now());
    let of = |profile: &ProfileName| -> Vec<Plan> {
        let plans = plans(world, profile).into_iter();
        plans.flat_map(|plan| after_answers(plan, &kept)).collect()
    };
    let plans = of(profile);
    let theirs: BTreeSet<CacheKey> = others
        .iter()
        .flat_map(of)
        .flat_map(|plan| kept_by(&plan).collect::<Vec<_>>())
        .collect();
    let source = plans.iter().find_map(|plan| own_source(plan, profile));
    let has_key = stored.is_some() || plans.iter().any(|plan| own_key(plan, profile).is_some());
    let whose = match has_key || source.is_some() {
        true => Source::Own,
        false => Source::Borrowed,
    };
    // Both ways to hand out, and both reasons to go, may name the same session.
    let planned: BTreeSet<CacheKey> = plans
        .iter()
        .flat_map(|plan| match whose {
            Source::Own => kept_by(plan).collect::<Vec<_>>(),
            Source::Borrowed => vec![last_step(plan)],
        })
        .filter(|key| !theirs.contains(key))
        .collect();
    let own: BTreeSet<&AccessKeyId> = stored
        .map(|key| &key.access_key_id)
        .into_iter()
        .chain(plans.iter().filter_map(|plan| own_key(plan, profile)))
        .filter(|_| others.is_empty())
        .collect();
    let concerned = |entry: &SessionEntry| {
        let SessionMeta {
            profile: made_for,
            origin,
            call,
            ..
        } = &entry.meta;
        // With flags, a session has another name than the plan knows.
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

/// A profile's plans without flags: to hand out static credentials, and such as renew themselves.
pub(crate) fn plans(world: &World, profile: &ProfileName) -> Vec<Plan> {
    let plan = |hand_out| {
        let flags = Flags {
            hand_out,
            ..Flags::default()
        };
        world.resolve(profile, flags).ok()
    };
    let both = [HandOut::Static, HandOut::Refreshing];
    both.into_iter().filter_map(plan).collect()
}

/// What a plan keeps: the source, where that is kept, and every step after it.
pub(crate) fn kept_by(plan: &Plan) -> impl Iterator<Item = CacheKey> {
    let hops = plan.hops.iter().map(|hop| hop.cache_key.clone());
    hops.chain([plan.base_cache_key()])
}

/// What a plan hands out in the end.
fn last_step(plan: &Plan) -> CacheKey {
    let last = plan.hops.last().map(|hop| hop.cache_key.clone());
    last.unwrap_or_else(|| plan.base_cache_key())
}

/// The key that a profile holds itself; a profile that borrows another's has none.
fn own_key<'p>(plan: &'p Plan, profile: &ProfileName) -> Option<&'p AccessKeyId> {
    match &plan.base {
        Base::VaultKey {
            profile: holder,
            access_key_id,
            ..
        }
        | Base::Static {
            profile: holder,
            access_key_id,
            ..
        } => (holder == profile).then_some(access_key_id),
        _ => None,
    }
}

/// The same for a source that is no key.
fn own_source(plan: &Plan, profile: &ProfileName) -> Option<CacheKey> {
    match &plan.base {
        Base::Process {
            profile: holder, ..
        }
        | Base::WebIdentity {
            profile: holder, ..
        }
        | Base::Sso {
            profile: holder, ..
        }
        | Base::LoginSession {
            profile: holder, ..
        } if holder == profile => fingerprint(plan),
        _ => None,
    }
}
