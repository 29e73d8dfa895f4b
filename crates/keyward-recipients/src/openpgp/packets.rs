//! Cuts a certificate into packets. Refuses what is cut off: a missing end may have held a
//! revocation. Partial lengths do not occur in keys.
//!
//! Source: RFC 9580, section 4.2.

use super::error::PgpError;

/// A packet: what it is, and its content.
#[derive(Clone, Copy)]
pub(super) struct RawPacket<'a> {
    /// The packet type id: 2 is a signature, 6 a public key, 14 a public subkey.
    pub(super) tag: u8,
    pub(super) body: &'a [u8],
}

/// Every packet of `bytes`, in order.
pub(super) fn split(mut bytes: &[u8]) -> Result<Vec<RawPacket<'_>>, PgpError> {
    let mut packets = Vec::new();
    while let Some((&first, rest)) = bytes.split_first() {
        let (tag, (length, rest)) = match first {
            0xc0.. => (first & 0x3f, new_length(rest)?),
            0x80.. => (first >> 2 & 0x0f, old_length(first & 3, rest)?),
            _ => return Err(PgpError::Damaged),
        };
        if length > rest.len() {
            return Err(PgpError::Damaged);
        }
        let (body, rest) = rest.split_at(length);
        packets.push(RawPacket { tag, body });
        bytes = rest;
    }
    Ok(packets)
}

fn new_length(bytes: &[u8]) -> Result<(usize, &[u8]), PgpError> {
    match *bytes {
        [one @ 0..192, ref rest @ ..] => Ok((usize::from(one), rest)),
        [one @ 192..224, two, ref rest @ ..] => Ok((
            (usize::from(one) - 192) * 256 + usize::from(two) + 192,
            rest,
        )),
        [255, a, b, c, d, ref rest @ ..] => Ok((big_endian(&[a, b, c, d]), rest)),
        _ => Err(PgpError::Damaged),
    }
}

fn old_length(kind: u8, bytes: &[u8]) -> Result<(usize, &[u8]), PgpError> {
    let size = match kind {
        0 => 1,
        1 => 2,
        2 => 4,
        _ => return Err(PgpError::Damaged),
    };
    let (length, rest) = bytes.split_at_checked(size).ok_or(PgpError::Damaged)?;
    Ok((big_endian(length), rest))
}

fn big_endian(bytes: &[u8]) -> usize {
    bytes
        .iter()
        .fold(0, |sum, byte| sum << 8 | usize::from(*byte))
}
