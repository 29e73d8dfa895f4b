//! The sessions that go with a profile: those its plans keep, and those made from its key under
//! whatever profile.

use std::collections::BTreeSet;

use keyward_core::id::{AccessKeyId, ProfileName};
use keyward_core::plan::{Base, CacheKey, Flags, HandOut, Plan, StoredKey};
use keyward_vault::{SessionEntry, SessionMeta, SessionStore};

use crate::error::CliError;
use crate::session::{after_answers, fingerprint};
use crate::world::{World, now};

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
    // Both ways to hand out, and both reasons to go, may name the same session.
    let planned: BTreeSet<CacheKey> = plans
        .iter()
        .flat_map(kept_by)
        .filter(|key| !theirs.contains(key))
        .collect();
    let own: BTreeSet<&AccessKeyId> = stored
        .map(|key| &key.access_key_id)
        .into_iter()
        .chain(plans.iter().filter_map(|plan| own_key(plan, profile)))
        .filter(|_| others.is_empty())
        .collect();
    let source = plans.iter().find_map(|plan| own_source(plan, profile));
    let concerned = |entry: &SessionEntry| {
        let SessionMeta {
            profile: made_for,
            origin,
            ..
        } = &entry.meta;
        // With flags, a session has another name than the plan knows.
        planned.contains(&entry.key)
            || (made_for == profile && !theirs.contains(&entry.key))
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
