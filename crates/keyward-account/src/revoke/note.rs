//! The record that a revocation writes before it switches keys off: the keys, and that it has
//! begun. Tags of the user hold it. An account may refuse tags if a right or space is missing. Then
//! an inline policy of the user holds it, so that keys are never switched off without a record.

use std::collections::BTreeSet;

use keyward_core::Timestamp;
use keyward_core::id::AccessKeyId;
use keyward_iam::model::{Tags, User};

use super::document::{denied_until, deny_user_noting, statement_ids};
use super::{SPREAD, names};
use crate::desired::Entity;
use crate::plan::{Operation, PrincipalName};

/// The tag of a user that lists the access keys which a revocation switched off, separated by
/// blanks. An undo switches only these on again.
pub const REVOKED_KEYS_TAG: &str = "keyward:revoked-keys";

/// The tag of a user whose revocation has begun: set by the first call, removed by the last. A run
/// that finds it denies all sessions again, because an earlier run was interrupted.
pub const REVOKING_TAG: &str = "keyward:revoking";

/// Writes the keys into tags of the user.
#[must_use]
pub fn note_in_tags(user: &User, keys: &BTreeSet<AccessKeyId>, now: Timestamp) -> Operation {
    let mut tags = Tags::from([(REVOKING_TAG.to_owned(), now.after(SPREAD).to_string())]);
    if !keys.is_empty() {
        let keys: Vec<&str> = keys.iter().map(AccessKeyId::as_str).collect();
        tags.insert(REVOKED_KEYS_TAG.to_owned(), keys.join(" "));
    }
    Operation::Tag {
        entity: Entity::User(user.name.clone()),
        tags,
    }
}

/// Writes the keys into an inline policy of the user, which denies the sessions up to now.
#[must_use]
pub fn note_in_policy(user: &User, keys: &BTreeSet<AccessKeyId>, now: Timestamp) -> Operation {
    Operation::PutInlinePolicy {
        on: PrincipalName::User(user.name.clone()),
        name: names::of_note(),
        document: deny_user_noting(keys, now.after(SPREAD)),
    }
}

/// The keys that revocations of the user switched off. Some may be deleted since.
#[must_use]
pub fn noted_keys(user: &User) -> BTreeSet<AccessKeyId> {
    let tag = user.tags.get(REVOKED_KEYS_TAG).map_or("", String::as_str);
    let policy = user.grants.inline.get(&names::of_note());
    let in_policy = policy.map(statement_ids).unwrap_or_default();
    let words = tag.split_whitespace().map(str::to_owned).chain(in_policy);
    let keys = words.filter_map(|word| word.parse().ok());
    // The user may write the tag.
    keys.filter(AccessKeyId::has_aws_shape).collect()
}

/// Whether a record of a revocation is left. Its first call writes one, and the last call of its undo
/// removes it.
pub(super) fn is_there(user: &User) -> bool {
    let mut tags = [REVOKING_TAG, REVOKED_KEYS_TAG].into_iter();
    tags.any(|tag| user.tags.contains_key(tag))
        || user.grants.inline.contains_key(&names::of_note())
}

/// Whether a revocation of the user has begun and did not finish. The policy is older
/// than the denial of the user's sessions once that was renewed.
pub(super) fn is_open(user: &User) -> bool {
    let until = |name| user.grants.inline.get(&name).and_then(denied_until);
    user.tags.contains_key(REVOKING_TAG) || until(names::of_note()) > until(names::of_user())
}
