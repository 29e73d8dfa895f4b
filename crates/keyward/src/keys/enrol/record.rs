//! Records a device where profiles find it: with the key in the vault, and in the config file.

use keyward_core::id::MfaSerial;
use keyward_vault::{OpenVault, UpdateError};

use super::SeedKeeping;
use crate::aws_files::profiles;
use crate::keys::iam_user::Owner;
use crate::screen::error::CliError;
use crate::state::local_state::LocalState;

/// Notes a user's device with every copy of the user's key, and in the key's profile.
pub(crate) fn record(
    local: &LocalState,
    vault: &mut OpenVault,
    owner: &Owner,
    serial: &MfaSerial,
    keeping: SeedKeeping,
) -> Result<(), CliError> {
    note_with_key(vault, owner, Some(serial))?;
    if keeping == SeedKeeping::Phone {
        forget_seed(vault, serial)?;
    }
    profiles::edit(local, |file| {
        profiles::set(file, &owner.holder, "mfa_serial", serial.as_str())
    })
}

/// Removes a device from the vault and from every profile. If there is another device, it replaces
/// this one.
pub(crate) fn forget(
    local: &LocalState,
    vault: Option<&mut OpenVault>,
    owner: &Owner,
    gone: &MfaSerial,
    other: Option<&MfaSerial>,
) -> Result<(), CliError> {
    if let Some(vault) = vault {
        let recorded = vault
            .document()
            .key(&owner.holder)
            .and_then(|key| key.mfa_serial.clone());
        if recorded.as_ref() == Some(gone) {
            note_with_key(vault, owner, other)?;
        }
        forget_seed(vault, gone)?;
    }
    profiles::edit_many(local, |file| {
        profiles::replace_device(local, file, gone, other)
    })
}

/// Forgets a seed, also in the copy that the vault keeps of its state before a change.
pub(crate) fn forget_seed(vault: &mut OpenVault, serial: &MfaSerial) -> Result<(), UpdateError> {
    if vault.document().totp_seed(serial).is_none() {
        return Ok(());
    }
    vault.update(|document| document.remove_totp_seed(serial))?;
    vault.update(|_| ())
}

fn note_with_key(
    vault: &mut OpenVault,
    owner: &Owner,
    serial: Option<&MfaSerial>,
) -> Result<(), UpdateError> {
    vault.update(|document| {
        let profiles: Vec<_> = document
            .keys()
            .iter()
            .filter(|key| key.access_key_id == owner.key.access_key_id)
            .map(|key| key.profile.clone())
            .collect();
        for profile in profiles {
            if let Some(key) = document.key_mut(&profile) {
                key.mfa_serial = serial.cloned();
            }
        }
    })
}
