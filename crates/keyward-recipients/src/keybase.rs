//! Keybase accounts and the answer of their lookup. The program fetches; nothing here does.

use std::fmt;
use std::str::FromStr;

use serde::Deserialize;

/// The name of a Keybase account: 2 to 16 letters, digits or `_`, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeybaseName(String);

/// A text that cannot name an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a Keybase name has 2 to 16 letters, digits or underscores")]
pub struct InvalidKeybaseName;

/// The reasons why a lookup returned no key.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LookupError {
    /// Not the JSON of a lookup.
    #[error("the answer of keybase.io is not the JSON of a user lookup")]
    Malformed,
    /// Keybase reports a failure.
    #[error("keybase.io refused the lookup with status {code}")]
    Refused {
        /// Keybase's own number.
        code: i64,
    },
    /// No such account.
    #[error("keybase.io knows no account `{0}`; check the name, or give the key itself")]
    NoAccount(KeybaseName),
    /// An account without a PGP key.
    #[error("the Keybase account `{0}` has no PGP key; give the key itself")]
    NoKey(KeybaseName),
}

impl KeybaseName {
    /// The address whose answer [`parse_keybase_lookup`] reads.
    #[must_use]
    pub fn lookup_url(&self) -> String {
        format!(
            "https://keybase.io/_/api/1.0/user/lookup.json?usernames={}&fields=public_keys",
            self.0
        )
    }
}

impl FromStr for KeybaseName {
    type Err = InvalidKeybaseName;

    fn from_str(text: &str) -> Result<Self, InvalidKeybaseName> {
        let name = text.to_ascii_lowercase();
        let fits = (2..=16).contains(&name.len())
            && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        fits.then_some(Self(name)).ok_or(InvalidKeybaseName)
    }
}

impl fmt::Display for KeybaseName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[derive(Deserialize)]
struct Lookup {
    status: Option<Status>,
    #[serde(default)]
    them: Vec<Option<Person>>,
}

#[derive(Deserialize)]
struct Status {
    code: i64,
}

#[derive(Deserialize)]
struct Person {
    public_keys: Option<Keys>,
}

#[derive(Deserialize)]
struct Keys {
    primary: Option<Primary>,
}

#[derive(Deserialize)]
struct Primary {
    bundle: Option<String>,
}

/// The armored primary key of an account, from the body of a lookup. It is not trusted yet: see
/// [`KeybaseSource::confirm`](crate::KeybaseSource::confirm).
///
/// # Errors
/// The answer is malformed, a refusal, or has no key of that account.
pub fn parse_keybase_lookup(json: &str, name: &KeybaseName) -> Result<String, LookupError> {
    let lookup: Lookup = serde_json::from_str(json).map_err(|_| LookupError::Malformed)?;
    if let Some(Status { code }) = lookup.status.filter(|status| status.code != 0) {
        return Err(LookupError::Refused { code });
    }
    let person = lookup
        .them
        .into_iter()
        .flatten()
        .next()
        .ok_or_else(|| LookupError::NoAccount(name.clone()))?;
    person
        .public_keys
        .and_then(|keys| keys.primary)
        .and_then(|primary| primary.bundle)
        .ok_or_else(|| LookupError::NoKey(name.clone()))
}

#[cfg(test)]
mod tests;
