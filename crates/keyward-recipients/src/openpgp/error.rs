//! The reasons why a PGP key is refused, each with its remedy. No text of the key and none of the
//! `pgp` crate's appears in a message, apart from fingerprints.

use std::fmt;

use keyward_core::Timestamp;

use super::fingerprint::PgpFingerprint;

/// The reasons why a PGP key cannot receive a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PgpError {
    /// Nothing was given.
    #[error("the PGP key is empty; export it with `gpg --armor --export NAME`")]
    Empty,
    /// Neither armor, base64 nor packets.
    #[error(
        "this is not a PGP public key, armored, in base64 or binary; export it with `gpg --armor --export NAME`"
    )]
    NotAKey,
    /// A private key.
    #[error(
        "this is a PRIVATE key, which must stay with its owner; give the public key, from `gpg --armor --export NAME`, and consider the private key exposed wherever this copy has been"
    )]
    PrivateKey,
    /// A message, a signature, another program's armor.
    #[error(
        "this is armored text, but not a PGP public key; export the key with `gpg --armor --export NAME`"
    )]
    OtherArmor,
    /// The end is missing, or it cannot be cut into packets.
    #[error("the PGP key is damaged or cut off; export it again with `gpg --armor --export NAME`")]
    Damaged,
    /// Over a mebibyte.
    #[error(
        "the PGP key is larger than 1 MiB; export it without the signatures of others: `gpg --export-options export-minimal --armor --export NAME`"
    )]
    TooLarge,
    /// A keyring, or two blocks.
    #[error(
        "there is more than one PGP key here; give each person's key by itself, from `gpg --armor --export FINGERPRINT`"
    )]
    SeveralCertificates,
    /// Not version 4.
    #[error(
        "this PGP key has version {version}, and GnuPG 2.2 and 2.4 read only version 4; make one with `gpg --quick-generate-key NAME`"
    )]
    Version {
        /// The version in the key's packet.
        version: u8,
    },
    /// A kind of primary key that cannot be verified.
    #[error(
        "the primary key has a kind or size that keyward cannot verify; make a key with `gpg --quick-generate-key NAME`"
    )]
    UnreadablePrimary,
    /// A kind of primary key that GnuPG 2.2 or keyward does not support.
    #[error(
        "PGP key {fingerprint}: its primary key {problem}; make a key with `gpg --quick-generate-key NAME`"
    )]
    UnusablePrimary {
        /// The certificate.
        fingerprint: PgpFingerprint,
        /// The reason.
        problem: KeyProblem,
    },
    /// Too small to trust its signatures.
    #[error(
        "PGP key {fingerprint}: its primary key has {bits} bits, and 2048 are needed; make a new one with `gpg --quick-generate-key NAME`"
    )]
    PrimaryTooSmall {
        /// The certificate.
        fingerprint: PgpFingerprint,
        /// The size of the modulus or prime.
        bits: u16,
    },
    /// Its owner has revoked it.
    #[error("PGP key {fingerprint} is revoked; ask its owner for the new one")]
    Revoked {
        /// The certificate.
        fingerprint: PgpFingerprint,
    },
    /// No signature by the key itself holds.
    #[error(
        "PGP key {fingerprint} has no valid signature of its own, so its dates and uses are unknown; export it again with `gpg --armor --export {fingerprint}`"
    )]
    NoSelfSignature {
        /// The certificate.
        fingerprint: PgpFingerprint,
    },
    /// The whole key has expired.
    #[error(
        "PGP key {fingerprint} expired on {at}; its owner extends it with `gpg --quick-set-expire {fingerprint} 2y` and exports it again"
    )]
    Expired {
        /// The certificate.
        fingerprint: PgpFingerprint,
        /// The time.
        at: Timestamp,
    },
    /// Made in the future.
    #[error(
        "PGP key {fingerprint} was made on {at}, which is in the future; check this machine's clock and the one that made the key"
    )]
    NotYetValid {
        /// The certificate.
        fingerprint: PgpFingerprint,
        /// The time.
        at: Timestamp,
    },
    /// It can only sign and certify.
    #[error(
        "PGP key {fingerprint} can sign but not encrypt; its owner adds a subkey with `gpg --quick-add-key {fingerprint} rsa3072 encr` and exports it again"
    )]
    SignOnly {
        /// The certificate.
        fingerprint: PgpFingerprint,
    },
    /// Every key that is meant for encryption has a fault.
    #[error(
        "PGP key {fingerprint} has no usable encryption key: {}; its owner {}adds one with `gpg --quick-add-key {fingerprint} rsa3072 encr`, and exports it again",
        listed(.keys), extension(*.fingerprint, .keys)
    )]
    NoUsableKey {
        /// The certificate.
        fingerprint: PgpFingerprint,
        /// Each key that is meant for encryption, and its fault.
        keys: Vec<UnusableKey>,
    },
}

/// A key that is meant for encryption and cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnusableKey {
    /// Its fingerprint; `None` if it cannot be read.
    pub fingerprint: Option<PgpFingerprint>,
    /// The reason.
    pub problem: KeyProblem,
}

/// The fault of a key in a certificate.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// Its owner has revoked it.
    #[error("is revoked")]
    Revoked,
    /// Its validity has ended.
    #[error("expired on {0}")]
    Expired(Timestamp),
    /// Its validity has not begun.
    #[error("is valid only from {0}")]
    NotYetValid(Timestamp),
    /// No signature ties it to the primary key.
    #[error("has no valid signature by the primary key")]
    Unbound,
    /// RSA below 2048 bits.
    #[error("has RSA of {0} bits, and 2048 are needed")]
    TooSmall(u16),
    /// A curve for which keyward cannot encrypt.
    #[error("is on curve {0}, which keyward does not support")]
    Curve(String),
    /// Key derivation that RFC 9580 forbids.
    #[error("asks for a key derivation that is not safe")]
    KeyDerivation,
    /// ElGamal.
    #[error("is an ElGamal key, which keyward does not support")]
    Elgamal,
    /// The algorithms 25 and 26.
    #[error("is {0} in the form of RFC 9580, which GnuPG 2.2 cannot use")]
    NewForm(&'static str),
    /// Another version inside a version 4 certificate.
    #[error("has version {0}, which GnuPG 2.2 cannot use")]
    Version(u8),
    /// Anything else.
    #[error("has algorithm {0}, which keyward does not support")]
    Algorithm(u8),
}

impl fmt::Display for UnusableKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.fingerprint {
            Some(fingerprint) => write!(f, "{fingerprint} {}", self.problem),
            None => write!(f, "a subkey {}", self.problem),
        }
    }
}

fn listed(keys: &[UnusableKey]) -> String {
    let texts: Vec<String> = keys.iter().map(ToString::to_string).collect();
    texts.join(", ")
}

/// Returns how to extend an expired key: GnuPG's `*` means those that have not expired.
fn extension(primary: PgpFingerprint, keys: &[UnusableKey]) -> String {
    let expired = keys
        .iter()
        .find(|key| matches!(key.problem, KeyProblem::Expired(_)))
        .and_then(|key| key.fingerprint);
    match expired {
        Some(key) => format!("extends it with `gpg --quick-set-expire {primary} 2y {key}` or "),
        None => String::new(),
    }
}
