//! Tags of users and roles that the blueprint does not set although a policy looks at them. A plan
//! leaves the account's own tags, and cannot distinguish them from a tag that was once in the
//! blueprint. One that decides about rights must not stay unnoticed.

use std::collections::BTreeSet;

use keyward_iam::model::{Account, Document, Grants, Tags};

use super::tags::is_same_key;
use crate::desired::{Desired, Entity};

/// The beginnings of condition keys and variables about tags of users and roles, in small letters.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/access_iam-tags.html>
const ABOUT_TAGS: [&str; 2] = ["aws:principaltag/", "iam:resourcetag/"];

/// A tag that decides about rights and is not the blueprint's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StrayTag {
    /// The user or role.
    pub entity: Entity,
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
}

/// The tags of users and roles of the blueprint that it does not set, and that a policy of the account or
/// of the blueprint looks at.
#[must_use]
pub fn stray_tags(desired: &Desired, live: &Account) -> Vec<StrayTag> {
    let wanted = &desired.account;
    let mut decisive = BTreeSet::new();
    for account in [live, wanted] {
        add_decisive_keys(account, &mut decisive);
    }
    let mut stray = Vec::new();
    let mut add = |entity: Entity, wanted: &Tags, live: &Tags| {
        for (key, value) in live {
            let set = wanted.keys().any(|known| is_same_key(&entity, known, key));
            let own = key.starts_with("keyward:");
            if !set && !own && decisive.contains(&key.to_ascii_lowercase()) {
                stray.push(StrayTag {
                    entity: entity.clone(),
                    key: key.clone(),
                    value: value.clone(),
                });
            }
        }
    };
    for user in wanted.users.values() {
        if let Some(live) = live.users.get(&user.name) {
            add(Entity::User(user.name.clone()), &user.tags, &live.tags);
        }
    }
    for role in wanted.roles.values() {
        if let Some(live) = live.roles.get(&role.name) {
            add(Entity::Role(role.name.clone()), &role.tags, &live.tags);
        }
    }
    stray
}

/// Adds the keys, in small letters, of the tags that policies of an account look at.
fn add_decisive_keys(account: &Account, keys: &mut BTreeSet<String>) {
    let users = account.users.values().map(|it| &it.grants);
    let groups = account.groups.values().map(|it| &it.grants);
    let roles = account.roles.values().map(|it| &it.grants);
    let inline = users.chain(groups).chain(roles);
    let inline = inline.flat_map(|grants: &Grants| grants.inline.values());
    let trusts = account.roles.values().map(|it| &it.trust);
    let managed = account.policies.values().map(|it| &it.document);
    for document in inline.chain(trusts).chain(managed) {
        add_keys_of(document, keys);
    }
}

fn add_keys_of(document: &Document, keys: &mut BTreeSet<String>) {
    let text = document.to_json().to_ascii_lowercase();
    for prefix in ABOUT_TAGS {
        for rest in text.split(prefix).skip(1) {
            let end = rest.find(['"', '}', ',']).unwrap_or(rest.len());
            keys.insert(rest[..end].trim_end().to_owned());
        }
    }
}
