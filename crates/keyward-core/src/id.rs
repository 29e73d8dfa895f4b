//! Identifiers, each its own type: a profile name can never be passed where a role ARN is
//! meant. Every one obeys `parse(display(x)) == x`. Copies are cheap, because a chain names its profiles
//! often: short texts are kept in place, and longer ones are shared.

use std::fmt;
use std::str::FromStr;

/// The reason why a text is not the identifier it was meant to be. A mistaken paste can put a
/// secret where an identifier belongs. The error therefore does not repeat a text that may be a
/// secret, and of others it shows the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidId {
    /// The text, as far as it may be shown.
    given: Option<String>,
    is_quoted: bool,
    wanted: &'static str,
}

impl std::error::Error for InvalidId {}

impl fmt::Display for InvalidId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.given {
            Some(given) => write!(f, "`{given}` is not {}", self.wanted),
            None => write!(f, "that is not {}", self.wanted),
        }
    }
}

/// The length of the secret of a long-lived key.
const SECRET_LENGTH: usize = 40;

impl InvalidId {
    fn new(given: &str, wanted: &'static str) -> Self {
        let shown = match given.char_indices().nth(24) {
            Some((at, _)) => format!("{}…", &given[..at]),
            None => given.to_owned(),
        };
        Self {
            given: (!may_hold_secret(given)).then_some(shown),
            is_quoted: given.starts_with(['"', '\'']),
            wanted,
        }
    }

    /// Whether the text begins with a quotation mark, which the AWS files do not use.
    #[must_use]
    pub fn is_quoted(&self) -> bool {
        self.is_quoted
    }

    /// The error about a text beside a secret. It never repeats the text.
    fn unseen(wanted: &'static str) -> Self {
        Self {
            given: None,
            is_quoted: false,
            wanted,
        }
    }
}

/// Whether a text contains something as long as a secret, of the characters that secrets have.
#[must_use]
pub fn may_hold_secret(text: &str) -> bool {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || "+/=".contains(c)))
        .any(|run| run.len() >= SECRET_LENGTH)
}

macro_rules! identifier {
    ($(#[$doc:meta])* $name:ident, $wanted:expr, $accept:expr) => {
        identifier!($(#[$doc])* $name, $wanted, $accept, |text| InvalidId::new(text, $wanted));
    };
    ($(#[$doc:meta])* $name:ident, $wanted:expr, $accept:expr, $refuse:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(smol_str::SmolStr);

        impl $name {
            /// The identifier as AWS writes it.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let accept: fn(&str) -> bool = $accept;
                if accept(text) {
                    Ok(Self(text.into()))
                } else {
                    let refuse: fn(&str) -> InvalidId = $refuse;
                    Err(refuse(text))
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

identifier!(
    /// A profile of the AWS config files, as in `[profile NAME]`. Case matters. Any text
    /// without control characters or square brackets is accepted here; what a file may hold is
    /// the config parser's business.
    ProfileName,
    "a profile name (no control characters, no square brackets, not empty)",
    |text| !text.is_empty()
        && text.trim() == text
        && !text.chars().any(|c| c.is_control() || c == '[' || c == ']')
);

impl ProfileName {
    /// The name as the last argument of a command that a user may paste into a shell.
    #[must_use]
    pub fn argument(&self) -> String {
        crate::shell::argument(&self.0)
    }
}

const KEY_ID_WANTED: &str = "an access key id (such as AKIAIOSFODNN7EXAMPLE)";

identifier!(
    /// The id of an access key: `AKIA…` for a long-lived key, `ASIA…` for a session. Other makers
    /// of services that speak AWS's protocols choose other ids, so any text without blanks is
    /// taken, unless it is quoted, looks like a secret or is a mistyped id of AWS.
    AccessKeyId,
    KEY_ID_WANTED,
    |text| KeyIdFault::of(text).is_none(),
    |_| InvalidId::unseen(KEY_ID_WANTED)
);

impl AccessKeyId {
    /// Whether the prefix names temporary credentials.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
    #[must_use]
    pub fn is_temporary(&self) -> bool {
        self.0.starts_with("ASIA") && self.has_aws_shape()
    }

    /// Whether the prefix names a long-lived key of AWS.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids>
    #[must_use]
    pub fn is_long_lived(&self) -> bool {
        self.0.starts_with("AKIA") && self.has_aws_shape()
    }

    /// Whether AWS may have issued it: one of its prefixes, and 16 to 128 capital letters and
    /// digits. A key id of another shape belongs to a service of another maker.
    ///
    /// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_Credentials.html>
    #[must_use]
    pub fn has_aws_shape(&self) -> bool {
        has_aws_shape(&self.0)
    }
}

/// A character by its name, if it cannot be seen.
pub(crate) fn named(character: char) -> String {
    let name = match character {
        ' ' => "a blank",
        '\t' => "a tab",
        '\n' => "a line end",
        '\r' => "a carriage return",
        '\u{a0}' => "a no-break space (U+00A0)",
        '\u{200b}' => "a zero-width space (U+200B)",
        '\u{feff}' => "a byte order mark (U+FEFF)",
        other => return format!("the character U+{:04X}", u32::from(other)),
    };
    name.to_owned()
}

identifier!(
    /// An account id: twelve digits.
    AccountId,
    "an account id (twelve digits)",
    |text| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
);

identifier!(
    /// The ARN of a role: `arn:PARTITION:iam::ACCOUNT:role/PATH/NAME`.
    RoleArn,
    "a role ARN (such as arn:aws:iam::123456789012:role/ReadOnly)",
    |text| arn_resource(text, "iam").is_some_and(|r| r.starts_with("role/") && !r.ends_with('/'))
);

impl RoleArn {
    /// The partition: `aws`, `aws-cn`, `aws-us-gov`, `aws-eusc`, …
    #[must_use]
    pub fn partition(&self) -> &str {
        self.0.split(':').nth(1).unwrap_or("aws")
    }

    /// The account that owns the role.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        self.0.split(':').nth(4)?.parse().ok()
    }

    /// The role's name without its path.
    #[must_use]
    pub fn role_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }
}

identifier!(
    /// The ARN of a principal, as `GetCallerIdentity` reports it.
    PrincipalArn,
    "an ARN (arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE)",
    |text| {
        let has_partition = text.starts_with("arn:") && !text.starts_with("arn::");
        has_partition && text.splitn(6, ':').count() == 6
    }
);

impl PrincipalArn {
    /// The part after the account, such as `user/alice`.
    #[must_use]
    pub fn resource(&self) -> &str {
        self.0.splitn(6, ':').nth(5).unwrap_or_default()
    }

    /// The name of the IAM user without its path, if the principal is one.
    #[must_use]
    pub fn user_name(&self) -> Option<&str> {
        let rest = self.resource().strip_prefix("user/")?;
        rest.rsplit('/').next()
    }

    /// The account; `None` if the ARN names none.
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        self.0.split(':').nth(4)?.parse().ok()
    }

    /// The partition: `aws`, `aws-cn`, …
    #[must_use]
    pub fn partition(&self) -> &str {
        self.0.split(':').nth(1).unwrap_or("aws")
    }
}

identifier!(
    /// The serial of an MFA device as STS accepts it: the ARN of a virtual device, or the serial
    /// printed on a hardware token.
    ///
    /// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
    MfaSerial,
    "an MFA serial (such as arn:aws:iam::123456789012:mfa/alice; 9 to 256 letters, digits or =/:,.@-_)",
    |text| has_form_of_serial(text) && !is_of_another_kind(text)
);

/// The length and the letters that AWS's API asks for.
///
/// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_GetSessionToken.html>
fn has_form_of_serial(text: &str) -> bool {
    let accepted = |c: char| c.is_ascii_alphanumeric() || "+=/:,.@-_".contains(c);
    (9..=256).contains(&text.len()) && text.chars().all(accepted)
}

/// Whether a text is the ARN of a user, a role or a policy, or holds two ARNs. A serial has all of their
/// characters, and AWS says of each only that it is not the caller's device.
fn is_of_another_kind(serial: &str) -> bool {
    let resource = serial.split(':').nth(5).unwrap_or_default();
    let kind = resource.split('/').next().unwrap_or_default();
    let other = ["user", "role", "group", "policy", "root", "assumed-role"];
    serial.starts_with("arn:") && (other.contains(&kind) || serial.contains(",arn:"))
}

impl MfaSerial {
    /// Reads a serial that was stored. It may be the ARN of something else, which
    /// [`from_str`](FromStr::from_str) refuses: one wrong serial must not close a whole vault.
    ///
    /// # Errors
    /// The text has another length than AWS's serials, or other letters.
    pub fn stored(text: &str) -> Result<Self, InvalidId> {
        match has_form_of_serial(text) {
            true => Ok(Self(text.into())),
            false => text.parse(),
        }
    }

    /// Whether this is a security key or passkey, whose codes STS does not accept.
    #[must_use]
    pub fn is_security_key(&self) -> bool {
        self.0.contains(":u2f/")
    }

    /// The account of the device's user; none for the serial number of a hardware device.
    ///
    /// Source: <https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html>
    #[must_use]
    pub fn account(&self) -> Option<AccountId> {
        self.0.split(':').nth(4)?.parse().ok()
    }
}

identifier!(
    /// A region such as `eu-central-1`.
    Region,
    "a region (such as eu-central-1)",
    |text| !text.is_empty()
        && text.len() <= 64
        && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
);

identifier!(
    /// The name of a role session, which CloudTrail shows.
    ///
    /// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
    RoleSessionName,
    "a role session name (2 to 64 letters, digits or =,.@-_+)",
    |text| (2..=64).contains(&text.len()) && text.bytes().all(is_session_name_byte)
);

impl RoleSessionName {
    /// The nearest allowed name: characters that STS refuses become `-`, and the length is at most 64.
    #[must_use]
    pub fn from_lossy(text: &str) -> Self {
        let mut name: String = text
            .chars()
            .take(64)
            .map(|c| {
                if c.is_ascii() && is_session_name_byte(c as u8) {
                    c
                } else {
                    '-'
                }
            })
            .collect();
        while name.len() < 2 {
            name.push('-');
        }
        Self(name.into())
    }

    /// The name of a session that keyward restricts: this name with a suffix, cut to at most 64
    /// characters.
    #[must_use]
    pub fn restricted(&self, restriction: Restriction) -> Self {
        let suffix = restriction.suffix();
        let kept: String = self.0.chars().take(64 - suffix.len()).collect();
        Self(format!("{kept}{suffix}").into())
    }
}

/// The limit that keyward puts on a role session, which the session's name shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Restriction {
    /// The session can only read.
    ReadOnly,
    /// The session has other session policies.
    Policies,
}

impl Restriction {
    /// Every restriction.
    pub const ALL: [Self; 2] = [Self::ReadOnly, Self::Policies];

    fn suffix(self) -> &'static str {
        match self {
            Self::ReadOnly => "-readonly",
            Self::Policies => "-restricted",
        }
    }
}

fn is_session_name_byte(b: u8) -> bool {
    b.is_ascii_alphanumeric() || b"+=,.@-_".contains(&b)
}

identifier!(
    /// A role's external id.
    ///
    /// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
    ExternalId,
    "an external id (2 to 1224 letters, digits or +=,.@:/-_)",
    |text| (2..=1224).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+=,.@:/-_".contains(c))
);

identifier!(
    /// The source identity of a role session.
    ///
    /// Source: <https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html>
    SourceIdentity,
    "a source identity (2 to 64 letters, digits or =,.@-_+)",
    |text| (2..=64).contains(&text.len()) && text.bytes().all(is_session_name_byte)
);

identifier!(
    /// The name of an IAM user, without a path.
    UserName,
    "a user name (1 to 64 letters, digits or +=,.@-_)",
    |text| (1..=64).contains(&text.len())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || "+=,.@-_".contains(c))
);

mod iam;
mod key_id;

pub use key_id::KeyIdFault;
pub(crate) use key_id::QUOTES;
use key_id::has_aws_shape;

pub use iam::{
    AccountAlias, EntityPath, GroupName, OidcIssuer, PolicyArn, PolicyName, PolicyVersionId,
    RoleName,
};

/// The resource part of an ARN of `service`; `None` if the text is not such an ARN.
fn arn_resource<'a>(text: &'a str, service: &str) -> Option<&'a str> {
    let mut parts = text.splitn(6, ':');
    let ok = parts.next()? == "arn"
        && !parts.next()?.is_empty()
        && parts.next()? == service
        && parts.next().is_some()
        && parts.next()?.parse::<AccountId>().is_ok();
    let resource = parts.next()?;
    (ok && !resource.contains(char::is_whitespace)).then_some(resource)
}

#[cfg(test)]
mod tests;
