//! The lost laptop: what makes every key and session of one user useless at once, and what takes
//! that back. It plans the calls; it makes none, and it deletes nothing but the console password.
//!
//! The order matters. Keys are switched off before sessions are denied, so that no session made
//! in between escapes.

mod document;
mod unreached;

use std::collections::BTreeSet;
use std::time::Duration;

use keyward_core::Timestamp;
use keyward_core::id::{AccessKeyId, PolicyName, RoleName, UserName};
use keyward_iam::model::{Account, Role, Tags, User};

pub use document::{denied_until, deny_user, deny_user_in_role};
pub use unreached::{Unreached, unreached};

use crate::desired::Entity;
use crate::graph::{roles_in_reach, roles_in_reach_across};
use crate::leaver::Leaver;
use crate::plan::{Operation, PrincipalName, UserCredential};

/// The tag of a user that lists the access keys which a revocation switched off, separated by
/// blanks. Undoing switches these on again, and no others.
pub const REVOKED_KEYS_TAG: &str = "keyward:revoked-keys";

/// The tag of a user whose revocation has begun: set by the first call, removed by the last. A
/// run that finds it denies all sessions once more, because an earlier run was interrupted.
pub const REVOKING_TAG: &str = "keyward:revoking";

/// How the names of the inline policies begin that deny old sessions. No plan takes them away.
pub const REVOCATION_POLICY: &str = "keyward-revoked";

/// How long IAM may need until a key that was switched off is refused everywhere. Sessions made
/// in this time are denied too.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_general.html#troubleshoot_general_eventual-consistency>
const SPREAD: Duration = Duration::from_secs(60);

/// What the user holds now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The access keys that are switched on.
    pub active: BTreeSet<AccessKeyId>,
    /// The access keys that are switched off.
    pub inactive: BTreeSet<AccessKeyId>,
    /// Whether the user can sign in to the console.
    pub console: Console,
}

/// Whether a user has a console password.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Console {
    /// The user has one.
    Password,
    /// The user has none.
    None,
}

/// One call.
#[derive(Debug, Clone, PartialEq)]
pub enum Measure {
    /// `UpdateAccessKey`: off.
    SwitchOff(AccessKeyId),
    /// `UpdateAccessKey`: on.
    SwitchOn(AccessKeyId),
    /// A call that plans have too.
    Call(Operation),
    /// The last call: made only once every other one was done.
    Finish(Operation),
}

impl Measure {
    /// The same call at a later time: a denial covers the sessions up to then. A person may take long
    /// to agree, and a thief may make a session meanwhile.
    #[must_use]
    pub fn at(&self, user: &User, now: Timestamp) -> Self {
        let Self::Call(Operation::PutInlinePolicy { on, name, .. }) = self else {
            return self.clone();
        };
        let until = now.after(SPREAD);
        let document = match on {
            PrincipalName::User(_) => deny_user(until),
            _ => deny_user_in_role(user, until),
        };
        Self::Call(Operation::PutInlinePolicy {
            on: on.clone(),
            name: name.clone(),
            document,
        })
    }
}

/// Whether an inline policy of this name denies revoked sessions.
#[must_use]
pub fn is_revocation(name: &PolicyName) -> bool {
    let rest = name.as_str().strip_prefix(REVOCATION_POLICY);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
}

/// The user whose sessions of a role the inline policy of this name denies.
#[must_use]
pub fn revoked_user(name: &PolicyName) -> Option<UserName> {
    let rest = name.as_str().strip_prefix(REVOCATION_POLICY)?;
    rest.strip_prefix('.')?.parse().ok()
}

/// The calls that revoke everything that is not revoked yet; none where nothing is left to do.
///
/// The policies of an earlier run stay as they are, unless the user has come by a key or a
/// password since: then sessions up to now are denied.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html>
#[must_use]
pub fn revoke(account: &Account, user: &User, held: &Held, now: Timestamp) -> Vec<Measure> {
    let until = now.after(SPREAD);
    let renewal = Renewal::of(user, held);
    let mut measures = Vec::new();
    if renewal == Renewal::Needed {
        let mut tags = Tags::from([(REVOKING_TAG.to_owned(), until.to_string())]);
        if !held.active.is_empty() {
            let keys = held.active.union(&recorded(&user.tags)).cloned().collect();
            tags.insert(REVOKED_KEYS_TAG.to_owned(), listed(&keys));
        }
        measures.push(Measure::Call(Operation::Tag {
            entity: Entity::User(user.name.clone()),
            tags,
        }));
    }
    measures.extend(held.active.iter().cloned().map(Measure::SwitchOff));
    if held.console == Console::Password {
        measures.push(Measure::Call(Operation::DeleteCredentials {
            user: user.name.clone(),
            kind: UserCredential::LoginProfile,
        }));
    }
    let name = user_policy();
    if renewal == Renewal::Needed || !user.grants.inline.contains_key(&name) {
        measures.push(Measure::Call(Operation::PutInlinePolicy {
            on: PrincipalName::User(user.name.clone()),
            name,
            document: deny_user(until),
        }));
    }
    let roles = denied_roles(account, user);
    measures.extend(deny_in(account, roles, user, renewal, until));
    if renewal == Renewal::Needed {
        measures.push(Measure::Finish(Operation::Untag {
            entity: Entity::User(user.name.clone()),
            keys: BTreeSet::from([REVOKING_TAG.to_owned()]),
        }));
    }
    measures
}

/// The calls that deny the old sessions of roles in one of the other accounts that belong
/// together. They come before the [`Measure::Finish`] of [`revoke`].
#[must_use]
pub fn revoke_elsewhere(
    accounts: &[&Account],
    other: &Account,
    home: (&Account, &User),
    held: &Held,
    now: Timestamp,
) -> Vec<Measure> {
    let (home, user) = home;
    let reached = roles_in_reach_across(accounts, home, user);
    let roles = reached
        .into_iter()
        .filter(|(account, _)| *account == other.id)
        .map(|(_, role)| role);
    let roles = roles.filter(|name| changeable(other, name)).collect();
    let until = now.after(SPREAD);
    deny_in(other, roles, user, Renewal::of(user, held), until)
}

/// Denies the old sessions of roles, where that is not done yet. A denial that is older than the
/// user's own is of an earlier revocation.
fn deny_in(
    account: &Account,
    roles: Vec<RoleName>,
    user: &User,
    renewal: Renewal,
    until: Timestamp,
) -> Vec<Measure> {
    let name = role_policy(user);
    let own = user.grants.inline.get(&user_policy());
    let own = own.and_then(denied_until);
    let stale = |role: &RoleName| {
        let role = account.roles.get(role)?;
        let denied = denied_until(role.grants.inline.get(&name)?)?;
        Some(own.is_some_and(|own| denied < own))
    };
    let roles = roles.into_iter();
    let roles = roles.filter(|role| renewal == Renewal::Needed || stale(role).unwrap_or(true));
    let put = roles.map(|role| {
        Measure::Call(Operation::PutInlinePolicy {
            on: PrincipalName::Role(role),
            name: name.clone(),
            document: deny_user_in_role(user, until),
        })
    });
    put.collect()
}

/// Whether sessions up to now must be denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Renewal {
    /// The user could make sessions until now, or an earlier run was interrupted.
    Needed,
    /// What an earlier run denied is all there is.
    NotNeeded,
}

impl Renewal {
    fn of(user: &User, held: &Held) -> Self {
        let can = !held.active.is_empty() || held.console == Console::Password;
        match can || user.tags.contains_key(REVOKING_TAG) {
            true => Self::Needed,
            false => Self::NotNeeded,
        }
    }
}

/// The calls that take a revocation back. A console password is gone for good.
#[must_use]
pub fn undo(account: &Account, user: &User, held: &Held) -> Vec<Measure> {
    let mut measures = Vec::new();
    let name = role_policy(user);
    let holds = |role: &&Role| role.grants.inline.contains_key(&name);
    for role in account.roles.values().filter(holds) {
        measures.push(Measure::Call(Operation::DeleteInlinePolicy {
            on: PrincipalName::Role(role.name.clone()),
            name: name.clone(),
        }));
    }
    let own = user_policy();
    if user.grants.inline.contains_key(&own) {
        measures.push(Measure::Call(Operation::DeleteInlinePolicy {
            on: PrincipalName::User(user.name.clone()),
            name: own,
        }));
    }
    let off = recorded(&user.tags);
    let keys = held.inactive.intersection(&off).cloned();
    measures.extend(keys.map(Measure::SwitchOn));
    let mut keys: BTreeSet<String> = [REVOKED_KEYS_TAG, REVOKING_TAG]
        .into_iter()
        .filter(|key| user.tags.contains_key(*key))
        .map(str::to_owned)
        .collect();
    keys.extend(Leaver::of(&user.tags).iter().flat_map(Leaver::keys));
    if !keys.is_empty() {
        measures.push(Measure::Finish(Operation::Untag {
            entity: Entity::User(user.name.clone()),
            keys,
        }));
    }
    measures
}

/// The roles whose old sessions can be the user's and that may be changed.
fn denied_roles(account: &Account, user: &User) -> Vec<RoleName> {
    let roles = roles_in_reach(account, user).into_iter();
    roles.filter(|name| changeable(account, name)).collect()
}

fn changeable(account: &Account, role: &RoleName) -> bool {
    let role = account.roles.get(role);
    role.is_some_and(|role| !role.is_aws_owned())
}

fn user_policy() -> PolicyName {
    REVOCATION_POLICY
        .parse()
        .expect("the text is a name of a policy")
}

/// One policy for each user, so that several users can be revoked and restored independently.
fn role_policy(user: &User) -> PolicyName {
    format!("{REVOCATION_POLICY}.{}", user.name)
        .parse()
        .expect("a name of a user has at most 64 characters, all of which fit a policy's name")
}

fn recorded(tags: &Tags) -> BTreeSet<AccessKeyId> {
    let words = tags.get(REVOKED_KEYS_TAG).map_or("", String::as_str);
    words
        .split_whitespace()
        .filter_map(|word| word.parse().ok())
        .collect()
}

fn listed(keys: &BTreeSet<AccessKeyId>) -> String {
    let keys: Vec<&str> = keys.iter().map(AccessKeyId::as_str).collect();
    keys.join(" ")
}

#[cfg(test)]
mod tests;
