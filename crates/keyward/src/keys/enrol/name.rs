//! The name of a new device. Policies after AWS's examples allow names that begin with the user's own,
//! so that no user can take another user's device.

use std::fmt;
use std::str::FromStr;

use keyward_core::id::UserName;

/// The name of a virtual MFA device.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateVirtualMFADevice.html>
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DeviceName(String);

/// A text that is not such a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("that is not the name of a device (1 to 226 letters, digits or +=,.@-_)")]
pub(crate) struct InvalidDeviceName;

impl DeviceName {
    /// The name as AWS accepts it.
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The names to try for a user, in order: one for each of the eight devices that a user may have, and
    /// one more, because an unused device can hold a name.
    pub(crate) fn candidates(user: &UserName) -> Vec<Self> {
        let numbered = (2..=8).map(|number| format!("{user}-{number}"));
        [user.to_string(), format!("{user}-keyward")]
            .into_iter()
            .chain(numbered)
            .map(Self)
            .collect()
    }
}

impl FromStr for DeviceName {
    type Err = InvalidDeviceName;

    fn from_str(text: &str) -> Result<Self, InvalidDeviceName> {
        let fits = (1..=226).contains(&text.len())
            && text
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || "+=,.@-_".contains(c));
        fits.then(|| Self(text.to_owned())).ok_or(InvalidDeviceName)
    }
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
