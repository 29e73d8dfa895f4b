//! The secret keys in a listing of `gpg --with-colons`: which of them can encrypt, and what is wrong
//! with the others. Refuses nothing: lines that it does not know are skipped.
//!
//! Source: doc/DETAILS of GnuPG.

use keyward_core::Timestamp;

use crate::slot::{AddSlotError, GpgFingerprint};

/// A primary key with its subkeys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::slot) struct SecretKey {
    pub(in crate::slot) fingerprint: GpgFingerprint,
    primary: Part,
    subkeys: Vec<Part>,
}

/// A primary key or a subkey.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Part {
    /// Empty until the `fpr` record that follows.
    fingerprint: Option<GpgFingerprint>,
    /// The second field: `e` expired, `r` revoked, others.
    validity: String,
    expires: Option<Timestamp>,
    /// The twelfth field: lower case for what this key is made for; in a primary key's, upper case
    /// for what the whole can be used for now, and `D` where the key is disabled.
    capabilities: String,
}

/// The keys of a listing whose fingerprints are readable.
pub(in crate::slot) fn secret_keys(listing: &str) -> Vec<SecretKey> {
    let mut found: Vec<(Part, Vec<Part>)> = Vec::new();
    for line in listing.lines() {
        let fields: Vec<&str> = line.split(':').collect();
        match fields[0] {
            "sec" => found.push((part(&fields), Vec::new())),
            "ssb" => {
                if let Some((_, subkeys)) = found.last_mut() {
                    subkeys.push(part(&fields));
                }
            }
            "fpr" => {
                if let Some((primary, subkeys)) = found.last_mut() {
                    let last = subkeys.last_mut().unwrap_or(primary);
                    let fingerprint = fields.get(9).and_then(|text| text.parse().ok());
                    last.fingerprint = last.fingerprint.take().or(fingerprint);
                }
            }
            _ => {}
        }
    }
    let with_fingerprint = |(primary, subkeys): (Part, Vec<Part>)| {
        Some(SecretKey {
            fingerprint: primary.fingerprint.clone()?,
            primary,
            subkeys,
        })
    };
    found.into_iter().filter_map(with_fingerprint).collect()
}

fn part(fields: &[&str]) -> Part {
    let field = |number: usize| fields.get(number).copied().unwrap_or_default();
    Part {
        fingerprint: None,
        validity: field(1).to_owned(),
        expires: field(6).parse().ok().map(Timestamp::from_second),
        capabilities: field(11).to_owned(),
    }
}

impl SecretKey {
    pub(in crate::slot) fn can_encrypt(&self) -> bool {
        self.primary.capabilities.contains('E') && !self.is_disabled()
    }

    fn is_disabled(&self) -> bool {
        self.primary.capabilities.contains('D')
    }

    /// Returns why it cannot.
    pub(in crate::slot) fn fault(&self) -> AddSlotError {
        let key = self.fingerprint.clone();
        if self.is_disabled() {
            return AddSlotError::KeyDisabled(key);
        }
        let own = |part: &&Part| part.capabilities.contains('e');
        let dead = |part: &&Part| ["e", "r"].contains(&part.validity.as_str());
        // The subkey that was good last.
        let subkey = self
            .subkeys
            .iter()
            .filter(own)
            .filter(dead)
            .max_by_key(|part| part.expires);
        let (part, subkey) = match (dead(&&self.primary), subkey) {
            (true, _) => (&self.primary, None),
            (false, Some(subkey)) => (subkey, subkey.fingerprint.clone()),
            (false, None) => return AddSlotError::KeySignsOnly(key),
        };
        match part.expires.filter(|_| part.validity == "e") {
            Some(at) => AddSlotError::KeyExpired { key, at, subkey },
            None => AddSlotError::KeyRevoked(key),
        }
    }
}

#[cfg(test)]
mod tests;
