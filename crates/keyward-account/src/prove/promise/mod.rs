//! The promises, each with the check that looks for what breaks it, and further checks for what
//! people should know. Every finding names the statement behind it.

mod administrators;
mod enrolment;
mod grants;
mod guard;
mod roles;
mod unknown;
mod widen;
mod without_mfa;

use std::collections::BTreeMap;

use keyward_core::id::RoleArn;

use super::action_set::ActionSet;
use super::finding::Finding;
use super::people::UserKey;
use super::{UserProof, World};

/// What is found, the worst first, then by subject and id.
pub(super) fn findings(
    world: &World<'_>,
    users: &BTreeMap<UserKey, UserProof>,
    roles: &BTreeMap<RoleArn, ActionSet>,
) -> Vec<Finding> {
    let mut found = Vec::new();
    for person in world.people {
        let Some(proof) = users.get(&person.key) else {
            continue;
        };
        without_mfa::check(world, person, proof, &mut found);
        roles::check(world, person, proof, &mut found);
        guard::check(world, person, proof, &mut found);
        enrolment::check(world, person, proof, &mut found);
        administrators::check(world, person, proof, roles, &mut found);
        widen::check_user(world, person, proof, &mut found);
    }
    widen::check_roles(world, roles, &mut found);
    grants::check(world, &mut found);
    unknown::check(world, &mut found);
    found.sort_by(|a, b| {
        let key = |f: &Finding| {
            (
                std::cmp::Reverse(f.severity),
                f.subject.clone(),
                f.id.clone(),
            )
        };
        key(a).cmp(&key(b))
    });
    found.dedup_by(|a, b| a.id == b.id && a.subject == b.subject);
    found
}

#[cfg(test)]
mod tests;
