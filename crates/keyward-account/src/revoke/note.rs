//! The record that a revocation writes before it switches keys off: the keys, and that it has
//! begun. Tags of the user hold it. An account may refuse tags if a right or space is missing. Then
//! a policy of the user holds it, so that keys are never switched off without a record.

use std::collections::BTreeSet;

use keyward_core::Timestamp;
use keyward_core::id::AccessKeyId;
use keyward_iam::model::{Account, Tags, User};

use super::document::{denied_until, deny_user, deny_user_noting, statement_ids};
use super::kept::{self, Spare};
use super::{SPREAD, names};
use crate::desired::Entity;
use crate::plan::{Operation, PrincipalName, document_length};

/// The tag of a user that lists the access keys which a revocation switched off, separated by
/// blanks. An undo switches only these on again.
pub const REVOKED_KEYS_TAG: &str = "keyward:revoked-keys";

/// The tag of a user whose revocation has begun: set by the first call, removed by the last. A run
/// that finds it denies all sessions again, unless they are denied up to the time in the tag: the
/// earlier run was interrupted.
pub const REVOKING_TAG: &str = "keyward:revoking";

/// Writes the keys into tags of the user.
#[must_use]
pub fn note_in_tags(user: &User, keys: &BTreeSet<AccessKeyId>, now: Timestamp) -> Operation {
    let mut tags = Tags::from([(REVOKING_TAG.to_owned(), now.after(SPREAD).to_string())]);
    if !keys.is_empty() || user.tags.contains_key(REVOKED_KEYS_TAG) {
        let keys: Vec<&str> = keys.iter().map(AccessKeyId::as_str).collect();
        tags.insert(REVOKED_KEYS_TAG.to_owned(), keys.join(" "));
    }
    Operation::Tag {
        entity: Entity::User(user.name.clone()),
        tags,
    }
}

/// Writes the keys into a policy of the user, which denies the sessions up to now. It leaves room for
/// the denial that follows.
#[must_use]
pub fn note_in_policy(
    account: &Account,
    user: &User,
    keys: &BTreeSet<AccessKeyId>,
    now: Timestamp,
) -> Vec<Operation> {
    let until = now.after(SPREAD);
    let denial = names::of_user(&user.name);
    let spare = Spare {
        name: &denial.inline,
        length: document_length(&deny_user(until).into()),
    };
    let on = PrincipalName::User(user.name.clone());
    let document = deny_user_noting(keys, until);
    let names = names::of_note(&user.name);
    kept::put(account, (&on, &user.grants), &names, document, Some(spare))
}

/// The store of a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotedIn {
    /// Tags of the user.
    Tags,
    /// A policy of the user.
    Policy,
}

/// Closes the record of a finished revocation. One store keeps the keys. The other one is emptied: an
/// earlier run may have written deleted keys there, and each run would deny again.
#[must_use]
pub fn close(account: &Account, user: &User, noted: NotedIn) -> Vec<Operation> {
    let (mut calls, tags) = match noted {
        NotedIn::Tags => (removed(account, user), BTreeSet::from([REVOKING_TAG])),
        NotedIn::Policy => {
            let mut tags = BTreeSet::from([REVOKING_TAG, REVOKED_KEYS_TAG]);
            tags.retain(|tag| user.tags.contains_key(*tag));
            (Vec::new(), tags)
        }
    };
    if !tags.is_empty() {
        calls.push(Operation::Untag {
            entity: Entity::User(user.name.clone()),
            keys: tags.into_iter().map(str::to_owned).collect(),
        });
    }
    calls
}

/// Takes the record in a policy.
pub(super) fn removed(account: &Account, user: &User) -> Vec<Operation> {
    let (on, names) = (
        PrincipalName::User(user.name.clone()),
        names::of_note(&user.name),
    );
    let mut calls = kept::take((&on, &user.grants), &names);
    calls.extend(kept::delete(account, &names));
    calls
}

/// The keys that revocations of the user switched off. Some may be deleted since.
#[must_use]
pub fn noted_keys(account: &Account, user: &User) -> BTreeSet<AccessKeyId> {
    let tag = user.tags.get(REVOKED_KEYS_TAG).map_or("", String::as_str);
    let names = names::of_note(&user.name);
    let policies = kept::found(account, &user.grants, &names);
    let in_policy = policies.flat_map(statement_ids);
    let words = tag.split_whitespace().map(str::to_owned).chain(in_policy);
    let keys = words.filter_map(|word| word.parse().ok());
    // The user may write the tag.
    keys.filter(AccessKeyId::has_aws_shape).collect()
}

/// Whether a record of a revocation is left. Its first call writes one, and the last call of its undo
/// removes it.
pub(super) fn is_there(user: &User) -> bool {
    let mut tags = [REVOKING_TAG, REVOKED_KEYS_TAG].into_iter();
    let names = names::of_note(&user.name);
    let mut attached = user.grants.attached.iter();
    tags.any(|tag| user.tags.contains_key(tag))
        || user.grants.inline.contains_key(&names.inline)
        || attached.any(|arn| names.is_managed(arn))
}

/// Whether a revocation of the user has begun and did not deny the user's sessions. The record is older
/// than that denial once it was renewed.
pub(super) fn is_open(account: &Account, user: &User) -> bool {
    let until = |names| {
        let policies = kept::found(account, &user.grants, &names);
        policies.filter_map(denied_until).max()
    };
    let denial = until(names::of_user(&user.name));
    let begun = user.tags.get(REVOKING_TAG);
    let in_tags = begun.is_some_and(|begun| match begun.parse::<Timestamp>() {
        Ok(begun) => Some(begun) > denial,
        Err(_) => true,
    });
    in_tags || until(names::of_note(&user.name)) > denial
}

/// Removes the tag of a revocation that has denied everything.
#[must_use]
pub fn unmark(user: &User) -> Operation {
    Operation::Untag {
        entity: Entity::User(user.name.clone()),
        keys: BTreeSet::from([REVOKING_TAG.to_owned()]),
    }
}
