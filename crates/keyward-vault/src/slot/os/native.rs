//! macOS's Keychain and Windows' Credential Manager.

use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::api::CredentialStoreApi as _;
use keyring_core::{Entry, Error};
use zeroize::Zeroizing;

use super::{KEYSTORE, KeystoreAccount, OpenSlotError, Patience, SERVICE, unavailable};

#[cfg(target_os = "macos")]
use apple_native_keyring_store::keychain::Store;
#[cfg(windows)]
use windows_native_keyring_store::Store;

fn entry(account: &KeystoreAccount, patience: &Patience) -> Result<Entry, OpenSlotError> {
    // The Keychain asks by itself whenever it wants to, so the person's time starts at once.
    if patience.seconds > 0 {
        (patience.waiting)();
    }
    let store: Arc<Store> = Store::new().map_err(failed)?;
    store
        .build(SERVICE, account.as_str(), None::<&HashMap<&str, &str>>)
        .map_err(failed)
}

fn failed(error: Error) -> OpenSlotError {
    match error {
        Error::NoEntry => OpenSlotError::NoEntry {
            what: KEYSTORE.to_owned(),
        },
        Error::NoStorageAccess(_) => OpenSlotError::Locked {
            what: KEYSTORE.to_owned(),
        },
        // These carry the secret, which must not get into an error.
        Error::BadEncoding(_) | Error::BadDataFormat(..) => OpenSlotError::NotAnIdentity {
            what: KEYSTORE.to_owned(),
        },
        other => unavailable(Some(other.into())),
    }
}

pub(super) fn store(
    account: &KeystoreAccount,
    text: &str,
    patience: &Patience,
) -> Result<(), OpenSlotError> {
    entry(account, patience)?
        .set_secret(text.as_bytes())
        .map_err(failed)
}

pub(super) fn read(
    account: &KeystoreAccount,
    patience: &Patience,
) -> Result<Zeroizing<Vec<u8>>, OpenSlotError> {
    entry(account, patience)?
        .get_secret()
        .map(Zeroizing::new)
        .map_err(failed)
}

pub(super) fn forget(account: &KeystoreAccount, patience: &Patience) -> Result<(), OpenSlotError> {
    match entry(account, patience)?.delete_credential() {
        Ok(()) | Err(Error::NoEntry) => Ok(()),
        Err(error) => Err(failed(error)),
    }
}

/// These keystores are open while the person is logged in; its existence is enough.
pub(super) fn is_open(_: &Patience) -> Result<bool, OpenSlotError> {
    Store::new().map(|_| true).map_err(failed)
}
