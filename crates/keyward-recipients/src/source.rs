//! The forms in which a blueprint names a key: inline, by a file, or by a Keybase account. Refuses
//! a Keybase name where it cannot be, and a fetched key whose fingerprint is not pinned. Fetches
//! and reads nothing.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use zeroize::Zeroizing;

use crate::keybase::{InvalidKeybaseName, KeybaseName};
use crate::openpgp::{InvalidFingerprint, PgpFingerprint, PgpKey};
use crate::recipient::RecipientKind;
use crate::text::{base64_bytes, holds_private_key};

/// The source of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    /// The key itself.
    Inline(InlineKey),
    /// A file. A relative path and a leading `~` are the caller's to resolve.
    File(PathBuf),
    /// A Keybase account: the program fetches the key, then calls [`KeybaseSource::confirm`].
    Keybase(KeybaseSource),
}

/// The text of a key. `Debug` hides it, because it may be a private key that was pasted by mistake.
#[derive(Clone, PartialEq, Eq)]
pub struct InlineKey(Zeroizing<String>);

/// `keybase:NAME` or `keybase:NAME#FINGERPRINT`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeybaseSource {
    /// The account.
    pub name: KeybaseName,
    /// The fingerprint that the fetched key must have.
    pub pin: Option<PgpFingerprint>,
}

/// The reasons why a text does not name a key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum InvalidSource {
    /// Nothing.
    #[error("the `{0}` key is empty; give the public key, or the path of its file")]
    Empty(RecipientKind),
    /// Keybase has PGP keys only.
    #[error("`keybase:` names PGP keys; write `pgp = …`, not `{0} = …`")]
    KeybaseKind(RecipientKind),
    /// The part after `keybase:`.
    #[error("`keybase:NAME` needs the name of an account")]
    KeybaseName(#[source] InvalidKeybaseName),
    /// The part after `#`.
    #[error("`keybase:NAME#FINGERPRINT` needs the fingerprint of the key")]
    Fingerprint(#[source] InvalidFingerprint),
}

/// The reasons why a fetched key is not used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PinError {
    /// The blueprint does not say which key it must be.
    #[error(
        "the key of `keybase:{name}` is not pinned, so the owner of the account could replace it; if {found} is the person's fingerprint, write `keybase:{name}#{found}`"
    )]
    Missing {
        /// The account.
        name: KeybaseName,
        /// The fingerprint of the key that came.
        found: PgpFingerprint,
    },
    /// It is another key.
    #[error(
        "`keybase:{name}` gives the key {found}, not {pinned}; ask the person which is theirs before you change the blueprint"
    )]
    Differs {
        /// The account.
        name: KeybaseName,
        /// The fingerprint in the blueprint.
        pinned: PgpFingerprint,
        /// The fingerprint of the key that came.
        found: PgpFingerprint,
    },
}

impl Source {
    /// Reads one value of `pgp = …`, `age = …` or `ssh = …`.
    ///
    /// Everything that may be a private key counts as inline, so that no error shows it as a path.
    ///
    /// # Errors
    /// The text is empty, or begins with `keybase:` and is not valid after that.
    pub fn parse(kind: RecipientKind, text: &str) -> Result<Self, InvalidSource> {
        let trimmed = text.trim();
        if trimmed.is_empty() {
            return Err(InvalidSource::Empty(kind));
        }
        if let Some(rest) = trimmed.strip_prefix("keybase:") {
            return match kind {
                RecipientKind::Pgp => rest.parse().map(Self::Keybase),
                _ => Err(InvalidSource::KeybaseKind(kind)),
            };
        }
        let path = trimmed.strip_prefix("file:").unwrap_or(trimmed);
        Ok(match is_inline(trimmed) {
            true => Self::Inline(InlineKey(Zeroizing::new(text.to_owned()))),
            false => Self::File(PathBuf::from(path)),
        })
    }
}

fn is_inline(text: &str) -> bool {
    /// Shorter than the base64 of any certificate, longer than any likely path without a dot.
    const SHORTEST_BASE64: usize = 160;
    text.contains('\n')
        || text.contains("-----BEGIN")
        || holds_private_key(text)
        || RecipientKind::of(text.as_bytes()).is_some_and(|found| match found {
            // `age1.txt` and `ssh-keys/alice.pub` are paths.
            RecipientKind::Age => !text.contains(['.', '/', '\\']),
            RecipientKind::Ssh => text.split_whitespace().nth(1).is_some(),
            RecipientKind::Pgp => true,
        })
        || text.len() >= SHORTEST_BASE64 && base64_bytes(text).is_some()
}

impl FromStr for KeybaseSource {
    type Err = InvalidSource;

    /// Reads `NAME` or `NAME#FINGERPRINT`, without `keybase:`.
    fn from_str(text: &str) -> Result<Self, InvalidSource> {
        let (name, pin) = match text.split_once('#') {
            Some((name, pin)) => (name, Some(pin)),
            None => (text, None),
        };
        Ok(Self {
            name: name.parse().map_err(InvalidSource::KeybaseName)?,
            pin: pin
                .map(str::parse)
                .transpose()
                .map_err(InvalidSource::Fingerprint)?,
        })
    }
}

impl KeybaseSource {
    /// Checks that a fetched key is the pinned one.
    ///
    /// # Errors
    /// No fingerprint is pinned, or the key has another.
    pub fn confirm(&self, key: &PgpKey) -> Result<(), PinError> {
        let (name, found) = (self.name.clone(), key.fingerprint());
        match self.pin {
            None => Err(PinError::Missing { name, found }),
            Some(pinned) if pinned != found => Err(PinError::Differs {
                name,
                pinned,
                found,
            }),
            Some(_) => Ok(()),
        }
    }
}

impl fmt::Display for KeybaseSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "keybase:{}", self.name)?;
        match self.pin {
            Some(pin) => write!(f, "#{pin}"),
            None => Ok(()),
        }
    }
}

impl InlineKey {
    /// The text, for [`Recipient::read`](crate::Recipient::read).
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }
}

impl fmt::Debug for InlineKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("InlineKey(…)")
    }
}

#[cfg(test)]
mod tests;
