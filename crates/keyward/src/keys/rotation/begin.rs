//! Beginning: everything that can refuse does so before AWS is asked for a key.

use std::time::Duration;

use keyward_aws::{AccessKey, CallError};
use keyward_core::id::{AccessKeyId, ProfileName, UserName};
use keyward_vault::{Rotation, RotationDelivery};

use super::authority::{Authority, OwnKey, refreshing};
use super::deliver;
use super::destination::{Destination, SecretNames};
use super::journal::{Journal, holders};
use super::run::{Run, Subject, quoted};
use super::state::State;
use super::{advice, entry_name, resume, revoked, unfinished};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::{CodeSource, client, open_vault};
use crate::state::local_state::{LocalState, now};
use crate::system::crash_point as point;

/// The options of another user's rotation.
pub(crate) struct UserRotation {
    /// Whose key.
    pub(crate) user: UserName,
    /// The profile that may replace it.
    pub(crate) via: ProfileName,
    /// The destination of the new one.
    pub(crate) to: Destination,
    /// Under which names.
    pub(crate) names: Option<SecretNames>,
    /// The workflow that must succeed with it.
    pub(crate) dispatch: Option<String>,
}

/// Begins with one's own key.
pub(crate) fn own<'a>(
    local: &'a LocalState,
    ui: &'a Ui,
    profile: &ProfileName,
    grace: Option<Duration>,
    codes: CodeSource,
) -> Result<Run<'a>, CliError> {
    let key = OwnKey::of(local, profile)?;
    refuse_unfinished(local, &key.holder, Some(&key.access_key_id))?;
    let vault = open_vault(local, ui)?;
    let arn = vault
        .document()
        .key(&key.holder)
        .and_then(|stored| stored.user_arn.clone());
    if arn.as_ref().is_some_and(|arn| arn.resource() == "root") {
        return Err(CliError::failed(
            "the key belongs to the account's root user, which should have none",
        )
        .hint(format!("keyward remove {} --revoke", quoted(&key.holder))));
    }
    let user: Option<UserName> = arn
        .and_then(|arn| arn.user_name().map(str::to_owned))
        .and_then(|name| name.parse().ok());
    let mut authority = Authority::own(local, ui, profile, &key, &codes)?;
    let keys = list(local, ui, &mut authority, user.as_ref(), &codes)?;
    let old = only_key(ui, &authority, &keys, user.as_ref(), profile)?;
    if old.id != key.access_key_id {
        return Err(CliError::failed(format!(
            "AWS lists {} for this user, and the vault holds {}",
            old.id, key.access_key_id
        )));
    }
    let sharing = holders(vault.document(), &key.access_key_id);
    if sharing.len() > 1 {
        ui.explain(|| {
            format!(
                "{} profiles share the key; each gets the new one",
                sharing.len()
            )
        });
    }
    let mut journal = Journal::new(vault, key.holder.clone(), ui);
    let mut entry = Rotation::new(
        key.holder.clone(),
        key.access_key_id,
        State::Begun.stored(),
        authority.aws.aws_time(),
    );
    entry.grace_until = grace.map(|grace| now().after(grace));
    journal.begin(entry)?;
    Ok(Run {
        local,
        ui,
        journal,
        subject: Subject::Own {
            profile: profile.clone(),
            user,
        },
        codes,
        aws: client(&local.resolve(profile, refreshing())?),
        authority: Some(authority),
    })
}

/// Begins with another user's key.
pub(crate) fn rotate_user<'a>(
    local: &'a LocalState,
    ui: &'a Ui,
    rotation: UserRotation,
    grace: Option<Duration>,
    codes: CodeSource,
) -> Result<Run<'a>, CliError> {
    let UserRotation {
        user,
        via,
        to,
        names,
        dispatch,
    } = rotation;
    let name = entry_name(&user, &via);
    refuse_unfinished(local, &name, None)?;
    if dispatch.is_some() && !matches!(to, Destination::GitHub(_)) {
        return Err(CliError::usage(
            "--dispatch runs a workflow of a repository, so it needs --to github:OWNER/REPO",
        ));
    }
    let chain = local.resolve(&via, refreshing())?;
    let aws = client(&chain);
    deliver::check(&aws, &to)?;
    let vault = open_vault(local, ui)?;
    let mut authority = Authority::via(local, ui, &via, &codes)?;
    let keys = list(local, ui, &mut authority, Some(&user), &codes)?;
    if keys.is_empty() {
        // The answer contains the secret, so that the AWS CLI prints no more than the id.
        return Err(
            CliError::failed(format!("user `{user}` has no access key to replace"))
                .hint(format!(
                    "keyward exec {} -- aws iam create-access-key --user-name {user} --query AccessKey.AccessKeyId",
                    quoted(&via)
                ))
                .hint("then run this command again: it replaces that key and delivers the new one"),
        );
    }
    revoked::refuse(ui, &authority, &user)?;
    let old = only_key(ui, &authority, &keys, Some(&user), &via)?
        .id
        .clone();
    if let Some(holder) = holders(vault.document(), &old).first() {
        if chain.base.key_id() == Some(&old) {
            return Err(held_here(holder));
        }
        ui.warn(format!(
            "the vault holds this key as `{holder}`, and the new key goes elsewhere: afterwards `{holder}` has none that works"
        ));
        ui.hint(format!("keyward remove {}   (afterwards)", quoted(holder)));
    }
    let mut journal = Journal::new(vault, name.clone(), ui);
    let begun = authority.aws.aws_time();
    let mut entry = Rotation::new(name, old, State::Begun.stored(), begun);
    entry.grace_until = grace.map(|grace| now().after(grace));
    entry.delivery = Some(RotationDelivery {
        user: user.clone(),
        via: via.clone(),
        to: to.to_string(),
        names: names.map(|SecretNames { id, secret }| (id, secret)),
        dispatch,
    });
    journal.begin(entry)?;
    Ok(Run {
        local,
        ui,
        journal,
        subject: Subject::MachineUser { user, via },
        codes,
        aws,
        authority: Some(authority),
    })
}

/// The refusal to deliver the key elsewhere that the run itself starts from: here, it would be deleted
/// and not replaced.
pub(crate) fn held_here(holder: &ProfileName) -> CliError {
    CliError::usage(format!("the vault holds this key as `{holder}`"))
        .hint(format!("keyward rotate {}", quoted(holder)))
}

fn refuse_unfinished(
    local: &LocalState,
    name: &ProfileName,
    old: Option<&AccessKeyId>,
) -> Result<(), CliError> {
    let concerns = |known: &&keyward_vault::IndexedRotation| {
        known.profile == *name
            || old.is_some_and(|old| {
                known.old_access_key_id == *old || resume::shares(local, old, &known.profile)
            })
    };
    let taken = local.index.rotations.iter().find(concerns);
    match taken {
        Some(known) => Err(unfinished(&known.profile)),
        None => Ok(()),
    }
}

fn list(
    local: &LocalState,
    ui: &Ui,
    authority: &mut Authority,
    user: Option<&UserName>,
    codes: &CodeSource,
) -> Result<Vec<AccessKey>, CliError> {
    let keys = authority.first(local, ui, codes, |aws, credentials| {
        let listed = point::through("list", &local.paths, || {
            aws.list_access_keys(credentials, user)
        });
        match listed {
            Err(CallError::NoSuchEntity { .. }) if user.is_some() => Ok(None),
            other => other.map(Some),
        }
    })?;
    keys.ok_or_else(|| {
        let by = &authority.chain.profile;
        let user = user.map(ToString::to_string).unwrap_or_default();
        CliError::failed(format!(
            "there is no user `{user}` in the account that `{by}` reaches"
        ))
        .hint(format!(
            "keyward exec {} -- aws iam list-users   (the names)",
            quoted(by)
        ))
    })
}

fn only_key<'k>(
    ui: &Ui,
    authority: &Authority,
    keys: &'k [AccessKey],
    user: Option<&UserName>,
    by: &ProfileName,
) -> Result<&'k AccessKey, CliError> {
    match keys {
        [only] => Ok(only),
        [] => Err(CliError::failed("AWS lists no access key for this user")),
        _ => Err(advice::two_keys(
            ui,
            &authority.aws,
            &authority.credentials,
            keys,
            user,
            by.as_str(),
        )),
    }
}
