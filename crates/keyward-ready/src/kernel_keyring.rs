//! Texts in the kernel keyring of the user.

use linux_keyutils::{Key, KeyError, KeyRing, KeyRingIdentifier};
use zeroize::Zeroizing;

/// Longer than an identity is; shorter keys are read whole.
const ROOM: usize = 256;

/// The name of the session identity of the vault of that short name.
#[must_use]
pub fn of_sessions(vault: &str) -> String {
    ["keyward:session:", vault].concat()
}

/// The text of that name.
#[must_use]
pub fn read(name: &str) -> Option<Zeroizing<Vec<u8>>> {
    let unlinked = find_unlinked(name).and_then(text);
    unlinked.or_else(|| text(find(name)?))
}

/// The user keyring, reachable. A key in it is only readable through a keyring that the process
/// possesses, and logins without `pam_keyinit` possess none that links to it: so the link is made
/// first. If that is forbidden, the key's own permissions may suffice.
///
/// # Errors
/// The kernel forbids it, as in many containers.
pub fn ring() -> Result<KeyRing, KeyError> {
    let ring = KeyRing::from_special_id(KeyRingIdentifier::User, true)?;
    if let Ok(session) = KeyRing::from_special_id(KeyRingIdentifier::Session, false) {
        let _ = session.link_keyring_id(KeyRingIdentifier::User);
    }
    Ok(ring)
}

/// The key of that name.
#[must_use]
pub fn find(name: &str) -> Option<Key> {
    ring().ok()?.search(name).ok()
}

/// The key, if its own permissions allow finding it, which saves making the link.
fn find_unlinked(name: &str) -> Option<Key> {
    let ring = KeyRing::from_special_id(KeyRingIdentifier::User, false).ok()?;
    ring.search(name).ok()
}

/// The text of a key.
#[must_use]
pub fn text(key: Key) -> Option<Zeroizing<Vec<u8>>> {
    let mut text = Zeroizing::new(vec![0; ROOM]);
    let length = key.read(&mut *text).ok()?;
    // A longer key was not read.
    (length <= ROOM).then(|| text.truncate(length))?;
    Some(text)
}
