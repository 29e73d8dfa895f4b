//! `keyward account revoke`: the lost laptop. Switches the keys of a user off and denies every
//! session that exists, and takes that back with `--undo`.

use std::process::ExitCode;

use keyward_account::plan::{Operation, PrincipalName};
use keyward_account::revoke::{self, Console, Held, Measure};
use keyward_account::snapshot::Snapshot;
use keyward_aws::KeyStatus;
use keyward_core::id::{PrincipalArn, UserName};
use keyward_iam::model::User;

use crate::account::{Signer, agree, settled};
use crate::screen::error::CliError;
use crate::screen::ui::{BAD, CODE, GOOD, Ui, WARN};
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
    let held = held(&signer, user)?;
    let measures = match args.undo {
        true => revoke::undo(account, user, &held),
        false => {
            refuse_own(&snapshot.caller, user)?;
            revoke::revoke(account, user, &held, now())
        }
    };
    if measures.is_empty() {
        ui.say(format!("{GOOD}nothing to do{GOOD:#}"));
        tell_rest(args, &signer, &snapshot, user, ui);
        return Ok(ExitCode::SUCCESS);
    }
    for measure in &measures {
        ui.say(format!("  {}", described(measure)));
    }
    if !args.yes {
        let question = match args.undo {
            true => format!("Give `{}` this back?", user.name),
            false => format!("Revoke `{}`?", user.name),
        };
        agree(&question, &format!("revoke {}", user.name))?;
    }
    let failed = carry_out(&mut signer, &snapshot, user, &measures, ui)?;
    tell_rest(args, &signer, &snapshot, user, ui);
    if failed > 0 {
        return Err(
            CliError::failed(format!("{failed} of {} calls failed", measures.len()))
                .hint("run the command again: it goes on where it stopped"),
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn held(signer: &Signer<'_>, user: &User) -> Result<Held, CliError> {
    let keys = signer
        .aws
        .list_access_keys(&signer.credentials, Some(&user.name))?;
    let (active, inactive): (Vec<_>, Vec<_>) = keys
        .into_iter()
        .partition(|key| key.status == KeyStatus::Active);
    let credentials = signer
        .aws
        .observe_credentials(&signer.credentials, &user.name)?;
    Ok(Held {
        active: active.into_iter().map(|key| key.id).collect(),
        inactive: inactive.into_iter().map(|key| key.id).collect(),
        console: match credentials.password {
            Some(_) => Console::Password,
            None => Console::None,
        },
    })
}

/// Refuses to revoke who signs: the run would deny its own calls half-way.
fn refuse_own(caller: &PrincipalArn, user: &User) -> Result<(), CliError> {
    let session = caller.resource().strip_prefix("assumed-role/");
    let session = session.and_then(|rest| rest.rsplit('/').next());
    let own = [caller.user_name(), session];
    if !own.contains(&Some(user.name.as_str())) {
        return Ok(());
    }
    Err(
        CliError::failed(format!("`{}` signs these calls itself", user.name))
            .hint("name the profile of another administrator: --profile P"),
    )
}

/// Makes every call, the rest too where one fails; how many failed.
fn carry_out(
    signer: &mut Signer<'_>,
    snapshot: &Snapshot,
    user: &User,
    measures: &[Measure],
    ui: &Ui,
) -> Result<usize, CliError> {
    let mut failed = 0;
    for measure in measures {
        let mut done = make(signer, snapshot, user, measure, ui);
        if done
            .as_ref()
            .is_err_and(|error| signer.may_need_code(error))
        {
            signer.take_code()?;
            done = make(signer, snapshot, user, measure, ui);
        }
        if let Err(error) = done {
            failed += 1;
            ui.error(&CliError::from(error));
        }
    }
    Ok(failed)
}

fn make(
    signer: &Signer<'_>,
    snapshot: &Snapshot,
    user: &User,
    measure: &Measure,
    ui: &Ui,
) -> Result<(), keyward_aws::CallError> {
    let (aws, credentials) = (&signer.aws, &signer.credentials);
    let switch = |key, status| aws.update_access_key(credentials, Some(&user.name), key, status);
    settled(ui, || match measure {
        Measure::SwitchOff(key) => switch(key, KeyStatus::Inactive),
        Measure::SwitchOn(key) => switch(key, KeyStatus::Active),
        Measure::Call(operation) => aws
            .apply(credentials, &snapshot.account, operation)
            .map(drop),
    })
}

fn described(measure: &Measure) -> String {
    match measure {
        Measure::SwitchOff(key) => format!("{BAD}-{BAD:#} access key {key}: off"),
        Measure::SwitchOn(key) => format!("{GOOD}+{GOOD:#} access key {key}: on"),
        Measure::Call(Operation::PutInlinePolicy { on, .. }) => {
            format!("{BAD}-{BAD:#} {}: old sessions are denied", holder(on))
        }
        Measure::Call(Operation::DeleteInlinePolicy { on, .. }) => {
            format!(
                "{GOOD}+{GOOD:#} {}: old sessions are allowed again",
                holder(on)
            )
        }
        Measure::Call(Operation::DeleteCredentials { .. }) => {
            format!("{BAD}-{BAD:#} console password: deleted")
        }
        Measure::Call(_) => format!("{WARN}~{WARN:#} tag that lists the keys to switch on again"),
    }
}

fn holder(on: &PrincipalName) -> String {
    on.entity().to_string()
}

/// Devices, and what was not reached.
fn tell_rest(args: &Args, signer: &Signer<'_>, snapshot: &Snapshot, user: &User, ui: &Ui) {
    if args.undo {
        ui.say("a deleted console password does not come back");
        return;
    }
    let devices = signer
        .aws
        .list_mfa_devices(&signer.credentials, Some(&user.name));
    match devices {
        Ok(devices) => {
            for device in devices {
                ui.say(format!("device left in place: {}", device.serial));
            }
        }
        Err(error) => ui.warn(format!("the devices of the user are not known: {error}")),
    }
    for rest in revoke::unreached(&snapshot.account, user) {
        ui.say(format!("not reached: {rest}"));
    }
    ui.hint(format!(
        "{CODE}keyward account revoke {} --undo{CODE:#} takes it back",
        user.name
    ));
}
