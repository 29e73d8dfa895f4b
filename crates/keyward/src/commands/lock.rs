//! `keyward lock`: forgets every session and the open vault, and tells the servers that run.

use std::collections::BTreeSet;
use std::process::ExitCode;

use keyward_core::shell::{argument, quoted};
use keyward_vault::{LockMark, OpenFor, Paths, SessionStore, Tier, TierChoice};

use crate::error::CliError;
use crate::places::Places;
use crate::session::{Center, login, session_tier};
use crate::ui::Ui;
use crate::world::{World, now};

/// Forget every session and close the vault; the next command asks again
///
/// A `serve` or `exec --server` that is running forgets what it holds and hands out nothing more.
/// Sign-ins that are shared with the AWS CLI stay; they are named.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Removes the sessions and the key that opened them.
pub(crate) fn run(_args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let places = Places::find()?;
    let paths = Paths::new(&places.data);
    // First, so that no server makes anew what is removed below.
    let told = LockMark::of(&paths).change();
    let store = SessionStore::open(&paths, session_tier());
    let kept = store.list(now()).len();
    store.clear()?;
    // Wherever an earlier run with other settings may have kept the key of its sessions.
    for choice in [TierChoice::Auto, TierChoice::Keyring, TierChoice::File] {
        let tier = Tier {
            choice,
            ..session_tier()
        };
        SessionStore::open(&paths, tier).clear()?;
    }
    OpenFor::of(&paths)
        .forget()
        .map_err(|e| CliError::failed("the vault is still open").because(e))?;
    told.map_err(|e| {
        CliError::failed("a server that is running cannot be told, and hands out what it holds")
            .because(e)
            .hint("end each `keyward serve` and `keyward exec --server`")
    })?;
    ui.say(match kept {
        0 => "no session was kept".to_owned(),
        1 => "forgot 1 session".to_owned(),
        n => format!("forgot {n} sessions"),
    });
    tell_what_stays(ui);
    Ok(ExitCode::SUCCESS)
}

/// Sign-ins that are shared with other tools stay, and open roles without a question: whoever
/// locks must know. Files that cannot be read name none.
fn tell_what_stays(ui: &Ui) {
    let Ok(world) = World::load_closed() else {
        return;
    };
    for center in Center::signed_in(&world) {
        let name = center.name();
        ui.warn(format!(
            "still signed in at the Identity Center `{name}`, as the AWS CLI is: its roles are had without a question"
        ));
        ui.hint(format!("keyward sso logout {}", argument(name)));
    }
    let mut told = BTreeSet::new();
    for profile in world.config.profiles() {
        let session = profile.section.value("login_session").unwrap_or_default();
        if login::kept_by_the_aws_cli(session) && told.insert(session) {
            ui.warn(format!(
                "the AWS CLI is still signed in as {session}, which `{}` starts from",
                profile.name
            ));
            ui.hint(format!(
                "aws logout --profile {}",
                quoted(profile.name.as_str())
            ));
        }
    }
}
