//! The keystores of a Linux desktop: the Secret Service, and KWallet where only that answers.
//! Which of them keeps an entry is not written down anywhere, so a desktop may change its mind.

use zeroize::Zeroizing;

use super::{KeystoreAccount, OpenSlotError, Patience, kwallet, secret_service};

/// Writes where something answers.
pub(super) fn store(
    account: &KeystoreAccount,
    text: &str,
    patience: &Patience,
) -> Result<(), OpenSlotError> {
    match secret_service::store(account, text, patience) {
        Err(error @ OpenSlotError::Unavailable { .. }) => {
            instead(kwallet::store(account, text, patience), error)
        }
        other => other,
    }
}

/// Reads from whichever has the entry.
pub(super) fn read(
    account: &KeystoreAccount,
    patience: &Patience,
) -> Result<Zeroizing<Vec<u8>>, OpenSlotError> {
    match secret_service::read(account, patience) {
        Err(error @ (OpenSlotError::Unavailable { .. } | OpenSlotError::NoEntry { .. })) => {
            instead(kwallet::read(account, patience), error)
        }
        other => other,
    }
}

/// Removes the entry wherever it is; one that cannot be looked for is an error.
pub(super) fn forget(account: &KeystoreAccount, patience: &Patience) -> Result<(), OpenSlotError> {
    let first = secret_service::forget(account, patience);
    match (first, kwallet::forget(account, patience)) {
        (Ok(()), Ok(()) | Err(OpenSlotError::Unavailable { .. }))
        | (Err(OpenSlotError::Unavailable { .. }), Ok(())) => Ok(()),
        (Ok(()), error) => error,
        (error, _) => error,
    }
}

/// Whether the keystore can store something without a prompt.
pub(super) fn is_open(patience: &Patience) -> Result<bool, OpenSlotError> {
    secret_service::is_open(patience).or_else(|error| instead(kwallet::is_open(), error))
}

/// KWallet's answer, or the Secret Service's error if there is no KWallet either.
fn instead<T>(answer: Result<T, OpenSlotError>, error: OpenSlotError) -> Result<T, OpenSlotError> {
    match answer {
        Err(OpenSlotError::Unavailable { .. }) => Err(error),
        other => other,
    }
}
