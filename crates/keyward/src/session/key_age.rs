//! The age of a key that AWS did not date when it was stored: asked for with the first session that
//! may ask. AWS refuses that question to a key whose user must show a device first.

use keyward_aws::{Aws, CallError};
use keyward_core::Credentials;
use keyward_core::chain::{Call, Chain, Hop, VaultKey};
use keyward_core::id::{AccessKeyId, ProfileName};
use keyward_vault::KeyDate;

use super::open_vault;
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::state::local_state::LocalState;

/// Asks with a session that was just made, if the age of its key is unknown though AWS was asked
/// when the key was stored. What fails is tried again with the next session.
pub(super) fn learn(
    local: &LocalState,
    ui: &Ui,
    chain: &Chain,
    hop: &Hop,
    aws: &Aws,
    session: &Credentials,
) {
    let Some(VaultKey { access_key_id, .. }) = chain.base.vault_key() else {
        return;
    };
    // AWS refuses calls of IAM to a session without MFA.
    let may_ask = matches!(hop.call, Call::GetSessionToken) && hop.mfa_serial.is_some();
    let asked_before = local.index.keys.iter().any(|key| {
        key.access_key_id == *access_key_id
            && key.dated == KeyDate::Stored
            && key.verified.is_some()
    });
    // keyward does not ask for a passphrase just to learn a date.
    let is_open = local.identity_cache.get().is_ok_and(|held| held.is_some());
    if !(may_ask && asked_before && is_open) {
        return;
    }
    if let Err(error) = date(local, ui, access_key_id, || {
        aws.list_access_keys(session, None)
    }) {
        ui.explain(|| format!("the age of {access_key_id} stays unknown: {error}"));
    }
}

/// Asks for the keys, and writes the date of one into the vault.
pub(crate) fn date(
    local: &LocalState,
    ui: &Ui,
    id: &AccessKeyId,
    list: impl FnOnce() -> Result<Vec<keyward_aws::AccessKey>, CallError>,
) -> Result<(), CliError> {
    let keys = list()?;
    let made = keys.into_iter().find(|key| key.id == *id);
    let made = made.and_then(|key| key.created_at);
    let made = made.ok_or_else(|| CliError::failed("AWS does not say when the key was made"))?;
    let mut open = open_vault(local, ui)?;
    open.update(|document| {
        let profiles: Vec<ProfileName> = document
            .keys()
            .iter()
            .filter(|key| key.access_key_id == *id)
            .map(|key| key.profile.clone())
            .collect();
        for profile in profiles {
            if let Some(key) = document.key_mut(&profile) {
                key.created = made;
                key.dated = KeyDate::Made;
            }
        }
    })?;
    Ok(())
}
