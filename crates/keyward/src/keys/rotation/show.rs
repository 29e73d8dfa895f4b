//! Descriptions of rotations: their steps, unfinished ones and due ones.

use std::collections::HashSet;

use keyward_core::Timestamp;
use keyward_core::chain::{Chain, VaultKey};
use keyward_core::id::{AccessKeyId, ProfileName};
use keyward_core::time::show_duration;
use keyward_vault::{IndexedKey, IndexedRotation};

use super::run::quoted;
use super::state::{Check, Kind, NextAction, State};
use crate::screen::ui::Ui;
use crate::state::local_state::{LocalState, now};

/// The steps of rotating the user's own key.
pub(crate) fn own_steps(profile: &ProfileName, old: &str, sharing: &[String]) -> String {
    let others = if sharing.is_empty() {
        String::new()
    } else {
        format!(" (and {})", sharing.join(", "))
    };
    numbered(&[
        format!("get one MFA session for `{profile}`: from the cache, or else with one code"),
        format!("list the access keys: {old} must be the only one"),
        "note the rotation in the vault".to_owned(),
        "make a new key and keep it in the vault beside the old one".to_owned(),
        "wait until AWS knows it".to_owned(),
        format!(
            "replace {old} with it for `{profile}`{others}, and forget the sessions made with {old}"
        ),
        format!("switch {old} off; with --grace, only when the time is over"),
        "check that the new key still works".to_owned(),
        format!("delete {old} and its note"),
    ])
}

/// The steps of another user's rotation.
pub(crate) fn delivery_steps(
    user: &str,
    via: &ProfileName,
    to: &str,
    dispatch: Option<&str>,
) -> String {
    let mut steps = vec![
        format!("check that {to} accepts a key"),
        format!("get the credentials of `{via}`"),
        format!("list the access keys of {user}: there must be exactly one"),
        "note the rotation in the vault".to_owned(),
        "make a new key and keep it in the vault".to_owned(),
        "wait until AWS knows it".to_owned(),
        format!("deliver it to {to}"),
    ];
    if let Some(workflow) = dispatch {
        steps.push(format!("run `{workflow}` and wait until it has succeeded"));
    }
    steps.extend([
        "switch the old key off; with --grace, only when the time is over".to_owned(),
        "check that the new key still works".to_owned(),
        "delete the old key, and forget the new one here".to_owned(),
    ]);
    numbered(&steps)
}

fn numbered(steps: &[String]) -> String {
    steps
        .iter()
        .enumerate()
        .map(|(n, step)| format!("{:>2}. {step}\n", n + 1))
        .collect()
}

/// The command that resumes an unfinished rotation.
pub(crate) fn resume_command(rotation: &IndexedRotation) -> String {
    match &rotation.user {
        Some(user) => format!("keyward rotate --user {user} --resume"),
        None => format!("keyward rotate {} --resume", quoted(&rotation.profile)),
    }
}

/// An unfinished rotation for programs.
pub(crate) fn to_json(rotation: &IndexedRotation) -> serde_json::Value {
    serde_json::json!({
        "profile": rotation.profile.as_str(),
        "user": rotation.user.as_ref().map(|user| user.as_str()),
        "old_access_key_id": rotation.old_access_key_id.as_str(),
        "state": rotation.state.as_str(),
        "started": rotation.started.to_string(),
        "grace_until": rotation.grace_until.map(|end| end.to_string()),
        "resume": resume_command(rotation),
    })
}

/// Warns of unfinished rotations and of keys that are due, on standard error.
pub(crate) fn remind(local: &LocalState, ui: &Ui) {
    for rotation in &local.index.rotations {
        remind_of_rotation(rotation, ui);
    }
    for key in due(local) {
        remind_of_key(local, ui, key);
    }
}

/// Says until when a rotation waits, or warns where it stopped.
pub(crate) fn remind_of_rotation(rotation: &IndexedRotation, ui: &Ui) {
    let name = &rotation.profile;
    if let Some(end) = waits_until(rotation) {
        ui.say(format!(
            "the old key of `{name}` is kept until {end}; then: {}",
            resume_command(rotation)
        ));
        return;
    }
    ui.warn(stopped(rotation));
    ui.hint(resume_command(rotation));
}

/// Says where a rotation stopped.
pub(crate) fn stopped(rotation: &IndexedRotation) -> String {
    let state = State::read(&rotation.state)
        .map_or_else(|| rotation.state.to_string(), |state| state.to_string());
    let name = &rotation.profile;
    format!("the rotation of `{name}` is not finished: it stopped when {state}")
}

/// The end of the grace for which a rotation waits. One whose new key is not in its place waits for
/// nothing: it stopped.
pub(crate) fn waits_until(rotation: &IndexedRotation) -> Option<Timestamp> {
    let kind = match rotation.dispatch {
        // The order is that of an own key, but for the workflow.
        None => Kind::Own,
        Some(_) => Kind::MachineUser {
            check: Check::Workflow,
        },
    };
    match State::read(&rotation.state)?.next_action(kind, rotation.grace_until, now()) {
        NextAction::Wait(end) => Some(end),
        _ => None,
    }
}

/// Warns if the key that a plan starts from is due, on standard error.
pub(crate) fn remind_of(local: &LocalState, ui: &Ui, chain: &Chain) {
    let Some(VaultKey { access_key_id, .. }) = chain.base.vault_key() else {
        return;
    };
    let mut due = due(local).into_iter();
    if let Some(key) = due.find(|key| key.access_key_id == *access_key_id) {
        remind_of_key(local, ui, key);
    }
}

fn remind_of_key(local: &LocalState, ui: &Ui, key: &IndexedKey) {
    ui.warn(format!(
        "the key of `{}` is {}, and should be replaced after {}",
        key.profile,
        match key.age(now()) {
            Some(age) => format!("{} old", show_duration(age)),
            None => format!("at least {} old", show_duration(key.created.elapsed(now()))),
        },
        show_duration(local.settings.key_max_age)
    ));
    ui.hint(format!("keyward rotate {}", quoted(&key.profile)));
}

/// Returns the age of a key in words.
pub(crate) fn show_age(key: &IndexedKey) -> String {
    key.age(now()).map_or_else(
        || "of unknown age".to_owned(),
        |age| format!("{} old", show_duration(age)),
    )
}

/// One entry for each stored key whose age AWS has not reported, and that is not being rotated.
pub(crate) fn undated(local: &LocalState) -> Vec<&IndexedKey> {
    let limit = local.settings.key_max_age;
    resting(local, |key| {
        key.age(now()).is_none() && key.created.elapsed(now()) < limit
    })
}

/// One entry for each stored key that is past its age and not being rotated.
pub(crate) fn due(local: &LocalState) -> Vec<&IndexedKey> {
    let limit = local.settings.key_max_age;
    // A key of unknown age is at least as old as it has been stored.
    resting(local, |key| key.created.elapsed(now()) >= limit)
}

/// The keys that are not being rotated and that `wanted` says yes to, each under its first name.
fn resting(local: &LocalState, wanted: impl Fn(&IndexedKey) -> bool) -> Vec<&IndexedKey> {
    let rotations = &local.index.rotations;
    let mut known: HashSet<&AccessKeyId> =
        rotations.iter().map(|one| &one.old_access_key_id).collect();
    let replaced: HashSet<&ProfileName> = rotations.iter().map(|one| &one.profile).collect();
    let mut found: Vec<&IndexedKey> = Vec::new();
    for key in &local.index.keys {
        if wanted(key) && !replaced.contains(&key.profile) && known.insert(&key.access_key_id) {
            found.push(key);
        }
    }
    found
}
