//! What a change of the accounts does to people: the proof before and the proof after.

use std::collections::{BTreeMap, BTreeSet};

use super::scenario::Scenario;
use super::{Powers, Proof, UserKey};
use crate::plan::effect::{Effect, Effects, Reach};

/// What users gain and lose from one proof to another, account by account under the names that
/// the proofs use. What AWS answers to everyone counts for nobody.
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
                if before.roles.get(role) != after.roles.get(role) {
                    own.roles_changed.insert(role.clone());
                }
            }
        }
    }
    effects
}

fn more(here: &Powers, there: &Powers) -> Reach {
    let roles = here.roles.keys();
    let free: super::ActionSet = super::sweep::FREE.iter().collect();
    Reach {
        actions: here
            .actions
            .without(&there.actions)
            .without(&free)
            .names()
            .collect(),
        roles: roles
            .filter(|role| !there.roles.contains_key(*role))
            .cloned()
            .collect(),
    }
}

#[cfg(test)]
mod tests;
