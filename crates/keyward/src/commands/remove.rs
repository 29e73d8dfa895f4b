//! `keyward remove`: forgets a key, its sessions, or only the sessions.

use std::process::ExitCode;

use keyward_core::id::ProfileName;
use keyward_core::plan::{Flags, HandOut};
use keyward_vault::SessionStore;

use crate::error::CliError;
use crate::session::{open_vault, session_tier};
use crate::terminal::Terminal;
use crate::ui::Ui;
use crate::world::{World, now};

/// Forget a stored key and the sessions made from it
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile
    profile: ProfileName,

    /// Forget only the sessions
    #[arg(long)]
    sessions_only: bool,

    /// Do not ask
    #[arg(short = 'y', long)]
    yes: bool,
}

/// Forgets.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let world = World::load()?;
    let stored = world
        .stored
        .iter()
        .find(|key| key.profile == args.profile)
        .cloned();
    let store = SessionStore::open(&world.paths, session_tier());
    if args.sessions_only {
        let removed = forget_sessions(&world, &store, &args.profile)?;
        ui.say(format!("forgot {removed} session(s) of `{}`", args.profile));
        return Ok(ExitCode::SUCCESS);
    }
    let Some(key) = stored else {
        return Err(
            CliError::usage(format!("the vault holds no key for `{}`", args.profile))
                .hint("keyward list"),
        );
    };
    if !args.yes {
        let mut terminal =
            Terminal::required("your word", "give --yes to remove it without a question")?;
        if !terminal.confirm(&format!(
            "Remove {} of `{}` from the vault?",
            key.access_key_id, args.profile
        ))? {
            return Err(CliError::failed("nothing was changed"));
        }
    }
    let mut vault = open_vault(&world, ui)?;
    vault.update(|document| document.remove_key(&args.profile))?;
    let removed =
        forget_sessions(&world, &store, &args.profile)? + store.remove_for(&key.access_key_id)?;
    ui.say(format!(
        "removed {} and {removed} session(s)",
        key.access_key_id
    ));
    ui.warn("the key still works at AWS until it is deleted there");
    Ok(ExitCode::SUCCESS)
}

/// Removes what the profile's plans keep.
fn forget_sessions(
    world: &World,
    store: &SessionStore,
    profile: &ProfileName,
) -> Result<usize, CliError> {
    let kept = store.list(now());
    let mut removed = 0;
    for hand_out in [HandOut::Static, HandOut::Refreshing] {
        let Ok(plan) = world.resolve(
            profile,
            Flags {
                hand_out,
                ..Flags::default()
            },
        ) else {
            continue;
        };
        for hop in &plan.hops {
            if kept.iter().any(|entry| entry.key == hop.cache_key) {
                store.remove(&hop.cache_key)?;
                removed += 1;
            }
        }
    }
    Ok(removed)
}
