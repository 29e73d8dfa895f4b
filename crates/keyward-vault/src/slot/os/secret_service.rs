//! The Secret Service of a Linux desktop, over D-Bus. Without permission to prompt it never does: a
//! locked keyring is distinguished from a missing one before anything is unlocked.

use std::collections::HashMap;

use dbus_secret_service::{Collection, EncryptionType, Error, Item, SecretService};
use zeroize::Zeroizing;

use super::{KEYSTORE, KeystoreAccount, OpenSlotError, Patience, SERVICE, unavailable};

/// The attributes by which an entry is found. `service` and `username` are what most programs
/// use, so that keyring managers show something sensible.
fn attributes(account: &KeystoreAccount) -> HashMap<&str, &str> {
    HashMap::from([("service", SERVICE), ("username", account.as_str())])
}

fn connect(patience: &Patience) -> Result<SecretService, OpenSlotError> {
    // The transfer is encrypted, so that an observer of the bus sees no secret.
    SecretService::connect_with_max_prompt_timeout(EncryptionType::Dh, patience.seconds)
        .map_err(failed)
}

fn failed(error: Error) -> OpenSlotError {
    match error {
        Error::Locked | Error::Prompt => OpenSlotError::Locked {
            what: KEYSTORE.to_owned(),
        },
        Error::NoResult => OpenSlotError::NoEntry {
            what: KEYSTORE.to_owned(),
        },
        other => unavailable(Some(other.into())),
    }
}

/// Says that the person is now asked; refuses where they may not be.
fn announce(patience: &Patience) -> Result<(), OpenSlotError> {
    if patience.seconds == 0 {
        return Err(OpenSlotError::Locked {
            what: KEYSTORE.to_owned(),
        });
    }
    (patience.waiting)();
    Ok(())
}

/// The entry's items, unlocked.
fn items<'a>(
    service: &'a SecretService,
    account: &KeystoreAccount,
    patience: &Patience,
) -> Result<Vec<Item<'a>>, OpenSlotError> {
    let found = service.search_items(attributes(account)).map_err(failed)?;
    if found.unlocked.is_empty() && !found.locked.is_empty() {
        announce(patience)?;
        service
            .unlock_all(&found.locked.iter().collect::<Vec<_>>())
            .map_err(failed)?;
        return Ok(found.locked);
    }
    Ok(found.unlocked)
}

pub(super) fn store(
    account: &KeystoreAccount,
    text: &str,
    patience: &Patience,
) -> Result<(), OpenSlotError> {
    let service = connect(patience)?;
    let collection: Collection<'_> = match service.get_default_collection() {
        // No default collection: there is a service, and nothing to keep things in.
        Err(Error::NoResult) => return Err(unavailable(Some(Error::NoResult.into()))),
        other => other.map_err(failed)?,
    };
    if collection.is_locked().map_err(failed)? {
        announce(patience)?;
        collection.unlock().map_err(failed)?;
    }
    let replace = true;
    collection
        .create_item(
            "keyward vault",
            attributes(account),
            text.as_bytes(),
            replace,
            "text/plain",
        )
        .map(drop)
        .map_err(failed)
}

pub(super) fn read(
    account: &KeystoreAccount,
    patience: &Patience,
) -> Result<Zeroizing<Vec<u8>>, OpenSlotError> {
    let service = connect(patience)?;
    let items = items(&service, account, patience)?;
    let item = items.first().ok_or_else(|| failed(Error::NoResult))?;
    item.get_secret().map(Zeroizing::new).map_err(failed)
}

pub(super) fn forget(account: &KeystoreAccount, patience: &Patience) -> Result<(), OpenSlotError> {
    let service = connect(patience)?;
    for item in items(&service, account, patience)? {
        item.delete().map_err(failed)?;
    }
    Ok(())
}

pub(super) fn is_open(patience: &Patience) -> Result<bool, OpenSlotError> {
    let service = connect(patience)?;
    let collection = service.get_default_collection().map_err(failed)?;
    collection.is_locked().map(|locked| !locked).map_err(failed)
}
