//! The meaning of a section header: the kind of the section, its name, and whether every AWS tool
//! agrees.

use crate::config::{BLANKS, FileKind, is_identifier};
use crate::id::ProfileName;

/// The kind of a section to the SDKs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    /// `[profile NAME]` in the config file, `[NAME]` in the credentials file.
    Profile,
    /// `[default]` in the config file: the default profile unless `[profile default]` exists.
    BareDefault,
    /// `[sso-session NAME]`.
    SsoSession,
    /// `[services NAME]`.
    Services,
    /// Ignored by the SDKs.
    Ignored(Why),
}

/// The reasons why a section is ignored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Why {
    /// `[NAME]` in the config file.
    Unprefixed,
    /// `[something NAME]`.
    UnknownPrefix,
    /// A name that is not an identifier.
    BadName,
    /// A name with a blank in the credentials file.
    BlankInName,
    /// `[profile NAME]` in the credentials file.
    ProfileInCredentials,
    /// `[sso-session NAME]` or `[services NAME]` in the credentials file.
    ConfigInCredentials,
}

/// The unusual spellings of a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Oddity {
    /// Every tool reads it the same way.
    None,
    /// Blanks that boto3 and the AWS CLI treat as part of the name.
    Blanks,
    /// A quoted name, which the SDKs ignore.
    Quoted,
}

/// A header, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Header<'t> {
    pub(super) role: Role,
    pub(super) name: &'t str,
    pub(super) oddity: Oddity,
}

/// Reads the text between the brackets.
pub(super) fn read(kind: FileKind, inner: &str) -> Header<'_> {
    let trimmed = inner.trim_matches(BLANKS);
    let Some((prefix, name)) = trimmed.split_once(BLANKS) else {
        let role = match kind {
            FileKind::Config if trimmed == "default" => Role::BareDefault,
            FileKind::Config => Role::Ignored(Why::Unprefixed),
            FileKind::Credentials if is_identifier(trimmed) => Role::Profile,
            FileKind::Credentials => Role::Ignored(Why::BadName),
        };
        let oddity = if trimmed.len() == inner.len() {
            Oddity::None
        } else {
            Oddity::Blanks
        };
        return Header {
            role,
            name: trimmed,
            oddity,
        };
    };
    let name = name.trim();
    let role = match (kind, prefix) {
        (FileKind::Config, "profile") => Role::Profile,
        (FileKind::Config, "sso-session") => Role::SsoSession,
        (FileKind::Config, "services") => Role::Services,
        (FileKind::Config, _) => Role::Ignored(Why::UnknownPrefix),
        (FileKind::Credentials, "profile") => Role::Ignored(Why::ProfileInCredentials),
        (FileKind::Credentials, "sso-session" | "services") => {
            Role::Ignored(Why::ConfigInCredentials)
        }
        (FileKind::Credentials, _) => {
            return Header {
                role: Role::Ignored(Why::BlankInName),
                name: trimmed,
                oddity: Oddity::None,
            };
        }
    };
    if matches!(role, Role::Ignored(_)) || is_identifier(name) {
        let oddity = if inner.starts_with(BLANKS) {
            Oddity::Blanks
        } else {
            Oddity::None
        };
        return Header { role, name, oddity };
    }
    match unquoted(name) {
        Some(name) => Header {
            role,
            name,
            oddity: Oddity::Quoted,
        },
        None => Header {
            role: Role::Ignored(Why::BadName),
            name,
            oddity: Oddity::None,
        },
    }
}

/// The word and the name of a header in which another sign than a blank comes between them, as in
/// `[profile:dev]`. A profile may have such a name itself, which lacks its word then.
pub(super) fn glued(inner: &str) -> Option<(&'static str, &str)> {
    ["profile", "sso-session", "services"]
        .into_iter()
        .find_map(|word| {
            let name = inner
                .strip_prefix(word)?
                .strip_prefix([':', '-', '_', '.', '/', '='])?;
            is_identifier(name).then_some((word, name))
        })
}

/// The text between a pair of quotes, if both a shell and [`ProfileName`] accept it unchanged.
fn unquoted(name: &str) -> Option<&str> {
    let inside = ['"', '\'']
        .iter()
        .find_map(|q| name.strip_prefix(*q)?.strip_suffix(*q))?;
    let plain = !inside.contains(['"', '\'', '\\']) && inside.parse::<ProfileName>().is_ok();
    plain.then_some(inside)
}
