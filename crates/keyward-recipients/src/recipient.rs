//! A recipient of any kind. Refuses a key of another kind than the named one, and reports the kind.

use std::fmt;

use keyward_core::Timestamp;

use crate::age_key::{AgeError, AgeKey};
use crate::openpgp::{PgpError, PgpKey};
use crate::ssh_key::{SshError, SshKey};
use crate::text::text_of;

/// A key that a secret can be encrypted to.
#[derive(Debug, Clone)]
pub enum Recipient {
    /// Opened with `base64 --decode | gpg --decrypt`.
    Pgp(Box<PgpKey>),
    /// Opened with `age --decrypt -i KEYFILE`.
    Age(AgeKey),
    /// Opened with `age --decrypt -i ~/.ssh/KEY`.
    Ssh(Box<SshKey>),
}

/// The kinds, by their names in a blueprint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecipientKind {
    /// `pgp = …`
    Pgp,
    /// `age = …`
    Age,
    /// `ssh = …`
    Ssh,
}

/// The reasons why a key cannot receive a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecipientError {
    /// A PGP key.
    #[error(transparent)]
    Pgp(#[from] PgpError),
    /// An age recipient.
    #[error(transparent)]
    Age(#[from] AgeError),
    /// An SSH key.
    #[error(transparent)]
    Ssh(#[from] SshError),
    /// It was named as another kind.
    #[error("this is a key for `{found} = …`, not for `{named} = …`")]
    OtherKind {
        /// Its field in the blueprint.
        named: RecipientKind,
        /// The field it belongs in.
        found: RecipientKind,
    },
}

impl Recipient {
    /// Reads a key from the content of a file or field, and checks that it can be used at `now`.
    ///
    /// # Errors
    /// The content is not one public key of this kind, or no secret may be encrypted to it.
    pub fn read(
        kind: RecipientKind,
        content: &[u8],
        now: Timestamp,
    ) -> Result<Self, RecipientError> {
        if let Some(found) = RecipientKind::of(content).filter(|found| *found != kind) {
            return Err(RecipientError::OtherKind { named: kind, found });
        }
        Ok(match kind {
            RecipientKind::Pgp => Self::Pgp(Box::new(PgpKey::read(content, now)?)),
            RecipientKind::Age => Self::Age(AgeKey::read(content)?),
            RecipientKind::Ssh => Self::Ssh(Box::new(SshKey::read(content)?)),
        })
    }

    /// Its kind.
    #[must_use]
    pub fn kind(&self) -> RecipientKind {
        match self {
            Self::Pgp(_) => RecipientKind::Pgp,
            Self::Age(_) => RecipientKind::Age,
            Self::Ssh(_) => RecipientKind::Ssh,
        }
    }
}

impl RecipientKind {
    /// The kind of a public key, if its beginning shows it. Nothing is checked.
    #[must_use]
    pub fn of(content: &[u8]) -> Option<Self> {
        let text = text_of(content)?;
        let first = text.trim_start();
        let begins = |prefix: &str| {
            first
                .get(..prefix.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(prefix))
        };
        if begins("-----BEGIN PGP PUBLIC KEY") {
            Some(Self::Pgp)
        } else if begins("age1") {
            Some(Self::Age)
        } else if ["ssh-", "ecdsa-sha2-", "sk-ssh-", "sk-ecdsa-"]
            .iter()
            .any(|prefix| begins(prefix))
        {
            Some(Self::Ssh)
        } else {
            None
        }
    }
}

/// One line for a plan: the kind and what identifies the key.
impl fmt::Display for Recipient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pgp(key) => key.fmt(f),
            Self::Age(key) => key.fmt(f),
            Self::Ssh(key) => key.fmt(f),
        }
    }
}

impl fmt::Display for RecipientKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Pgp => "pgp",
            Self::Age => "age",
            Self::Ssh => "ssh",
        })
    }
}

#[cfg(test)]
mod tests;
