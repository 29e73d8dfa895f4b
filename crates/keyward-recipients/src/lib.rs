//! Recipients of initial secrets: reads the public keys that people give (PGP, age, SSH), refuses
//! every key that cannot receive a secret, and encrypts an initial password or access key to the
//! rest.
//!
//! A plan reads and checks the keys before anything is created at AWS; `apply` encrypts a secret as
//! soon as AWS returns it. Nothing here reads a file, the network, the environment or the clock.
//! Random bytes are an argument too, with one exception: the age crate gets its own from the
//! operating system, and offers no other way.
//!
//! Refusals name the reason and the remedy. They never repeat what was given: it may be a private
//! key that was pasted by mistake.

pub mod age_key;
mod encrypt;
pub mod keybase;
pub mod openpgp;
mod password;
mod plaintext;
mod recipient;
mod source;
pub mod ssh_key;
mod text;

pub use rand_core;

pub use encrypt::{EncryptError, Sealed, SealedFormat, encrypt, rehearse};
pub use password::{InvalidMinimumLength, MinimumLength, initial_password};
pub use plaintext::InitialSecret;
pub use recipient::{Recipient, RecipientError, RecipientKind};
pub use source::{InlineKey, InvalidSource, KeybaseSource, PinError, Source};
