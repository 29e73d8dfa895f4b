//! `keyward account remove`: the leaver. Disables a user at once, takes it out of the blueprint,
//! and deletes it after a grace. The account remembers the date in a tag, so that a run which
//! stops anywhere is continued by the next, and `account apply` finishes the job too.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use keyward_account::blueprint::{Blueprint, Origin};
use keyward_account::desired::{Desired, Entity};
use keyward_account::leaver::{GRACE, Leaver};
use keyward_account::ownership::blueprint_of;
use keyward_account::plan::simulate::Simulation;
use keyward_account::plan::{self, Operation};
use keyward_account::revoke::{self, Measure, Measures, note_in_policy};
use keyward_core::Timestamp;
use keyward_core::id::UserName;
use keyward_core::suggest::similar_names;
use keyward_core::time::{parse_duration, show_duration};
use keyward_iam::Policy;
use keyward_iam::model::{Tags, User};
use serde_json::Value as Json;

use crate::account::revocation::{self, Afterwards};
use crate::account::{
    AccountCommand, BlueprintFile, Interrupt, Places, Ready, Revocation, Sheet, agree, carry_out,
    without_user,
};
use crate::aws_files::rewrite;
use crate::screen::error::CliError;
use crate::screen::ui::{BAD, CODE, GOOD, STRONG, Ui};
use crate::state::local_state::LocalState;
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
    #[arg(id = "blueprint", value_name = "FILE")]
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

impl Args {
    /// This command as a person may run it again.
    fn command(&self) -> AccountCommand {
        let mut words = vec![self.user.to_string(), locations::word(&self.file)];
        if let Some(grace) = self.grace {
            words.push(format!("--grace {}", grace.as_secs()));
        }
        self.signer.command("remove", &words)
    }
}

/// Looks, shows, asks, does it.
pub(crate) fn run(args: &Args, ui: &Ui) -> Result<ExitCode, CliError> {
    let file = BlueprintFile::read(&args.file, ui)?;
    let new_text = edited(&file, &args.user)?;
    let local = LocalState::load()?;
    let codes = args.signer.codes()?;
    let profile = args.signer.profile.as_ref();
    let (desired, mut places) =
        Places::of_blueprint(&local, ui, &file, profile, &codes, &args.user)?;
    let Some(user) = places.account().users.get(&args.user).cloned() else {
        return without_account(args, &file, new_text.as_deref(), &local, places, ui);
    };
    revocation::refuse_own(&places, &user)?;
    let leaving = Leaving::plan(args, &file, &desired, &places, &user)?;
    leaving.show(&places, new_text.is_some(), &args.file, ui);
    warn_of_trust(&file, &places, &user, ui);
    if !args.yes {
        let question = format!("Remove `{}`?", user.name);
        agree(&question, &args.command())?;
    }
    let run = Revocation::new(&user, &places.home.signer.aws, &local.paths, ui);
    let dated = leaving.disable(&run, &mut places)?;
    // Without its date, the next apply would delete a user who is not in the file.
    if let Some(text) = new_text.as_ref().filter(|_| dated) {
        write(&file, text, &local)?;
        ui.say(format!(
            "{GOOD}took{GOOD:#} [users.{}] out of {}",
            user.name,
            locations::show(&file.path)
        ));
    }
    let due = leaving.end <= run.aws_time();
    let afterwards = match due && run.failed() == 0 {
        true => Afterwards::Deleted,
        false => Afterwards::Stays,
    };
    revocation::tell_rest(&places, &user, afterwards, ui);
    run.outcome(format!("`{}` could not be disabled everywhere", user.name))?;
    if due {
        return leaving.delete(&desired, places, &run, &local, ui);
    }
    leaving.tell_rest(args, ui);
    Ok(ExitCode::SUCCESS)
}

/// Warns of the trust policies that still name the user. AWS refuses one that names a user who does not
/// exist, so no plan would succeed after the deletion.
fn warn_of_trust(file: &BlueprintFile, places: &Places<'_>, user: &User, ui: &Ui) {
    let arn = places.account().user_arn(user).to_string();
    for (role, spec) in &file.blueprint.roles {
        let trust = spec.trust.as_ref();
        if !trust.is_some_and(|trust| has_principal(&trust.value, &arn)) {
            continue;
        }
        // The run moves the lines of the file, so that a number would soon be wrong.
        ui.warn(format!(
            "{}: `trust` of [roles.{role}] names `{}`",
            locations::show(&file.path),
            user.name
        ));
        ui.hint("remove the user from it before the deletion, or later plans fail");
    }
}

/// Whether a statement has this principal, or excepts it. AWS checks no other element for users who exist.
fn has_principal(trust: &Policy, arn: &str) -> bool {
    let json: Json = serde_json::from_str(&trust.to_json()).unwrap_or_default();
    let each = |value: Option<&Json>| match value {
        Some(Json::Array(values)) => values.clone(),
        value => value.cloned().into_iter().collect(),
    };
    each(json.get("Statement")).iter().any(|statement| {
        let mut places = ["/Principal/AWS", "/NotPrincipal/AWS"].into_iter();
        places.any(|place| {
            let principals = each(statement.pointer(place));
            principals.iter().any(|it| it.as_str() == Some(arn))
        })
    })
}

/// The blueprint without the user; `None` if it does not describe the user.
fn edited(file: &BlueprintFile, user: &UserName) -> Result<Option<String>, CliError> {
    let unusable = || {
        CliError::usage(format!(
            "`{}` cannot do without `{user}`",
            locations::show(&file.path)
        ))
        .hint("nothing was changed; remove the user from the file by hand")
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
        rewrite::replace(&file.path, Some(&file.text), text, local.deadline)
    })
    .map_err(|error| {
        rewrite::unwritten(&file.path, error).hint("run the command again: it continues from here")
    })
}

/// The pending removal of an existing user.
struct Leaving {
    user: User,
    /// The time from which keyward deletes the user.
    end: Timestamp,
    /// The call that notes this time; `None` if it is already noted.
    date: Option<Measure>,
    /// The calls of the revocation.
    measures: Measures,
}

impl Leaving {
    fn plan(
        args: &Args,
        file: &BlueprintFile,
        desired: &Desired,
        places: &Places<'_>,
        user: &User,
    ) -> Result<Self, CliError> {
        let now = places.home.signer.aws.aws_time();
        let origin = origin(desired, file, user)?;
        let described = file.blueprint.users.contains_key(&user.name);
        let known = Leaver::of(&user.tags)
            .filter(|_| args.grace.is_none())
            .and_then(|leaver| leaver.delete_after)
            // The file may have failed to be written. A date that is over is of an earlier removal,
            // after which the user came back.
            .filter(|end| !described || *end > now);
        let end = known.unwrap_or_else(|| now.after(args.grace.unwrap_or(GRACE)));
        let held = revocation::held(&places.home.signer, user)?;
        let tags = Leaver::tags(end, origin, &desired.blueprint);
        let mut noted = tags.iter();
        let date = match noted.all(|(key, value)| user.tags.get(key) == Some(value)) {
            true => None,
            false => Some(tag(user, tags)),
        };
        let others = places.others();
        let measures = revoke::revoke(places.whom(user, &others), &held, now);
        Ok(Self {
            user: user.clone(),
            end,
            date,
            measures,
        })
    }

    fn show(&self, places: &Places<'_>, described: bool, file: &Path, ui: &Ui) {
        for line in revocation::outline(&self.measures, &places.names()) {
            ui.say(format!("  {line}"));
        }
        if described {
            ui.say(format!(
                "  {BAD}-{BAD:#} [users.{}] in {}",
                self.user.name,
                locations::show(file)
            ));
        }
        let left = self.end.remaining(places.home.signer.aws.aws_time());
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

    /// Notes the date of the deletion, then revokes in every account. Returns whether the user has
    /// the date.
    fn disable(&self, run: &Revocation<'_>, places: &mut Places<'_>) -> Result<bool, CliError> {
        run.in_account(&mut places.home, self.date.as_slice())?;
        let dated = run.failed() == 0;
        run.revoke(places, &self.measures)?;
        Ok(dated)
    }

    /// Reports when the user is deleted, and how to take it back until then.
    fn tell_rest(&self, args: &Args, ui: &Ui) {
        let name = &self.user.name;
        let file = [locations::word(&args.file)];
        let apply = args.signer.command("apply", &file);
        let mut undo = args
            .signer
            .command("revoke", &[name.to_string(), file[0].clone()]);
        undo.flag(true, "--undo");
        ui.say(format!(
            "{GOOD}disabled{GOOD:#} {STRONG}{name}{STRONG:#}: the deletion follows after {}",
            self.end
        ));
        ui.hint(format!(
            "run this command again then, or {CODE}{}{CODE:#}",
            apply.asking()
        ));
        ui.hint(format!(
            "to undo it, put [users.{name}] into the blueprint again, then: {CODE}{}{CODE:#}",
            undo.asking()
        ));
    }

    /// Deletes the user, with every credential and what was handed out on this machine.
    fn delete(
        &self,
        desired: &Desired,
        places: Places<'_>,
        run: &Revocation<'_>,
        local: &LocalState,
        ui: &Ui,
    ) -> Result<ExitCode, CliError> {
        let mut reached = places.home;
        let mut simulation = Simulation::new(&reached.snapshot);
        let Measures { home, last, .. } = &self.measures;
        for measure in self.date.iter().chain(home).chain(last) {
            // The plan only has to know what there is to delete.
            let _ = match measure {
                Measure::Call(operation) | Measure::Replaced(operation) => {
                    simulation.apply(operation)
                }
                Measure::CloseNote => {
                    let account = &reached.snapshot.account;
                    let calls = revoke::close(account, &self.user, run.noted_in());
                    calls.iter().try_for_each(|call| simulation.apply(call))
                }
                Measure::Unmark => simulation.apply(&revoke::unmark(&self.user)),
                Measure::Note(keys) if run.is_noted_in_policy() => {
                    let account = &reached.snapshot.account;
                    let calls = note_in_policy(account, &self.user, keys, run.aws_time());
                    calls.iter().try_for_each(|call| simulation.apply(call))
                }
                _ => Ok(()),
            };
        }
        reached.snapshot = simulation.snapshot(&reached.snapshot);
        let plan = plan::delete_user(desired, &reached.snapshot, &self.user.name)
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
            &format!("Remove [users.{}] from the blueprint?", args.user),
            &args.command(),
        )?;
    }
    Sheet::remove(local, &places.account().id, &args.user)?;
    write(file, text, local)?;
    Ok(ExitCode::SUCCESS)
}
