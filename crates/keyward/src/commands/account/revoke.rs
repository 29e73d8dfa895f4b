//! `keyward account revoke`: the lost laptop. Switches the keys of a user off and denies every
//! session that exists, and takes that back with `--undo`.

use std::process::ExitCode;

use keyward_account::leaver::Leaver;
use keyward_account::revoke;
use keyward_core::id::UserName;
use keyward_iam::model::{Account, User};

use crate::account::revocation::{self, Afterwards};
use crate::account::{Revocation, Signer, agree};
use crate::screen::error::CliError;
use crate::screen::ui::{CODE, GOOD, Ui};
use crate::state::local_state::{LocalState, now};

use super::SignerArgs;

/// Make the keys and sessions of a user useless, as after a lost laptop
///
/// Keys are switched off, sessions issued before now are denied, and the console password is
/// deleted. A second run changes nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The user
    user: UserName,

    #[command(flatten)]
    signer: SignerArgs,

    /// Take it back: everything but the console password
    #[arg(long)]
    undo: bool,

    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Looks, shows, asks, does it.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let profile = args.signer.profile.as_ref().ok_or_else(|| {
        CliError::usage("no profile says how to reach the account")
            .hint("name one of another administrator: --profile P")
    })?;
    let local = LocalState::load()?;
    let mut signer = Signer::of(&local, ui, profile, args.signer.codes()?)?;
    let snapshot = signer.aws.observe(&signer.credentials)?;
    let account = &snapshot.account;
    let user = account.users.get(&args.user).ok_or_else(|| {
        CliError::usage(format!(
            "account {} has no user `{}`",
            account.id, args.user
        ))
    })?;
    let held = revocation::held(&signer, user)?;
    let measures = match args.undo {
        true => revoke::undo(account, user, &held),
        false => {
            revocation::refuse_own(&snapshot.caller, &user.name)?;
            revoke::revoke(account, user, &held, now())
        }
    };
    if measures.is_empty() {
        ui.say(format!("{GOOD}nothing to do{GOOD:#}"));
        tell_rest(args, &signer, account, user, ui);
        return Ok(ExitCode::SUCCESS);
    }
    for line in measures.iter().filter_map(revocation::described) {
        ui.say(format!("  {line}"));
    }
    if !args.yes {
        let question = match args.undo {
            true => format!("Give `{}` this back?", user.name),
            false => format!("Revoke `{}`?", user.name),
        };
        agree(&question, &format!("revoke {}", user.name))?;
    }
    let run = Revocation::new(user, &local.paths, ui);
    run.carry_out(&mut signer, account, &measures)?;
    tell_rest(args, &signer, account, user, ui);
    if run.failed() > 0 {
        let (failed, all) = (run.failed(), measures.len());
        return Err(CliError::failed(format!("{failed} of {all} calls failed"))
            .hint("run the command again: it goes on where it stopped"));
    }
    Ok(ExitCode::SUCCESS)
}

/// Reports the steps that a person must do.
fn tell_rest(args: &Args, signer: &Signer<'_>, account: &Account, user: &User, ui: &Ui) {
    if args.undo {
        ui.say("a deleted console password does not come back");
        ui.say("in other accounts, denials of the sessions from before stay; new sessions work");
        if Leaver::of(&user.tags).is_some() {
            ui.hint(format!(
                "`{}` was to leave: put [users.{}] back into the blueprint, or the next apply deletes the user",
                user.name, user.name
            ));
        }
        return;
    }
    revocation::tell_rest(signer, &[account], user, Afterwards::Stays, ui);
    ui.hint(format!(
        "{CODE}keyward account revoke {} --profile {} --undo{CODE:#} takes it back",
        user.name,
        signer.profile().argument()
    ));
}
