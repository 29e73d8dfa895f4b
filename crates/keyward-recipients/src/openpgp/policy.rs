//! The policy: which key of a certificate receives a secret at a given time. Everything that the
//! decision rests on is verified here against the primary key; signatures by others are ignored.
//!
//! - A revocation of the primary key that verifies refuses the certificate, whatever its date.
//! - The newest self-signature that holds says when the primary key expires and what it is for.
//! - A subkey counts by its newest binding that holds: marked for communications or storage, neither
//!   revoked nor expired, RSA of 2048 bits or more, or ECDH on Curve25519 or a NIST curve.
//! - The newest usable subkey is chosen, as GnuPG does; else a primary key that is marked so.
//!
//! Source: RFC 9580, sections 5.2 and 10.1; GnuPG's own choice of subkeys.

use keyward_core::Timestamp;
use pgp::packet::{PublicKey, PublicSubkey, Signature, SignatureType};
use pgp::types::{KeyDetails, PublicParams};

use super::algorithm::{MIN_BITS, encryption_algorithm, primary_problem, unusable};
use super::certificate::{Certificate, Material, Subkey, SubkeyMaterial};
use super::error::{KeyProblem, PgpError, UnusableKey};
use super::fingerprint::PgpFingerprint;
use super::statement::{self, SKEW, Statement, created};
use super::{EncryptionKey, PgpKey};

pub(super) fn choose(certificate: Certificate, now: Timestamp) -> Result<PgpKey, PgpError> {
    let primary = &certificate.primary.key;
    let fingerprint = fingerprint_of(primary).ok_or(PgpError::UnreadablePrimary)?;
    check_primary(&certificate.primary, fingerprint)?;
    let revoked = |signature: &Signature| signature.verify_key(primary).is_ok();
    if certificate.revocations.iter().any(revoked) {
        return Err(PgpError::Revoked { fingerprint });
    }
    let made = created(primary);
    if made > now.after(SKEW) {
        return Err(PgpError::NotYetValid {
            fingerprint,
            at: made,
        });
    }
    let (said, user_id) = statement::of_primary(&certificate, now)
        .ok_or(PgpError::NoSelfSignature { fingerprint })?;
    if let Some(at) = said.expires.filter(|at| *at <= now) {
        return Err(PgpError::Expired { fingerprint, at });
    }
    let mut refused = Vec::new();
    let chosen = newest_subkey(&certificate, now, &mut refused)
        .or_else(|| usable_primary(&certificate.primary, &said, &mut refused));
    let Some(chosen) = chosen else {
        return Err(match refused.is_empty() {
            true => PgpError::SignOnly { fingerprint },
            false => PgpError::NoUsableKey {
                fingerprint,
                keys: refused,
            },
        });
    };
    let expires = [said.expires, chosen.expires];
    Ok(PgpKey {
        primary: fingerprint,
        encryption: chosen.fingerprint,
        algorithm: chosen.algorithm,
        user_id,
        expires: expires.into_iter().flatten().min(),
        key: chosen.key,
    })
}

/// Whether the primary key's signatures can be verified and trusted.
fn check_primary(
    primary: &Material<PublicKey>,
    fingerprint: PgpFingerprint,
) -> Result<(), PgpError> {
    if let Some(problem) = primary_problem(&primary.key) {
        return Err(PgpError::UnusablePrimary {
            fingerprint,
            problem,
        });
    }
    let sized = matches!(
        primary.key.public_params(),
        PublicParams::RSA(_) | PublicParams::DSA(_)
    );
    match primary.bits {
        bits if sized && bits < MIN_BITS => Err(PgpError::PrimaryTooSmall { fingerprint, bits }),
        _ => Ok(()),
    }
}

/// A key that can receive secrets.
struct Chosen {
    key: EncryptionKey,
    fingerprint: PgpFingerprint,
    algorithm: String,
    expires: Option<Timestamp>,
}

/// The newest usable subkey. What is wrong with the others that are meant for encryption goes to
/// `refused`.
fn newest_subkey(
    certificate: &Certificate,
    now: Timestamp,
    refused: &mut Vec<UnusableKey>,
) -> Option<Chosen> {
    let mut newest: Option<(Timestamp, Chosen)> = None;
    for subkey in &certificate.subkeys {
        match usable_subkey(&certificate.primary.key, subkey, now) {
            Ok(Some((made, chosen))) => {
                if newest.as_ref().is_none_or(|(so_far, _)| made > *so_far) {
                    newest = Some((made, chosen));
                }
            }
            Ok(None) => {}
            Err(problem) => refused.push(UnusableKey {
                fingerprint: match &subkey.key {
                    SubkeyMaterial::Known(material) => fingerprint_of(&material.key),
                    SubkeyMaterial::Unknown { .. } => None,
                },
                problem,
            }),
        }
    }
    newest.map(|(_, chosen)| chosen)
}

/// A subkey, `None` when it is not meant for encryption.
fn usable_subkey(
    primary: &PublicKey,
    subkey: &Subkey,
    now: Timestamp,
) -> Result<Option<(Timestamp, Chosen)>, KeyProblem> {
    let material = match &subkey.key {
        SubkeyMaterial::Known(material) => material,
        SubkeyMaterial::Unknown {
            version: 4,
            algorithm,
        } => return unusable(*algorithm).map_or(Ok(None), Err),
        SubkeyMaterial::Unknown { version, .. } => return Err(KeyProblem::Version(*version)),
    };
    let key = &material.key;
    // A subkey that nothing binds is reported only if it could encrypt.
    let said = statement::of_subkey(primary, key, &subkey.signatures, now);
    if said.as_ref().is_some_and(|said| !said.encrypts()) {
        return Ok(None);
    }
    let Some(algorithm) = encryption_algorithm(material)? else {
        return Ok(None);
    };
    let said = said.ok_or(KeyProblem::Unbound)?;
    check_life(primary, key, &subkey.signatures, &said, now)?;
    let chosen = Chosen {
        key: EncryptionKey::Subkey(Box::new(key.clone())),
        fingerprint: fingerprint_of(key).ok_or(KeyProblem::Unbound)?,
        algorithm,
        expires: said.expires,
    };
    Ok(Some((created(key), chosen)))
}

/// Whether a subkey has begun, has not ended and is not revoked.
fn check_life(
    primary: &PublicKey,
    key: &PublicSubkey,
    signatures: &[Signature],
    said: &Statement,
    now: Timestamp,
) -> Result<(), KeyProblem> {
    let revoked = signatures
        .iter()
        .filter(|signature| signature.typ() == Some(SignatureType::SubkeyRevocation))
        .any(|signature| signature.verify_subkey_binding(primary, key).is_ok());
    if revoked {
        return Err(KeyProblem::Revoked);
    }
    let made = created(key);
    if made > now.after(SKEW) {
        return Err(KeyProblem::NotYetValid(made));
    }
    match said.expires.filter(|at| *at <= now) {
        Some(at) => Err(KeyProblem::Expired(at)),
        None => Ok(()),
    }
}

/// The primary key, where it is marked for encryption and can do it.
fn usable_primary(
    primary: &Material<PublicKey>,
    said: &Statement,
    refused: &mut Vec<UnusableKey>,
) -> Option<Chosen> {
    if !said.encrypts() {
        return None;
    }
    let fingerprint = fingerprint_of(&primary.key)?;
    let algorithm = encryption_algorithm(primary).unwrap_or_else(|problem| {
        refused.push(UnusableKey {
            fingerprint: Some(fingerprint),
            problem,
        });
        None
    })?;
    Some(Chosen {
        key: EncryptionKey::Primary(Box::new(primary.key.clone())),
        fingerprint,
        algorithm,
        expires: said.expires,
    })
}

fn fingerprint_of(key: &impl KeyDetails) -> Option<PgpFingerprint> {
    PgpFingerprint::from_bytes(key.fingerprint().as_bytes())
}
