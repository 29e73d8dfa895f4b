//! Out again: the sign-in leaves the vault, and what was made with it the session cache.

use keyward_core::chain::CacheKey;
use keyward_core::id::{PrincipalArn, ProfileName};
use keyward_vault::SessionStore;

use super::named;
use crate::commands::remove::{kept_by, plans};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::{fingerprint, login, open_vault, session_tier};
use crate::state::local_state::{LocalState, now};

pub(super) fn run(local: &LocalState, profile: &ProfileName, ui: &Ui) -> Result<(), CliError> {
    let session = named(local, profile).ok_or_else(|| {
        CliError::usage(format!("profile `{profile}` has no `login_session`")).hint("keyward list")
    })?;
    let _guard = login::flight(local, &session).lock(ui)?;
    // First what needs no passphrase.
    let forgotten = forget_sessions(local, &session)?;
    let held = login::listed(local, &session).is_some();
    if held {
        open_vault(local, ui)?.update(|document| document.remove_sign_in(&session))?;
    }
    ui.say(match held {
        true => format!("signed out: the vault forgot the sign-in of {session}"),
        false => format!("the vault holds no sign-in of {session}"),
    });
    if forgotten > 0 {
        ui.say(format!("forgot {forgotten} of its sessions"));
    }
    if held {
        ui.say("credentials that programs hold already end within a quarter of an hour, roles within an hour");
    }
    if login::kept_by_the_aws_cli(session.as_str()) {
        ui.say("the AWS CLI keeps a sign-in of the same name, which stays");
        ui.hint(format!(
            "aws logout --profile {}",
            keyward_core::shell::quoted(profile.as_str())
        ));
    }
    Ok(())
}

/// Forgets the sign-in's credentials, and the roles that were made from them, whatever flags and
/// profiles they were made with.
fn forget_sessions(local: &LocalState, session: &PrincipalArn) -> Result<usize, CliError> {
    let source = login::fingerprint(session.as_str());
    // A session of an earlier version does not state its origin.
    let planned: Vec<CacheKey> = local
        .config
        .profiles()
        .flat_map(|profile| plans(local, &profile.name))
        .filter(|chain| fingerprint(chain).as_ref() == Some(&source))
        .flat_map(|chain| kept_by(&chain).collect::<Vec<_>>())
        .collect();
    let store = SessionStore::open(&local.paths, session_tier());
    let mut forgotten = 0;
    for entry in store.list(now()) {
        if entry.meta.origin.source.as_ref() == Some(&source) || planned.contains(&entry.key) {
            store.remove(&entry.key)?;
            forgotten += 1;
        }
    }
    Ok(forgotten)
}
