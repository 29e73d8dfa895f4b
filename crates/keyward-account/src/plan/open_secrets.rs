//! Initial secrets that are open: wanted or begun, and not recorded as handed out.

use std::collections::BTreeSet;

use keyward_core::id::UserName;
use keyward_iam::model::User;

use crate::desired::{Desired, Entity};
use crate::hand_out::InitialSecret;
use crate::ownership::{blueprint_of, handed_out, handing_out};
use crate::revoke::is_revoked;
use crate::snapshot::Snapshot;

/// The users whose console password and access keys a plan needs to know: a secret of theirs is
/// open, because the blueprint wants one that is not recorded, or because a run was interrupted. Read them
/// into [`Snapshot::credentials`] before planning.
#[must_use]
pub fn credentials_needed(desired: &Desired, snapshot: &Snapshot) -> BTreeSet<UserName> {
    let users = desired.account.users.keys();
    let live = users.filter_map(|name| snapshot.account.users.get(name));
    live.filter(|live| blueprint_of(&live.tags).as_ref() == Some(&desired.blueprint))
        .filter(|live| !desired.adopted.contains(&Entity::User(live.name.clone())))
        .filter(|live| !open(desired, live).is_empty())
        .map(|live| live.name.clone())
        .collect()
}

/// The kinds that the blueprint wants the user to have.
pub(super) fn wanted(desired: &Desired, user: &UserName) -> BTreeSet<InitialSecret> {
    let hand_out = desired.hand_outs.get(user);
    hand_out.map(|it| it.secrets.clone()).unwrap_or_default()
}

/// The kinds that a plan withholds, because the user is revoked: a secret would restore what the
/// revocation removed. The next plan after its undo hands them out.
#[must_use]
pub fn withheld(desired: &Desired, live: &User) -> BTreeSet<InitialSecret> {
    match is_revoked(live) {
        true => unrecorded(desired, live),
        false => BTreeSet::new(),
    }
}

/// The kinds that are wanted or begun, and not recorded; none of a user who is revoked.
pub(super) fn open(desired: &Desired, live: &User) -> BTreeSet<InitialSecret> {
    match is_revoked(live) {
        true => BTreeSet::new(),
        false => unrecorded(desired, live),
    }
}

fn unrecorded(desired: &Desired, live: &User) -> BTreeSet<InitialSecret> {
    let mut open = wanted(desired, &live.name);
    open.extend(handing_out(&live.tags));
    let done = handed_out(&live.tags);
    open.into_iter()
        .filter(|secret| !done.contains(secret))
        .collect()
}
