//! The gpg slot: the vault's identity encrypted to a GnuPG key by `gpg` itself, so that cards,
//! agents and pinentry work as the person has set them up.

pub(super) mod listing;

use listing::SecretKey;

use super::program::{Complaints, command, identity_in, run};
use super::{Access, AddSlotError, GpgFingerprint, OpenSlotError};
use crate::identity::Identity;

/// The fingerprint of the one usable secret key that `user` names. That the person has the secret
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
    let keys = listing::secret_keys(&String::from_utf8_lossy(&listing));
    let usable: Vec<&SecretKey> = keys.iter().filter(|key| key.can_encrypt()).collect();
    match (usable.as_slice(), keys.as_slice()) {
        ([one], _) => Ok(one.fingerprint.clone()),
        ([], [one]) => Err(one.fault()),
        ([], []) => Err(none()),
        _ => Err(AddSlotError::ManySecretKeys(user.to_owned())),
    }
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
