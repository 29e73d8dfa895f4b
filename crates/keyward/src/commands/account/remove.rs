//! `keyward account remove`: the leaver. Disables a user at once, takes it out of the blueprint,
//! and deletes it after a grace. The account remembers the date in a tag, so that a run which
//! stops anywhere is continued by the next, and `account apply` finishes the job too.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use keyward_account::blueprint::{Blueprint, Origin};
use keyward_account::desired::{Desired, Entity};
use keyward_account::leaver::{DELETE_AFTER_TAG, GRACE, Leaver};
use keyward_account::ownership::blueprint_of;
use keyward_account::plan::simulate::Simulation;
use keyward_account::plan::{self, Operation};
use keyward_account::revoke::{self, Measure};
use keyward_core::Timestamp;
use keyward_core::id::{ProfileName, UserName};
use keyward_core::suggest::similar_names;
use keyward_core::time::{parse_duration, show_duration};
use keyward_iam::model::{Account, Tags, User};

use crate::account::revocation::{self, Afterwards};
use crate::account::{
    BlueprintFile, Interrupt, Reached, Ready, Revocation, Sheet, Targets, Unreached, agree,
    carry_out, without_user,
};
use crate::aws_files::rewrite;
use crate::screen::error::CliError;
use crate::screen::ui::{BAD, CODE, GOOD, STRONG, Ui};
use crate::state::local_state::{LocalState, now};
use crate::system::crash_point as point;
use crate::system::locations;

use super::SignerArgs;

/// Disable a user who leaves, take it out of the blueprint, and delete it after a grace
///
/// The user is revoked as by `account revoke`. Run again, or `account apply`, once the grace is
/// over: the user is then deleted with everything that it has.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The user
    user: UserName,

    /// The blueprint
    file: PathBuf,

    #[command(flatten)]
    signer: SignerArgs,

    /// How long the user stays disabled before it is deleted; 7d by default, 0 deletes at once
    #[arg(long, value_name = "D", value_parser = parse_duration)]
    grace: Option<Duration>,

    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// Looks, shows, asks, does it.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let file = BlueprintFile::read(&args.file, ui)?;
    let new_text = edited(&file, &args.user)?;
    let local = LocalState::load()?;
    let codes = args.signer.codes()?;
    let profile = args.signer.profile.as_ref();
    let targets = Targets::observe(&local, ui, &file, profile, &codes)?;
    let mut places = Places::of(targets, &file)?;
    let Some(user) = places.account().users.get(&args.user).cloned() else {
        return without_account(args, &file, new_text.as_deref(), &local, places, ui);
    };
    revocation::refuse_own(&places.home.1.snapshot.caller, &user.name)?;
    let leaving = Leaving::plan(args, &file, &places, &user)?;
    leaving.show(new_text.is_some(), &args.file, ui);
    if !args.yes {
        let question = format!("Remove `{}`?", user.name);
        agree(&question, &format!("remove {} FILE", user.name))?;
    }
    let Disabled { failed, dated } = leaving.disable(&mut places, &local, ui)?;
    // Without its date, the next apply would delete a user who is not in the file.
    if let Some(text) = new_text.as_ref().filter(|_| dated) {
        write(&file, text, &local)?;
        ui.say(format!(
            "{GOOD}took{GOOD:#} [users.{}] out of {}",
            user.name,
            locations::show(&file.path)
        ));
    }
    let due = leaving.end <= now();
    let afterwards = match due && failed == 0 {
        true => Afterwards::Deleted,
        false => Afterwards::Stays,
    };
    let signer = &places.home.1.signer;
    revocation::tell_rest(signer, &places.accounts(), &user, afterwards, ui);
    if failed > 0 {
        return Err(
            CliError::failed(format!("`{}` could not be disabled everywhere", user.name))
                .hint("run the command again: it goes on where it stopped"),
        );
    }
    if due {
        return leaving.delete(places, &local, ui);
    }
    leaving.tell_rest(signer.profile(), ui);
    Ok(ExitCode::SUCCESS)
}

/// The blueprint without the user; `None` where it does not describe the user.
fn edited(file: &BlueprintFile, user: &UserName) -> Result<Option<String>, CliError> {
    let unusable = || {
        CliError::usage(format!(
            "`{}` cannot do without `{user}`",
            locations::show(&file.path)
        ))
        .hint("nothing was changed; take the user out of the file by hand")
    };
    let text = without_user(&file.text, user).map_err(|e| unusable().because(e))?;
    let Some(text) = text else {
        return Ok(None);
    };
    Blueprint::parse(&text).map_err(|e| {
        let problems: Vec<String> = e.problems.iter().map(ToString::to_string).collect();
        unusable().because(CliError::failed(problems.join("\n")))
    })?;
    Ok(Some(text))
}

fn write(file: &BlueprintFile, text: &str, local: &LocalState) -> Result<(), CliError> {
    point::through("leaver file", &local.paths, || {
        rewrite::replace(&file.path, Some(&file.text), text)
    })
    .map_err(|error| {
        rewrite::unwritten(&file.path, error).hint("run the command again: it goes on from here")
    })
}

/// Where the user is, and the other accounts of the blueprint.
struct Places<'a> {
    home: (Desired, Reached<'a>),
    others: Vec<(Desired, Reached<'a>)>,
    unreached: Vec<Unreached>,
}

impl<'a> Places<'a> {
    fn of(targets: Targets<'a>, file: &BlueprintFile) -> Result<Self, CliError> {
        let id = &file.blueprint.users_account().id.value;
        let (home, others): (Vec<_>, Vec<_>) = targets
            .reached
            .into_iter()
            .partition(|(desired, _)| desired.account.id == *id);
        match home.into_iter().next() {
            Some(home) => Ok(Self {
                home,
                others,
                unreached: targets.unreached,
            }),
            None => {
                let name = file.blueprint.users_account().name.as_ref();
                let name = name.map(ToString::to_string);
                let mut unreached = targets.unreached.into_iter();
                Err(unreached
                    .find(|unreached| unreached.name == name)
                    .map_or_else(
                        || CliError::failed("the account of the users was not read"),
                        |unreached| unreached.error,
                    ))
            }
        }
    }

    fn account(&self) -> &Account {
        &self.home.1.snapshot.account
    }

    /// The account of the user first.
    fn accounts(&self) -> Vec<&Account> {
        let others = self.others.iter().map(|(_, it)| &it.snapshot.account);
        std::iter::once(self.account()).chain(others).collect()
    }
}

/// The pending removal of an existing user.
struct Leaving {
    user: User,
    /// The time from which keyward deletes the user.
    end: Timestamp,
    /// The calls in the user's account; the last one is [`Measure::Finish`], if there is one.
    measures: Vec<Measure>,
    /// The calls in the other accounts, in their order.
    elsewhere: Vec<Vec<Measure>>,
}

impl Leaving {
    fn plan(
        args: &Args,
        file: &BlueprintFile,
        places: &Places<'_>,
        user: &User,
    ) -> Result<Self, CliError> {
        let (desired, home) = &places.home;
        let origin = origin(desired, file, user)?;
        let described = file.blueprint.users.contains_key(&user.name);
        let known = Leaver::of(&user.tags)
            .filter(|_| !described && args.grace.is_none())
            .and_then(|leaver| leaver.delete_after);
        let end = known.unwrap_or_else(|| now().after(args.grace.unwrap_or(GRACE)));
        let held = revocation::held(&home.signer, user)?;
        let mut measures = Vec::new();
        let tags = Leaver::tags(end, origin, &desired.blueprint);
        if !tags
            .iter()
            .all(|(key, value)| user.tags.get(key) == Some(value))
        {
            measures.push(tag(user, tags));
        }
        let account = &home.snapshot.account;
        measures.extend(revoke::revoke(account, user, &held, now()));
        let accounts = places.accounts();
        let others = places.others.iter();
        let elsewhere = others.map(|(_, other)| {
            let other = &other.snapshot.account;
            revoke::revoke_elsewhere(&accounts, other, (account, user), &held, now())
        });
        let elsewhere = elsewhere.collect();
        Ok(Self {
            user: user.clone(),
            end,
            measures,
            elsewhere,
        })
    }

    fn show(&self, described: bool, file: &std::path::Path, ui: &Ui) {
        let calls = self.measures.iter().chain(self.elsewhere.iter().flatten());
        for line in calls.filter_map(revocation::described) {
            ui.say(format!("  {line}"));
        }
        if described {
            ui.say(format!(
                "  {BAD}-{BAD:#} [users.{}] in {}",
                self.user.name,
                locations::show(file)
            ));
        }
        let left = self.end.remaining(now());
        match left.is_zero() {
            true => ui.say(format!(
                "  {BAD}-{BAD:#} user `{}`: deleted now, with everything it has",
                self.user.name
            )),
            false => ui.say(format!(
                "  {BAD}-{BAD:#} user `{}`: deleted after {} (in {})",
                self.user.name,
                self.end,
                show_duration(left)
            )),
        }
    }

    /// Notes the date of the deletion, then revokes in every account.
    fn disable(
        &self,
        places: &mut Places<'_>,
        local: &LocalState,
        ui: &Ui,
    ) -> Result<Disabled, CliError> {
        let run = Revocation::new(&self.user, &local.paths, ui);
        let (finish, calls) = match self.measures.split_last() {
            Some((last @ Measure::Finish(_), calls)) => (Some(last), calls),
            _ => (None, self.measures.as_slice()),
        };
        let home = &mut places.home.1;
        let first = usize::from(calls.first().is_some_and(notes_date));
        let (date, calls) = calls.split_at(first);
        run.carry_out(&mut home.signer, &home.snapshot.account, date)?;
        let dated = run.failed() == 0;
        run.carry_out(&mut home.signer, &home.snapshot.account, calls)?;
        for ((_, other), calls) in places.others.iter_mut().zip(&self.elsewhere) {
            run.carry_out(&mut other.signer, &other.snapshot.account, calls)?;
        }
        for Unreached { name, error } in &places.unreached {
            let name = name.as_deref().unwrap_or_default();
            ui.warn(format!("account `{name}` was not reached: {error}"));
        }
        let failed = run.failed() + places.unreached.len();
        if failed == 0 {
            run.carry_out(
                &mut home.signer,
                &home.snapshot.account,
                finish.map(std::slice::from_ref).unwrap_or_default(),
            )?;
        }
        Ok(Disabled { failed, dated })
    }

    /// When the user is deleted, and how to take it back until then.
    fn tell_rest(&self, profile: &ProfileName, ui: &Ui) {
        let name = &self.user.name;
        ui.say(format!(
            "{GOOD}disabled{GOOD:#} {STRONG}{name}{STRONG:#}: the deletion follows after {}",
            self.end
        ));
        ui.hint(format!(
            "run this command again then, or {CODE}keyward account apply{CODE:#}"
        ));
        ui.hint(format!(
            "to take it back, put [users.{name}] into the blueprint again, then: {CODE}keyward account revoke {name} --profile {} --undo{CODE:#}",
            profile.argument()
        ));
    }

    /// Deletes the user, with every credential and what was handed out on this machine.
    fn delete(
        &self,
        places: Places<'_>,
        local: &LocalState,
        ui: &Ui,
    ) -> Result<ExitCode, CliError> {
        let (desired, mut reached) = places.home;
        let mut simulation = Simulation::new(&reached.snapshot);
        for measure in &self.measures {
            if let Measure::Call(operation) | Measure::Finish(operation) = measure {
                // The plan only has to know what there is to delete.
                let _ = simulation.apply(operation);
            }
        }
        reached.snapshot = simulation.snapshot(&reached.snapshot);
        remove_sheet(local, &desired.account.id, &self.user.name)?;
        let plan = plan::delete_user(&desired, &reached.snapshot, &self.user.name)
            .map_err(|e| CliError::failed("the user cannot be deleted").because(e))?;
        let mut ready = Ready::without_secrets(reached, plan);
        carry_out(local, ui, &mut ready, &Interrupt::listen())?;
        ui.say(format!(
            "{GOOD}deleted{GOOD:#} {STRONG}{}{STRONG:#}",
            self.user.name
        ));
        Ok(ExitCode::SUCCESS)
    }
}

/// What the calls of a removal came to.
struct Disabled {
    /// How many calls and accounts failed.
    failed: usize,
    /// Whether the user has the date of its deletion.
    dated: bool,
}

/// Whether a call notes the date of the deletion.
fn notes_date(measure: &Measure) -> bool {
    matches!(measure, Measure::Call(Operation::Tag { tags, .. }) if tags.contains_key(DELETE_AFTER_TAG))
}

fn tag(user: &User, tags: Tags) -> Measure {
    Measure::Call(Operation::Tag {
        entity: Entity::User(user.name.clone()),
        tags,
    })
}

/// Whether the blueprint made the user; an error where it is not the blueprint's to remove.
fn origin(desired: &Desired, file: &BlueprintFile, user: &User) -> Result<Origin, CliError> {
    let described = file.blueprint.users.get(&user.name);
    let refused = |why: String| {
        CliError::usage(format!(
            "`{}` is not this blueprint's user: {why}",
            user.name
        ))
        .hint(format!(
            "keyward account revoke {} --profile P disables it",
            user.name
        ))
    };
    if let Some(leaver) = Leaver::of(&user.tags)
        && blueprint_of(&user.tags).as_ref() == Some(&desired.blueprint)
    {
        return Ok(leaver.origin);
    }
    match (blueprint_of(&user.tags), described) {
        (Some(owner), _) if owner != desired.blueprint => {
            Err(refused(format!("blueprint `{owner}` made it")))
        }
        (Some(_), _) => Ok(Origin::Made),
        (None, Some(spec)) if spec.origin == Origin::Adopted => Ok(Origin::Adopted),
        (None, Some(_)) => Err(refused("it existed before, and is not adopted".to_owned())),
        (None, None) => Err(refused("the file does not describe it".to_owned())),
    }
}

/// A user whom the account does not have: only the file is left, or what an earlier run left.
fn without_account(
    args: &Args,
    file: &BlueprintFile,
    new_text: Option<&str>,
    local: &LocalState,
    places: Places<'_>,
    ui: &Ui,
) -> Result<ExitCode, CliError> {
    let Some(text) = new_text else {
        let users = places.account().users.keys().map(UserName::as_str);
        let described = file.blueprint.users.keys().map(UserName::as_str);
        let known: Vec<&str> = users.chain(described).collect();
        let similar = similar_names(args.user.as_str(), known);
        let error = CliError::usage(format!(
            "neither the blueprint nor account {} has a user `{}`",
            places.account().id,
            args.user
        ));
        return Err(match similar.first() {
            Some(name) => error.hint(format!("did you mean `{name}`?")),
            None => error.hint("an earlier run may have deleted it: nothing is left to do"),
        });
    };
    ui.say(format!(
        "account {} has no user `{}`: only the blueprint changes",
        places.account().id,
        args.user
    ));
    if !args.yes {
        agree(
            &format!("Take [users.{}] out of the blueprint?", args.user),
            &format!("remove {} FILE", args.user),
        )?;
    }
    remove_sheet(local, &places.account().id, &args.user)?;
    write(file, text, local)?;
    Ok(ExitCode::SUCCESS)
}

/// Deletes the encrypted secrets that were handed out to the user from this machine.
fn remove_sheet(
    local: &LocalState,
    account: &keyward_core::id::AccountId,
    user: &UserName,
) -> Result<(), CliError> {
    let path = Sheet::path(&local.locations, account, user);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(CliError::failed(
            format!("cannot delete the hand-out `{}`", locations::show(&path)),
        )
        .because(error)),
        _ => Ok(()),
    }
}
