//! The parts of one certificate, in the order of the file. Decides nothing about their validity;
//! refuses private keys, several certificates, other versions, and signatures that are damaged
//! where they could revoke.

use pgp::packet::{PacketHeader, PublicKey, PublicSubkey, Signature, SignatureType, UserId};
use pgp::types::{KeyDetails, Tag};

use super::error::PgpError;
use super::packets::{RawPacket, split};

/// One certificate, unverified.
pub(super) struct Certificate {
    pub(super) primary: Material<PublicKey>,
    /// Signatures on the key itself.
    pub(super) direct: Vec<Signature>,
    /// Signatures that revoke the whole key, wherever they are in the file.
    pub(super) revocations: Vec<Signature>,
    pub(super) users: Vec<(UserId, Vec<Signature>)>,
    pub(super) subkeys: Vec<Subkey>,
}

/// A key and what its packet says before its mathematics is parsed.
pub(super) struct Material<K> {
    pub(super) key: K,
    /// The size of the first number of the key, in bits: the modulus of RSA, the prime of DSA.
    pub(super) bits: u16,
}

/// A subkey and the signatures that follow it.
pub(super) struct Subkey {
    pub(super) key: SubkeyMaterial,
    pub(super) signatures: Vec<Signature>,
}

/// A subkey, as far as it can be read.
pub(super) enum SubkeyMaterial {
    Known(Box<Material<PublicSubkey>>),
    /// Another version, or numbers that cannot be read.
    Unknown {
        version: u8,
        algorithm: u8,
    },
}

/// The owner of the next signature.
enum SignatureOwner {
    Key,
    User,
    Subkey,
    Ignored,
}

pub(super) fn read(bytes: &[u8]) -> Result<Certificate, PgpError> {
    let packets = split(bytes)?;
    if packets.iter().any(|packet| matches!(packet.tag, 5 | 7)) {
        return Err(PgpError::PrivateKey);
    }
    let Some((first, rest)) = packets.split_first() else {
        return Err(PgpError::NotAKey);
    };
    match first.tag {
        6 => {}
        1 | 2 | 3 | 4 | 8 | 9 | 11 | 18 | 20 => return Err(PgpError::OtherArmor),
        _ => return Err(PgpError::NotAKey),
    }
    if rest.iter().any(|packet| packet.tag == 6) {
        return Err(PgpError::SeveralCertificates);
    }
    let mut certificate = Certificate {
        primary: primary(first)?,
        direct: Vec::new(),
        revocations: Vec::new(),
        users: Vec::new(),
        subkeys: Vec::new(),
    };
    let mut place = SignatureOwner::Key;
    for packet in rest {
        match packet.tag {
            2 => certificate.add(signature(packet)?, &place),
            13 => {
                place = match certificate.add_user(packet) {
                    true => SignatureOwner::User,
                    false => SignatureOwner::Ignored,
                }
            }
            14 => {
                certificate.subkeys.push(Subkey {
                    key: subkey(packet),
                    signatures: Vec::new(),
                });
                place = SignatureOwner::Subkey;
            }
            // Pictures, and their signatures.
            17 => place = SignatureOwner::Ignored,
            // Markers, trust, padding: their content does not matter here.
            _ => {}
        }
    }
    Ok(certificate)
}

impl Certificate {
    fn add(&mut self, signature: Option<Signature>, place: &SignatureOwner) {
        let Some(signature) = signature else { return };
        if signature.typ() == Some(SignatureType::KeyRevocation) {
            self.revocations.push(signature);
            return;
        }
        let list = match place {
            SignatureOwner::Key => Some(&mut self.direct),
            SignatureOwner::User => self.users.last_mut().map(|(_, signatures)| signatures),
            SignatureOwner::Subkey => self.subkeys.last_mut().map(|key| &mut key.signatures),
            SignatureOwner::Ignored => None,
        };
        if let Some(list) = list {
            list.push(signature);
        }
    }

    fn add_user(&mut self, packet: &RawPacket<'_>) -> bool {
        let user = header(Tag::UserId, packet)
            .and_then(|header| UserId::try_from_reader(header, packet.body).ok());
        let readable = user.is_some();
        self.users.extend(user.map(|user| (user, Vec::new())));
        readable
    }
}

fn header(tag: Tag, packet: &RawPacket<'_>) -> Option<PacketHeader> {
    u32::try_from(packet.body.len())
        .ok()
        .map(|length| PacketHeader::new_fixed(tag, length))
}

fn primary(packet: &RawPacket<'_>) -> Result<Material<PublicKey>, PgpError> {
    match packet.body.first() {
        Some(4) => {}
        Some(&version) => return Err(PgpError::Version { version }),
        None => return Err(PgpError::Damaged),
    }
    let mut body = packet.body;
    let key = header(Tag::PublicKey, packet)
        .and_then(|header| PublicKey::try_from_reader(header, &mut body).ok());
    match key {
        Some(key) if body.is_empty() => Ok(Material {
            key,
            bits: first_number_bits(packet.body),
        }),
        _ => Err(PgpError::UnreadablePrimary),
    }
}

fn subkey(packet: &RawPacket<'_>) -> SubkeyMaterial {
    let mut body = packet.body;
    let key = header(Tag::PublicSubkey, packet)
        .and_then(|header| PublicSubkey::try_from_reader(header, &mut body).ok());
    match key {
        Some(key) if body.is_empty() && u8::from(key.version()) == 4 => {
            SubkeyMaterial::Known(Box::new(Material {
                key,
                bits: first_number_bits(packet.body),
            }))
        }
        _ => SubkeyMaterial::Unknown {
            version: packet.body.first().copied().unwrap_or(0),
            algorithm: packet.body.get(5).copied().unwrap_or(0),
        },
    }
}

/// The bit count of the first multiprecision integer of a version 4 key: one byte of version, four
/// of time, one of algorithm come before it.
///
/// Source: RFC 9580, section 5.5.2.2.
fn first_number_bits(body: &[u8]) -> u16 {
    match body {
        [_, _, _, _, _, _, high, low, ..] => u16::from_be_bytes([*high, *low]),
        _ => 0,
    }
}

/// A signature, or `None` if the crate cannot read it and it cannot revoke anything.
fn signature(packet: &RawPacket<'_>) -> Result<Option<Signature>, PgpError> {
    let read = header(Tag::Signature, packet)
        .and_then(|header| Signature::try_from_reader(header, packet.body).ok());
    match read {
        Some(signature) => Ok(Some(signature)),
        // Version 4: the second byte is the type; 0x20 and 0x28 revoke a key and a subkey.
        None if matches!(packet.body, [4, 0x20 | 0x28, ..]) => Err(PgpError::Damaged),
        None => Ok(None),
    }
}
