//! The effect of a change of the accounts on people: the proof before and the proof after. What
//! depended on the request, and no longer does, is gained; the other way round, it is lost.

use std::collections::{BTreeMap, BTreeSet};

use keyward_core::id::RoleArn;

use super::scenario::Scenario;
use super::sweep::Swept;
use super::{Path, Powers, Proof, UserKey};
use crate::plan::effect::{Effect, Effects, Reach};

/// Returns the gains and losses of users from one proof to another, account by account under the
/// names that the proofs use. Actions that AWS answers to everyone do not count.
#[must_use]
pub fn effects(before: &Proof, after: &Proof) -> BTreeMap<Option<String>, Effects> {
    let mut effects: BTreeMap<Option<String>, Effects> = BTreeMap::new();
    let users: BTreeSet<&UserKey> = before.users.keys().chain(after.users.keys()).collect();
    let nothing = Powers::default();
    for key in users {
        let own = effects.entry(key.account.clone()).or_default();
        for scenario in Scenario::ALL {
            let powers = |proof: &'_ Proof| {
                proof
                    .users
                    .get(key)
                    .map_or_else(|| nothing.clone(), |user| user.powers(scenario).clone())
            };
            let (old, new) = (powers(before), powers(after));
            let effect = Effect {
                user: key.name.clone(),
                context: scenario,
                gains: more(&new, &old),
                loses: more(&old, &new),
            };
            if effect.gains != Reach::default() || effect.loses != Reach::default() {
                own.users.push(effect);
            }
            for role in new
                .roles
                .keys()
                .filter(|role| old.roles.contains_key(*role))
            {
                if before.roles.get(role) != after.roles.get(role)
                    || before.undecided_of_roles.get(role) != after.undecided_of_roles.get(role)
                {
                    own.roles_changed.insert(role.clone());
                }
            }
        }
    }
    effects
}

fn more(here: &Powers, there: &Powers) -> Reach {
    let free: super::ActionSet = super::sweep::FREE.iter().collect();
    let more = Swept::of(here).beyond(&Swept::of(there)).without(&free);
    let is_new = |(role, path): &(&RoleArn, &Path)| {
        let known = there.roles.get(*role);
        known.is_none_or(|known| path.certain && !known.certain)
    };
    let roles = here.roles.iter().filter(is_new);
    Reach {
        actions: more.names().collect(),
        roles: roles.map(|(role, _)| role.clone()).collect(),
    }
}

#[cfg(test)]
mod tests;
