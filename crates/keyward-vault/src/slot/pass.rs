//! The pass slot: the vault's identity in an entry of the password store `pass`.

use super::program::{Complaints, command, identity_in, run};
use super::{Access, OpenSlotError, PassEntry};
use crate::identity::Identity;

/// Whether the store has the entry: another vault's identity may be in it, and with it the only
/// way into that vault.
pub(super) fn exists(entry: &PassEntry, access: &Access) -> Result<bool, OpenSlotError> {
    match read(entry, access) {
        Ok(_) | Err(OpenSlotError::NotAnIdentity { .. }) => Ok(true),
        Err(OpenSlotError::Failed { message, .. })
            if message.contains("is not in the password store") =>
        {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Writes the entry.
pub(super) fn store(
    entry: &PassEntry,
    vault: &Identity,
    access: &Access,
) -> Result<(), OpenSlotError> {
    let mut command = command(&access.pass, access);
    command.args(["insert", "--multiline", "--force", entry.as_str()]);
    // The identity is exposed to the program that encrypts and keeps it.
    run(
        command,
        vault.expose().as_bytes(),
        Complaints::Quoted,
        access,
    )
    .map(drop)
}

pub(super) fn read(entry: &PassEntry, access: &Access) -> Result<Identity, OpenSlotError> {
    let mut command = command(&access.pass, access);
    command.args(["show", entry.as_str()]);
    let output = run(command, b"", Complaints::Quoted, access)?;
    identity_in(&output, &format!("the entry `{entry}` of pass"))
}

pub(super) fn forget(entry: &PassEntry, access: &Access) -> Result<(), OpenSlotError> {
    let mut command = command(&access.pass, access);
    command.args(["rm", "--force", entry.as_str()]);
    run(command, b"", Complaints::Quoted, access).map(drop)
}
