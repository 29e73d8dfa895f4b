//! The statements of a key about itself: its expiry, its uses and its owner. Only valid signatures count,
//! from their start to their end.

use std::time::Duration;

use keyward_core::Timestamp;
use keyward_core::text::is_unseen;
use pgp::crypto::hash::HashAlgorithm;
use pgp::packet::{
    KeyFlags, PublicKey, PublicSubkey, Signature, SignatureType, SubpacketData, UserId,
};
use pgp::types::{KeyDetails, Tag};

use super::certificate::Certificate;

/// The time by which the clock that made a key may be ahead of ours.
pub(super) const SKEW: Duration = Duration::from_secs(3600);

/// The statement of a self-signature about a key.
pub(super) struct Statement {
    pub(super) made: Timestamp,
    pub(super) expires: Option<Timestamp>,
    flags: Option<KeyFlags>,
    /// Whether it marks its user id as the primary one.
    primary: bool,
}

impl Statement {
    /// Whether it marks the key for encryption, of messages or of stored data.
    pub(super) fn encrypts(&self) -> bool {
        self.flags
            .as_ref()
            .is_some_and(|flags| flags.encrypt_comms() || flags.encrypt_storage())
    }
}

/// Returns the statement of the key's own newest signature, and the user id to show.
pub(super) fn of_primary(
    certificate: &Certificate,
    now: Timestamp,
) -> Option<(Statement, Option<String>)> {
    let primary = &certificate.primary.key;
    let direct = certificate
        .direct
        .iter()
        .filter(|signature| signature.typ() == Some(SignatureType::Key))
        .filter(|signature| is_current(signature, now) && signature.verify_key(primary).is_ok())
        .filter_map(|signature| statement(signature, primary))
        // A designated revoker comes as a signature on the key that says nothing else.
        .filter(|said| said.flags.is_some() || said.expires.is_some());
    let users: Vec<(Statement, &UserId)> = certificate
        .users
        .iter()
        .filter_map(|(id, signatures)| Some((certification(primary, id, signatures, now)?, id)))
        .collect();
    // Of two that are equal, the first in the file.
    let user_id = users
        .iter()
        .rev()
        .max_by_key(|(said, _)| (said.primary, said.made))
        .map(|(_, id)| shown(id));
    direct
        .chain(users.into_iter().map(|(said, _)| said))
        // Of two that were made in the same second, the one that ends.
        .max_by_key(|said| (said.made, said.expires.is_some()))
        .map(|said| (said, user_id))
}

/// The newest certification of a user id by the key itself, unless a newer one revokes it.
fn certification(
    primary: &PublicKey,
    id: &UserId,
    signatures: &[Signature],
    now: Timestamp,
) -> Option<Statement> {
    let own = |signature: &&Signature| {
        is_current(signature, now)
            && signature
                .verify_certification(primary, Tag::UserId, id)
                .is_ok()
    };
    let newest = newest(
        signatures
            .iter()
            .filter(|s| s.is_certification())
            .filter(own),
    )?;
    let said = statement(newest, primary)?;
    let revoked = signatures
        .iter()
        .filter(|signature| signature.typ() == Some(SignatureType::CertRevocation))
        .filter(|signature| made(signature).is_some_and(|at| at >= said.made))
        .any(|signature| own(&signature));
    (!revoked).then_some(said)
}

/// Returns the statement of a subkey's newest binding.
pub(super) fn of_subkey(
    primary: &PublicKey,
    key: &PublicSubkey,
    signatures: &[Signature],
    now: Timestamp,
) -> Option<Statement> {
    let bindings = signatures
        .iter()
        .filter(|signature| signature.typ() == Some(SignatureType::SubkeyBinding))
        .filter(|signature| is_current(signature, now))
        .filter(|signature| signature.verify_subkey_binding(primary, key).is_ok());
    newest(bindings).and_then(|binding| statement(binding, key))
}

/// The newest of some signatures; of two in the same second, the later one in the file.
fn newest<'a>(signatures: impl Iterator<Item = &'a Signature>) -> Option<&'a Signature> {
    signatures.max_by_key(|signature| made(signature))
}

/// Whether a signature has begun, has not ended, and is not made with a broken digest.
fn is_current(signature: &Signature, now: Timestamp) -> bool {
    let Some(made) = made(signature) else {
        return false;
    };
    let ended = lifetime(signature.signature_expiration_time())
        .is_some_and(|lifetime| made.after(lifetime) <= now);
    // SHA-1 stays: keys from before 2015 have it, and the crate refuses forged collisions.
    let broken = matches!(
        signature.hash_alg(),
        None | Some(HashAlgorithm::Md5 | HashAlgorithm::Ripemd160 | HashAlgorithm::None)
    );
    made <= now.after(SKEW) && !ended && !broken
}

fn statement(signature: &Signature, key: &impl KeyDetails) -> Option<Statement> {
    let config = signature.config()?;
    let flags = config
        .hashed_subpackets()
        .any(|packet| matches!(packet.data, SubpacketData::KeyFlags(_)));
    Some(Statement {
        made: made(signature)?,
        expires: lifetime(signature.key_expiration_time())
            .map(|lifetime| created(key).after(lifetime)),
        flags: flags.then(|| signature.key_flags()),
        primary: signature.is_primary(),
    })
}

/// A span of time; zero means without end.
fn lifetime(span: Option<pgp::types::Duration>) -> Option<Duration> {
    span.map(Duration::from)
        .filter(|span| *span != Duration::ZERO)
}

fn made(signature: &Signature) -> Option<Timestamp> {
    signature.created().map(timestamp)
}

pub(super) fn created(key: &impl KeyDetails) -> Timestamp {
    timestamp(key.created_at())
}

fn timestamp(at: pgp::types::Timestamp) -> Timestamp {
    Timestamp::from_second(i64::from(at.as_secs()))
}

/// A user id that is safe to show: invisible characters are replaced.
fn shown(id: &UserId) -> String {
    String::from_utf8_lossy(id.id())
        .chars()
        .map(|c| if is_unseen(c) { '\u{fffd}' } else { c })
        .collect()
}
