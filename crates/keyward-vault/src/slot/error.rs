//! The reasons why a slot stays closed or could not be added. Every kind of slot has the same
//! errors, so that a program can say in one line why it tries the next slot.

use std::path::{Path, PathBuf};

use keyward_core::Timestamp;

use super::{GpgFingerprint, PassEntry, SlotError, SlotName};

/// The reasons why a slot did not return the vault's identity.
#[derive(Debug, thiserror::Error)]
pub enum OpenSlotError {
    /// The passphrase is another one.
    #[error("that passphrase does not open `{what}`")]
    WrongPassphrase {
        /// The slot or the key file.
        what: String,
    },
    /// The user did not answer, or there is no user to ask.
    #[error("{} was not given", whose_passphrase(.key_file.as_deref()))]
    NoAnswer {
        /// The key file; `None` if the passphrase is the slot's own.
        key_file: Option<PathBuf>,
    },
    /// The keystore, program, plugin or device is missing.
    #[error("{what} is not available")]
    Unavailable {
        /// Such as `the desktop's keystore`.
        what: String,
        /// Its error, if it reported one.
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// It did not answer in time.
    #[error("{what} did not answer within {seconds} seconds")]
    TooSlow {
        /// Such as `the desktop's keystore`.
        what: String,
        /// The time waited.
        seconds: u64,
    },
    /// Another program was killed at its time limit.
    #[error("`{program}` did not end within {seconds} seconds; it may wait for a PIN or a touch")]
    ProgramTooSlow {
        /// The program.
        program: String,
        /// The time waited.
        seconds: u64,
    },
    /// It is locked, and the user did not unlock it.
    #[error("{what} is locked")]
    Locked {
        /// Such as `the desktop's keystore`.
        what: String,
    },
    /// It does not contain the identity.
    #[error("{what} has no entry for this vault")]
    NoEntry {
        /// Such as `the desktop's keystore`.
        what: String,
    },
    /// Another program failed.
    #[error("`{program}` failed{}", explanation(.message))]
    Failed {
        /// The program.
        program: String,
        /// The last line it wrote to standard error, if that was read.
        message: String,
    },
    /// The output is not an identity. The error does not repeat it, because it may be a secret.
    #[error("{what} gave something that is not an age identity")]
    NotAnIdentity {
        /// Such as `` `op` ``.
        what: String,
    },
    /// The slot's file is not there.
    #[error("`{}` is gone", path.display())]
    Gone {
        /// The file.
        path: PathBuf,
    },
    /// The slot's file is damaged.
    #[error("`{}` is damaged", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The reader's error, if it reported one.
        source: Option<Box<dyn std::error::Error + Send + Sync>>,
    },
    /// The slot's file asks for more work than this program accepts.
    #[error("`{}` asks for more than 2^22 rounds of work", path.display())]
    TooMuchWork {
        /// The file.
        path: PathBuf,
    },
    /// The SSH key is of a kind that cannot encrypt.
    #[error("`{}` is not an ed25519 or RSA key in OpenSSH's format", path.display())]
    UnsupportedKey {
        /// The private key.
        path: PathBuf,
    },
    /// The SSH key is encrypted in an unusual way.
    #[error(
        "`{}` is encrypted with `{cipher}`, which keyward cannot read; `ssh-keygen -p -Z aes256-ctr -f KEYFILE` changes that",
        path.display()
    )]
    UnsupportedCipher {
        /// The private key.
        path: PathBuf,
        /// Its name in OpenSSH.
        cipher: String,
    },
    /// The SSH key is not the slot's, such as a new key in the place of the old one.
    #[error(
        "`{}` is another SSH key than the one this slot was made for; put the old key back, or open the vault by another slot and add this one again",
        path.display()
    )]
    OtherKey {
        /// The private key.
        path: PathBuf,
    },
    /// The file is the public half of a key pair.
    #[error(
        "`{}` is a public key; the slot needs the private key beside it, without `.pub`",
        path.display()
    )]
    PublicKey {
        /// The public key.
        path: PathBuf,
    },
    /// The SSH key is too small.
    #[error(
        "`{}` is an RSA key of {bits} bits, and 2048 are needed; make one with `ssh-keygen -t ed25519`",
        path.display()
    )]
    SmallKey {
        /// The private key.
        path: PathBuf,
        /// The size of its modulus.
        bits: usize,
    },
    /// The plugin or device refused.
    #[error("the plugin refused")]
    Plugin(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A newer program made the slot.
    #[error("the slot is of the kind `{0}`, which this program does not know")]
    UnknownKind(String),
    /// A file could not be read, or others may read it.
    #[error(transparent)]
    Slot(#[from] SlotError),
}

fn whose_passphrase(key_file: Option<&Path>) -> String {
    match key_file {
        Some(file) => format!("the passphrase of `{}`", file.display()),
        None => "its passphrase".to_owned(),
    }
}

fn explanation(message: &str) -> String {
    if message.is_empty() {
        String::new()
    } else {
        format!(": {message}")
    }
}

/// The reasons why a slot could not be added.
#[derive(Debug, thiserror::Error)]
pub enum AddSlotError {
    /// The keystore, program or device cannot be reached, or does not accept the identity.
    #[error("the slot cannot be made")]
    Make(#[source] OpenSlotError),
    /// The stored identity could not be read back unchanged, so the slot would open nothing.
    #[error("the identity stored for the slot `{0}` cannot be read back")]
    DoesNotOpen(SlotName),
    /// `gpg` has no secret key of that name, so the slot could never be opened.
    #[error("gpg has no secret key for `{0}`")]
    NoSecretKey(String),
    /// `gpg` has several secret keys of that name.
    #[error("gpg has several secret keys for `{0}`; give a fingerprint")]
    ManySecretKeys(String),
    /// The key, or the subkey that encrypts, has expired.
    #[error(
        "the PGP key `{key}` expired on {at}; extend it with `gpg --quick-set-expire {key} 2y{}`",
        subkey.as_ref().map(|subkey| format!(" {subkey}")).unwrap_or_default()
    )]
    KeyExpired {
        /// The fingerprint of the primary key.
        key: GpgFingerprint,
        /// The expiry.
        at: Timestamp,
        /// The fingerprint of the subkey, if only that has expired.
        subkey: Option<GpgFingerprint>,
    },
    /// The key, or every subkey that encrypts, is revoked.
    #[error("the PGP key `{0}` is revoked; give another")]
    KeyRevoked(GpgFingerprint),
    /// The key is disabled in the person's keyring.
    #[error("the PGP key `{0}` is disabled; `gpg --edit-key {0} enable save` enables it")]
    KeyDisabled(GpgFingerprint),
    /// The key can only sign.
    #[error(
        "the PGP key `{0}` cannot encrypt; add a subkey with `gpg --quick-add-key {0} cv25519 encr`"
    )]
    KeySignsOnly(GpgFingerprint),
    /// The entry of `pass` is there already, perhaps another vault's.
    #[error("the entry `{0}` of pass exists already; give another")]
    EntryExists(PassEntry),
    /// The operating system provides no randomness.
    #[error("the operating system provides no random numbers")]
    Random(#[source] getrandom::Error),
    /// The slots could not be written.
    #[error(transparent)]
    Slot(#[from] SlotError),
}
