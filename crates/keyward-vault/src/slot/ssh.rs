//! The ssh slot: the vault's identity as an age file for an SSH key, ed25519 or RSA. The
//! private key is read from its file, not through an agent, which cannot decrypt.

use std::path::Path;

use age::secrecy::SecretString;
use age::ssh::{Identity as SshIdentity, Recipient, UnsupportedKey as Unsupported};
use rsa::traits::PublicKeyParts as _;
use zeroize::Zeroizing;

use super::age_file::{age_error, slot_identity};
use super::{Access, OpenSlotError, Question};
use crate::disk::{self, DiskError};
use crate::identity::{self, Identity};

/// The smallest RSA key that stock age accepts.
const MIN_RSA_BITS: usize = 2048;

/// The public key and the wrapped identity. The private key need not be unlocked for this: its
/// file shows the public half.
pub(super) fn wrap(key_file: &Path, vault: &Identity) -> Result<(String, Vec<u8>), OpenSlotError> {
    let unsupported = || OpenSlotError::UnsupportedKey {
        path: key_file.to_owned(),
    };
    let key = read_key(key_file)?;
    if let SshIdentity::Unsupported(Unsupported::EncryptedSsh(cipher)) = &key {
        return Err(unreadable_cipher(key_file, cipher));
    }
    let recipient = Recipient::try_from(key).map_err(|_| unsupported())?;
    if let Recipient::SshRsa(_, key) = &recipient
        && key.n().bits() < MIN_RSA_BITS
    {
        return Err(OpenSlotError::SmallKey {
            path: key_file.to_owned(),
            bits: key.n().bits(),
        });
    }
    // The identity is exposed because it is what the slot wraps.
    let wrapped =
        identity::seal_to(&recipient, vault.expose().as_bytes()).map_err(|_| unsupported())?;
    Ok((recipient.to_string(), wrapped))
}

pub(super) fn unwrap(
    key_file: &Path,
    slot_file: &Path,
    wrapped: &[u8],
    access: &Access,
) -> Result<Identity, OpenSlotError> {
    let content = decrypt(key_file, wrapped, access)?;
    slot_identity(
        &content.map_err(|error| match error {
            age::DecryptError::NoMatchingKeys => OpenSlotError::OtherKey {
                path: key_file.to_owned(),
            },
            error => age_error(error, slot_file),
        })?,
        slot_file,
    )
}

/// The content of an age file for an SSH key, whose passphrase the person may be asked for. The
/// inner error is the file's, the outer one the key's.
pub(crate) fn decrypt(
    key_file: &Path,
    file: &[u8],
    access: &Access,
) -> Result<Result<Zeroizing<Vec<u8>>, age::DecryptError>, OpenSlotError> {
    Ok(match read_key(key_file)? {
        SshIdentity::Unsupported(Unsupported::EncryptedSsh(cipher)) => {
            return Err(unreadable_cipher(key_file, &cipher));
        }
        SshIdentity::Unsupported(_) => {
            return Err(OpenSlotError::UnsupportedKey {
                path: key_file.to_owned(),
            });
        }
        SshIdentity::Encrypted(key) => {
            let what = key_file.display().to_string();
            let asked = access.person.secret(&Question::SshKey(key_file.to_owned()));
            let passphrase = asked.ok_or_else(|| OpenSlotError::NoAnswer {
                key_file: Some(key_file.to_owned()),
            })?;
            // The passphrase is exposed because age derives the key's key from it.
            let key = key
                .decrypt(SecretString::from(passphrase.expose().to_owned()))
                .map_err(|_| OpenSlotError::WrongPassphrase { what })?;
            identity::open_with(&SshIdentity::from(key), file)
        }
        key @ SshIdentity::Unencrypted(_) => identity::open_with(&key, file),
    })
}

/// The age library knows the usual ciphers only.
fn unreadable_cipher(key_file: &Path, cipher: &str) -> OpenSlotError {
    OpenSlotError::UnsupportedCipher {
        path: key_file.to_owned(),
        cipher: cipher.to_owned(),
    }
}

fn read_key(path: &Path) -> Result<SshIdentity, OpenSlotError> {
    // Before its mode is judged, which is right for a public key.
    if is_public(path) {
        return Err(OpenSlotError::PublicKey {
            path: path.to_owned(),
        });
    }
    // A key that other users may read is public; ssh refuses it too.
    let text = disk::read_private(path)
        .map_err(super::SlotError::from)?
        .ok_or_else(|| {
            let missing = DiskError::io("read", path, std::io::ErrorKind::NotFound.into());
            OpenSlotError::Slot(missing.into())
        })?;
    let text = Zeroizing::new(text);
    SshIdentity::from_buffer(text.as_slice(), None).map_err(|_| OpenSlotError::UnsupportedKey {
        path: path.to_owned(),
    })
}

/// Whether a file holds the public half of a key pair, by its first words.
fn is_public(path: &Path) -> bool {
    let Ok(Some(text)) = disk::read_as_it_is(path).map(|text| text.map(Zeroizing::new)) else {
        return false;
    };
    ["ssh-", "ecdsa-", "sk-"]
        .iter()
        .any(|kind| text.starts_with(kind.as_bytes()))
}

#[cfg(all(test, unix))]
mod tests;
