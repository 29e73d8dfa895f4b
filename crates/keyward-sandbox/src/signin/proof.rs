//! Proofs of possession as they come in: a token signed with the key that it carries, for this
//! address, made now, used once.
//!
//! Source: RFC 9449, sections 4.2 and 4.3; RFC 7638 for the thumbprint.

use data_encoding::BASE64URL_NOPAD;
use keyward_core::Timestamp;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::origin;
use super::refusal::Refusal;
use crate::inbound::Inbound;

/// The permitted error of the maker's clock.
const SKEW: u64 = 300;

/// A proof that holds.
pub(super) struct Proof {
    /// The thumbprint of its key.
    pub(super) key: String,
    /// Its identifier, so that it is not used twice.
    pub(super) id: String,
}

/// Reads and judges the proof of a request.
pub(super) fn of(request: &Inbound, now: Timestamp) -> Result<Proof, Refusal> {
    let refused = || Refusal::request("The DPoP proof is missing or not valid");
    let mut headers = request.headers.get_all("dpop").iter();
    let (Some(text), None) = (headers.next(), headers.next()) else {
        return Err(refused());
    };
    let text = text.to_str().map_err(|_| refused())?;
    let (signed, signature) = text.rsplit_once('.').ok_or_else(refused)?;
    let (header, claims) = signed.split_once('.').ok_or_else(refused)?;
    let header = json(header).ok_or_else(refused)?;
    let claims = json(claims).ok_or_else(refused)?;
    let key = key(&header).ok_or_else(refused)?;
    let signature = decoded(signature).ok_or_else(refused)?;
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &key.point)
        .verify(signed.as_bytes(), &signature)
        .map_err(|_| refused())?;
    let address = format!("{}{}", origin(request), request.path);
    let here = claims["htm"] == request.method.as_str() && claims["htu"] == address.as_str();
    let fresh = claims["iat"]
        .as_i64()
        .is_some_and(|made| made.abs_diff(now.as_second()) <= SKEW);
    let id = claims["jti"].as_str().filter(|id| !id.is_empty());
    match (here && fresh, id) {
        (true, Some(id)) => Ok(Proof {
            id: format!("{} {id}", key.thumbprint),
            key: key.thumbprint,
        }),
        _ => Err(refused()),
    }
}

struct Key {
    point: Vec<u8>,
    thumbprint: String,
}

/// The key in a proof's header; nothing but ES256 is taken, and no private half.
fn key(header: &Value) -> Option<Key> {
    let jwk = &header["jwk"];
    let fits = header["typ"] == "dpop+jwt"
        && header["alg"] == "ES256"
        && jwk["kty"] == "EC"
        && jwk["crv"] == "P-256"
        && jwk.get("d").is_none();
    let (x, y) = (jwk["x"].as_str()?, jwk["y"].as_str()?);
    let coordinate = |text| decoded(text).filter(|bytes| bytes.len() == 32);
    // An uncompressed point: a mark, then both coordinates.
    let point = [vec![4], coordinate(x)?, coordinate(y)?].concat();
    let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    let thumbprint = BASE64URL_NOPAD.encode(&Sha256::digest(canonical.as_bytes()));
    fits.then_some(Key { point, thumbprint })
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(text.as_bytes()).ok()
}

fn json(part: &str) -> Option<Value> {
    serde_json::from_slice(&decoded(part)?).ok()
}
