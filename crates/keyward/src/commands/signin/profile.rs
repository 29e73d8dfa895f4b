//! The changes of a console sign-in to a profile: `login_session`, and a region where it has none.
//! A profile that has other credentials is refused, because those would come first.

use keyward_core::id::{PrincipalArn, ProfileName, Region};
use keyward_core::shell::argument;

use super::named;
use crate::aws_files::profiles;
use crate::prompt::terminal::Terminal;
use crate::screen::error::{CliError, ErrorKind};
use crate::state::local_state::LocalState;

/// Keys that make a profile something else.
const OTHERS: [(&str, &str); 9] = [
    ("role_arn", "a role"),
    ("credential_source", "another source"),
    ("web_identity_token_file", "a web identity"),
    ("web_identity_token_process", "a web identity"),
    ("sso_session", "the Identity Center"),
    ("sso_account_id", "the Identity Center"),
    ("sso_role_name", "the Identity Center"),
    ("aws_access_key_id", "an access key"),
    ("credential_process", "another program"),
];

/// Refuses a profile whose credentials come from elsewhere.
pub(super) fn refuse_other_source(
    local: &LocalState,
    profile: &ProfileName,
) -> Result<(), CliError> {
    let hint = |error: CliError| {
        error.hint(format!(
            "use a profile of its own: keyward signin {}",
            argument(&format!("{profile}-console"))
        ))
    };
    if local.stored.get(profile).is_some() {
        return Err(hint(CliError::usage(format!(
            "the vault holds a key for `{profile}`, which would come before a console sign-in"
        ))));
    }
    let Some(found) = local.config.profile(profile) else {
        return Ok(());
    };
    let other = OTHERS
        .iter()
        .find_map(|(key, what)| Some((found.section.get(key)?, key, what)));
    match other {
        None => Ok(()),
        Some((property, key, what)) => Err(hint(CliError::usage(format!(
            "{}: profile `{profile}` has credentials of {what} (`{key}`), which would come before a console sign-in",
            property.origin
        )))
        .hint(format!("or take `{key}` out of the profile first"))),
    }
}

/// Refuses a profile that cannot be written after the sign-in. This happens before the sign-in.
pub(super) fn check_writable(local: &LocalState, profile: &ProfileName) -> Result<(), CliError> {
    profiles::edit(local, |file| {
        profiles::set(
            file,
            profile,
            "login_session",
            "arn:aws:iam::123456789012:root",
        )?;
        // Nothing is kept of this try.
        Ok(false)
    })
}

/// Asks before a profile changes its owner.
pub(super) fn confirm_other_session(
    local: &LocalState,
    profile: &ProfileName,
    session: &PrincipalArn,
) -> Result<(), CliError> {
    let Some(old) = named(local, profile).filter(|old| old != session) else {
        return Ok(());
    };
    let Some(mut terminal) = Terminal::open() else {
        return Err(CliError::new(
            ErrorKind::PersonNeeded,
            format!(
                "profile `{profile}` is for {old}, and you signed in as {session}; nothing was kept"
            ),
        )
        .hint("sign out in the browser first, or use a profile of its own"));
    };
    let question = format!("`{profile}` is for {old}. Make it {session}?");
    match terminal.confirm(&question)? {
        true => Ok(()),
        false => Err(CliError::failed("nothing was kept")),
    }
}

/// Writes what the profile lacks, and nothing else.
pub(super) fn write(
    local: &LocalState,
    profile: &ProfileName,
    session: &PrincipalArn,
    region: &Region,
) -> Result<(), CliError> {
    let known = local.config.profile(profile);
    let has_region = known.is_some_and(|known| known.section.value("region").is_some());
    profiles::edit(local, |file| {
        let mut changed = profiles::set(file, profile, "login_session", session.as_str())?;
        if !has_region {
            changed |= profiles::set(file, profile, "region", region.as_str())?;
        }
        Ok(changed)
    })
    .map_err(|error| {
        let text = error.to_string();
        CliError::new(
            error.kind(),
            format!("the sign-in is kept, but profile `{profile}` could not be written"),
        )
        .because(text)
        .hint_all(error.hints().to_vec())
    })
}
