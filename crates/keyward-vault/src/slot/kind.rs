//! The means to open a slot, and the names that the kinds need: each its own type, checked where it
//! comes in, because some become arguments of other programs.

use std::fmt;
use std::path::PathBuf;
use std::str::FromStr;

use data_encoding::HEXLOWER;
use sha2::{Digest as _, Sha256};

/// The means to open a slot.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SlotKind {
    /// A passphrase, through age's scrypt recipient.
    Passphrase,
    /// The desktop's keystore: Secret Service, Keychain, Credential Manager.
    Os {
        /// The name of the entry in the keystore.
        account: KeystoreAccount,
    },
    /// An entry of the password store `pass`.
    Pass {
        /// The entry.
        entry: PassEntry,
    },
    /// A GnuPG key, through `gpg`: cards, agents and pinentry as the person has them.
    Gpg {
        /// The primary key.
        fingerprint: GpgFingerprint,
    },
    /// An SSH key pair, ed25519 or RSA.
    Ssh {
        /// The private key.
        identity_file: PathBuf,
        /// The public key, as `authorized_keys` has it, without a comment.
        public_key: String,
    },
    /// An age plugin: YubiKey, TPM, Secure Enclave.
    Plugin {
        /// The plugin's identity.
        identity: PluginIdentity,
    },
    /// Another program, which prints the vault's identity.
    Command {
        /// The command that reads it.
        read: CommandLine,
    },
    /// Something that a newer program knows.
    Other(String),
}

impl SlotKind {
    /// The kind's name, as the slot's file and the command line have it.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Passphrase => "passphrase",
            Self::Os { .. } => "os",
            Self::Pass { .. } => "pass",
            Self::Gpg { .. } => "gpg",
            Self::Ssh { .. } => "ssh",
            Self::Plugin { .. } => "plugin",
            Self::Command { .. } => "command",
            Self::Other(kind) => kind,
        }
    }

    /// The effort that opening costs the person, as far as the kind shows: slots are tried in this
    /// order unless another is asked for.
    #[must_use]
    pub fn trouble(&self) -> u8 {
        match self {
            Self::Os { .. } => 0,
            Self::Command { .. } => 1,
            Self::Plugin { .. } => 2,
            Self::Ssh { .. } => 3,
            Self::Gpg { .. } => 4,
            Self::Pass { .. } => 5,
            Self::Passphrase => 6,
            Self::Other(_) => u8::MAX,
        }
    }

    /// The extension of the slot's wrapped identity, if it has a file of its own.
    pub(crate) fn secret_extension(&self) -> Option<&'static str> {
        match self {
            Self::Passphrase | Self::Ssh { .. } | Self::Plugin { .. } => Some("age"),
            Self::Gpg { .. } => Some("gpg"),
            Self::Os { .. } | Self::Pass { .. } | Self::Command { .. } | Self::Other(_) => None,
        }
    }
}

impl fmt::Display for SlotKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A text that is not what a slot needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("that is not {wanted}")]
pub struct InvalidSlotParameter {
    wanted: &'static str,
}

macro_rules! parameter {
    ($(#[$doc:meta])* $name:ident, $wanted:literal, $accept:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidSlotParameter;

            fn from_str(text: &str) -> Result<Self, InvalidSlotParameter> {
                let accept: fn(&str) -> bool = $accept;
                if accept(text) { Ok(Self(text.to_owned())) } else { Err(InvalidSlotParameter { wanted: $wanted }) }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

parameter!(
    /// The name of an entry in the desktop's keystore: 32 hex digits, made at random, so that a
    /// vault that is moved or copied keeps its entry.
    KeystoreAccount,
    "the name of a keystore entry (32 lower-case hex digits)",
    |text| text.len() == 32 && text.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
);

impl KeystoreAccount {
    /// A new name.
    ///
    /// # Errors
    /// The operating system provides no randomness.
    pub fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 16];
        getrandom::fill(&mut bytes)?;
        Ok(Self(HEXLOWER.encode(&bytes)))
    }

    /// The entry that keeps the session identity of a vault, given the vault's short hash.
    pub(crate) fn of_sessions(vault: &str) -> Self {
        let digest = Sha256::digest(format!("keyward:session:{vault}"));
        Self(HEXLOWER.encode(&digest[..16]))
    }
}

parameter!(
    /// An entry of `pass`, such as `keyward/vault`. It becomes an argument and a path below
    /// the password store.
    PassEntry,
    "an entry of pass (such as keyward/vault; no .. and no - at the start)",
    |text| !text.is_empty()
        && text.len() <= 200
        && !text.starts_with(['-', '/'])
        && !text.ends_with('/')
        && !text.chars().any(char::is_control)
        && text.split('/').all(|part| !part.is_empty() && part != "." && part != "..")
);

parameter!(
    /// The fingerprint of a GnuPG primary key.
    GpgFingerprint,
    "the fingerprint of a GnuPG key (40 or 64 hex digits)",
    |text| matches!(text.len(), 40 | 64) && text.bytes().all(|b| b.is_ascii_hexdigit())
);

parameter!(
    /// The identity of an age plugin, `AGE-PLUGIN-NAME-1…`. For hardware it is a handle that
    /// opens nothing by itself.
    PluginIdentity,
    "the identity of an age plugin (AGE-PLUGIN-NAME-1…)",
    |text| text.starts_with("AGE-PLUGIN-") && text.parse::<age::plugin::Identity>().is_ok()
);

/// A program and its arguments. No shell reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CommandLine(Vec<String>);

impl CommandLine {
    /// From a program and its arguments.
    ///
    /// # Errors
    /// The list is empty, or a word contains a NUL.
    pub fn new(words: Vec<String>) -> Result<Self, InvalidSlotParameter> {
        let fits = words.first().is_some_and(|program| !program.is_empty())
            && words.iter().all(|word| !word.contains('\0'));
        if fits {
            Ok(Self(words))
        } else {
            Err(InvalidSlotParameter {
                wanted: "a command",
            })
        }
    }

    /// The program.
    #[must_use]
    pub fn program(&self) -> &str {
        &self.0[0]
    }

    /// The arguments.
    #[must_use]
    pub fn arguments(&self) -> &[String] {
        &self.0[1..]
    }

    /// The program, then its arguments.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.0
    }
}
