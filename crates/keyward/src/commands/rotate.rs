//! `keyward rotate`: replaces an access key, one's own or another user's.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::time::Duration;

use clap::ArgGroup;
use keyward_core::chain::Chain;
use keyward_core::id::{ProfileName, UserName};
use keyward_core::secret::MfaCode;
use keyward_core::time::parse_duration;

use crate::keys::rotation::advice;
use crate::keys::rotation::authority::{self, OwnKey};
use crate::keys::rotation::begin::{self, UserRotation};
use crate::keys::rotation::destination::{Destination, SecretNames};
use crate::keys::rotation::resume::{self, Changes, Which};
use crate::keys::rotation::run::reloaded;
use crate::keys::rotation::{self, key_age, show};
use crate::screen::error::CliError;
use crate::screen::ui::Ui;
use crate::session::CodeSource;
use crate::session::parse_code;
use crate::state::local_state::{LocalState, now};

/// Replace an access key: your own, or another user's
#[derive(Debug, clap::Args)]
#[command(group(ArgGroup::new("whose").required(true).args(["profile", "user", "due"])))]
pub(crate) struct Args {
    /// The profile whose key is replaced, however long its chain of roles
    profile: Option<ProfileName>,

    /// Replace the key of this user and deliver the new one
    #[arg(long, value_name = "U")]
    user: Option<UserName>,

    /// Replace every stored key older than `key_max_age` in config.toml (default 90d)
    #[arg(long, conflicts_with_all = ["resume", "abort", "to", "via", "secret_names", "dispatch"])]
    due: bool,

    /// The profile that may manage the user's keys
    #[arg(long, value_name = "PROFILE", requires = "user")]
    via: Option<ProfileName>,

    /// The destination of the user's new key: github:OWNER/REPO[/ENVIRONMENT], file:PATH or exec:COMMAND,
    /// which receives it on standard input as JSON
    #[arg(long, value_name = "DEST", requires = "user")]
    to: Option<Destination>,

    /// The names of the two secrets at the destination
    #[arg(long, value_name = "ID,SECRET", requires = "user")]
    secret_names: Option<SecretNames>,

    /// A workflow of the repository that must succeed before the old key is touched
    #[arg(long, value_name = "WORKFLOW", requires = "user")]
    dispatch: Option<String>,

    /// Leave the old key active for this long; `--resume` then finishes
    #[arg(long, value_name = "D", value_parser = parse_duration)]
    grace: Option<Duration>,

    /// Continue a rotation that was interrupted or whose grace period is over
    #[arg(long, conflicts_with_all = ["abort", "dry_run"])]
    resume: bool,

    /// Abandon an unfinished rotation: return to the old key, or finish if the new one may already be in
    /// use
    #[arg(long, conflicts_with_all = ["dry_run", "grace", "to"])]
    abort: bool,

    /// Print the steps, without any question or change
    #[arg(long)]
    dry_run: bool,

    /// The current code of the MFA device
    #[arg(long, value_name = "C", value_parser = parse_code)]
    mfa_code: Option<MfaCode>,
}

/// Rotates the key.
pub(crate) fn run(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let profile = args.profile.clone().or_else(|| args.via.clone());
    rotate(args, ui).map_err(|error| match &profile {
        Some(profile) => error.about(profile),
        None => error,
    })
}

fn rotate(args: Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let local = LocalState::load()?;
    if args.dry_run {
        return dry_run(&local, &args, ui);
    }
    let codes = CodeSource::new(args.mfa_code.clone())?;
    let _alone = rotation::alone(&local)?;
    // Read again, because another process may have written while this one waited.
    let mut local = reloaded(&local)?;
    if args.due {
        return due(&local, args.grace, &codes, ui);
    }
    if args.resume || args.abort {
        let which = which(&args)?;
        local.open_existing(ui)?;
        let changes = Changes {
            grace: args.grace,
            to: args.to.map(absolute).transpose()?,
        };
        let mut run = resume::run(&local, ui, &which, changes, codes)?;
        if args.abort {
            run.abort()?;
        } else {
            // A finished rotation leaves no journal to read it from.
            let destination = run.destination();
            run.finish()?;
            advise(ui, destination.as_ref());
        }
        return Ok(ExitCode::SUCCESS);
    }
    // A profile that leads nowhere is refused before the passphrase is asked for.
    match (&args.profile, &args.via) {
        (Some(profile), _) => drop(OwnKey::of(&local, profile)?),
        (None, Some(via)) => drop(local.resolve(via, authority::refreshing())?),
        (None, None) => {}
    }
    local.open_existing(ui)?;
    let destination = args.to.clone().filter(|_| args.profile.is_none());
    let mut run = match &args.profile {
        Some(profile) => begin::own(&local, ui, profile, args.grace, codes)?,
        None => begin::rotate_user(&local, ui, user_rotation(&args)?, args.grace, codes)?,
    };
    run.finish()?;
    advise(ui, destination.as_ref());
    Ok(ExitCode::SUCCESS)
}

/// Shows the owner of a workflow's key how the workflow can do without a key.
fn advise(ui: &Ui, destination: Option<&Destination>) {
    if let Some(Destination::GitHub(repository)) = destination {
        advice::no_key_at_all(ui, repository);
    }
}

fn which(args: &Args) -> Result<Which, CliError> {
    match (&args.profile, &args.user) {
        (Some(profile), _) => Ok(Which::Own(profile.clone())),
        (None, Some(user)) => Ok(Which::MachineUser {
            user: user.clone(),
            via: args.via.clone(),
        }),
        (None, None) => Err(CliError::usage("say which: a profile, or --user")),
    }
}

fn user_rotation(args: &Args) -> Result<UserRotation, CliError> {
    let missing = |flag: &str| {
        CliError::usage(format!("the key of another user needs {flag}")).hint(
            "keyward rotate --user U --via PROFILE --to github:OWNER/REPO   (or file:PATH, exec:CMD)",
        )
    };
    Ok(UserRotation {
        user: args.user.clone().ok_or_else(|| missing("--user U"))?,
        via: args.via.clone().ok_or_else(|| missing("--via PROFILE"))?,
        to: absolute(args.to.clone().ok_or_else(|| missing("--to DEST"))?)?,
        names: args.secret_names.clone(),
        dispatch: args.dispatch.clone(),
    })
}

/// A path that means the same from any folder, since another run may finish the rotation.
fn absolute(to: Destination) -> Result<Destination, CliError> {
    match to {
        Destination::File(path) => std::path::absolute(&path)
            .map(Destination::File)
            .map_err(|e| CliError::usage(format!("`{}` is not a path", path.display())).because(e)),
        other => Ok(other),
    }
}

fn dry_run(local: &LocalState, args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    if args.due {
        let due = show::due(local);
        let undated = show::undated(local);
        if due.is_empty() && undated.is_empty() {
            ui.say("no stored key is due");
        }
        for key in due.into_iter().chain(undated) {
            ui.data(&format!(
                "{} {} {}\n",
                key.profile,
                key.access_key_id,
                show::show_age(key)
            ))?;
        }
        return Ok(ExitCode::SUCCESS);
    }
    if let Some(profile) = &args.profile {
        let key = OwnKey::of(local, profile)?;
        let sharing: Vec<String> = local
            .stored
            .iter()
            .filter(|stored| {
                stored.access_key_id == key.access_key_id && stored.profile != key.holder
            })
            .map(|stored| format!("`{}`", stored.profile))
            .collect();
        let steps = show::own_steps(&key.holder, key.access_key_id.as_str(), &sharing);
        ui.text(&steps, 4)?;
    } else {
        let UserRotation {
            user,
            via,
            to,
            dispatch,
            ..
        } = user_rotation(args)?;
        // The profile must at least be one.
        let chain = local.resolve(&via, keyward_core::chain::Flags::default())?;
        refuse_held(local, &user, &chain)?;
        let steps = show::delivery_steps(user.as_str(), &via, &to.to_string(), dispatch.as_deref());
        ui.text(&steps, 4)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Refuses the user of the key that the run starts from, if the index knows the owner.
fn refuse_held(local: &LocalState, user: &UserName, via: &Chain) -> Result<(), CliError> {
    let held = local.index.keys.iter().find(|key| {
        let name = key.user_arn.as_ref().and_then(|arn| arn.user_name());
        via.base.key_id() == Some(&key.access_key_id) && name == Some(user.as_str())
    });
    match held {
        Some(key) => Err(begin::held_here(&key.profile)),
        None => Ok(()),
    }
}

/// Asks AWS for the age of each key that has none, and names those whose age stays unknown.
fn date(local: &LocalState, codes: &CodeSource, ui: &Ui) -> Result<LocalState, CliError> {
    let mut dated = reloaded(local)?;
    let mut asked = BTreeSet::new();
    // The first opening of the vault may show other keys than the index did.
    while let Some(profile) = show::undated(&dated)
        .into_iter()
        .map(|key| key.profile.clone())
        .find(|profile| asked.insert(profile.clone()))
    {
        let ask = |local: &LocalState| key_age::ask(local, ui, &profile, codes.clone());
        let Err(error) = dated.plan_and_act(ui, ask) else {
            dated = reloaded(&dated)?;
            continue;
        };
        let error = error.about_key(&profile);
        ui.warn(format!(
            "the age of the key of `{profile}` is unknown, so it may be due: {error}"
        ));
        for hint in error.hints() {
            ui.hint(hint);
        }
    }
    Ok(dated)
}

/// Finishes what has waited long enough, and rotates what is too old; one failure does not keep
/// the others waiting.
fn due(
    local: &LocalState,
    grace: Option<Duration>,
    codes: &CodeSource,
    ui: &Ui,
) -> Result<ExitCode, CliError> {
    let (over, others): (Vec<_>, Vec<_>) = local
        .index
        .rotations
        .iter()
        .partition(|known| known.grace_until.is_some_and(|end| end <= now()));
    for stopped in others {
        if show::waits_until(stopped).is_none() {
            show::remind_of_rotation(stopped, ui);
        }
    }
    let mut opened = reloaded(local)?;
    if !(show::due(&opened).is_empty() && show::undated(&opened).is_empty()) {
        // The list beside the vault may be older, and leave out a key.
        opened.open_existing(ui)?;
    }
    let dated = date(&opened, codes, ui)?;
    let local = &dated;
    let due: Vec<ProfileName> = show::due(local)
        .into_iter()
        .map(|key| key.profile.clone())
        .collect();
    if over.is_empty() && due.is_empty() {
        ui.say(match show::undated(local).is_empty() {
            true => "no stored key is due",
            false => "no stored key is due, as far as their age is known",
        });
        return Ok(ExitCode::SUCCESS);
    }
    let mut failed = 0;
    for known in over {
        let mut local = reloaded(local)?;
        local.open_existing(ui)?;
        let which = Which::Entry(known.profile.clone());
        let finished = resume::run(&local, ui, &which, Changes::default(), codes.clone())
            .and_then(|mut run| run.finish())
            // The name of another user's entry is not a profile.
            .map_err(|error| match known.user {
                Some(_) => error,
                None => error.about(&known.profile),
            });
        failed += report(finished, ui);
    }
    for profile in due {
        let mut local = reloaded(local)?;
        local.open_existing(ui)?;
        // The vault may hold a younger key than its index listed.
        if !show::due(&local).iter().any(|key| key.profile == profile) {
            continue;
        }
        ui.say(format!("rotating the key of `{profile}`"));
        let finished =
            begin::own(&local, ui, &profile, grace, codes.clone()).and_then(|mut run| run.finish());
        failed += report(finished.map_err(|error| error.about(&profile)), ui);
    }
    if failed > 0 {
        return Err(CliError::failed(format!(
            "{failed} of the rotations failed"
        )));
    }
    Ok(ExitCode::SUCCESS)
}

fn report<T>(result: Result<T, CliError>, ui: &Ui) -> u32 {
    match result {
        Ok(_) => 0,
        Err(error) => {
            ui.error(&error);
            1
        }
    }
}
