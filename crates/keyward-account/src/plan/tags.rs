//! Tags: only the keys that the blueprint sets are compared. Tags of the account's own stay.

use std::collections::BTreeSet;

use keyward_iam::model::Tags;

use super::operation::Operation;
use super::step::Change;
use super::work::{Ownership, Work};
use crate::desired::Entity;
use crate::ownership::BLUEPRINT_TAG;

/// The tags that a new entity gets. The mark of the blueprint is left out, because every entity
/// that keyward makes has it.
pub(super) fn added(wanted: &Tags) -> impl Iterator<Item = Change> {
    let own = wanted.iter().filter(|(key, _)| *key != BLUEPRINT_TAG);
    own.map(|(key, value)| set_to(key, value))
}

fn set_to(key: &str, value: &str) -> Change {
    Change::add(format!("tag `{key}` is `{value}`"))
}

/// Whether two keys mean the same tag of an entity. AWS ignores their case for users and roles only.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#id_tags_rules>
pub(super) fn is_same_key(entity: &Entity, one: &str, other: &str) -> bool {
    match entity {
        Entity::User(_) | Entity::Role(_) => one.eq_ignore_ascii_case(other),
        Entity::Group(_) | Entity::Policy(_) | Entity::OidcProvider(_) => one == other,
    }
}

/// Adds what makes the tags of an entity right. An adopted entity loses the mark of the
/// blueprint, should it have one.
pub(super) fn compare(
    entity: &Entity,
    ownership: Ownership,
    live: &Tags,
    wanted: &Tags,
    work: &mut Work,
) {
    let mut set = Tags::new();
    for (key, value) in wanted {
        let held = live.iter().find(|(held, _)| is_same_key(entity, held, key));
        if held.is_some_and(|(_, held)| held == value) {
            continue;
        }
        work.changes.push(match held {
            None => set_to(key, value),
            Some((_, held)) => Change::alter(format!("tag `{key}` `{held}` becomes `{value}`")),
        });
        set.insert(key.clone(), value.clone());
    }
    if !set.is_empty() {
        let entity = entity.clone();
        work.operations.push(Operation::Tag { entity, tags: set });
    }
    if ownership == Ownership::Adopted && live.contains_key(BLUEPRINT_TAG) {
        work.push(
            Change::remove(format!("tag `{BLUEPRINT_TAG}`: adopted from now on")),
            Operation::Untag {
                entity: entity.clone(),
                keys: BTreeSet::from([BLUEPRINT_TAG.to_owned()]),
            },
        );
    }
}
