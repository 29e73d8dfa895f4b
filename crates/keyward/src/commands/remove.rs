//! `keyward remove`: forgets a key, its sessions, or only the sessions; with `--revoke`, ends the
//! key at AWS first.

mod revoke;
mod sessions;

use std::process::ExitCode;

use keyward_core::chain::StoredKey;
use keyward_core::id::{AccessKeyId, ProfileName};
use keyward_core::secret::MfaCode;
use keyward_vault::{Document, SessionStore};

use self::revoke::Ending;
pub(super) use self::sessions::{kept_by, plans};
use crate::prompt::terminal::Terminal;
use crate::screen::error::CliError;
use crate::screen::ui::{Ui, listed};
use crate::session::parse_code;
use crate::session::{CodeSource, session_tier};
use crate::state::local_state::LocalState;

/// Forget a stored key and the sessions made from it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile
    profile: ProfileName,

    /// Forget only the sessions
    #[arg(long)]
    sessions_only: bool,

    /// Delete the key at AWS first
    #[arg(long, conflicts_with = "sessions_only")]
    revoke: bool,

    /// The profile that deletes it, in place of its owner
    #[arg(long, value_name = "PROFILE", requires = "revoke")]
    via: Option<ProfileName>,

    /// The current code of the MFA device
    #[arg(long, value_name = "C", value_parser = parse_code, requires = "revoke")]
    mfa_code: Option<MfaCode>,

    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
}

impl Args {
    /// What `--sessions-only` alone says.
    pub(crate) fn sessions_of(profile: ProfileName) -> Self {
        Self {
            profile,
            sessions_only: true,
            revoke: false,
            via: None,
            mfa_code: None,
            yes: false,
        }
    }
}

/// Forgets.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    // The vault's part needs no profile, and what is stored says which sessions came of the key.
    let mut local = match args.revoke || args.sessions_only {
        true => LocalState::load()?,
        false => LocalState::load_for_vault(ui)?,
    };
    let store = SessionStore::open(&local.paths, session_tier());
    if args.sessions_only {
        let stored = stored(&local, &args.profile);
        let removed = sessions::forget(&local, &store, &args.profile, stored.as_ref(), &[])?;
        ui.say(format!("forgot {} of `{}`", counted(removed), args.profile));
        return Ok(ExitCode::SUCCESS);
    }
    // The key that ends is the one in the vault, whatever the list beside it says.
    let vault = local.open_existing(ui)?;
    let (Some(mut vault), Some(key)) = (vault, stored(&local, &args.profile)) else {
        return Err(
            CliError::usage(format!("the vault holds no key for `{}`", args.profile))
                .hint("keyward list"),
        );
    };
    crate::keys::rotation::refuse_change(&local, &args.profile)?;
    let arn = local
        .index
        .keys
        .iter()
        .find(|known| known.profile == args.profile)
        .and_then(|known| known.user_arn.clone());
    let others: Vec<ProfileName> = local
        .stored
        .iter()
        .filter(|stored| stored.access_key_id == key.access_key_id)
        .map(|stored| stored.profile.clone())
        .filter(|name| *name != args.profile)
        .collect();
    let ending = Ending {
        profile: &args.profile,
        others: &others,
        id: &key.access_key_id,
        arn: arn.as_ref(),
        via: args.via.as_ref(),
    };
    if !args.yes {
        let question = if args.revoke {
            ending.question()
        } else {
            format!(
                "Remove {} of `{}` from the vault?",
                key.access_key_id, args.profile
            )
        };
        let mut terminal =
            Terminal::required("your consent", "give --yes to remove it without a question")?;
        if !terminal.confirm(&question)? {
            return Err(CliError::failed("nothing was changed"));
        }
    }
    let mut names = vec![args.profile.clone()];
    let mut remaining = others.as_slice();
    if args.revoke {
        if args.yes && !others.is_empty() {
            ui.warn(format!("it is the key of {} too", listed(&others)));
        }
        let codes = CodeSource::new(args.mfa_code)?;
        revoke::revoke(&local, ui, &ending, &codes)?;
        // Under every name it is a dead key now.
        names.extend(others.iter().cloned());
        remaining = &[];
    }
    vault.update(|document| {
        for name in &names {
            // Another run may have stored another key under the name meanwhile.
            if holds(document, name, &key.access_key_id) {
                document.remove_key(name);
            }
        }
    })?;
    let forgotten = sessions::forget(&local, &store, &args.profile, Some(&key), remaining);
    // The key is gone, whatever became of its sessions.
    ui.say(match &forgotten {
        Ok(sessions) => format!("removed {} and {}", key.access_key_id, counted(*sessions)),
        Err(_) => format!(
            "removed {}, but its sessions may still be here",
            key.access_key_id
        ),
    });
    match ending.farewell() {
        Some(farewell) if args.revoke => ui.say(farewell),
        None if args.revoke => {}
        _ if !remaining.is_empty() => ui.say(format!(
            "{} {} on using the key",
            listed(remaining),
            if remaining.len() == 1 { "goes" } else { "go" }
        )),
        _ => ui.warn(format!(
            "the key still works at AWS until it is deleted there, which --revoke would have done: {}",
            key.access_key_id
        )),
    }
    forgotten.map(|_| ExitCode::SUCCESS)
}

/// The entries under a name.
fn stored(local: &LocalState, profile: &ProfileName) -> Option<StoredKey> {
    local.stored.get(profile).cloned()
}

fn holds(document: &Document, profile: &ProfileName, id: &AccessKeyId) -> bool {
    let held = document.key(profile);
    held.is_some_and(|key| key.access_key_id == *id)
}

fn counted(sessions: usize) -> String {
    match sessions {
        0 => "no session".to_owned(),
        1 => "1 session".to_owned(),
        n => format!("{n} sessions"),
    }
}
