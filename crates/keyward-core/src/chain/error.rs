//! The reasons why a profile cannot become credentials: one variant per mistake a person can make,
//! each with its place. Refuses to repeat a secret: values shown are names, ARNs and durations.

mod origin;

use std::fmt;
use std::time::Duration;

use super::LONGEST_CHAIN;
use super::tags::InvalidTags;
use crate::config::{IgnoredHeader, Origin};
use crate::id::{InvalidId, KeyIdFault, MfaSerial, ProfileName, named};
use crate::time::exact_duration;

/// The place where a value was set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ValueOrigin {
    /// A line of one of the files.
    Line(Origin),
    /// An environment variable.
    Variable(&'static str),
    /// A flag of the command line.
    Flag(&'static str),
    /// A setting of `config.toml`.
    Setting(&'static str),
    /// The metadata of the key in the vault.
    Vault(ProfileName),
}

impl fmt::Display for ValueOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(origin) => write!(f, "{origin}"),
            Self::Variable(name) => write!(f, "environment variable {name}"),
            Self::Flag(name) => write!(f, "{name}"),
            Self::Setting(name) => write!(f, "setting {name}"),
            Self::Vault(profile) => write!(f, "vault entry {profile}"),
        }
    }
}

/// The reasons why no chain can be made. The program says what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// Neither the files nor the vault know the profile.
    #[error("there is no profile `{profile}`{}", suggestion(similar))]
    UnknownProfile {
        /// The name asked for.
        profile: ProfileName,
        /// Names that are nearly the same.
        similar: Vec<String>,
        /// The header of a section that is meant to be it, and that the SDKs ignore.
        ignored: Option<IgnoredHeader>,
    },
    /// `source_profile` or `include_profile` names a profile that does not exist.
    #[error(
        "{at}: `{key}` of profile `{profile}` names `{missing}`, which does not exist{}",
        suggestion(similar)
    )]
    UnknownSource {
        /// The profile that names it.
        profile: ProfileName,
        /// `source_profile` or `include_profile`.
        key: &'static str,
        /// The missing profile.
        missing: ProfileName,
        /// Names that are nearly the same.
        similar: Vec<String>,
        /// The line.
        at: Origin,
    },
    /// Profiles that name one another in a cycle.
    #[error("{at}: `{key}` forms a cycle: {}", path.iter().map(ProfileName::as_str).collect::<Vec<_>>().join(" → "))]
    Loop {
        /// `source_profile` or `include_profile`.
        key: &'static str,
        /// The cycle, which ends where it began.
        path: Vec<ProfileName>,
        /// The line that closes the cycle.
        at: Origin,
    },
    /// A chain of profiles that is longer than any in use.
    #[error(
        "{at}: `{key}` leads on to profile `{next}` after {LONGEST_CHAIN} profiles, and a chain may have no more"
    )]
    TooLong {
        /// `source_profile` or `include_profile`.
        key: &'static str,
        /// The profile that would be one too many.
        next: ProfileName,
        /// The line that leads on.
        at: Origin,
    },
    /// `source_profile` and `credential_source` on one profile.
    #[error(
        "{at}: profile `{profile}` has both `source_profile` and `credential_source` ({other})"
    )]
    TwoSources {
        /// The profile.
        profile: ProfileName,
        /// The line of `source_profile`.
        at: Origin,
        /// The line of `credential_source`.
        other: Origin,
    },
    /// A role, and nothing to assume it with.
    #[error("{at}: profile `{profile}` has a `role_arn` but nothing to assume the role with")]
    RoleWithoutSource {
        /// The profile.
        profile: ProfileName,
        /// The line of `role_arn`.
        at: Origin,
    },
    /// One half of a key, or of a web identity, without the other.
    #[error("{at}: profile `{profile}` has `{has}` but no `{lacks}`")]
    HalfKey {
        /// The profile.
        profile: ProfileName,
        /// The key that is there.
        has: &'static str,
        /// The key that is not.
        lacks: &'static str,
        /// The line of the present one.
        at: Origin,
    },
    /// A temporary key without its token.
    #[error("{at}: the key of profile `{profile}` is temporary but has no `aws_session_token`")]
    TokenMissing {
        /// The profile.
        profile: ProfileName,
        /// The line of `aws_access_key_id`.
        at: Origin,
    },
    /// A long-lived key beside the token of another session, as `aws configure` leaves it.
    #[error(
        "{place}: `{token}` is set beside a long-lived key ({id}), which has no token: another session left it behind"
    )]
    TokenLeftBehind {
        /// The key or the variable of the token.
        token: &'static str,
        /// The place of the token.
        place: ValueOrigin,
        /// The place of the id.
        id: ValueOrigin,
    },
    /// The parts of a key come from both files.
    #[error(
        "{at}: `{part}` of profile `{profile}` is in another file than its `aws_access_key_id` ({id})"
    )]
    KeyOfTwoFiles {
        /// The profile.
        profile: ProfileName,
        /// The line of `aws_access_key_id`.
        id: Origin,
        /// The key that comes from the other file.
        part: &'static str,
        /// Its line.
        at: Origin,
    },
    /// An Identity Center profile that lacks a setting.
    #[error("{at}: profile `{profile}` has `{has}` but no `{lacks}`")]
    IncompleteSso {
        /// The profile.
        profile: ProfileName,
        /// The key that is there.
        has: &'static str,
        /// The key that is not.
        lacks: &'static str,
        /// The line of the present one.
        at: Origin,
    },
    /// A profile whose Identity Center differs from that of its `sso-session`.
    #[error(
        "{at}: `{key}` of profile `{profile}` differs from that of its sso-session ({session}), and the AWS tools refuse such a profile"
    )]
    SsoConflict {
        /// The profile.
        profile: ProfileName,
        /// `sso_start_url` or `sso_region`.
        key: &'static str,
        /// The line of the profile.
        at: Origin,
        /// The line of the session.
        session: Origin,
    },
    /// An `sso-session` section that lacks a setting.
    #[error("{at}: `[sso-session {session}]`, which profile `{profile}` names, has no `{lacks}`")]
    HalfSsoSession {
        /// The profile.
        profile: ProfileName,
        /// The section's name.
        session: String,
        /// The key that is not there.
        lacks: &'static str,
        /// The first line of the section, or the one that names it where it is empty.
        at: Origin,
    },
    /// `sso_session` names a section that does not exist.
    #[error(
        "{at}: profile `{profile}` names the sso-session `{session}`, which does not exist{}",
        suggestion(similar)
    )]
    UnknownSsoSession {
        /// The profile.
        profile: ProfileName,
        /// The session's name.
        session: String,
        /// The header of a section that is meant to be it, and that the SDKs ignore.
        ignored: Option<IgnoredHeader>,
        /// Sessions of similar names.
        similar: Vec<String>,
        /// The line.
        at: Origin,
    },
    /// A `credential_process` that runs keyward for the profile that names it.
    #[error(
        "{at}: `credential_process` asks keyward for `{profile}`, and the vault holds no key for it"
    )]
    AsksItself {
        /// The profile.
        profile: ProfileName,
        /// The line.
        at: Origin,
    },
    /// A profile without any credentials.
    #[error(
        "profile `{profile}` has no credentials: the vault has no key for it, and the files name no source"
    )]
    NoCredentials {
        /// The profile.
        profile: ProfileName,
    },
    /// A `credential_source` that does not exist.
    #[error("{at}: `{value}` is not a `credential_source`")]
    UnknownCredentialSource {
        /// The value.
        value: String,
        /// The line.
        at: Origin,
    },
    /// `credential_source = Environment` without a key in the environment.
    #[error(
        "{at}: profile `{profile}` takes its key from the environment, but {variable} is not set"
    )]
    NoEnvironmentKey {
        /// The profile.
        profile: ProfileName,
        /// The variable that is missing.
        variable: &'static str,
        /// The line of `credential_source`.
        at: Origin,
    },
    /// A value that is invalid for its key.
    #[error("{place}: `{key}` has a value that cannot be used")]
    InvalidValue {
        /// The key.
        key: &'static str,
        /// The place.
        place: ValueOrigin,
        /// The reason.
        #[source]
        source: InvalidId,
    },
    /// A setting that its reader does not understand.
    #[error("{place}: `{key}` is not {wanted}")]
    InvalidSetting {
        /// The key or the variable.
        key: &'static str,
        /// The place.
        place: ValueOrigin,
        /// The expected form.
        wanted: &'static str,
    },
    /// Something else where the id of an access key belongs. It is not repeated: the secret may be
    /// in its place.
    #[error("{place}: that is not an access key id")]
    InvalidKeyId {
        /// The place.
        place: ValueOrigin,
        /// The reason.
        #[source]
        source: KeyIdFault,
    },
    /// A secret in quotes, which AWS tools read as part of it.
    #[error("{place}: `{key}` is in quotes, which are part of the value to every AWS tool")]
    QuotedSecret {
        /// The key or the variable.
        key: &'static str,
        /// The place.
        place: ValueOrigin,
    },
    /// A secret or token that a paste has spoilt. The value is not repeated.
    #[error("{place}: `{key}` contains {}", named(*character))]
    SpoiltSecret {
        /// The key or the variable.
        key: &'static str,
        /// The place.
        place: ValueOrigin,
        /// The first character that no secret has.
        character: char,
    },
    /// Session tags that cannot be read.
    #[error("{place}: `{key}` cannot be used")]
    InvalidTags {
        /// `session_tags` or `transitive_session_tags`.
        key: &'static str,
        /// The place.
        place: ValueOrigin,
        /// The reason.
        #[source]
        source: InvalidTags,
    },
    /// A security key or passkey as MFA device.
    #[error("{place}: `{serial}` is a security key or passkey, and STS accepts only codes")]
    SecurityKey {
        /// The device.
        serial: MfaSerial,
        /// The place that names it.
        place: ValueOrigin,
    },
    /// A duration that AWS refuses.
    #[error(
        "{place}: {} is out of bounds: {call} gives {} to {}",
        exact_duration(*asked), exact_duration(*least), exact_duration(*most)
    )]
    DurationOutOfBounds {
        /// The place of the request.
        place: ValueOrigin,
        /// The requested duration.
        asked: Duration,
        /// The call.
        call: &'static str,
        /// The least that AWS accepts.
        least: Duration,
        /// The most that AWS accepts.
        most: Duration,
    },
    /// More than an hour asked of a role that is assumed from a session or another role.
    #[error("{} is not available for profile `{profile}`: {why}, and AWS allows such a role at most 1h", exact_duration(*asked))]
    ChainTooShort {
        /// The profile of the role.
        profile: ProfileName,
        /// The requested duration.
        asked: Duration,
        /// The reason why it is a chain.
        why: String,
    },
    /// A session policy, although the last call accepts none.
    #[error("a session policy cannot be applied to profile `{profile}`: {last}")]
    PolicyNeedsRole {
        /// The profile asked for.
        profile: ProfileName,
        /// The source of the credentials instead of a role.
        last: &'static str,
    },
}

fn suggestion(similar: &[String]) -> String {
    if similar.is_empty() {
        return String::new();
    }
    let names: Vec<String> = similar.iter().map(|name| format!("`{name}`")).collect();
    format!("; there is {}", names.join(", "))
}
