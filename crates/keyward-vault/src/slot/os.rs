//! The os slot: the vault's identity in the desktop's keystore. Every call is bounded: a
//! keystore that hangs costs two seconds, one that is locked as long as the person may take.

#[cfg(target_os = "linux")]
mod desktop;
#[cfg(target_os = "linux")]
mod kwallet;
#[cfg(target_os = "linux")]
mod secret_service;
#[cfg(target_os = "linux")]
use desktop as platform;
#[cfg(any(target_os = "macos", windows))]
mod native;
#[cfg(any(target_os = "macos", windows))]
use native as platform;
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
mod absent;
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
use absent as platform;

use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use zeroize::Zeroizing;

use super::program::identity_in;
use super::{Access, KeystoreAccount, OpenSlotError};
use crate::identity::Identity;

/// The keystore's name in errors.
const KEYSTORE: &str = "the desktop's keystore";

/// The attribute that all of keyward's entries share.
const SERVICE: &str = "keyward";

/// A keystore's task and its answer, across the thread that performs it.
enum News<T> {
    /// It is waiting for the person.
    Waiting,
    /// It is done.
    Done(Result<T, OpenSlotError>),
}

/// Keystore calls of one platform take this to say that they now wait for the person.
struct Patience {
    seconds: u64,
    waiting: Box<dyn Fn() + Send>,
}

/// Runs `work` in a thread that is left behind if it takes too long.
fn bounded<T: Send + 'static>(
    access: &Access,
    work: impl FnOnce(Patience) -> Result<T, OpenSlotError> + Send + 'static,
) -> Result<T, OpenSlotError> {
    let (send, receive) = mpsc::channel();
    let waiting = send.clone();
    let patience = Patience {
        seconds: access.unlock.as_secs(),
        waiting: Box::new(move || {
            let _ = waiting.send(News::Waiting);
        }),
    };
    // The thread is never joined: a hanging keystore must not block the process, which ends without it.
    thread::Builder::new()
        .name("keystore".to_owned())
        .spawn(move || {
            let _ = send.send(News::Done(work(patience)));
        })
        .map_err(|source| unavailable(Some(source.into())))?;
    let too_slow = |limit| OpenSlotError::TooSlow {
        what: KEYSTORE.to_owned(),
        seconds: whole(limit),
    };
    let mut limit = access.probe;
    let mut then = Then::GiveUp;
    loop {
        match (receive.recv_timeout(limit), then) {
            (Ok(News::Done(result)), _) => return result,
            (Ok(News::Waiting), _) => (limit, then) = (SILENCE, Then::Say),
            (Err(RecvTimeoutError::Timeout), Then::GiveUp) => return Err(too_slow(limit)),
            (Err(RecvTimeoutError::Timeout), Then::Say) => {
                access.person.say(WAITING);
                (limit, then) = (access.unlock + access.probe, Then::GiveUp);
            }
            (Err(RecvTimeoutError::Disconnected), _) => return Err(unavailable(None)),
        }
    }
}

/// The next step after a silence.
#[derive(Clone, Copy)]
enum Then {
    Say,
    GiveUp,
}

/// The time to wait before a message names the keystore. A keystore that cannot prompt fails
/// sooner.
const SILENCE: Duration = Duration::from_secs(1);

/// That message.
const WAITING: &str =
    "waiting for the desktop's keystore, which may be asking for its password in a window";

fn whole(limit: Duration) -> u64 {
    limit.as_secs().max(1)
}

fn unavailable(source: Option<Box<dyn std::error::Error + Send + Sync>>) -> OpenSlotError {
    OpenSlotError::Unavailable {
        what: KEYSTORE.to_owned(),
        source,
    }
}

/// Writes an entry.
pub(crate) fn store(
    account: &KeystoreAccount,
    vault: &Identity,
    access: &Access,
) -> Result<(), OpenSlotError> {
    // The identity is exposed to the keystore that keeps it.
    let (account, text) = (account.clone(), vault.expose());
    bounded(access, move |patience| {
        platform::store(&account, &text, &patience)
    })
}

/// Reads an entry.
pub(crate) fn read(account: &KeystoreAccount, access: &Access) -> Result<Identity, OpenSlotError> {
    let account = account.clone();
    let text: Zeroizing<Vec<u8>> =
        bounded(access, move |patience| platform::read(&account, &patience))?;
    identity_in(&text, KEYSTORE)
}

/// Removes an entry.
pub(crate) fn forget(account: &KeystoreAccount, access: &Access) -> Result<(), OpenSlotError> {
    let account = account.clone();
    bounded(access, move |patience| {
        platform::forget(&account, &patience)
    })
}

/// Whether the keystore can store something without a prompt.
pub(crate) fn is_open(access: &Access) -> bool {
    bounded(access, |patience| platform::is_open(&patience)).unwrap_or(false)
}

#[cfg(test)]
mod tests;
