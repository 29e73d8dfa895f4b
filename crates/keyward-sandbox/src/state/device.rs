//! Virtual MFA devices. Only their seeds make codes; nothing here accepts one.

use std::collections::BTreeMap;
use std::fmt;

use data_encoding::{BASE32_NOPAD, BASE32_NOPAD_NOCASE};
use keyward_core::Timestamp;
use keyward_core::id::{MfaSerial, UserName};
use totp_rs::{Builder, Secret, Totp};

use super::Owner;
use crate::totp::Step;

/// The shared secret of a device: at least 16 bytes, as RFC 4226 asks. It wipes itself and is
/// never printed. It is bytes and not text, hence not one of core's secrets.
#[derive(Clone)]
pub struct Seed(Totp);

/// A text or length that makes no seed. The text is not repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a seed is base32 text of at least 16 bytes")]
pub struct InvalidSeed;

impl Seed {
    /// From raw bytes.
    ///
    /// # Errors
    /// There are fewer than sixteen.
    pub fn new(bytes: Vec<u8>) -> Result<Self, InvalidSeed> {
        let secret = Secret::new(bytes.into_boxed_slice());
        Builder::new()
            .with_secret(secret)
            .build()
            .map(Self)
            .map_err(|_| InvalidSeed)
    }

    /// From the base32 text that AWS shows beside a QR code.
    ///
    /// # Errors
    /// The text is not base32 or too short.
    pub fn from_base32(text: &str) -> Result<Self, InvalidSeed> {
        let text = text.trim_end_matches('=');
        Self::new(
            BASE32_NOPAD_NOCASE
                .decode(text.as_bytes())
                .map_err(|_| InvalidSeed)?,
        )
    }

    /// The base32 text, for enrolment.
    #[must_use]
    pub fn to_base32(&self) -> String {
        BASE32_NOPAD.encode(self.0.secret().as_bytes())
    }

    pub(crate) fn generator(&self) -> &Totp {
        &self.0
    }
}

impl fmt::Debug for Seed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Seed(***)")
    }
}

/// A virtual MFA device.
#[derive(Debug, Clone)]
pub struct Device {
    /// Its ARN.
    pub serial: MfaSerial,
    /// The seed of its codes.
    pub seed: Seed,
    /// The owner, once it is enabled.
    pub owner: Option<Owner>,
    /// When it was enabled.
    pub enabled: Option<Timestamp>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// The last window whose code was accepted: this and all earlier ones are spent.
    pub last_step: Option<Step>,
    /// How many windows the device runs ahead of the server, as the last resync measured.
    pub drift: i64,
}

impl Device {
    /// A device that is not enabled.
    #[must_use]
    pub fn unassigned(serial: MfaSerial, seed: Seed) -> Self {
        Self {
            serial,
            seed,
            owner: None,
            enabled: None,
            tags: BTreeMap::new(),
            last_step: None,
            drift: 0,
        }
    }

    /// Whether it is enabled for this user.
    #[must_use]
    pub fn is_of(&self, user: &UserName) -> bool {
        self.owner.as_ref().and_then(Owner::user) == Some(user)
    }

    /// The name after `mfa/`, path included.
    #[must_use]
    pub fn name(&self) -> &str {
        self.serial
            .as_str()
            .split_once(":mfa/")
            .map_or(self.serial.as_str(), |(_, name)| name)
    }
}
