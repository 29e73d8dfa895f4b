//! The rules for console passwords: AWS's own where an account has none, else the account's.

use keyward_core::secret::ConsolePassword;

use super::LoginProfile;

/// The characters that count as symbols.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html>
const SYMBOLS: &str = "!@#$%^&*()_+-=[]{}|'";

/// Requirements that are on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// It holds.
    On,
    /// It does not.
    Off,
}

impl Rule {
    /// As the API writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::On => "true",
            Self::Off => "false",
        }
    }
}

/// An account's password policy. The defaults are those that AWS applies to fields left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasswordPolicy {
    /// 6 to 128 characters.
    pub minimum_length: u32,
    /// At least one of ``!@#$%^&*()_+-=[]{}|'``.
    pub symbols: Rule,
    /// At least one digit.
    pub numbers: Rule,
    /// At least one capital letter.
    pub uppercase: Rule,
    /// At least one small letter.
    pub lowercase: Rule,
    /// Users may change their own.
    pub users_may_change: Rule,
    /// Days until a password expires, 1 to 1095.
    pub max_age_days: Option<u32>,
    /// The number of earlier passwords that may not come back, 1 to 24.
    pub reuse_prevention: Option<u32>,
    /// An expired password can only be reset by an administrator.
    pub hard_expiry: Rule,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self {
            minimum_length: 6,
            symbols: Rule::Off,
            numbers: Rule::Off,
            uppercase: Rule::Off,
            lowercase: Rule::Off,
            users_may_change: Rule::Off,
            max_age_days: None,
            reuse_prevention: None,
            hard_expiry: Rule::Off,
        }
    }
}

/// The first rule that a password breaks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Violation {
    #[error("Password should have a minimum length of {0}")]
    Short(u32),
    #[error("Password should have at least one uppercase letter")]
    Uppercase,
    #[error("Password should have at least one lowercase letter")]
    Lowercase,
    #[error("Password should have at least one number")]
    Number,
    #[error("Password should have at least one symbol")]
    Symbol,
    #[error(
        "Password should have at least 3 of: uppercase letters, lowercase letters, numbers, symbols"
    )]
    Classes,
    #[error("Password was used before and cannot be reused")]
    Reused,
}

/// Whether the account would accept this password for this user.
pub(crate) fn check(
    policy: Option<&PasswordPolicy>,
    password: &ConsolePassword,
    profile: Option<&LoginProfile>,
) -> Result<(), Violation> {
    let classes = Classes::of(password);
    let Some(policy) = policy else {
        return classes.check_default();
    };
    if classes.length < policy.minimum_length {
        return Err(Violation::Short(policy.minimum_length));
    }
    for (rule, present, violation) in [
        (policy.uppercase, classes.upper, Violation::Uppercase),
        (policy.lowercase, classes.lower, Violation::Lowercase),
        (policy.numbers, classes.number, Violation::Number),
        (policy.symbols, classes.symbol, Violation::Symbol),
    ] {
        if rule == Rule::On && !present {
            return Err(violation);
        }
    }
    let kept = policy.reuse_prevention.unwrap_or(0);
    match profile {
        Some(profile) if profile.remembers(password, kept) => Err(Violation::Reused),
        _ => Ok(()),
    }
}

impl LoginProfile {
    /// Whether the password is the present one or among the `kept` latest.
    fn remembers(&self, password: &ConsolePassword, kept: u32) -> bool {
        let kept = usize::try_from(kept).unwrap_or(usize::MAX);
        std::iter::once(&self.password)
            .chain(&self.earlier)
            .take(kept)
            // Exposed to be compared only.
            .any(|earlier| earlier.expose() == password.expose())
    }
}

struct Classes {
    length: u32,
    upper: bool,
    lower: bool,
    number: bool,
    symbol: bool,
}

impl Classes {
    fn of(password: &ConsolePassword) -> Self {
        // Exposed to be measured only.
        let text = password.expose();
        Self {
            length: u32::try_from(text.chars().count()).unwrap_or(u32::MAX),
            upper: text.chars().any(|c| c.is_ascii_uppercase()),
            lower: text.chars().any(|c| c.is_ascii_lowercase()),
            number: text.chars().any(|c| c.is_ascii_digit()),
            symbol: text.chars().any(|c| SYMBOLS.contains(c)),
        }
    }

    /// AWS's default policy: eight characters, three of the four classes.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html>
    fn check_default(&self) -> Result<(), Violation> {
        if self.length < 8 {
            return Err(Violation::Short(8));
        }
        let present = [self.upper, self.lower, self.number, self.symbol];
        if present.into_iter().filter(|p| *p).count() < 3 {
            return Err(Violation::Classes);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
