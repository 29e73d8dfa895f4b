//! The account's rules for passwords in words, and the check of those that can be checked here.
//! Whether a password was used before only AWS knows.

use std::fmt;

use keyward_aws::{PasswordPolicy, RequiredCharacters};
use keyward_core::secret::Passphrase;

/// The characters that count as symbols.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccountPasswordPolicy.html>
const SYMBOLS: &str = "!@#$%^&*()_+-=[]{}|'";
/// The longest password that AWS accepts.
const LONGEST: usize = 128;

/// An account's rules.
#[derive(Debug, Clone)]
pub(super) enum Rules {
    /// The account's own.
    Own(PasswordPolicy),
    /// AWS's, for an account without any.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_passwords_account-policy.html>
    Default,
    /// The account does not show them.
    Unknown,
}

/// The first rule that a password breaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Broken {
    #[error("it has fewer than {0} characters")]
    Short(u32),
    #[error("it has more than 128 characters")]
    Long,
    #[error("it has no uppercase letter")]
    Uppercase,
    #[error("it has no lowercase letter")]
    Lowercase,
    #[error("it has no digit")]
    Number,
    #[error("it has no symbol (one of {SYMBOLS})")]
    Symbol,
    #[error("it needs three of: uppercase letters, lowercase letters, digits, symbols")]
    Kinds,
}

impl Rules {
    /// The rules, as AWS reports them.
    pub(super) fn of(policy: Option<&PasswordPolicy>) -> Self {
        policy.map_or(Self::Default, |policy| Self::Own(policy.clone()))
    }

    /// No rules are known.
    pub(super) fn unknown() -> Self {
        Self::Unknown
    }

    /// Whether the account's policy keeps users from changing their own.
    pub(super) fn forbids_change(&self) -> bool {
        matches!(self, Self::Own(policy) if !policy.users_may_change)
    }

    /// Checks what can be checked without AWS.
    pub(super) fn check(&self, password: &Passphrase) -> Result<(), Broken> {
        // Exposed to be measured only.
        let text = password.expose();
        let length = text.chars().count();
        if length > LONGEST {
            return Err(Broken::Long);
        }
        let has = |kind: fn(char) -> bool| text.chars().any(kind);
        let found = RequiredCharacters {
            uppercase: has(|c| c.is_ascii_uppercase()),
            lowercase: has(|c| c.is_ascii_lowercase()),
            numbers: has(|c| c.is_ascii_digit()),
            symbols: has(|c| SYMBOLS.contains(c)),
        };
        match self {
            Self::Unknown => Ok(()),
            Self::Default => default_rules(length, found),
            Self::Own(policy) => own_rules(policy, length, found),
        }
    }
}

fn default_rules(length: usize, found: RequiredCharacters) -> Result<(), Broken> {
    if length < 8 {
        return Err(Broken::Short(8));
    }
    let kinds = [
        found.uppercase,
        found.lowercase,
        found.numbers,
        found.symbols,
    ];
    if kinds.into_iter().filter(|kind| *kind).count() < 3 {
        return Err(Broken::Kinds);
    }
    Ok(())
}

fn own_rules(
    policy: &PasswordPolicy,
    length: usize,
    found: RequiredCharacters,
) -> Result<(), Broken> {
    if length < usize::try_from(policy.minimum_length).unwrap_or(usize::MAX) {
        return Err(Broken::Short(policy.minimum_length));
    }
    let wanted = policy.required;
    for (wanted, found, broken) in [
        (wanted.uppercase, found.uppercase, Broken::Uppercase),
        (wanted.lowercase, found.lowercase, Broken::Lowercase),
        (wanted.numbers, found.numbers, Broken::Number),
        (wanted.symbols, found.symbols, Broken::Symbol),
    ] {
        if wanted && !found {
            return Err(broken);
        }
    }
    Ok(())
}

impl fmt::Display for Rules {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let policy = match self {
            Self::Unknown => {
                return f.write_str("The account does not show its rules for passwords.");
            }
            Self::Default => {
                return f.write_str(
                    "Password rules of this account: at least 8 characters, with three of capital letters, small letters, digits, symbols.",
                );
            }
            Self::Own(policy) => policy,
        };
        write!(
            f,
            "Password rules of this account: at least {} characters",
            policy.minimum_length
        )?;
        let wanted = policy.required;
        let kinds: Vec<&str> = [
            (wanted.uppercase, "an uppercase letter"),
            (wanted.lowercase, "a lowercase letter"),
            (wanted.numbers, "a digit"),
            (wanted.symbols, "a symbol"),
        ]
        .into_iter()
        .filter_map(|(wanted, name)| wanted.then_some(name))
        .collect();
        if !kinds.is_empty() {
            write!(f, ", with {}", kinds.join(", "))?;
        }
        match policy.reuse_prevention {
            Some(1) => f.write_str("; different from the last one")?,
            Some(kept) => write!(f, "; different from the last {kept}")?,
            None => {}
        }
        if let Some(days) = policy.max_age_days {
            write!(
                f,
                "; it expires after {}",
                match days {
                    1 => "a day".to_owned(),
                    days => format!("{days} days"),
                }
            )?;
            if policy.hard_expiry {
                f.write_str(", and then only an administrator can renew it")?;
            }
        }
        f.write_str(".")
    }
}

#[cfg(test)]
mod tests;
