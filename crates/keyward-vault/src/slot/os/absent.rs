//! Systems without a keystore that keyward knows.

use zeroize::Zeroizing;

use super::{KeystoreAccount, OpenSlotError, Patience, unavailable};

pub(super) fn store(_: &KeystoreAccount, _: &str, _: &Patience) -> Result<(), OpenSlotError> {
    Err(unavailable(None))
}

pub(super) fn read(_: &KeystoreAccount, _: &Patience) -> Result<Zeroizing<Vec<u8>>, OpenSlotError> {
    Err(unavailable(None))
}

pub(super) fn forget(_: &KeystoreAccount, _: &Patience) -> Result<(), OpenSlotError> {
    Err(unavailable(None))
}

pub(super) fn is_open(_: &Patience) -> Result<bool, OpenSlotError> {
    Ok(false)
}
