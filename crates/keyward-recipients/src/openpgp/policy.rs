//! The policy: which key of a certificate takes a secret at a given time. Everything that the
//! decision rests on is verified here against the primary key; signatures by others are ignored.
//!
//! - A revocation of the primary key that verifies refuses the certificate, whatever its date.
//! - The newest self-signature that holds says when the primary key expires and what it is for.
//! - A subkey counts by its newest binding that holds: marked for communications or storage, neither
//!   revoked nor expired, RSA of 2048 bits or more, or ECDH on Curve25519 or a NIST curve.
//! - The newest usable subkey is chosen, as GnuPG does; else a primary key that is marked so.
//!
//! Source: RFC 9580, sections 5.2 and 10.1; GnuPG's own choice of subkeys.

use std::time::Duration;

use keyward_core::Timestamp;
use keyward_core::text::is_unseen;
use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::public_key::PublicKeyAlgorithm;
use pgp::crypto::sym::SymmetricKeyAlgorithm;
use pgp::packet::{KeyFlags, PublicKey, Signature, SignatureType, SubpacketData, UserId};
use pgp::types::{EcdhPublicParams, KeyDetails, PublicParams, Tag};

use super::certificate::{Certificate, Material, Subkey, SubkeyMaterial};
use super::error::{PgpError, SubkeyProblem, UnusableSubkey};
use super::fingerprint::PgpFingerprint;
use super::{EncryptionKey, PgpKey};

/// How far the clock that made a key may be ahead of ours.
const SKEW: Duration = Duration::from_secs(3600);

/// The smallest RSA modulus and DSA prime.
const MIN_BITS: u16 = 2048;

/// The algorithms that cannot encrypt: RSA for signing, DSA, ECDSA, EdDSA in both forms.
///
/// Source: RFC 9580, section 9.1.
const SIGNING_ONLY: [u8; 6] = [3, 17, 19, 22, 27, 28];

/// What a self-signature says about a key.
struct Statement {
    made: Timestamp,
    expires: Option<Timestamp>,
    flags: Option<KeyFlags>,
    /// Whether it marks its user id as the primary one.
    primary: bool,
}

pub(super) fn choose(certificate: Certificate, now: Timestamp) -> Result<PgpKey, PgpError> {
    let primary = &certificate.primary.key;
    let fingerprint = fingerprint_of(primary).ok_or(PgpError::UnreadablePrimary)?;
    check_size(&certificate.primary, fingerprint)?;
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
    let (statement, user_id) =
        self_statement(&certificate, now).ok_or(PgpError::NoSelfSignature { fingerprint })?;
    if let Some(at) = statement.expires.filter(|at| *at <= now) {
        return Err(PgpError::Expired { fingerprint, at });
    }
    let mut refused = Vec::new();
    let chosen = newest_subkey(&certificate, now, &mut refused)
        .or_else(|| usable_primary(&certificate.primary, &statement, &mut refused));
    let Some(chosen) = chosen else {
        return Err(match refused.is_empty() {
            true => PgpError::SignOnly { fingerprint },
            false => PgpError::NoUsableKey {
                fingerprint,
                subkeys: refused,
            },
        });
    };
    let expires = [statement.expires, chosen.expires];
    Ok(PgpKey {
        primary: fingerprint,
        encryption: chosen.fingerprint,
        algorithm: chosen.algorithm,
        user_id,
        expires: expires.into_iter().flatten().min(),
        key: chosen.key,
    })
}

fn check_size(primary: &Material<PublicKey>, fingerprint: PgpFingerprint) -> Result<(), PgpError> {
    let sized = matches!(
        primary.key.public_params(),
        PublicParams::RSA(_) | PublicParams::DSA(_)
    );
    match primary.bits {
        bits if sized && bits < MIN_BITS => Err(PgpError::PrimaryTooSmall { fingerprint, bits }),
        _ => Ok(()),
    }
}

/// What the key's own newest signature says, and the user id to show.
fn self_statement(
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
    let user_id = users
        .iter()
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

/// A key that takes secrets.
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
    refused: &mut Vec<UnusableSubkey>,
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
            Err(problem) => refused.push(UnusableSubkey {
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
) -> Result<Option<(Timestamp, Chosen)>, SubkeyProblem> {
    let material = match &subkey.key {
        SubkeyMaterial::Known(material) => material,
        SubkeyMaterial::Unknown {
            version: 4,
            algorithm,
        } => {
            return match algorithm {
                algorithm if SIGNING_ONLY.contains(algorithm) => Ok(None),
                algorithm => Err(algorithm_problem(*algorithm)),
            };
        }
        SubkeyMaterial::Unknown { version, .. } => return Err(SubkeyProblem::Version(*version)),
    };
    let key = &material.key;
    if SIGNING_ONLY.contains(&u8::from(key.algorithm())) {
        return Ok(None);
    }
    let fits = encryption_algorithm(key.algorithm(), key.public_params(), material.bits);
    let verifies = |signature: &&Signature| signature.verify_subkey_binding(primary, key).is_ok();
    let bindings = subkey
        .signatures
        .iter()
        .filter(|signature| signature.typ() == Some(SignatureType::SubkeyBinding));
    let current = bindings.filter(|signature| is_current(signature, now));
    let said = newest(current.filter(verifies)).and_then(|binding| statement(binding, key));
    let Some(said) = said else {
        // Only a key that could encrypt is missed.
        return fits.and_then(|_| Err(SubkeyProblem::Unbound));
    };
    if !said.flags.as_ref().is_some_and(encrypts) {
        return Ok(None);
    }
    let revocations = subkey
        .signatures
        .iter()
        .filter(|signature| signature.typ() == Some(SignatureType::SubkeyRevocation));
    if revocations
        .into_iter()
        .any(|signature| verifies(&signature))
    {
        return Err(SubkeyProblem::Revoked);
    }
    let made = created(key);
    if made > now.after(SKEW) {
        return Err(SubkeyProblem::NotYetValid(made));
    }
    if let Some(at) = said.expires.filter(|at| *at <= now) {
        return Err(SubkeyProblem::Expired(at));
    }
    let algorithm = fits?;
    let fingerprint = fingerprint_of(key).ok_or(SubkeyProblem::Unbound)?;
    let chosen = Chosen {
        key: EncryptionKey::Subkey(Box::new(key.clone())),
        fingerprint,
        algorithm,
        expires: said.expires,
    };
    Ok(Some((made, chosen)))
}

/// The primary key, where it is marked for encryption and can do it.
fn usable_primary(
    primary: &Material<PublicKey>,
    said: &Statement,
    refused: &mut Vec<UnusableSubkey>,
) -> Option<Chosen> {
    said.flags.as_ref().filter(|flags| encrypts(flags))?;
    let key = &primary.key;
    let fingerprint = fingerprint_of(key)?;
    match encryption_algorithm(key.algorithm(), key.public_params(), primary.bits) {
        Ok(algorithm) => Some(Chosen {
            key: EncryptionKey::Primary(Box::new(key.clone())),
            fingerprint,
            algorithm,
            expires: said.expires,
        }),
        Err(problem) => {
            refused.push(UnusableSubkey {
                fingerprint: Some(fingerprint),
                problem,
            });
            None
        }
    }
}

fn encrypts(flags: &KeyFlags) -> bool {
    flags.encrypt_comms() || flags.encrypt_storage()
}

/// The name of an algorithm to which keyward encrypts and GnuPG 2.2 decrypts.
fn encryption_algorithm(
    algorithm: PublicKeyAlgorithm,
    params: &PublicParams,
    bits: u16,
) -> Result<String, SubkeyProblem> {
    match (algorithm, params) {
        (PublicKeyAlgorithm::RSA | PublicKeyAlgorithm::RSAEncrypt, PublicParams::RSA(_)) => {
            match bits {
                MIN_BITS.. => Ok(format!("rsa{bits}")),
                _ => Err(SubkeyProblem::TooSmall(bits)),
            }
        }
        (_, PublicParams::ECDH(params)) => curve(params).map(str::to_owned),
        _ => Err(algorithm_problem(u8::from(algorithm))),
    }
}

fn curve(params: &EcdhPublicParams) -> Result<&'static str, SubkeyProblem> {
    let (name, hash, cipher) = match params {
        EcdhPublicParams::Curve25519Legacy { hash, alg_sym, .. } => ("cv25519", hash, alg_sym),
        EcdhPublicParams::P256 { hash, alg_sym, .. } => ("nistp256", hash, alg_sym),
        EcdhPublicParams::P384 { hash, alg_sym, .. } => ("nistp384", hash, alg_sym),
        EcdhPublicParams::P521 { hash, alg_sym, .. } => ("nistp521", hash, alg_sym),
        other => return Err(SubkeyProblem::Curve(other.curve().name().to_owned())),
    };
    // Source: RFC 9580, section 11.5.1: no MD5, SHA-1 or RIPEMD-160, and AES for the wrapping.
    let safe = matches!(
        hash,
        HashAlgorithm::Sha256 | HashAlgorithm::Sha384 | HashAlgorithm::Sha512
    ) && matches!(
        cipher,
        SymmetricKeyAlgorithm::AES128
            | SymmetricKeyAlgorithm::AES192
            | SymmetricKeyAlgorithm::AES256
    );
    match safe {
        true => Ok(name),
        false => Err(SubkeyProblem::KeyDerivation),
    }
}

/// Source: RFC 9580, section 9.1.
fn algorithm_problem(algorithm: u8) -> SubkeyProblem {
    match algorithm {
        16 | 20 => SubkeyProblem::Elgamal,
        18 => SubkeyProblem::Curve("of an unknown kind".to_owned()),
        25 => SubkeyProblem::NewForm("X25519"),
        26 => SubkeyProblem::NewForm("X448"),
        other => SubkeyProblem::Algorithm(other),
    }
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

fn created(key: &impl KeyDetails) -> Timestamp {
    timestamp(key.created_at())
}

fn timestamp(at: pgp::types::Timestamp) -> Timestamp {
    Timestamp::from_second(i64::from(at.as_secs()))
}

fn fingerprint_of(key: &impl KeyDetails) -> Option<PgpFingerprint> {
    PgpFingerprint::from_bytes(key.fingerprint().as_bytes())
}

/// A user id that no terminal or page misreads.
fn shown(id: &UserId) -> String {
    String::from_utf8_lossy(id.id())
        .chars()
        .map(|c| if is_unseen(c) { '\u{fffd}' } else { c })
        .collect()
}
