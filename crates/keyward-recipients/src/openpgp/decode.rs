//! The bytes of a certificate out of what people paste: binary, armored, base64 of either. Refuses
//! private keys and other kinds of armor before anything is parsed.

use zeroize::Zeroizing;

use super::error::PgpError;
use crate::text::{MAX_KEY_BYTES, base64_bytes, holds_private_key, text_of};

const BEGIN: &str = "-----BEGIN ";
const PUBLIC: &str = "PGP PUBLIC KEY BLOCK";

/// The packets of one certificate.
pub(super) fn certificate_bytes(content: &[u8]) -> Result<Zeroizing<Vec<u8>>, PgpError> {
    let bytes = unwrapped(content)?;
    if is_binary(&bytes) {
        return Ok(bytes);
    }
    // Base64 of armor, as `gpg --armor --export | base64` makes it.
    let inner = unwrapped(&bytes)?;
    if is_binary(&inner) {
        Ok(inner)
    } else {
        Err(PgpError::NotAKey)
    }
}

/// Removes one layer: armor or base64. Binary content has none.
fn unwrapped(content: &[u8]) -> Result<Zeroizing<Vec<u8>>, PgpError> {
    if content.len() > MAX_KEY_BYTES {
        return Err(PgpError::TooLarge);
    }
    let Some(text) = text_of(content) else {
        return match is_binary(content) {
            true => Ok(Zeroizing::new(content.to_vec())),
            false => Err(PgpError::NotAKey),
        };
    };
    let text = Zeroizing::new(text.into_owned());
    if text.trim().is_empty() {
        return Err(PgpError::Empty);
    }
    if holds_private_key(&text) {
        return Err(PgpError::PrivateKey);
    }
    if text.contains(BEGIN) {
        return dearmored(&text);
    }
    base64_bytes(&text).ok_or(PgpError::NotAKey)
}

/// Packets begin with a byte whose highest bit is set; text does not.
///
/// Source: RFC 9580, section 4.2.
fn is_binary(bytes: &[u8]) -> bool {
    bytes.first().is_some_and(|first| first & 0x80 != 0)
}

/// The content of the one armored block in a text. Lines may be indented, and text around the block
/// is ignored. The checksum is ignored too: the signatures inside protect more than it does.
///
/// Source: RFC 9580, section 6.
fn dearmored(text: &str) -> Result<Zeroizing<Vec<u8>>, PgpError> {
    let blocks = text.matches(BEGIN).count();
    if text.matches(&format!("{BEGIN}{PUBLIC}-----")).count() != blocks {
        return Err(PgpError::OtherArmor);
    }
    if blocks > 1 {
        return Err(PgpError::SeveralCertificates);
    }
    let after = text
        .split_once(&format!("{BEGIN}{PUBLIC}-----"))
        .map_or("", |(_, after)| after);
    let (inside, _) = after
        .split_once(&format!("-----END {PUBLIC}-----"))
        .ok_or(PgpError::Damaged)?;
    let body: Zeroizing<String> = Zeroizing::new(
        inside
            .lines()
            .map(str::trim)
            // Headers such as `Version: GnuPG v2`; base64 has no colon.
            .filter(|line| !line.contains(':'))
            .take_while(|line| !(line.starts_with('=') && line.len() == 5))
            .collect(),
    );
    base64_bytes(&body).ok_or(PgpError::Damaged)
}
