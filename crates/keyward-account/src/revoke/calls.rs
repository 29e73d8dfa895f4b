//! The calls of a revocation and of its undo.

use std::collections::{BTreeMap, BTreeSet};

use keyward_core::Timestamp;
use keyward_core::id::{AccessKeyId, AccountId, PolicyName, RoleName};
use keyward_iam::model::{Account, Document, Role, User};
use keyward_iam::{Policy, PolicyKind};

use super::names::Names;
use super::note::{is_open, noted_keys};
use super::{
    Console, Held, LONGEST_ROLE_SESSION, Measure, Measures, REVOKED_KEYS_TAG, REVOKING_TAG, SPREAD,
    Whom, denied_until, deny_user, deny_user_in_role, kept, names, note, revoked_until,
};
use crate::desired::Entity;
use crate::graph::roles_in_reach_across;
use crate::leaver::Leaver;
use crate::plan::{Operation, PrincipalName, UserCredential};

/// The calls that revoke everything that is not revoked yet; none if nothing is left to do.
///
/// The policies of an earlier run stay as they are, unless the user has got a key or a password
/// since, or used a key since. Then sessions up to now are denied.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html>
#[must_use]
pub fn revoke(whom: Whom<'_>, held: &Held, now: Timestamp) -> Measures {
    let Whom { user, home, others } = whom;
    let denial = Denial {
        home,
        user,
        renewal: Renewal::of(home, user, held),
        now,
    };
    let mut calls = Vec::new();
    if denial.renewal == Renewal::Needed {
        let mut keys = noted_keys(home, user);
        keys.retain(|key| held.inactive.contains(key));
        keys.extend(held.active.iter().cloned());
        calls.push(Measure::Note(keys));
    }
    calls.extend(held.active.iter().cloned().map(Measure::SwitchOff));
    if held.console == Console::Password {
        calls.push(without_password(user));
    }
    if denial.renewal == Renewal::Needed || revoked_until(home, user).is_none() {
        let on = PrincipalName::User(user.name.clone());
        let names = names::of_user(&user.name);
        let document = deny_user(now.after(SPREAD));
        let put = kept::put(home, (&on, &user.grants), &names, document, None);
        calls.extend(put.into_iter().map(measure));
    }
    let mut roles = denied_roles(whom);
    let mut of = |account: &Account| roles.remove(&account.id).unwrap_or_default();
    calls.extend(denial.in_roles(home, of(home), &names::of_role(user)));
    let name = names::of_role_elsewhere(user, &home.id);
    let elsewhere = others.iter().map(|other| {
        let roles = of(other);
        denial.in_roles(other, roles, &name)
    });
    let last = match denial.renewal {
        Renewal::Needed => vec![Measure::CloseNote],
        Renewal::NotNeeded if user.tags.contains_key(REVOKING_TAG) => vec![Measure::Unmark],
        Renewal::NotNeeded => Vec::new(),
    };
    Measures {
        home: calls,
        elsewhere: elsewhere.collect(),
        last,
    }
}

/// The calls for credentials that appeared while a revocation made these calls in the user's account.
/// They go off too. The denials there are renewed, because the new credentials may have made sessions.
/// The record of the revocation does not list the new keys, so an undo leaves them off.
#[must_use]
pub fn revoke_made_since(
    user: &User,
    made: &[Measure],
    keys: &BTreeSet<AccessKeyId>,
    console: Console,
) -> Vec<Measure> {
    let off = keys.iter().cloned().map(Measure::SwitchOff);
    let password = (console == Console::Password).then(|| without_password(user));
    let denials = made.iter().filter_map(|call| match call {
        Measure::Call(Operation::CreatePolicy { arn, document, .. }) => {
            let (arn, document) = (arn.clone(), document.clone());
            Some(Measure::Call(Operation::CreatePolicyVersion {
                arn,
                document,
            }))
        }
        Measure::Call(
            Operation::PutInlinePolicy { .. } | Operation::CreatePolicyVersion { .. },
        ) => Some(call.clone()),
        _ => None,
    });
    off.chain(password).chain(denials).collect()
}

fn without_password(user: &User) -> Measure {
    Measure::Call(Operation::DeleteCredentials {
        user: user.name.clone(),
        kind: UserCredential::LoginProfile,
    })
}

/// The calls that undo a revocation. A console password stays deleted.
#[must_use]
pub fn undo(whom: Whom<'_>, held: &Held) -> Measures {
    let Whom { user, home, others } = whom;
    let mut calls = allowed_again(home, &names::of_role(user));
    calls.extend(removed(home, user, &names::of_user(&user.name)));
    let off = noted_keys(home, user);
    let keys = held.inactive.intersection(&off).cloned();
    calls.extend(keys.map(Measure::SwitchOn));
    let name = names::of_role_elsewhere(user, &home.id);
    let elsewhere = others.iter().map(|other| allowed_again(other, &name));
    let mut keys: BTreeSet<String> = [REVOKED_KEYS_TAG, REVOKING_TAG]
        .into_iter()
        .filter(|key| user.tags.contains_key(*key))
        .map(str::to_owned)
        .collect();
    keys.extend(Leaver::of(&user.tags).iter().flat_map(Leaver::keys));
    let note = note::removed(home, user).into_iter();
    let mut last: Vec<Measure> = note.map(Measure::Call).collect();
    if !keys.is_empty() {
        last.push(untag(user, keys));
    }
    Measures {
        home: calls,
        elsewhere: elsewhere.collect(),
        last,
    }
}

/// The keys that [`undo`] leaves switched off, because no record says that a revocation switched them
/// off.
#[must_use]
pub fn left_off(account: &Account, user: &User, held: &Held) -> BTreeSet<AccessKeyId> {
    held.inactive
        .difference(&noted_keys(account, user))
        .cloned()
        .collect()
}

/// The denial of the old sessions of one user.
struct Denial<'a> {
    home: &'a Account,
    user: &'a User,
    renewal: Renewal,
    now: Timestamp,
}

impl Denial<'_> {
    /// Denies the old sessions of roles, if that is not done yet. A denial that is older than
    /// the user's own is of an earlier revocation. One with other names of sessions, such as an
    /// earlier keyward wrote, is not enough. Once no session is old enough to be denied, nothing is
    /// left to do.
    fn in_roles(&self, account: &Account, roles: Vec<RoleName>, names: &Names) -> Vec<Measure> {
        let user = self.user;
        let own_names = names::of_user(&user.name);
        let own = kept::found(self.home, &user.grants, &own_names);
        let own = own.filter_map(denied_until).max();
        let over = own.is_some_and(|own| own.after(LONGEST_ROLE_SESSION) <= self.now);
        let denied = |role: &RoleName| {
            let role = account.roles.get(role)?;
            let found = kept::found(account, &role.grants, names);
            let complete = found.filter_map(|found| {
                let until = denied_until(found)?;
                let complete = Document::from(deny_user_in_role(self.user, until));
                (*found == complete).then_some(until)
            });
            complete.max()
        };
        let due = |role: &RoleName| match self.renewal {
            Renewal::Needed => true,
            Renewal::NotNeeded => !over && denied(role).is_none_or(|until| Some(until) < own),
        };
        let document = deny_user_in_role(self.user, self.now.after(SPREAD));
        let mut calls = Vec::new();
        for role in roles.into_iter().filter(due) {
            let Some(Role { grants, .. }) = account.roles.get(&role) else {
                continue;
            };
            let on = PrincipalName::Role(role);
            let put = kept::put(account, (&on, grants), names, document.clone(), None);
            for call in put.into_iter().map(measure) {
                // Roles share a managed policy, which is written once.
                if !calls.contains(&call) {
                    calls.push(call);
                }
            }
        }
        // A managed policy that IAM refuses delays no other role.
        calls.sort_by_key(|call| !matches!(call, Measure::Call(Operation::PutInlinePolicy { .. })));
        calls
    }
}

/// One of the calls that [`kept::put`] makes.
fn measure(call: Operation) -> Measure {
    match call {
        Operation::DeleteInlinePolicy { .. } | Operation::DetachPolicy { .. } => {
            Measure::Replaced(call)
        }
        call => Measure::Call(call),
    }
}

/// Whether sessions up to now must be denied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Renewal {
    /// The user could make sessions until now, or an earlier run was interrupted.
    Needed,
    /// The denial of an earlier run covers every session.
    NotNeeded,
}

impl Renewal {
    fn of(account: &Account, user: &User, held: &Held) -> Self {
        let can = !held.active.is_empty() || held.console == Console::Password;
        // A key that was used after the denial may have made sessions, even if it is inactive now.
        let used = held.last_use.zip(revoked_until(account, user));
        let could = used.is_some_and(|(used, until)| used > until);
        // IAM reports nothing about a deleted key, which may have been switched on before its deletion.
        let noted = noted_keys(account, user);
        let mut gone = noted.difference(&held.inactive);
        let gone = gone.any(|key| !held.active.contains(key));
        match can || could || gone || is_open(account, user) {
            true => Self::Needed,
            false => Self::NotNeeded,
        }
    }
}

/// The roles whose old sessions can be the user's and that may be changed.
fn denied_roles(whom: Whom<'_>) -> BTreeMap<AccountId, Vec<RoleName>> {
    let mut found: BTreeMap<AccountId, Vec<RoleName>> = BTreeMap::new();
    for (account, role) in roles_once_in_reach(whom) {
        if !role.is_aws_owned() {
            let roles = found.entry(account.id.clone()).or_default();
            roles.push(role.name.clone());
        }
    }
    found
}

/// The roles whose sessions the user can hold, by the trust of the roles. The user may have had
/// more rights when a session began, so its own policies do not count.
pub(super) fn roles_once_in_reach(whom: Whom<'_>) -> Vec<(&Account, &Role)> {
    let Whom { user, home, others } = whom;
    let mut unlimited = user.clone();
    unlimited.groups.clear();
    unlimited.grants = Default::default();
    let all: PolicyName = "all".parse().expect("the text is a name of a policy");
    unlimited.grants.inline.insert(all, everything());
    let accounts: Vec<&Account> = std::iter::once(home)
        .chain(others.iter().copied())
        .collect();
    let reached = roles_in_reach_across(&accounts, home, &unlimited);
    let roles = accounts.iter().flat_map(|account| {
        let roles = account.roles.values();
        roles.map(|role| (*account, role))
    });
    roles
        .filter(|(account, role)| reached.contains(&(account.id.clone(), role.name.clone())))
        .collect()
}

fn everything() -> Document {
    let text =
        r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}"#;
    Policy::parse_as(PolicyKind::Identity, text)
        .expect("the text is a policy")
        .into()
}

fn allowed_again(account: &Account, names: &Names) -> Vec<Measure> {
    let taken = account.roles.values().flat_map(|role| {
        let on = PrincipalName::Role(role.name.clone());
        kept::take((&on, &role.grants), names)
    });
    let calls = taken.chain(kept::delete(account, names));
    calls.map(Measure::Call).collect()
}

fn removed(account: &Account, user: &User, names: &Names) -> Vec<Measure> {
    let on = PrincipalName::User(user.name.clone());
    let taken = kept::take((&on, &user.grants), names);
    let calls = taken.into_iter().chain(kept::delete(account, names));
    calls.map(Measure::Call).collect()
}

fn untag(user: &User, keys: BTreeSet<String>) -> Measure {
    Measure::Call(Operation::Untag {
        entity: Entity::User(user.name.clone()),
        keys,
    })
}
