//! Virtual MFA devices. Nothing here accepts a code.

use std::collections::BTreeMap;

use keyward_core::Timestamp;
use keyward_core::id::{MfaSerial, UserName};

use super::{Owner, Seed};
use crate::totp::Step;

/// A virtual MFA device.
#[derive(Debug, Clone)]
pub struct Device {
    /// Its ARN.
    pub serial: MfaSerial,
    /// The seed of its codes.
    pub seed: Seed,
    /// The owner, once it is enabled.
    pub owner: Option<Owner>,
    /// The time of its enabling.
    pub enabled: Option<Timestamp>,
    /// Tags.
    pub tags: BTreeMap<String, String>,
    /// The last window whose code was accepted: this and all earlier ones are spent.
    pub last_step: Option<Step>,
    /// The number of windows by which the device runs ahead of the server, as the last resync
    /// measured.
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
