//! The algorithms to which keyward encrypts and from which GnuPG 2.2 decrypts. Refuses the rest by
//! name.

use pgp::crypto::ecc_curve::ECCCurve;
use pgp::crypto::hash::HashAlgorithm;
use pgp::crypto::public_key::PublicKeyAlgorithm;
use pgp::crypto::sym::SymmetricKeyAlgorithm;
use pgp::packet::PublicKey;
use pgp::types::{EcdhPublicParams, EddsaLegacyPublicParams, KeyDetails, PublicParams};

use super::certificate::Material;
use super::error::KeyProblem;

/// The smallest RSA modulus and DSA prime.
pub(super) const MIN_BITS: u16 = 2048;

/// The algorithms that cannot encrypt: RSA for signing, DSA, ECDSA, EdDSA in both forms.
///
/// Source: RFC 9580, section 9.1.
const SIGNING_ONLY: [u8; 6] = [3, 17, 19, 22, 27, 28];

/// The name of a key's algorithm, in GnuPG's words; `None` if it is for signing alone.
pub(super) fn encryption_algorithm<K: KeyDetails>(
    material: &Material<K>,
) -> Result<Option<String>, KeyProblem> {
    let algorithm = material.key.algorithm();
    match (algorithm, material.key.public_params()) {
        (PublicKeyAlgorithm::RSA | PublicKeyAlgorithm::RSAEncrypt, PublicParams::RSA(_)) => {
            match material.bits {
                bits @ MIN_BITS.. => Ok(Some(format!("rsa{bits}"))),
                bits => Err(KeyProblem::TooSmall(bits)),
            }
        }
        (_, PublicParams::ECDH(params)) => curve(params).map(|name| Some(name.to_owned())),
        _ => unusable(u8::from(algorithm)).map_or(Ok(None), Err),
    }
}

fn curve(params: &EcdhPublicParams) -> Result<&'static str, KeyProblem> {
    let (name, hash, cipher) = match params {
        EcdhPublicParams::Curve25519Legacy { hash, alg_sym, .. } => ("cv25519", hash, alg_sym),
        EcdhPublicParams::P256 { hash, alg_sym, .. } => ("nistp256", hash, alg_sym),
        EcdhPublicParams::P384 { hash, alg_sym, .. } => ("nistp384", hash, alg_sym),
        EcdhPublicParams::P521 { hash, alg_sym, .. } => ("nistp521", hash, alg_sym),
        other => return Err(KeyProblem::Curve(other.curve().name().to_owned())),
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
        false => Err(KeyProblem::KeyDerivation),
    }
}

/// The fault of a primary key's algorithm: its signatures cannot be verified here, or GnuPG 2.2 cannot
/// read it.
pub(super) fn primary_problem(key: &PublicKey) -> Option<KeyProblem> {
    let curve = |curve: ECCCurve| Some(KeyProblem::Curve(curve.name().to_owned()));
    match key.public_params() {
        PublicParams::RSA(_) | PublicParams::DSA(_) => None,
        PublicParams::EdDSALegacy(EddsaLegacyPublicParams::Ed25519 { .. }) => None,
        PublicParams::EdDSALegacy(params) => curve(params.curve()),
        PublicParams::ECDSA(params) if params.is_supported() => None,
        PublicParams::ECDSA(params) => curve(params.curve()),
        PublicParams::Ed25519(_) => Some(KeyProblem::NewForm("Ed25519")),
        PublicParams::Ed448(_) => Some(KeyProblem::NewForm("Ed448")),
        _ => Some(KeyProblem::Algorithm(u8::from(key.algorithm()))),
    }
}

/// Returns the problem of an algorithm that is not usable; `None` if it is for signing alone.
///
/// Source: RFC 9580, section 9.1.
pub(super) fn unusable(algorithm: u8) -> Option<KeyProblem> {
    match algorithm {
        signing if SIGNING_ONLY.contains(&signing) => None,
        16 | 20 => Some(KeyProblem::Elgamal),
        18 => Some(KeyProblem::Curve("of an unknown kind".to_owned())),
        25 => Some(KeyProblem::NewForm("X25519")),
        26 => Some(KeyProblem::NewForm("X448")),
        other => Some(KeyProblem::Algorithm(other)),
    }
}
