//! The team file: what a team agrees on, to be committed beside its code. Accounts, roles,
//! regions, session lengths, console colours. It can hold no secret: a file with anything that
//! looks like one is refused, without repeating it.

mod fetch;
mod region;
mod secrets;
mod wire;

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use keyward_core::id::{AccountId, ExternalId, ProfileName, Region, RoleArn};

pub(crate) use fetch::read;
pub(crate) use region::{AwsRegion, region_flag};

/// A team's file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Team {
    /// The profile name that the team uses for one's own key.
    pub(crate) login: Option<ProfileName>,
    /// The region of every profile that names no other.
    pub(crate) region: Option<Region>,
    /// The roles, in the order of the file.
    pub(crate) roles: Vec<TeamRole>,
}

/// A role and the profile it becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TeamRole {
    /// The profile's name.
    pub(crate) profile: ProfileName,
    /// The role.
    pub(crate) arn: RoleArn,
    /// The profile it is assumed from, if it is not the profile of the user's own key.
    pub(crate) source: Option<ProfileName>,
    /// Its region.
    pub(crate) region: Option<Region>,
    /// The session length to request.
    pub(crate) session: Option<Duration>,
    /// Its external id.
    pub(crate) external_id: Option<ExternalId>,
    /// The colour of the console's bar.
    pub(crate) colour: Option<Colour>,
}

impl TeamRole {
    /// A role without further settings.
    pub(crate) fn plain(profile: ProfileName, arn: RoleArn) -> Self {
        Self {
            profile,
            arn,
            source: None,
            region: None,
            session: None,
            external_id: None,
            colour: None,
        }
    }
}

/// A colour of the console: six hexadecimal digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Colour(String);

/// A text that is not a colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a colour is six hexadecimal digits, such as `#d13212`, or one of red, orange, yellow, green, blue, purple"
)]
pub(crate) struct InvalidColour;

impl FromStr for Colour {
    type Err = InvalidColour;

    fn from_str(text: &str) -> Result<Self, InvalidColour> {
        // The five that the console itself offers.
        let named = match text.to_lowercase().as_str() {
            "red" => Some("f2b0a9"),
            "orange" => Some("fbbf93"),
            "yellow" => Some("fad791"),
            "green" => Some("b7ca9d"),
            "blue" => Some("99bce3"),
            _ => None,
        };
        let digits = named.unwrap_or_else(|| text.trim_start_matches('#'));
        let fits = digits.len() == 6 && digits.bytes().all(|b| b.is_ascii_hexdigit());
        fits.then(|| Self(digits.to_lowercase()))
            .ok_or(InvalidColour)
    }
}

impl fmt::Display for Colour {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The reasons why a text is not a team file. The message repeats only names that TOML's reader
/// quotes.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TeamError {
    /// A secret, which must not be committed.
    #[error("line {line} contains what looks like {what}; a team file must not contain secrets")]
    Secret {
        /// The line, from 1.
        line: usize,
        /// The kind of secret that it looks like.
        what: &'static str,
    },
    /// The text is not TOML, or has an unknown field.
    #[error("line {line}: {what}")]
    Toml {
        /// The line, from 1.
        line: usize,
        /// The problem, for the most part as TOML's reader says it.
        what: String,
    },
    /// A newer program's file.
    #[error("it has version {0}, and this program reads version 1; install a newer keyward")]
    Version(u32),
    /// An invalid value.
    #[error("role {role} (`{field}`)")]
    Value {
        /// The number of the role, from 1.
        role: usize,
        /// Its field.
        field: &'static str,
        /// The reason.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A value at the top of the file.
    #[error("`{field}`")]
    Top {
        /// The field.
        field: &'static str,
        /// The reason.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A role of an account that the file does not name.
    #[error(
        "role {role} names the account `{account}`, which is neither in `[accounts]` nor twelve digits"
    )]
    Account {
        /// The number of the role, from 1.
        role: usize,
        /// The name.
        account: String,
    },
    /// Two roles under one name.
    #[error("two roles want the profile `{0}`: give one another with `profile`")]
    Twice(ProfileName),
}

impl Team {
    /// Reads a file's text.
    pub(crate) fn parse(text: &str) -> Result<Self, TeamError> {
        // First, so that no message about the rest can quote a secret.
        secrets::refuse(text)?;
        wire::read(text)
    }
}

/// The ARN of a role by partition, account and name.
pub(crate) fn role_arn(
    partition: &str,
    account: &AccountId,
    role: &str,
) -> Result<RoleArn, keyward_core::id::InvalidId> {
    format!("arn:{partition}:iam::{account}:role/{role}").parse()
}

#[cfg(test)]
mod tests;
