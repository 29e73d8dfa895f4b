//! The fix for each mistake in a profile. Refuses to be silent: every variant has its sentence.

use keyward_core::chain::{InvalidTags, ResolveError, ValueOrigin, bare_name};
use keyward_core::config::{FileKind, IgnoredHeader, is_identifier};
use keyward_core::id::{KeyIdFault, ProfileName};
use keyward_core::time::show_duration;

/// Returns the fix for a mistake, as one sentence.
pub(super) fn fix(error: &ResolveError) -> String {
    match error {
        ResolveError::UnknownProfile { ignored: Some(header), profile, similar } => {
            fix_of_ignored(header, profile, &|name| similar.iter().any(|known| known == name))
        }
        ResolveError::UnknownProfile { profile, similar, .. } => match bare_name(profile.as_str()) {
            Some(name) if similar.iter().any(|known| known == name) => {
                format!("name the profile alone: `{name}`")
            }
            _ => format!("see `keyward list`, or store a key with `keyward add {}`", profile.argument()),
        },
        ResolveError::UnknownSource { key, missing, .. } => match bare_name(missing.as_str()) {
            Some(name) => format!("write the name alone: `{key} = {name}`"),
            None if *key == "source_profile" => {
                format!("correct the name, or store a key with `keyward add {}`", missing.argument())
            }
            None => "correct the name or remove the line".to_owned(),
        },
        ResolveError::Loop { key, .. } => format!("remove one of these `{key}` lines"),
        ResolveError::TooLong { key, .. } => format!(
            "shorten the chain: name a profile nearer to the credentials in one of its `{key}` lines"
        ),
        ResolveError::TwoSources { .. } => "keep one of the two lines".to_owned(),
        ResolveError::RoleWithoutSource { profile, .. } => {
            format!("add `source_profile = NAME` below it, or store a key with `keyward add {}`", profile.argument())
        }
        ResolveError::HalfKey { lacks, .. } | ResolveError::IncompleteSso { lacks, .. } => {
            format!("add `{lacks}`, or remove the other half")
        }
        ResolveError::TokenMissing { .. } => "add the token that came with the key, or remove the key".to_owned(),
        ResolveError::SsoConflict { key, .. } => {
            format!("remove `{key}` from the profile, which takes it from its sso-session")
        }
        ResolveError::HalfSsoSession { session, lacks, .. } => {
            format!("add `{lacks}` below `[sso-session {session}]`")
        }
        ResolveError::UnknownSsoSession { session, ignored: Some(header), .. } => ignored_session(header, session),
        ResolveError::UnknownSsoSession { session, similar, .. } if !similar.is_empty() => {
            format!("correct the name, or add a section `[sso-session {session}]`")
        }
        ResolveError::UnknownSsoSession { session, .. } => format!("add a section `[sso-session {session}]`"),
        ResolveError::AsksItself { profile, .. } | ResolveError::NoCredentials { profile } => {
            format!("store a key with `keyward add {}`, or give the profile a `role_arn` and a `source_profile`", profile.argument())
        }
        ResolveError::UnknownCredentialSource { .. } => {
            "use `Environment`, `EcsContainer` or `Ec2InstanceMetadata`".to_owned()
        }
        ResolveError::NoEnvironmentKey { variable, .. } => format!("set {variable}, or name a `source_profile` instead"),
        ResolveError::InvalidValue { key, place, source } => match place {
            _ if source.is_quoted() => "remove the quotes".to_owned(),
            ValueOrigin::Variable(_) => format!("correct the value, or unset {key}"),
            _ => "correct the value".to_owned(),
        },
        ResolveError::InvalidSetting { wanted, .. } => format!("make it {wanted}, or leave it out"),
        ResolveError::TokenLeftBehind { token, place, .. } => match place {
            ValueOrigin::Variable(name) => format!("unset {name}"),
            _ => format!("remove the line `{token}`"),
        },
        ResolveError::KeyOfTwoFiles { .. } => {
            "put the id, its secret and its token into one file, and remove what is left in the other".to_owned()
        }
        ResolveError::InvalidKeyId { place: ValueOrigin::Variable(_), source: KeyIdFault::Character('\n') } => {
            "set the variable again, without a line end".to_owned()
        }
        ResolveError::InvalidKeyId { source, .. } => key_id(*source).to_owned(),
        ResolveError::QuotedSecret { .. } => "remove the quotes".to_owned(),
        ResolveError::SpoiltSecret { .. } => {
            "copy the value again: it is one word, without blanks and line ends".to_owned()
        }
        ResolveError::InvalidTags { key, source, .. } => match (source, *key) {
            (InvalidTags::Empty | InvalidTags::NotAPair(_), "session_tags") => {
                "write `session_tags = key=value, key2=value2`".to_owned()
            }
            _ => format!("correct `{key}`, or leave such tags out"),
        },
        ResolveError::SecurityKey { .. } => {
            "name a virtual device (an authenticator app) or a hardware token that shows codes, or sign in with `aws login` or the Identity Center, which take security keys".to_owned()
        }
        ResolveError::DurationOutOfBounds { least, most, .. } => {
            format!("ask for {} to {}", show_duration(*least), show_duration(*most))
        }
        ResolveError::ChainTooShort { .. } => {
            "leave out --duration; `keyward exec --server` and `credential_process` renew by themselves".to_owned()
        }
        ResolveError::PolicyNeedsRole { .. } => {
            "use a profile whose last step is a role".to_owned()
        }
    }
}

/// Returns the fix for a text that is not the id of a key.
fn key_id(fault: KeyIdFault) -> &'static str {
    match fault {
        KeyIdFault::Quoted => "remove the quotes",
        KeyIdFault::LikeSecret => {
            "an id looks like AKIAIOSFODNN7EXAMPLE; it was swapped with the secret"
        }
        KeyIdFault::Sign(_) => "write the id alone, such as AKIAIOSFODNN7EXAMPLE",
        KeyIdFault::SmallLetters => "write the id in capital letters",
        KeyIdFault::TooShort => "copy the whole id again",
        KeyIdFault::Character('\n') => {
            "remove the indented line below the id, or begin it without a blank: it continues the id"
        }
        KeyIdFault::Character(_) => "type the id again: the character may not be visible",
        KeyIdFault::Empty | KeyIdFault::TooLong => "an id looks like AKIAIOSFODNN7EXAMPLE",
    }
}

/// Returns the fix for a character of a header that cannot be seen: with it, the header looks
/// right.
fn unseen(header: &IgnoredHeader) -> Option<String> {
    let hidden = header.hidden()?;
    Some(format!(
        "{} contains {hidden} in its header, which looks like a blank or like nothing: type a plain blank in its place, or remove it",
        header.at
    ))
}

/// Returns why a section is not the sso-session, and how it becomes one.
fn ignored_session(header: &IgnoredHeader, session: &str) -> String {
    if let Some(fix) = unseen(header) {
        return fix;
    }
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
    // Python splits the header as a shell does, and accepts any letter.
    let readers = match session.contains(SPLIT) {
        true => "boto3, the AWS CLI and the SDKs for JavaScript and Rust",
        false => "the SDKs for JavaScript and Rust",
    };
    format!(
        "{at} has `[{text}]`, but {readers} ignore that name: rename it, here and there, to letters, digits and `_-/.%@:+`"
    )
}

/// The characters at which Python splits a header, or which it removes.
const SPLIT: [char; 4] = [' ', '\'', '"', '\\'];

/// Returns why a section is not the profile, and how it becomes one. `is_known` says whether there
/// is a profile of a name.
pub(crate) fn fix_of_ignored(
    header: &IgnoredHeader,
    profile: &ProfileName,
    is_known: &dyn Fn(&str) -> bool,
) -> String {
    if let Some(fix) = unseen(header) {
        return fix;
    }
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
    let name = profile.as_str();
    if at.file == FileKind::Config && text != name && header.glued_prefix().is_some() {
        return format!(
            "{at} has `[{text}]`: write `[profile {profile}]`, with a blank before the name"
        );
    }
    let fits = is_identifier(name);
    let twin = name.replace(' ', "-");
    let way = match twin != name && is_known(&twin) {
        true => format!("use `{twin}`"),
        false => "rename it".to_owned(),
    };
    match at.file {
        FileKind::Credentials if !fits && name.contains(' ') => format!(
            "{at} has `[{text}]`, a name that boto3 and the AWS CLI read, but not the SDKs for JavaScript and Rust; {way}"
        ),
        FileKind::Credentials if !fits => {
            format!("{at} has `[{text}]`, a name that the SDK for Rust does not read; {way}")
        }
        FileKind::Config if name.contains(SPLIT) => format!(
            "{at} names `{profile}`, but boto3, the AWS CLI and most SDKs ignore that section: a name is made of letters, digits and `_-/.%@:+`; {way}"
        ),
        FileKind::Config if !fits => format!(
            "{at} has `[{text}]`, which boto3 and the AWS CLI read, but not every SDK: a name is made of letters, digits and `_-/.%@:+`; {way}"
        ),
        FileKind::Config => format!(
            "{at} has `[{text}]`: write `[profile {profile}]`, since AWS tools ignore the header without `profile`"
        ),
        FileKind::Credentials => format!(
            "{at} has `[{text}]`: write `[{profile}]`, since AWS tools ignore the header with `profile` in the credentials file"
        ),
    }
}

#[cfg(test)]
mod tests;
