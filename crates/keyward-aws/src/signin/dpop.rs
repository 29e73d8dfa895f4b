//! Proofs of possession: a signed token for one address at one time. The key is read from and
//! written in the form in which the AWS CLI keeps it, and is of no other curve than P-256.
//!
//! Source: RFC 9449, section 4.2; RFC 5915 for the key.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use keyward_core::secret::ProofKey;
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use zeroize::Zeroizing;

/// The private key of a console session, from PEM (`EC PRIVATE KEY`).
#[derive(Clone)]
pub struct DpopKey(Arc<EcdsaKeyPair>);

/// A text that is not a such key. The text itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is not a P-256 private key with its public half, in PEM")]
pub struct InvalidDpopKey;

/// The system provides no random numbers, so nothing can be made or signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the system provides no random numbers for a proof of possession")]
pub struct Unprovable;

/// The bytes before and after the private half in an `ECPrivateKey` of P-256: version 1; the curve,
/// and the public half's two tags.
const BEFORE: &[u8] = &[0x30, 0x77, 0x02, 0x01, 0x01, 0x04, 0x20];
const BETWEEN: &[u8] = &[
    0xa0, 0x0a, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0xa1, 0x44, 0x03, 0x42,
    0x00,
];

impl FromStr for DpopKey {
    type Err = InvalidDpopKey;

    fn from_str(pem: &str) -> Result<Self, InvalidDpopKey> {
        let base64: Zeroizing<String> = Zeroizing::new(
            pem.lines()
                .map(str::trim)
                .filter(|line| !line.starts_with("-----"))
                .collect(),
        );
        let der = BASE64
            .decode(base64.as_bytes())
            .map_err(|_| InvalidDpopKey)?;
        let der = Zeroizing::new(der);
        let (private, public) = halves(&der).ok_or(InvalidDpopKey)?;
        EcdsaKeyPair::from_private_key_and_public_key(
            &ECDSA_P256_SHA256_FIXED_SIGNING,
            private,
            public,
            &SystemRandom::new(),
        )
        .map(|pair| Self(Arc::new(pair)))
        .map_err(|_| InvalidDpopKey)
    }
}

impl fmt::Debug for DpopKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DpopKey(***)")
    }
}

impl DpopKey {
    /// A new key, and the form it is kept in.
    ///
    /// # Errors
    /// The system provides no random numbers.
    pub fn generate() -> Result<(Self, ProofKey), Unprovable> {
        let random = SystemRandom::new();
        let made = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
            .map_err(|_| Unprovable)?;
        let (private, public) = wrapped(made.as_ref())
            .and_then(halves)
            .expect("a key that was just made has both halves");
        let der = Zeroizing::new([BEFORE, private, BETWEEN, public].concat());
        let base64 = Zeroizing::new(BASE64.encode(&der));
        // Room for all of it: a text that moves while it grows leaves copies behind.
        let mut pem = Zeroizing::new(String::with_capacity(512));
        pem.push_str("-----BEGIN EC PRIVATE KEY-----\n");
        // RFC 7468: lines of 64.
        for line in base64.as_bytes().chunks(64) {
            pem.extend(line.iter().map(|&byte| char::from(byte)));
            pem.push('\n');
        }
        pem.push_str("-----END EC PRIVATE KEY-----\n");
        let key = pem.parse().expect("what was just written can be read");
        let kept = pem.parse().expect("it has the marks of such a key");
        Ok((key, kept))
    }

    /// The proof for a `POST` to an address, made at `now` (seconds since 1970).
    pub(super) fn proof(&self, url: &str, now: i64) -> Result<String, Unprovable> {
        let random = SystemRandom::new();
        let mut id = [0_u8; 16];
        random.fill(&mut id).map_err(|_| Unprovable)?;
        // An uncompressed point: a mark, then both coordinates.
        let (x, y) = self.0.public_key().as_ref()[1..].split_at(32);
        let header = format!(
            r#"{{"typ":"dpop+jwt","alg":"ES256","jwk":{{"kty":"EC","x":"{}","y":"{}","crv":"P-256"}}}}"#,
            BASE64URL_NOPAD.encode(x),
            BASE64URL_NOPAD.encode(y)
        );
        let address: String = url
            .chars()
            .take_while(|c| !matches!(c, '?' | '#'))
            .filter(|c| !matches!(c, '"' | '\\') && !c.is_control())
            .collect();
        let claims = format!(
            r#"{{"htm":"POST","htu":"{address}","iat":{now},"jti":"{}"}}"#,
            HEXLOWER.encode(&id)
        );
        let signed = format!(
            "{}.{}",
            BASE64URL_NOPAD.encode(header.as_bytes()),
            BASE64URL_NOPAD.encode(claims.as_bytes())
        );
        let signature = self
            .0
            .sign(&random, signed.as_bytes())
            .map_err(|_| Unprovable)?;
        Ok(format!(
            "{signed}.{}",
            BASE64URL_NOPAD.encode(signature.as_ref())
        ))
    }
}

/// The `ECPrivateKey` inside of a PKCS #8 key.
fn wrapped(der: &[u8]) -> Option<&[u8]> {
    let (0x30, content, []) = element(der)? else {
        return None;
    };
    let (_version, _, rest) = element(content)?;
    let (_algorithm, _, rest) = element(rest)?;
    let (0x04, key, _) = element(rest)? else {
        return None;
    };
    Some(key)
}

/// Private and public half of an `ECPrivateKey`.
fn halves(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (0x30, mut rest, []) = element(der)? else {
        return None;
    };
    let (mut private, mut public) = (None, None);
    while !rest.is_empty() {
        let (tag, content, after) = element(rest)?;
        match tag {
            0x04 => private = Some(content),
            // The public half: an explicit tag around a string of bits, none of them unused.
            0xa1 => {
                let (0x03, [0, point @ ..], []) = element(content)? else {
                    return None;
                };
                public = Some(point);
            }
            // The version, and the curve, which the public half's own check settles.
            _ => {}
        }
        rest = after;
    }
    Some((private?, public?))
}

/// Tag and content of the first element, and what comes after it.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7f => (usize::from(first), rest),
        // No part of such a key is longer than one byte can say.
        0x81 => {
            let (&length, rest) = rest.split_first()?;
            (usize::from(length), rest)
        }
        _ => return None,
    };
    let (content, after) = rest.split_at_checked(length)?;
    Some((tag, content, after))
}

#[cfg(test)]
mod tests;
