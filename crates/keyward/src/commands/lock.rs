//! `keyward lock`: forgets every session and the open vault, and notifies running servers.

use std::collections::BTreeSet;
use std::process::ExitCode;

use keyward_core::shell::{argument, quoted};
use keyward_core::text::count;
use keyward_vault::{ForgetAllError, Paths, SessionError, SessionStore, forget_all};

use crate::aws_files::credentials_file;
use crate::prompt::deadline::{Deadline, ForSaving};
use crate::screen::error::{CliError, ErrorKind, how_to_go_on};
use crate::screen::ui::Ui;
use crate::session::{Center, login, session_tier};
use crate::state::local_state::{LocalState, now};
use crate::system::locations::{self, Locations};

/// Forget every session and close the vault; the next command asks again
///
/// A `serve` or `exec --server` that is running forgets what it holds and hands out nothing more.
/// Sign-ins that are shared with the AWS CLI stay, and so do sessions in the credentials file; each
/// is named.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Forgets everything that opens anything. It continues past failures, and reports them at the end.
pub(crate) fn run(_args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let deadline = Deadline::begin();
    let paths = Paths::new(Locations::data_folder()?);
    let tier = session_tier();
    let kept = SessionStore::open(&paths, tier.clone()).list(now()).len();
    // A folder that is not writable keeps all its files, which is one thing to say.
    let (files, others): (Vec<_>, Vec<_>) =
        forget_all(&paths, tier.runtime_dir, &ForSaving(deadline))
            .into_iter()
            .partition(|error| matches!(error, ForgetAllError::Sessions(SessionError::Disk(_))));
    let folder = locations::show(&paths.sessions());
    let files = CliError::all(&folder, files.into_iter().map(not_forgotten).collect());
    let mut failed: Vec<CliError> = files.into_iter().collect();
    failed.extend(others.into_iter().map(not_forgotten));
    // The forgotten sessions are gone even if another process may save one more.
    let all_gone = failed
        .iter()
        .all(|error| error.kind() == ErrorKind::PersonNeeded);
    let last = failed.pop();
    for error in failed {
        ui.error(&error);
    }
    if all_gone {
        ui.say(match kept {
            0 => "no session was kept".to_owned(),
            n => format!("forgot {}", count(n, "session")),
        });
    }
    tell_what_stays(ui);
    match last {
        Some(error) => Err(error),
        None => Ok(ExitCode::SUCCESS),
    }
}

/// One thing that could not be done, and what the person can do.
fn not_forgotten(error: ForgetAllError) -> CliError {
    let told = error.to_string();
    let hint = match &error {
        ForgetAllError::Mark(_) => "end each `keyward serve` and `keyward exec --server`",
        ForgetAllError::Busy { .. } => "then: keyward lock",
        _ => "keyward lock   (again, when that is fixed)",
    };
    let error = match error {
        ForgetAllError::Mark(cause) => CliError::failed(told).because(cause),
        ForgetAllError::Vault(cause) => CliError::failed(told).because(cause),
        ForgetAllError::Lock(cause) => CliError::failed(told).because(cause),
        ForgetAllError::Sessions(cause) => {
            CliError::failed("a session is not forgotten").because(cause)
        }
        ForgetAllError::Busy { holder } => {
            CliError::new(ErrorKind::PersonNeeded, told).hint(how_to_go_on(holder))
        }
    };
    error.hint(hint)
}

/// Sign-ins that are shared with other tools stay, and their roles need no prompt; sessions in the
/// credentials file stay too. If the AWS files cannot be read, neither is known.
fn tell_what_stays(ui: &Ui) {
    let local = match LocalState::load_closed() {
        Ok(local) => local,
        Err(error) => {
            ui.warn(format!(
                "sign-ins that the AWS CLI shares and sessions in the credentials file may stay, and cannot be named: {error}"
            ));
            for hint in error.hints() {
                ui.hint(hint);
            }
            return;
        }
    };
    credentials_file::tell_of_left_sessions(&local, ui);
    for name in Center::signed_in(&local) {
        ui.warn(format!(
            "still signed in at the Identity Center `{name}`, shared with the AWS CLI: its roles need no prompt"
        ));
        ui.hint(format!("keyward sso logout {}", argument(&name)));
    }
    let mut told = BTreeSet::new();
    for profile in local.config.profiles() {
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
