//! `keyward account revoke`: the lost laptop. Switches the keys of a user off and denies every
//! session that exists, in all accounts of a blueprint, and takes that back with `--undo`.

use std::path::PathBuf;
use std::process::ExitCode;

use keyward_account::leaver::Leaver;
use keyward_account::revoke::{self, Held, Unreached};
use keyward_core::id::UserName;
use keyward_core::suggest::similar_names;
use keyward_iam::model::User;

use crate::account::revocation::{self, Afterwards};
use crate::account::{AccountCommand, BlueprintFile, Places, Revocation, agree};
use crate::screen::error::CliError;
use crate::screen::ui::{CODE, GOOD, STRONG, Ui};
use crate::state::local_state::LocalState;
use crate::system::locations;

use super::SignerArgs;

/// Make the keys and sessions of a user useless, as after a lost laptop
///
/// Keys are switched off, sessions issued before now are denied, and the console password is
/// deleted. With a blueprint, this covers the roles of all its accounts. A second run changes
/// nothing, unless a key was used since.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The user
    user: UserName,

    /// The blueprint; without it, only the account of the profile is changed
    #[arg(id = "blueprint", value_name = "FILE")]
    file: Option<PathBuf>,

    #[command(flatten)]
    signer: SignerArgs,

    /// Take it back: everything but the console password
    #[arg(long)]
    undo: bool,

    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Args {
    /// This command as a person may run it again, without `--undo`.
    fn command(&self) -> AccountCommand {
        let file = self.file.as_deref().map(locations::word);
        let words: Vec<String> = std::iter::once(self.user.to_string()).chain(file).collect();
        self.signer.command("revoke", &words)
    }
}

/// Looks, shows, asks, does it.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let local = LocalState::load()?;
    let (file, mut places) = places(args, &local, ui)?;
    let user = user(args, &places)?;
    let held = revocation::held(&places.home.signer, &user)?;
    let others = places.others();
    let whom = places.whom(&user, &others);
    let measures = match args.undo {
        true => revoke::undo(whom, &held),
        false => {
            revocation::refuse_own(&places, &user)?;
            revoke::revoke(whom, &held, places.home.signer.aws.aws_time())
        }
    };
    drop(others);
    for line in revocation::outline(&measures, &places.names()) {
        ui.say(format!("  {line}"));
    }
    if measures.is_empty() {
        let denied = match (args.undo, revoke::revoked_until(places.account(), &user)) {
            (false, Some(until)) => {
                format!(
                    ": no access key works, there is no password, and sessions from before {until} are denied"
                )
            }
            _ => String::new(),
        };
        ui.say(format!("{GOOD}nothing to do{GOOD:#}{denied}"));
    } else if !args.yes {
        let question = match args.undo {
            true => format!("Give `{}` this back?", user.name),
            false => format!("Revoke `{}`?", user.name),
        };
        let mut command = args.command();
        command.flag(args.undo, "--undo");
        agree(&question, &command)?;
    }
    let run = Revocation::new(&user, &places.home.signer.aws, &local.paths, ui);
    match args.undo {
        true => run.run(&mut places, &measures)?,
        false => run.revoke(&mut places, &measures)?,
    }
    if !measures.is_empty() && run.failed() == 0 {
        let done = if args.undo { "restored" } else { "revoked" };
        ui.say(format!(
            "{GOOD}{done}{GOOD:#} {STRONG}{}{STRONG:#}{}",
            user.name,
            everywhere(places.others.len())
        ));
    }
    tell_rest(args, file.as_ref(), &places, &user, &held, ui);
    run.outcome(match args.undo {
        true => format!("`{}` could not be restored everywhere", user.name),
        false => format!("`{}` could not be revoked everywhere", user.name),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn everywhere(others: usize) -> String {
    match others {
        0 => String::new(),
        others => format!(" in {} accounts", others + 1),
    }
}

/// The accounts of the blueprint, with the blueprint, or the one of the profile.
fn places<'a>(
    args: &Args,
    local: &'a LocalState,
    ui: &'a Ui,
) -> Result<(Option<BlueprintFile>, Places<'a>), CliError> {
    let profile = args.signer.profile.as_ref();
    let codes = args.signer.codes()?;
    if let Some(file) = &args.file {
        let file = BlueprintFile::read(file, ui)?;
        let found = Places::of_blueprint(local, ui, &file, profile, &codes, &args.user)?;
        return Ok((Some(file), found.1));
    }
    let profile = profile.ok_or_else(|| {
        CliError::usage("no profile says how to reach the account")
            .hint("name one of another administrator: --profile P")
            .hint("or the blueprint, for all its accounts: keyward account revoke USER FILE")
    })?;
    Ok((None, Places::of_profile(local, ui, profile, codes)?))
}

fn user(args: &Args, places: &Places<'_>) -> Result<User, CliError> {
    let account = places.account();
    if let Some(user) = account.users.get(&args.user) {
        return Ok(user.clone());
    }
    let error = CliError::usage(format!(
        "account {} has no user `{}`",
        account.id, args.user
    ));
    let known = account.users.keys().map(UserName::as_str);
    let similar = similar_names(args.user.as_str(), known);
    Err(match similar.first() {
        Some(name) => error.hint(format!("did you mean `{name}`?")),
        None => error,
    })
}

/// Reports the steps that a person must do.
fn tell_rest(
    args: &Args,
    file: Option<&BlueprintFile>,
    places: &Places<'_>,
    user: &User,
    held: &Held,
    ui: &Ui,
) {
    if args.undo {
        ui.say("a deleted console password does not come back");
        for key in revoke::left_off(places.account(), user, held) {
            ui.say(format!(
                "access key {key} stays off: no record says that a revocation switched it off"
            ));
        }
        if args.file.is_none() {
            ui.hint(format!(
                "denials in other accounts stay; for all accounts of a blueprint: {CODE}keyward account revoke {} FILE --undo{CODE:#}",
                user.name
            ));
        }
        let described = file.is_some_and(|file| file.blueprint.users.contains_key(&user.name));
        if Leaver::of(&user.tags).is_some() && !described {
            ui.hint(format!(
                "`{}` was to leave: put [users.{}] back into the blueprint, or the next apply deletes the user",
                user.name, user.name
            ));
        }
        return;
    }
    let rest = revocation::tell_rest(places, user, Afterwards::Stays, ui);
    let elsewhere = |rest: &Unreached| matches!(rest, Unreached::OtherAccounts(_));
    if args.file.is_none() && rest.iter().any(elsewhere) {
        ui.hint(format!(
            "to reach the roles of all accounts of a blueprint: {CODE}keyward account revoke {} FILE{CODE:#}",
            user.name
        ));
    }
    let mut undo = args.command();
    undo.flag(true, "--undo");
    ui.hint(format!("{CODE}{}{CODE:#} takes it back", undo.asking()));
}
