//! Proofs of possession: a signed token for one address at one time. The key is read from the
//! form in which the AWS CLI keeps it, and from no other curve than P-256.
//!
//! Source: RFC 9449, section 4.2; RFC 5915 for the key.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use data_encoding::{BASE64, BASE64URL_NOPAD, HEXLOWER};
use ring::rand::{SecureRandom, SystemRandom};
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use zeroize::Zeroizing;

/// The private key of a console session, from PEM (`EC PRIVATE KEY`).
#[derive(Clone)]
pub struct DpopKey(Arc<EcdsaKeyPair>);

/// A text that is no such key. The text itself is never repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is not a P-256 private key with its public half, in PEM")]
pub struct InvalidDpopKey;

/// The system gives no random numbers, so nothing can be signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the proof of possession cannot be signed")]
pub(super) struct Unprovable;

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
