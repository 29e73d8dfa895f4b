//! The sessions that go with a profile: those its plans keep, and those made from its key under
//! whatever profile.

use std::collections::BTreeSet;

use keyward_core::id::{AccessKeyId, ProfileName};
use keyward_core::plan::{Base, CacheKey, Flags, HandOut, Plan, StoredKey};
use keyward_vault::SessionStore;

use crate::error::CliError;
use crate::world::{World, now};

/// Forgets them, and says how many could still be used.
pub(super) fn forget(
    world: &World,
    store: &SessionStore,
    profile: &ProfileName,
    stored: Option<&StoredKey>,
) -> Result<usize, CliError> {
    let plans: Vec<Plan> = [HandOut::Static, HandOut::Refreshing]
        .into_iter()
        .filter_map(|hand_out| {
            let flags = Flags {
                hand_out,
                ..Flags::default()
            };
            world.resolve(profile, flags).ok()
        })
        .collect();
    // Both ways to hand out, and both reasons to go, may name the same session.
    let planned: BTreeSet<CacheKey> = plans.iter().flat_map(kept_by).collect();
    let own: BTreeSet<&AccessKeyId> = stored
        .map(|key| &key.access_key_id)
        .into_iter()
        .chain(plans.iter().filter_map(|plan| own_key(plan, profile)))
        .collect();
    let of_key = |id: &Option<AccessKeyId>| id.as_ref().is_some_and(|id| own.contains(id));
    let count = store
        .list(now())
        .iter()
        .filter(|entry| {
            planned.contains(&entry.key)
                || of_key(&entry.meta.source_key)
                || own.contains(&entry.access_key_id)
        })
        .count();
    for key in &planned {
        store.remove(key)?;
    }
    for id in own {
        store.remove_for(id)?;
    }
    Ok(count)
}

/// What a plan keeps: the source, where that is kept, and every step after it.
fn kept_by(plan: &Plan) -> impl Iterator<Item = CacheKey> {
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
