//! The rules for console passwords. AWS has no partial update: a field that a call leaves out
//! goes back to its default.
//!
//! Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html>

/// A requirement that is on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Requirement {
    /// It holds.
    On,
    /// It does not.
    Off,
}

impl Requirement {
    /// The state for a boolean of AWS's API or of a file.
    #[must_use]
    pub fn from_flag(flag: bool) -> Self {
        if flag { Self::On } else { Self::Off }
    }

    /// Whether it holds.
    #[must_use]
    pub fn is_on(self) -> bool {
        self == Self::On
    }
}

/// An account's password policy. The defaults are those that AWS applies to fields left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// 6 to 128 characters.
    pub minimum_length: u32,
    /// At least one of ``!@#$%^&*()_+-=[]{}|'``.
    pub symbols: Requirement,
    /// At least one digit.
    pub numbers: Requirement,
    /// At least one capital letter.
    pub uppercase: Requirement,
    /// At least one small letter.
    pub lowercase: Requirement,
    /// Users may change their own password.
    pub users_may_change: Requirement,
    /// Days until a password expires, 1 to 1095.
    pub max_age_days: Option<u32>,
    /// The number of earlier passwords that may not come back, 1 to 24.
    pub reuse_prevention: Option<u32>,
    /// Only an administrator can reset an expired password.
    pub hard_expiry: Requirement,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            minimum_length: 6,
            symbols: Requirement::Off,
            numbers: Requirement::Off,
            uppercase: Requirement::Off,
            lowercase: Requirement::Off,
            users_may_change: Requirement::Off,
            max_age_days: None,
            reuse_prevention: None,
            hard_expiry: Requirement::Off,
        }
    }
}
