//! The gpg slot: the vault's identity encrypted to a GnuPG key by `gpg` itself, so that cards,
//! agents and pinentry work as the person has set them up.

use super::program::{Complaints, command, identity_in, run};
use super::{Access, AddSlotError, GpgFingerprint, OpenSlotError};
use crate::identity::Identity;

/// The fingerprint of the one secret key that `user` names. That the person has the secret
/// half is the assurance that the key is theirs.
pub(super) fn find_secret_key(user: &str, access: &Access) -> Result<GpgFingerprint, AddSlotError> {
    let none = || AddSlotError::NoSecretKey(user.to_owned());
    let mut command = command(&access.gpg, access);
    command.args([
        "--batch",
        "--with-colons",
        "--fixed-list-mode",
        "--list-secret-keys",
        "--",
        user,
    ]);
    let listing = match run(command, b"", Complaints::Quoted, access) {
        Ok(listing) => listing,
        Err(OpenSlotError::Failed { .. }) => return Err(none()),
        Err(error) => return Err(AddSlotError::Make(error)),
    };
    let primaries = primary_fingerprints(&String::from_utf8_lossy(&listing));
    match primaries.as_slice() {
        [] => Err(none()),
        [one] => one.parse().map_err(|_| none()),
        _ => Err(AddSlotError::ManySecretKeys(user.to_owned())),
    }
}

/// The fingerprints of the primary keys in a listing with colons. Each `sec` record is
/// followed by its `fpr`; those after `ssb` are subkeys'.
///
/// Source: doc/DETAILS of GnuPG.
pub(super) fn primary_fingerprints(listing: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut in_primary = false;
    for line in listing.lines() {
        let fields: Vec<&str> = line.split(':').collect();
        match (fields[0], fields.get(9)) {
            ("sec", _) => in_primary = true,
            ("ssb", _) => in_primary = false,
            ("fpr", Some(fingerprint)) if in_primary => {
                found.push((*fingerprint).to_owned());
                in_primary = false;
            }
            _ => {}
        }
    }
    found
}

pub(super) fn wrap(
    key: &GpgFingerprint,
    vault: &Identity,
    access: &Access,
) -> Result<Vec<u8>, OpenSlotError> {
    let mut command = command(&access.gpg, access);
    command.args([
        "--batch",
        "--quiet",
        "--no-encrypt-to",
        "--trust-model",
        "always",
    ]);
    command.args(["--encrypt", "--recipient", key.as_str()]);
    // The identity is exposed to the program that encrypts it.
    let wrapped = run(
        command,
        vault.expose().as_bytes(),
        Complaints::Quoted,
        access,
    )?;
    Ok(wrapped.to_vec())
}

pub(super) fn unwrap(file: &[u8], access: &Access) -> Result<Identity, OpenSlotError> {
    let mut command = command(&access.gpg, access);
    command.args(["--batch", "--quiet", "--decrypt"]);
    let output = run(command, file, Complaints::Quoted, access)?;
    identity_in(&output, "`gpg`")
}

#[cfg(test)]
mod tests;
