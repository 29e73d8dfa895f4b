//! `keyward lock`: forgets every session.

use std::process::ExitCode;

use keyward_vault::{Paths, SessionStore};

use crate::error::CliError;
use crate::places::Places;
use crate::session::session_tier;
use crate::ui::Ui;
use crate::world::now;

/// Forget every session; the next command asks for a code again
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Removes the sessions and the key that opened them.
pub(crate) fn run(_args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let places = Places::find()?;
    let store = SessionStore::open(&Paths::new(&places.data), session_tier());
    let kept = store.list(now()).len();
    store.clear()?;
    ui.say(match kept {
        0 => "no session was kept".to_owned(),
        1 => "forgot 1 session".to_owned(),
        n => format!("forgot {n} sessions"),
    });
    Ok(ExitCode::SUCCESS)
}
