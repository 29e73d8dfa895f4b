//! The initial secrets of a user: which kinds, and to whom they are encrypted.

use std::collections::BTreeSet;

/// The initial secrets that one user should have received.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct HandOut {
    /// The kinds of secrets.
    pub secrets: BTreeSet<InitialSecret>,
    /// The keys to which they are encrypted, as written in the blueprint; checked before anything
    /// is made.
    pub recipients: Vec<RecipientText>,
}

/// A kind of initial secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InitialSecret {
    /// A console password that must be changed at the first sign-in.
    Password,
    /// A long-lived access key.
    AccessKey,
}

impl InitialSecret {
    /// The word for it in tags and in the blueprint.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::AccessKey => "access_key",
        }
    }

    /// The name in texts for people.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Password => "console password",
            Self::AccessKey => "access key",
        }
    }
}

/// A recipient as the blueprint names it: the key of the table, and the text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RecipientText {
    /// The kind of key.
    pub kind: RecipientKind,
    /// `keybase:NAME`, a file, an armored or base64 key, an `age1…` or `ssh-…` line.
    pub text: String,
}

/// The kinds of recipients.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecipientKind {
    /// An OpenPGP certificate.
    Pgp,
    /// An SSH public key.
    Ssh,
    /// An age recipient.
    Age,
}
