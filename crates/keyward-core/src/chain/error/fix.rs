//! What to do about each mistake, and on which line. Refuses to be silent: every variant has
//! its sentence.

use super::{Place, ResolveError};
use crate::chain::InvalidTags;
use crate::config::{FileKind, IgnoredHeader, Origin, is_identifier};
use crate::id::{KeyIdFault, ProfileName};
use crate::time::show_duration;

impl ResolveError {
    /// What to do about it, as one sentence.
    #[must_use]
    pub fn fix(&self) -> String {
        match self {
            Self::UnknownProfile { ignored: Some(header), profile, similar } => ignored(header, profile, similar),
            Self::UnknownProfile { profile, .. } => {
                format!("see `keyward list`, or store a key with `keyward add {}`", profile.argument())
            }
            Self::UnknownSource { key, missing, .. } if *key == "source_profile" => {
                format!("correct the name, or store a key with `keyward add {}`", missing.argument())
            }
            Self::UnknownSource { .. } => "correct the name or remove the line".to_owned(),
            Self::Loop { key, .. } => format!("remove one of these `{key}` lines"),
            Self::TooLong { key, .. } => format!(
                "shorten the chain: name a profile nearer to the credentials in one of its `{key}` lines"
            ),
            Self::TwoSources { .. } => "keep one of the two lines".to_owned(),
            Self::RoleWithoutSource { profile, .. } => {
                format!("add `source_profile = NAME` below it, or store a key with `keyward add {}`", profile.argument())
            }
            Self::HalfKey { lacks, .. } | Self::IncompleteSso { lacks, .. } => {
                format!("add `{lacks}`, or remove the other half")
            }
            Self::TokenMissing { .. } => "add the token that came with the key, or remove the key".to_owned(),
            Self::SsoConflict { key, .. } => {
                format!("remove `{key}` from the profile, which takes it from its sso-session")
            }
            Self::HalfSsoSession { session, lacks, .. } => {
                format!("add `{lacks}` below `[sso-session {session}]`")
            }
            Self::UnknownSsoSession { session, ignored: Some(header), .. } => ignored_session(header, session),
            Self::UnknownSsoSession { session, .. } => format!("add a section `[sso-session {session}]`"),
            Self::AsksItself { profile, .. } | Self::NoCredentials { profile } => {
                format!("store a key with `keyward add {}`, or give the profile a `role_arn` and a `source_profile`", profile.argument())
            }
            Self::UnknownCredentialSource { .. } => {
                "use `Environment`, `EcsContainer` or `Ec2InstanceMetadata`".to_owned()
            }
            Self::NoEnvironmentKey { variable, .. } => format!("set {variable}, or name a `source_profile` instead"),
            Self::InvalidValue { key, place, .. } => match place {
                Place::Variable(_) => format!("correct the value, or unset {key}"),
                _ => "correct the value".to_owned(),
            },
            Self::InvalidSetting { wanted, .. } => format!("make it {wanted}, or leave it out"),
            Self::TokenLeftBehind { token, place, .. } => match place {
                Place::Variable(name) => format!("unset {name}"),
                _ => format!("remove the line `{token}`"),
            },
            Self::KeyOfTwoFiles { .. } => {
                "put the id, its secret and its token into one file, and remove what is left in the other".to_owned()
            }
            Self::InvalidKeyId { source, .. } => key_id(*source).to_owned(),
            Self::QuotedSecret { .. } => "remove the quotes".to_owned(),
            Self::InvalidTags { key, source, .. } => match (source, *key) {
                (InvalidTags::Empty | InvalidTags::NotAPair(_), "session_tags") => {
                    "write `session_tags = key=value, key2=value2`".to_owned()
                }
                _ => format!("correct `{key}`, or leave such tags out"),
            },
            Self::SecurityKey { .. } => {
                "name a virtual device (an authenticator app) or a hardware token that shows codes, or sign in with `aws login` or the Identity Center, which take security keys".to_owned()
            }
            Self::DurationOutOfBounds { least, most, .. } => {
                format!("ask for {} to {}", show_duration(*least), show_duration(*most))
            }
            Self::ChainTooShort { .. } => {
                "leave out --duration; `keyward exec --server` and `credential_process` renew by themselves".to_owned()
            }
            Self::PolicyNeedsRole { .. } => {
                "use a profile whose last step is a role".to_owned()
            }
        }
    }

    /// The line to fix, if the mistake is in a file.
    #[must_use]
    pub fn origin(&self) -> Option<&Origin> {
        match self {
            Self::UnknownProfile { ignored, .. } => ignored.as_ref().map(|header| &header.at),
            Self::UnknownSource { at, .. }
            | Self::Loop { at, .. }
            | Self::TooLong { at, .. }
            | Self::TwoSources { at, .. }
            | Self::RoleWithoutSource { at, .. }
            | Self::HalfKey { at, .. }
            | Self::TokenMissing { at, .. }
            | Self::KeyOfTwoFiles { at, .. }
            | Self::IncompleteSso { at, .. }
            | Self::SsoConflict { at, .. }
            | Self::HalfSsoSession { at, .. }
            | Self::UnknownSsoSession { at, .. }
            | Self::AsksItself { at, .. }
            | Self::UnknownCredentialSource { at, .. }
            | Self::NoEnvironmentKey { at, .. } => Some(at),
            Self::InvalidValue { place, .. }
            | Self::InvalidSetting { place, .. }
            | Self::InvalidKeyId { place, .. }
            | Self::QuotedSecret { place, .. }
            | Self::TokenLeftBehind { place, .. }
            | Self::InvalidTags { place, .. }
            | Self::SecurityKey { place, .. }
            | Self::DurationOutOfBounds { place, .. } => match place {
                Place::Line(at) => Some(at),
                Place::Variable(_) | Place::Flag(_) | Place::Setting(_) | Place::Vault(_) => None,
            },
            Self::NoCredentials { .. }
            | Self::ChainTooShort { .. }
            | Self::PolicyNeedsRole { .. } => None,
        }
    }
}

/// What to do about something else where the id of a key belongs.
fn key_id(fault: KeyIdFault) -> &'static str {
    match fault {
        KeyIdFault::Quoted => "remove the quotes",
        KeyIdFault::LikeSecret => {
            "an id looks like AKIAIOSFODNN7EXAMPLE; it was swapped with the secret"
        }
        KeyIdFault::Character(_) => "type the id again: the character may not be visible",
        KeyIdFault::Empty | KeyIdFault::TooLong => "an id looks like AKIAIOSFODNN7EXAMPLE",
    }
}

/// Why a section is not the sso-session, and how it becomes one.
fn ignored_session(header: &IgnoredHeader, session: &str) -> String {
    let IgnoredHeader { at, text } = header;
    if at.file == FileKind::Credentials {
        return format!(
            "{at} has `[{text}]`: move it to the config file as `[sso-session {session}]`"
        );
    }
    if header.prefix() != Some("sso-session") {
        return format!(
            "{at} has `[{text}]`: write `[sso-session {session}]`, since AWS tools ignore another header"
        );
    }
    format!(
        "{at} has `[sso-session {session}]`, but boto3, the AWS CLI and the SDKs for JavaScript and Rust ignore that name: rename it, here and there, to letters, digits and `_-/.%@:+`"
    )
}

/// Why a section is not the profile, and how it becomes one.
fn ignored(header: &IgnoredHeader, profile: &ProfileName, similar: &[String]) -> String {
    let IgnoredHeader { at, text } = header;
    let misspelt = header
        .prefix()
        .is_some_and(|prefix| prefix != "profile" && text != profile.as_str());
    if misspelt {
        let prefix = match at.file {
            FileKind::Config => "profile ",
            FileKind::Credentials => "",
        };
        return format!(
            "{at} has `[{text}]`: write `[{prefix}{profile}]`, since AWS tools do not accept that header"
        );
    }
    let fits = is_identifier(profile.as_str());
    let twin = profile.as_str().replace(' ', "-");
    let way = match similar.contains(&twin) {
        true => format!("use `{twin}`"),
        false => "rename it".to_owned(),
    };
    match at.file {
        FileKind::Credentials if !fits => format!(
            "{at} has `[{profile}]`, a name that of all AWS tools only boto3 and the AWS CLI read; {way}"
        ),
        FileKind::Config if profile.as_str().contains([' ', '\'', '"', '\\']) => format!(
            "{at} names `{profile}`, but boto3, the AWS CLI and most SDKs ignore that section: a name is made of letters, digits and `_-/.%@:+`; {way}"
        ),
        FileKind::Config if !fits => format!(
            "{at} has `[profile {profile}]`, which boto3 and the AWS CLI read, but not every SDK: a name is made of letters, digits and `_-/.%@:+`; {way}"
        ),
        FileKind::Config => format!(
            "{at} has `[{profile}]`: write `[profile {profile}]`, since AWS tools ignore the header without `profile`"
        ),
        FileKind::Credentials => format!(
            "{at} has `[profile {profile}]`: write `[{profile}]`, since AWS tools ignore the header with `profile` in the credentials file"
        ),
    }
}
