//! OpenID Connect providers of a blueprint. The one of GitHub Actions is made for every role that
//! needs it; a table is for other issuers, and for providers that exist already.

use std::fmt;
use std::str::FromStr;

use keyward_iam::model::Tags;

use super::{AccountName, At, Origin, Position};

/// An OpenID Connect provider.
#[derive(Debug, Clone, PartialEq)]
pub struct ProviderSpec {
    /// The place in the blueprint that describes it.
    pub at: Position,
    /// The audiences that tokens may name.
    pub audiences: Vec<At<Audience>>,
    /// The thumbprints; none leaves them to AWS.
    pub thumbprints: Vec<At<Thumbprint>>,
    /// The accounts that have it; empty means all that hold roles.
    pub accounts: Vec<At<AccountName>>,
    /// Tags beside the one that marks it.
    pub tags: Tags,
    /// Its owner.
    pub origin: Origin,
}

/// An audience (client id) of a provider: 1 to 255 characters.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateOpenIDConnectProvider.html>
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Audience(String);

/// A text that is not an audience.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an audience has 1 to 255 characters, and no control characters")]
pub struct InvalidAudience;

impl FromStr for Audience {
    type Err = InvalidAudience;

    fn from_str(text: &str) -> Result<Self, InvalidAudience> {
        let fits = (1..=255).contains(&text.chars().count());
        if fits && !text.contains(char::is_control) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidAudience)
        }
    }
}

impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The SHA-1 thumbprint of a certificate: 40 hexadecimal digits, in small letters.
///
/// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html>
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Thumbprint(String);

/// A text that is not a thumbprint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a thumbprint (40 hexadecimal digits)")]
pub struct InvalidThumbprint(String);

impl FromStr for Thumbprint {
    type Err = InvalidThumbprint;

    fn from_str(text: &str) -> Result<Self, InvalidThumbprint> {
        if text.len() == 40 && text.bytes().all(|b| b.is_ascii_hexdigit()) {
            Ok(Self(text.to_ascii_lowercase()))
        } else {
            Err(InvalidThumbprint(text.chars().take(48).collect()))
        }
    }
}

impl fmt::Display for Thumbprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
